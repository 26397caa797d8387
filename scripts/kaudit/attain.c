// SPDX-License-Identifier: GPL-2.0-only
/* What `kconf attain` printed; kconf(1) has the facts. */
#include <stdlib.h>
#include <string.h>

#include "kaudit.h"

enum { DEPTH_MAX = 8 };

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool read_waivers(struct attain *a, const char *path)
{
	const json_t *list = json_object_get(a->json, "waivers"), *one;
	size_t i;

	a->waiver = mem_zalloc(json_array_size(list) * sizeof(*a->waiver));
	json_array_foreach(list, i, one) {
		struct waiver *w = &a->waiver[a->n++];

		*w = (struct waiver){ .rule = member(one, "rule"),
				      .until = member(one, "until"),
				      .owner = member(one, "owner"),
				      .reason = member(one, "reason"),
				      .file = member(one, "file"),
				      .line = (int)json_integer_value(
					      json_object_get(one, "line")) };
		if (*w->rule && *w->reason)
			continue;
		complain(path, 0, "has a waiver without a rule or a reason [bad-json]");
		return false;
	}
	return true;
}

bool attain_read(struct attain *a, const char *path)
{
	json_error_t error;

	a->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(json_object_get(a->json, "wants")))
		return read_waivers(a, path);
	complain(path, a->json || error.line < 0 ? 0 : error.line,
		 "%s [bad-json]: expected the output of kconf attain",
		 a->json ? "has no member 'wants'" : error.text);
	return false;
}

void attain_free(struct attain *a)
{
	json_decref(a->json);
	free(a->waiver);
	*a = (struct attain){ 0 };
}

const json_t *attain_facts(const struct attain *a, const char *name, const char *value)
{
	char *key = mem_printf("%s=%s", name, value);
	const json_t *facts = json_object_get(json_object_get(a->json, "wants"), key);

	free(key);
	return facts;
}

/* The first refused probe among the facts of missing options. */
static const json_t *refusal(const json_t *facts, int depth)
{
	const json_t *found = json_object_get(facts, "refusal"), *one;
	size_t i;

	if (json_is_object(found) || depth == DEPTH_MAX)
		return json_is_object(found) ? found : NULL;
	json_array_foreach(json_object_get(facts, "missing"), i, one) {
		found = refusal(one, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

const char *attain_code(const json_t *facts)
{
	const json_t *fix = json_object_get(facts, "fix");
	const char *code = member(facts, "code");

	if (!facts)
		return "unknown";
	if (json_is_true(json_object_get(facts, "met")))
		return "met";
	if (json_is_true(json_object_get(fix, "works")))
		return json_integer_value(json_object_get(fix, "lost")) ? "loses-requests" :
									  "available";
	if (!strcmp(code, "other-arch-only"))
		return "arch";
	if (!strcmp(code, "unknown-symbol") || !strcmp(code, "transitional"))
		return "release";
	return refusal(facts, 0) ? "compiler" : "unavailable";
}

/* The causes of a value that no fragment requests. */
static char *cause(const json_t *facts)
{
	const json_t *first = json_array_get(json_object_get(facts, "because"), 0);
	const char *by = member(first, "by");

	if (!strcmp(by, "select") || !strcmp(by, "imply"))
		return mem_printf("%s %s it", member(first, "symbol"),
				  *by == 's' ? "selects" : "implies");
	if (!strcmp(by, "default"))
		return mem_printf("the default at %s", member(first, "at"));
	if (!strcmp(by, "choice"))
		return mem_strdup("the default of its choice");
	return mem_strdup("no fragment requests it");
}

char *attain_who(const json_t *facts)
{
	const json_t *asked = json_object_get(facts, "asked");

	if (!json_is_object(asked))
		return facts ? cause(facts) : mem_strdup("unknown");
	return mem_printf(
		"requested as %s at %s:%d: %s", member(asked, "value"), member(asked, "file"),
		(int)json_integer_value(json_object_get(asked, "line")), member(asked, "reason"));
}

static void add_list(struct buffer *b, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		buffer_puts(b, i ? ", " : "");
		buffer_puts(b, json_string_value(one) ? json_string_value(one) : "");
	}
}

/* The requests that would be replaced. */
static void add_replaced(struct buffer *b, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		char *text = mem_printf(", in place of %s at %s:%d", member(one, "value"),
					member(one, "file"),
					(int)json_integer_value(json_object_get(one, "at")));

		buffer_puts(b, text);
		free(text);
	}
}

static char *how_available(const json_t *fix)
{
	const json_int_t changes = json_integer_value(json_object_get(fix, "changes")),
			 lost = json_integer_value(json_object_get(fix, "lost"));
	struct buffer b = { 0 };
	char *text;

	buffer_puts(&b, "available: ");
	add_list(&b, json_object_get(fix, "set"));
	add_replaced(&b, json_object_get(fix, "override"));
	add_replaced(&b, json_object_get(fix, "change"));
	text = mem_printf("; tried: other options that change: %lld, requests lost: %lld",
			  (long long)changes, (long long)lost);
	buffer_puts(&b, text);
	free(text);
	if (json_array_size(json_object_get(fix, "first_lost"))) {
		buffer_puts(&b, " (");
		add_list(&b, json_object_get(fix, "first_lost"));
		buffer_puts(&b, ")");
	}
	return b.text;
}

char *attain_how(const json_t *facts)
{
	const char *code = attain_code(facts), *unmet = member(facts, "unmet");
	const char *removed = member(facts, "removed"), *newer = member(facts, "newer");
	const json_t *probe = refusal(facts, 0);

	if (!strcmp(code, "unknown"))
		return mem_strdup("unknown whether it is available: no kernel tree was read");
	if (!strcmp(code, "available") || !strcmp(code, "loses-requests"))
		return how_available(json_object_get(facts, "fix"));
	if (!strcmp(code, "met"))
		return mem_strdup(
			"the fragments give it this value; this configuration is another");
	if (!strcmp(code, "arch"))
		return mem_printf("not available: another architecture's, %s",
				  member(facts, "elsewhere"));
	if (!strcmp(code, "release"))
		return mem_printf("not available: this release does not have it%s%s%s%s",
				  *removed ? "; removed by " : "", removed,
				  *newer ? "; new in " : "", newer);
	if (probe)
		return mem_printf("not available: the compiler refused the probe at %s",
				  member(probe, "at"));
	return mem_printf("not available [%s]%s%s", member(facts, "code"), *unmet ? ": needs " : "",
			  unmet);
}
