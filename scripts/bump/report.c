// SPDX-License-Identifier: GPL-2.0-only
/* The verdict, and the sections of the report, of which the details are folded. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "bump.h"

enum { FOLD = 5 }; /* longer lists are folded */

const char *cell(const json_t *row, size_t i)
{
	const char *text = json_string_value(json_array_get(row, i));

	return text ? text : "";
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

__attribute__((format(printf, 2, 3))) static void add(json_t *list, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	json_array_append_new(list, json_string(text));
	free(text);
}

/* ---- the verdict ---------------------------------------------------------------- */

static size_t count_fate(const struct facts *f, const char *fate)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(f->patches, i, row)
		n += !strcmp(cell(row, 1), fate);
	return n;
}

static bool is_switch(const json_t *option)
{
	return !strcmp(text_of(option, "type"), "bool") ||
	       !strcmp(text_of(option, "type"), "tristate");
}

/* The kind of a change; a new option is one of four kinds. */
static const char *kind_of(const json_t *c)
{
	const json_t *option = json_object_get(c, "option");

	if (strcmp(text_of(c, "kind"), "new"))
		return text_of(c, "kind");
	if (!strcmp(text_of(option, "origin"), "asked"))
		return "new-requested";
	if (!is_switch(option))
		return "new-value";
	/* One that is enabled without a request is among those. */
	return *text_of(option, "value") ? "new-enabled" : "new-disabled";
}

/* Options of KIND, and of KEY unless that is NULL, that a board has or is offered. */
static bool counts(const json_t *c, const char *kind, const char *key)
{
	return !strcmp(kind_of(c), kind) && strcmp(text_of(c, "reach"), "hidden") != 0 &&
	       (!key || !strcmp(text_of(c, "key"), key));
}

static size_t count_changes(const struct facts *f, const char *kind, const char *key)
{
	const json_t *c;
	size_t i, n = 0;

	json_array_foreach(f->changes, i, c)
		n += counts(c, kind, key);
	return n;
}

/* The boards with STATUS, after WHAT. */
static void boards_verdict(const struct facts *f, struct verdict *v, const char *status,
			   const char *what)
{
	struct buffer b = { 0 };
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(f->boards, i, row) {
		if (strcmp(cell(row, 1), status))
			continue;
		buffer_puts(&b, n++ ? ", " : "");
		buffer_puts(&b, cell(row, 0));
	}
	if (n)
		add(v->no, "%s: %zu (%s)", what, n, b.text);
	buffer_free(&b);
}

static void built_verdict(const struct facts *f, struct verdict *v)
{
	const json_t *row;
	size_t i;

	json_array_foreach(f->built, i, row)
		if (strcmp(cell(row, 1), "0"))
			add(v->no, "the image of %s could not be built", cell(row, 0));
}

static void decide(const struct facts *f, struct verdict *v, const char *kind, const char *key,
		   const char *what)
{
	size_t n = count_changes(f, kind, key);

	if (n)
		add(v->decide, "%s: %zu", what, n);
}

void verdict_of(const struct facts *f, struct verdict *v)
{
	size_t fail = count_fate(f, "fails"), dropped = count_fate(f, "upstream"),
	       compiled = json_array_size(f->compiled);

	v->no = json_array();
	v->decide = json_array();
	if (fail)
		add(v->no, "patches that do not apply: %zu", fail);
	if (compiled)
		add(v->no, "files that patches change and that do not compile: %zu", compiled);
	boards_verdict(f, v, "1",
		       "boards with lost requests, stale waivers or unaccounted defaults");
	boards_verdict(f, v, "2", "boards that could not be resolved");
	built_verdict(f, v);
	if (waivers_with(f, "[expired]"))
		add(v->no, "waivers and overrides that have expired: %zu",
		    waivers_with(f, "[expired]"));
	if (policies_failing(f, true))
		add(v->no, "required rules of policies that fail now: %zu",
		    policies_failing(f, true));
	if (strstr(trust_of(f, "eol"), "[eol]"))
		add(v->decide, "the series is past its end of life");
	if (policies_failing(f, false))
		add(v->decide, "other rules of policies that fail now: %zu",
		    policies_failing(f, false));
	if (dropped)
		add(v->decide, "patches that are dropped, since upstream has them: %zu", dropped);
	decide(f, v, "enabled", NULL, "options that upstream enables");
	decide(f, v, "lost", NULL, "options that are disabled now");
	decide(f, v, "flipped", NULL, "choices with another default");
	decide(f, v, "new-disabled", NULL, "new options that are disabled");
	decide(f, v, "new-value", NULL, "new texts and numbers");
	decide(f, v, "redefined", "default", "other defaults");
}

