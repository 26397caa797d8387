// SPDX-License-Identifier: GPL-2.0-only
/*
 * The option of each object: the Makefiles are read as Kbuild reads them, from the top of
 * the tree down, and each object is noted with the innermost option that builds it. An object
 * that a Makefile lists without an option needs none.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksize.h"

struct named {
	size_t option;
	enum rule rule;
};

struct walk {
	struct build *b;
	struct map dirs; /* that have been walked */
	struct map names; /* objects */
	struct named *named;
	size_t n, room;
	struct words arch; /* variables of the architecture's Makefile, and their words */
	struct budget budget;
};

static void note(struct walk *w, const char *object, size_t option)
{
	if (map_get(&w->names, object) != NONE)
		return;
	grow(w->named, w->n, w->room);
	w->named[w->n] = (struct named){ option, option == NONE ? ALWAYS : BY_OPTION };
	map_set(&w->names, object, w->n++);
}

/* ---- one Makefile ------------------------------------------------------------------------ */

/* Define make's variables before it reads a Makefile of DIR. */
static void define_basics(const struct walk *w, struct scope *s, const char *dir)
{
	static const char *const lists[] = { "obj-y", "obj-m",	  "lib-y",
					     "lib-m", "always-y", "targets" };
	const struct config *c = &w->b->config;
	bool wide = config_find(c, "64BIT") != NONE;
	bool x86_64 = config_find(c, "X86_64") != NONE;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		scope_define(s, lists[i], "");
	scope_define(s, "obj", *dir ? dir : ".");
	scope_define(s, "src", *dir ? dir : ".");
	scope_define(s, "srctree", ".");
	scope_define(s, "objtree", ".");
	scope_define(s, "SRCARCH", w->b->srcarch);
	scope_define(s, "ARCH", x86_64 ? "x86_64" : w->b->srcarch);
	scope_define(s, "BITS", wide ? "64" : "32");
	scope_define(s, "comma", ",");
}

/* foo.o is made of foo-objs, foo-y and, in a module, foo-m. */
static struct words parts_of(struct scope *s, const char *object)
{
	static const char *const suffixes[] = { "objs", "y", "m" };
	struct words all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char *name = mem_printf("%.*s-%s", (int)(strlen(object) - 2), object, suffixes[i]);
		struct words part = scope_words(s, name);

		for (size_t j = 0; j < part.n; j++)
			words_add(&all, part.word[j].text, part.word[j].option);
		words_free(&part);
		free(name);
	}
	return all;
}

static void note_object(struct walk *w, struct scope *s, const char *dir, const char *object,
			size_t option)
{
	struct words parts = parts_of(s, object);

	note(w, intern_path(dir, object), option);
	for (size_t i = 0; i < parts.n; i++) {
		const struct word *p = &parts.word[i];

		if (ends(p->text, ".o"))
			note(w, intern_path(dir, p->text), p->option != NONE ? p->option : option);
	}
	words_free(&parts);
}

/* Does a list name this object without an option? Else the first option that it depends on. */
static size_t option_in(const struct words *list, const char *text)
{
	size_t option = NONE;

	for (size_t i = 0; i < list->n; i++) {
		if (list->word[i].text != text)
			continue;
		if (list->word[i].option == NONE)
			return NONE;
		if (option == NONE)
			option = list->word[i].option;
	}
	return option;
}

static bool walk_dir(struct walk *w, const char *dir, size_t option);

static bool walk_list(struct walk *w, struct scope *s, const char *dir, const char *name,
		      size_t option)
{
	struct words list = scope_words(s, name);
	bool good = true;

	for (size_t i = 0; good && !w->budget.fault && i < list.n; i++) {
		const char *text = list.word[i].text;
		size_t own = option_in(&list, text);

		if (own == NONE)
			own = option;
		if (ends(text, "/"))
			good = walk_dir(w, intern_path(dir, text), own);
		else if (ends(text, ".o"))
			note_object(w, s, dir, text, own);
	}
	words_free(&list);
	return good;
}

