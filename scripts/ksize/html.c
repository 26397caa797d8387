// SPDX-License-Identifier: GPL-2.0-only
/* The report as a picture: a treemap by origin, then by option. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

enum { WIDTH = 1600, HEIGHT = 1000, SMALLEST = 14 /* of an area to be drawn */ };

struct cell {
	const char *name, *note; /* note: for the tooltip */
	const struct sum *sum;
	int64_t bytes;
	size_t merged; /* the number of small cells in this one; else 0 */
};

enum kind { FRAGMENT, ORIGIN, CORE };

struct group {
	const char *name;
	enum kind kind;
	int64_t bytes;
	struct cell *cell;
	size_t n, room;
};

struct picture {
	const struct build *b;
	const struct sums *s;
	struct group *group;
	size_t n, room;
	int64_t bytes;
};

static const char style[] =
	":root{--bg:#fff;--fg:#1b1f24;--dim:#59636e;--l:76%;--s:52%;--tag:rgba(255,255,255,.86)}"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e8ecf0;--dim:#98a2ad;--l:31%;"
	"--s:42%;--tag:rgba(20,23,27,.82)}}"
	"body{background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif;margin:1.2em auto;"
	"max-width:1600px;padding:0 1em}"
	"h1{font-size:1.35em;margin:0 0 .1em}p{margin:.2em 0 .7em;color:var(--dim)}"
	"svg{width:100%;height:auto;display:block;font-family:ui-monospace,'DejaVu Sans Mono',Menlo,"
	"Consolas,monospace}"
	".c{fill:hsl(var(--h),var(--s),var(--l));stroke:var(--bg)}"
	".m{fill-opacity:.55}.c:hover{stroke:var(--fg);stroke-width:2}"
	".g{fill:none;stroke:var(--bg);stroke-width:5}"
	".t{fill:var(--tag)}text{fill:var(--fg);pointer-events:none}.t,.g{pointer-events:none}"
	".k{color:var(--fg);margin-right:1.6em;white-space:nowrap}"
	".k i{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.08em;"
	"background:hsl(var(--h),var(--s),var(--l))}";

/* ---- its contents ---------------------------------------------------------------------- */

static struct group *group_of(struct picture *p, enum kind kind, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->group[i].kind == kind && !strcmp(p->group[i].name, name))
			return &p->group[i];
	grow(p->group, p->n, p->room);
	p->group[p->n] = (struct group){ .name = name, .kind = kind };
	return &p->group[p->n++];
}

/* A linker may merge so much that no bytes remain, and an empty cell can't be drawn. */
static void add_cell(struct picture *p, struct group *g, const struct sum *s, const char *note)
{
	int64_t bytes = sum_total(s);

	if (bytes <= 0)
		return;
	grow(g->cell, g->n, g->room);
	g->cell[g->n++] = (struct cell){ .name = s->name, .note = note, .sum = s, .bytes = bytes };
	g->bytes += bytes;
	p->bytes += bytes;
}

