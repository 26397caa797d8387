// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selects the images among the descriptors of index.json, and the requested one. Other tools write
 * several images into one layout, manifests without an index, and signatures.
 */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

bool is_index(const json_t *descriptor)
{
	const char *type = json_member(descriptor, "mediaType");

	return !strcmp(type, MEDIA_INDEX) || !strcmp(type, MEDIA_DOCKER_INDEX);
}

bool is_two_faced(const json_t *document)
{
	return json_object_get(document, "manifests") &&
	       (json_object_get(document, "layers") || json_object_get(document, "config"));
}

/* The tags under which cosign stores an image's signatures and the like: sha256-HASH[.KIND]. */
static bool is_referrer_tag(const json_t *descriptor)
{
	const json_t *notes = json_object_get(descriptor, "annotations");
	const char *ref = json_member(notes, NOTE_REF), *colon = strrchr(ref, ':');
	const char *tag = colon ? colon + 1 : ref;
	size_t hash = strncmp(tag, "sha256-", 7) ? 0 : strspn(tag + 7, "0123456789abcdef");

	return hash == 64 && (!tag[7 + hash] || tag[7 + hash] == '.');
}

static bool is_artifact_manifest(const json_t *manifest)
{
	const char *type = json_member(json_object_get(manifest, "config"), "mediaType");

	return json_object_get(manifest, "artifactType") || json_object_get(manifest, "subject") ||
	       (*type && strcmp(type, MEDIA_CONFIG) && strcmp(type, MEDIA_DOCKER_CONFIG));
}

bool is_artifact(const char *layout, const json_t *descriptor)
{
	json_t *document;
	bool is;
	char *why;

	if (json_object_get(descriptor, "artifactType") || is_referrer_tag(descriptor))
		return true;
	document = load_json(layout, descriptor, &why);
	/* The caller reports an unreadable one. */
	if (!document) {
		free(why);
		return false;
	}
	is = is_index(descriptor) ? json_object_get(document, "artifactType") ||
					    json_object_get(document, "subject") :
				    is_artifact_manifest(document);
	json_decref(document);
	return is;
}

static bool has_name(const json_t *descriptor, const char *name)
{
	const json_t *notes = json_object_get(descriptor, "annotations");

	return !name || !strcmp(json_member(notes, NOTE_REF), name) ||
	       !strcmp(json_member(notes, NOTE_NAME), name);
}

static bool has_digest(const json_t *descriptors, const json_t *descriptor)
{
	const json_t *d;
	size_t i;

	json_array_foreach(descriptors, i, d)
		if (!strcmp(json_member(d, "digest"), json_member(descriptor, "digest")))
			return true;
	return false;
}

json_t *layout_images(const char *layout, const json_t *index_json, const char *name,
		      json_t *skipped)
{
	json_t *images = json_array(), *d;
	size_t i;

	json_array_foreach(json_object_get(index_json, "manifests"), i, d) {
		if (i == MAX_LAYERS)
			break;
		if (has_digest(images, d) || !has_name(d, name))
			continue;
		if (!is_artifact(layout, d))
			json_array_append(images, d);
		else if (skipped)
			json_array_append(skipped, d);
	}
	return images;
}

char *platform_of(const char *layout, const json_t *descriptor)
{
	char *name = platform_name(descriptor), *why = NULL;
	json_t *manifest, *config = NULL;

	if (*name)
		return name;
	manifest = load_json(layout, descriptor, &why);
	if (manifest)
		config = load_json(layout, json_object_get(manifest, "config"), &why);
	if (config) {
		free(name);
		name = platform_text(config);
	} else {
		free(why);
	}
	json_decref(manifest);
	json_decref(config);
	return name;
}

json_t *load_top(const char *layout, int *status)
{
	char *path = mem_printf("%s/index.json", layout), *why;
	json_t *top = NULL;
	struct bytes b;
	const char *wrong = map_file(path, MAX_JSON, &b);

	*status = DONE;
	if (wrong) {
		complain(path, 0, "%s [layout]; is this an OCI layout?", wrong);
		*status = CANNOT_RUN;
	} else if (!(top = json_parse(&b, &why))) {
		complain(path, 0, "%s [json]", why);
		free(why);
		*status = FINDING;
	}
	unmap(&b);
	free(path);
	return top;
}

/* The names of images, of bounded length, to free. */
static char *names_of(const json_t *images)
{
	char *names = mem_strdup(""), *more;
	const json_t *d;
	size_t i;

	json_array_foreach(images, i, d) {
		const json_t *notes = json_object_get(d, "annotations");
		const char *name = json_member(notes, NOTE_REF);

		if (i == 8)
			break;
		more = mem_printf("%s%s'%.300s'", names, i ? ", " : "",
				  *name ? name : json_member(notes, NOTE_NAME));
		free(names);
		names = more;
	}
	return names;
}

json_t *layout_image(const char *layout, const json_t *index_json, const char *name)
{
	json_t *images = layout_images(layout, index_json, name, NULL), *image = NULL;
	size_t n = json_array_size(images);
	json_t *all = n ? json_incref(images) : layout_images(layout, index_json, NULL, NULL);
	char *names = names_of(all);

	if (n == 1)
		image = json_incref(json_array_get(images, 0));
	else if (n)
		complain(layout, 0, "has %zu images [ambiguous]: %s; choose one with --name", n,
			 names);
	else if (name)
		complain(layout, 0, "has no image '%s' [no-image]: it has %s", name, names);
	else
		complain(layout, 0, "has no image [no-image]");
	free(names);
	json_decref(all);
	json_decref(images);
	return image;
}
