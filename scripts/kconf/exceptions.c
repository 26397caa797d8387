// SPDX-License-Identifier: GPL-2.0-only
#include "exceptions.h"

void exceptions_report(const struct fragments *f, FILE *report)
{
	size_t applies = 0, overridden = 0, excluded = 0;

	for (size_t i = 0; i < f->n_req; i++) {
		const struct request *r = f->req[i], *base = frag_base_overridden(r);
		const struct exception *x = &r->para->exception;

		applies += frag_base(r) != NULL;
		if (!base)
			continue;
		overridden++;
		fprintf(report, "%s:%d: CONFIG_%s=%s overrides %s:%d (%s) of the secure base\n"
				"    overridden by %s until %s: %s\n",
			r->para->file, r->line, r->name, r->value, base->para->file, base->line,
			base->value, x->owner, x->until, x->reason);
	}
	for (size_t i = 0; i < f->n_off; i++)
		excluded += f->off[i]->para->excluded;
	fprintf(report,
		"secure base: %zu requests apply, %zu not on this arch (not-arch), "
		"%zu not in this release (since, until); %zu base requests overridden\n",
		applies, excluded, f->n_off - excluded, overridden);
}

static void write_one(const char *kind, const struct request *r, const struct exception *x,
		      const struct paragraph *p, int line, FILE *out)
{
	fprintf(out, "%s CONFIG_%s=%s %s:%d until=%s %s %s\n", kind, r->name, r->value, p->file,
		line, x->until, x->owner, x->reason);
}

bool exceptions_write(const struct fragments *f, const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	for (size_t i = 0; i < f->n_req; i++) {
		const struct request *r = f->req[i];

		if (frag_base_overridden(r))
			write_one("override", r, &r->para->exception, r->para, r->line, out);
	}
	for (size_t i = 0; i < f->n_waiver; i++) {
		const struct waiver *w = &f->waiver[i];

		if (w->used)
			write_one("waiver", frag_find(f, w->name), &w->exception, w->para, w->line,
				  out);
	}
	return !(ferror(out) | fclose(out));
}
