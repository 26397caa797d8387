/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's CVEs, from a checkout of its CVE team's data (vulns.git), and the verdict on each
 * for one release and one list of compiled files.
 *
 *   cve_version.c  releases, and the ranges of releases that a record has
 *   cve_record.c   a record: CVE JSON 5, and its .dyad
 *   cve_data.c     all records of a checkout
 *   cve_lists.c    the lists of compiled files and of patches
 *   cve_judge.c    the verdicts
 *   cve_print.c    the report as text and as JSON
 *   cve_vex.c      the report as OpenVEX and as CycloneDX
 */
#ifndef CVE_H
#define CVE_H

#include "kaudit.h"

enum { RECORD_MAX = 4 << 20, LIST_MAX = 64 << 20, COMMIT = 40 };

/* ---- cve_version.c -------------------------------------------------------------- */
/* Four numbers and that of an -rc, which a release sorts behind; UINT32_MAX is a '*'. */
struct version {
	uint32_t part[5];
};

/* Of 6.12.30, 2.6.32.9, 7.2-rc3, 0, 6.12.* or *; false if TEXT is not such a version. */
bool version_parse(const char *text, struct version *v);
/* <0, 0, >0 as A is older than, equal to, or newer than B. */
int version_order(const struct version *a, const struct version *b);
/* Do both have the same series, such as 6.12? */
bool version_same_series(const struct version *a, const struct version *b);

/* One row of a record's "versions". */
struct span {
	enum { POINT, BELOW, UP_TO } type; /* FROM alone, up to but without TO, or up to TO */
	bool affected;
	struct version from, to;
	char *from_text, *to_text; /* TO_TEXT: NULL of a POINT */
};

/*
 * The release with the fix that ends S, a range of affected releases, or NULL: a series that ended
 * without a fix has the next series there (4.9.248 to 4.10).
 */
const char *span_fix(const struct span *s);

struct block {
	bool affected; /* the status of releases without a row */
	struct span *span;
	size_t n, room;
};

enum range_state { IN_RANGE, NOT_IN_RANGE, FIXED_IN, INTRODUCED_IN };

/*
 * The state of V in the N blocks of a record. IN_RANGE in one counts. *BY: the release of the fix,
 * or that introduced the defect after V, or NULL.
 */
enum range_state blocks_state(const struct block *b, size_t n, const struct version *v,
			      const char **by);

/* ---- cve_record.c --------------------------------------------------------------- */
/* A line of a .dyad. */
struct pair {
	char *introduced, *fixed; /* releases; FIXED is "0" without a fix */
	char introduced_by[COMMIT + 1], fixed_by[COMMIT + 1];
};

struct cve {
	char *id, *title, *updated; /* UPDATED: ISO 8601, or NULL */
	bool rejected;
	struct block *block; /* those with releases */
	size_t blocks, block_room;
	char **file; /* that the fixes change, below the tree */
	size_t files, file_room;
	char **fix; /* commits, in any tree */
	size_t fixes, fix_room;
	struct pair *pair;
	size_t pairs, pair_room;
};

/* Fill C from the JSON TEXT; the fault, to free, or NULL. */
char *cve_parse(struct cve *c, const char *text, size_t size);
/* Add the lines of a .dyad, which is changed; the fault, to free, or NULL. */
char *cve_dyad(struct cve *c, char *text);
void cve_free(struct cve *c);
/* The commit that fixed the defect in RELEASE, or added it to RELEASE; or NULL. */
const char *cve_fixed_by(const struct cve *c, const char *release);
const char *cve_introduced_by(const struct cve *c, const char *release);

/* ---- cve_data.c ----------------------------------------------------------------- */
struct damage {
	char *file, *fault;
};

struct cves {
	struct cve *cve; /* by number */
	size_t n, rejected;
	struct damage *damage; /* records that could not be read */
	size_t damaged, damage_room;
	const char *newest; /* the newest UPDATED, or NULL */
};

/* Read DIR/cve/published of a checkout; complains of damaged ones, and if it lacks records. */
bool cves_read(struct cves *all, const char *dir);
void cves_free(struct cves *all);

/* ---- cve_lists.c ---------------------------------------------------------------- */
struct list {
	struct buffer text;
	char **line; /* sorted */
	size_t n, room;
	bool headers; /* one is a header */
};

/* Paths below the tree, one a line, as `ksize sources` writes them; complains. */
bool list_read(struct list *l, const char *path);
bool list_has(const struct list *l, const char *line);
void list_free(struct list *l);

struct patch {
	char commit[COMMIT + 1], *name;
};

struct patches {
	struct patch *patch;
	size_t n, room;
};

/* Lines COMMIT NAME, as `patchck --commit` prints them; complains. */
bool patches_read(struct patches *p, const char *path);
void patches_free(struct patches *p);

/* ---- cve_judge.c ---------------------------------------------------------------- */
enum cve_status {
	OPEN, /* in range, and a compiled file is changed by the fix */
	UNDECIDED, /* in range; whether the code is compiled is unknown */
	NOT_COMPILED,
	PATCHED,
	FIXED,
	NOT_AFFECTED,
	CVE_STATUSES
};
extern const char *const cve_status_names[CVE_STATUSES];

struct cve_verdict {
	const struct cve *cve;
	enum cve_status status;
	const char *release; /* of FIXED, and of NOT_AFFECTED or NULL; of others: the next fix, or NULL */
	const char *commit; /* of that release or the patch, or NULL */
	const char *file; /* of OPEN */
	const char *patch; /* of PATCHED */
	enum cve_status before; /* the status in FROM */
};

struct cve_report {
	const struct cves *all;
	const char *release, *from; /* FROM or NULL */
	const char *title, *product, *date; /* DATE or NULL */
	const struct list *sources; /* or NULL */
	const char *sources_path;
	const struct patches *patches;
	struct cve_verdict *verdict;
	size_t count[CVE_STATUSES], closed, opened;
};

/* Fill R's verdicts; false, after a message, if RELEASE or FROM is not a release. */
bool cve_judge(struct cve_report *r);
/* Is the defect in the kernel, as far as known? */
bool cve_is_open(enum cve_status status);
/* Did the step from FROM to RELEASE close it, or open it? */
bool cve_closed(const struct cve_verdict *v);
bool cve_opened(const struct cve_verdict *v);
/* Why V is so, as text to free: with releases, commit and file. */
char *cve_evidence(const struct cve_report *r, const struct cve_verdict *v);

/* ---- cve_print.c, cve_vex.c ----------------------------------------------------- */
void cve_print_text(FILE *out, const struct cve_report *r);
void cve_print_json(FILE *out, const struct cve_report *r);
void cve_print_openvex(FILE *out, const struct cve_report *r);
void cve_print_cyclonedx(FILE *out, const struct cve_report *r);

#endif
