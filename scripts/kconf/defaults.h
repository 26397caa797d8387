/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other half of the proof: the options that upstream enables by default and no fragment
 * requests, and the choices and numbers that have upstream's defaults.
 *
 * configs/defaults names the classes of options that protect, by Kconfig file and menu, and
 * refuses the options that the project leaves disabled on purpose. An item of a protecting class
 * that no fragment requests and no paragraph refuses stops the build; the others are counted.
 */
#ifndef KCONF_DEFAULTS_H
#define KCONF_DEFAULTS_H

#include "kconf.h"
#include "tree.h"

/* A line `class NAME FILE [MENU]`: the options that FILE defines, in that menu. */
struct class {
	const char *name;
	const char *file; /* fnmatch(3) pattern, below the tree */
	const char *menu; /* prompt of a menu, menuconfig or choice above the option; NULL: any */
	int line;
};

/* A word of a line `refuse WORD...`, with the comment above it. */
struct refusal {
	const char *pattern; /* fnmatch(3): a file where there is a '/' or "Kconfig", else a name */
	const char *reason;
	int line;
};

/* What configs/defaults says; zero it first. */
struct rules {
	const char *path;
	struct class *class;
	size_t n_class, max_class;
	struct refusal *refusal;
	size_t n_refusal, max_refusal;
	char **text; /* what the above points into */
	size_t n_text, max_text;
	int errors;
};

/* Read PATH; reports each fault on stderr and returns false. PATH must outlive R. */
bool rules_read(struct rules *r, const char *path);
/* The same, for an option table. */
bool rules_take(void *rules, const char *path);
void rules_free(struct rules *r);
/* The first class that SYM belongs to, or NULL. */
const struct class *rules_class(const struct rules *r, struct symbol *sym);
/* The first refusal that covers SYM of CLASS, or NULL. Only a name covers an option of a class. */
const struct refusal *rules_refusal(const struct rules *r, struct symbol *sym,
				    const struct class *class);

enum default_kind { DEFAULT_OPTION, DEFAULT_CHOICE, DEFAULT_NUMBER };

extern const char *const default_kind_names[];

struct default_item {
	struct symbol *sym; /* of a choice: the member that is enabled */
	enum default_kind kind;
	char *value; /* upstream's default: y or m, or the number */
	const struct class *class; /* that protects, or NULL */
	const struct refusal *refusal; /* or NULL */
};

struct defaults {
	struct default_item *item; /* by class, then name */
	size_t n, max;
};

/*
 * List every such item of the tree as F resolves it. The tree is resolved with upstream's
 * defaults for that and left so: write its results before. False with errno
 * set. Zero D first; defaults_free() releases it.
 */
bool defaults_list(struct defaults *d, const struct fragments *f, const struct rules *r);
void defaults_free(struct defaults *d);
/* refused, unaccounted or counted */
const char *default_status(const struct default_item *item);
/* FILE:LINE of its first prompt, below the tree; kept until the next call. */
const char *default_place(const struct default_item *item);
/* One line an item, as configs/resolved keeps it. False with errno set. */
bool defaults_write(const struct defaults *d, const char *path);
/* Report the unaccounted items and the counts; returns how many are unaccounted. */
size_t defaults_report(const struct defaults *d, const struct rules *r, FILE *report);

#endif
