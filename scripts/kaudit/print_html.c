// SPDX-License-Identifier: GPL-2.0-only
/* One page that needs no other file, no network, and no script: see html.h for its parts. */
#include <stdlib.h>
#include <string.h>

#include "html.h"

static const char *const marks[OUTCOMES] = { [PASS] = "\u2713",
					     [FAIL] = "\u2717",
					     [NOT_APPLICABLE] = "\u2013",
					     [WAIVED] = "\u26a0",
					     [NOT_KNOWN] = "?" };
static const char *const titles[OUTCOMES] = { [PASS] = "Passed",
					      [FAIL] = "Failed",
					      [NOT_APPLICABLE] = "Not applicable",
					      [WAIVED] = "Waived",
					      [NOT_KNOWN] = "Unknown" };
/* The outcomes in the order of the page. */
static const enum outcome order[OUTCOMES] = { FAIL, NOT_KNOWN, WAIVED, PASS, NOT_APPLICABLE };

static void put_row(FILE *out, const char *name, const char *text, const char *otherwise)
{
	html_put(out, "<dt>", name, "</dt><dd>");
	if (text)
		html_put(out, "<code>", text, "</code>");
	else
		html_text(out, otherwise);
	fputs("</dd>\n", out);
}

/* ---- the head -------------------------------------------------------------------- */

static void put_verdict(FILE *out, const struct audit *a)
{
	static const char *const gates[LEVELS] = { "required rule",
						   "required or recommended rule", "rule" };
	const bool good = audit_status(a) == DONE;
	const char *gate = a->fail_on == FAIL_NONE ? "" : gates[a->fail_on];

	fprintf(out, "<p class=\"verdict %s\">%s: ", outcome_names[good ? PASS : FAIL],
		good ? "PASS" : "FAIL");
	if (a->stale)
		fprintf(out, "%zu waivers are not needed, or name no rule", a->stale);
	else if (a->fail_on == FAIL_NONE)
		fputs("no failure counts (--fail-on none)", out);
	else
		fprintf(out, "%s %s fails", good ? "no" : "a", gate);
	fprintf(out, ". Failed: %zu required, %zu recommended, %zu tradeoff.</p>\n",
		a->failed[REQUIRED], a->failed[RECOMMENDED], a->failed[TRADEOFF]);
}

static void put_facts(FILE *out, const struct audit *a)
{
	const struct page *p = a->page;
	char *kernel = mem_printf("%s, Linux %s", a->facts->arch, a->facts->release);

	fputs("<dl>\n", out);
	put_row(out, "Kernel", kernel, "");
	put_row(out, "Image", p->image && *p->image ? p->image : NULL,
		"no image: this is the audit of a configuration");
	put_row(out, "Configuration, SHA-256", p->config_hash, "");
	put_row(out, "CVEs", p->cve, "no data: VULNS= names it, see make cve");
	put_row(out, "This page again", p->again, "not given");
	fputs("</dl>\n", out);
	free(kernel);
}

static void put_waivers(FILE *out, const struct audit *a)
{
	fprintf(out, "<h2 id=\"waivers\">Waivers (%zu)</h2>\n", a->count[WAIVED]);
	if (!a->count[WAIVED]) {
		fputs("<p>No failure is waived.</p>\n", out);
		return;
	}
	fputs("<table><tr><th>Rule</th><th>Until</th><th>Owner</th><th>Reason</th>"
	      "<th>Place</th></tr>\n",
	      out);
	for (size_t i = 0; i < a->n; i++) {
		const struct waiver *w = a->verdict[i].waiver;

		if (!w)
			continue;
		html_put(out, "<tr><td><a href=\"#r-", w->rule, "\">");
		html_put(out, "<code>", w->rule, "</code></a></td>");
		html_put(out, "<td>", w->until, "</td>");
		html_put(out, "<td>", w->owner, "</td>");
		html_put(out, "<td>", w->reason, "</td>");
		html_own(out, "<td><code>", mem_printf("%s:%d", w->file, w->line),
			 "</code></td></tr>\n");
	}
	fputs("</table>\n", out);
}

/* A row of each policy, and the names of the policies for the filter, if OPTIONS. */
static void put_policies(FILE *out, const struct audit *a, bool options)
{
	for (size_t i = 0; i < a->n;) {
		const char *policy = a->verdict[i].rule->policy;
		size_t count[OUTCOMES] = { 0 };

		for (; i < a->n && !strcmp(a->verdict[i].rule->policy, policy); i++)
			count[a->verdict[i].outcome]++;
		html_put(out, options ? "<option>" : "<tr><td>", policy,
			 options ? "</option>" : "</td>");
		for (int o = 0; o < OUTCOMES && !options; o++)
			fprintf(out, "<td class=\"n\">%zu</td>", count[order[o]]);
		fputs(options ? "" : "</tr>\n", out);
	}
}

static void put_counts(FILE *out, const struct audit *a)
{
	fputs("<nav>\n", out);
	for (int o = 0; o < OUTCOMES; o++)
		if (a->count[order[o]])
			fprintf(out, "<a class=\"%s\" href=\"#%s\"><b>%zu</b>%s</a>\n",
				outcome_names[order[o]], outcome_names[order[o]],
				a->count[order[o]], titles[order[o]]);
	fputs("<a href=\"#options\">Options and who set them</a></nav>\n", out);
}

static void put_table(FILE *out, const struct audit *a)
{
	fputs("<h2>Policies</h2>\n<table><tr><th>Policy</th>", out);
	for (int o = 0; o < OUTCOMES; o++)
		fprintf(out, "<th class=\"n\">%s</th>", titles[order[o]]);
	fputs("</tr>\n", out);
	put_policies(out, a, false);
	fputs("</table>\n", out);
}

