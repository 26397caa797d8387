// SPDX-License-Identifier: GPL-2.0-only
/* kconf renames: the record of names, from the trees of two series or more. */
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "ktext.h"
#include "options.h"

static const struct command command = {
	.synopsis = "kconf renames SERIES=TREE SERIES=TREE...",
	.about =
		"Compares kernel trees, the oldest first, and prints the record of names: the options of\n"
		"any architecture that were renamed, each with the evidence, removed or added.\n",
	.status = "0, or 2 could not run",
	.least = 2,
	.most = ANY,
};

enum { WIDTH = 96, PROMPT_MIN = 12, HELP_MIN = 40, RUN = 10, RUNS_MIN = 8, RUNS_FEW = 4 };

/* A text of a tree's options: a help, a prompt, or ten words of a help. */
struct text {
	const char *text;
	size_t len;
	const char *name;
};

struct texts {
	struct text *text;
	size_t n, max;
};

struct series {
	const char *name;
	struct ktext t;
	struct texts help, prompt, words;
};

static int by_text(const void *a, const void *b)
{
	const struct text *ta = a, *tb = b;
	size_t len = ta->len < tb->len ? ta->len : tb->len;
	int order = memcmp(ta->text, tb->text, len);

	if (!order)
		order = (ta->len > tb->len) - (ta->len < tb->len);
	return order ?: strcmp(ta->name, tb->name);
}

static void add_text(struct texts *t, const char *text, size_t len, size_t min, const char *name)
{
	if (!text || len < min)
		return;
	grow(t->text, t->n, t->max);
	t->text[t->n++] = (struct text){ text, len, name };
}

/* Every run of ten words in a help text. */
static void add_runs(struct texts *t, const char *help, const char *name)
{
	const char *start[RUN] = { NULL };
	size_t n = 0;

	for (const char *at = help; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (n >= RUN)
			add_text(t, start[n % RUN], (size_t)(at - 1 - start[n % RUN]), 0, name);
		start[n++ % RUN] = at;
	}
	if (n >= RUN)
		add_text(t, start[n % RUN], strlen(start[n % RUN]), 0, name);
}

static bool is_defined(const struct ktext *t, const char *name)
{
	const struct kdef *d = ktext_find(t, name), *end = t->def + t->n_def;

	for (; d && d < end && !strcmp(d->name, name); d++)
		if (!d->transitional)
			return true;
	return false;
}

static void sort(struct texts *t)
{
	if (t->n)
		qsort(t->text, t->n, sizeof(*t->text), by_text);
}

static bool open_series(struct series *s, char *arg)
{
	char *tree = strchr(arg, '=');

	if (!tree)
		return false;
	*tree++ = '\0';
	s->name = arg;
	if (!ktext_read(&s->t, tree, true))
		return false;
	for (size_t i = 0; i < s->t.n_def; i++) {
		const struct kdef *d = &s->t.def[i];

		if (d->transitional)
			continue;
		add_text(&s->help, d->help, d->help ? strlen(d->help) : 0, HELP_MIN, d->name);
		add_text(&s->prompt, d->prompt, d->prompt ? strlen(d->prompt) : 0, PROMPT_MIN, d->name);
		add_runs(&s->words, d->help, d->name);
	}
	sort(&s->help);
	sort(&s->prompt);
	sort(&s->words);
	return true;
}

static void close_series(struct series *s)
{
	free(s->help.text);
	free(s->prompt.text);
	free(s->words.text);
	ktext_free(&s->t);
}

/* The only option that has TEXT; NULL if none or several have it. */
static const char *only_owner(const struct texts *t, const char *text, size_t len)
{
	struct text key = { text, len, "" };
	const char *owner = NULL;
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_text(&t->text[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < t->n && t->text[low].len == len && !memcmp(t->text[low].text, text, len); low++) {
		if (owner && strcmp(owner, t->text[low].name))
			return NULL;
		owner = t->text[low].name;
	}
	return owner;
}

/* Only NAME has TEXT in OLD: the only option of NEW with TEXT, if OLD lacks that option. */
static const char *heir(const struct series *old, const struct texts *in,
			const struct texts *out, const char *name, const char *text, size_t len)
{
	const char *owner = text && only_owner(in, text, len) ? only_owner(out, text, len) : NULL;

	return owner && strcmp(owner, name) && !is_defined(&old->t, owner) ? owner : NULL;
}

/* The option of NEW whose default is NAME, if NAME only passes an old value on. */
static const char *passed_on(const struct series *new, const char *name)
{
	const struct kdef *d = ktext_find(&new->t, name);

	if (!d || !d->transitional)
		return NULL;
	for (size_t i = 0; i < new->t.n_def; i++)
		if (new->t.def[i].from && !strcmp(new->t.def[i].from, name))
			return new->t.def[i].name;
	return NULL;
}

/* The only option that builds OBJECT in T, or NULL. */
static const char *builder(const struct ktext *t, const char *object)
{
	size_t low = 0, high = t->n_object;
	const char *name = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(t->object[middle].object, object) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < t->n_object && !strcmp(t->object[low].object, object); low++) {
		if (name && strcmp(name, t->object[low].name))
			return NULL;
		name = t->object[low].name;
	}
	return name;
}

/*
 * The option of NEW that builds all those objects which only NAME built in OLD, and which still
 * exist. *PROOF is the first of them.
 */
