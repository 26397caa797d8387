// SPDX-License-Identifier: GPL-2.0-only
/* kconf diff: the differences of two resolved configs, by cause. */
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "options.h"

static const struct command command = {
	.synopsis = "kconf diff FROM TO",
	.about =
		"Compares two files that 'kconf resolve --resolved' wrote, by the cause of each\n"
		"difference: a request, a name that changed, a choice or default of Kconfig's, or a\n"
		"select. Only a fragment's author causes those of the first kind.\n",
	.status = "0 the same, 1 they differ, 2 could not run",
	.least = 2,
	.most = 2,
};

enum kind { REQUESTED, RENAMED, DEFAULT, SELECTED, KINDS };

static const char *const kind_names[KINDS] = {
	"requested: a fragment requests it, or did",
	"renamed: removed under one name, set to the same value under a longer one",
	"default: Kconfig's default or choice differs",
	"selected: an option selects it, or did",
};

struct difference {
	const struct resolved_option *from, *to; /* one of the two may be NULL */
	enum kind kind;
};

static enum kind kind_of(const struct resolved_option *from, const struct resolved_option *to)
{
	const struct resolved_option *o = to ? to : from;

	if ((from && from->origin == ORIGIN_ASKED) || (to && to->origin == ORIGIN_ASKED))
		return REQUESTED;
	return o && (o->origin == ORIGIN_SELECT || o->origin == ORIGIN_IMPLY) ? SELECTED : DEFAULT;
}

/* Is LONGER the name SHORTER with something before it? RETPOLINE, MITIGATION_RETPOLINE. */
static bool is_prefixed(const char *shorter, const char *longer)
{
	size_t s = strlen(shorter), l = strlen(longer);

	return s >= 4 && l > s && longer[l - s - 1] == '_' && !strcmp(longer + l - s, shorter);
}

/* Join the removed and the new option of such names to one difference. */
static size_t join_renamed(struct difference *d, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n && d[i].from && !d[i].to; j++) {
			if (d[j].from || !d[j].to || strcmp(d[i].from->value, d[j].to->value) ||
			    !is_prefixed(d[i].from->name, d[j].to->name))
				continue;
			d[i].to = d[j].to;
			d[i].kind = RENAMED;
			d[j].to = NULL;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (d[i].from || d[i].to)
			d[kept++] = d[i];
	return kept;
}

static void print(const struct difference *d)
{
	const struct resolved_option *from = d->from, *to = d->to;

	if (d->kind == RENAMED)
		printf("  > %s -> %s (%s)", from->name, to->name, to->value);
	else if (!from)
		printf("  + %s=%s", to->name, to->value);
	else if (!to)
		printf("  - %s=%s", from->name, from->value);
	else
		printf("  ~ %s: %s -> %s", from->name, from->value, to->value);
	to = to ?: from;
	printf("  [%s%s%s]\n", origin_names[to->origin], *to->who ? " " : "", to->who);
}

static int compare(const struct resolved *a, const struct resolved *b)
{
	struct difference *d = mem_zalloc((a->n + b->n + 1) * sizeof(*d));
	size_t n = 0, count;

	for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
		int order = i == a->n ? 1 :
			    j == b->n ? -1 :
					strcmp(a->option[i].name, b->option[j].name);
		const struct resolved_option *from = order <= 0 ? &a->option[i++] : NULL;
		const struct resolved_option *to = order >= 0 ? &b->option[j++] : NULL;

		if (!from || !to || strcmp(from->value, to->value))
			d[n++] = (struct difference){ from, to, kind_of(from, to) };
	}
	n = join_renamed(d, n);
	for (enum kind k = 0; k < KINDS; k++) {
		count = 0;
		for (size_t i = 0; i < n; i++) {
			if (d[i].kind != k)
				continue;
			if (!count++)
				printf("%s\n", kind_names[k]);
			print(&d[i]);
		}
	}
	printf("%zu options enabled before, %zu after, %zu differences\n", a->n, b->n, n);
	free(d);
	return n ? FINDING : DONE;
}

int cmd_diff(int argc, char **argv)
{
	struct resolved a, b = { 0 };
	int status = options_read(&argc, &argv, &command, &(const struct opt)OPT_END);

	if (status != GO_ON)
		return status;
	status = CANNOT_RUN;
	if (resolved_read(&a, argv[0]) && resolved_read(&b, argv[1]))
		status = compare(&a, &b);
	resolved_free(&a);
	resolved_free(&b);
	return status;
}
