// SPDX-License-Identifier: GPL-2.0-only
/* The facts of an explanation, as text. */
#include <string.h>

#include "explain.h"
#include "probe.h"

static const char *text(const json_t *facts, const char *key)
{
	return json_string_value(json_object_get(facts, key));
}

static long number(const json_t *facts, const char *key)
{
	return (long)json_integer_value(json_object_get(facts, key));
}

static void print_asked(const json_t *asked, const char *value, FILE *out)
{
	const char *reason = text(asked, "reason"), *wanted = text(asked, "value");

	fprintf(out, "requested%s%s at %s:%ld%s%s\n", strcmp(value, wanted) ? " as " : "",
		strcmp(value, wanted) ? wanted : "", text(asked, "file"), number(asked, "line"),
		reason ? ": " : "", reason ? reason : "");
}

static void print_causes(const json_t *list, int indent, FILE *out)
{
	const json_t *cause;
	size_t i;

	json_array_foreach(list, i, cause) {
		const char *by = text(cause, "by"), *symbol = text(cause, "symbol");
		const char *condition = text(cause, "if");
		const json_t *asked = json_object_get(cause, "asked");

		fprintf(out, "%*s", indent, "");
		if (!strcmp(by, "more")) {
			fprintf(out, "and %ld more\n", number(cause, "count"));
			continue;
		}
		if (!strcmp(by, "choice"))
			fputs("the default of its choice\n", out);
		else if (!strcmp(by, "default"))
			fprintf(out, "by default %s%s%s, at %s\n", text(cause, "value"),
				condition ? " if " : "", condition ? condition : "",
				text(cause, "at"));
		else if (text(cause, "term"))
			fprintf(out, "%sed by %s\n", !strcmp(by, "imply") ? "impli" : by,
				text(cause, "term"));
		else if (strcmp(by, "condition"))
			fprintf(out, "%sed by %s\n", !strcmp(by, "imply") ? "impli" : by, symbol);
		else
			fprintf(out, "%s is %s\n", symbol, text(cause, "value"));
		if (asked) {
			fprintf(out, "%*s%s ", indent + 2, "", symbol);
			print_asked(asked, text(cause, "value"), out);
		}
		print_causes(json_object_get(cause, "because"), indent + 2, out);
	}
}

static void print_refusal(const json_t *refusal, int indent, FILE *out)
{
	const char *command;
	size_t len;

	if (!refusal)
		return;
	command = probe_brief(text(refusal, "command"), &len);
	fprintf(out, "%*sthe toolchain fails this probe, at %s: %.*s\n", indent, "", text(refusal, "at"),
		(int)len, command);
}

/* File and line of the request in FACTS, and its reason. */
static void print_request(const json_t *facts, FILE *out)
{
	const json_t *asked = json_object_get(facts, "asked");

	if (!asked)
		return;
	fprintf(out, " at %s:%ld", text(asked, "file"), number(asked, "line"));
	if (text(asked, "reason"))
		fprintf(out, ": %s", text(asked, "reason"));
}

static void print_dependency(const json_t *facts, FILE *out)
{
	const char *code = text(facts, "code") ?: "";
	const json_t *asked = json_object_get(facts, "asked");

	if (!strcmp(code, "not-asked"))
		fputs("no fragment requests it", out);
	else if (!strcmp(code, "held-off"))
		fputs("a request disables it", out);
	else if (!strcmp(code, "requested-m"))
		fputs("requested as m", out);
	else if (!strcmp(code, "requested-but-lost"))
		fprintf(out, "requested as %s, but lost,", text(asked, "value"));
	else if (!strcmp(code, "must-be-off"))
		fprintf(out, "must be disabled%s", asked ? ", but is requested" : "");
	else if (!strcmp(code, "limited-to-m"))
		fputs("can only be a module here", out);
	else if (!strcmp(code, "choice-other-member"))
		fprintf(out, "its choice enables %s%s", text(facts, "winner"),
			asked ? ", requested" : "");
	else if (!strcmp(code, "no-prompt"))
		fputs("has no prompt: only other options set it", out);
	else if (!strcmp(code, "unknown-symbol"))
		fputs("this architecture has no such option", out);
	else
		fputs("cannot be requested in this configuration", out);
}

static void print_missing(const json_t *list, int indent, FILE *out)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(list, i, facts) {
		const char *code = text(facts, "code");
		const json_t *defined = json_object_get(facts, "defined");
		const char *at = json_string_value(json_array_get(defined, 0));

		fprintf(out, "%*s%s: ", indent, "", text(facts, "symbol"));
		print_dependency(facts, out);
		print_request(facts, out);
		if (at && !json_object_get(facts, "asked"))
			fprintf(out, ", at %s", at);
		fprintf(out, "%s%s%s\n", code ? " [" : "", code ? code : "", code ? "]" : "");
		print_refusal(json_object_get(facts, "refusal"), indent + 2, out);
		print_missing(json_object_get(facts, "missing"), indent + 2, out);
	}
}

/* ---- advice --------------------------------------------------------------------- */

/* Do LINES fit on one line? "is not set" does not. */
static bool fit_one_line(const json_t *lines)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
		if (*json_string_value(line) == '#')
			return false;
	return true;
}

static void print_paragraph(const json_t *lines, const char *directive, bool first, FILE *out)
{
	const json_t *line;
	size_t i;

	fprintf(out, "%s        # REASON\n", first ? "" : "\n");
	if (directive)
		fprintf(out, "        %s\n", directive);
	json_array_foreach(lines, i, line)
		fprintf(out, "        %s\n", json_string_value(line));
}

