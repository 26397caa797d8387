// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attestations: in-toto statements about an image, in manifests beside it, as BuildKit stores them
 * (docs.docker.com/build/metadata/attestations/attestation-storage).
 */
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

#define MEDIA_IN_TOTO "application/vnd.in-toto+json"
#define MEDIA_ATTESTATION "application/vnd.docker.attestation.manifest.v1+json"
#define NOTE_PREDICATE "in-toto.io/predicate-type"
#define NOTE_TYPE "vnd.docker.reference.type"
#define NOTE_OF "vnd.docker.reference.digest"
#define STATEMENT "https://in-toto.io/Statement/v0.1"
#define SPDX "https://spdx.dev/Document"

json_t *put_sbom(const char *dir, const json_t *manifest, const json_t *about, const char *ref,
		 long long created, uint64_t *size)
{
	const char *digest = json_member(manifest, "digest");
	json_t *statement = json_pack("{s:s, s:s, s:[{s:s, s:{s:s}}], s:o}", "_type", STATEMENT,
				      "predicateType", SPDX, "subject", "name", ref, "digest",
				      "sha256", digest + 7, "predicate",
				      sbom_make(about, digest, created));
	json_t *layer = put_json(dir, statement, MEDIA_IN_TOTO);
	json_t *config = put_json(dir, json_object(), MEDIA_EMPTY), *attestation;

	*size += blob_size(layer) + blob_size(config);
	json_object_set_new(layer, "annotations", json_pack("{s:s}", NOTE_PREDICATE, SPDX));
	attestation = put_json(dir,
			       json_pack("{s:i, s:s, s:s, s:o, s:[o], s:{s:s, s:s, s:O}}",
					 "schemaVersion", 2, "mediaType", MEDIA_MANIFEST,
					 "artifactType", MEDIA_ATTESTATION, "config", config,
					 "layers", layer, "subject", "mediaType", MEDIA_MANIFEST,
					 "digest", digest, "size", json_object_get(manifest, "size")),
			       MEDIA_MANIFEST);
	if (!attestation)
		return NULL;
	*size += blob_size(attestation);
	json_object_update_new(attestation,
			       json_pack("{s:{s:s, s:s}, s:{s:s, s:s}}", "platform", "os", "unknown",
					 "architecture", "unknown", "annotations", NOTE_TYPE,
					 "attestation-manifest", NOTE_OF, digest));
	return attestation;
}

const char *attestation_of(const json_t *descriptor)
{
	return json_member(json_object_get(descriptor, "annotations"), NOTE_OF);
}

const char *attestation_type(const json_t *descriptor)
{
	return json_member(json_object_get(descriptor, "annotations"), NOTE_TYPE);
}

const char *attestation_predicate(const json_t *layer)
{
	return json_member(json_object_get(layer, "annotations"), NOTE_PREDICATE);
}

/* Is the manifest with this digest one of the statement's subjects? */
static bool is_subject(const json_t *statement, const char *digest)
{
	const json_t *subject;
	size_t i;

	json_array_foreach(json_object_get(statement, "subject"), i, subject)
		if (!strcmp(json_member(json_object_get(subject, "digest"), "sha256"), digest + 7))
			return true;
	return false;
}

char *statement_wrong(const struct bytes *b, const char *digest, const json_t *about)
{
	char *why = NULL;
	json_t *statement = json_parse(b, &why);
	const json_t *predicate = json_object_get(statement, "predicate");

	if (statement && strncmp(json_member(statement, "_type"), "https://in-toto.io/Statement/", 29))
		why = mem_printf("is not a statement of in-toto");
	else if (statement && strcmp(json_member(statement, "predicateType"), SPDX))
		why = mem_printf("is of the type '%.100s', not " SPDX,
				 json_member(statement, "predicateType"));
	else if (statement && !(is_digest(digest) && is_subject(statement, digest)))
		why = mem_printf("is about another image than %.80s", digest);
	else if (statement)
		why = sbom_wrong(predicate, about);
	json_decref(statement);
	return why;
}

bool is_sbom(const json_t *layer)
{
	return !strcmp(attestation_predicate(layer), SPDX);
}

/* The statements in one attestation. */
static void add_statements(json_t *list, const char *layout, const json_t *descriptor)
{
	char *why;
	json_t *manifest = load_json(layout, descriptor, &why), *layer;
	size_t i;

	if (!manifest)
		free(why);
	json_array_foreach(json_object_get(manifest, "layers"), i, layer)
		json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "predicate",
						      attestation_predicate(layer), "digest",
						      json_member(layer, "digest"), "size",
						      (json_int_t)blob_size(layer)));
	json_decref(manifest);
}

json_t *attestations(const char *layout, const json_t *image, const char *digest)
{
	char *why;
	json_t *list = json_array(), *index, *m;
	size_t i;

	if (!is_index(image))
		return list;
	index = load_json(layout, image, &why);
	if (!index)
		free(why);
	json_array_foreach(json_object_get(index, "manifests"), i, m)
		if (i < MAX_LAYERS && is_attestation(m) && !strcmp(attestation_of(m), digest))
			add_statements(list, layout, m);
	json_decref(index);
	return list;
}
