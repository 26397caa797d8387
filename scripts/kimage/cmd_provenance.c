// SPDX-License-Identifier: GPL-2.0-only
/* kimage provenance: what an image was made from, as SLSA has it (slsa.dev/spec/v1.0/provenance). */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage provenance [--name NAME] LAYOUT",
	.about =
		"Prints the provenance of an image: a statement of in-toto that names the index and its\n"
		"manifests, and the source, patches, fragments, modules and tools that they were built\n"
		"from, by SHA-256. It has no times: the same image has the same provenance.\n",
	.status = "0 printed, 1 the layout differs from its index, 2 could not run",
	.least = 1,
	.most = 1,
};

/* Append ONE, which is taken over, unless LIST has it. */
static void add_once(json_t *list, json_t *one)
{
	const json_t *other;
	size_t i;

	json_array_foreach(list, i, other)
		if (json_equal(one, other)) {
			json_decref(one);
			return;
		}
	json_array_append_new(list, one);
}

static json_t *resource(const char *name, const char *sha256)
{
	return json_pack("{s:s, s:{s:s}}", "name", name, "digest", "sha256", sha256);
}

/* The inputs that one array of kernel.json names; PREFIX leads to them in the checkout. */
static void add_inputs(json_t *list, const json_t *about, const char *member, const char *prefix)
{
	const json_t *input;
	size_t i;

	json_array_foreach(json_object_get(about, member), i, input) {
		char *name = mem_printf("%s%s", prefix, json_member(input, "name"));

		add_once(list, resource(name, json_member(input, "sha256")));
		free(name);
	}
}

static void add_image(json_t *subjects, json_t *inputs, json_t *commands, json_t *toolchains,
		      const json_t *facts)
{
	const json_t *about = json_object_get(facts, "kernel");
	char *patches = mem_printf("patches/%s/", json_member(about, "series"));
	char *name = mem_printf("%s %s", json_member(facts, "name"), json_member(facts, "platform"));

	add_once(subjects, resource(json_member(facts, "name"), json_member(facts, "digest") + 7));
	add_once(subjects, resource(name, json_member(facts, "manifest") + 7));
	add_once(inputs, resource(json_member(about, "source_file"),
				  json_member(about, "source_sha256")));
	add_inputs(inputs, about, "patches", patches);
	add_inputs(inputs, about, "fragments", "");
	add_inputs(inputs, about, "module_sources", "");
	add_inputs(inputs, about, "tools", "");
	add_once(commands, json_string(json_member(about, "rebuild")));
	add_once(toolchains, json_string(json_member(about, "toolchain")));
	free(patches);
	free(name);
}

static json_t *statement(const json_t *images)
{
	json_t *subjects = json_array(), *inputs = json_array(), *commands = json_array(),
	       *toolchains = json_array();
	const json_t *facts;
	size_t i;

	json_array_foreach(images, i, facts)
		add_image(subjects, inputs, commands, toolchains, facts);
	return json_pack(
		"{s:s, s:s, s:o, s:{s:{s:s, s:{s:o}, s:{s:o}, s:o}, s:{s:{s:s}}}}", "_type",
		"https://in-toto.io/Statement/v1", "predicateType",
		"https://slsa.dev/provenance/v1", "subject", subjects, "predicate",
		"buildDefinition", "buildType", "https://keelson.dev/kernel-image/v1",
		"externalParameters", "commands", commands, "internalParameters", "toolchains",
		toolchains, "resolvedDependencies", inputs, "runDetails", "builder", "id",
		"https://keelson.dev/make");
}

/* Each image must be one with a kernel.json. */
static bool all_known(const char *layout, const json_t *images)
{
	const json_t *facts;
	size_t i;

	json_array_foreach(images, i, facts)
		if (!is_digest(json_member(facts, "digest")) ||
		    !*json_member(json_object_get(facts, "kernel"), "rebuild")) {
			complain(layout, 0, "the image has no kernel.json that names its build [files]");
			return false;
		}
	return true;
}

int cmd_provenance(int argc, char **argv)
{
	const char *name = NULL;
	const struct opt opts[] = {
		OPT_TEXT("name", "NAME", &name, "the image, if the layout has several"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	json_t *images, *json;
	char *text;

	if (status != GO_ON)
		return status;
	images = facts_read(*argv, name, NULL, &status);
	if (images && !all_known(*argv, images))
		status = FINDING;
	if (images && status == DONE) {
		json = statement(images);
		text = json_text(json);
		puts(text);
		free(text);
		json_decref(json);
	}
	json_decref(images);
	return status;
}
