/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kaudit - rules about a kernel's configuration, and what a configuration makes of them.
 *
 * cmd_NAME.c is the subcommand NAME. They share:
 *
 *   policy.c   rules, from files
 *   check.c    the expression of a rule
 *   facts.c    options, command line and sysctls of one kernel
 *   unpack.c   a .config out of gzip, or out of a kernel file
 *   attain.c   what `kconf attain` found out about the values that rules want
 *   verdict.c  rules against facts
 *   print_*.c  verdicts as text, JSON, SARIF, Markdown and a page; html*.c has the page's parts
 *   cve_*.c    CVEs: see cve.h
 *
 * Input is never trusted: sizes are bounded, and text is cleaned before it is printed.
 */
#ifndef KAUDIT_H
#define KAUDIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "buffer.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "resolved.h"

enum { ARCHS = 4, POLICY_MAX = 4 << 20, CONFIG_MAX = 16 << 20, KERNEL_MAX = 1 << 28 };

/* The architectures that rules can name. */
extern const char *const arch_names[ARCHS];
/* The index of ARCH, or -1. */
int arch_find(const char *arch);

/* ---- facts.c -------------------------------------------------------------------- */
enum subject { OPTION, CMDLINE, SYSCTL, SUBJECTS };

struct fact {
	char *name, *value; /* a string without quotes; "" is set, and has no value */
};

struct facts {
	struct fact *fact[SUBJECTS]; /* the last of a name counts */
	size_t n[SUBJECTS], room[SUBJECTS];
	bool known[SUBJECTS]; /* a name that is not among them is not set */
	char *where; /* the file that the options are from */
	char *arch, *release; /* or NULL */
};

/* The value of NAME, or NULL if it is not set. A tristate that is n is not set. */
const char *facts_get(const struct facts *f, enum subject subject, const char *name);
void facts_set(struct facts *f, enum subject subject, const char *name, const char *value);
/* A .config, plain or packed by gzip, or a kernel file that has one; complains. */
bool facts_read(struct facts *f, const char *path);
/* The words of a command line; those of the form sysctl.NAME=VALUE are sysctls as well. */
void facts_cmdline(struct facts *f, const char *words);
/* Lines NAME = VALUE, as sysctl.conf(5) has them; complains. */
bool facts_sysctls(struct facts *f, const char *path);
/*
 * Find the architecture and the release, from the options unless they are given (or NULL);
 * complains.
 */
bool facts_settle(struct facts *f, const char *arch, const char *release);
void facts_free(struct facts *f);
/* <0, 0, >0 as release or series A is older than, part of, or newer than B. */
int release_order(const char *a, const char *b);
bool is_release(const char *text);

/* ---- unpack.c ------------------------------------------------------------------- */
/* Replace the content of B, a whole file, by the .config in it; the error, or NULL. */
const char *unpack_config(struct buffer *b);

/* ---- check.c -------------------------------------------------------------------- */
enum truth { NO, YES, UNKNOWN };

struct check {
	enum { AND, OR, NOT, TEST } type;
	struct check *left, *right; /* of NOT: LEFT */
	/* of TEST */
	enum subject subject;
	enum relation { ONE_OF, AT_LEAST, AT_MOST, HAS, PRESENT } relation;
	char *name;
	char **value; /* one, but for ONE_OF */
	size_t n, room;
};

/* Parse TEXT; or NULL, and *WHY is the error, with a code, to free. */
struct check *check_parse(const char *text, char **why);
enum truth check_truth(const struct check *c, const struct facts *f);
void check_free(struct check *c);
/* A test as text, to free: NAME=VALUE, cmdline NAME. */
char *check_text(const struct check *test);
/*
 * Call ON_TEST for each test of C about an option that is not as C wants it. WANT is the value that
 * would do, as `kconf attain` takes it, or NULL if several would.
 */
typedef void (*on_test)(void *ctx, const struct check *test, const char *want);
void check_wants(const struct check *c, const struct facts *f, on_test call, void *ctx);

/* ---- policy.c ------------------------------------------------------------------- */
enum level { REQUIRED, RECOMMENDED, TRADEOFF, LEVELS };
extern const char *const level_names[LEVELS];

struct example {
	char *text;
	int line;
	bool pass;
};

struct rule {
	const char *policy; /* the name of its file, without .policy */
	const char *file;
	int line;
	char *id;
	enum level level;
	struct check *check, *when; /* WHEN: it applies only where that holds; or NULL */
	char *check_text, *when_text, *why, *cost, *ref;
	unsigned archs, always; /* bits of arch_names; ALWAYS: where no configuration fails it */
	char *since, *since_why, *until, *until_why;
	struct example *example;
	size_t n, room;
};

