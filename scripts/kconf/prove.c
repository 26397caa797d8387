// SPDX-License-Identifier: GPL-2.0-only
/* The proof: each request held against the resolved tree, and what became of the lost. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "tree.h"

static void report_one(const struct request *r, const struct explanation *x, struct waiver *w,
		       FILE *report)
{
	fprintf(report, "%s:%d: CONFIG_%s=%s %s: it is %s [%s]\n", r->para->file, r->line, r->name,
		r->value,
		w		  ? "waived" :
		r->para->optional ? "optional, not held" :
				    "LOST",
		json_string_value(json_object_get(x->facts, "value")), explain_code(x));
	explain_print(x->facts, report);
	if (w)
		fprintf(report, "    waived by %s until %s: %s\n", w->owner, w->until, w->reason);
	else if (r->para->optional)
		fprintf(report, "    optional: %s\n", r->para->optional);
}

/*
 * Many requests are often lost for one reason, a gate that a release put before them: what
 * would bring back all that can be had without losing others, beyond what is asked for
 * already.
 */
static void report_together(const struct fragments *f, const struct request **failed,
			    const struct explanation *x, size_t n, FILE *report)
{
	struct assignment *extra = NULL;
	size_t n_extra = 0, max = 0, fixes = 0, back = 0, lost = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *fix = json_object_get(x[i].facts, "fix");

		if (!json_is_true(json_object_get(fix, "works")) ||
		    json_integer_value(json_object_get(fix, "lost")))
			continue;
		fixes++;
		for (size_t j = 0; j < x[i].plan.n; j++) {
			static const char *const values[] = { [no] = "n", [mod] = "m", [yes] = "y" };
			struct symbol *sym = x[i].plan.step[j].sym;
			const char *value = values[x[i].plan.step[j].value];
			const struct request *r = frag_find(f, sym->name);
			size_t k = 0;

			while (k < n_extra && strcmp(extra[k].name, sym->name))
				k++;
			if (k < n_extra || (r && !strcmp(r->value, value)))
				continue;
			grow(extra, n_extra, max);
			extra[n_extra++] = (struct assignment){ sym->name, value };
		}
	}
	if (fixes > 1 && n_extra && plan_resolve(f, extra, n_extra)) {
		for (size_t i = 0; i < n; i++)
			back += kc_holds(sym_find(failed[i]->name), failed[i]->value);
		for (size_t i = 0; i < f->n_req; i++)
			lost += !kc_holds(sym_find(f->req[i]->name), f->req[i]->value);
		fputs("together, to add:", report);
		for (size_t i = 0; i < n_extra; i++)
			fprintf(report, " CONFIG_%s=%s", extra[i].name, extra[i].value);
		fprintf(report, "\n    (tried: %zu of the %zu requests hold then, and %zu of all do not)\n",
			back, n, lost);
		plan_settle(f);
	}
	free(extra);
}

size_t prove(struct fragments *f, const struct tree *t, FILE *report)
{
	const struct request **failed = kc_realloc(NULL, (f->n_req + 1) * sizeof(*failed));
	struct explanation *x;
	size_t n = 0, lost = 0, excused = 0;

	for (size_t i = 0; i < f->n_req; i++)
		if (!kc_holds(sym_find(f->req[i]->name), f->req[i]->value))
			failed[n++] = f->req[i];
	x = kc_realloc(NULL, (n + 1) * sizeof(*x));
	for (size_t i = 0; i < n; i++)
		explain(&x[i], f, failed[i]->name);
	if (!explain_try(x, n, f))
		complain(t->dir, 0, "what would bring the lost requests back could not be tried");
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
	report_together(f, failed, x, n, report);
	for (size_t i = 0; i < n; i++)
		json_decref(x[i].facts);
	for (size_t i = 0; i < f->n_waiver; i++) {
		if (f->waiver[i].used)
			continue;
		fprintf(report, "%s:%d: the waiver for %s is not needed; remove it\n",
			f->waiver[i].file, f->waiver[i].line, f->waiver[i].name);
		lost++;
	}
	fprintf(report,
		"%zu requests from %zu fragments on %s %s: %zu hold, %zu excused, %zu lost\n",
		f->n_req, f->n_files, t->arch, t->release, f->n_req - n, excused,
		n - excused);
	free(x);
	free(failed);
	return lost;
}