/* Hidden without a script. */
static void put_filter(FILE *out, const struct audit *a)
{
	fputs("<form id=\"filter\" hidden>"
	      "<input type=\"search\" name=\"q\" placeholder=\"Search rules and options\" "
	      "aria-label=\"Search\">\n<select name=\"v\" aria-label=\"Verdict\">"
	      "<option value=\"\">every verdict</option>",
	      out);
	for (int o = 0; o < OUTCOMES; o++)
		fprintf(out, "<option>%s</option>", outcome_names[order[o]]);
	fputs("</select>\n<select name=\"l\" aria-label=\"Level\">"
	      "<option value=\"\">every level</option>",
	      out);
	for (int l = 0; l < LEVELS; l++)
		fprintf(out, "<option>%s</option>", level_names[l]);
	fputs("</select>\n<select name=\"p\" aria-label=\"Policy\">"
	      "<option value=\"\">every policy</option>",
	      out);
	put_policies(out, a, true);
	fputs("</select>\n<select name=\"o\" aria-label=\"Origin of options\">"
	      "<option value=\"\">every origin</option>",
	      out);
	for (int o = 0; o < ORIGIN_COUNT && a->page->resolved.n; o++)
		fprintf(out, "<option>%s</option>", origin_names[o]);
	fputs("</select>\n<output name=\"n\"></output></form>\n", out);
}

/* ---- rules ------------------------------------------------------------------------- */

static const char *shown(const char *value)
{
	return *value ? value : "\"\"";
}

static void put_reasons(FILE *out, const struct verdict *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct reason *r = &v->reason[i];

		html_put(out, "<dt>Found</dt><dd><code>", r->test, "</code> is ");
		html_put(out, "<code>", shown(r->value), "</code></dd>\n");
		if (strncmp(r->test, "CONFIG_", 7) || !r->facts)
			continue;
		html_own(out, "<dt>Set by</dt><dd>", attain_who(r->facts), "</dd>\n");
		html_own(out, "<dt>Another value</dt><dd>", attain_how(r->facts), "</dd>\n");
	}
}

static void put_options(FILE *out, const struct rule *r)
{
	struct html_names names = { 0 };

	html_names(&names, r->check);
	for (size_t i = 0; i < names.n; i++) {
		html_put(out, i ? ", <a href=\"#o-" : "<dt>Options</dt><dd><a href=\"#o-",
			 names.name[i], "\">");
		html_put(out, "<code>", names.name[i], "</code></a>");
	}
	if (names.n)
		fputs("</dd>\n", out);
	free(names.name);
}

static void put_rule(FILE *out, const struct verdict *v)
{
	const struct rule *r = v->rule;
	const char *outcome = outcome_names[v->outcome], *level = level_names[r->level];
	int line;
	const char *file = verdict_place(v, &line);

	fprintf(out, "<details class=\"%s\" data-v=\"%s\" data-l=\"%s\" data-p=\"", outcome, outcome,
		level);
	html_text(out, r->policy);
	html_put(out, "\" id=\"r-", r->id, "\"><summary>");
	fprintf(out, "<span class=\"m\" title=\"%s\">%s</span><span class=\"l\">%s</span>", outcome,
		marks[v->outcome], level);
	html_put(out, "<code>", r->id, "</code>");
	html_put(out, "<span class=\"t\">", v->n ? v->reason[0].test : r->check_text, "");
	if (v->n)
		html_put(out, ": is ", shown(v->reason[0].value), "");
	fputs("</span></summary><dl>\n", out);
	html_put(out, "<dt>Why</dt><dd>", r->why, "</dd>\n");
	put_row(out, "Check", r->check_text, "");
	if (r->when_text)
		put_row(out, "Only when", r->when_text, "");
	put_reasons(out, v);
	if (v->text)
		put_row(out, "Because", NULL, v->text);
	if (v->waiver)
		html_own(out, "<dt>Waived</dt><dd>",
			 mem_printf("until %s by %s: %s", v->waiver->until, v->waiver->owner,
				    v->waiver->reason),
			 "</dd>\n");
	if (r->cost)
		put_row(out, "Cost", NULL, r->cost);
	put_row(out, "Reference", NULL, r->ref);
	html_own(out, "<dt>Place</dt><dd><code>", mem_printf("%s:%d", file, line), "</code></dd>\n");
	put_options(out, r);
	fputs("</dl></details>\n", out);
}

static void put_outcome(FILE *out, const struct audit *a, enum outcome outcome)
{
	if (!a->count[outcome])
		return;
	fprintf(out, "<section class=\"g\"><h2 id=\"%s\">%s (%zu)</h2>\n", outcome_names[outcome],
		titles[outcome], a->count[outcome]);
	for (int level = 0; level < LEVELS; level++)
		for (size_t i = 0; i < a->n; i++)
			if (a->verdict[i].outcome == outcome &&
			    a->verdict[i].rule->level == (enum level)level)
				put_rule(out, &a->verdict[i]);
	fputs("</section>\n", out);
}

void print_html(FILE *out, const struct audit *a)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n", out);
	html_policy(out);
	fputs("<meta name=\"viewport\" content=\"width=device-width\">\n", out);
	html_put(out, "<title>Audit of ", a->title, "</title>\n");
	fprintf(out, "<style>\n%s</style></head><body>\n", html_style);
	html_put(out, "<h1>Audit of ", a->title, "</h1>\n");
	put_verdict(out, a);
	put_facts(out, a);
	put_counts(out, a);
	put_waivers(out, a);
	put_table(out, a);
	put_filter(out, a);
	for (int o = 0; o < OUTCOMES; o++)
		put_outcome(out, a, order[o]);
	html_options(out, a);
	fprintf(out, "<script>%s</script>\n</body></html>\n", html_script);
}