struct policies {
	struct rule *rule; /* in the order of the files */
	size_t n, room;
	char **name; /* of files and policies, which rules point to */
	size_t names, names_room;
	int errors; /* reported as they were found */
};

/* Read PATH, NAME.policy; counts errors in P->errors. */
void policy_read(struct policies *p, const char *path);
/* The same from TEXT, which is changed. */
void policy_parse(struct policies *p, const char *path, char *text);
/* Run each example of each rule, and report those that say otherwise. */
void policy_examples(struct policies *p);
const struct rule *policy_find(const struct policies *p, const char *id);
void policies_free(struct policies *p);
/* Why R says nothing of any kernel of ARCH and RELEASE, to free; or NULL. */
char *rule_excluded(const struct rule *r, const char *arch, const char *release);

/* ---- attain.c ------------------------------------------------------------------- */
struct waiver {
	const char *rule, *until, *owner, *reason, *file;
	int line;
	bool used;
};

struct attain {
	json_t *json; /* or NULL: nothing is known */
	struct waiver *waiver;
	size_t n;
};

/* Read what `kconf attain` printed; complains. */
bool attain_read(struct attain *a, const char *path);
void attain_free(struct attain *a);
/* Its facts about NAME=VALUE, or NULL. */
const json_t *attain_facts(const struct attain *a, const char *name, const char *value);
/* Who gave the option its value, as text to free. */
char *attain_who(const json_t *facts);
/* Whether it can have the wanted value, and with which effect, as text to free. */
char *attain_how(const json_t *facts);
/* The code of that: available, loses-requests, compiler, arch, release, unavailable, unknown. */
const char *attain_code(const json_t *facts);

/* ---- verdict.c ------------------------------------------------------------------ */
enum outcome { PASS, FAIL, NOT_APPLICABLE, WAIVED, NOT_KNOWN, OUTCOMES };
extern const char *const outcome_names[OUTCOMES];

/* A test that is not as its rule wants it. */
struct reason {
	char *test; /* as text */
	char *value; /* what the option is */
	const json_t *facts; /* `kconf attain`'s, or NULL */
};

struct verdict {
	const struct rule *rule;
	enum outcome outcome;
	char *text; /* of NOT_APPLICABLE and NOT_KNOWN: why */
	const struct waiver *waiver; /* of WAIVED */
	struct reason *reason; /* of FAIL and WAIVED */
	size_t n, room;
};

enum { FAIL_NONE = LEVELS };

/* What the page of an audit has besides the verdicts; texts may be NULL. */
struct page {
	const char *image; /* the digest of the image that has the kernel */
	const char *cve; /* the date of the CVE data, and the counts */
	const char *again; /* the command that makes this page */
	char *config_hash; /* SHA-256 of the configuration, in hex */
	struct resolved resolved; /* the origins of options, sorted by name; or none */
};

struct audit {
	const struct facts *facts;
	const struct page *page;
	int fail_on; /* the least level that counts, or FAIL_NONE */
	struct attain *attain;
	const char *title; /* of the audited kernel */
	struct verdict *verdict;
	size_t n;
	size_t count[OUTCOMES], failed[LEVELS];
	size_t stale; /* waivers that excuse nothing, or no rule; reported */
};

/*
 * Each rule of P whose policy is in ONLY (a list with commas, or NULL) against the facts. Waivers
 * of A that excuse no failure are reported, unless the rule was not looked at.
 */
void audit_run(struct audit *a, const struct policies *p, const char *only);
void audit_free(struct audit *a);
/* DONE, or FINDING: a failure counts, or a waiver is stale. */
int audit_status(const struct audit *a);
/* The fragment's line that a failure is about, else the rule's. */
const char *verdict_place(const struct verdict *v, int *line);

/* ---- print_*.c ------------------------------------------------------------------ */
struct printer {
	const char *name;
	void (*print)(FILE *out, const struct audit *a);
};

void print_text(FILE *out, const struct audit *a);
void print_json(FILE *out, const struct audit *a);
void print_sarif(FILE *out, const struct audit *a);
void print_md(FILE *out, const struct audit *a);
void print_html(FILE *out, const struct audit *a);

int cmd_check(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_surface(int argc, char **argv);
int cmd_cve(int argc, char **argv);

#endif
