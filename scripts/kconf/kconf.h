/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kconf - the configuration engine: requests in, a proven .config out.
 *
 * fragment.c knows no kernel tree, and tree.c no fragments; prove.c checks the requests of the
 * fragments against the tree.
 */
#ifndef KCONF_H
#define KCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mem.h"
#include "msg.h"
#include "resolved.h"

/* The layers of fragments: a later one may override an earlier one. */
enum layer { LAYER_BASE, LAYER_ARCH, LAYER_COMMON, LAYER_BOARD, LAYER_FLAVOUR, LAYER_COUNT };

extern const char *const layer_names[LAYER_COUNT];

/* The owner of an exception to the rules, the release at which it ends, and the reason. */
struct exception {
	const char *until, *owner, *reason; /* in TEXT, or NULL without one */
	char *text;
};

/* Comment, directives and option lines between two blank lines. */
struct paragraph {
	const char *file;
	int line; /* of its first line */
	enum layer layer;
	char *reason; /* the comment, one line, or NULL */
	char *optional; /* why its options may be missing, or NULL */
	bool overrides; /* `#: override` */
	struct exception exception; /* of `#: override until=...` */
	bool active; /* valid for the arch and release being resolved */
	bool excluded; /* only `#: not-arch` makes it inactive */
};

/* One option line that must hold. */
struct request {
	const char *name; /* without CONFIG_ */
	const char *value; /* y, m, n, a number, or a string with its quotes */
	int line;
	const struct paragraph *para;
	struct request *replaced; /* the lower layer's request that this one overrides */
};

/* A loss, or the failure of a rule of an audit, with an owner, until a release. */
struct waiver {
	const char *name; /* of the option or rule, in the text of the exception */
	bool is_rule;
	struct exception exception;
	const struct paragraph *para;
	int line;
	bool used;
};

/* Every request that applies to one arch and release; zero it, then frag_init(). */
struct fragments {
	const char *arch, *release;
	const char *archs; /* the known ones, divided by commas or blanks; NULL: only arch */
	bool defaults; /* options without a request have Kconfig's default instead of n */
	int errors; /* faults that were reported on stderr */
	size_t n_files;
	struct request **req; /* in the order of reading, without overridden ones */
	size_t n_req, max_req;
	struct request **off; /* the base layer's that do not apply to arch and release */
	size_t n_off, max_off;
	struct waiver *waiver;
	size_t n_waiver, max_waiver;
	struct paragraph **para;
	size_t n_para, max_para;
	size_t *slot; /* hash table of indices into req, plus one */
	size_t n_slot;
};

/*
 * Read one fragment for ARCH and RELEASE (named as people do: x86_64, 6.12.107).
 * Each fault of it is reported on stderr as file:line and counted in f->errors.
 * PATH must outlive F. Returns false if the file could not be read at all.
 */
void frag_init(struct fragments *f, const char *arch, const char *release);
bool frag_read(struct fragments *f, const char *path, enum layer layer);
void frag_read_stream(struct fragments *f, FILE *in, const char *path, enum layer layer);
void frag_free(struct fragments *f);
struct request *frag_find(const struct fragments *f, const char *name);
/* Is option NAME requested as y? */
bool frag_enables(const struct fragments *f, const char *name);
/* The waiver for the loss of option NAME, or NULL. */
struct waiver *frag_waiver(struct fragments *f, const char *name);
/* The base layer's request: R itself, or the one that R overrides; or NULL. */
const struct request *frag_base(const struct request *r);
/* The base layer's request that R disables or makes optional, or NULL. */
const struct request *frag_base_overridden(const struct request *r);
/* The directive that overrides R, with words to fill in if R is the base's. The caller frees it. */
char *frag_override(const struct fragments *f, const struct request *r);

/* For requests that come from elsewhere: the last one of a name wins, silently. */
struct paragraph *frag_paragraph(struct fragments *f, const char *file);
void frag_set(struct fragments *f, const struct paragraph *p, const char *name, const char *value,
	      int line);

/* Read arguments of the form LAYER:FILE; complains and returns false on any error. */
bool frag_read_args(struct fragments *f, int n, char **args);

/* <0, 0, >0 as release or series A is older than, part of, or newer than B. */
int release_cmp(const char *a, const char *b);

/* Take the next blank-separated word off *S, which changes; NULL after the last. */
char *next_word(char **s);

/* A copy of a string value without its quotes and escapes; the caller frees it. */
char *unquote(const char *value);

/* What the parse of a tree needs to know. */
struct tree {
	const char *dir; /* the kernel tree, absolute */
	const char *arch; /* as people name it */
	const char *kbuild_arch; /* Kbuild's ARCH */
	const char *srcarch; /* Kbuild's SRCARCH: the directory below arch/ */
	const char *release;
	const char *cross; /* prefix of the compiler's and binutils' names, or "" */
	const char *cc; /* the compiler, if it is not PREFIXgcc */
	const char *cache; /* file of answers from the build host, or NULL */
	const char *record; /* file to take all such answers from, or NULL */
	bool btf; /* Kconfig may use pahole: a fragment requests DEBUG_INFO_BTF */
};

/* A value for an option that overrides the fragments. */
struct assignment {
	const char *name, *value;
};

/* Parse the tree's Kconfig, once in a process; false after a message. */
bool tree_parse(const struct tree *t);
/*
 * Each option without a request is n (or has its default, with f->defaults); Kconfig computes
 * those without a prompt. May be called repeatedly: each call gives the result of a first one.
 * False with errno set.
 */
bool tree_resolve(const struct fragments *f, const struct assignment *extra, size_t n);
/* Write the resolved .config in the tree's own format. Returns false with errno set. */
bool tree_write(const char *path);

/* Check each request against the resolved tree; returns the number of lost requests. */
size_t prove(struct fragments *f, const struct tree *t, FILE *report);

/* Write the resolved tree as it is committed for review. Returns false with errno set. */
bool resolved_write(const struct fragments *f, const char *path);

int cmd_resolve(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_probes(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_renames(int argc, char **argv);
int cmd_surface(int argc, char **argv);
int cmd_new(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_attain(int argc, char **argv);
int cmd_symbols(int argc, char **argv);

#endif
