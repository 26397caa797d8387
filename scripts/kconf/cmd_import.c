// SPDX-License-Identifier: GPL-2.0-only
/*
 * kconf import: any .config as the smallest fragment over ours that enables the same options.
 *
 * It takes the options that have a prompt, that the file enables, that this tree defines, and
 * that the fragments lack. Options that only ours enables stay enabled; --exact disables them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "names.h"
#include "plan.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf import [options] --config FILE LAYER:FRAGMENT...",
	.about =
		"Prints the fragment to add to the given fragments, so that they enable the options which\n"
		"the full .config FILE enables in this tree. Standard error has the requests of FILE that\n"
		"are lost: why, and how to enable them.\n",
	.status = "0 no request is lost, 1 some are, 2 could not run",
	.most = ANY,
};

/* Does SYM have its value from a request, and not from a select or a default? */
static bool is_chosen(struct symbol *sym)
{
	if (sym->visible == no || !(sym->flags & SYMBOL_WRITE))
		return false;
	if (!kc_is_tristate(sym)) {
		const char *by_default = sym_get_string_default(sym);

		return strcmp(by_default ?: "", kc_value(sym)) != 0;
	}
	return sym->curr.tri != no && sym->rev_dep.tri < sym->curr.tri;
}

/* A string as .config writes it; the caller frees it. */
static char *quote(const char *text)
{
	char *out = mem_realloc(NULL, 2 * strlen(text) + 3), *o = out;

	*o++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*o++ = '\\';
		*o++ = *text;
	}
	*o++ = '"';
	*o = '\0';
	return out;
}

void import_add(struct import *im, struct symbol *sym, const char *value)
{
	char *quoted = sym->type == S_STRING ? quote(value) : NULL;

	/* the fragments' own requests stay */
	if (im->exact || !frag_find(im->ours, sym->name))
		frag_set(&im->joined, im->added, sym->name, quoted ?: value, 1);
	free(quoted);
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *const *sa = a, *const *sb = b;

	return (*sa > *sb) - (*sa < *sb);
}

/* With the tree resolved as theirs: the goals, and those with a prompt that ours lacks. */
static void gather(struct import *im)
{
	struct symbol *sym;
	size_t i = 0;

	kc_for_all_symbols(sym) {
		const char *ours = plan_marked(i++);
		const struct request *r;

		if (!kc_defined(sym) || kc_transitional(sym))
			continue;
		if (sym->curr.tri != no) {
			grow(im->on, im->n_on, im->max_on);
			im->on[im->n_on++] = sym;
		}
		r = frag_find(&im->theirs.f, sym->name);
		if (im->exact && r && strcmp(ours, kc_value(sym)) &&
		    (!strcmp(r->value, "n") || frag_find(im->ours, sym->name)))
			import_add(im, sym, kc_value(sym));
		if (!r || !strcmp(r->value, "n"))
			continue;
		if (kc_is_tristate(sym) ? sym->curr.tri != no : (sym->flags & SYMBOL_WRITE) != 0) {
			grow(im->goal, im->n_goal, im->max_goal);
			im->goal[im->n_goal++] = (struct goal){ sym, r, mem_strdup(kc_value(sym)) };
		}
		if (is_chosen(sym) && strcmp(ours, kc_value(sym)) &&
		    !(kc_is_tristate(sym) && *ours == 'y'))
			import_add(im, sym, kc_value(sym));
	}
	qsort(im->on, im->n_on, sizeof(*im->on), by_address);
}

/* Does PLAN only take options of the file? Then it adds no driver for the sake of its selects. */
static bool is_theirs(const struct import *im, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].value != no &&
		    !bsearch(&plan->step[i].sym, im->on, im->n_on, sizeof(*im->on), by_address))
			return false;
	return true;
}

/*
 * Gates that the file enables by default, or under another name: request those that enable the
 * goals that are not reached. A few rounds, since one gate may depend on another.
 */
static bool open_gates(struct import *im)
{
	static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };

	for (int round = 0; round < 4; round++) {
		size_t before = im->joined.n_req;

		if (!plan_resolve(&im->joined, NULL, 0))
			return false;
		for (size_t i = 0; i < im->n_goal; i++) {
			const struct goal *g = &im->goal[i];
			struct plan plan;

			if (!kc_is_tristate(g->sym) || g->sym->curr.tri != no ||
			    !plan_find(g->sym, kc_tristate(g->value), &plan) || !is_theirs(im, &plan))
				continue;
			for (size_t j = 0; j < plan.n; j++)
				if (plan.step[j].value != no)
					import_add(im, plan.step[j].sym, values[plan.step[j].value]);
		}
		if (im->joined.n_req == before)
			break;
	}
	return true;
}

size_t import_reached(const struct import *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n_goal; i++)
		n += kc_is_tristate(im->goal[i].sym) && im->goal[i].sym->curr.tri != no;
	return n;
}

/* Remove, all at once, the options that others select; put back those that are then lost. */
static bool minimise(struct import *im)
{
	struct fragments small;
	struct paragraph *p;
	bool whole = false;
	size_t goal;

	if (!plan_resolve(&im->joined, NULL, 0))
		return false;
	goal = import_reached(im);
	while (!whole) {
		frag_init(&small, im->joined.arch, im->joined.release);
		p = frag_paragraph(&small, im->config);
		for (size_t i = 0; i < im->joined.n_req; i++) {
			const struct request *r = im->joined.req[i];
			struct symbol *sym = sym_find(r->name);

			/* an option marked with line 2 was lost once */
			if (r->para != im->added || r->line == 2 || !kc_is_tristate(sym) ||
			    !strcmp(r->value, "n") || sym->rev_dep.tri < kc_tristate(r->value))
				frag_set(&small, r->para == im->added ? p : r->para, r->name,
					 r->value, r->line);
		}
		if (!plan_resolve(&small, NULL, 0))
			return false;
		whole = import_reached(im) == goal;
		for (size_t i = 0; i < im->joined.n_req && !whole; i++) {
			struct request *r = im->joined.req[i];

			if (r->para == im->added && !kc_holds(sym_find(r->name), r->value))
				r->line = 2;
		}
		if (!whole) {
			frag_free(&small);
			if (!plan_resolve(&im->joined, NULL, 0))
				return false;
		}
	}
	frag_free(&im->joined);
	im->joined = small;
	im->added = p;
	return true;
}

