// SPDX-License-Identifier: GPL-2.0-only
/*
 * kimage signature: the form in which cosign stores the signature of an image
 * (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md): a payload that names the image's digest, as a
 * layer of an artifact whose tag is sha256-DIGEST.sig, and the signature over it as an annotation.
 * A key is never read here: openssl signs and verifies.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage signature LAYOUT --payload FILE [--name NAME]\n"
		    "       kimage signature LAYOUT --payload FILE --signature FILE --store DIR\n"
		    "       kimage signature LAYOUT --payload FILE --signature FILE --load DIR",
	.about =
		"Writes the payload that a signature of the image is made over; or stores payload and\n"
		"signature in a layout, as cosign does; or loads both from one, and checks that they are\n"
		"about this image.\n",
	.status = "0 written, 1 the signature is of another image, 2 could not run",
	.least = 1,
	.most = 1,
};

#define MEDIA_SIGNATURE "application/vnd.dev.cosign.simplesigning.v1+json"
#define NOTE_SIGNATURE "dev.cosignproject.cosign/signature"
#define KIND "cosign container image signature"

enum { MAX_SIGNATURE = 8192 }; /* bytes; one of P-256 has 72 */

struct signing {
	const char *layout, *name, *payload, *signature, *store, *load;
	char digest[DIGEST_SIZE]; /* the image's */
	char *repository;
};

/* The digest and the name without its tag of the layout's image. */
static int find_image(struct signing *s)
{
	int status;
	json_t *top = load_top(s->layout, &status);
	json_t *image = top ? layout_image(s->layout, top, s->name) : NULL;
	const char *ref = json_member(json_object_get(image, "annotations"), NOTE_REF);
	const char *digest = json_member(image, "digest");

	if (top)
		status = FINDING;
	if (image && (ref_wrong(ref) || !is_digest(digest))) {
		complain(s->layout, 0,
			 "the image has no valid name [no-name]; run kimage name LAYOUT NAME");
	} else if (image) {
		strcpy(s->digest, digest);
		s->repository = mem_strndup(ref, (size_t)(strrchr(ref, ':') - ref));
		status = DONE;
	}
	json_decref(image);
	json_decref(top);
	return status;
}

static int put(const char *path, const void *data, size_t size)
{
	const char *wrong = write_file(path, data, size);

	if (wrong)
		complain(path, 0, "%s [output]", wrong);
	return wrong ? CANNOT_RUN : DONE;
}

static int write_payload(const struct signing *s)
{
	json_t *json = json_pack("{s:{s:{s:s}, s:{s:s}, s:s}, s:n}", "critical", "identity",
				 "docker-reference", s->repository, "image",
				 "docker-manifest-digest", s->digest, "type", KIND, "optional");
	char *text = json_text(json);
	int status = put(s->payload, text, strlen(text));

	free(text);
	json_decref(json);
	return status;
}

/* Is this a payload about the image? */
static bool payload_right(const struct signing *s, const char *where, const struct bytes *b)
{
	char *why = NULL;
	json_t *json = json_parse(b, &why);
	const json_t *critical = json_object_get(json, "critical");
	const char *of = json_member(json_object_get(critical, "image"), "docker-manifest-digest");
	bool right = !strcmp(json_member(critical, "type"), KIND) && !strcmp(of, s->digest);

	if (why)
		complain(where, 0, "the payload %s [json]", why);
	else if (!right)
		complain(where, 0, "the signature is of another image [other-image]: expected %s, got %.80s",
			 s->digest, of);
	free(why);
	json_decref(json);
	return right;
}

/* ---- storing --------------------------------------------------------------------------- */

/* Base 64, to free. */
static char *encoded(const struct buffer *b)
{
	char *text = mem_zalloc(4 * (b->size / 3 + 1) + 1);

	EVP_EncodeBlock((unsigned char *)text, b->data, (int)b->size);
	return text;
}

static json_t *put_payload(const char *dir, const struct buffer *payload, const char *signature)
{
	char digest[DIGEST_SIZE], *path;
	json_t *layer = NULL;
	const char *wrong;

	sha_of(payload->data, payload->size, digest);
	path = blob_path(dir, digest);
	wrong = write_file(path, payload->data, payload->size);
	if (wrong)
		complain(path, 0, "%s [output]", wrong);
	else
		layer = json_pack("{s:s, s:s, s:I, s:{s:s}}", "mediaType", MEDIA_SIGNATURE,
				  "digest", digest, "size", (json_int_t)payload->size,
				  "annotations", NOTE_SIGNATURE, signature);
	free(path);
	return layer;
}

static bool put_artifact(const struct signing *s, const char *dir, const struct buffer *payload,
			 const char *signature)
{
	json_t *layer = put_payload(dir, payload, signature), *config, *manifest;
	char *ref = mem_printf("%s:sha256-%s.sig", s->repository, s->digest + 7);

	config = put_json(dir,
			  json_pack("{s:s, s:s, s:{}, s:{s:s, s:[s]}}", "architecture", "", "os",
				    "", "config", "rootfs", "type", "layers", "diff_ids",
				    json_member(layer, "digest")),
			  MEDIA_CONFIG);
	manifest = put_json(dir,
			    json_pack("{s:i, s:s, s:o, s:[o]}", "schemaVersion", 2, "mediaType",
				      MEDIA_MANIFEST, "config", config, "layers", layer),
			    MEDIA_MANIFEST);
	if (manifest)
		json_object_set_new(manifest, "annotations",
				    json_pack("{s:s, s:s}", NOTE_REF, ref, NOTE_NAME, ref));
	free(ref);
	return manifest && put_top(dir, manifest);
}

