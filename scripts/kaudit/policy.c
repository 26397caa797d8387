// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies: a rule is a paragraph of lines "KEY TEXT"; a line that begins with a blank goes on
 * with the text above it. docs/auditing.md has the keys.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "file.h"
#include "kaudit.h"

const char *const level_names[LEVELS] = { "required", "recommended", "tradeoff" };

enum { ALL_ARCHS = (1 << ARCHS) - 1 };

struct reader {
	struct policies *p;
	const char *file, *policy;
	int line; /* of the key */
	bool open; /* the last rule is being read */
	unsigned seen; /* keys of it, by their place in the table */
};

#define bad(r, ...)                                          \
	do {                                                 \
		complain((r)->file, (r)->line, __VA_ARGS__); \
		(r)->p->errors++;                            \
	} while (0)

static struct rule *last(const struct reader *r)
{
	return &r->p->rule[r->p->n - 1];
}

static char *word(char **text)
{
	char *start = *text, *end = start + strcspn(start, " \t");

	*text = end + strspn(end, " \t");
	if (*end)
		*end = '\0';
	return start;
}

static bool is_id(const char *s)
{
	const char *c = s;

	for (; isalnum((unsigned char)*c) || *c == '-' || *c == '_'; c++)
		;
	return *s && !*c && strlen(s) <= 64;
}

/* ---- keys ------------------------------------------------------------------------- */

static void expression(struct reader *r, char *text, struct check **to, char **kept)
{
	char *why;

	*kept = mem_strdup(text);
	*to = check_parse(text, &why);
	if (!*to)
		bad(r, "an expression of %s is not valid: %s", last(r)->id, why);
	free(why);
}

static void key_check(struct reader *r, char *text)
{
	expression(r, text, &last(r)->check, &last(r)->check_text);
}

static void key_when(struct reader *r, char *text)
{
	expression(r, text, &last(r)->when, &last(r)->when_text);
}

static unsigned read_archs(struct reader *r, char *text)
{
	unsigned archs = 0;

	while (*text) {
		const char *name = word(&text);
		int arch = arch_find(name);

		if (arch < 0)
			bad(r,
			    "'%s' is not a known architecture [unknown-arch]: expected arm64, riscv64, "
			    "s390x or x86_64",
			    name);
		else
			archs |= 1u << arch;
	}
	if (!archs)
		bad(r, "no architecture [unknown-arch]: expected arm64, riscv64, s390x or x86_64");
	return archs;
}

static void key_arch(struct reader *r, char *text)
{
	last(r)->archs = read_archs(r, text);
}

static void key_always(struct reader *r, char *text)
{
	last(r)->always = read_archs(r, text);
}

/* RELEASE [WHY] */
static void release(struct reader *r, char *text, char **to, char **why)
{
	const char *name = word(&text);

	if (!is_release(name))
		bad(r, "'%s' is not a release [bad-release]: expected one such as 6.12", name);
	*to = mem_strdup(name);
	*why = mem_strdup(text);
}

static void key_since(struct reader *r, char *text)
{
	release(r, text, &last(r)->since, &last(r)->since_why);
}

static void key_until(struct reader *r, char *text)
{
	release(r, text, &last(r)->until, &last(r)->until_why);
}

static void key_why(struct reader *r, char *text)
{
	last(r)->why = mem_strdup(text);
}

static void key_cost(struct reader *r, char *text)
{
	last(r)->cost = mem_strdup(text);
}

static void key_ref(struct reader *r, char *text)
{
	last(r)->ref = mem_strdup(text);
}

static void example(struct reader *r, const char *text, bool pass)
{
	struct rule *rule = last(r);

	grow(rule->example, rule->n, rule->room);
	rule->example[rule->n++] = (struct example){ mem_strdup(text), r->line, pass };
}

static void key_pass(struct reader *r, char *text)
{
	example(r, text, true);
}

static void key_fail(struct reader *r, char *text)
{
	example(r, text, false);
}

static const struct key {
	const char *name;
	void (*take)(struct reader *r, char *text);
	bool again; /* may stand more than once */
} keys[] = {
	{ "check", key_check, false },	 { "arch", key_arch, false },
	{ "always", key_always, false }, { "since", key_since, false },
	{ "until", key_until, false },	 { "why", key_why, false },
	{ "cost", key_cost, false },	 { "ref", key_ref, false },
	{ "pass", key_pass, true },	 { "fail", key_fail, true },
	{ "when", key_when, false },
};

/* ---- rules ------------------------------------------------------------------------ */

const struct rule *policy_find(const struct policies *p, const char *id)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->rule[i].id, id))
			return &p->rule[i];
	return NULL;
}

