// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "kconf.h"
#include "ktext.h"
#include "makefile.h"

/* Directories without parts of a kernel, and Kbuild's output, which may be in the tree. */
static const char *const passed[] = { "Documentation", "tools", "samples", "include", "LICENSES",
				      "scripts/kconfig", ".git" };

struct file {
	struct ktext *t;
	const char *name; /* below the tree */
	FILE *in;
	int line;
	struct kdef *def; /* the one being read, or NULL */
	size_t indent; /* of the help text; 0 outside of one */
	bool help;
};

static size_t indent_of(const char *line)
{
	size_t column = 0;

	for (; *line == ' ' || *line == '\t'; line++)
		column = *line == '\t' ? (column | 7) + 1 : column + 1;
	return column;
}

/* Does LINE begin with the word KEY? Returns what follows, or NULL. */
static char *after(char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) || (line[len] && !isspace((unsigned char)line[len])))
		return NULL;
	return line + len + strspn(line + len, " \t");
}

/* The words of MORE, after those of TEXT; the caller frees it. */
static char *append(char *text, char *more)
{
	for (char *word = strtok(more, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
		size_t len = text ? strlen(text) : 0;

		text = mem_realloc(text, len + strlen(word) + 2);
		sprintf(text + len, "%s%s", len ? " " : "", word);
	}
	return text;
}

static char *quoted(const char *s)
{
	const char *end;

	if (*s != '"' && *s != '\'')
		return NULL;
	end = strchr(s + 1, *s);
	return end ? strndup(s + 1, (size_t)(end - s - 1)) : NULL;
}

static void start(struct file *f, char *name)
{
	struct ktext *t = f->t;

	name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] = '\0';
	f->def = NULL;
	if (!*name)
		return;
	grow(t->def, t->n_def, t->max_def);
	f->def = &t->def[t->n_def++];
	*f->def = (struct kdef){ .name = mem_strdup(name),
				 .file = mem_strdup(f->name),
				 .line = f->line };
}

static void attribute(struct file *f, char *s)
{
	static const char *const typed[] = { "bool", "tristate", "string", "int", "hex", "prompt" };
	static const char *const defaults[] = { "default", "def_bool", "def_tristate" };
	struct kdef *d = f->def;
	char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(typed); i++)
		if (!d->prompt && (rest = after(s, typed[i])))
			d->prompt = quoted(rest);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (!d->from && (rest = after(s, defaults[i])) && isupper((unsigned char)*rest))
			d->from = strndup(rest, strcspn(rest, " \t#"));
	if (after(s, "transitional"))
		d->transitional = true;
	if (after(s, "help") || after(s, "---help---")) {
		f->help = true;
		f->indent = 0;
	}
}

