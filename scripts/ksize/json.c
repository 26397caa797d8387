// SPDX-License-Identifier: GPL-2.0-only
/* The whole report as JSON, for programs and for ksize diff. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

const char json_format[] = "ksize 1";

static const char *const rule_names[] = {
	[BY_OPTION] = "option", [ALWAYS] = "always", [NO_RULE] = "none"
};

/* jansson rejects a member that is not UTF-8; then the whole report fails. */
static bool put(json_t *object, const char *key, json_t *value)
{
	return !json_object_set_new(object, key, value);
}

static bool put_text(json_t *object, const char *key, const char *text)
{
	return put(object, key, json_string(text));
}

static bool put_number(json_t *object, const char *key, int64_t number)
{
	return put(object, key, json_integer(number));
}

static bool put_columns(json_t *object, const struct sizes *s)
{
	bool good = true;

	for (size_t i = 0; i < N_COLUMNS; i++)
		good = put_number(object, column_names[i], s->of[i]) && good;
	return good;
}

static bool put_sizes(json_t *object, const char *key, const struct sizes *s)
{
	json_t *sizes = json_object();
	bool good = put_columns(sizes, s) && put_number(sizes, "total", sizes_total(s));

	return put(object, key, sizes) && good;
}

static bool put_sum(json_t *object, const struct sum *s)
{
	return put_sizes(object, "vmlinux", &s->vmlinux) &&
	       put_sizes(object, "modules", &s->modules) &&
	       put_number(object, "objects", (int64_t)s->objects);
}

static bool put_list(json_t *object, const char *key, const struct sum_list *l,
		     const struct build *b)
{
	json_t *array = json_array();
	bool good = true;

	for (size_t i = 0; i < l->n; i++) {
		const struct sum *s = &l->sum[i];
		json_t *item = json_object();

		good = put_text(item, "name", s->name) && good;
		if (s->option != NONE) {
			const struct setting *o = &b->config.option[s->option];

			good = put_text(item, "value", o->value) && good;
			good = put_text(item, "origin", origin_names[o->origin]) && good;
			good = put_text(item, "where", o->where) && good;
		}
		good = put_sum(item, s) && good;
		good = !json_array_append_new(array, item) && good;
	}
	return put(object, key, array) && good;
}

static bool put_one(json_t *object, const char *key, const struct sum *s)
{
	json_t *item = json_object();
	bool good = put_sum(item, s);

	return put(object, key, item) && good;
}

static bool put_origins(json_t *object, const struct sums *s)
{
	json_t *origins = json_object();
	bool good = true;

	for (size_t i = 0; i < ORIGIN_COUNT; i++)
		good = put_one(origins, origin_names[i], &s->origins[i]) && good;
	return put(object, "origins", origins) && good;
}

static bool put_remainder(json_t *object, const struct build *b, const struct sums *s)
{
	json_t *remainder = json_object(), *sections = json_array();
	bool good = put_columns(remainder, &s->remainder) &&
		    put_number(remainder, "total", sizes_total(&s->remainder));

	for (size_t i = 0; i < b->parts; i++) {
		const struct part *p = &b->part[i];
		json_t *item = json_object();

		good = put_text(item, "name", p->name) && good;
		good = put_text(item, "column", column_names[p->column]) && good;
		good = put_number(item, "size", p->size) && good;
		good = put_number(item, "remainder", p->size - p->used) && good;
		good = !json_array_append_new(sections, item) && good;
	}
	good = put(remainder, "sections", sections) && good;
	return put(object, "remainder", remainder) && good;
}

static bool put_rules(json_t *object, const struct sums *s)
{
	json_t *rules = json_object();
	bool good = put_number(rules, "object_text", s->object_text) &&
		    put_number(rules, "attributed_text", s->ruled_text) &&
		    put_one(rules, "unattributed", &s->unruled);

	return put(object, "rules", rules) && good;
}

static bool put_objects(json_t *object, const struct build *b)
{
	json_t *array = json_array();
	bool good = true;

	for (size_t i = 0; i < b->n; i++) {
		const struct object *o = &b->object[i];
		json_t *item = json_object();

		good = put_text(item, "path", o->path) && good;
		good = put(item, "module", o->module ? json_string(o->module) : json_null()) &&
		       good;
		good = put(item, "option",
			   o->option == NONE ? json_null() :
					       json_string(b->config.option[o->option].name)) &&
		       good;
		good = put_text(item, "rule", rule_names[o->rule]) && good;
		if (o->made)
			good = put(item, "made", json_true()) && good;
		good = put_columns(item, &o->size) && good;
		good = !json_array_append_new(array, item) && good;
	}
	return put(object, "objects", array) && good;
}

bool json_write(FILE *out, const struct build *b, const struct sums *s)
{
	json_t *root = json_object();
	bool good = put_text(root, "format", json_format) &&
		    put_text(root, "release", b->release) && put_text(root, "arch", b->srcarch) &&
		    put_sizes(root, "vmlinux", &s->vmlinux) &&
		    put_sizes(root, "modules", &s->total.modules) &&
		    put_list(root, "options", &s->options, b) &&
		    put_list(root, "fragments", &s->fragments, b) && put_origins(root, s) &&
		    put_one(root, "unrequested", &s->unrequested) && put_list(root, "core", &s->core, b) &&
		    put_one(root, "core_total", &s->core_total) && put_remainder(root, b, s) &&
		    put_rules(root, s) && put_objects(root, b);

	if (!good)
		complain("JSON", 0, "a name in the build is not UTF-8 [not-utf-8]; rename it");
	/* output_close() reports what cannot be written. */
	if (good)
		json_dumpf(root, out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	fputc('\n', out);
	json_decref(root);
	return good;
}
