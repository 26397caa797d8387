// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variables of make. Text expands as in make. Each word of a variable keeps the option that it
 * depends on, wherever an expansion puts it.
 */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

void words_add(struct words *w, const char *text, size_t option)
{
	grow(w->word, w->n, w->room);
	w->word[w->n++] = (struct word){ text, option };
}

void words_free(struct words *w)
{
	free(w->word);
	*w = (struct words){ 0 };
}

void expansion_free(struct expansion *e)
{
	words_free(&e->seen);
}

enum { SPENT_MOST = 64 << 20, DEPTH_MOST = 200, CALL = 32, WORD = 8 /* the cost of one variable */ };

static void fail(struct budget *b, const char *code, const char *what)
{
	if (b->fault)
		return;
	b->code = code;
	b->fault = what;
}

bool spend(struct budget *b, size_t n)
{
	b->spent += n;
	if (b->spent > SPENT_MOST)
		fail(b, "makefile-too-large", "variables expand to too much");
	return !b->fault;
}

/* ---- variables ---------------------------------------------------------------------------- */

/* Is a word a path that ends with another? */
static bool is_below(const char *word, const char *path)
{
	size_t len = strlen(word), n = strlen(path);

	return len > n && word[len - n - 1] == '/' && !strcmp(word + len - n, path);
}

/* The option of a word in an expanded text: its own, or the expansion's. */
static size_t option_of_word(const struct expansion *e, const char *word, size_t fallback)
{
	size_t part = NONE;

	if (!spend(e->scope->budget, e->seen.n))
		return NONE;
	for (size_t i = 0; i < e->seen.n; i++) {
		if (e->seen.word[i].text == word)
			return e->seen.word[i].option;
		/* $(addprefix dir/,$(files-y)) */
		if (part == NONE && is_below(word, e->seen.word[i].text))
			part = e->seen.word[i].option;
	}
	if (part != NONE)
		return part;
	return e->option != NONE ? e->option : fallback;
}

/* Expand TEXT to words, each with its option. */
static bool expand_words(struct scope *s, const char *text, size_t option, struct words *words)
{
	struct expansion e = { .scope = s, .option = NONE };
	struct buffer value = EXPANSION;
	const char *p, *word;
	size_t len;

	buffer_add(&value, "", 0);
	expand(&e, text, strlen(text), &value);
	for (p = value.text; (word = text_word(&p, &len));) {
		const char *w = intern_bytes(word, len);

		words_add(words, w, option_of_word(&e, w, option));
	}
	buffer_free(&value);
	expansion_free(&e);
	return !e.unknown;
}

static struct variable *find_variable(const struct scope *s, const char *name)
{
	size_t i = map_get(&s->names, intern(name));

	return i == NONE ? NULL : &s->variable[i];
}

bool scope_has(const struct scope *s, const char *name)
{
	const struct variable *v = find_variable(s, name);

	return v && v->n;
}

static struct words read_variable(struct scope *s, const char *name, bool *unknown)
{
	struct variable *v = find_variable(s, name);
	struct words words = { 0 };

	/* Undefined here, but perhaps defined for make; or it refers to itself. */
	if (!v || v->busy) {
		*unknown = true;
		return words;
	}
	v->busy = true;
	for (size_t i = 0; i < v->n; i++) {
		const struct chunk c = v->chunk[i];

		*unknown |= c.unknown;
		if (!spend(s->budget, WORD * c.words.n))
			break;
		for (size_t j = 0; j < c.words.n; j++)
			words_add(&words, c.words.word[j].text, c.words.word[j].option);
		if (c.raw)
			*unknown |= !expand_words(s, c.raw, c.option, &words);
		v = find_variable(s, name); /* foreach may have defined one */
	}
	v->busy = false;
	return words;
}

struct words scope_words(struct scope *s, const char *name)
{
	bool unknown = false;

	return read_variable(s, name, &unknown);
}

static void expand_config(struct expansion *e, const char *name, struct buffer *out)
{
	const struct config *c = &e->scope->build->config;
	size_t option = config_find(c, name);

	if (option == NONE)
		return;
	if (config_is_on(c, option))
		e->option = option;
	buffer_puts(out, c->option[option].value);
}

static void expand_variable(struct expansion *e, const char *name, struct buffer *out)
{
	size_t start = out->size;
	struct words words;

	if (starts(name, "CONFIG_")) {
		expand_config(e, name + strlen("CONFIG_"), out);
		return;
	}
	words = read_variable(e->scope, name, &e->unknown);
	for (size_t i = 0; i < words.n; i++) {
		const struct word *w = &words.word[i];

		text_add_word(out, start, w->text, strlen(w->text));
		if (w->option != NONE)
			words_add(&e->seen, w->text, w->option);
	}
	words_free(&words);
}

