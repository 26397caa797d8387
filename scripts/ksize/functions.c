// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of make. One that depends on a compiler, a shell or the file system expands
 * to nothing, and is marked.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

enum { MAX_ARGS = 16 };

/* ---- words of text -------------------------------------------------------------------- */

/* The next word at *P, its length in *LEN; NULL without one. */
const char *text_word(const char **p, size_t *len)
{
	const char *word = *p + strspn(*p, " \t\n");

	*len = strcspn(word, " \t\n");
	*p = word + *len;
	return *len ? word : NULL;
}

void text_add_word(struct buffer *out, size_t start, const char *word, size_t len)
{
	if (out->size > start)
		buffer_add(out, " ", 1);
	buffer_add(out, word, len);
}

/* Does a word match a pattern with at most one "%"? *STEM is what that stands for. */
static bool match(const char *pattern, const char *word, size_t len, const char **stem,
		  size_t *stem_len)
{
	const char *percent = strchr(pattern, '%');
	size_t before = percent ? (size_t)(percent - pattern) : 0, after;

	if (!percent)
		return strlen(pattern) == len && !strncmp(pattern, word, len);
	after = strlen(percent + 1);
	if (len < before + after || strncmp(pattern, word, before) != 0 ||
	    strncmp(percent + 1, word + len - after, after) != 0)
		return false;
	*stem = word + before;
	*stem_len = len - before - after;
	return true;
}

void text_patsubst(struct expansion *e, const char *from, const char *to, const char *text,
		   struct buffer *out)
{
	const char *word, *stem = NULL, *percent = strchr(to, '%');
	size_t len, stem_len = 0, start = out->size;
	const size_t each = strlen(from) + strlen(to);

	while (spend(e->scope->budget, each) && (word = text_word(&text, &len))) {
		if (!match(from, word, len, &stem, &stem_len)) {
			text_add_word(out, start, word, len);
		} else if (percent && stem) {
			text_add_word(out, start, to, (size_t)(percent - to));
			buffer_add(out, stem, stem_len);
			buffer_puts(out, percent + 1);
		} else {
			text_add_word(out, start, to, strlen(to));
		}
	}
}

static void filter(struct expansion *e, const char *patterns, const char *text, bool keep,
		   struct buffer *out)
{
	const char *word, *stem;
	size_t len, stem_len, start = out->size;
	const size_t each = strlen(patterns);

	while (spend(e->scope->budget, each) && (word = text_word(&text, &len))) {
		const char *rest = patterns, *p;
		size_t n;
		bool found = false;

		while (!found && (p = text_word(&rest, &n)))
			found = match(intern_bytes(p, n), word, len, &stem, &stem_len);
		if (found == keep)
			text_add_word(out, start, word, len);
	}
}

static void subst(const char *from, const char *to, const char *text, struct buffer *out)
{
	size_t len = strlen(from);
	const char *hit;

	while (len && (hit = strstr(text, from))) {
		buffer_add(out, text, (size_t)(hit - text));
		buffer_puts(out, to);
		text = hit + len;
	}
	buffer_puts(out, text);
}

/* ---- functions: the arguments are expanded ---------------------------------------------- */

static void f_subst(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	subst(arg[0], arg[1], arg[2], out);
}

static void f_patsubst(struct expansion *e, char **arg, struct buffer *out)
{
	text_patsubst(e, arg[0], arg[1], arg[2], out);
}

static void f_filter(struct expansion *e, char **arg, struct buffer *out)
{
	filter(e, arg[0], arg[1], true, out);
}

static void f_filter_out(struct expansion *e, char **arg, struct buffer *out)
{
	filter(e, arg[0], arg[1], false, out);
}

static void f_addprefix(struct expansion *e, char **arg, struct buffer *out)
{
	char *to = mem_printf("%s%%", arg[0]);

	text_patsubst(e, "%", to, arg[1], out);
	free(to);
}

static void f_addsuffix(struct expansion *e, char **arg, struct buffer *out)
{
	char *to = mem_printf("%%%s", arg[0]);

	text_patsubst(e, "%", to, arg[1], out);
	free(to);
}

