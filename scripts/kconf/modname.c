// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users know modules, fragments name options: `obj-$(CONFIG_X) += name.o` in the Makefiles
 * connects them. Only such assignments are read; conditions around them are ignored.
 */
#include <ctype.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "kconf.h"
#include "makefile.h"
#include "modname.h"

enum {
	DEPTH_MAX = 24,
	NAME_MAX_LEN = 64, /* of a module */
	FOUND_MAX = 64
};

/* `base-...$(CONFIG_option)... += word.o`: one word of an assignment. */
struct object {
	char *base, *option, *word;
	int line;
};

/* The objects of one Makefile. */
struct makefile {
	struct object *object;
	size_t n, max;
};

struct search {
	const char *name; /* lower case, with underscores */
	const char *file;
	struct modname *found;
	size_t n, max;
};

/* Lower case, and - for _: as the kernel compares the names of modules. */
static void fold(char *s)
{
	for (; *s; s++) {
		if (*s == '-')
			*s = '_';
		else if (*s >= 'A' && *s <= 'Z')
			*s = "abcdefghijklmnopqrstuvwxyz"[*s - 'A'];
	}
}

static bool is_name(const struct search *s, const char *word)
{
	char folded[NAME_MAX_LEN + 1];
	size_t len = strlen(word);

	if (len > NAME_MAX_LEN)
		return false;
	memcpy(folded, word, len + 1);
	fold(folded);
	return !strcmp(folded, s->name);
}

/* ---- one Makefile --------------------------------------------------------------- */

/* Keep an object by the last part of its path, without .o. */
static void see_object(void *makefile, const struct listed *l)
{
	const char *slash = strrchr(l->object, '/'), *name = slash ? slash + 1 : l->object;
	struct makefile *m = makefile;

	if (strlen(name) < 3)
		return;
	grow(m->object, m->n, m->max);
	m->object[m->n++] =
		(struct object){ mem_strdup(l->list), l->option ? mem_strdup(l->option) : NULL,
				 mem_strndup(name, strlen(name) - 2), l->line };
}

static void free_makefile(struct makefile *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->object[i].base);
		free(m->object[i].option);
		free(m->object[i].word);
	}
	free(m->object);
}

static void add(struct search *s, const char *option, const char *module, int line, bool is_part)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->found[i].option, option) && !strcmp(s->found[i].module, module))
			return;
	if (s->n == FOUND_MAX)
		return;
	grow(s->found, s->n, s->max);
	s->found[s->n++] = (struct modname){ mem_strdup(option), mem_strdup(module),
					     mem_strdup(s->file), line, is_part };
}

/* O is part of the module that its base names: built with O's option, or the module's. */
static void add_part(struct search *s, const struct makefile *m, const struct object *o)
{
	if (o->option) {
		add(s, o->option, o->base, o->line, true);
		return;
	}
	for (size_t i = 0; i < m->n; i++)
		if (m->object[i].option && !strcmp(m->object[i].base, "obj") &&
		    !strcmp(m->object[i].word, o->base))
			add(s, m->object[i].option, o->base, m->object[i].line, true);
}

static void search_makefile(struct search *s, char *text)
{
	struct makefile m = { 0 };

	makefile_read(text, see_object, &m);
	for (size_t i = 0; i < m.n; i++) {
		const struct object *o = &m.object[i];

		if (!is_name(s, o->word))
			continue;
		if (strcmp(o->base, "obj") != 0)
			add_part(s, &m, o);
		else if (o->option)
			add(s, o->option, o->word, o->line, false);
	}
	free_makefile(&m);
}

/* Skip a Makefile early if none of its words contains the name; most have none. */
static bool contains(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; *text; text++) {
		size_t i = 0;

		while (i < len && (text[i] == '-' ? '_' : tolower((unsigned char)text[i])) == name[i])
			i++;
		if (i == len)
			return true;
	}
	return false;
}

/* ---- the tree ------------------------------------------------------------------- */

static void search_file(struct search *s, const char *path)
{
	struct buffer b = { 0 };

	if (!file_read(path, MAKEFILE_MOST, &b) && contains(b.text, s->name))
		search_makefile(s, b.text);
	buffer_free(&b);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Directories that hold no module of the architecture SRCARCH. */
static bool is_foreign(const FTSENT *e, const char *srcarch)
{
	static const char *const others[] = { "Documentation", "LICENSES", "include", "scripts",
					      "tools" };
	char *config;
	bool built = false;

	if (*e->fts_name == '.' || e->fts_level > DEPTH_MAX)
		return true;
	if (e->fts_level == 2 && !strcmp(e->fts_parent->fts_name, "arch"))
		return strcmp(e->fts_name, srcarch) != 0;
	if (e->fts_level != 1)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(e->fts_name, others[i]))
			return true;
	/* an O= directory of a build has a .config */
	config = mem_printf("%s/.config", e->fts_path);
	built = !access(config, F_OK);
	free(config);
	return built;
}

static void walk(struct search *s, char *dir, const char *srcarch)
{
	char *paths[] = { dir, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, by_name);
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		if (e->fts_info == FTS_D && e->fts_level && is_foreign(e, srcarch))
			fts_set(fts, e, FTS_SKIP);
		if ((e->fts_info != FTS_NSOK && e->fts_info != FTS_F) ||
		    (strcmp(e->fts_name, "Makefile") && strcmp(e->fts_name, "Kbuild")))
			continue;
		s->file = e->fts_path + strlen(dir) + 1;
		search_file(s, e->fts_path);
	}
	if (fts)
		fts_close(fts);
}

/* Parts of modules count only if no module has the name. */
static void drop_parts(struct search *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		kept += !s->found[i].is_part;
	if (!kept)
		return;
	kept = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct modname m = s->found[i];

		if (m.is_part) {
			free(m.option);
			free(m.module);
			free(m.file);
		} else {
			s->found[kept++] = m;
		}
	}
	s->n = kept;
}

size_t modname_find(const char *dir, const char *srcarch, const char *name,
		    struct modname **found)
{
	const char *slash = strrchr(name, '/');
	char *folded = mem_strdup(slash ? slash + 1 : name), *root = mem_strdup(dir);
	struct search s = { .name = folded };
	size_t len;

	folded[strcspn(folded, ".")] = '\0'; /* .ko, .ko.zst */
	fold(folded);
	len = strlen(folded);
	if (len && len <= NAME_MAX_LEN)
		walk(&s, root, srcarch);
	drop_parts(&s);
	free(folded);
	free(root);
	*found = s.found;
	return s.n;
}

void modname_free(struct modname *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(found[i].option);
		free(found[i].module);
		free(found[i].file);
	}
	free(found);
}
