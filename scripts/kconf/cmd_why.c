// SPDX-License-Identifier: GPL-2.0-only
/* kconf why: the reason for an option's value, and how to change it. */
#include <stdlib.h>
#include <string.h>

#include "defaults.h"
#include "explain.h"
#include "modname.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf why [options] --symbol NAME[,NAME]... LAYER:FRAGMENT...",
	.about =
		"Prints for each option whether it is enabled, and why: the fragment that requests it, the\n"
		"options that select it, its default; or the dependencies that it lacks, and the lines that\n"
		"enable it. These lines were tried as they are printed.\n",
	.status = "0 the tree defines all, 1 it lacks some, 2 could not run",
	.most = ANY,
};

/* The modules whose name led to the option; a bool builds them into the kernel. */
static void print_modules(const json_t *list, const char *type)
{
	const char *suffix = type && !strcmp(type, "tristate") ? "ko" : "o";
	const json_t *m;
	size_t i;

	json_array_foreach(list, i, m)
		printf("    %s %s.%s, at %s:%d [module-name]\n",
		       json_is_true(json_object_get(m, "part")) ? "builds a part of" : "builds",
		       json_string_value(json_object_get(m, "module")), suffix,
		       json_string_value(json_object_get(m, "file")),
		       (int)json_integer_value(json_object_get(m, "line")));
}

static void print_one(const struct explanation *x)
{
	const json_t *facts = x->facts, *asked = json_object_get(facts, "asked");
	const char *type = json_string_value(json_object_get(facts, "type"));
	const char *prompt = json_string_value(json_object_get(facts, "prompt"));

	printf("CONFIG_%s is %s [%s]\n", json_string_value(json_object_get(facts, "symbol")),
	       json_string_value(json_object_get(facts, "value")), explain_code(x));
	if (type)
		printf("    %s%s%s%s\n", type, prompt ? " \"" : ", without a prompt",
		       prompt ? prompt : "", prompt ? "\"" : "");
	print_modules(json_object_get(facts, "modules"), type);
	if (asked)
		printf("    requested as %s at %s:%d: %s\n",
		       json_string_value(json_object_get(asked, "value")),
		       json_string_value(json_object_get(asked, "file")),
		       (int)json_integer_value(json_object_get(asked, "line")),
		       json_string_value(json_object_get(asked, "reason")) ?: "");
	explain_print(facts, stdout);
}

/* The explained options, in the order of the command line. */
struct list {
	struct explanation *x;
	size_t n, max;
};

static void add(struct list *l, const struct fragments *f, const char *name)
{
	grow(l->x, l->n, l->max);
	explain(&l->x[l->n++], f, name);
}

/* Explain the option of M once, and note which module led to it. FIRST is the first of its name. */
static void add_module(struct list *l, const struct fragments *f, const struct modname *m,
		       size_t first)
{
	size_t j = first;

	while (j < l->n &&
	       strcmp(json_string_value(json_object_get(l->x[j].facts, "symbol")), m->option) != 0)
		j++;
	if (j == l->n) {
		add(l, f, m->option);
		json_object_set_new(l->x[j].facts, "modules", json_array());
	}
	json_array_append_new(json_object_get(l->x[j].facts, "modules"),
			      json_pack("{s:s, s:s, s:i, s:b}", "module", m->module, "file", m->file,
					"line", m->line, "part", m->is_part));
}

static bool is_tristate(const char *name)
{
	const struct symbol *sym = sym_find(name);

	return kc_defined(sym) && sym->type == S_TRISTATE;
}

/* NAME in the capitals of an option; the caller frees it. */
static char *capitals(const char *name)
{
	char *upper = mem_strdup(name);

	for (char *c = upper; *c; c++) {
		if (*c == '-')
			*c = '_';
		else if (*c >= 'a' && *c <= 'z')
			*c = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[*c - 'a'];
	}
	return upper;
}

