// SPDX-License-Identifier: GPL-2.0-only
/*
 * The expression of a rule:
 *
 *   expr   := term { "or" term }
 *   term   := factor { "and" factor }
 *   factor := "not" factor | "(" expr ")" | test
 *   test   := [ "cmdline" | "sysctl" ] NAME relation
 *   relation := "=" VALUE { "|" VALUE } | "!=" VALUE { "|" VALUE } | ">=" NUMBER | "<=" NUMBER |
 *               "has" WORD | "present"
 *
 * An option that is not set is n. A VALUE with other characters than those of words is in quotes.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kaudit.h"

enum { TOKEN_MAX = 256, DEPTH_MAX = 32 };

struct parser {
	const char *at;
	char token[TOKEN_MAX]; /* the one to look at; empty at the end */
	bool quoted;
	int depth;
	char *why;
};

static const char relations[] = "expected =, !=, >=, <=, has or present";

static void *wrong(struct parser *p, const char *code, const char *expected)
{
	if (!p->why)
		p->why = mem_printf("%s%s%s [%s]: %s", *p->token ? "'" : "",
				    *p->token ? p->token : "the expression ends early",
				    *p->token ? "'" : "", code, expected);
	return NULL;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.,:/+*-", c));
}

static void keep(struct parser *p, const char *start, size_t len)
{
	if (len >= TOKEN_MAX) {
		wrong(p, "long-word", "expected words of at most 255 characters");
		len = TOKEN_MAX - 1;
	}
	memcpy(p->token, start, len);
	p->token[len] = '\0';
}

static void next(struct parser *p)
{
	const char *s = p->at + strspn(p->at, " \t"), *end = s;

	p->quoted = *s == '"';
	if (p->quoted) {
		end = strchr(++s, '"');
		if (!end) {
			keep(p, s, strlen(s));
			wrong(p, "open-quote", "expected a second quote");
			end = s + strlen(s);
		}
		keep(p, s, (size_t)(end - s));
		p->at = *end ? end + 1 : end;
		return;
	}
	if (*s == '!' || *s == '>' || *s == '<')
		end += 1 + (s[1] == '=');
	else if (*s && strchr("()=|", *s))
		end++;
	else
		while (is_word(*end))
			end++;
	if (*s && end == s)
		end++;
	keep(p, s, (size_t)(end - s));
	p->at = end;
}

static bool is_token(const struct parser *p, const char *word)
{
	return !p->quoted && !strcmp(p->token, word);
}

static bool take(struct parser *p, const char *word)
{
	const bool is = is_token(p, word);

	if (is)
		next(p);
	return is;
}

static bool is_value(const struct parser *p)
{
	return p->quoted || (*p->token && is_word(*p->token) && !is_token(p, "and") &&
			     !is_token(p, "or") && !is_token(p, "not"));
}

static struct check *node(int type, struct check *left, struct check *right)
{
	struct check *c = mem_zalloc(sizeof(*c));

	c->type = type;
	c->left = left;
	c->right = right;
	return c;
}

void check_free(struct check *c)
{
	if (!c)
		return;
	check_free(c->left);
	check_free(c->right);
	for (size_t i = 0; i < c->n; i++)
		free(c->value[i]);
	free(c->value);
	free(c->name);
	free(c);
}

static bool value(struct parser *p, struct check *c)
{
	if (!is_value(p))
		return wrong(p, "no-value", "expected a value");
	grow(c->value, c->n, c->room);
	c->value[c->n++] = mem_strdup(p->token);
	next(p);
	return true;
}

static bool values(struct parser *p, struct check *c)
{
	do {
		if (!value(p, c))
			return false;
	} while (take(p, "|"));
	return true;
}

static bool is_number(const char *text)
{
	char *end;

	errno = 0;
	strtoll(text, &end, 0);
	return *text && !*end && !errno;
}

/* The rest of a test, after its name. *NEGATED for "!=". */
static bool relation(struct parser *p, struct check *c, bool *negated)
{
	if (take(p, "present")) {
		c->relation = PRESENT;
		return true;
	}
	if (take(p, "has")) {
		c->relation = HAS;
		return value(p, c);
	}
	*negated = take(p, "!=");
	if (*negated || take(p, "=")) {
		c->relation = ONE_OF;
		return values(p, c);
	}
	if (!is_token(p, ">=") && !is_token(p, "<="))
		return wrong(p, "bad-operator", relations);
	c->relation = is_token(p, ">=") ? AT_LEAST : AT_MOST;
	next(p);
	if (!is_number(p->token))
		return wrong(p, "no-number", "expected a number");
	return value(p, c);
}

static bool is_name(const struct parser *p, enum subject subject)
{
	if (p->quoted || !is_word(*p->token) ||
	    strpbrk(p->token, subject == OPTION ? ".,:/+*-" : "*"))
		return false;
	return subject != OPTION || strncmp(p->token, "CONFIG_", 7) != 0;
}

static struct check *test(struct parser *p)
{
	struct check *c = node(TEST, NULL, NULL);
	bool negated = false;

	c->subject = take(p, "cmdline") ? CMDLINE : take(p, "sysctl") ? SYSCTL : OPTION;
	if (!is_name(p, c->subject)) {
		wrong(p, "bad-name",
		      "expected the name of an option without CONFIG_, or 'cmdline NAME' or "
		      "'sysctl NAME'");
	} else {
		c->name = mem_strdup(p->token);
		next(p);
		if (relation(p, c, &negated))
			return negated ? node(NOT, c, NULL) : c;
	}
	check_free(c);
	return NULL;
}

