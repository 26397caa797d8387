// SPDX-License-Identifier: GPL-2.0-only
/*
 * kimage verify: checks a layout against the contract, which assemblers rely on without a check.
 * It reports all findings, not only the first.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage verify [--json] [--name NAME] [--signer CERT] LAYOUT\n"
		    "       kimage verify --rules",
	.about =
		"Checks that an OCI layout holds kernel images which assemblers accept, and whose parts\n"
		"agree. Reports all findings, each with its rule and a remedy.\n",
	.status = "0 no finding, 1 findings, 2 the layout could not be read",
	.most = 1,
};

struct verify {
	const char *dir;
	struct report *r;
	json_t *seen; /* digests of the blobs that were checked */
	json_t *about; /* digest of a manifest -> its kernel.json */
	json_t *platforms; /* the names of those that were seen */
	uint64_t budget; /* bytes that further layers may unpack to */
	char *scoped; /* the name of the image, if there are several */
};

static void seen(struct verify *v, const json_t *descriptor)
{
	json_object_set_new_nocheck(v->seen, json_member(descriptor, "digest"), json_true());
}

/* The name of a blob in findings. */
static const char *blob_name(const json_t *descriptor, const char *what)
{
	const char *digest = json_member(descriptor, "digest");

	return is_digest(digest) ? digest : what;
}

static enum rule blob_rule(const json_t *descriptor)
{
	return is_other_digest(json_member(descriptor, "digest")) ? R_DIGEST : R_BLOB;
}

/* The JSON blob of a descriptor, or NULL and a finding. */
static json_t *get_json(struct verify *v, const json_t *descriptor, const char *what)
{
	const char *name = blob_name(descriptor, what), *wrong;
	struct bytes b;
	json_t *json;
	char *why;

	seen(v, descriptor);
	wrong = load_blob(v->dir, descriptor, MAX_JSON, &b);
	if (wrong) {
		add_finding(v->r, blob_rule(descriptor), name, "the %s %s", what, wrong);
		return NULL;
	}
	json = json_parse(&b, &why);
	if (!json) {
		add_finding(v->r, R_JSON, name, "the %s: %s", what, why);
		free(why);
	}
	unmap(&b);
	return json;
}

/* ---- manifests -------------------------------------------------------------------- */

static void check_type(struct verify *v, const json_t *json, const char *where, const char *type)
{
	if (json_integer_value(json_object_get(json, "schemaVersion")) != 2)
		add_finding(v->r, R_MANIFEST, where, "schemaVersion is not 2");
	/* The member is optional; the descriptor has the type. */
	if (json_object_get(json, "mediaType") && strcmp(json_member(json, "mediaType"), type))
		add_finding(v->r, R_MANIFEST, where, "mediaType is '%s', not %s",
			    json_member(json, "mediaType"), type);
	if (is_two_faced(json))
		add_finding(v->r, R_MANIFEST, where,
			    "has the members of both an index and a manifest");
}

static void check_config(struct verify *v, const json_t *config, const json_t *descriptor,
			 size_t n_layers)
{
	static const char *const same[] = { "os", "architecture", "variant" };
	const json_t *platform = json_object_get(descriptor, "platform"), *entry;
	char *here = platform_text(config), *there = platform_name(descriptor);
	const json_t *history = json_object_get(config, "history");
	size_t n = json_array_size(json_object_get(json_object_get(config, "rootfs"), "diff_ids"));
	size_t i, listed = 0;

	/* Platforms that only differ by a default variant are the same. */
	for (i = 0; *there && strcmp(here, there) && i < ARRAY_SIZE(same); i++)
		if (strcmp(json_member(config, same[i]), json_member(platform, same[i])))
			add_finding(v->r, R_CONFIG, "image config",
				    "%s is '%s', the index says '%s'", same[i],
				    json_member(config, same[i]), json_member(platform, same[i]));
	if (n != n_layers)
		add_finding(v->r, R_CONFIG, "image config", "has %zu diff_ids for %zu layers", n,
			    n_layers);
	json_array_foreach(history, i, entry)
		listed += !json_is_true(json_object_get(entry, "empty_layer"));
	if (history && listed != n_layers)
		add_finding(v->r, R_CONFIG, "image config",
			    "history has %zu layers, the manifest %zu", listed, n_layers);
	free(here);
	free(there);
}