/* Kbuild takes the file Kbuild, or else Makefile. */
static const char *kbuild_file(const struct walk *w, const char *dir)
{
	static const char *const names[] = { "Kbuild", "Makefile" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = intern_path(dir, names[i]);
		char *full = mem_printf("%s/%s", w->b->tree, path);
		bool there = !access(full, F_OK);

		free(full);
		if (there)
			return path;
	}
	return NULL;
}

/* The files that the Makefile includes may be too large as well. */
static bool can_afford(const struct walk *w, const char *file)
{
	if (w->budget.fault)
		complain(file, 0, "%s [%s]; is the source tree whole?", w->budget.fault,
			 w->budget.code);
	return !w->budget.fault;
}

static bool walk_dir(struct walk *w, const char *dir, size_t option)
{
	static const char *const lists[] = { "obj-y", "lib-y", "obj-m", "lib-m" };
	struct scope s = { .build = w->b, .budget = &w->budget };
	const char *file = kbuild_file(w, dir);
	bool good;

	if (!file || map_get(&w->dirs, dir) != NONE)
		return true;
	map_set(&w->dirs, dir, 0);
	define_basics(w, &s, dir);
	for (size_t i = 0; !*dir && i < w->arch.n; i += 2) {
		/* Pairs: the variable, then one of its words. */
		scope_assign(&s, w->arch.word[i].text, '+', w->arch.word[i + 1].text,
			     w->arch.word[i + 1].option);
	}
	good = kbuild_read(&s, file, true);
	for (size_t i = 0; good && i < ARRAY_SIZE(lists); i++)
		good = walk_list(w, &s, dir, lists[i], option) && can_afford(w, file);
	scope_free(&s);
	return good;
}

/* ---- the architecture -------------------------------------------------------------------- */

/* The top Makefile gives what the arch's own adds to the tree's Kbuild in variables. */
static bool read_arch(struct walk *w)
{
	static const struct {
		const char *from, *to;
	} lists[] = { { "core-y", "ARCH_CORE" },
		      { "libs-y", "ARCH_LIB" },
		      { "drivers-y", "ARCH_DRIVERS" },
		      { "drivers-m", "ARCH_DRIVERS" } };
	struct scope s = { .build = w->b, .budget = &w->budget };
	char *path = mem_printf("arch/%s/Makefile", w->b->srcarch);
	bool good;

	define_basics(w, &s, "");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		scope_define(&s, lists[i].from, strcmp(lists[i].from, "libs-y") ? "" : "lib/");
	good = kbuild_read(&s, path, true);
	for (size_t i = 0; good && i < ARRAY_SIZE(lists); i++) {
		struct words words = scope_words(&s, lists[i].from);

		for (size_t j = 0; j < words.n; j++) {
			if (!ends(words.word[j].text, "/"))
				continue;
			words_add(&w->arch, intern(lists[i].to), NONE);
			words_add(&w->arch, words.word[j].text, words.word[j].option);
		}
		words_free(&words);
		good = can_afford(w, path);
	}
	scope_free(&s);
	free(path);
	return good;
}

/* ---- all ---------------------------------------------------------------------------------- */

/* A module's file represents the object that it is linked from. */
static const char *object_of(const struct object *o)
{
	char *path;
	const char *object;

	if (!o->made)
		return o->path;
	path = mem_printf("%s.o", o->module);
	object = intern(path);
	free(path);
	return object;
}

bool attribute(struct build *b)
{
	struct walk w = { .b = b };
	size_t modules = config_find(&b->config, "MODULES");
	bool good = read_arch(&w) && walk_dir(&w, intern(""), NONE);

	/* scripts/link-vmlinux.sh adds these. */
	note(&w, intern("init/version-timestamp.o"), NONE);
	note(&w, intern(".vmlinux.export.o"), modules);
	for (size_t i = 0; good && i < b->n; i++) {
		struct object *o = &b->object[i];
		size_t named;

		if (o->made && !ends(o->path, ".ko"))
			continue; /* a table, which has its option */
		named = map_get(&w.names, object_of(o));
		if (named == NONE)
			continue;
		o->option = w.named[named].option;
		o->rule = w.named[named].rule;
	}
	map_free(&w.dirs);
	map_free(&w.names);
	words_free(&w.arch);
	free(w.named);
	return good;
}
