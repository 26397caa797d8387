// SPDX-License-Identifier: GPL-2.0-only
/* Prints the fragment that an import finds, in the order of Kconfig's files. */
#include <stdlib.h>
#include <string.h>

#include "import.h"

static int by_place(const void *a, const void *b)
{
	const struct request *const *ra = a, *const *rb = b;
	struct kc_place pa = { "", 0, 0 }, pb = { "", 0, 0 };
	int order;

	kc_places(sym_find((*ra)->name), &pa, 1);
	kc_places(sym_find((*rb)->name), &pb, 1);
	order = strcmp(pa.file, pb.file);
	return order ? order : pa.first - pb.first;
}

static void print_request(const struct request *r)
{
	if (strcmp(r->value, "n"))
		printf("CONFIG_%s=%s\n", r->name, r->value);
	else
		printf("# CONFIG_%s is not set\n", r->name);
}

static const char *base_name(const struct import *im)
{
	const char *base = strrchr(im->config, '/');

	return base ? base + 1 : im->config;
}

/*
 * The additions that contradict a request of the secure base (BASE), or of the other fragments,
 * each with that request's place and reason. FIRST if nothing was printed before. Was one printed?
 */
static bool print_overrides(const struct import *im, struct request **list, size_t n, bool first,
			    bool base)
{
	const struct request *last = NULL;
	char *directive;

	for (size_t i = 0; i < n; i++) {
		const struct request *ours = frag_find(im->ours, list[i]->name);

		if (!ours || (frag_base(ours) != NULL) != base)
			continue;
		if (!last)
			printf("%s# %s sets these to other values than the fragments. Replace this "
			       "line by the reason.\n",
			       first ? "" : "\n", base_name(im));
		printf("# %s=%s is the request of %s:%d: %s\n", ours->name, ours->value, ours->para->file,
		       ours->line, ours->para->reason ?: "");
		last = ours;
	}
	if (!last)
		return false;
	directive = frag_override(im->ours, last);
	printf("\n%s\n", directive);
	free(directive);
	for (size_t i = 0; i < n; i++) {
		const struct request *ours = frag_find(im->ours, list[i]->name);

		if (ours && (frag_base(ours) != NULL) == base)
			print_request(list[i]);
	}
	return true;
}

void import_print(const struct import *im)
{
	struct request **list = mem_realloc(NULL, (im->joined.n_req + 1) * sizeof(*list));
	const char *last = "";
	size_t n = 0, goals = 0;
	bool overrides;

	for (size_t i = 0; i < im->joined.n_req; i++)
		if (im->joined.req[i]->para == im->added)
			list[n++] = im->joined.req[i];
	qsort(list, n, sizeof(*list), by_place);
	for (size_t i = 0; i < n; i++) {
		struct kc_place at = { "", 0, 0 };

		if (frag_find(im->ours, list[i]->name))
			continue;
		kc_places(sym_find(list[i]->name), &at, 1);
		if (strcmp(at.file, last))
			printf("%s# %s sets these of %s. Replace this line by the reason.\n\n",
			       *last ? "\n" : "", base_name(im), at.file);
		last = at.file;
		print_request(list[i]);
	}
	overrides = print_overrides(im, list, n, !*last, false);
	print_overrides(im, list, n, !*last && !overrides, true);
	for (size_t i = 0; i < im->n_goal; i++)
		goals += kc_is_tristate(im->goal[i].sym);
	complain(
		im->config, 0,
		"%zu requests, and all hold; they enable %zu of the %zu options that the file enables in this "
		"tree",
		n, import_reached(im), goals);
	free(list);
}
