// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an image says of itself to registries: annotations of the manifest, and labels of the
 * image's config, which `skopeo inspect` prints. All of it follows from kernel.json, so that a
 * digest depends on the image's inputs and nothing else.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kimage.h"

static void put(json_t *notes, const char *name, const char *value)
{
	if (*value)
		json_object_set_new(notes, name, json_string(value));
}

char *time_text(long long seconds)
{
	time_t t = (time_t)seconds;
	char text[64];
	struct tm tm;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	return mem_strdup(text);
}

/*
 * "revision" is that of the packaged software: upstream's tag. A commit of the checkout would
 * change the digest of an image whose inputs did not change.
 */
json_t *image_notes(const json_t *about, long long created)
{
	const char *version = json_member(about, "version");
	char *title = mem_printf("Linux %s for %s", json_member(about, "release"),
				 json_member(about, "arch"));
	char *tag = mem_printf("v%s", version), *time = time_text(created);
	json_t *notes = json_object();

	put(notes, NOTE_OCI "created", time);
	put(notes, NOTE_OCI "licenses", "GPL-2.0-only WITH Linux-syscall-note");
	put(notes, NOTE_OCI "revision", tag);
	put(notes, NOTE_OCI "source",
	    "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git");
	put(notes, NOTE_OCI "title", title);
	put(notes, NOTE_OCI "version", version);
	put(notes, NOTE_KERNEL "board", json_member(about, "board"));
	put(notes, NOTE_KERNEL "config.sha256", json_member(about, "config_sha256"));
	put(notes, NOTE_KERNEL "flavour", json_member(about, "flavour"));
	put(notes, NOTE_KERNEL "release", json_member(about, "release"));
	free(title);
	free(tag);
	free(time);
	return notes;
}

/* Drop from COMMON what NOTES has not, or has otherwise. */
static void intersect(json_t *common, const json_t *notes)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(common, next, name, value)
	{
		if (!json_equal(value, json_object_get(notes, name)))
			json_object_del(common, name);
	}
}

json_t *common_notes(const char *dir, const json_t *manifests)
{
	json_t *common = NULL, *manifest, *m;
	char *why;
	size_t i;

	json_array_foreach(manifests, i, m) {
		if (is_attestation(m))
			continue;
		manifest = load_json(dir, m, &why);
		if (!manifest)
			free(why);
		else if (!common)
			common = json_deep_copy(json_object_get(manifest, "annotations"));
		else
			intersect(common, json_object_get(manifest, "annotations"));
		if (!json_is_object(common)) {
			json_decref(common);
			common = json_object();
		}
		json_decref(manifest);
	}
	if (json_object_size(common))
		return common;
	json_decref(common);
	return NULL;
}

const char *notes_wrong(const json_t *notes, const json_t *about)
{
	static const struct {
		const char *note, *key;
	} same[] = {
		{ NOTE_OCI "version", "version" },
		{ NOTE_KERNEL "board", "board" },
		{ NOTE_KERNEL "config.sha256", "config_sha256" },
		{ NOTE_KERNEL "flavour", "flavour" },
		{ NOTE_KERNEL "release", "release" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (json_object_get(notes, same[i].note) &&
		    strcmp(json_member(notes, same[i].note), json_member(about, same[i].key)))
			return same[i].note;
	return NULL;
}
