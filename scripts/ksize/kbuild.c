// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makefiles of Kbuild: conditionals and assignments. Rules are passed over. Where it
 * is unknown here which way a condition goes, both ways are read.
 *
 * make itself, with marked values such as CONFIG_NET=y.NET, would give a variable obj-y.NET for
 * obj-$(CONFIG_NET), but does not replace this reader. The Makefiles of 6.12 have 16,400 such lines,
 * and beside them 377 conditions on options, in 184 files, and 33 calls of subst, if and filter: these
 * compare with y, so a marked value takes the other branch, and subst changes the mark. A second
 * run with plain values takes the right branch and loses the option of its words. And make runs
 * the $(shell) of a tree, which is only read here.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksize.h"

enum { MAX_DEPTH = 32, MAX_INCLUDES = 8, OUTER = 1 /* the text around the file */ };
/* Bytes of one Makefile, and the cost of opening one. */
enum { FILE_MOST = 4 << 20, FILE_COST = 4096 };

struct condition {
	bool active, taken; /* this branch is read; no further one is */
	size_t option; /* that this branch depends on, or NONE */
	size_t otherwise; /* that a further branch depends on, for this one is not read */
};

struct reader {
	struct scope *scope;
	const char *path;
	unsigned line, includes;
	struct condition nest[MAX_DEPTH];
	size_t depth;
	bool in_rule, in_define;
};

static bool read_file(struct reader *r, const char *path, bool needed);

static bool is_active(const struct reader *r)
{
	for (size_t i = 0; i < r->depth; i++)
		if (!r->nest[i].active)
			return false;
	return true;
}

