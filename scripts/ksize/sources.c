// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of the tree that the compiler read for vmlinux, the kernel file and the modules.
 *
 * Kbuild writes the command of a file, and its inputs, beside it, as .NAME.cmd. The search begins
 * at the linked objects, and follows the names in these files: a directory that was built before
 * with another config has objects that are not in the kernel.
 *
 * An assembler does not list the files of .incbin, such as the vDSO: these are the quoted names in
 * its source.
 */
#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksize.h"

/* Names have no leading '/': that is how intern_path() makes them from absolute ones. */
struct search {
	const char *tree, *obj, *own; /* directories, OBJ maybe in TREE; OWN may be NULL */
	const char *base; /* that relative names begin at */
	struct map words; /* that were looked at, as a .cmd has them */
	struct map queued; /* files that were built, and are or were in the queue */
	const char **queue;
	size_t n, room;
	struct map known; /* sources */
	struct list *list;
};

/* NAME below DIR, or NULL. */
static const char *below(const char *name, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	return len && !strncmp(name, dir, len) && name[len] == '/' ? name + len + 1 : NULL;
}

static void enqueue(struct search *s, const char *name)
{
	if (map_get(&s->queued, name) != NONE)
		return;
	map_set(&s->queued, name, 0);
	grow(s->queue, s->n, s->room);
	s->queue[s->n++] = name;
}

static void scan_assembly(struct search *s, const char *name);

static void add_source(struct search *s, const char *prefix, const char *path, const char *name)
{
	char *shown = mem_printf("%s%s", prefix, path);
	const char *source = intern(shown);

	free(shown);
	if (map_get(&s->known, source) != NONE)
		return;
	map_set(&s->known, source, 0);
	grow(s->list->name, s->list->n, s->list->room);
	s->list->name[s->list->n++] = source;
	if (ends(source, ".S"))
		scan_assembly(s, name);
}

static bool is_regular(const char *name)
{
	char *path = mem_printf("/%s", name);
	struct stat st;
	bool is = !stat(path, &st) && S_ISREG(st.st_mode);

	free(path);
	return is;
}

/* Is the input of a generator or linker a source, and not what runs or drives it? */
static bool is_input(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;

	return !starts(path, "scripts/") && !starts(path, "tools/") && !ends(last, ".sh") && !ends(last, ".awk") &&
	       !starts(last, "Makefile") && !starts(last, "Kbuild") && is_regular(name);
}

/* A name in a .cmd. READ: a compiler read it. */
static void see_name(struct search *s, const char *word, bool read)
{
	const char *name = *word == '/' ? intern_path("", word + 1) : intern_path(s->base, word);
	const char *path;

	if ((path = below(name, s->own))) {
		if (ends(path, ".c") || ends(path, ".S") || ends(path, ".h"))
			add_source(s, "modules/", path, name);
	} else if (below(name, s->obj)) {
		enqueue(s, name);
	} else if ((path = below(name, s->tree)) && (read || is_input(path, name))) {
		add_source(s, "", path, name);
	}
}

static void see_word(void *ctx, const char *text, size_t len, bool read)
{
	struct search *s = ctx;
	const char *word = intern_bytes(text, len);

	if (map_get(&s->words, word) != NONE)
		return;
	map_set(&s->words, word, 0);
	see_name(s, word, read);
}

/* Read PATH as a .cmd, if it exists; false if it can't be read. */
static bool read_cmd_file(struct search *s, const char *path)
{
	char *text;

	if (access(path, F_OK))
		return true;
	text = read_text(path, NULL, "build the kernel again");
	if (text)
		cmd_words(text, see_word, s);
	free(text);
	return text;
}

/* The files that an assembler source names in quotes, if they were built. */
static void scan_assembly(struct search *s, const char *name)
{
	char *path = mem_printf("/%s", name), *text, *p, *end;

	text = access(path, F_OK) ? NULL : read_text(path, NULL, "build the kernel again");
	for (p = text; p && (p = strchr(p, '"')) && (end = strpbrk(p + 1, "\"\n")); p = end) {
		const char *built;

		*end = *end == '"' ? '\0' : '\n';
		if (*end || !strchr(p + 1, '/')) {
			end += !*end;
			continue;
		}
		built = intern_path(s->base, p + 1);
		if (below(built, s->obj) && is_regular(built))
			enqueue(s, built);
		end++;
	}
	free(path);
	free(text);
}

