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

	fprintf(out, "asked for%s%s at %s:%ld%s%s\n", strcmp(value, wanted) ? " as " : "",
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
	fprintf(out, "%*sthe toolchain says no, at %s: %.*s\n", indent, "", text(refusal, "at"),
		(int)len, command);
}

static void print_missing(const json_t *list, int indent, FILE *out)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(list, i, facts) {
		const char *code = text(facts, "code");
		const char *at = json_string_value(
			json_array_get(json_object_get(facts, "defined"), 0));

		fprintf(out, "%*s%s: %s%s%s\n", indent, "", text(facts, "symbol"),
			!code			       ? "cannot be asked for as things are" :
			!strcmp(code, "not-asked")     ? "nobody asks for it" :
			!strcmp(code, "no-prompt")     ? "follows from other options only" :
							 "no such option for this architecture",
			at ? ", at " : "", at ? at : "");
		print_refusal(json_object_get(facts, "refusal"), indent + 2, out);
		print_missing(json_object_get(facts, "missing"), indent + 2, out);
	}
}

static void print_fix(const json_t *facts, FILE *out)
{
	const json_t *fix = json_object_get(facts, "fix"), *step;
	long lost = number(fix, "lost"), changes = number(fix, "changes");
	size_t i;

	if (!fix)
		return;
	if (!json_is_true(json_object_get(fix, "works"))) {
		fputs("    nothing was found that could be asked for to have it\n", out);
		return;
	}
	fputs("    to have it, ask for:", out);
	json_array_foreach(json_object_get(fix, "set"), i, step)
		fprintf(out, " %s", json_string_value(step));
	fprintf(out, "\n        (tried: %ld other option%s change%s, ", changes,
		changes == 1 ? "" : "s", changes == 1 ? "s" : "");
	if (!lost)
		fputs("no request is lost)\n", out);
	else
		fprintf(out, "%ld request%s lost:", lost, lost == 1 ? " is" : "s are");
	json_array_foreach(json_object_get(fix, "first_lost"), i, step)
		fprintf(out, " %s", json_string_value(step));
	if (lost)
		fputs(lost > (long)i ? " ...)\n" : ")\n", out);
}

void explain_print(const json_t *facts, FILE *out)
{
	const json_t *list = json_object_get(facts, "defined"), *nearest, *item;
	size_t i;

	/* A probe that said no has left a bare n in the expression. */
	if (text(facts, "unmet") && *text(facts, "unmet") && strcmp(text(facts, "unmet"), "n"))
		fprintf(out, "    unmet: %s\n", text(facts, "unmet"));
	print_missing(json_object_get(facts, "missing"), 8, out);
	print_refusal(json_object_get(facts, "refusal"), 4, out);
	print_causes(json_object_get(facts, "because"), 4, out);
	if (text(facts, "winner"))
		fprintf(out, "    the choice went to: %s\n", text(facts, "winner"));
	if (text(facts, "allowed"))
		fprintf(out, "    allowed: %s\n", text(facts, "allowed"));
	json_array_foreach(list, i, item)
		fprintf(out, "    defined at: %s\n", json_string_value(item));
	if (text(facts, "elsewhere"))
		fprintf(out, "    defined at: %s, which this architecture does not read\n",
			text(facts, "elsewhere"));
	nearest = json_object_get(facts, "nearest");
	if (nearest)
		fprintf(out, "    nearest name: %s, at %s\n", text(nearest, "symbol"),
			json_string_value(json_array_get(json_object_get(nearest, "defined"), 0)));
	if (!list)
		fputs("    remedy: rename it, or limit the paragraph with "
		      "'#: until', '#: since' or '#: arch'\n",
		      out);
	if (text(facts, "instead"))
		fprintf(out, "    remedy: ask for CONFIG_%s=%s, it can be no module here\n",
			text(facts, "symbol"), text(facts, "instead"));
	print_fix(facts, out);
}