/* The lines of LIST whose directive is that of its item I. */
static json_t *lines_like(const json_t *list, size_t i)
{
	const char *directive = text(json_array_get(list, i), "directive");
	json_t *lines = json_array();
	const json_t *item;
	size_t j;

	json_array_foreach(list, j, item)
		if (!strcmp(text(item, "directive"), directive)) {
			if (j < i) /* printed with that one */
				break;
			json_array_append(lines, json_object_get(item, "line"));
		}
	return lines;
}

static void print_overrides(const json_t *list, bool first, FILE *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		json_t *lines = lines_like(list, i);

		if (json_array_size(lines))
			print_paragraph(lines, text(item, "directive"), first, out);
		first &= !json_array_size(lines);
		json_decref(lines);
	}
	json_array_foreach(list, i, item)
		fprintf(out, "      overrides %s:%ld, %s: %s\n", text(item, "file"),
			number(item, "at"), text(item, "value"), text(item, "reason") ?: "");
}

static void print_lines(const json_t *fix, FILE *out)
{
	const json_t *add = json_object_get(fix, "add"), *over = json_object_get(fix, "override");
	const json_t *change = json_object_get(fix, "change"), *line, *item;
	bool adds = json_array_size(add) || json_array_size(over);
	size_t i;

	if (adds && !json_array_size(over) && !json_array_size(change) && fit_one_line(add)) {
		fputs("    to enable it, request:", out);
		json_array_foreach(add, i, line)
			fprintf(out, " %s", json_string_value(line));
		/* The lost request is in its fragment already. */
		fprintf(out, "%s%s\n", text(fix, "own") ? " " : "", text(fix, "own") ?: "");
		return;
	}
	if (adds)
		fputs("    to enable it, add:\n", out);
	if (json_array_size(add))
		print_paragraph(add, NULL, true, out);
	print_overrides(over, !json_array_size(add), out);
	json_array_foreach(change, i, item)
		fprintf(out, "    %s %s:%ld to: %s\n", adds || i ? "and change" : "to enable it, change",
			text(item, "file"), number(item, "at"), text(item, "line"));
}

static void print_fix(const json_t *facts, FILE *out)
{
	const json_t *fix = json_object_get(facts, "fix"), *step;
	long lost = number(fix, "lost"), changes = number(fix, "changes");
	size_t i;

	if (!fix)
		return;
	if (!json_is_true(json_object_get(fix, "works"))) {
		fputs("    no request was found that enables it [no-advice]\n", out);
		return;
	}
	print_lines(fix, out);
	fprintf(out, "        (tried: %ld other option%s change%s, ", changes,
		changes == 1 ? "" : "s", changes == 1 ? "s" : "");
	if (!lost)
		fputs("no request is lost)\n", out);
	else
		fprintf(out, "%ld request%s lost:", lost, lost == 1 ? " is" : "s are");
	json_array_foreach(json_object_get(fix, "first_lost"), i, step)
		fprintf(out, " %s", json_string_value(step));
	if (lost)
		fputs(lost > (long)i ? " ...)\n" : ")\n", out);
	json_array_foreach(json_object_get(fix, "unaccounted"), i, step)
		fprintf(out, "%s %s", i ? "" : "        upstream then enables more by default; request or refuse them [unaccounted]:",
			json_string_value(step));
	if (i)
		fputc('\n', out);
}

/* The option's other name, and the evidence for it. */
static void print_nearest(const json_t *nearest, FILE *out)
{
	const char *evidence = text(nearest, "evidence"), *series = text(nearest, "series");

	fprintf(out, "    nearest name: %s, at %s", text(nearest, "symbol"),
		json_string_value(json_array_get(json_object_get(nearest, "defined"), 0)));
	if (evidence)
		fprintf(out, "; renamed%s%s, evidence: %s", series ? " by " : "", series ?: "", evidence);
	fputc('\n', out);
}

void explain_print(const json_t *facts, FILE *out)
{
	const json_t *list = json_object_get(facts, "defined"), *nearest, *item;
	size_t i;

	/* Kconfig has replaced a failed probe by a bare n in the expression. */
	if (text(facts, "unmet") && *text(facts, "unmet") && strcmp(text(facts, "unmet"), "n"))
		fprintf(out, "    unmet: %s\n", text(facts, "unmet"));
	print_missing(json_object_get(facts, "missing"), 8, out);
	print_refusal(json_object_get(facts, "refusal"), 4, out);
	print_causes(json_object_get(facts, "because"), 4, out);
	if (text(facts, "winner"))
		fprintf(out, "    enabled in its choice: %s\n", text(facts, "winner"));
	if (text(facts, "allowed"))
		fprintf(out, "    allowed: %s\n", text(facts, "allowed"));
	if (text(facts, "expected"))
		fprintf(out, "    expected: %s\n", text(facts, "expected"));
	json_array_foreach(list, i, item)
		fprintf(out, "    defined at: %s\n", json_string_value(item));
	if (text(facts, "elsewhere"))
		fprintf(out, "    defined at: %s, which this architecture does not read\n",
			text(facts, "elsewhere"));
	nearest = json_object_get(facts, "nearest");
	if (nearest)
		print_nearest(nearest, out);
	if (text(facts, "removed"))
		fprintf(out, "    removed from the kernel by %s\n", text(facts, "removed"));
	if (text(facts, "newer"))
		fprintf(out, "    not in the kernel before %s\n", text(facts, "newer"));
	if (!list)
		fprintf(out,
			"    remedy: %s the paragraph with '#: until', '#: since', '#: arch' or '#: not-arch'\n",
			nearest ? "rename it, or limit" : "remove it, or limit");
	print_fix(facts, out);
}
