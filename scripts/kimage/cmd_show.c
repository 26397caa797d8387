// SPDX-License-Identifier: GPL-2.0-only
/* kimage show: the contents of an image. */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage show [--json] [--name NAME] [--platform PLATFORM] LAYOUT | DIRECTORY",
	.about =
		"Shows what an image holds: release, source, modules, files. A DIRECTORY is one with\n"
		"files of an image, as extract and export write it.\n",
	.status = "0 shown, 1 the layout differs from its index, 2 could not run",
	.least = 1,
	.most = 1,
};

static void line(const char *key, const char *value)
{
	char *shown = visible(value);

	if (*value)
		printf("%-11s %s\n", key, shown);
	free(shown);
}

static void number_line(const char *key, const json_t *list)
{
	if (json_array_size(list))
		printf("%-11s %zu\n", key, json_array_size(list));
}

static void show_modules(const json_t *modules)
{
	unsigned long long size = 0;
	size_t i, n_signed = 0;
	const json_t *m;

	json_array_foreach(modules, i, m) {
		size += blob_size(m);
		n_signed += json_is_true(json_object_get(m, "signed"));
	}
	if (json_array_size(modules))
		printf("%-11s %zu, %llu bytes, %zu signed\n", "modules", json_array_size(modules),
		       size, n_signed);
}

static void show_kernel(const json_t *about)
{
	static const char *const keys[] = { "release", "series",    "arch",	   "board",
					    "flavour", "toolchain", "source_file", "source_sha256",
					    "signer",  "rebuild" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		line(!strcmp(keys[i], "source_file")   ? "source" :
		     !strcmp(keys[i], "source_sha256") ? "" :
							 keys[i],
		     json_member(about, keys[i]));
	number_line("patches", json_object_get(about, "patches"));
	number_line("exceptions", json_object_get(about, "exceptions"));
	show_modules(json_object_get(about, "modules"));
}

static void show_files(const json_t *files)
{
	const json_t *file;
	const char *name;

	puts("files");
	json_object_foreach((json_t *)(uintptr_t)files, name, file) {
		char *shown = visible(name);

		if (json_object_get(file, "link"))
			printf("%12s  %-16s\n", "link", shown);
		else
			printf("%12llu  %-16s %.12s\n", (unsigned long long)blob_size(file), shown,
			       json_member(file, "sha256"));
		free(shown);
	}
}

static void show_attestations(const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		char *text = mem_printf("%s, %llu bytes, %s", json_member(one, "predicate"),
					(unsigned long long)blob_size(one),
					json_member(one, "digest"));

		line("attestation", text);
		free(text);
	}
}

static void show_text(const json_t *facts)
{
	static const char *const keys[] = { "name", "directory", "digest", "platform" };
	char *packed = mem_printf("%llu bytes", (unsigned long long)json_integer_value(
							json_object_get(facts, "packed")));

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		line(keys[i], json_member(facts, keys[i]));
	show_kernel(json_object_get(facts, "kernel"));
	line("cmdline", json_member(facts, "cmdline"));
	show_attestations(json_object_get(facts, "attestations"));
	if (json_object_get(facts, "packed"))
		line("packed", packed);
	show_files(json_object_get(facts, "files"));
	free(packed);
}

static int show(const json_t *images, bool json)
{
	json_t *facts, *answer = json_pack("{s:O}", "images", images);
	char *text;
	size_t i;

	json_array_foreach(images, i, facts) {
		json_object_del(facts, "config");
		if (i && !json)
			puts("");
		if (!json)
			show_text(facts);
	}
	if (json) {
		text = json_text(answer);
		puts(text);
		free(text);
	}
	json_decref(answer);
	return DONE;
}

int cmd_show(int argc, char **argv)
{
	const char *name = NULL, *platform = NULL;
	bool json = false;
	const struct opt opts[] = {
		OPT_FLAG("json", &json, "as JSON: an object with an array 'images'"),
		OPT_TEXT("name", "NAME", &name, "the image, if the layout has several"),
		OPT_TEXT("platform", "PLATFORM", &platform, "only this one of its platforms"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	json_t *images;

	if (status != GO_ON)
		return status;
	images = facts_read(*argv, name, platform, &status);
	if (images)
		status = show(images, json);
	json_decref(images);
	return status;
}
