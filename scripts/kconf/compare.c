// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "compare.h"
#include "file.h"
#include "mem.h"
#include "msg.h"

enum { TABLE_MOST = 256 << 20, RENAMES_CHAIN = 4 };

/* ---- a table -------------------------------------------------------------------- */

static bool is_text(const json_t *option, const char *key, bool needed)
{
	const json_t *value = json_object_get(option, key);

	return value ? json_is_string(value) : !needed;
}

static bool is_option(const json_t *option)
{
	static const char *const texts[] = { "depends", "prompt", "help",   "choice",
					     "file",	"value",  "origin", "who" };
	const json_t *defaults = json_object_get(option, "defaults"), *one;
	size_t i;

	if (!json_is_object(option) || !is_text(option, "type", true) || !json_is_array(defaults))
		return false;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!is_text(option, texts[i], false))
			return false;
	json_array_foreach(defaults, i, one)
		if (json_array_size(one) != 2 || !json_is_string(json_array_get(one, 0)) ||
		    !json_is_string(json_array_get(one, 1)))
			return false;
	return true;
}

/* The name of the wrong part of TABLE, or NULL. */
static const char *fault_of(json_t *table)
{
	json_t *options = json_object_get(table, "options"), *option;
	const char *name;

	if (json_integer_value(json_object_get(table, "table")) != TABLE_VERSION)
		return "table";
	if (!is_text(table, "board", true))
		return "board";
	if (!is_text(table, "release", true))
		return "release";
	if (!json_is_object(options))
		return "options";
	json_object_foreach(options, name, option)
		if (!is_option(option))
			return name;
	return NULL;
}

json_t *table_parse(const char *text, size_t size, const char *path)
{
	json_error_t error;
	json_t *table = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	const char *fault = table ? fault_of(table) : NULL;

	if (!table)
		complain(path, error.line, "not JSON [bad-table]: %s; run kconf table", error.text);
	if (fault)
		complain(path, 0, "'%s' is not as in a table [bad-table]; run kconf table", fault);
	if (!fault)
		return table;
	json_decref(table);
	return NULL;
}

json_t *table_read(const char *path)
{
	struct buffer b = { 0 };
	const char *wrong = file_read(path, TABLE_MOST, &b);
	json_t *table = NULL;

	if (wrong)
		complain(path, 0, "cannot be read [unreadable]: %s; run kconf table", wrong);
	else
		table = table_parse(b.text, b.size, path);
	buffer_free(&b);
	return table;
}

/* ---- differences ---------------------------------------------------------------- */

struct pair {
	json_t *changes, *board;
	json_t *from, *to; /* options by name */
	const struct renames *renames;
};

static const char *text_of(const json_t *option, const char *key)
{
	return json_string_value(json_object_get(option, key)) ?: "";
}

static bool is_on(const json_t *option)
{
	return *text_of(option, "value");
}

/* Texts and numbers have a value, and are neither enabled nor disabled. */
static bool is_switch(const json_t *option)
{
	return !strcmp(text_of(option, "type"), "bool") ||
	       !strcmp(text_of(option, "type"), "tristate");
}

static const char *reach_of(const json_t *a, const json_t *b)
{
	if (is_on(a) || is_on(b))
		return "on";
	return json_object_get(a, "offered") || json_object_get(b, "offered") ? "offered" :
										"hidden";
}

/* Add CHANGE, which is taken, or only the board if another board has it. */
static void add(const struct pair *p, const char *reach, json_t *change)
{
	char *key = json_dumps(change, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *known = key ? json_object_get(p->changes, key) : NULL;

	mem_check(key);
	if (!known) {
		json_object_set_new(change, "boards", json_array());
		json_object_set_new(p->changes, key, json_incref(change));
		known = change;
	}
	json_array_append(json_object_get(known, "boards"), p->board);
	/* The nearest of all boards: the names are sorted the other way. */
	if (strcmp(reach, text_of(known, "reach")) > 0)
		json_object_set_new(known, "reach", json_string(reach));
	json_decref(change);
	free(key);
}

/* The name in the new tree of the option OLD, by the record, or NULL; *EVIDENCE is that of the last
 * step. */
static const char *renamed(const struct pair *p, const char *old, const char **evidence)
{
	const char *name = old;

	for (int n = 0; p->renames && n < RENAMES_CHAIN; n++) {
		const struct rename_record *r = NULL;

		for (size_t i = 0; i < p->renames->n_rename && !r; i++)
			if (!strcmp(p->renames->rename[i].old, name))
				r = &p->renames->rename[i];
		if (!r)
			return NULL;
		name = r->new;
		*evidence = r->evidence;
		if (json_object_get(p->to, name))
			return name;
	}
	return NULL;
}

/* The option that NAME of the new tree was in the old one, by the record, or NULL. */
static const json_t *predecessor(const struct pair *p, const char *name)
{
	const char *old = name;

	for (int n = 0; p->renames && n < RENAMES_CHAIN; n++) {
		const struct rename_record *r = NULL;

		for (size_t i = 0; i < p->renames->n_rename && !r; i++)
			if (!strcmp(p->renames->rename[i].new, old))
				r = &p->renames->rename[i];
		if (!r)
			return NULL;
		old = r->old;
		if (json_object_get(p->from, old))
			return json_object_get(p->to, old) ? NULL : json_object_get(p->from, old);
	}
	return NULL;
}

static void removed(const struct pair *p, const char *name, json_t *option)
{
	const char *evidence = NULL, *now = renamed(p, name, &evidence);

	if (!now) {
		add(p, reach_of(option, NULL),
		    json_pack("{s:s, s:s, s:O}", "kind", "removed", "name", name, "option",
			      option));
		return;
	}
	add(p, reach_of(option, json_object_get(p->to, now)),
	    json_pack("{s:s, s:s, s:s, s:s, s:s*}", "kind", "renamed", "name", name, "to", now,
		      "evidence", evidence, "merged",
		      json_object_get(p->from, now) ? "yes" : NULL));
}

static void redefined(const struct pair *p, const char *name, const char *key, const char *before,
		      const char *after, const char *reach)
{
	if (strcmp(before, after))
		add(p, reach,
		    json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", "redefined", "name", name, "key",
			      key, "from", before, "to", after));
}