/* DIFF_ID is NULL if the config could not be read. */
static bool check_layer(struct verify *v, struct image *im, const json_t *descriptor,
			const char *diff_id)
{
	const char *name = blob_name(descriptor, "layer"), *wrong;
	char got[DIGEST_SIZE];
	struct bytes b;
	bool whole;

	seen(v, descriptor);
	wrong = load_blob(v->dir, descriptor, MAX_LAYER, &b);
	if (wrong) {
		add_finding(v->r, blob_rule(descriptor), name, "the layer %s", wrong);
		return false;
	}
	if (is_zstd(&b)) {
		add_finding(v->r, R_ZSTD, name, "the layer is compressed with zstd");
		unmap(&b);
		return false;
	}
	if (strcmp(json_member(descriptor, "mediaType"), MEDIA_LAYER))
		add_finding(v->r, R_LAYER, name, "the layer's media type is '%s', not " MEDIA_LAYER,
			    json_member(descriptor, "mediaType"));
	whole = image_layer(im, name, &b, got, &v->budget);
	unmap(&b);
	if (*got && diff_id && strcmp(got, diff_id))
		add_finding(v->r, R_DIFF_ID, name,
			    "the layer unpacks to %s, the config says '%.80s'", got, diff_id);
	return whole;
}

/* P is NULL if the platform is unknown: then what depends on it is not checked. */
static void check_manifest(struct verify *v, const json_t *descriptor, const struct platform *p)
{
	json_t *manifest = get_json(v, descriptor, "manifest"), *config = NULL;
	const json_t *layers = json_object_get(manifest, "layers"), *layer, *diff_ids;
	struct image *im;
	bool whole = true;
	size_t i;

	if (!manifest)
		return;
	check_type(v, manifest, "manifest", MEDIA_MANIFEST);
	config = get_json(v, json_object_get(manifest, "config"), "image config");
	if (config)
		check_config(v, config, descriptor, json_array_size(layers));
	if (!json_array_size(layers) || json_array_size(layers) > MAX_LAYERS) {
		add_finding(v->r, R_MANIFEST, "manifest", "has %zu layers: expected 1 to %d",
			    json_array_size(layers), MAX_LAYERS);
	} else {
		diff_ids = json_object_get(json_object_get(config, "rootfs"), "diff_ids");
		im = image_open(v->r, p);
		json_array_foreach(layers, i, layer) {
			const char *id = json_string_value(json_array_get(diff_ids, i));

			whole &= check_layer(v, im, layer, config && !id ? "" : id);
		}
		/* The content of an unreadable layer is unknown. */
		if (whole)
			image_judge(im, json_object_get(manifest, "annotations"),
				    json_object_get(json_object_get(config, "config"), "Labels"));
		if (image_about(im))
			json_object_set(v->about, json_member(descriptor, "digest"),
					image_about(im));
		image_close(im);
	}
	json_decref(manifest);
	json_decref(config);
}

/* ---- the index --------------------------------------------------------------------- */

/* A statement of an attestation about the manifest OF, or NULL if the index lacks that. */
static void check_statement(struct verify *v, const json_t *layer, const char *of)
{
	const char *name = blob_name(layer, "attestation"), *wrong;
	struct bytes b;
	char *why = NULL;

	seen(v, layer);
	wrong = load_blob(v->dir, layer, MAX_LAYER, &b);
	if (wrong)
		add_finding(v->r, blob_rule(layer), name, "the attestation's blob %s", wrong);
	else if (of && is_sbom(layer))
		why = statement_wrong(&b, of, json_object_get(v->about, of));
	if (why)
		add_finding(v->r, R_SBOM, name, "the SBOM %s", why);
	free(why);
	unmap(&b);
}