/* sort is for order and duplicates, which don't matter here. */
static void f_strip(struct expansion *e, char **arg, struct buffer *out)
{
	text_patsubst(e, "%", "%", arg[0], out);
}

static void f_findstring(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	if (strstr(arg[1], arg[0]))
		buffer_puts(out, arg[0]);
}

static void pick_word(const char *text, unsigned long n, struct buffer *out)
{
	const char *word;
	size_t len;

	while ((word = text_word(&text, &len)))
		if (n && !--n)
			buffer_add(out, word, len);
}

static void f_word(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	pick_word(arg[1], strtoul(arg[0], NULL, 10), out);
}

static void f_firstword(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	pick_word(arg[0], 1, out);
}

static unsigned long count_words(const char *text)
{
	unsigned long n = 0;
	size_t len;

	while (text_word(&text, &len))
		n++;
	return n;
}

static void f_lastword(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	pick_word(arg[0], count_words(arg[0]), out);
}

static void f_words(struct expansion *e, char **arg, struct buffer *out)
{
	char *n = mem_printf("%lu", count_words(arg[0]));

	(void)e;
	buffer_puts(out, n);
	free(n);
}

/* The part before, or from, the last MARK of each word that comes after its last slash. */
static void cut_words(const char *text, char mark, bool before, struct buffer *out)
{
	const char *word;
	size_t len, start = out->size;

	while ((word = text_word(&text, &len))) {
		size_t at = len;

		while (at && word[at - 1] != mark && word[at - 1] != '/')
			at--;
		/* AT is past the mark; the directory keeps its slash, a suffix has its dot. */
		if (mark == '.')
			at = at && word[at - 1] == '.' ? at - 1 : len;
		if (before ? at : at < len)
			text_add_word(out, start, before ? word : word + at,
				      before ? at : len - at);
	}
}

static void f_dir(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	cut_words(arg[0], '/', true, out);
}

static void f_notdir(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	cut_words(arg[0], '/', false, out);
}

static void f_basename(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	cut_words(arg[0], '.', true, out);
}

static void f_suffix(struct expansion *e, char **arg, struct buffer *out)
{
	(void)e;
	cut_words(arg[0], '.', false, out);
}

/* ---- functions that expand their arguments as need be ------------------------------------- */

static void expand_string(struct expansion *e, const char *text, struct buffer *out)
{
	expand(e, text, strlen(text), out);
}

static bool is_true(struct expansion *e, const char *condition, struct buffer *value)
{
	value->size = 0;
	buffer_add(value, "", 0);
	expand_string(e, condition, value);
	return value->text[strspn(value->text, " \t")] != '\0';
}

static void f_if(struct expansion *e, char **arg, struct buffer *out)
{
	struct buffer value = EXPANSION;

	expand_string(e, arg[is_true(e, arg[0], &value) ? 1 : 2], out);
	buffer_free(&value);
}

static void f_or(struct expansion *e, char **arg, struct buffer *out)
{
	struct buffer value = EXPANSION;

	for (size_t i = 0; i < MAX_ARGS && arg[i]; i++) {
		if (!is_true(e, arg[i], &value))
			continue;
		buffer_puts(out, value.text);
		break;
	}
	buffer_free(&value);
}

static void f_and(struct expansion *e, char **arg, struct buffer *out)
{
	struct buffer value = EXPANSION;
	bool all = true;

	for (size_t i = 0; all && i < MAX_ARGS && arg[i]; i++)
		all = is_true(e, arg[i], &value);
	if (all && value.text)
		buffer_puts(out, value.text);
	buffer_free(&value);
}

static void f_foreach(struct expansion *e, char **arg, struct buffer *out)
{
	struct buffer name = EXPANSION, list = EXPANSION;
	const char *p, *word;
	size_t len, start = out->size;

	is_true(e, arg[0], &name);
	is_true(e, arg[1], &list);
	for (p = list.text; !e->scope->budget->fault && (word = text_word(&p, &len));) {
		scope_define(e->scope, name.text, intern_bytes(word, len));
		if (out->size > start)
			buffer_add(out, " ", 1);
		expand_string(e, arg[2], out);
	}
	buffer_free(&name);
	buffer_free(&list);
}

