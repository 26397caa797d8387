// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "mem.h"

static const struct kind {
	const char *name, *title;
} kinds[] = {
	{ "renamed", "renamed" },
	{ "removed", "removed" },
	{ "new", "new" },
	{ "redefined", "redefined" },
	{ "flipped", "choices with another default" },
	{ "enabled", "enabled, and no fragment requests it" },
	{ "lost", "disabled, and enabled before" },
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

/* "n", "not set" or "VALUE (ORIGIN WHO)" */
static void print_value(const json_t *option, FILE *out)
{
	const char *who = text_of(option, "who"), *type = text_of(option, "type");
	bool is_text = strcmp(type, "bool") != 0 && strcmp(type, "tristate") != 0;

	if (!*text_of(option, "value"))
		fputs(is_text ? "not set" : "n", out);
	else
		fprintf(out, "%s (%s%s%s)", text_of(option, "value"), text_of(option, "origin"),
			*who ? " " : "", who);
}

static void print_option(const json_t *c, FILE *out)
{
	const json_t *option = json_object_get(c, "option"), *one;
	size_t i;

	fprintf(out, "  %s=", text_of(c, "name"));
	print_value(option, out);
	fprintf(out, "  %s", text_of(option, "file"));
	if (json_object_get(option, "prompt"))
		fprintf(out, "  \"%s\"", text_of(option, "prompt"));
	json_array_foreach(json_object_get(option, "defaults"), i, one)
		fprintf(out, "%s%s", i ? "; " : "  default ",
			json_string_value(json_array_get(one, 0)));
}

static void print_change(const json_t *c, FILE *out)
{
	const char *kind = text_of(c, "kind"), *name = text_of(c, "name");

	if (!strcmp(kind, "renamed"))
		fprintf(out, "  %s -> %s, %sevidence: %s", name, text_of(c, "to"),
			*text_of(c, "merged") ? "which existed before; " : "",
			text_of(c, "evidence"));
	else if (!strcmp(kind, "redefined"))
		fprintf(out, "  %s %s: '%s' -> '%s'", name, text_of(c, "key"), text_of(c, "from"),
			text_of(c, "to"));
	else if (!strcmp(kind, "flipped"))
		fprintf(out, "  \"%s\": %s -> %s", text_of(c, "choice"), name, text_of(c, "to"));
	else if (!strcmp(kind, "lost"))
		fprintf(out, "  %s=%s  was %s %s", name, text_of(c, "value"), text_of(c, "origin"),
			text_of(c, "who"));
	else
		print_option(c, out);
}

/* The boards, unless all have it. */
static void print_boards(const json_t *c, size_t all, FILE *out)
{
	const json_t *list = json_object_get(c, "boards"), *board;
	size_t i;

	if (json_array_size(list) < all)
		json_array_foreach(list, i, board)
			fprintf(out, "%s%s", i ? ", " : "  [", json_string_value(board));
	fputs(json_array_size(list) < all ? "]\n" : "\n", out);
}

static int by_name(const void *a, const void *b)
{
	const json_t *const *ca = a, *const *cb = b;

	return strcmp(text_of(*ca, "name"), text_of(*cb, "name")) ?:
		       strcmp(text_of(*ca, "key"), text_of(*cb, "key"));
}

/* The changes of a kind, sorted; those that no board reaches are only counted, unless ALL. */
static void print_kind(json_t *changes, const struct kind *kind, size_t boards, bool all, FILE *out)
{
	const json_t **list = NULL;
	size_t n = 0, room = 0, hidden = 0;
	const char *key;
	json_t *c;

	json_object_foreach(changes, key, c) {
		if (strcmp(text_of(c, "kind"), kind->name))
			continue;
		if (!all && !strcmp(text_of(c, "reach"), "hidden")) {
			hidden++;
			continue;
		}
		grow(list, n, room);
		list[n++] = c;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_name);
	if (n || hidden)
		fprintf(out, "%s: %zu%s", kind->title, n, hidden ? "" : "\n");
	if (hidden)
		fprintf(out, ", and %zu that no board is offered\n", hidden);
	for (size_t i = 0; i < n; i++) {
		print_change(list[i], out);
		print_boards(list[i], boards, out);
	}
	free(list);
}

void compare_print(json_t *changes, size_t boards, bool all, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		print_kind(changes, &kinds[i], boards, all, out);
}