/* The option NAME; or those that build a module NAME; or the option NAME in capitals. */
static void look_up(struct list *l, struct session *s, const char *name)
{
	const char *plain = strncmp(name, "CONFIG_", 7) ? name : name + 7;
	size_t n = 0, modules = 0, first = l->n;
	struct modname *found = NULL;
	char *upper = capitals(plain);
	bool known = kc_defined(sym_find(plain)), in_capitals = kc_defined(sym_find(upper));

	if (!known)
		n = modname_find(s->tree.dir, s->tree.srcarch, plain, &found);
	for (size_t i = 0; i < n; i++)
		modules += is_tristate(found[i].option);
	if (n && (modules || !in_capitals))
		for (size_t i = 0; i < n; i++)
			add_module(l, &s->f, &found[i], first);
	else
		add(l, &s->f, known ? plain : upper);
	modname_free(found, n);
	free(upper);
}

/*
 * Options that upstream enables by default, and that become visible by the advice, must be
 * accounted for too: add their names to the advice.
 */
static void add_defaults(struct explanation *x, struct session *s, int n, char **args,
			 const struct rules *r)
{
	json_t *names = json_array(), *fix = json_object_get(x->facts, "fix");
	struct defaults d = { 0 };
	struct fragments f;
	struct paragraph *p;

	frag_init(&f, s->tree.arch, s->tree.release);
	f.archs = s->f.archs;
	if (frag_read_args(&f, n, args)) {
		p = frag_paragraph(&f, "advice");
		for (size_t i = 0; i < x->plan.n; i++)
			frag_set(&f, p, x->plan.step[i].sym->name,
				 x->plan.step[i].value == yes ? "y" : x->plan.step[i].value == mod ? "m" : "n", 0);
		if (tree_resolve(&f, NULL, 0) && defaults_list(&d, &f, r))
			for (size_t i = 0; i < d.n; i++)
				if (d.item[i].class && !d.item[i].refusal)
					json_array_append_new(names, json_string(d.item[i].sym->name));
	}
	json_object_set_new(fix, "unaccounted", names);
	defaults_free(&d);
	frag_free(&f);
}

static int run(struct session *s, const char *names, bool as_json, int n, char **args,
	       const struct rules *r)
{
	struct list l = { 0 };
	int status = DONE;
	json_t *all = json_array();
	char *copy = mem_strdup(names), *rest;

	for (char *name = strtok_r(copy, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest))
		look_up(&l, s, name);
	if (!explain_try(l.x, l.n, &s->f)) {
		complain(s->tree.dir, 0, "the tree could not be resolved again");
		status = CANNOT_RUN;
	}
	for (size_t i = 0; i < l.n && r->path; i++)
		if (l.x[i].planned)
			add_defaults(&l.x[i], s, n, args, r);
	for (size_t i = 0; i < l.n; i++) {
		if (!l.x[i].sym && status == DONE)
			status = FINDING;
		if (!as_json)
			print_one(&l.x[i]);
		json_array_append_new(all, l.x[i].facts);
	}
	if (as_json && (json_dumpf(all, stdout, JSON_INDENT(2)) || putchar('\n') == EOF))
		status = CANNOT_RUN;
	free(copy);
	json_decref(all);
	free(l.x);
	return status;
}

int cmd_why(int argc, char **argv)
{
	struct session s = { 0 };
	struct rules r = { 0 };
	const char *names = NULL;
	bool as_json = false;
	const struct opt opts[] = {
		SESSION_OPTIONS(&s),
		OPT_NEED("symbol", "NAMES", &names,
			 "the options, with or without CONFIG_; or modules: virtio-net,\n"
			 "xt_comment.ko"),
		OPT_FLAG("json", &as_json, "the same facts as JSON: an array of objects"),
		OPT_CALL("defaults", "FILE", rules_take, &r,
			 "the classes and refusals: configs/defaults; options of a class that advice\n"
			 "makes visible are listed with it"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	status = CANNOT_RUN;
	if (session_open(&s, argc, argv))
		status = run(&s, names, as_json, argc, argv, &r);
	rules_free(&r);
	session_close(&s);
	return status;
}