/* The option of the innermost condition that has one. */
static size_t active_option(const struct reader *r)
{
	for (size_t i = r->depth; i; i--)
		if (r->nest[i - 1].option != NONE)
			return r->nest[i - 1].option;
	return NONE;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* ---- conditionals ------------------------------------------------------------------- */

struct verdict {
	bool holds, unknown;
	size_t option; /* that is enabled, and makes it hold or not */
};

static struct verdict judge_defined(struct reader *r, char *name)
{
	const struct config *c = &r->scope->build->config;
	struct verdict v = { .option = NONE };

	name = trim(name);
	if (starts(name, "CONFIG_")) {
		v.option = config_find(c, name + strlen("CONFIG_"));
		v.holds = v.option != NONE;
	} else {
		v.holds = scope_has(r->scope, name);
		v.unknown = !v.holds;
	}
	return v;
}

/* Cut (a,b), 'a' 'b' or "a" "b" in two. */
static bool split_pair(char *text, char **a, char **b)
{
	int depth = 0;

	text = trim(text);
	if (*text == '(' && text[strlen(text) - 1] == ')') {
		text[strlen(text) - 1] = '\0';
		*a = ++text;
		for (; *text && (*text != ',' || depth); text++)
			depth += strchr("({", *text) ? 1 : -(strchr(")}", *text) != NULL);
		*b = text + 1;
		if (!*text)
			return false;
		*text = '\0';
	} else if (*text == '"' || *text == '\'') {
		*a = text + 1;
		text = strchr(*a, *text);
		*b = text ? strpbrk(text + 1, "\"'") : NULL;
		if (!*b)
			return false;
		*text = '\0';
		text = (*b)++;
		text = strchr(*b, *text);
		if (!text)
			return false;
		*text = '\0';
	} else {
		return false;
	}
	*a = trim(*a);
	*b = trim(*b);
	return true;
}

static struct verdict judge_equal(struct reader *r, char *text, bool equal)
{
	struct expansion e = { .scope = r->scope, .option = NONE };
	struct verdict v = { .unknown = true, .option = NONE };
	struct buffer x = EXPANSION, y = EXPANSION;
	char *a, *b;

	if (!split_pair(text, &a, &b))
		return v;
	buffer_add(&x, "", 0);
	buffer_add(&y, "", 0);
	expand(&e, a, strlen(a), &x);
	expand(&e, b, strlen(b), &y);
	a = trim(x.text);
	b = trim(y.text);
	v.unknown = e.unknown;
	v.holds = !strcmp(a, b) == equal;
	/* It is y, or is not empty: the branch that is read depends on it. */
	if (!strcmp(a, b) ? *a != 0 : !*a != !*b)
		v.option = e.option;
	buffer_free(&x);
	buffer_free(&y);
	expansion_free(&e);
	return v;
}

/* What follows the keyword WORD in TEXT; NULL if it does not begin with that. */
static char *after(char *text, const char *word)
{
	if (!starts(text, word))
		return NULL;
	text += strlen(word);
	return *text && (isalnum((unsigned char)*text) || strchr("_-:+=?.", *text)) ? NULL : text;
}

static void branch(struct reader *r, struct verdict v)
{
	struct condition *c = &r->nest[r->depth - 1];
	size_t before = c->otherwise;

	c->active = !c->taken && (v.holds || v.unknown);
	c->option = NONE;
	if (c->active && !v.unknown)
		c->option = v.option != NONE ? v.option : before;
	else if (!v.holds && !v.unknown && v.option != NONE)
		c->otherwise = v.option;
	c->taken |= v.holds && !v.unknown;
}

/* A condition, if TEXT is one. */
static bool read_condition(struct reader *r, char *text)
{
	char *rest;

	if ((rest = after(text, "ifdef"))) {
		branch(r, judge_defined(r, rest));
	} else if ((rest = after(text, "ifndef"))) {
		struct verdict v = judge_defined(r, rest);

		v.holds = !v.holds;
		branch(r, v);
	} else if ((rest = after(text, "ifeq"))) {
		branch(r, judge_equal(r, rest, true));
	} else if ((rest = after(text, "ifneq"))) {
		branch(r, judge_equal(r, rest, false));
	} else {
		return false;
	}
	return true;
}

static bool wrong(const struct reader *r, const char *code, const char *what)
{
	complain(r->path, (int)r->line, "%s [%s]; is the source tree whole?", what, code);
	return false;
}

/* *KNOWN: the line was a conditional. */
static bool read_conditional(struct reader *r, char *text, bool *known)
{
	char *rest;

	*known = true;
	if (after(text, "endif")) {
		if (r->depth == OUTER)
			return wrong(r, "bad-makefile", "endif without a condition");
		r->depth--;
		return true;
	}
	if ((rest = after(text, "else"))) {
		static const struct verdict otherwise = { .holds = true, .option = NONE };

		if (r->depth == OUTER)
			return wrong(r, "bad-makefile", "else without a condition");
		rest = trim(rest);
		if (!*rest || !read_condition(r, rest))
			branch(r, otherwise);
		return true;
	}
	if (!after(text, "ifdef") && !after(text, "ifndef") && !after(text, "ifeq") &&
	    !after(text, "ifneq")) {
		*known = false;
		return true;
	}
	if (r->depth == MAX_DEPTH)
		return wrong(r, "makefile-recursion", "conditions are nested too deeply");
	r->nest[r->depth] =
		(struct condition){ .taken = !is_active(r), .option = NONE, .otherwise = NONE };
	r->depth++;
	read_condition(r, text);
	return true;
}

/* ---- assignments ---------------------------------------------------------------------- */

/* Where the operator of an assignment begins, its kind and length; NULL without one. */
static char *find_operator(char *text, char *kind, size_t *len)
{
	int depth = 0;

	for (char *p = text; *p; p++) {
		depth += strchr("({", *p) != NULL;
		depth -= strchr(")}", *p) != NULL;
		if (depth > 0 || !strchr(":=+?!", *p))
			continue;
		*len = strspn(p, ":");
		*kind = *p;
		if (*p != ':' && *p != '=')
			*len = 1;
		if (*p != '=' && p[*len] == '=') {
			++*len;
			return p;
		}
		if (*p == '=') {
			*len = 1;
			return p;
		}
		if (*p == ':')
			return NULL; /* a rule */
	}
	return NULL;
}

static char *skip_modifiers(char *text)
{
	static const char *const modifiers[] = { "export", "override", "private" };
	char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(modifiers); i++)
		if ((rest = after(text, modifiers[i])))
			return trim(rest);
	return text;
}

static void assign(struct reader *r, char *name, char op, const char *value)
{
	struct expansion e = { .scope = r->scope, .option = NONE };
	struct buffer b = EXPANSION;

	name = trim(name);
	buffer_add(&b, "", 0);
	expand(&e, name, strlen(name), &b);
	scope_assign(r->scope, trim(b.text), op, value,
		     e.option != NONE ? e.option : active_option(r));
	buffer_free(&b);
	expansion_free(&e);
}

