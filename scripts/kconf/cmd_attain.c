// SPDX-License-Identifier: GPL-2.0-only
/* kconf attain: whether options can have the values that an audit wants, and the effect. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf attain --wants FILE [options] LAYER:FRAGMENT...",
	.about =
		"Prints, as JSON, for each NAME=VALUE of FILE whether the option can have the value:\n"
		"the requests that give it, tried over the fragments, with the number of other options\n"
		"that change and of requests that are lost; or what prevents it. VALUE is y, m, n, a\n"
		"number, a string, or 'on', which is m or y. With them come the waivers for rules that\n"
		"the fragments have.\n",
	.status = "0 done, 2 could not run",
	.most = ANY,
};

struct want {
	char *text, *name, *value, *quoted; /* QUOTED: VALUE, of a string, or NULL */
};

struct wants {
	struct want *want;
	struct explanation *x; /* of each */
	size_t n, max;
};

static bool add_want(struct wants *w, const char *path, int n, const char *line)
{
	struct want new = { .text = mem_strdup(line), .name = mem_strdup(line) };

	grow(w->want, w->n, w->max);
	w->want[w->n++] = new;
	new.value = strchr(new.name, '=');
	if (!new.value || new.value == new.name || !new.value[1]) {
		complain(path, n,
			 "'%s' is not NAME=VALUE [bad-line]: 'kaudit check --wants' writes it",
			 line);
		return false;
	}
	*new.value++ = '\0';
	w->want[w->n - 1] = new;
	return true;
}

static bool wants_read(struct wants *w, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	bool good = in;
	int n = 0;

	if (!in)
		complain(path, 0, "%s [no-file]: 'kaudit check --wants' writes it",
			 strerror(errno));
	while (good && getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		n++;
		good = !*line || add_want(w, path, n, line);
	}
	free(line);
	if (in)
		fclose(in);
	return good;
}

static void wants_free(struct wants *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->want[i].text);
		free(w->want[i].name);
		free(w->want[i].quoted);
		if (w->x)
			json_decref(w->x[i].facts);
	}
	free(w->want);
	free(w->x);
}

/* Does SYM have the value of a want? */
static bool is_met(struct symbol *sym, const char *value)
{
	if (!kc_defined(sym))
		return !strcmp(value, "n");
	if (!strcmp(value, "on"))
		return strcmp(kc_value(sym), "n") != 0;
	return kc_holds(sym, value);
}

static size_t count_lost(const struct fragments *f, const char *but)
{
	size_t lost = 0;

	for (size_t i = 0; i < f->n_req; i++)
		lost += strcmp(f->req[i]->name, but) &&
			!kc_holds(sym_find(f->req[i]->name), f->req[i]->value);
	return lost;
}

static size_t count_changes(const struct symbol *but)
{
	size_t changes = 0, i = 0;
	struct symbol *sym;

	kc_for_all_symbols(sym) {
		changes += sym->name && sym != but && strcmp(plan_marked(i), kc_value(sym));
		i++;
	}
	return changes;
}

/* A number or a string: the request itself. The tree is settled again after it. */
static bool try_value(const struct want *w, struct explanation *x, const struct fragments *f)
{
	const struct assignment request = { w->name, w->value };
	const size_t lost = count_lost(f, w->name);
	bool works = false;
	json_t *fix;

	plan_mark(f);
	if (x->sym->visible != no && kc_takes(x->sym, w->value)) {
		if (!plan_resolve(f, &request, 1))
			return false;
		works = kc_holds(x->sym, w->value);
	}
	fix = json_pack("{s:b}", "works", works);
	if (works) {
		size_t now = count_lost(f, w->name);

		json_object_set_new(
			fix, "set",
			json_pack("[o]", json_sprintf("CONFIG_%s=%s", w->name, w->value)));
		json_object_set_new(fix, "changes",
				    json_integer((json_int_t)count_changes(x->sym)));
		json_object_set_new(fix, "lost",
				    json_integer((json_int_t)(now > lost ? now - lost : 0)));
	}
	json_object_set_new(x->facts, "fix", fix);
	return plan_settle(f);
}

static bool is_tristate_value(const char *value)
{
	return !strcmp(value, "on") || (*value && strchr("ymn", *value) && !value[1]);
}

/* What explain() aims at follows from the fragments; here it is the want. False with errno set. */
static bool aim(struct want *w, struct explanation *x, const struct fragments *f)
{
	bool tristate_value = is_tristate_value(w->value);

	explain(x, f, w->name);
	if (x->sym && x->sym->type == S_STRING && *w->value != '"' && strcmp(w->value, "n") != 0) {
		w->value = w->quoted = mem_printf("\"%s\"", w->value);
		tristate_value = false;
	}
	json_object_set_new(x->facts, "wanted", json_string(w->text + strlen(w->name) + 1));
	json_object_set_new(x->facts, "met", json_boolean(is_met(x->sym, w->value)));
	json_object_del(x->facts, "fix");
	x->aim = AIM_NONE;
	x->n_ways = 0;
	if (!x->sym || is_met(x->sym, w->value))
		return true;
	if (!kc_is_tristate(x->sym))
		return tristate_value || try_value(w, x, f);
	if (tristate_value)
		explain_aim(x, f,
			    *w->value == 'n' ? AIM_OFF :
			    *w->value == 'y' ? AIM_Y :
			    *w->value == 'm' ? AIM_M :
					       AIM_ON);
	return true;
}

static bool attain(struct wants *w, const struct fragments *f)
{
	w->x = mem_zalloc(w->n * sizeof(*w->x));
	for (size_t i = 0; i < w->n; i++)
		if (!aim(&w->want[i], &w->x[i], f))
			return false;
	return explain_try(w->x, w->n, f);
}

static json_t *waivers(const struct fragments *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_waiver; i++) {
		const struct waiver *w = &f->waiver[i];

		if (w->is_rule && w->para->active)
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "rule", w->name,
						"until", w->exception.until, "owner",
						w->exception.owner, "reason", w->exception.reason,
						"file", w->para->file, "line", w->line));
	}
	return list;
}

static int run(struct session *s, struct wants *w)
{
	json_t *all = json_object(), *out;
	int status = DONE;

	if (!attain(w, &s->f)) {
		complain(s->tree.dir, 0, "the tree could not be resolved again [unresolved]: %s",
			 strerror(errno));
		status = CANNOT_RUN;
	}
	for (size_t i = 0; i < w->n && status == DONE; i++)
		json_object_set(all, w->want[i].text, w->x[i].facts);
	out = json_pack("{s:s, s:s, s:o, s:o}", "arch", s->tree.arch, "release", s->tree.release,
			"wants", all, "waivers", waivers(&s->f));
	if (status == DONE && (json_dumpf(out, stdout, JSON_INDENT(2)) || putchar('\n') == EOF))
		status = CANNOT_RUN;
	json_decref(out);
	return status;
}

int cmd_attain(int argc, char **argv)
{
	struct session s = { 0 };
	struct wants w = { 0 };
	const char *path = NULL;
	const struct opt opts[] = {
		OPT_NEED("wants", "FILE", &path,
			 "NAME=VALUE lines, as 'kaudit check --wants' prints"),
		SESSION_OPTIONS(&s),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	status = wants_read(&w, path) && session_open(&s, argc, argv) ? run(&s, &w) : CANNOT_RUN;
	wants_free(&w);
	session_close(&s);
	return status;
}
