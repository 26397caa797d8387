/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel tree's own Kconfig, as a library. Only this header includes the tree's headers.
 * Code for differences between releases tests definitions in a header, never a version number.
 */
#ifndef KCONF_TREE_H
#define KCONF_TREE_H

#include <lkc.h>

#ifdef SYMBOL_CHOICE /* up to 6.10 a choice is a nameless symbol, and symbols hash by hand */
#define KC_OLD_MODEL 1
#define kc_for_all_symbols(s)                                 \
	for (int kc_i_ = 0; kc_i_ < SYMBOL_HASHSIZE; kc_i_++) \
		for ((s) = symbol_hash[kc_i_]; (s); (s) = (s)->next)
#define kc_file(x) ((x)->file ? (x)->file->name : "?")
#else
#include <internal.h>
#define KC_OLD_MODEL 0
#define kc_for_all_symbols(s) for_all_symbols(s)
#define kc_file(x) ((x)->filename ? (x)->filename : "?")
#endif

#ifdef SYMBOL_TRANS /* 6.18: names that only pass an old config's value on */
#define kc_transitional(s) (((s)->flags & SYMBOL_TRANS) != 0)
#else
#define kc_transitional(s) false
#endif

/* Is SYM defined for this arch, rather than only mentioned in some expression? */
static inline bool kc_defined(const struct symbol *sym)
{
	return sym && sym->name && sym->type != S_UNKNOWN && !(sym->flags & SYMBOL_CONST);
}

static inline bool kc_is_tristate(const struct symbol *sym)
{
	return sym->type == S_BOOLEAN || sym->type == S_TRISTATE;
}

/* The lines of Kconfig's sources that define a symbol. */
struct kc_place {
	const char *file; /* below the tree */
	int first, last;
};

/* Memory that is allocated between these lies close together and is never given back. */
void arena_open(void);
void arena_close(void);

/* Where SYM is defined; fills at most MAX places, returns how many. */
size_t kc_places(const struct symbol *sym, struct kc_place *place, size_t max);
/* Where the parser is now; the file may be NULL. */
const char *kc_parse_file(void);
int kc_parse_line(void);
/* Is SYM one of a choice's options? */
bool kc_in_choice(struct symbol *sym);
/* The enabled member of a choice, given one of its members, or NULL. */
struct symbol *kc_choice_winner(struct symbol *sym);
/* Can another member of SYM's choice be requested instead? */
bool kc_choice_is_open(struct symbol *sym);

/* Its value as .config would have it: y, m, n, a number, or a string without quotes. */
const char *kc_value(struct symbol *sym);
/* Does Kconfig accept VALUE, of a request, for an option of SYM's type? */
bool kc_takes(struct symbol *sym, const char *value);
/* Does SYM have the VALUE of a request? */
bool kc_holds(struct symbol *sym, const char *value);

static inline tristate kc_tristate(const char *value)
{
	return *value == 'y' ? yes : *value == 'm' ? mod : no;
}

#endif