static bool include(struct reader *r, const char *text)
{
	struct expansion e = { .scope = r->scope };
	struct buffer b = EXPANSION;
	bool good = true;
	char *save;

	buffer_add(&b, "", 0);
	expand(&e, text, strlen(text), &b);
	/* A file that is generated, or comes from elsewhere, is not found here. */
	for (char *w = strtok_r(b.text, " \t", &save); good && w; w = strtok_r(NULL, " \t", &save))
		good = read_file(r, intern_path("", w), false);
	buffer_free(&b);
	expansion_free(&e);
	return good;
}

static bool read_line(struct reader *r, char *line)
{
	bool known, recipe = line[0] == '\t' && r->in_rule;
	char *text = trim(line), *rest, kind;
	size_t len;

	if (!*text || recipe)
		return true;
	if (r->in_define) {
		r->in_define = !after(text, "endef");
		return true;
	}
	if (!read_conditional(r, text, &known))
		return false;
	if (known)
		return true;
	text = skip_modifiers(text);
	if (after(text, "define")) {
		r->in_define = true;
		return true;
	}
	if (!is_active(r))
		return true;
	rest = after(text, "-include");
	if (!rest)
		rest = after(text, "include");
	if (rest)
		return include(r, rest);
	rest = find_operator(text, &kind, &len);
	r->in_rule = !rest && strchr(text, ':');
	if (!rest)
		return true;
	*rest = '\0';
	rest += len;
	assign(r, text, kind, kind == '!' ? "$(shell )" : rest + strspn(rest, " \t"));
	return true;
}

/* A line with what continues it, without a comment, in B. */
static bool join_lines(struct reader *r, char **rest, struct buffer *b)
{
	char *line;
	bool more = true;

	b->size = 0;
	buffer_add(b, "", 0);
	while (more && (line = next_line(rest))) {
		size_t len = strlen(line);

		r->line++;
		len -= len && line[len - 1] == '\r';
		more = len && line[len - 1] == '\\';
		buffer_add(b, line, len - more);
		if (more)
			buffer_add(b, " ", 1);
		else
			break;
	}
	return b->size || line;
}

static void cut_comment(char *text)
{
	for (char *p = strchr(text, '#'); p; p = strchr(p + 1, '#')) {
		if (p > text && p[-1] == '\\')
			continue;
		*p = '\0';
		return;
	}
}

static bool read_lines(struct reader *r, char *text)
{
	struct buffer b = { 0 };
	bool good = true;

	while (good && join_lines(r, &text, &b)) {
		cut_comment(b.text);
		good = read_line(r, b.text);
		if (good && r->scope->budget->fault)
			good = wrong(r, r->scope->budget->code, r->scope->budget->fault);
	}
	buffer_free(&b);
	return good;
}

static bool is_too_large(const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_size > FILE_MOST;
}

static bool read_file(struct reader *r, const char *path, bool needed)
{
	char *full = *path == '/' ? mem_printf("%s", path) :
				    mem_printf("%s/%s", r->scope->build->tree, path);
	struct reader inner = { .scope = r->scope, .path = full, .includes = r->includes + 1 };
	bool good = true;
	char *text = NULL;

	spend(r->scope->budget, FILE_COST);
	if (is_too_large(full)) {
		good = wrong(&inner, "makefile-too-large", "the file is too large");
	} else if (inner.includes < MAX_INCLUDES && (needed || !access(full, R_OK))) {
		/* A condition around the include holds for all its lines. */
		inner.nest[0] = (struct condition){ .active = true,
						    .option = active_option(r),
						    .otherwise = NONE };
		inner.depth = OUTER;
		text = read_text(full, NULL, "give the source tree that the kernel was built from");
		good = text && read_lines(&inner, text);
		if (good && inner.depth != OUTER)
			good = wrong(&inner, "bad-makefile", "a condition has no endif");
	}
	free(text);
	free(full);
	return good;
}

bool kbuild_read(struct scope *s, const char *path, bool needed)
{
	struct reader r = { .scope = s };

	return read_file(&r, path, needed);
}