/* An attestation's blobs must be complete, and it must belong to an image of the index. */
static void check_attestation(struct verify *v, const json_t *descriptor, const json_t *manifests)
{
	const char *of = attestation_of(descriptor);
	const json_t *m, *layer;
	json_t *manifest = get_json(v, descriptor, "attestation");
	json_t *blobs = json_array();
	bool known = false;
	size_t i;

	if (strcmp(attestation_type(descriptor), "attestation-manifest"))
		add_finding(v->r, R_ATTESTATION, blob_name(descriptor, "attestation"),
			    "has no annotation that says it is one");
	json_array_foreach(manifests, i, m)
		known |= !is_attestation(m) && !strcmp(json_member(m, "digest"), of);
	if (!known)
		add_finding(v->r, R_ATTESTATION, blob_name(descriptor, "attestation"),
			    "is of '%.80s', which the index does not name", of);
	json_array_append(blobs, json_object_get(manifest, "config"));
	json_array_extend(blobs, json_object_get(manifest, "layers"));
	json_array_foreach(blobs, i, layer)
		check_statement(v, layer, known ? of : NULL);
	json_decref(blobs);
	json_decref(manifest);
}

/* One manifest; BARE if index.json names it, without an index. */
static void check_image(struct verify *v, const json_t *descriptor, bool several, bool bare)
{
	char *name = bare ? platform_of(v->dir, descriptor) : platform_name(descriptor);
	char *other, *scope;
	const struct platform *p = platform_find(name);
	const char *where = blob_name(descriptor, "index");

	if (!p)
		add_finding(v->r, R_PLATFORM, where, "the manifest has %s%s%s",
			    *name ? "the unknown platform '" : "no platform", name,
			    *name ? "'" : "");
	else if (json_object_get(v->platforms, name))
		add_finding(v->r, R_PLATFORM, where, "is the second manifest for %s", name);
	json_object_set_new_nocheck(v->platforms, name, json_true());
	if (!p && !*name) {
		other = platform_of(v->dir, descriptor);
		p = platform_find(other);
		free(other);
	}
	if (strcmp(json_member(descriptor, "mediaType"), MEDIA_MANIFEST))
		add_finding(v->r, R_MANIFEST, where,
			    "the index says that it is '%s', not " MEDIA_MANIFEST,
			    json_member(descriptor, "mediaType"));
	if (!bare && json_object_get(json_object_get(descriptor, "annotations"), NOTE_REF))
		add_finding(v->r, R_REF, where, NOTE_REF " belongs to index.json alone");
	scope = several ? mem_printf("%s%s%s", v->scoped ? v->scoped : "", v->scoped ? " " : "",
				     name) :
			  NULL;
	v->r->scope = scope ? scope : v->scoped;
	if (is_index(descriptor))
		seen(v, descriptor);
	else
		check_manifest(v, descriptor, p);
	v->r->scope = v->scoped;
	free(scope);
	free(name);
}

static void check_index(struct verify *v, const json_t *top)
{
	json_t *index = get_json(v, top, "index");
	const json_t *manifests = json_object_get(index, "manifests"), *m;
	size_t i, images = 0;

	if (!index)
		return;
	check_type(v, index, "index", MEDIA_INDEX);
	json_array_foreach(manifests, i, m)
		images += !is_attestation(m);
	if (!images || json_array_size(manifests) > MAX_LAYERS)
		add_finding(v->r, R_MANIFEST, "index", "names %zu images", images);
	json_array_foreach(manifests, i, m) {
		if (i == MAX_LAYERS)
			break;
		if (is_attestation(m))
			continue;
		if (is_artifact(v->dir, m))
			note(v->r, "skipped", blob_name(m, "index"),
			     "is an artifact, not an image");
		else
			check_image(v, m, images > 1, false);
	}
	/* They follow, since they are compared with their images. */
	json_array_foreach(manifests, i, m)
		if (i < MAX_LAYERS && is_attestation(m))
			check_attestation(v, m, manifests);
	json_decref(index);
}

/* If the name has a digest, assemblers find it only if that is the image's. */
static void check_ref(struct verify *v, const json_t *top, const char *ref)
{
	const char *at = strchr(ref, '@'), *wrong;
	char *plain = mem_printf("%.*s", at ? (int)(at - ref) : (int)strlen(ref), ref);

	wrong = *ref ? ref_wrong(plain) : "is missing";
	if (wrong)
		add_finding(v->r, R_REF, "index.json", NOTE_REF " '%.200s' %s", ref, wrong);
	if (at && strcmp(at + 1, json_member(top, "digest")))
		add_finding(v->r, R_REF, "index.json",
			    NOTE_REF " '%.300s' has another digest than the image", ref);
	free(plain);
}