/* ID LEVEL */
static void start(struct reader *r, char *text)
{
	struct rule new = {
		.policy = r->policy, .file = r->file, .line = r->line, .archs = ALL_ARCHS
	};
	const char *id = word(&text);
	const struct rule *other = policy_find(r->p, id);
	int level = 0;

	while (level < LEVELS && strcmp(level_names[level], text))
		level++;
	if (!is_id(id))
		bad(r,
		    "'%s' is not an id [bad-id]: expected letters, digits and dashes, at most 64",
		    id);
	else if (other)
		bad(r, "%s is the id of %s:%d too [duplicate-id]: expected another", id,
		    other->file, other->line);
	if (level == LEVELS)
		bad(r,
		    "'%s' is not a level [bad-level]: expected required, recommended or tradeoff",
		    text);
	new.id = mem_strdup(id);
	new.level = level == LEVELS ? REQUIRED : (enum level)level;
	grow(r->p->rule, r->p->n, r->p->room);
	r->p->rule[r->p->n++] = new;
	r->open = true;
	r->seen = 0;
}

static bool is_empty(const char *text)
{
	return !text || !*text;
}

static void finish(struct reader *r)
{
	struct rule *rule = r->open ? last(r) : NULL;
	size_t pass = 0;

	r->open = false;
	if (!rule)
		return;
	r->line = rule->line;
	for (size_t i = 0; i < rule->n; i++)
		pass += rule->example[i].pass;
	if (!rule->check_text)
		bad(r, "%s has no check [no-check]: expected a line 'check EXPRESSION'", rule->id);
	if (is_empty(rule->why))
		bad(r, "%s has no reason [empty-reason]: expected a line 'why TEXT'", rule->id);
	if (is_empty(rule->ref))
		bad(r, "%s has no reference [no-reference]: expected a line 'ref TEXT'", rule->id);
	if (!pass || pass == rule->n)
		bad(r,
		    "%s lacks an example [no-example]: expected a line 'pass FACTS' and a line 'fail "
		    "FACTS'",
		    rule->id);
	if (rule->since && rule->until && release_order(rule->since, rule->until) >= 0)
		bad(r, "%s is for no release [empty-range]: expected since before until", rule->id);
	if (rule->always & ~rule->archs)
		bad(r, "%s has an architecture in 'always' and not in 'arch' [bad-always]",
		    rule->id);
}

static void take(struct reader *r, char *line)
{
	char *text = line;
	const char *name = word(&text);

	if (!strcmp(name, "rule")) {
		finish(r);
		start(r, text);
		return;
	}
	if (!r->open) {
		bad(r, "'%s' belongs to no rule [no-rule]: expected 'rule ID LEVEL' in front of it",
		    name);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, name))
			continue;
		if (r->seen & 1u << i && !keys[i].again)
			bad(r, "'%s' stands twice in %s [duplicate-key]", name, last(r)->id);
		else
			keys[i].take(r, text);
		r->seen |= 1u << i;
		return;
	}
	bad(r,
	    "'%s' is not a key [unknown-key]: expected rule, check, when, arch, always, since, until, why, "
	    "cost, ref, pass or fail",
	    name);
}

/* Text that a terminal shows as it is: else it is changed, and false. */
static bool is_clean(char *text)
{
	char *copy = mem_strdup(text);
	bool same;

	clean(text, strlen(text), "\t");
	same = !strcmp(copy, text);
	free(copy);
	return same;
}

static size_t trimmed(char *line)
{
	size_t len = strlen(line);

	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	return len;
}

/* A whole KEY TEXT with what follows on other lines; empties IT. */
static void flush(struct reader *r, struct buffer *it, int line)
{
	if (it->size) {
		r->line = line;
		take(r, it->text);
	}
	it->size = 0;
}

static void one_line(struct reader *r, char *line, int n, struct buffer *it, int *first)
{
	const size_t len = trimmed(line);

	r->line = n;
	if (!is_clean(line))
		bad(r, "has a character that is not text [control-character]: expected UTF-8");
	if (*line == '#')
		return;
	if (len && isblank((unsigned char)*line) && it->size) {
		buffer_puts(it, " ");
		buffer_puts(it, line + strspn(line, " \t"));
		return;
	}
	flush(r, it, *first);
	if (len) {
		buffer_puts(it, line + strspn(line, " \t"));
		*first = n;
	} else {
		finish(r);
	}
}

static const char *name_of(struct policies *p, char *text)
{
	grow(p->name, p->names, p->names_room);
	p->name[p->names++] = text;
	return text;
}