static int by_bytes(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->bytes == y->bytes ? strcmp(x->name, y->name) :
				      (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static int by_cell_bytes(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return x->bytes == y->bytes ? strcmp(x->name, y->name) :
				      (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static void fill(struct picture *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->s->options.n; i++) {
		const struct sum *s = &p->s->options.sum[i];
		const struct setting *o = &p->b->config.option[s->option];

		if (o->origin == ORIGIN_ASKED)
			add_cell(p, group_of(p, FRAGMENT, o->where), s, "");
		else
			add_cell(p, group_of(p, ORIGIN, origin_names[o->origin]), s, o->where);
	}
	for (size_t i = 0; i < p->s->core.n; i++)
		add_cell(p, group_of(p, CORE, "core"), &p->s->core.sum[i], "without an option");
	for (size_t i = 0; i < p->n; i++) {
		if (p->group[i].n)
			p->group[n++] = p->group[i];
		else
			free(p->group[i].cell);
	}
	p->n = n;
	if (p->n)
		qsort(p->group, p->n, sizeof(*p->group), by_bytes);
}

/* Cells too small to see become one. */
static void merge_small(const struct picture *p, struct group *g)
{
	double area = (double)WIDTH * HEIGHT / (double)p->bytes;
	struct cell small = { .name = "", .note = "" };

	while (g->n && (double)g->cell[g->n - 1].bytes * area < SMALLEST) {
		small.bytes += g->cell[--g->n].bytes;
		small.merged++;
	}
	if (!small.merged)
		return;
	g->cell[g->n++] = small; /* at least one was removed */
	qsort(g->cell, g->n, sizeof(*g->cell), by_cell_bytes);
}

/* ---- drawing ---------------------------------------------------------------------------- */

static char *human(int64_t bytes)
{
	if (bytes < 10000)
		return mem_printf("%" PRId64 " B", bytes);
	if (bytes < 1000000)
		return mem_printf("%" PRId64 " kB", (bytes + 500) / 1000);
	return mem_printf("%.2f MB", (double)bytes / 1e6);
}

static void draw_tooltip(FILE *out, const struct group *g, const struct cell *c)
{
	fputs("<title>", out);
	if (c->merged) {
		fprintf(out, "%zu smaller of ", c->merged);
		svg_text(out, g->name);
		fprintf(out, ": %" PRId64 " bytes", c->bytes);
	} else {
		svg_text(out, c->name);
		fprintf(out, ": %" PRId64 " bytes, %zu objects", c->bytes, c->sum->objects);
		for (size_t i = 0; i < N_COLUMNS; i++)
			if (c->sum->vmlinux.of[i])
				fprintf(out, "\n%s %" PRId64, column_names[i],
					c->sum->vmlinux.of[i]);
		if (sizes_total(&c->sum->modules))
			fprintf(out, "\nmodules %" PRId64, sizes_total(&c->sum->modules));
		fputc('\n', out);
		svg_text(out, g->name);
		fputs(*c->note ? " " : "", out);
		svg_text(out, c->note);
	}
	fputs("</title>", out);
}

static bool is_modular(const struct cell *c)
{
	return c->sum && sizes_total(&c->sum->modules) > sizes_total(&c->sum->vmlinux);
}

/* Requested options have cold colours, others warm ones; bytes without an option are grey. */
static int hue_of(const struct group *g, size_t place)
{
	return g->kind == FRAGMENT ? 165 + (int)(place * 23 % 110) : 18 + (int)(place * 13 % 35);
}

/* A cell's label, below the tag if that is in its way. */
static void label_cell(FILE *out, const struct cell *c, const struct rect *r,
		       const struct rect *tag)
{
	char *name = c->merged ? mem_printf("%zu more", c->merged) : mem_printf("%s", c->name);
	char *bytes = human(c->bytes);
	bool below = tag->h > 0 && r->x < tag->x + tag->w && r->y < tag->y + tag->h;

	svg_label(out, name, bytes, r, below ? tag->y + tag->h - r->y : 0);
	free(name);
	free(bytes);
}

static void draw_group(FILE *out, struct group *g, size_t place, const struct rect *area)
{
	double *size = mem_realloc(NULL, g->n * sizeof(*size));
	struct rect *rect = mem_realloc(NULL, g->n * sizeof(*rect));
	struct rect tag = svg_tag_place(g->name, area);

	for (size_t i = 0; i < g->n; i++)
		size[i] = (double)g->cell[i].bytes;
	treemap(size, g->n, *area, rect);
	fprintf(out, "<g style=\"--h:%d%s\">\n", hue_of(g, place),
		g->kind == CORE ? ";--s:0%" : "");
	for (size_t i = 0; i < g->n; i++) {
		svg_rect(out, is_modular(&g->cell[i]) ? "c m" : "c", &rect[i]);
		fprintf(out, " data-bytes=\"%" PRId64 "\">", g->cell[i].bytes);
		draw_tooltip(out, g, &g->cell[i]);
		fputs("</rect>\n", out);
	}
	svg_rect(out, "g", area);
	fprintf(out, " data-bytes=\"%" PRId64 "\"/>\n", g->bytes);
	for (size_t i = 0; i < g->n; i++)
		label_cell(out, &g->cell[i], &rect[i], &tag);
	if (tag.h > 0)
		svg_tag(out, g->name, &tag);
	fputs("</g>\n", out);
	free(size);
	free(rect);
}

static void draw(FILE *out, struct picture *p)
{
	struct rect all = { 0, 0, WIDTH, HEIGHT }, *rect = mem_realloc(NULL, p->n * sizeof(*rect));
	double *size = mem_realloc(NULL, p->n * sizeof(*size));

	for (size_t i = 0; i < p->n; i++)
		size[i] = (double)p->group[i].bytes;
	treemap(size, p->n, all, rect);
	fprintf(out,
		"<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"treemap of the kernel's bytes by "
		"option\">\n",
		WIDTH, HEIGHT);
	for (size_t i = 0; i < p->n; i++) {
		merge_small(p, &p->group[i]);
		draw_group(out, &p->group[i], i, &rect[i]);
	}
	fputs("</svg>\n", out);
	free(size);
	free(rect);
}

/* ---- around it ---------------------------------------------------------------------------- */

static void put_human(FILE *out, const char *before, int64_t bytes)
{
	char *text = human(bytes);

	fprintf(out, "%s%s", before, text);
	free(text);
}

static void put_key(FILE *out, int hue, const char *saturation, const char *what,
		    const struct sum *s)
{
	fprintf(out, "<span class=\"k\" style=\"--h:%d%s\"><i></i>", hue, saturation);
	put_human(out, what, sum_total(s));
	fputs("</span>\n", out);
}

void html_write(FILE *out, const struct build *b, const struct sums *s)
{
	struct picture p = { .b = b, .s = s };
	size_t untold = s->origins[ORIGIN_UNTOLD].objects;

	fill(&p);
	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>kernel ");
	svg_text(out, b->release);
	fprintf(out, "</title>\n<style>%s</style></head><body>\n<h1>Kernel ", style);
	svg_text(out, b->release);
	put_human(out, ": ", p.bytes);
	fputs(", by origin and option</h1>\n<p>", out);
	put_human(out, "vmlinux ", sizes_total(&s->vmlinux));
	for (size_t i = 0; i < N_COLUMNS; i++) {
		fprintf(out, "%s%s", i ? ", " : " (", column_names[i]);
		put_human(out, " ", s->vmlinux.of[i]);
	}
	put_human(out, "), modules ", sizes_total(&s->total.modules));
	put_human(out, ". Not drawn, since no option accounts for it: linker, padding, tables ",
		  sizes_total(&s->remainder));
	fputs(".</p>\n", out);
	if (p.n)
		draw(out, &p);
	fputs("<p style=\"margin-top:.8em\">\n", out);
	put_key(out, 205, "", "requested, by fragment: ", &s->origins[ORIGIN_ASKED]);
	put_key(out, 35, "", "no request: ", &s->unrequested);
	put_key(out, 0, ";--s:0%", "core, without an option: ", &s->core_total);
	fprintf(out, "Modules are paler. Point at a field for its figures.%s</p>\n</body></html>\n",
		untold ? " 'untold' marks options that the resolved file lacks." : "");
	for (size_t i = 0; i < p.n; i++)
		free(p.group[i].cell);
	free(p.group);
}