/* Registries drop the annotations of index.json, and clients write one of the two, or none. */
static void check_names(struct verify *v, const json_t *top)
{
	const json_t *notes = json_object_get(top, "annotations");
	const char *ref = json_member(notes, NOTE_REF), *name = json_member(notes, NOTE_NAME);

	if (!json_object_get(notes, NOTE_NAME)) {
		note(v->r, "no-name", "index.json",
		     "the image has no " NOTE_NAME
		     ", so that assemblers do not find it by name; run "
		     "kimage name LAYOUT NAME");
		return;
	}
	check_ref(v, top, ref);
	if (strcmp(ref, name))
		add_finding(v->r, R_REF, "index.json",
			    NOTE_NAME " is '%.200s', " NOTE_REF " is '%.200s'", name, ref);
}

/* ---- the layout --------------------------------------------------------------------- */

/* Blobs that no manifest names must be correct too: a registry will check them. */
static void check_stray(struct verify *v, const char *name)
{
	char *digest = mem_printf("sha256:%s", name), *path, got[DIGEST_SIZE];
	const char *wrong = NULL;
	struct bytes b = { 0 };

	if (!is_digest(digest)) {
		add_finding(v->r, R_BLOB, "blobs/sha256", "'%.100s' is not a SHA-256", name);
	} else if (!json_object_get(v->seen, digest)) {
		path = blob_path(v->dir, digest);
		wrong = map_file(path, MAX_LAYER, &b);
		free(path);
		sha_of_bytes(&b, got);
		if (!wrong && strcmp(got, digest))
			wrong = "does not have the SHA-256 that its name says";
		if (wrong)
			add_finding(v->r, R_BLOB, digest, "the blob %s", wrong);
		unmap(&b);
	}
	free(digest);
}

/* Call CHECK for each entry of a directory of the layout; with ONLY, report each other entry. */
static void check_dir(struct verify *v, const char *name, const char *only)
{
	char *path = mem_printf("%s/%s", v->dir, name);
	const struct dirent *e;
	struct stat st;
	DIR *dir = NULL;

	if (!lstat(path, &st) && S_ISDIR(st.st_mode))
		dir = opendir(path);
	if (!dir)
		add_finding(v->r, R_LAYOUT, name, "is not a directory that can be read");
	while (dir && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (!only)
			check_stray(v, e->d_name);
		else if (strcmp(e->d_name, only))
			add_finding(v->r, R_DIGEST, name,
				    "'%.100s' has digests that kimage does not "
				    "support",
				    e->d_name);
	}
	if (dir)
		closedir(dir);
	free(path);
}

/* One of the layout's two fixed files; false if it can't be read at all. */
static bool load_fixed(struct verify *v, const char *name, json_t **json)
{
	char *path = mem_printf("%s/%s", v->dir, name), *why;
	struct bytes b;
	const char *wrong = map_file(path, MAX_JSON, &b);

	*json = NULL;
	if (wrong) {
		complain(path, 0, "%s [layout]; is this an OCI layout?", wrong);
	} else if (!(*json = json_parse(&b, &why))) {
		add_finding(v->r, R_JSON, name, "%s", why);
		free(why);
	}
	unmap(&b);
	free(path);
	return !wrong;
}

static void check_one(struct verify *v, const json_t *top, bool several)
{
	const json_t *notes = json_object_get(top, "annotations");
	const char *name = json_member(notes, NOTE_REF);

	if (!*name)
		name = blob_name(top, "index.json");
	v->scoped = v->r->scope = several ? mem_printf("%.300s", name) : NULL;
	json_object_clear(v->platforms);
	check_names(v, top);
	if (is_index(top)) {
		if (strcmp(json_member(top, "mediaType"), MEDIA_INDEX))
			add_finding(v->r, R_MANIFEST, "index.json",
				    "its descriptor is of '%s', not " MEDIA_INDEX,
				    json_member(top, "mediaType"));
		check_index(v, top);
	} else {
		add_finding(v->r, R_TOP, "index.json",
			    "its descriptor is of '%s', not " MEDIA_INDEX,
			    json_member(top, "mediaType"));
		check_image(v, top, false, true);
	}
	free(v->scoped);
	v->scoped = v->r->scope = NULL;
}