/* ksize does not ask the compiler, the shell or the file system. */
static void f_unknown(struct expansion *e, char **arg, struct buffer *out)
{
	(void)arg;
	(void)out;
	e->unknown = true;
}

static const struct function {
	const char *name;
	unsigned args; /* further commas belong to the last argument */
	bool lazy;
	void (*run)(struct expansion *e, char **arg, struct buffer *out);
} functions[] = {
	{ "subst", 3, false, f_subst },		  { "patsubst", 3, false, f_patsubst },
	{ "filter", 2, false, f_filter },	  { "filter-out", 2, false, f_filter_out },
	{ "addprefix", 2, false, f_addprefix },	  { "addsuffix", 2, false, f_addsuffix },
	{ "strip", 1, false, f_strip },		  { "sort", 1, false, f_strip },
	{ "findstring", 2, false, f_findstring }, { "word", 2, false, f_word },
	{ "words", 1, false, f_words },		  { "firstword", 1, false, f_firstword },
	{ "lastword", 1, false, f_lastword },	  { "dir", 1, false, f_dir },
	{ "notdir", 1, false, f_notdir },	  { "basename", 1, false, f_basename },
	{ "suffix", 1, false, f_suffix },	  { "if", 3, true, f_if },
	{ "or", MAX_ARGS, true, f_or },		  { "and", MAX_ARGS, true, f_and },
	{ "foreach", 3, true, f_foreach },	  { "call", 1, true, f_unknown },
	{ "shell", 1, true, f_unknown },	  { "wildcard", 1, true, f_unknown },
	{ "eval", 1, true, f_unknown },		  { "error", 1, true, f_unknown },
	{ "warning", 1, true, f_unknown },	  { "info", 1, true, f_unknown },
	{ "origin", 1, true, f_unknown },	  { "flavor", 1, true, f_unknown },
	{ "value", 1, true, f_unknown },	  { "join", 2, true, f_unknown },
	{ "wordlist", 3, true, f_unknown },	  { "abspath", 1, true, f_unknown },
	{ "realpath", 1, true, f_unknown },
};

static const struct function *find_function(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (islower((unsigned char)text[n]) || text[n] == '-'))
		n++;
	if (n == len || !strchr(" \t", text[n]))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strlen(functions[i].name) == n && !strncmp(functions[i].name, text, n))
			return &functions[i];
	return NULL;
}

bool function_call(struct expansion *e, const char *text, size_t len, struct buffer *out)
{
	char *arg[MAX_ARGS + 1] = { NULL }, *copy;
	const struct function *f = find_function(text, len);
	struct buffer value[MAX_ARGS] = { 0 };
	static char empty[] = "";
	unsigned n = 1;
	int depth = 0;

	if (!f)
		return false;
	spend(e->scope->budget, len);
	len -= strlen(f->name);
	copy = mem_printf("%.*s", (int)len, text + strlen(f->name));
	arg[0] = copy + strspn(copy, " \t");
	for (char *p = arg[0]; *p; p++) {
		depth += strchr("({", *p) != NULL;
		depth -= strchr(")}", *p) != NULL;
		if (*p != ',' || depth || n == f->args)
			continue;
		*p = '\0';
		arg[n++] = p + 1;
	}
	for (unsigned i = 0; i < n && !f->lazy; i++) {
		value[i].most = EXPANSION_MOST;
		buffer_add(&value[i], "", 0);
		expand_string(e, arg[i], &value[i]);
		arg[i] = value[i].text;
	}
	/* or and and accept any number of arguments; the others need a fixed number. */
	for (; n < f->args && f->args < MAX_ARGS; n++)
		arg[n] = empty;
	f->run(e, arg, out);
	for (unsigned i = 0; i < MAX_ARGS; i++)
		buffer_free(&value[i]);
	free(copy);
	return true;
}