/* All defaults of OPTION in one text, the conditions only if asked. */
static char *default_text(const json_t *option, bool conditions)
{
	const json_t *one;
	struct buffer b = { 0 };
	size_t i;

	buffer_puts(&b, "");
	json_array_foreach(json_object_get(option, "defaults"), i, one) {
		const char *condition = json_string_value(json_array_get(one, 1));

		buffer_puts(&b, i ? "; " : "");
		buffer_puts(&b, json_string_value(json_array_get(one, 0)));
		if (!conditions || !strcmp(condition, "y"))
			continue;
		buffer_puts(&b, " if ");
		buffer_puts(&b, condition);
	}
	if (!b.text)
		b.text = mem_strdup("");
	return b.text;
}

/* Kconfig adds the dependencies to the condition of each default: compare those only once. */
static void compare_defaults(const struct pair *p, const char *name, const json_t *a,
			     const json_t *b, const char *reach)
{
	bool same = !strcmp(text_of(a, "depends"), text_of(b, "depends"));
	char *before = default_text(a, same), *after = default_text(b, same);

	redefined(p, name, "default", before, after, reach);
	free(before);
	free(after);
}

static void compare_option(const struct pair *p, const char *name, const json_t *a, const json_t *b)
{
	const char *reach = reach_of(a, b);

	redefined(p, name, "type", text_of(a, "type"), text_of(b, "type"), reach);
	redefined(p, name, "prompt", text_of(a, "prompt"), text_of(b, "prompt"), reach);
	redefined(p, name, "depends", text_of(a, "depends"), text_of(b, "depends"), reach);
	compare_defaults(p, name, a, b, reach);
}

/* The enabled option of the choice that OPTION is in, or "". */
static const char *winner(json_t *options, const json_t *option)
{
	const char *choice = text_of(option, "choice"), *file = text_of(option, "file"), *name;
	json_t *other;

	json_object_foreach(options, name, other)
		if (is_on(other) && json_object_get(other, "choice") &&
		    !strcmp(text_of(other, "choice"), choice) &&
		    !strcmp(text_of(other, "file"), file))
			return name;
	return "";
}

static bool is_asked(const json_t *option)
{
	return !strcmp(text_of(option, "origin"), "asked");
}

/* NAME was B before (NULL: not defined), and is A now; both may be off. */
static void compare_value(const struct pair *p, const char *name, const json_t *b, json_t *a)
{
	if (is_on(a) && !is_on(b) && is_switch(a) && !is_asked(a) &&
	    strcmp(text_of(a, "origin"), "toolchain"))
		add(p, "on",
		    json_pack("{s:s, s:s, s:O}", "kind", "enabled", "name", name, "option", a));
	if (!is_on(b) || is_on(a) || !is_switch(b))
		return;
	if (a && json_object_get(a, "choice") && *winner(p->to, a))
		add(p, "on",
		    json_pack("{s:s, s:s, s:s, s:s}", "kind", "flipped", "name", name, "choice",
			      text_of(a, "choice"), "to", winner(p->to, a)));
	else if (strcmp(text_of(b, "origin"), "toolchain"))
		add(p, "on",
		    json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", "lost", "name", name, "value",
			      text_of(b, "value"), "origin", text_of(b, "origin"), "who",
			      text_of(b, "who")));
}

void compare_tables(json_t *changes, const json_t *from, const json_t *to,
		    const struct renames *renames)
{
	struct pair p = { changes, json_object_get(to, "board"), json_object_get(from, "options"),
			  json_object_get(to, "options"), renames };
	const json_t *other;
	const char *name;
	json_t *option;

	json_object_foreach(p.from, name, option) {
		other = json_object_get(p.to, name);
		if (!other)
			removed(&p, name, option);
		else
			compare_option(&p, name, option, other);
	}
	json_object_foreach(p.to, name, option) {
		other = json_object_get(p.from, name) ?: predecessor(&p, name);
		if (!other)
			add(&p, reach_of(option, NULL),
			    json_pack("{s:s, s:s, s:O}", "kind", "new", "name", name, "option",
				      option));
		compare_value(&p, name, other, option);
	}
}
