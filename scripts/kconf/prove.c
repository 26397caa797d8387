// SPDX-License-Identifier: GPL-2.0-only
/* The proof: each request checked against the resolved tree, and the reason of each loss. */
#include <stdlib.h>
#include <string.h>

#include "exceptions.h"
#include "explain.h"
#include "tree.h"

static void report_one(const struct request *r, const struct explanation *x, struct waiver *w,
		       FILE *report)
{
	fprintf(report, "%s:%d: CONFIG_%s=%s %s: it is %s [%s]\n", r->para->file, r->line, r->name,
		r->value,
		w		  ? "waived" :
		r->para->optional ? "optional, lost" :
				    "LOST",
		json_string_value(json_object_get(x->facts, "value")), explain_code(x));
	explain_print(x->facts, report);
	if (w)
		fprintf(report, "    waived by %s until %s: %s\n", w->exception.owner,
			w->exception.until, w->exception.reason);
	else if (r->para->optional)
		fprintf(report, "    optional: %s\n", r->para->optional);
}

/* Lines that make several lost requests hold together. */
struct together {
	const struct fragments *f;
	const bool *held; /* which requests of F held before */
	struct assignment *extra;
	size_t n, max;
	size_t back, lost; /* requests that hold with them and did not before, and the reverse */
};

/* Add the lines of X's advice that are not there yet. */
static void add_plan(struct together *t, const struct explanation *x)
{
	static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };

	for (size_t j = 0; j < x->plan.n; j++) {
		const char *name = x->plan.step[j].sym->name;
		const char *value = values[x->plan.step[j].value];
		const struct request *r = frag_find(t->f, name);
		size_t k = 0;

		while (k < t->n && strcmp(t->extra[k].name, name))
			k++;
		if (k < t->n && *value == 'y')
			t->extra[k].value = value;
		if (k < t->n || (r && !strcmp(r->value, value)))
			continue;
		grow(t->extra, t->n, t->max);
		t->extra[t->n++] = (struct assignment){ name, value };
	}
}

/* Resolve with all lines; true if each holds, several lost requests hold, and fewer are lost. */
static bool gains(struct together *t)
{
	bool holds = t->n && plan_resolve(t->f, t->extra, t->n);

	t->back = t->lost = 0;
	for (size_t i = 0; holds && i < t->f->n_req; i++) {
		bool now = kc_holds(sym_find(t->f->req[i]->name), t->f->req[i]->value);

		t->back += now && !t->held[i];
		t->lost += !now && t->held[i];
	}
	for (size_t i = 0; i < t->n; i++)
		holds = holds && kc_holds(sym_find(t->extra[i].name), t->extra[i].value);
	return holds && t->back > 1 && t->back > t->lost;
}

/* Does the advice only add lines, without a loss? */
static bool is_harmless(const struct explanation *x)
{
	return x->planned && x->plain &&
	       !json_integer_value(json_object_get(json_object_get(x->facts, "fix"), "lost"));
}

/* Add the advice one by one, and keep each that loses no request together with the former. */
static bool add_in_turn(struct together *t, const struct explanation *x, size_t n)
{
	enum { TURNS_MAX = 64 };
	size_t turns = 0;

	t->n = 0;
	for (size_t i = 0; i < n && turns < TURNS_MAX; i++) {
		size_t before = t->n;

		if (!is_harmless(&x[i]))
			continue;
		add_plan(t, &x[i]);
		if (t->n == before)
			continue;
		turns++;
		gains(t);
		if (!t->back || t->lost)
			t->n = before;
	}
	return gains(t);
}

/*
 * Many requests are often lost for one reason: a release made them depend on one gate. Print
 * the lines that bring several back together, if they lose no other request.
 */
static void report_together(const struct fragments *f, const bool *held, size_t n,
			    const struct explanation *x, FILE *report)
{
	struct together t = { .f = f, .held = held };
	size_t fixes = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_harmless(&x[i]))
			continue;
		fixes++;
		add_plan(&t, &x[i]);
	}
	if (fixes > 1 && t.n) {
		if ((gains(&t) && !t.lost) || add_in_turn(&t, x, n)) {
			fputs("together, to add:", report);
			for (size_t i = 0; i < t.n; i++)
				fprintf(report, " CONFIG_%s=%s", t.extra[i].name, t.extra[i].value);
			fprintf(report,
				"\n    (tried: %zu of the %zu requests hold then; %zu of all are lost)\n",
				t.back, n, n - t.back + t.lost);
		}
		plan_settle(f);
	}
	free(t.extra);
}

size_t prove(struct fragments *f, const struct tree *t, FILE *report)
{
	const struct request **failed = mem_realloc(NULL, (f->n_req + 1) * sizeof(*failed));
	bool *held = mem_realloc(NULL, f->n_req + 1);
	struct explanation *x;
	size_t n = 0, lost = 0, excused = 0;

	for (size_t i = 0; i < f->n_req; i++) {
		held[i] = kc_holds(sym_find(f->req[i]->name), f->req[i]->value);
		if (!held[i])
			failed[n++] = f->req[i];
	}
	x = mem_realloc(NULL, (n + 1) * sizeof(*x));
	for (size_t i = 0; i < n; i++)
		explain(&x[i], f, failed[i]->name);
	if (!explain_try(x, n, f))
		complain(t->dir, 0, "the advice for all lost requests together could not be tried");
	for (size_t i = 0; i < n; i++) {
		struct waiver *w = frag_waiver(f, failed[i]->name);

		report_one(failed[i], &x[i], w, report);
		if (w)
			w->used = true;
		if (w || failed[i]->para->optional)
			excused++;
		else
			lost++;
	}
	report_together(f, held, n, x, report);
	for (size_t i = 0; i < n; i++)
		json_decref(x[i].facts);
	for (size_t i = 0; i < f->n_waiver; i++) {
		if (f->waiver[i].used || f->waiver[i].is_rule || !f->waiver[i].para->active)
			continue;
		fprintf(report, "%s:%d: the waiver for %s is not needed [stale-waiver]; remove it\n",
			f->waiver[i].para->file, f->waiver[i].line, f->waiver[i].name);
		lost++;
	}
	exceptions_report(f, report);
	fprintf(report,
		"%zu requests from %zu fragments on %s %s: %zu hold, %zu excused, %zu lost\n",
		f->n_req, f->n_files, t->arch, t->release, f->n_req - n, excused,
		n - excused);
	free(x);
	free(held);
	free(failed);
	return lost;
}