/* Follow all that is queued. */
static bool search(struct search *s)
{
	bool good = true;

	while (good && s->n) {
		const char *name = s->queue[--s->n], *slash = strrchr(name, '/');
		char *cmd = mem_printf("/%.*s.%s.cmd", (int)(slash + 1 - name), name, slash + 1);

		good = read_cmd_file(s, cmd);
		free(cmd);
		if (good && (ends(name, ".S") || ends(name, ".s")))
			scan_assembly(s, name);
	}
	return good;
}

static void search_free(struct search *s)
{
	map_free(&s->words);
	map_free(&s->queued);
	map_free(&s->known);
	free(s->queue);
}

/* ---- modules outside the tree ------------------------------------------------------------- */

/* nftw() has no argument for the caller's. */
static struct list *found;

static int find_cmd(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type == FTW_F && path[ftw->base] == '.' && ends(path, ".o.cmd") &&
	    !ends(path, ".mod.o.cmd")) {
		grow(found->name, found->n, found->room);
		found->name[found->n++] = intern(path);
	}
	return 0;
}

/* Since 6.13, Kbuild runs in the directory of the modules, and names their files from there. */
static const char *base_of(const struct search *s, const char *path)
{
	char *text = read_text(path, NULL, "build the modules again");
	bool inside = text && !starts(text, "savedcmd_/") && !starts(text, "cmd_/");

	free(text);
	return inside ? s->own : s->obj;
}

/* All that was compiled in OWN, which is made anew for each build. */
static bool search_own(struct search *s)
{
	char *dir = mem_printf("/%s", s->own);
	struct list cmds = { 0 };
	bool good;

	found = &cmds;
	good = !nftw(dir, find_cmd, 32, FTW_PHYS);
	if (!good)
		complain(dir, 0, "%s [unreadable]; build the modules again", strerror(errno));
	for (size_t i = 0; good && i < cmds.n; i++) {
		s->base = base_of(s, cmds.name[i]);
		map_free(&s->words);
		good = read_cmd_file(s, cmds.name[i]) && search(s);
	}
	found = NULL;
	free(cmds.name);
	free(dir);
	return good;
}

/* ---- all ---------------------------------------------------------------------------------- */

/* An absolute name without its '/', without links; NULL after a message. */
static const char *real(const char *path)
{
	char *full = realpath(path, NULL);
	const char *name = full ? intern(full + 1) : NULL;

	if (!full)
		complain(path, 0, "%s [not-a-directory]", strerror(errno));
	free(full);
	return name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What shapes the link, or gives assembler sources their constants; no .cmd leads there. */
static void enqueue_shapes(struct search *s, const struct build *b)
{
	static const char *const shapes[] = { "arch/*/kernel/vmlinux.lds",
					      "arch/*/kernel/asm-offsets.s", "kernel/bounds.s",
					      "scripts/module.lds" };

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		char *pattern = build_path(b, shapes[i]);
		glob_t g = { 0 };

		if (!glob(pattern, 0, NULL, &g))
			for (size_t k = 0; k < g.gl_pathc; k++)
				enqueue(s, intern_path(s->obj, g.gl_pathv[k] + strlen(b->dir) + 1));
		globfree(&g);
		free(pattern);
	}
}

/* Its .ko has more objects than its .mod names: what modpost made, and module-common.o. */
static void enqueue_module(struct search *s, const char *module)
{
	char *ko = mem_printf("%s.ko", module);

	enqueue(s, intern_path(s->obj, ko));
	free(ko);
}

bool sources_find(const struct build *b, const char *image, const char *own, struct list *list)
{
	struct search s = { .tree = real(b->tree), .obj = real(b->dir), .list = list };
	bool good = s.tree && s.obj && (!own || (s.own = real(own)));

	s.base = s.obj;
	for (size_t i = 0; good && i < b->n; i++)
		enqueue(&s, intern_path(s.obj, b->object[i].path));
	for (size_t i = 0; good && i < b->modules; i++)
		enqueue_module(&s, b->module[i]);
	if (good && image)
		enqueue(&s, intern_path(s.obj, image));
	if (good)
		enqueue_shapes(&s, b);
	good = good && search(&s) && (!own || search_own(&s));
	search_free(&s);
	if (good && !list->n) {
		complain(b->dir, 0, "no .cmd file names a source [no-sources]; build the kernel again");
		good = false;
	}
	if (list->n)
		qsort(list->name, list->n, sizeof(*list->name), by_name);
	return good;
}
