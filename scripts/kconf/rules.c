// SPDX-License-Identifier: GPL-2.0-only
/* Reads configs/defaults: which classes of options protect, and the refused options. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "defaults.h"

/* Keep a copy of S until rules_free(). */
static char *keep(struct rules *r, const char *s)
{
	grow(r->text, r->n_text, r->max_text);
	return r->text[r->n_text++] = mem_strdup(s);
}

static void wrong(struct rules *r, int line, const char *what)
{
	complain(r->path, line, "%s", what);
	r->errors++;
}

static void read_class(struct rules *r, char *rest, int line)
{
	const char *name = next_word(&rest), *file = next_word(&rest);

	if (!name || !file) {
		wrong(r, line, "a class has no name or no file [bad-class]: "
			       "write 'class NAME KCONFIG-FILE [MENU]'");
		return;
	}
	grow(r->class, r->n_class, r->max_class);
	r->class[r->n_class++] = (struct class){ name, file, *rest ? rest : NULL, line };
}

static void read_refusal(struct rules *r, char *rest, const char *reason, int line)
{
	const char *pattern = next_word(&rest);

	if (!pattern || !reason)
		wrong(r, line, reason ? "a refusal has no name [bad-refusal]: write 'refuse NAME|FILE...'" :
					"a refusal has no reason [no-reason]: "
					"write a comment above it that says why");
	for (; pattern && reason; pattern = next_word(&rest)) {
		grow(r->refusal, r->n_refusal, r->max_refusal);
		r->refusal[r->n_refusal++] = (struct refusal){ pattern, reason, line };
	}
}

/* A comment's words, added to what the paragraph's comment says so far. */
static const char *add_reason(struct rules *r, const char *so_far, const char *text)
{
	char *joined;

	text += strspn(text, "# \t");
	if (!*text)
		return so_far;
	joined = mem_printf("%s%s%s", so_far ?: "", so_far ? " " : "", text);
	so_far = keep(r, joined);
	free(joined);
	return so_far;
}

bool rules_read(struct rules *r, const char *path)
{
	FILE *in = fopen(path, "r");
	const char *reason = NULL;
	char *buf = NULL, *s, *word;
	size_t size = 0;
	int line = 0;
	ssize_t len;

	r->path = path;
	if (!in) {
		complain(path, 0, "%s [no-file]", strerror(errno));
		return false;
	}
	while ((len = getline(&buf, &size, in)) >= 0) {
		line++;
		while (len && isspace((unsigned char)buf[len - 1]))
			buf[--len] = '\0';
		s = buf;
		if (!len) {
			reason = NULL;
		} else if (*s == '#') {
			reason = add_reason(r, reason, s);
		} else {
			s = keep(r, buf);
			word = next_word(&s);
			if (word && !strcmp(word, "class"))
				read_class(r, s, line);
			else if (word && !strcmp(word, "refuse"))
				read_refusal(r, s, reason, line);
			else
				wrong(r, line, "a line begins with another word than "
					       "'class', 'refuse' or '#' [unknown-word]");
		}
	}
	free(buf);
	if (ferror(in)) {
		complain(path, 0, "cannot be read [no-file]");
		r->errors++;
	}
	fclose(in);
	return !r->errors;
}

bool rules_take(void *rules, const char *path)
{
	return rules_read(rules, path);
}

void rules_free(struct rules *r)
{
	for (size_t i = 0; i < r->n_text; i++)
		free(r->text[i]);
	free(r->text);
	free(r->class);
	free(r->refusal);
	memset(r, 0, sizeof(*r));
}

/* Does M lie in a menu whose prompt is TEXT? */
static bool is_below(const struct menu *m, const char *text)
{
	for (m = m->parent; m; m = m->parent)
		if (m->prompt && m->prompt->text && !strcmp(m->prompt->text, text))
			return true;
	return false;
}

const struct class *rules_class(const struct rules *r, struct symbol *sym)
{
	struct property *prop;

	for (size_t i = 0; i < r->n_class; i++)
		for_all_prompts(sym, prop)
			if (!fnmatch(r->class[i].file, kc_file(prop->menu), 0) &&
			    (!r->class[i].menu || is_below(prop->menu, r->class[i].menu)))
				return &r->class[i];
	return NULL;
}

static bool names_file(const char *pattern)
{
	return strchr(pattern, '/') || strstr(pattern, "Kconfig");
}

static bool covers(const char *pattern, struct symbol *sym, const struct class *class)
{
	struct property *prop;

	if (!names_file(pattern))
		return !fnmatch(pattern, sym->name, 0);
	for_all_prompts(sym, prop)
		if (!class && !fnmatch(pattern, kc_file(prop->menu), 0))
			return true;
	return false;
}

const struct refusal *rules_refusal(const struct rules *r, struct symbol *sym,
				    const struct class *class)
{
	for (size_t i = 0; i < r->n_refusal; i++)
		if (covers(r->refusal[i].pattern, sym, class))
			return &r->refusal[i];
	return NULL;
}
