// SPDX-License-Identifier: GPL-2.0-only
/* Rectangles and labels of SVG, in a font whose letters all have one width. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

/* A letter's width as a part of its height. */
static const double advance = 0.61;
static const double smallest_text = 8.5;

static void escape(FILE *out, const char *text, size_t len)
{
	for (; len--; text++) {
		if (strchr("&<>\"", *text))
			fprintf(out, "&#%d;", *text);
		else
			fputc(*text, out);
	}
}

void svg_text(FILE *out, const char *text)
{
	escape(out, text, strlen(text));
}

void svg_rect(FILE *out, const char *class, const struct rect *r)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"",
		class, r->x, r->y, r->w, r->h);
}

enum { MAX_LINES = 3 };

struct label {
	const char *line[MAX_LINES]; /* a place in the name, and a length */
	size_t len[MAX_LINES], lines;
	double size; /* of the letters; 0 if none is readable */
};

/* Break a name after "_" or "/" into at most so many lines of nearly the same length. */
static void break_lines(struct label *l, const char *name, size_t lines)
{
	l->lines = 0;
	while (*name && l->lines < lines) {
		size_t left = strlen(name),
		       want = (left + lines - l->lines - 1) / (lines - l->lines);
		size_t len = left;

		for (size_t i = 1; i < left && l->lines + 1 < lines; i++)
			if (strchr("_/", name[i - 1]) &&
			    labs((long)i - (long)want) < labs((long)len - (long)want))
				len = i;
		l->line[l->lines] = name;
		l->len[l->lines++] = len;
		name += len;
	}
}

/* The largest letters that a space has room for. */
static struct label fit(const char *name, double width, double height, size_t max_lines)
{
	struct label best = { .size = 0 };

	for (size_t lines = 1; lines <= max_lines; lines++) {
		struct label l = { .size = 22 };
		double room;

		break_lines(&l, name, lines);
		for (size_t i = 0; i < l.lines; i++) {
			room = (width - 7) / (advance * (double)l.len[i]);
			l.size = room < l.size ? room : l.size;
		}
		room = (height - 5) / (1.12 * (double)l.lines);
		l.size = room < l.size ? room : l.size;
		if (l.size >= smallest_text && l.size > 1.15 * best.size)
			best = l;
	}
	return best;
}

static void write_line(FILE *out, double x, double y, double size, const char *turn,
		       const char *text, size_t len)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\"", x, y, size);
	if (*turn)
		fprintf(out, " transform=\"%s\"", turn);
	fputc('>', out);
	escape(out, text, len);
	fputs("</text>", out);
}

void svg_label(FILE *out, const char *name, const char *note, const struct rect *r, double taken)
{
	char *turn;
	double height = r->h - taken, x = r->x + 4, y = r->y + taken + 2, small;
	struct label l = fit(name, r->w, height, MAX_LINES);

	if (l.size > 0) {
		for (size_t i = 0; i < l.lines; i++)
			write_line(out, x, y + l.size * (0.88 + 1.12 * (double)i), l.size, "",
				   l.line[i], l.len[i]);
		y += l.size * 1.12 * (double)l.lines;
		small = l.size * 0.75 < smallest_text ? smallest_text : l.size * 0.75;
		if (r->y + r->h - y > small * 1.3 &&
		    r->w - 7 > advance * small * (double)strlen(note))
			write_line(out, x, y + small, small, "", note, strlen(note));
	} else if (height > r->w) {
		l = fit(name, height, r->w, 1);
		if (l.size > 0) {
			x = r->x + r->w / 2 - l.size * 0.3;
			turn = mem_printf("rotate(90 %.1f %.1f)", x, y + 2);
			write_line(out, x, y + 2, l.size, turn, name, strlen(name));
			free(turn);
		}
	}
}

struct rect svg_tag_place(const char *name, const struct rect *area)
{
	static const double sizes[] = { 15, 11 };
	struct rect tag = { area->x + 3, area->y + 3, 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		tag.w = 10 + sizes[i] * advance * (double)strlen(name);
		tag.h = sizes[i] * 1.5;
		if (tag.w <= area->w - 6 && tag.h <= area->h - 6)
			return tag;
	}
	tag.h = 0;
	return tag;
}

void svg_tag(FILE *out, const char *name, const struct rect *tag)
{
	double size = tag->h / 1.5;

	svg_rect(out, "t", tag);
	fputs(" rx=\"4\"/>", out);
	write_line(out, tag->x + 5, tag->y + size * 1.08, size, "", name, strlen(name));
}
