// SPDX-License-Identifier: GPL-2.0-only
/* kimage join: the images of several architectures under one name. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage join --layout DIR --ref NAME LAYOUT...",
	.about =
		"Writes the images of all LAYOUTs, one for each platform, to DIR as one multi-arch\n"
		"image, and verifies it first as 'kimage verify' does. The images themselves stay as\n"
		"they are, to the byte; an old layout in DIR is replaced in one step.\n",
	.status = "0 written, 1 it would break the contract, 2 could not run",
	.least = 1,
	.most = ANY,
};

struct joining {
	const char *layout, *ref;
	struct stage stage;
	json_t *manifests; /* the index's, to be */
	json_t *attestations; /* which follow them */
	char digest[DIGEST_SIZE];
	uint64_t size;
};

/* Copy a blob, which images may share. */
static bool copy_blob(struct joining *j, const char *from, const json_t *descriptor)
{
	const char *digest = json_member(descriptor, "digest"), *wrong;
	struct bytes b;
	struct stat st;
	char *path;

	wrong = load_blob(from, descriptor, MAX_LAYER, &b);
	if (wrong) {
		complain(from, 0, "the blob %.80s %s [%s]", digest, wrong, blob_code(descriptor));
		return false;
	}
	path = blob_path(j->stage.tmp, digest);
	if (stat(path, &st)) {
		wrong = write_file(path, b.data, b.size);
		if (wrong)
			complain(path, 0, "%s [output]", wrong);
		else
			j->size += b.size;
	}
	free(path);
	unmap(&b);
	return !wrong;
}

static bool copy_layers(struct joining *j, const char *from, const json_t *manifest)
{
	const json_t *layers = json_object_get(manifest, "layers"), *layer;
	bool ok = json_array_size(layers) <= MAX_LAYERS && !is_two_faced(manifest);
	size_t i;

	if (!ok)
		complain(from, 0,
			 "the manifest has %zu layers [manifest]: expected at most %d, and no "
			 "members of an index",
			 json_array_size(layers), MAX_LAYERS);
	json_array_foreach(layers, i, layer)
		ok = ok && copy_blob(j, from, layer);
	return ok;
}

/* Copy a manifest, and all blobs that it names. */
static bool copy_image(struct joining *j, const char *from, json_t *descriptor)
{
	char *why;
	json_t *manifest = load_json(from, descriptor, &why);
	bool ok;

	if (!manifest) {
		complain(from, 0, "the manifest %s", why);
		free(why);
		return false;
	}
	ok = copy_blob(j, from, descriptor) &&
	     copy_blob(j, from, json_object_get(manifest, "config")) &&
	     copy_layers(j, from, manifest);
	if (ok)
		json_array_append(is_attestation(descriptor) ? j->attestations : j->manifests,
				  descriptor);
	json_decref(manifest);
	return ok;
}

static bool copy_index(struct joining *j, const char *from, const json_t *descriptor)
{
	json_t *index, *m;
	bool ok = true;
	char *why;
	size_t i;

	index = load_json(from, descriptor, &why);
	if (!index) {
		complain(from, 0, "the index %s", why);
		free(why);
		return false;
	}
	json_array_foreach(json_object_get(index, "manifests"), i, m)
		if (!is_artifact(from, m) || is_attestation(m))
			ok = ok && i < MAX_LAYERS && copy_image(j, from, m);
	json_decref(index);
	return ok;
}

/* A manifest without an index: it gets the platform of its config. */
static bool copy_bare(struct joining *j, const char *from, const json_t *descriptor)
{
	json_t *manifest, *config = NULL, *bare = json_deep_copy(descriptor);
	const char *variant;
	char *why = NULL;
	bool ok;

	json_object_del(bare, "annotations");
	manifest = load_json(from, descriptor, &why);
	if (manifest)
		config = load_json(from, json_object_get(manifest, "config"), &why);
	if (config && !json_object_get(bare, "platform")) {
		variant = json_member(config, "variant");
		json_object_set_new(bare, "platform",
				    json_pack("{s:s, s:s, s:s*}", "os", json_member(config, "os"),
					      "architecture", json_member(config, "architecture"),
					      "variant", *variant ? variant : NULL));
	}
	if (!config) {
		complain(from, 0, "the image %s", why);
		free(why);
	}
	ok = config && copy_image(j, from, bare);
	json_decref(manifest);
	json_decref(config);
	json_decref(bare);
	return ok;
}

static bool copy_layout(struct joining *j, const char *from)
{
	int status;
	json_t *top = load_top(from, &status);
	json_t *image = top ? layout_image(from, top, NULL) : NULL;
	bool ok = false;

	if (image)
		ok = is_index(image) ? copy_index(j, from, image) : copy_bare(j, from, image);
	json_decref(image);
	json_decref(top);
	return ok;
}

static int join(struct joining *j, char *const *layouts, size_t n)
{
	int status = CANNOT_RUN;
	bool ok;

	if (!stage_open(&j->stage, j->layout))
		return status;
	j->manifests = json_array();
	j->attestations = json_array();
	ok = start_blobs(j->stage.tmp);
	for (size_t i = 0; ok && i < n; i++)
		ok = copy_layout(j, layouts[i]);
	n = json_array_size(j->manifests);
	json_array_extend(j->manifests, j->attestations);
	if (ok && put_index(j->stage.tmp, json_incref(j->manifests), j->ref, j->digest, &j->size))
		status = publish(&j->stage);
	stage_close(&j->stage);
	if (status == DONE)
		printf("%s digest %s size %llu (%zu images)\n", j->layout, j->digest,
		       (unsigned long long)j->size, n);
	json_decref(j->manifests);
	json_decref(j->attestations);
	return status;
}

int cmd_join(int argc, char **argv)
{
	struct joining j = { 0 };
	const struct opt opts[] = {
		OPT_NEED("layout", "DIR", &j.layout, "the OCI layout to write"),
		OPT_NEED("ref", "NAME", &j.ref,
			 "its name in full, as in docker.io/keelson/kernel:6.12.107-virt"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (ref_wrong(j.ref)) {
		complain(j.ref, 0, "%s [ref-name]", ref_wrong(j.ref));
		return CANNOT_RUN;
	}
	umask(022);
	/* Report a file that got too large, instead of dying by SIGXFSZ. */
	signal(SIGXFSZ, SIG_IGN);
	return join(&j, argv, (size_t)argc);
}