/* One line of a Kconfig file. */
static void kconfig_line(struct file *f, char *line)
{
	static const char *const ends[] = { "choice", "endchoice", "menu",   "endmenu", "comment",
					    "if",     "endif",     "source", "mainmenu" };
	char *s = line + strspn(line, " \t"), *name;

	s[strcspn(s, "\r\n")] = '\0';
	if (f->help) {
		if (!f->indent && *s)
			f->indent = indent_of(line);
		if (!*s || (f->indent && indent_of(line) >= f->indent)) {
			f->def->help = append(f->def->help, s);
			return;
		}
		f->help = false;
	}
	name = after(s, "config") ?: after(s, "menuconfig");
	if (name) {
		start(f, name);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (after(s, ends[i]))
			f->def = NULL;
	if (f->def)
		attribute(f, s);
}

static void see_object(void *file, const struct listed *l)
{
	struct file *f = file;
	const char *slash = strrchr(f->name, '/');
	struct ktext *t = f->t;

	if (!l->option)
		return;
	grow(t->object, t->n_object, t->max_object);
	t->object[t->n_object++] =
		(struct kobject){ mem_strdup(l->option),
				  mem_printf("%.*s%s", slash ? (int)(slash - f->name) + 1 : 0,
					     f->name, l->object) };
}

/* Lines that end in a backslash are one. */
static void read_lines(struct file *f)
{
	char *line = NULL, *whole = NULL;
	size_t size = 0;

	while (getline(&line, &size, f->in) > 0) {
		size_t len = strlen(line), old = whole ? strlen(whole) : 0;
		bool more = len > 1 && line[len - 2] == '\\' && line[len - 1] == '\n';

		f->line++;
		if (more)
			line[len - 2] = '\0';
		whole = mem_realloc(whole, old + len + 1);
		strcpy(whole + old, line);
		if (more && old < 1 << 16)
			continue;
		kconfig_line(f, whole);
		*whole = '\0';
	}
	if (whole && *whole)
		kconfig_line(f, whole);
	free(whole);
	free(line);
}

static void read_kconfig(struct ktext *t, const char *path, const char *name)
{
	struct file f = { .t = t, .name = name, .in = fopen(path, "r") };

	if (!f.in)
		return;
	read_lines(&f);
	fclose(f.in);
}

static void read_makefile(struct ktext *t, const char *path, const char *name)
{
	struct file f = { .t = t, .name = name };
	struct buffer b = { 0 };

	if (!file_read(path, MAKEFILE_MOST, &b))
		makefile_read(b.text, see_object, &f);
	buffer_free(&b);
}

static bool is_passed(const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		if (!strcmp(dir, passed[i]))
			return true;
	return false;
}

static int by_def(const void *a, const void *b)
{
	const struct kdef *da = a, *db = b;
	int order = strcmp(da->name, db->name) ?: strcmp(da->file, db->file);

	return order ? order : da->line - db->line;
}

static int by_object(const void *a, const void *b)
{
	const struct kobject *oa = a, *ob = b;

	return strcmp(oa->object, ob->object) ?: strcmp(oa->name, ob->name);
}

bool ktext_read(struct ktext *t, const char *tree, bool objects_too)
{
	char *dirs[] = { (char *)(uintptr_t)tree, NULL };
	FTS *walk = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	size_t top = strlen(tree);
	FTSENT *e;

	memset(t, 0, sizeof(*t));
	if (!walk) {
		complain(tree, 0, "%s", strerror(errno));
		return false;
	}
	while ((e = fts_read(walk))) {
		const char *name = e->fts_path + top + (e->fts_path[top] == '/');
		bool makefile = !strcmp(e->fts_name, "Makefile") || !strcmp(e->fts_name, "Kbuild");

		if (e->fts_info == FTS_D && is_passed(name))
			fts_set(walk, e, FTS_SKIP);
		else if (e->fts_info != FTS_F && e->fts_info != FTS_NSOK)
			continue;
		else if (!strncmp(e->fts_name, "Kconfig", 7))
			read_kconfig(t, e->fts_path, name);
		else if (makefile && objects_too)
			read_makefile(t, e->fts_path, name);
	}
	fts_close(walk);
	if (t->n_def)
		qsort(t->def, t->n_def, sizeof(*t->def), by_def);
	if (t->n_object)
		qsort(t->object, t->n_object, sizeof(*t->object), by_object);
	return true;
}

void ktext_free(struct ktext *t)
{
	for (size_t i = 0; i < t->n_def; i++) {
		free(t->def[i].name);
		free(t->def[i].file);
		free(t->def[i].prompt);
		free(t->def[i].help);
		free(t->def[i].from);
	}
	for (size_t i = 0; i < t->n_object; i++) {
		free(t->object[i].name);
		free(t->object[i].object);
	}
	free(t->def);
	free(t->object);
	memset(t, 0, sizeof(*t));
}

const struct kdef *ktext_find(const struct ktext *t, const char *name)
{
	size_t low = 0, high = t->n_def;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(t->def[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n_def && !strcmp(t->def[low].name, name) ? &t->def[low] : NULL;
}
