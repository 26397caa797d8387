// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "defaults.h"

static const char *const kind_names[] = {
	[DEFAULT_OPTION] = "option",
	[DEFAULT_CHOICE] = "choice",
	[DEFAULT_NUMBER] = "number",
};

static void add(struct defaults *d, const struct rules *r, struct symbol *sym,
		enum default_kind kind, const char *value)
{
	const struct class *class = rules_class(r, sym);

	grow(d->item, d->n, d->max);
	d->item[d->n++] = (struct default_item){
		sym, kind, mem_strdup(value), class, rules_refusal(r, sym, class),
	};
}

/* The choices and numbers of a class that have a prompt and no request. */
static void add_values(struct defaults *d, const struct fragments *f, const struct rules *r)
{
	struct symbol *sym;

	kc_for_all_symbols(sym) {
		if (!kc_defined(sym) || sym->visible == no || frag_find(f, sym->name) ||
		    !rules_class(r, sym))
			continue;
		if ((sym->type == S_INT || sym->type == S_HEX) && (sym->flags & SYMBOL_WRITE))
			add(d, r, sym, DEFAULT_NUMBER, kc_value(sym));
		else if (kc_in_choice(sym) && kc_choice_winner(sym) == sym &&
			 kc_choice_is_open(sym))
			add(d, r, sym, DEFAULT_CHOICE, kc_value(sym));
	}
}

/* Values that override the fragments. */
struct values {
	struct assignment *value;
	size_t n, max;
};

static void set(struct values *v, const struct symbol *sym, const char *value)
{
	grow(v->value, v->n, v->max);
	v->value[v->n++] = (struct assignment){ sym->name, value };
}

/* Enabled options stay so. */
static void set_enabled(struct values *v, const struct fragments *f)
{
	struct symbol *sym;

	kc_for_all_symbols(sym)
		if (kc_defined(sym) && kc_is_tristate(sym) && sym->curr.tri != no &&
		    sym->visible != no && !frag_find(f, sym->name))
			set(v, sym, sym->curr.tri == yes ? "y" : "m");
}

/* The disabled options that no fragment requests; the caller frees the array. */
static struct symbol **disabled(const struct fragments *f, size_t *n)
{
	struct symbol **all = NULL, *sym;
	size_t max = 0;

	*n = 0;
	kc_for_all_symbols(sym) {
		if (!kc_defined(sym) || kc_transitional(sym) || !kc_is_tristate(sym) ||
		    sym->curr.tri != no || kc_in_choice(sym) || frag_find(f, sym->name))
			continue;
		grow(all, *n, max);
		all[(*n)++] = sym;
	}
	return all;
}

static int by_class(const void *a, const void *b)
{
	const struct default_item *ia = a, *ib = b;
	const char *ca = ia->class ? ia->class->name : "~", *cb = ib->class ? ib->class->name : "~";

	return strcmp(ca, cb) ?: strcmp(ia->sym->name, ib->sym->name);
}

/*
 * Of the N options in OFF, add those that upstream's defaults enable. The second pass keeps the
 * refused ones disabled, so that an option which is visible only by a refused one does not count.
 */
static bool add_options(struct defaults *d, const struct fragments *f, const struct rules *r,
			struct symbol **off, size_t n, struct values *v)
{
	struct fragments open = *f;
	size_t first = d->n, kept = first;

	open.defaults = true;
	if (!tree_resolve(&open, v->value, v->n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (off[i]->curr.tri != no && off[i]->visible != no)
			add(d, r, off[i], DEFAULT_OPTION, kc_value(off[i]));
	for (size_t i = first; i < d->n; i++)
		if (d->item[i].refusal)
			set(v, d->item[i].sym, "n");
	if (!tree_resolve(&open, v->value, v->n))
		return false;
	for (size_t i = first; i < d->n; i++) {
		struct default_item *item = &d->item[i];

		if (item->sym->visible != no && (item->refusal || item->sym->curr.tri != no))
			d->item[kept++] = *item;
		else
			free(item->value);
	}
	d->n = kept;
	return true;
}

bool defaults_list(struct defaults *d, const struct fragments *f, const struct rules *r)
{
	struct values v = { 0 };
	struct symbol **off;
	size_t n;
	bool done;

	add_values(d, f, r);
	off = disabled(f, &n);
	set_enabled(&v, f);
	done = add_options(d, f, r, off, n, &v);
	if (d->n)
		qsort(d->item, d->n, sizeof(*d->item), by_class);
	free(v.value);
	free(off);
	return done;
}

void defaults_free(struct defaults *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->item[i].value);
	free(d->item);
	memset(d, 0, sizeof(*d));
}

const char *default_status(const struct default_item *item)
{
	return item->refusal ? "refused" : item->class ? "unaccounted" : "counted";
}

const char *default_place(const struct default_item *item)
{
	static char place[512];
	struct kc_place at;

	if (!kc_places(item->sym, &at, 1))
		return "?";
	snprintf(place, sizeof(place), "%s:%d", at.file, at.first);
	return place;
}

bool defaults_write(const struct defaults *d, const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	fputs("# SPDX-License-Identifier: GPL-2.0-only\n"
	      "# Made by 'make resolved', for reviews: upstream's defaults that no fragment requests,\n"
	      "# as CLASS KIND NAME=DEFAULT, and what configs/defaults says of each.\n", out);
	for (size_t i = 0; i < d->n; i++) {
		const struct default_item *item = &d->item[i];

		fprintf(out, "%s %s %s=%s # %s%s%s\n", item->class ? item->class->name : "other",
			kind_names[item->kind], item->sym->name, item->value, default_status(item),
			item->refusal ? " " : "", item->refusal ? item->refusal->pattern : "");
	}
	return !(ferror(out) | fclose(out));
}

static void report_item(const struct default_item *item, const struct rules *r, FILE *report)
{
	const char *name = item->sym->name;

	fprintf(report, "%s: CONFIG_%s is unaccounted [unaccounted-%s]: ", default_place(item), name,
		kind_names[item->kind]);
	if (item->kind == DEFAULT_OPTION)
		fprintf(report, "upstream sets it to %s by default, here it is disabled\n",
			item->value);
	else
		fprintf(report, "it has upstream's default, %s\n", item->value);
	fprintf(report, "    class %s (%s:%d), and no fragment requests it\n", item->class->name,
		r->path, item->class->line);
	fprintf(report, "    request CONFIG_%s=%s in a fragment, or add 'refuse %s' to %s with a reason\n",
		name, item->value, name, r->path);
}

size_t defaults_report(const struct defaults *d, const struct rules *r, FILE *report)
{
	size_t values = 0, refused = 0, lost = 0;

	for (size_t i = 0; i < d->n; i++) {
		values += d->item[i].kind != DEFAULT_OPTION;
		refused += d->item[i].refusal != NULL;
		if (d->item[i].class && !d->item[i].refusal) {
			report_item(&d->item[i], r, report);
			lost++;
		}
	}
	fprintf(report, "%zu upstream defaults not requested (%zu options, %zu choices and numbers): "
			"%zu refused, %zu counted, %zu unaccounted\n",
		d->n, d->n - values, values, refused, d->n - refused - lost, lost);
	return lost;
}