void policy_parse(struct policies *p, const char *path, char *text)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct reader r = { .p = p, .file = name_of(p, mem_strdup(path)) };
	struct buffer it = { 0 };
	int n = 0, first = 0;
	char *rest = text, *line;

	r.policy = name_of(p, mem_strndup(base, strcspn(base, ".")));
	while (rest && (line = strsep(&rest, "\n")))
		one_line(&r, line, ++n, &it, &first);
	flush(&r, &it, first);
	finish(&r);
	buffer_free(&it);
}

void policy_read(struct policies *p, const char *path)
{
	struct buffer b = { 0 };
	const char *why = file_read(path, POLICY_MAX, &b);

	if (!why && b.size && strlen(b.text) != b.size)
		why = "has a NUL byte";
	if (why) {
		complain(path, 0, "%s [unreadable]", why);
		p->errors++;
	} else {
		policy_parse(p, path, b.text);
	}
	buffer_free(&b);
}

/* ---- examples --------------------------------------------------------------------- */

/* "NAME=VALUE", "cmdline:NAME", "sysctl:NAME=VALUE", or "none" alone; false for another word. */
static bool example_facts(struct facts *f, const char *text)
{
	char *copy = mem_strdup(text), *rest = copy, *one, *value, *name;
	bool good = *text;

	while (*rest) {
		enum subject subject = OPTION;

		one = name = word(&rest);
		if (!strcmp(one, "none") && one == copy && !*rest)
			break;
		if (!strncmp(one, "cmdline:", 8) || !strncmp(one, "sysctl:", 7)) {
			subject = *one == 'c' ? CMDLINE : SYSCTL;
			name = strchr(one, ':') + 1;
		}
		value = strchr(name, '=');
		if (value)
			*value++ = '\0';
		good &= *name && (value || subject == CMDLINE);
		facts_set(f, subject, name, value ? value : "");
	}
	for (int s = 0; s < SUBJECTS; s++)
		f->known[s] = true;
	free(copy);
	return good;
}

static void run_example(struct policies *p, const struct rule *rule, const struct example *x)
{
	struct facts f = { 0 };

	if (!example_facts(&f, x->text)) {
		complain(rule->file, x->line,
			 "'%s' is not an example [bad-example]: expected NAME=VALUE, "
			 "cmdline:NAME[=VALUE], sysctl:NAME=VALUE, or none",
			 x->text);
		p->errors++;
	} else if (check_truth(rule->check, &f) != (x->pass ? YES : NO)) {
		complain(rule->file, x->line,
			 "%s: the example '%s' %s [wrong-way]: expected that it %s; the "
			 "check is '%s'",
			 rule->id, x->text, x->pass ? "fails" : "passes",
			 x->pass ? "passes" : "fails", rule->check_text);
		p->errors++;
	}
	facts_free(&f);
}

void policy_examples(struct policies *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; p->rule[i].check && j < p->rule[i].n; j++)
			run_example(p, &p->rule[i], &p->rule[i].example[j]);
}

/* ---- where they apply --------------------------------------------------------------- */

static char *arch_list(unsigned archs)
{
	struct buffer b = { 0 };

	for (int i = 0; i < ARCHS; i++) {
		if (!(archs & 1u << i))
			continue;
		buffer_puts(&b, b.size ? ", " : "");
		buffer_puts(&b, arch_names[i]);
	}
	return b.text;
}

static char *with_why(const char *what, const char *release, const char *why)
{
	return mem_printf("%s %s%s%s", what, release, is_empty(why) ? "" : ": ",
			  is_empty(why) ? "" : why);
}

char *rule_excluded(const struct rule *r, const char *arch, const char *release)
{
	const unsigned bit = 1u << arch_find(arch);
	char *list, *text;

	if (!(r->archs & bit)) {
		list = arch_list(r->archs);
		text = mem_printf("other arch: for %s", list);
		free(list);
		return text;
	}
	if (r->since && release_order(release, r->since) < 0)
		return with_why("since", r->since, r->since_why);
	if (r->until && release_order(release, r->until) >= 0)
		return with_why("until", r->until, r->until_why);
	return r->always & bit ? mem_printf("always on: no configuration of %s fails it", arch) :
				 NULL;
}

void policies_free(struct policies *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct rule *r = &p->rule[i];
		char *const texts[] = {
			r->id,	r->check_text, r->when_text, r->why,   r->cost,
			r->ref, r->since,      r->since_why, r->until, r->until_why
		};

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++)
			free(texts[j]);
		for (size_t j = 0; j < r->n; j++)
			free(r->example[j].text);
		free(r->example);
		check_free(r->check);
		check_free(r->when);
	}
	for (size_t i = 0; i < p->names; i++)
		free(p->name[i]);
	free(p->name);
	free(p->rule);
	*p = (struct policies){ 0 };
}