static bool read_both(const struct signing *s, struct buffer *payload, struct buffer *signature)
{
	const char *wrong = file_read(s->payload, MAX_JSON, payload), *path = s->payload;

	if (!wrong) {
		path = s->signature;
		wrong = file_read(path, MAX_SIGNATURE, signature);
	}
	if (!wrong && !signature->size)
		wrong = "is empty";
	if (wrong)
		complain(path, 0, "%s [input]", wrong);
	return !wrong;
}

static int store(const struct signing *s)
{
	struct buffer payload = { 0 }, signature = { 0 };
	int status = CANNOT_RUN;
	struct stage stage;
	struct bytes bytes;
	char *text;

	if (read_both(s, &payload, &signature)) {
		bytes = buffer_bytes(&payload);
		status = payload_right(s, s->payload, &bytes) ? DONE : FINDING;
	}
	if (status == DONE && !stage_open(&stage, s->store)) {
		status = CANNOT_RUN;
	} else if (status == DONE) {
		text = encoded(&signature);
		if (!start_blobs(stage.tmp) || !put_artifact(s, stage.tmp, &payload, text) ||
		    !sync_layout(stage.tmp) || !stage_publish(&stage))
			status = CANNOT_RUN;
		free(text);
		stage_close(&stage);
	}
	buffer_free(&payload);
	buffer_free(&signature);
	return status;
}

/* ---- loading --------------------------------------------------------------------------- */

/* Base 64 without its padding, of which OpenSSL makes zeros; -1 if TEXT is not. */
static int decode(const char *text, unsigned char *out)
{
	size_t len = strlen(text), pad = 0;
	int n;

	if (!len || len % 4 || len > MAX_SIGNATURE)
		return -1;
	while (pad < 2 && text[len - 1 - pad] == '=')
		pad++;
	n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	return n < 0 ? -1 : n - (int)pad;
}

/* The payload's layer of a signature's manifest, as a new reference, or NULL. */
static json_t *find_layer(const char *dir, int *status)
{
	json_t *top = load_top(dir, status), *manifest = NULL, *layer = NULL, *l, *d;
	char *why = NULL;
	size_t i;

	d = json_array_get(json_object_get(top, "manifests"), 0);
	if (d)
		manifest = load_json(dir, d, &why);
	json_array_foreach(json_object_get(manifest, "layers"), i, l)
		if (!layer && !strcmp(json_member(l, "mediaType"), MEDIA_SIGNATURE))
			layer = json_incref(l);
	if (top && !layer)
		complain(dir, 0, "holds no signature of cosign's%s%s [no-signature]",
			 why ? ": its manifest " : "", why ? why : "");
	if (top)
		*status = layer ? DONE : FINDING;
	free(why);
	json_decref(manifest);
	json_decref(top);
	return layer;
}

static int write_both(const struct signing *s, const json_t *layer, const struct bytes *payload)
{
	unsigned char signature[MAX_SIGNATURE];
	int status, n = decode(json_member(json_object_get(layer, "annotations"), NOTE_SIGNATURE),
			       signature);

	if (n <= 0) {
		complain(s->load, 0, "the signature is not base 64 [no-signature]");
		return FINDING;
	}
	if (!payload_right(s, s->load, payload))
		return FINDING;
	status = put(s->payload, payload->data, payload->size);
	return status == DONE ? put(s->signature, signature, (size_t)n) : status;
}

static int load(const struct signing *s)
{
	int status;
	json_t *layer = find_layer(s->load, &status);
	struct bytes b = { 0 };
	const char *wrong;

	if (layer) {
		wrong = load_blob(s->load, layer, MAX_JSON, &b);
		if (wrong)
			complain(s->load, 0, "the payload %s [%s]", wrong, blob_code(layer));
		status = wrong ? FINDING : write_both(s, layer, &b);
		unmap(&b);
	}
	json_decref(layer);
	return status;
}

int cmd_signature(int argc, char **argv)
{
	struct signing s = { 0 };
	const struct opt opts[] = {
		OPT_NEED("payload", "FILE", &s.payload, "the text that is signed"),
		OPT_TEXT("signature", "FILE", &s.signature, "the signature over it, as openssl writes it"),
		OPT_TEXT("store", "DIR", &s.store, "the layout to write"),
		OPT_TEXT("load", "DIR", &s.load, "the layout to read"),
		OPT_TEXT("name", "NAME", &s.name, "the image, if the layout has several"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if ((s.store && s.load) || !s.signature != !(s.store || s.load))
		return options_wrong(&command, opts);
	s.layout = *argv;
	umask(022);
	status = find_image(&s);
	if (status == DONE)
		status = s.store ? store(&s) : s.load ? load(&s) : write_payload(&s);
	free(s.repository);
	return status;
}