/* ---- parts of text -------------------------------------------------------------- */

/* In a table or between backquotes, some characters would end it. */
static void put_plain(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(*text == '|' || *text == '`' || *text == '\n' ? ' ' : *text, out);
}

void put_html(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else
			fputc(*text, out);
	}
}

static void put_list(const json_t *list, const char *none, FILE *out)
{
	const json_t *text;
	size_t i;

	if (!json_array_size(list))
		fputs(none, out);
	json_array_foreach(list, i, text) {
		const char *t =
			json_string_value(json_is_array(text) ? json_array_get(text, 0) : text);

		fprintf(out, "%s%s", i ? "; " : "", t);
	}
}

void open_fold(const char *title, size_t n, FILE *out)
{
	fprintf(out, "\n<details%s><summary>%s: %zu</summary>\n\n", n <= FOLD ? " open" : "", title,
		n);
}

void close_fold(FILE *out)
{
	fputs("\n</details>\n", out);
}

void put_pre(const char *text, FILE *out)
{
	fputs("<pre>\n", out);
	put_html(text, out);
	fputs("</pre>\n", out);
}

void put_boards(const json_t *boards, size_t all, FILE *out)
{
	const json_t *board;
	size_t i;

	if (json_array_size(boards) == all)
		return;
	json_array_foreach(boards, i, board)
		fprintf(out, "%s%s", i ? ", " : " (", json_string_value(board));
	fputc(')', out);
}

/* ---- sections ------------------------------------------------------------------- */

static void put_verdict(const struct facts *f, const struct verdict *v, FILE *out)
{
	fprintf(out, "**Can be merged**: %s", json_array_size(v->no) ? "no: " : "yes");
	put_list(v->no, "", out);
	fputs("  \n**Needs a decision**: ", out);
	put_list(v->decide, "nothing", out);
	fputs("  \n**Could not be checked**: ", out);
	put_list(f->unchecked, "nothing", out);
	fputc('\n', out);
}

static void put_patches(const struct facts *f, FILE *out)
{
	const json_t *row;
	size_t i;

	fprintf(out,
		"\n## Patches\n\n%zu apply, %zu applied at an offset and are refreshed, upstream has %zu, "
		"%zu fail.\n\n",
		count_fate(f, "applies"), count_fate(f, "refreshed"), count_fate(f, "upstream"),
		count_fate(f, "fails"));
	if (json_array_size(f->patches))
		fputs("| Patch | Fate | |\n|---|---|---|\n", out);
	json_array_foreach(f->patches, i, row) {
		fputs("| ", out);
		put_plain(cell(row, 0), out);
		fputs(" | ", out);
		put_plain(cell(row, 1), out);
		fputs(" | ", out);
		put_plain(cell(row, 2), out);
		fputs(" |\n", out);
	}
	json_array_foreach(f->patches, i, row) {
		if (!*cell(row, 3))
			continue;
		fprintf(out, "\n<details open><summary>%s</summary>\n\n", cell(row, 0));
		put_pre(cell(row, 3), out);
		close_fold(out);
	}
	json_array_foreach(f->compiled, i, row) {
		fprintf(out, "\n%s: %s does not compile:\n\n", cell(row, 0), cell(row, 1));
		put_pre(cell(row, 2), out);
	}
}

/* The value of OPTION, and its source. */
static void put_value(const json_t *c, const json_t *option, FILE *out)
{
	const char *value = text_of(option, "value"), *who = text_of(option, "who"),
		   *origin = text_of(option, "origin");
	bool removed = !strcmp(text_of(c, "kind"), "removed");

	if (!*value)
		value = is_switch(option) ? "n" : "not set";
	fprintf(out, removed ? "`%s` was %s" : "`%s` is %s", text_of(c, "name"), value);
	if (*text_of(option, "value"))
		fprintf(out, ", by %s%s%s", strcmp(origin, "asked") ? origin : "request of",
			*who ? " " : "", who);
}

