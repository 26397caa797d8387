// SPDX-License-Identifier: GPL-2.0-only
/* kconf table: each option of a board as its tree defines it, and its value, for kconf compare. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "compare.h"
#include "file.h"
#include "origin.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf table --board NAME [options] LAYER:FRAGMENT...",
	.about =
		"Resolves the fragments, and writes each option that the tree defines for the board's\n"
		"architecture as JSON: type, prompt, help, defaults, dependencies, choice, value and the\n"
		"source of the value. 'kconf compare' reads two such tables.\n",
	.status = "0, or 2 could not run",
	.most = ANY,
};

static void add_part(void *buffer, struct symbol *sym, const char *text)
{
	(void)sym;
	buffer_puts(buffer, text);
}

/* The text of E; releases up to 6.10 put a choice, which has no name, before its members' terms. */
static json_t *expression(struct expr *e)
{
	static const char choice[] = "<choice>", both[] = " && ";
	struct buffer b = { 0 };
	json_t *text;
	char *at;

	expr_print(e, add_part, &b, E_NONE);
	while (b.text && (at = strstr(b.text, choice))) {
		char *end = at + strlen(choice);

		if (!strncmp(end, both, strlen(both)))
			end += strlen(both);
		else if (at - b.text >= (long)strlen(both) &&
			 !strncmp(at - strlen(both), both, strlen(both)))
			at -= strlen(both);
		memmove(at, end, strlen(end) + 1);
	}
	text = json_string(b.text && *b.text ? b.text : "y");
	buffer_free(&b);
	return text;
}

/* [VALUE, CONDITION] of each default, in order. */
static json_t *defaults_of(struct symbol *sym)
{
	json_t *all = json_array();
	struct property *prop;

	for_all_defaults(sym, prop) json_array_append_new(
		all,
		json_pack("[o,o]", expression(prop->expr),
			  prop->visible.expr ? expression(prop->visible.expr) : json_string("y")));
	return all;
}

/* The prompt of the choice that SYM is an option of, or NULL. */
static const char *choice_of(struct symbol *sym)
{
	struct property *prop;
	struct menu *m;

	if (!kc_in_choice(sym))
		return NULL;
	for_all_prompts(sym, prop)
		for (m = prop->menu->parent; m; m = m->parent)
			if (m->prompt && (!m->sym || !m->sym->name))
				return m->prompt->text;
	return "";
}

static void add_prompt(json_t *option, struct symbol *sym)
{
	const char *help = NULL, *text = NULL;
	struct property *prop;

	for_all_prompts(sym, prop) {
		text = text ?: prop->text;
		help = help ?: prop->menu->help;
	}
	if (text)
		json_object_set_new(option, "prompt", json_string(text));
	if (help)
		json_object_set_new(option, "help", json_string(help));
}

static void add_value(json_t *option, const struct fragments *f, struct symbol *sym)
{
	const char *who;
	enum origin origin;

	if (!(sym->flags & SYMBOL_WRITE) || (kc_is_tristate(sym) && sym->curr.tri == no))
		return;
	origin = origin_of(f, sym, &who);
	json_object_set_new(option, "value", json_string(kc_value(sym)));
	json_object_set_new(option, "origin", json_string(origin_names[origin]));
	if (who)
		json_object_set_new(option, "who", json_string(who));
}

static json_t *option_of(const struct fragments *f, struct symbol *sym)
{
	json_t *option = json_pack("{s:s, s:o}", "type", sym_type_name(sym->type), "defaults",
				   defaults_of(sym));
	const char *choice = choice_of(sym);
	struct kc_place place;

	if (sym->dir_dep.expr)
		json_object_set_new(option, "depends", expression(sym->dir_dep.expr));
	if (choice)
		json_object_set_new(option, "choice", json_string(choice));
	if (kc_places(sym, &place, 1))
		json_object_set_new(option, "file", json_string(place.file));
	if (sym->visible != no)
		json_object_set_new(option, "offered", json_true());
	add_prompt(option, sym);
	add_value(option, f, sym);
	return option;
}

static json_t *table_of(const struct session *s, const char *board)
{
	json_t *options = json_object();
	struct symbol *sym;

	kc_for_all_symbols(sym)
		if (kc_defined(sym) && !kc_transitional(sym))
			json_object_set_new(options, sym->name, option_of(&s->f, sym));
	return json_pack("{s:i, s:s, s:s, s:o}", "table", TABLE_VERSION, "board", board, "release",
			 s->tree.release, "options", options);
}

static int write_table(const struct session *s, const char *board, const char *path)
{
	struct output o;
	json_t *table;
	bool good;

	if (!output_open(&o, path))
		return CANNOT_RUN;
	table = table_of(s, board);
	good = table && !json_dumpf(table, o.file, JSON_COMPACT);
	json_decref(table);
	return output_close(&o, good) ? DONE : CANNOT_RUN;
}

int cmd_table(int argc, char **argv)
{
	const char *board = NULL, *out = NULL;
	struct session s = { 0 };
	const struct opt opts[] = {
		OPT_NEED("board", "NAME", &board, "the name of the board in the reports"),
		OPT_TEXT("out", "FILE", &out, "the table; default: standard output"),
		SESSION_OPTIONS(&s),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	status = session_open(&s, argc, argv) ? write_table(&s, board, out) : CANNOT_RUN;
	session_close(&s);
	return status;
}