static struct check *expression(struct parser *p);

static struct check *factor(struct parser *p)
{
	struct check *c;

	if (++p->depth > DEPTH_MAX)
		return wrong(p, "deep", "expected at most 32 brackets within each other");
	if (take(p, "not")) {
		c = factor(p);
		c = c ? node(NOT, c, NULL) : NULL;
	} else if (take(p, "(")) {
		c = expression(p);
		if (c && !take(p, ")")) {
			check_free(c);
			c = wrong(p, "no-bracket", "expected )");
		}
	} else {
		c = test(p);
	}
	p->depth--;
	return c;
}

/* FACTORs, or terms of them, with WORD in between. */
static struct check *chain(struct parser *p, const char *word, int type,
			   struct check *(*part)(struct parser *))
{
	struct check *c = part(p), *right;

	while (c && take(p, word)) {
		right = part(p);
		if (!right) {
			check_free(c);
			return NULL;
		}
		c = node(type, c, right);
	}
	return c;
}

static struct check *term(struct parser *p)
{
	return chain(p, "and", AND, factor);
}

static struct check *expression(struct parser *p)
{
	return chain(p, "or", OR, term);
}

struct check *check_parse(const char *text, char **why)
{
	struct parser p = { .at = text };
	struct check *c;

	next(&p);
	c = p.why ? NULL : expression(&p);
	if (c && (*p.token || p.quoted))
		wrong(&p, "bad-operator", "expected and, or, or the end");
	if (p.why) {
		check_free(c);
		c = NULL;
	}
	*why = p.why;
	return c;
}

/* ---- its value -------------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
	const size_t len = strlen(word);

	for (const char *s = list; *s; s += strcspn(s, ", \t")) {
		s += strspn(s, ", \t");
		if (!strncmp(s, word, len) && (!s[len] || strchr(", \t", s[len])))
			return true;
	}
	return false;
}

static bool compare(const struct check *c, const char *got)
{
	long long number, bound = strtoll(c->value[0], NULL, 0);
	char *end;

	errno = 0;
	number = strtoll(got, &end, 0);
	if (end == got || *end || errno)
		return false;
	return c->relation == AT_LEAST ? number >= bound : number <= bound;
}

static bool test_holds(const struct check *c, const char *got)
{
	if (c->relation == PRESENT)
		return got;
	if (c->relation == ONE_OF) {
		for (size_t i = 0; i < c->n; i++)
			if (!strcmp(c->value[i], got ? got : c->subject == OPTION ? "n" : "\n"))
				return true;
		return false;
	}
	if (!got)
		return false;
	return c->relation == HAS ? has_word(got, c->value[0]) : compare(c, got);
}

enum truth check_truth(const struct check *c, const struct facts *f)
{
	enum truth left, right, strong;

	if (c->type == TEST) {
		const char *got = facts_get(f, c->subject, c->name);

		if (!got && !f->known[c->subject])
			return UNKNOWN;
		return test_holds(c, got) ? YES : NO;
	}
	left = check_truth(c->left, f);
	if (c->type == NOT)
		return left == UNKNOWN ? UNKNOWN : left == YES ? NO : YES;
	right = check_truth(c->right, f);
	strong = c->type == AND ? NO : YES;
	if (left == strong || right == strong)
		return strong;
	return left == UNKNOWN || right == UNKNOWN ? UNKNOWN : left;
}

char *check_text(const struct check *test)
{
	static const char *const words[] = { [ONE_OF] = "=",
					     [AT_LEAST] = ">=",
					     [AT_MOST] = "<=",
					     [HAS] = " has ",
					     [PRESENT] = " present" };
	static const char *const subjects[] = {
		[CMDLINE] = "cmdline ", [SYSCTL] = "sysctl ", [OPTION] = "CONFIG_"
	};
	struct buffer b = { 0 };

	buffer_puts(&b, subjects[test->subject]);
	buffer_puts(&b, test->name);
	buffer_puts(&b, words[test->relation]);
	for (size_t i = 0; i < test->n; i++) {
		buffer_puts(&b, i ? "|" : "");
		buffer_puts(&b, test->value[i]);
	}
	return b.text;
}

/* ---- what would make it true -------------------------------------------------------- */

/* The value that makes TEST hold, or fail if it is NEGATED. */
static const char *want_of(const struct check *test, bool negated)
{
	bool y = false, m = false, n = false;

	for (size_t i = 0; i < test->n; i++) {
		y |= !strcmp(test->value[i], "y");
		m |= !strcmp(test->value[i], "m");
		n |= !strcmp(test->value[i], "n");
	}
	if (test->relation == PRESENT)
		return negated ? "n" : "on";
	if (negated)
		return test->relation != ONE_OF ? NULL : n ? "on" : "n";
	if (test->relation == HAS)
		return NULL;
	return y && m ? "on" : test->value[0];
}

static void wants(const struct check *c, const struct facts *f, bool negated, on_test call,
		  void *ctx)
{
	if (check_truth(c, f) != (negated ? YES : NO))
		return;
	if (c->type == NOT) {
		wants(c->left, f, !negated, call, ctx);
	} else if (c->type != TEST) {
		wants(c->left, f, negated, call, ctx);
		wants(c->right, f, negated, call, ctx);
	} else {
		call(ctx, c, c->subject == OPTION ? want_of(c, negated) : NULL);
	}
}

void check_wants(const struct check *c, const struct facts *f, on_test call, void *ctx)
{
	wants(c, f, false, call, ctx);
}
