// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"

/* ---- names ----------------------------------------------------------------------- */

/* The part of PATH that is below DIR, or NULL. */
static const char *below(const char *dir, const char *path)
{
	const size_t n = strlen(dir);

	return !strncmp(path, dir, n) && path[n] == '/' ? path + n + 1 : NULL;
}

char *name_of(const struct place *p, const char *path)
{
	const char *name = below(p->dir, path);

	if (name)
		return mem_strdup(name);
	name = below(p->out, path);
	if (name)
		return mem_printf("%%/%s", name);
	return *path == '/' ? mem_strdup(path) : mem_printf("./%s", path);
}

char *path_of(const struct place *p, const char *name)
{
	if (*name == '/')
		return mem_strdup(name);
	if (!strncmp(name, "./", 2))
		return mem_strdup(name + 2);
	return !strncmp(name, "%/", 2) ? mem_printf("%s%s", p->out, name + 1) :
					 mem_printf("%s/%s", p->dir, name);
}

bool is_beside(const char *name)
{
	return *name && *name != '/' && strncmp(name, "./", 2) != 0 && strncmp(name, "%/", 2) != 0;
}

/* ---- lines ----------------------------------------------------------------------- */

/* A line is START, the value, and the name. */
static const struct form {
	const char *start;
	enum { NO_VALUE, HASH_VALUE, STAT_VALUE } value;
	bool name;
} forms[] = {
	[KEY] = { "key ", NO_VALUE, true },	  [TEXT] = { "| ", NO_VALUE, false },
	[FROM] = { "from ", HASH_VALUE, true },	  [SEEN] = { "seen ", STAT_VALUE, true },
	[AFTER] = { "after ", HASH_VALUE, true }, [ROOT] = { "root ", NO_VALUE, true },
	[SUM] = { "sum ", HASH_VALUE, false },	  [STAT] = { "stat ", STAT_VALUE, true },
	[HASH] = { "", HASH_VALUE, true },
};

/* The end of the value at TEXT, with the blanks after it; NULL if it is not valid. */
static const char *skip_value(const struct form *f, const char *text)
{
	if (f->value == HASH_VALUE) {
		if (strspn(text, "0123456789abcdef") != HASH_LEN)
			return NULL;
		text += HASH_LEN;
		/* As sha256sum prints it. */
		for (int blanks = f->name ? *f->start ? 1 : 2 : 0; blanks; blanks--)
			if (*text++ != ' ')
				return NULL;
		return text;
	}
	for (int words = f->value == STAT_VALUE ? 3 : 0; words; words--) {
		const size_t n = strspn(text, "-.0123456789");

		if (!n || text[n] != ' ')
			return NULL;
		text += n + 1;
	}
	return text;
}

static bool parse(struct line *l, enum kind kind)
{
	const struct form *f = &forms[kind];

	l->kind = kind;
	l->value = l->text + strlen(f->start);
	l->name = skip_value(f, l->value);
	if (!l->name || strchr(l->name, '\n'))
		return false;
	if (kind == ROOT || kind == STAT || kind == HASH)
		return is_beside(l->name);
	return kind == TEXT || f->name == !!*l->name;
}

static bool take(struct lines *l, char *text)
{
	struct line one = { .text = text };

	for (enum kind kind = KEY; kind <= HASH; kind++) {
		if (strncmp(text, forms[kind].start, strlen(forms[kind].start)) != 0)
			continue;
		if (!parse(&one, kind))
			return false;
		grow(l->line, l->n, l->room);
		l->line[l->n++] = one;
		return true;
	}
	return false;
}

bool lines_add(struct lines *l, const char *text)
{
	char *copy = mem_strdup(text);

	if (take(l, copy))
		return true;
	free(copy);
	return false;
}

void lines_addf(struct lines *l, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	if (!take(l, text))
		die(CANNOT_RUN,
		    "'%s' is not a valid line of a stamp [bad-stamp]: expected a name "
		    "without a line end",
		    text);
}

void lines_copy(struct lines *l, const struct lines *from, enum kind kind)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->line[i].kind == kind)
			lines_add(l, from->line[i].text);
}

const struct line *lines_find(const struct lines *l, enum kind kind, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->line[i].kind == kind && !strcmp(l->line[i].name, name))
			return &l->line[i];
	return NULL;
}

void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->line[i].text);
	free(l->line);
	*l = (struct lines){ 0 };
}