static const char *same_objects(const struct series *old, const struct series *new,
				const char *name, const char **proof)
{
	const char *found = NULL;

	for (size_t i = 0; i < old->t.n_object; i++) {
		const struct kobject *o = &old->t.object[i];
		const char *now;

		if (strcmp(o->name, name))
			continue;
		now = builder(&new->t, o->object);
		if (!now || !builder(&old->t, o->object) || (found && strcmp(found, now)))
			return NULL;
		if (!found)
			*proof = o->object;
		found = now;
	}
	return found && strcmp(found, name) && is_defined(&new->t, found) ? found : NULL;
}

/* Is each part of SHORTER, between underscores, a part of LONGER too? */
static bool has_parts(const char *shorter, const char *longer)
{
	for (const char *part = shorter; part; part = strchr(part, '_')) {
		const char *at = longer;
		size_t len;

		part += *part == '_';
		len = strcspn(part, "_");
		while (at && (strncmp(at, part, len) || strcspn(at, "_") != len)) {
			at = strchr(at, '_');
			at = at ? at + 1 : NULL;
		}
		if (!at)
			return false;
	}
	return true;
}

/* The only option of NEW with words that only D has in OLD: long runs of them, or most. */
static const char *same_words(const struct series *old, const struct series *new,
			      const struct kdef *d)
{
	struct texts runs = { 0 };
	const char *found = NULL;
	size_t n = 0;

	add_runs(&runs, d->help, d->name);
	for (size_t i = 0; i < runs.n; i++) {
		const char *now = heir(old, &old->words, &new->words, d->name, runs.text[i].text,
				       runs.text[i].len);

		if (!now || (found && strcmp(found, now)))
			continue;
		found = now;
		n++;
	}
	if (n < RUNS_MIN && (n < 2 || 2 * n < runs.n) &&
	    (n < RUNS_FEW || (!has_parts(d->name, found) && !has_parts(found, d->name))))
		found = NULL;
	free(runs.text);
	return found;
}

/* NEW does not define D: find its new name there, and print it. */
static bool print_rename(const struct series *old, const struct series *new, const struct kdef *d)
{
	const char *now, *proof = "", *evidence = "transitional";

	now = passed_on(new, d->name);
	if (!now) {
		evidence = "help";
		now = heir(old, &old->help, &new->help, d->name, d->help,
			   d->help ? strlen(d->help) : 0);
	}
	if (!now) {
		evidence = "prompt";
		now = heir(old, &old->prompt, &new->prompt, d->name, d->prompt,
			   d->prompt ? strlen(d->prompt) : 0);
	}
	if (!now) {
		evidence = "objects";
		now = same_objects(old, new, d->name, &proof);
	}
	if (!now) {
		evidence = "words";
		now = same_words(old, new, d);
	}
	if (!now)
		return false;
	if (!*proof)
		proof = ktext_find(&new->t, now)->file;
	printf("rename %s %s %s %s %s\n", d->name, now, new->name, evidence, proof);
	return true;
}

/* Print the names of A that B does not define, except those in SAID. */
static void print_names(const char *kind, const char *series, const struct ktext *a,
			const struct ktext *b, const bool *said)
{
	const char *last = "";
	size_t column = 0;

	for (size_t i = 0; i < a->n_def; i++) {
		const char *name = a->def[i].name;

		if (!strcmp(name, last) || a->def[i].transitional || (said && said[i]) ||
		    is_defined(b, name))
			continue;
		last = name;
		if (column && column + strlen(name) + 1 > WIDTH) {
			putchar('\n');
			column = 0;
		}
		if (!column)
			column = (size_t)printf("%s %s", kind, series);
		column += (size_t)printf(" %s", name);
	}
	if (column)
		putchar('\n');
}

static void compare(const struct series *old, const struct series *new)
{
	bool *said = mem_zalloc(old->t.n_def + 1);

	printf("\n# ---- %s to %s\n", old->name, new->name);
	for (size_t i = 0; i < old->t.n_def; i++) {
		const struct kdef *d = &old->t.def[i];

		if (i && !strcmp(d->name, d[-1].name))
			said[i] = said[i - 1];
		else if (!d->transitional && !is_defined(&new->t, d->name))
			said[i] = print_rename(old, new, d);
	}
	print_names("removed", new->name, &old->t, &new->t, said);
	print_names("new", new->name, &new->t, &old->t, NULL);
	free(said);
}

int cmd_renames(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);
	struct series old, new;

	if (status != GO_ON)
		return status;
	printf("# SPDX-License-Identifier: GPL-2.0-only\n"
	       "# Which options have another name, went, or came, of any architecture: SERIES is the\n"
	       "# first of these without the old name, or with the new. After a rename: the evidence,\n"
	       "# and where it is. Made by 'make renames'.\n");
	memset(&old, 0, sizeof(old));
	memset(&new, 0, sizeof(new));
	if (!open_series(&old, argv[0]))
		return CANNOT_RUN;
	for (int i = 1; i < argc; i++) {
		if (!open_series(&new, argv[i]))
			return CANNOT_RUN;
		compare(&old, &new);
		close_series(&old);
		old = new;
		memset(&new, 0, sizeof(new));
	}
	close_series(&old);
	return fflush(stdout) ? CANNOT_RUN : DONE;
}
