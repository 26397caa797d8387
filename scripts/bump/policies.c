// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts of the policies' rules in both releases, as `kaudit check --format json` prints them. */
#include <stdlib.h>
#include <string.h>

#include "bump.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The verdicts of AUDIT by the id of the rule. */
static json_t *by_rule(const json_t *audit)
{
	json_t *all = json_object(), *verdict;
	size_t i;

	json_array_foreach(json_object_get(audit, "verdicts"), i, verdict)
		json_object_set(all, text_of(verdict, "rule"), verdict);
	return all;
}

/* Passing, and not applying, are the same to a reader. */
static bool is_bad(const char *verdict)
{
	return !strcmp(verdict, "fail") || !strcmp(verdict, "waived") ||
	       !strcmp(verdict, "unknown");
}

/* "TEST is VALUE" of the first reason for VERDICT, or "". To be freed. */
static char *reason_of(const json_t *verdict)
{
	const json_t *reason = json_array_get(json_object_get(verdict, "reasons"), 0);

	if (!reason)
		return mem_strdup("");
	return mem_printf("%s: it is %s", text_of(reason, "test"), text_of(reason, "value"));
}

/* The verdict of a rule on BOARD was WAS, and is IS; either may be NULL. */
static void add_change(json_t *changes, const char *board, const json_t *was, const json_t *is)
{
	const json_t *rule = is ? is : was;
	char *reason = reason_of(is), *key;
	json_t *change = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "rule", text_of(rule, "rule"),
				   "level", text_of(rule, "level"), "why", text_of(rule, "why"),
				   "from", was ? text_of(was, "verdict") : "no such rule", "to",
				   is ? text_of(is, "verdict") : "no such rule", "reason", reason),
	       *known;

	key = json_dumps(change, JSON_COMPACT | JSON_SORT_KEYS);
	mem_check(key);
	known = json_object_get(changes, key);
	if (!known) {
		json_object_set_new(change, "boards", json_array());
		json_object_set(changes, key, change);
		known = change;
	}
	json_array_append_new(json_object_get(known, "boards"), json_string(board));
	json_decref(change);
	free(reason);
	free(key);
}

bool policies_compare(json_t *changes, const char *board, const json_t *before, const json_t *after)
{
	json_t *was, *is, *verdict;
	const char *rule;

	if (!json_is_array(json_object_get(before, "verdicts")) ||
	    !json_is_array(json_object_get(after, "verdicts")))
		return false;
	was = by_rule(before);
	is = by_rule(after);
	json_object_foreach(is, rule, verdict) {
		const json_t *old = json_object_get(was, rule);
		const char *from = text_of(old, "verdict"), *to = text_of(verdict, "verdict");

		if (strcmp(from, to) != 0 && (is_bad(from) || is_bad(to)))
			add_change(changes, board, old, verdict);
	}
	json_decref(was);
	json_decref(is);
	return true;
}

size_t policies_failing(const struct facts *f, bool required)
{
	const json_t *change;
	const char *key;
	size_t n = 0;

	json_object_foreach(f->policies, key, change)
		n += !strcmp(text_of(change, "to"), "fail") &&
		     required == !strcmp(text_of(change, "level"), "required");
	return n;
}

void put_policies(const struct facts *f, FILE *out)
{
	json_t *change;
	const char *key;

	if (!f->audited)
		return;
	fprintf(out, "\n## Policies\n\nBoards checked: %zu. Verdicts of rules that differ: %zu.\n",
		f->audited, json_object_size(f->policies));
	json_object_foreach(f->policies, key, change) {
		const char *reason = text_of(change, "reason");

		fprintf(out, "\n- `%s` (%s): %s was %s", text_of(change, "rule"),
			text_of(change, "level"), text_of(change, "to"), text_of(change, "from"));
		if (*reason) {
			fputs("; ", out);
			put_html(reason, out);
		}
		fputs(". ", out);
		put_html(text_of(change, "why"), out);
		put_boards(json_object_get(change, "boards"), f->audited, out);
	}
	if (json_object_size(f->policies))
		fputc('\n', out);
}