/* Without MODULES, Kconfig turns =m into =y. Report that. */
static void settle_modules(struct import *im)
{
	struct fragments *f = &im->theirs.f;
	const struct request *theirs = frag_find(f, "MODULES"), *ours = frag_find(im->ours, "MODULES");
	bool taken = !theirs && ours && !strcmp(ours->value, "y");
	size_t n = 0;

	for (size_t i = 0; i < f->n_req; i++)
		n += !strcmp(f->req[i]->value, "m");
	if (!n || (theirs && !strcmp(theirs->value, "y")))
		return;
	if (!taken)
		complain(im->config, 0,
			 "has %zu options =m without CONFIG_MODULES=y [no-modules]: Kconfig makes them =y", n);
	else if (im->theirs.full)
		complain(im->config, 0,
			 "has %zu options =m and no CONFIG_MODULES [no-modules]: CONFIG_MODULES=y of %s:%d "
			 "is taken",
			 n, ours->para->file, ours->line);
	if (taken && im->theirs.full)
		frag_set(f, ours->para, "MODULES", "y", 0);
}

/* Put options that have another name in this tree under that name. */
static void rename_options(struct import *im)
{
	struct fragments *f = &im->theirs.f;

	for (size_t i = 0, n = f->n_req; i < n; i++) {
		const struct request *r = f->req[i];
		struct name_fate fate;

		if (kc_defined(sym_find(r->name)) && !kc_transitional(sym_find(r->name)))
			continue;
		name_look(r->name, false, &fate);
		if (fate.kind == NAME_RENAMED && !frag_find(f, fate.now->name))
			frag_set(f, r->para, fate.now->name, r->value, 0);
	}
}

/*
 * An option that a whole .config does not name has Kconfig's default; one that a fragment does not
 * name keeps our value.
 */
static bool resolve_theirs(struct import *im)
{
	struct fragments f;
	bool resolved;

	im->theirs.f.defaults = im->theirs.full;
	if (im->theirs.full)
		return plan_resolve(&im->theirs.f, NULL, 0);
	complain(im->config, 0,
		 "is a fragment of %zu options and not a whole .config [fragment]: it is resolved over "
		 "the other fragments; if it is a defconfig, run make olddefconfig on it first",
		 im->theirs.f.n_req);
	frag_init(&f, im->joined.arch, im->joined.release);
	for (size_t i = 0; i < im->ours->n_req; i++)
		frag_set(&f, im->ours->req[i]->para, im->ours->req[i]->name, im->ours->req[i]->value, 1);
	for (size_t i = 0; i < im->theirs.f.n_req; i++)
		frag_set(&f, im->added, im->theirs.f.req[i]->name, im->theirs.f.req[i]->value, 1);
	resolved = plan_resolve(&f, NULL, 0);
	frag_free(&f);
	return resolved;
}

static bool work(struct import *im)
{
	if (!dotconfig_read(&im->theirs, im->config))
		return false;
	for (size_t i = 0; i < im->ours->n_req; i++)
		frag_set(&im->joined, im->ours->req[i]->para, im->ours->req[i]->name,
			 im->ours->req[i]->value, im->ours->req[i]->line);
	settle_modules(im);
	rename_options(im);
	plan_mark(im->ours);
	if (!resolve_theirs(im))
		return false;
	gather(im);
	return open_gates(im) && minimise(im) && import_hold(im);
}

static void import_free(struct import *im)
{
	for (size_t i = 0; i < im->n_goal; i++)
		free(im->goal[i].value);
	for (size_t i = 0; i < im->n_dropped; i++) {
		free(im->dropped[i].name);
		free(im->dropped[i].value);
	}
	free(im->on);
	free(im->goal);
	free(im->dropped);
	frag_free(&im->theirs.f);
	frag_free(&im->joined);
}

static int run(struct session *s, const char *config, bool exact)
{
	struct import im = { .config = config, .exact = exact, .ours = &s->f };
	int status = CANNOT_RUN;

	frag_init(&im.theirs.f, s->tree.arch, s->tree.release);
	frag_init(&im.joined, s->tree.arch, s->tree.release);
	im.added = frag_paragraph(&im.joined, config);
	if (work(&im)) {
		import_print(&im);
		status = import_report(&im) ? FINDING : DONE;
	}
	import_free(&im);
	return status;
}

int cmd_import(int argc, char **argv)
{
	struct session s = { 0 };
	const char *config = NULL;
	bool exact = false;
	const struct opt opts[] = {
		SESSION_OPTIONS(&s),
		OPT_NEED("config", "FILE", &config, "a user's .config, of any release"),
		OPT_FLAG(
			"exact", &exact,
			"also disable the options that FILE disables, and change those to which it\n"
			"gives other values, even if a fragment requests them"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	status = session_open(&s, argc, argv) ? run(&s, config, exact) : CANNOT_RUN;
	session_close(&s);
	return status;
}
