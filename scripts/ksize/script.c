// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linker scripts: the output sections, with the patterns of files and input sections that they
 * take. The first match counts. The rest of a script is skipped.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

const char discarded[] = "/DISCARD/";

struct reader {
	struct script *script;
	const char *p;
	char word[256]; /* a name, a pattern, or one of ( ) { } ; , or "" at the end */
};

static const char *skip_space(const char *p)
{
	for (;;) {
		const char *end;

		p += strspn(p, " \t\r\n");
		if (!starts(p, "/*"))
			return p;
		end = strstr(p + 2, "*/");
		p = end ? end + 2 : p + strlen(p);
	}
}

static const char *next(struct reader *r)
{
	const char *p = skip_space(r->p);
	size_t len = 1;

	if (*p == '"') {
		len = 1 + strcspn(p + 1, "\"");
		len += p[len] == '"';
	} else if (*p && !strchr("(){};,", *p)) {
		len = strcspn(p, " \t\r\n(){};,\"");
	} else if (!*p) {
		len = 0;
	}
	r->p = p + len;
	len = len < sizeof(r->word) ? len : sizeof(r->word) - 1;
	memcpy(r->word, p, len);
	r->word[len] = '\0';
	return r->word;
}

static bool is(const struct reader *r, const char *word)
{
	return !strcmp(r->word, word);
}

/* Skip to the ")" of the "(" that was just read. */
static void skip_parentheses(struct reader *r)
{
	for (int depth = 1; depth && *next(r);)
		depth += is(r, "(") - is(r, ")");
}

static void skip_assignment(struct reader *r)
{
	while (*r->word && !is(r, ";"))
		next(r);
}

static char first_of(struct reader *r)
{
	return *skip_space(r->p);
}

static void add_placing(struct script *s, const char *file, const char *section, const char *output)
{
	size_t meta = strcspn(section, "*?[");
	struct placing p = { .file = intern(file), .section = intern(section), .output = output };

	if (section[meta]) {
		p.pattern = section[meta] != '*' || section[meta + 1] || !meta;
		p.prefix = p.pattern ? 0 : (unsigned)meta;
	}
	grow(s->placing, s->n, s->room);
	s->placing[s->n++] = p;
}

/* The patterns of sections after "FILE(": SORT(...) and its kin may be around them. */
static void read_patterns(struct reader *r, const char *file, const char *output)
{
	for (int depth = 1; depth && *next(r);) {
		if (is(r, "(")) {
			depth++;
		} else if (is(r, ")")) {
			depth--;
		} else if (first_of(r) == '(' && strchr(r->word, '.') == NULL &&
			   isupper((unsigned char)r->word[0])) {
			bool skip = is(r, "EXCLUDE_FILE");

			next(r);
			if (skip)
				skip_parentheses(r);
			else
				depth++;
		} else if (!is(r, ",")) {
			add_placing(r->script, file, r->word, output);
		}
	}
}

/* The patterns of an output section; assignments and functions are skipped. */
static void read_body(struct reader *r, const char *output)
{
	char file[sizeof(r->word)];

	for (int depth = 1; depth && *next(r);) {
		if (is(r, "{") || is(r, "}")) {
			depth += is(r, "{") ? 1 : -1;
		} else if (strchr(r->word, '=') && r->word[0] != '"') {
			skip_assignment(r);
		} else if (is(r, "KEEP") && first_of(r) == '(') {
			next(r);
		} else if (first_of(r) == '(' && !strchr("(){};,", r->word[0])) {
			strcpy(file, r->word);
			next(r);
			if (strpbrk(file, "*?.:/"))
				read_patterns(r, file, output);
			else
				skip_parentheses(r);
		}
	}
}

/* Skip the program headers, region and fill value after an output section. */
static void skip_trailer(struct reader *r)
{
	while (first_of(r) && strchr(":>=", first_of(r)))
		if (!next(r)[1])
			next(r);
}

/* SECTIONS { ... }: assignments, and NAME [ADDRESS] : [AT(...)] [...] { ... }. */
static void read_sections(struct reader *r)
{
	const char *name = NULL;

	while (*next(r) && !is(r, "}")) {
		if (is(r, "(")) {
			skip_parentheses(r);
		} else if (is(r, "{")) {
			read_body(r, name ? name : intern(""));
			skip_trailer(r);
			name = NULL;
		} else if (is(r, ";")) {
			name = NULL;
		} else if (strchr(r->word, '=') && r->word[0] != '"') {
			skip_assignment(r);
			name = NULL;
		} else if (!name && first_of(r) != '=') {
			name = is(r, discarded) ? discarded :
						  intern_bytes(r->word, strcspn(r->word, ":"));
		}
		/* ASSERT(...) and PROVIDE(...) do not make output sections. */
		if (name && first_of(r) == '(' && isupper((unsigned char)name[0]))
			name = NULL;
	}
}

bool script_read(struct script *s, const char *path)
{
	char *text = read_text(path, NULL, "build the kernel there");
	struct reader r = { .script = s, .p = text };

	if (!text)
		return false;
	while (*next(&r)) {
		if (!is(&r, "SECTIONS"))
			continue;
		if (*next(&r) && is(&r, "{"))
			read_sections(&r);
	}
	free(text);
	if (!s->n)
		complain(path, 0, "places no section [bad-linker-script]; build the kernel again");
	return s->n;
}

static bool matches(const struct placing *p, const char *section)
{
	if (p->prefix)
		return !strncmp(p->section, section, p->prefix);
	return p->pattern ? !fnmatch(p->section, section, 0) : p->section == section;
}

static bool any_file(const struct placing *p)
{
	return p->file[0] == '*' && !p->file[1];
}

const char *script_place(struct script *s, const char *object, const char *section)
{
	size_t first = map_get(&s->cache, section);

	if (first == NONE) {
		first = 0;
		while (first < s->n &&
		       !(any_file(&s->placing[first]) && matches(&s->placing[first], section)))
			first++;
		map_set(&s->cache, section, first);
	}
	for (size_t i = 0; i < first; i++)
		if (!any_file(&s->placing[i]) && matches(&s->placing[i], section) &&
		    !fnmatch(s->placing[i].file, object, 0))
			return s->placing[i].output;
	return first < s->n ? s->placing[first].output : NULL;
}

void script_free(struct script *s)
{
	free(s->placing);
	map_free(&s->cache);
	*s = (struct script){ 0 };
}
