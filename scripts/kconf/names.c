// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "ktext.h"
#include "names.h"
#include "renames.h"

/* A prefix is a rule if so many options got it. */
enum { RULE_MIN = 3, SLIP_MIN = 5, PREFIXED_MIN = 4, CHAIN_MAX = 4 };

static struct renames record;
static struct ktext others; /* the definitions of all architectures, read when first needed */

bool names_use(const char *path)
{
	return renames_read(&record, path);
}

static const char *release(void)
{
	return getenv("KERNELVERSION") ?: "0";
}

static struct symbol *here(const char *name)
{
	struct symbol *sym = sym_find(name);

	return kc_defined(sym) && !kc_transitional(sym) ? sym : NULL;
}

/* The option whose default takes the value of one that only passes an old value on. */
static struct symbol *successor(const struct symbol *old)
{
	struct symbol *sym;
	struct property *prop;

	kc_for_all_symbols(sym) {
		if (!kc_defined(sym))
			continue;
		for_all_defaults(sym, prop)
			if (prop->expr && prop->expr->type == E_SYMBOL &&
			    prop->expr->left.sym == old)
				return sym;
	}
	return NULL;
}

/* One step of a rename, forward to this release, or back from a newer one. */
static const struct rename_record *step(const char *name, bool back)
{
	for (size_t i = 0; i < record.n_rename; i++) {
		const struct rename_record *r = &record.rename[i];

		if (!strcmp(name, back ? r->new : r->old) &&
		    (release_cmp(release(), r->series) < 0) == back)
			return r;
	}
	return NULL;
}

static bool renamed(const char *name, bool back, struct name_fate *fate)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		const struct rename_record *r = step(name, back);

		if (!r)
			return false;
		name = back ? r->old : r->new;
		fate->now = here(name);
		fate->series = r->series;
		fate->evidence = r->evidence;
		if (fate->now)
			return true;
	}
	return false;
}

/* Is R the rename of PREFIX_NAME from NAME? Then the length of PREFIX_. */
static size_t prefix_of(const struct rename_record *r)
{
	size_t old = strlen(r->old), new = strlen(r->new);

	if (new <= old + 1 || r->new[new - old - 1] != '_' || strcmp(r->new + new - old, r->old))
		return 0;
	return new - old;
}

/* Did NAME get the prefix that other options got between two series of the record? */
static bool prefixed(const char *name, struct name_fate *fate)
{
	for (size_t i = 0; i < record.n_rename; i++) {
		const struct rename_record *r = &record.rename[i];
		size_t len = prefix_of(r), n = 0;
		char *longer;

		if (!len || release_cmp(release(), r->series) < 0)
			continue;
		for (size_t j = 0; j < record.n_rename; j++)
			n += prefix_of(&record.rename[j]) == len &&
			     !strncmp(record.rename[j].new, r->new, len);
		if (n < RULE_MIN)
			continue;
		longer = mem_printf("%.*s%s", (int)len, r->new, name);
		fate->now = here(longer);
		free(longer);
		fate->series = r->series;
		fate->evidence = "prefix";
		if (fate->now)
			return true;
	}
	return false;
}

/* The record's entry of NAME as removed, or newer than this tree. */
static bool recorded(const char *name, struct name_fate *fate)
{
	size_t low = 0, high = record.n_name;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(record.name[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < record.n_name && !strcmp(record.name[low].name, name); low++) {
		const struct name_record *n = &record.name[low];

		if ((release_cmp(release(), n->series) < 0) == n->removed)
			continue;
		fate->kind = n->removed ? NAME_GONE : NAME_NEWER;
		fate->series = n->series;
		return true;
	}
	return false;
}

static bool elsewhere(const char *name, struct name_fate *fate)
{
	const struct kdef *d;

	if (!others.n_def && !ktext_read(&others, getenv("srctree") ?: ".", false))
		return false;
	d = ktext_find(&others, name);
	if (!d || d->transitional)
		return false;
	fate->kind = NAME_ELSEWHERE;
	fate->file = d->file;
	fate->line = d->line;
	return true;
}

/* Do A and B differ by one letter added, removed or replaced, or by two letters swapped? */
static bool is_slip(const char *a, const char *b)
{
	size_t la, lb;

	for (; *a && *a == *b; a++)
		b++;
	la = strlen(a);
	lb = strlen(b);
	if (la == lb)
		return la && (!strcmp(a + 1, b + 1) ||
			      (la > 1 && a[0] == b[1] && a[1] == b[0] && !strcmp(a + 2, b + 2)));
	return la == lb + 1 ? !strcmp(a + 1, b) : lb == la + 1 && !strcmp(a, b + 1);
}

/* Is LONGER the name SHORTER with something before it? NET_VENDOR_INTEL, VENDOR_INTEL. */
static bool lacks_prefix(const char *shorter, const char *longer)
{
	size_t s = strlen(shorter), l = strlen(longer);

	return s >= PREFIXED_MIN && l > s + 1 && longer[l - s - 1] == '_' &&
	       !strcmp(longer + l - s, shorter);
}

/* The only option whose name is similar to NAME by ALIKE, or NULL. */
static struct symbol *only(const char *name, bool (*alike)(const char *, const char *))
{
	struct symbol *sym, *found = NULL;

	kc_for_all_symbols(sym) {
		if (!kc_defined(sym) || !alike(name, sym->name))
			continue;
		if (found)
			return NULL;
		found = sym;
	}
	return found;
}

void name_look(const char *name, bool by_hand, struct name_fate *fate)
{
	const struct symbol *old = sym_find(name);

	*fate = (struct name_fate){ .kind = NAME_RENAMED };
	if (kc_defined(old)) {
		fate->evidence = "transitional";
		fate->now = successor(old);
		if (fate->now)
			return;
	}
	if (renamed(name, false, fate) || renamed(name, true, fate))
		return;
	*fate = (struct name_fate){ .kind = NAME_RENAMED };
	if (recorded(name, fate) || elsewhere(name, fate))
		return;
	if (prefixed(name, fate))
		return;
	*fate = (struct name_fate){ .kind = NAME_TYPO };
	if (by_hand && strlen(name) >= SLIP_MIN)
		fate->now = only(name, is_slip);
	if (by_hand && !fate->now)
		fate->now = only(name, lacks_prefix);
	if (fate->now)
		return;
	*fate = (struct name_fate){ .kind = NAME_UNKNOWN };
}