/* The text between "$(" and ")": a function, NAME, or NAME:FROM=TO. */
static void expand_reference(struct expansion *e, const char *text, size_t len, struct buffer *out)
{
	struct buffer name = EXPANSION, value = EXPANSION;
	char *colon, *equals;

	if (function_call(e, text, len, out))
		return;
	buffer_add(&name, "", 0);
	buffer_add(&value, "", 0);
	expand(e, text, len, &name);
	colon = strchr(name.text, ':');
	equals = colon ? strchr(colon, '=') : NULL;
	if (!equals) {
		expand_variable(e, name.text, out);
	} else {
		char *from, *to;
		bool pattern;

		*colon = '\0';
		*equals = '\0';
		pattern = strchr(colon + 1, '%') != NULL;
		from = mem_printf("%s%s", pattern ? "" : "%", colon + 1);
		to = mem_printf("%s%s", pattern ? "" : "%", equals + 1);
		expand_variable(e, name.text, &value);
		text_patsubst(e, from, to, value.text, out);
		free(from);
		free(to);
	}
	buffer_free(&name);
	buffer_free(&value);
}

/* The length of the text between parentheses. */
static size_t inside(const char *text, size_t len, char open, char close)
{
	size_t n = 0;

	for (int depth = 1; n < len; n++) {
		depth += text[n] == open;
		depth -= text[n] == close;
		if (!depth)
			break;
	}
	return n;
}

static void expand_text(struct expansion *e, const char *text, size_t len, struct buffer *out)
{
	const char *end = text + len;

	while (text < end && !e->scope->budget->fault) {
		const char *dollar = memchr(text, '$', (size_t)(end - text));
		size_t n = (size_t)((dollar ? dollar : end) - text);

		buffer_add(out, text, n);
		text += n + 1;
		if (!dollar || text >= end)
			return;
		if (*text == '$') {
			buffer_add(out, text++, 1);
		} else if (*text == '(' || *text == '{') {
			n = inside(text + 1, (size_t)(end - text - 1), *text,
				   *text == '(' ? ')' : '}');
			expand_reference(e, text + 1, n, out);
			text += n + 2;
		} else {
			expand_reference(e, text++, 1, out);
		}
	}
}

void expand(struct expansion *e, const char *text, size_t len, struct buffer *out)
{
	struct budget *b = e->scope->budget;
	const size_t before = out->size;

	if (!spend(b, CALL + len))
		return;
	if (b->depth == DEPTH_MOST) {
		fail(b, "makefile-recursion", "variables refer to each other too deeply");
		return;
	}
	b->depth++;
	expand_text(e, text, len, out);
	b->depth--;
	if (out->full)
		fail(b, "makefile-too-large", "a variable expands to too much");
	spend(b, out->size - before);
}

static struct variable *make_variable(struct scope *s, const char *name)
{
	struct variable *v = find_variable(s, name);

	if (v)
		return v;
	grow(s->variable, s->n, s->room);
	s->variable[s->n] = (struct variable){ 0 };
	map_set(&s->names, intern(name), s->n);
	return &s->variable[s->n++];
}

static void clear_variable(struct variable *v)
{
	while (v->n)
		words_free(&v->chunk[--v->n].words);
}

void scope_assign(struct scope *s, const char *name, char op, const char *value, size_t option)
{
	const struct variable *old = find_variable(s, name);
	struct chunk c = { .option = option };
	struct variable *v;
	bool simple = op == ':' || (op == '+' && old && old->simple);

	if (op == '?' && old && old->n)
		return;
	if (simple)
		c.unknown = !expand_words(s, value, option, &c.words);
	else
		c.raw = intern(value);
	v = make_variable(s, name);
	/* Not while it is expanded: a foreach may assign its own variable. */
	if (v->busy) {
		words_free(&c.words);
		return;
	}
	if (op != '+')
		clear_variable(v);
	v->simple = simple;
	grow(v->chunk, v->n, v->room);
	v->chunk[v->n++] = c;
}

void scope_define(struct scope *s, const char *name, const char *value)
{
	scope_assign(s, name, ':', value, NONE);
}

void scope_free(struct scope *s)
{
	for (size_t i = 0; i < s->n; i++) {
		clear_variable(&s->variable[i]);
		free(s->variable[i].chunk);
	}
	free(s->variable);
	map_free(&s->names);
	*s = (struct scope){ 0 };
}