static void check_top(struct verify *v, const json_t *index_json, const char *name)
{
	size_t n = json_array_size(json_object_get(index_json, "manifests")), i;
	json_t *skipped = json_array(), *images, *d;

	check_type(v, index_json, "index.json", MEDIA_INDEX);
	if (n > MAX_LAYERS)
		add_finding(v->r, R_TOP, "index.json", "has %zu descriptors: expected at most %d", n,
			    MAX_LAYERS);
	images = layout_images(v->dir, index_json, name, skipped);
	json_array_foreach(skipped, i, d)
		note(v->r, "skipped", blob_name(d, "index.json"),
		     "is a signature or another artifact, not an image");
	n = json_array_size(images);
	if (!n)
		add_finding(v->r, R_TOP, "index.json", "names no image%s%.300s", name ? " " : "",
			    name ? name : "");
	if (n > 1)
		add_finding(v->r, R_AMBIGUOUS, "index.json", "names %zu images", n);
	json_array_foreach(images, i, d)
		check_one(v, d, n > 1);
	json_decref(skipped);
	json_decref(images);
}

bool verify_layout(const char *dir, const char *name, struct report *r)
{
	struct verify v = { .dir = dir,
			    .r = r,
			    .seen = json_object(),
			    .about = json_object(),
			    .platforms = json_object(),
			    .budget = MAX_UNPACKED };
	json_t *version = NULL, *index = NULL;
	bool readable =
		load_fixed(&v, "oci-layout", &version) && load_fixed(&v, "index.json", &index);

	if (readable) {
		if (version && strcmp(json_member(version, "imageLayoutVersion"), "1.0.0"))
			add_finding(r, R_LAYOUT, "oci-layout",
				    "imageLayoutVersion is '%s', not 1.0.0",
				    json_member(version, "imageLayoutVersion"));
		if (index)
			check_top(&v, index, name);
		check_dir(&v, "blobs", "sha256");
		check_dir(&v, "blobs/sha256", NULL);
	}
	json_decref(version);
	json_decref(index);
	json_decref(v.seen);
	json_decref(v.about);
	json_decref(v.platforms);
	return readable;
}

static void print_json(const char *layout, const struct report *r)
{
	json_t *answer = json_pack("{s:s, s:O, s:O}", "layout", layout, "findings", r->findings,
				   "notes", r->notes);
	char *text = json_text(answer);

	puts(text);
	free(text);
	json_decref(answer);
}

static int verify(const char *dir, const char *name, bool json, const struct signer *signer)
{
	struct report r = report_new();
	bool readable;
	char *shown = visible(dir);
	size_t n;

	r.signer = signer;
	readable = verify_layout(dir, name, &r);
	n = json_array_size(r.findings);
	if (readable && json)
		print_json(shown, &r);
	else
		report_print(&r);
	if (readable && !json && !n)
		printf("%s keeps the image contract\n", shown);
	free(shown);
	report_free(&r);
	return !readable ? CANNOT_RUN : n ? FINDING : DONE;
}

int cmd_verify(int argc, char **argv)
{
	const char *name = NULL, *cert = NULL;
	bool json = false, rules = false;
	const struct opt opts[] = {
		OPT_FLAG("json", &json, "report as JSON, on standard output"),
		OPT_TEXT("name", "NAME", &name, "check this image of a layout that has several"),
		OPT_TEXT("signer", "CERT", &cert,
			 "verify each module's signature by this certificate, in PEM"),
		OPT_FLAG("rules", &rules, "list the rules"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	struct signer *signer = NULL;

	if (status != GO_ON)
		return status;
	if (rules == (argc == 1))
		return options_wrong(&command, opts);
	if (rules) {
		report_rules(stdout);
		return DONE;
	}
	if (cert && !(signer = signer_read(cert)))
		return CANNOT_RUN;
	status = verify(*argv, name, json, signer);
	signer_free(signer);
	return status;
}
