// SPDX-License-Identifier: GPL-2.0-only
/* kimage diff: two images, by their files, modules, options and sizes. */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage diff [--json] [--name NAME] [--platform PLATFORM] FROM TO",
	.about =
		"Shows how two images differ: facts of kernel.json, patches, files, modules, options\n"
		"of the config, sizes. FROM and TO are layouts, or directories with files of an\n"
		"image. Modules are compared without their signature and the name of the release.\n",
	.status = "0 alike, 1 they differ, 2 could not run",
	.least = 2,
	.most = 2,
};

/* ---- the sections: objects of name -> value ------------------------------------- */

/* The texts of kernel.json, and what the layers take. */
static json_t *of_keys(const json_t *facts)
{
	json_t *keys = json_object(), *value;
	const char *key;

	json_object_foreach(json_object_get(facts, "kernel"), key, value)
		if (json_is_string(value))
			json_object_set(keys, key, value);
	if (json_object_get(facts, "cmdline"))
		json_object_set(keys, "cmdline", json_object_get(facts, "cmdline"));
	if (json_object_get(facts, "packed"))
		json_object_set(keys, "packed", json_object_get(facts, "packed"));
	return keys;
}

static json_t *of_patches(const json_t *facts)
{
	json_t *patches = json_object(), *p;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(facts, "kernel"), "patches"), i, p)
		json_object_set(patches, json_member(p, "name"), json_object_get(p, "sha256"));
	return patches;
}

/* kernel/fs/a.ko of lib/modules/RELEASE/kernel/fs/a.ko */
static const char *below_release(const char *path)
{
	for (int i = 0; i < 3; i++) {
		const char *slash = strchr(path, '/');

		path = slash ? slash + 1 : path;
	}
	return path;
}

static json_t *of_modules(const json_t *facts)
{
	json_t *modules = json_object(), *m;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(facts, "kernel"), "modules"), i, m)
		json_object_set_new(modules, below_release(json_member(m, "path")),
				    json_pack("{s:s, s:I}", "sha256",
					      json_member(m, "unsigned_sha256"), "size",
					      (json_int_t)blob_size(m)));
	return modules;
}

static json_t *of_files(const json_t *facts)
{
	return json_incref(json_object_get(facts, "files"));
}

static json_t *of_config(const json_t *facts)
{
	return json_incref(json_object_get(facts, "config"));
}

static json_t *of_notes(const json_t *facts)
{
	return json_incref(json_object_get(facts, "annotations"));
}

static const struct section {
	const char *name, *what;
	json_t *(*of)(const json_t *facts);
} sections[] = {
	{ "facts", "fact", of_keys },	     { "annotations", "annotation", of_notes },
	{ "patches", "patch", of_patches },  { "files", "file", of_files },
	{ "modules", "module", of_modules }, { "config", "option", of_config },
};

/* ---- the comparison ------------------------------------------------------------------- */

static void add_change(json_t *changes, const char *name, json_t *from, json_t *to)
{
	json_array_append_new(changes,
			      json_pack("{s:s, s:O?, s:O?}", "name", name, "from", from, "to", to));
}

/* Modules with the same content may have signatures of different sizes. */
static bool same(const json_t *a, const json_t *b)
{
	const char *hash = json_member(a, "sha256");

	return *hash ? !strcmp(hash, json_member(b, "sha256")) : json_equal(a, b);
}

/* First those of FROM, then the new ones. */
static json_t *compare(json_t *from, json_t *to)
{
	json_t *changes = json_array(), *value, *other;
	const char *name;

	json_object_foreach(from, name, value) {
		other = json_object_get(to, name);
		if (!same(value, other))
			add_change(changes, name, value, other);
	}
	json_object_foreach(to, name, value)
		if (!json_object_get(from, name))
			add_change(changes, name, NULL, value);
	return changes;
}

static json_t *compare_all(const json_t *from, const json_t *to, size_t *n)
{
	json_t *answer = json_object();

	*n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		json_t *a = sections[i].of(from), *b = sections[i].of(to);
		json_t *changes = compare(a, b);

		*n += json_array_size(changes);
		json_object_set_new(answer, sections[i].name, changes);
		json_decref(a);
		json_decref(b);
	}
	return answer;
}

/* ---- the report -------------------------------------------------------------------------- */

static char *value_text(const json_t *value)
{
	char *shown;

	if (json_is_integer(value))
		return mem_printf("%lld", (long long)json_integer_value(value));
	if (json_object_get(value, "size"))
		return mem_printf("%llu bytes", (unsigned long long)blob_size(value));
	shown = visible(json_is_string(value) ? json_string_value(value) : "a link");
	return shown;
}

static void print_change(const char *what, const json_t *change)
{
	const json_t *a = json_object_get(change, "from"), *b = json_object_get(change, "to");
	char *name = visible(json_member(change, "name")), *from = value_text(a),
	     *to = value_text(b);
	long long grows = (long long)blob_size(b) - (long long)blob_size(a);

	if (json_is_null(a))
		printf("%-10s + %s: %s\n", what, name, to);
	else if (json_is_null(b))
		printf("%-10s - %s: %s\n", what, name, from);
	else if (json_object_get(a, "size") && json_object_get(b, "size"))
		printf("%-10s   %s: %s -> %s (%+lld)\n", what, name, from, to, grows);
	else
		printf("%-10s   %s: %s -> %s\n", what, name, from, to);
	free(name);
	free(from);
	free(to);
}

static void print_text(const json_t *answer, const char *from, const char *to, size_t n)
{
	char *a = visible(from), *b = visible(to);
	const json_t *change;
	size_t j;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		json_array_foreach(json_object_get(answer, sections[i].name), j, change)
			print_change(sections[i].what, change);
	if (n)
		printf("%s and %s differ: %zu differences\n", a, b, n);
	else
		printf("%s and %s are alike\n", a, b);
	free(a);
	free(b);
}

static int diff(const json_t *from, const json_t *to, char *const *paths, bool json)
{
	size_t n;
	json_t *answer = compare_all(json_array_get(from, 0), json_array_get(to, 0), &n);
	char *text;

	if (json) {
		text = json_text(answer);
		puts(text);
		free(text);
	} else {
		print_text(answer, paths[0], paths[1], n);
	}
	json_decref(answer);
	return n ? FINDING : DONE;
}

/* One that cannot be read is not a difference. */
static json_t *read_one(const char *path, const char *name, const char *platform)
{
	int status;
	json_t *images = facts_read(path, name, platform, &status);

	if (json_array_size(images) < 2)
		return images;
	complain(path, 0, "the image has several platforms [platform]; choose one with --platform");
	json_decref(images);
	return NULL;
}

int cmd_diff(int argc, char **argv)
{
	const char *name = NULL, *platform = NULL;
	bool json = false;
	const struct opt opts[] = {
		OPT_FLAG("json", &json, "as JSON: arrays of name, from and to"),
		OPT_TEXT("name", "NAME", &name, "the images, if the layouts have several"),
		OPT_TEXT("platform", "PLATFORM", &platform, "of the platforms, this one"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	json_t *from, *to = NULL;

	if (status != GO_ON)
		return status;
	from = read_one(argv[0], name, platform);
	if (from)
		to = read_one(argv[1], name, platform);
	status = from && to ? diff(from, to, argv, json) : CANNOT_RUN;
	json_decref(from);
	json_decref(to);
	return status;
}