static void put_option(const json_t *c, FILE *out)
{
	const json_t *option = json_object_get(c, "option"), *one;
	const char *help = text_of(option, "help");
	size_t i;

	put_value(c, option, out);
	fputs(*text_of(option, "prompt") ? ": " : "", out);
	put_html(text_of(option, "prompt"), out);
	json_array_foreach(json_object_get(option, "defaults"), i, one) {
		fputs(i ? "; " : ", default ", out);
		put_html(cell(one, 0), out);
	}
	if (!*help || !strcmp(text_of(c, "kind"), "removed"))
		return;
	fputs("<br>", out);
	for (; *help; help++)
		if (*help == '\n')
			fputc(' ', out);
		else
			put_html((char[]){ *help, '\0' }, out);
}

static void put_change(const json_t *c, FILE *out)
{
	const char *kind = text_of(c, "kind"), *name = text_of(c, "name");

	if (!strcmp(kind, "renamed"))
		fprintf(out, "`%s` is `%s` now (evidence: %s%s)", name, text_of(c, "to"),
			text_of(c, "evidence"), *text_of(c, "merged") ? "; it existed before" : "");
	else if (!strcmp(kind, "redefined"))
		fprintf(out, "`%s` %s: `%s` was `%s`", name, text_of(c, "key"),
			*text_of(c, "to") ? text_of(c, "to") : "none",
			*text_of(c, "from") ? text_of(c, "from") : "none");
	else if (!strcmp(kind, "flipped"))
		fprintf(out, "%s: `%s` was `%s`", text_of(c, "choice"), text_of(c, "to"), name);
	else if (!strcmp(kind, "lost"))
		fprintf(out, "`%s` was %s, by %s %s", name, text_of(c, "value"),
			text_of(c, "origin"), text_of(c, "who"));
	else
		put_option(c, out);
}

static void put_kind(const struct facts *f, const char *kind, const char *key, const char *title,
		     FILE *out)
{
	size_t n = count_changes(f, kind, key), i;
	const json_t *c;

	if (!n)
		return;
	open_fold(title, n, out);
	json_array_foreach(f->changes, i, c) {
		if (!counts(c, kind, key))
			continue;
		fputs("- ", out);
		put_change(c, out);
		put_boards(json_object_get(c, "boards"), json_array_size(f->boards), out);
		fputc('\n', out);
	}
	close_fold(out);
}

static void put_options(const struct facts *f, FILE *out)
{
	const json_t *c;
	size_t i, hidden = 0;

	fputs("\n## Options\n", out);
	put_kind(f, "enabled", NULL, "enabled, and no fragment requests it", out);
	put_kind(f, "lost", NULL, "disabled, and enabled before", out);
	put_kind(f, "flipped", NULL, "choices with another default", out);
	put_kind(f, "renamed", NULL, "renamed", out);
	put_kind(f, "removed", NULL, "removed", out);
	put_kind(f, "new-requested", NULL, "new, and requested", out);
	put_kind(f, "new-disabled", NULL, "new, and disabled", out);
	put_kind(f, "new-value", NULL, "new texts and numbers", out);
	put_kind(f, "redefined", "type", "another type", out);
	put_kind(f, "redefined", "default", "another default", out);
	put_kind(f, "redefined", "depends", "other dependencies", out);
	put_kind(f, "redefined", "prompt", "another prompt", out);
	json_array_foreach(f->changes, i, c)
		hidden += !strcmp(text_of(c, "reach"), "hidden");
	fprintf(out,
		"\n%zu differences, %zu of them in options that no board is offered; the JSON has all.\n",
		json_array_size(f->changes), hidden);
}

static void put_built(const struct facts *f, FILE *out)
{
	const json_t *row;
	size_t i;

	if (json_array_size(f->built))
		fputs("\n## Images\n\n", out);
	json_array_foreach(f->built, i, row) {
		fprintf(out, "- %s: %s\n", cell(row, 0), cell(row, 2));
		if (!*cell(row, 3))
			continue;
		fprintf(out, "\n<details><summary>%s</summary>\n\n", cell(row, 0));
		put_pre(cell(row, 3), out);
		close_fold(out);
	}
}

void report_markdown(const struct facts *f, const struct verdict *v, FILE *out)
{
	fprintf(out, "# Linux %s to %s\n\n", trust_of(f, "from"), trust_of(f, "version"));
	put_verdict(f, v, out);
	put_release(f, out);
	put_patches(f, out);
	put_requests(f, out);
	put_waivers(f, out);
	put_options(f, out);
	put_policies(f, out);
	if (f->cves) {
		fputs("\n## CVEs\n\n", out);
		put_pre(f->cves, out);
	}
	put_built(f, out);
	put_proposals(f, out);
}
