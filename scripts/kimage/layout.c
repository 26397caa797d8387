// SPDX-License-Identifier: GPL-2.0-only
/* Digests, blobs by digest, JSON without surprises, names of images and platforms. */
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kimage.h"

/* ---- digests ------------------------------------------------------------------- */

struct sha {
	EVP_MD_CTX *ctx;
};

static void sha_check(int ok)
{
	if (!ok)
		die(CANNOT_RUN, "libcrypto cannot make SHA-256 digests [crypto]");
}

struct sha *sha_open(void)
{
	struct sha *s = mem_zalloc(sizeof(*s));

	s->ctx = EVP_MD_CTX_new();
	sha_check(s->ctx && EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL));
	return s;
}

void sha_add(struct sha *s, const void *data, size_t size)
{
	sha_check(EVP_DigestUpdate(s->ctx, data, size));
}

void sha_close(struct sha *s, char digest[DIGEST_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	sha_check(EVP_DigestFinal_ex(s->ctx, md, NULL));
	EVP_MD_CTX_free(s->ctx);
	free(s);
	strcpy(digest, "sha256:");
	for (size_t i = 0; i < 32; i++)
		snprintf(digest + 7 + 2 * i, 3, "%02x", md[i]);
}

void sha_of(const void *data, size_t size, char digest[DIGEST_SIZE])
{
	struct sha *s = sha_open();

	sha_add(s, data, size);
	sha_close(s, digest);
}

bool is_hex64(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

bool is_digest(const char *s)
{
	return !strncmp(s, "sha256:", 7) && is_hex64(s + 7);
}

/* OCI image specification, "Digests": ALGORITHM:ENCODED. */
bool is_other_digest(const char *s)
{
	size_t algorithm = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789+._-");
	const char *encoded = s + algorithm + 1;

	return algorithm && s[algorithm] == ':' && strncmp(s, "sha256:", 7) && *encoded &&
	       strlen(encoded) <= 256 &&
	       encoded[strspn(encoded, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789=_-")] == '\0';
}

/* ---- blobs and JSON ------------------------------------------------------------- */

char *blob_path(const char *layout, const char *digest)
{
	return mem_printf("%s/blobs/sha256/%s", layout, digest + 7);
}

const char *blob_code(const json_t *descriptor)
{
	return is_other_digest(json_member(descriptor, "digest")) ? "unsupported-digest" : "blob";
}

void sha_of_bytes(const struct bytes *b, char digest[DIGEST_SIZE])
{
	enum { PIECE = 8 << 20 };
	struct sha *s = sha_open();

	for (size_t at = 0; at < b->size; at += PIECE) {
		size_t n = b->size - at < PIECE ? b->size - at : PIECE;

		sha_add(s, b->data + at, n);
		if (b->mapped)
			madvise((void *)(uintptr_t)(b->data + at), n, MADV_DONTNEED);
	}
	sha_close(s, digest);
}

const char *load_blob(const char *layout, const json_t *descriptor, size_t limit, struct bytes *b)
{
	const char *digest = json_member(descriptor, "digest"), *wrong;
	const json_t *size = json_object_get(descriptor, "size");
	char got[DIGEST_SIZE], *path;

	*b = (struct bytes){ 0 };
	if (is_other_digest(digest))
		return "has a digest that kimage does not support; it supports sha256";
	if (!is_digest(digest))
		return "has no sha256 digest";
	path = blob_path(layout, digest);
	wrong = map_file(path, limit, b);
	free(path);
	if (wrong)
		return wrong;
	sha_of_bytes(b, got);
	if (!json_is_integer(size) || json_integer_value(size) != (json_int_t)b->size)
		wrong = "has another size than its descriptor says";
	else if (strcmp(got, digest))
		wrong = "does not have the SHA-256 of its digest";
	if (wrong)
		unmap(b);
	return wrong;
}

/*
 * What the values of a text weigh in memory: about 40 bytes each, and 256 for an object.
 * The weight of a kernel.json of 12,000 modules is 170,000.
 */
static bool too_many_values(const struct bytes *b)
{
	enum { MAX_WEIGHT = 1 << 19, OBJECT = 6 };
	bool in_string = false;
	size_t weight = 0;

	for (size_t i = 0; i < b->size && weight <= MAX_WEIGHT; i++) {
		unsigned char c = b->data[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string)
			weight += c == '{' || c == '[' ? OBJECT : c == ',';
	}
	return weight > MAX_WEIGHT;
}

json_t *json_parse(const struct bytes *b, char **why)
{
	json_error_t error;
	json_t *json;

	if (b->size > MAX_JSON || too_many_values(b)) {
		*why = b->size > MAX_JSON ? mem_printf("is larger than %u bytes", MAX_JSON) :
					    mem_printf("has more values than any image");
		return NULL;
	}
	json = json_loadb(b->size ? (const char *)b->data : "", b->size, JSON_REJECT_DUPLICATES,
			  &error);
	if (json && json_is_object(json))
		return json;
	*why = json ? mem_printf("is not a JSON object") :
		      mem_printf("line %d: %s", error.line, error.text);
	json_decref(json);
	return NULL;
}

json_t *load_json(const char *layout, const json_t *descriptor, char **why)
{
	struct bytes b;
	const char *wrong = load_blob(layout, descriptor, MAX_JSON, &b);
	json_t *json = NULL;
	char *text;

	if (wrong) {
		*why = mem_printf("%s [%s]", wrong, blob_code(descriptor));
	} else if (!(json = json_parse(&b, &text))) {
		*why = mem_printf("%s [json]", text);
		free(text);
	}
	unmap(&b);
	return json;
}

char *json_text(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

	return text ? text : mem_zalloc(SIZE_MAX);
}

const char *json_member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

/* ---- names ---------------------------------------------------------------------- */

static const char digits[] = "0123456789";
static const char lower_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

/* LABEL(.LABEL)*[:PORT], a label of lower case and digits, with '-' within; or [IPv6]. */
static bool host_right(const char *s, const char *end)
{
	if (*s == '[') {
		s += 1 + strspn(s + 1, "0123456789abcdef:");
		if (*s++ != ']')
			return false;
	} else {
		for (;; s++) {
			size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

			if (!len || *s == '-' || s[len - 1] == '-')
				return false;
			s += len;
			if (*s != '.')
				break;
		}
	}
	return s == end || (*s == ':' && s + 1 < end && s + 1 + strspn(s + 1, digits) == end);
}

/* Words of lower case and digits, joined by '.', '_', '__' or any number of '-'. */
static bool component_right(const char *s, size_t len)
{
	size_t at = strspn(s, lower_digits);

	while (at && at < len) {
		size_t dashes = strspn(s + at, "-"), word;
		size_t joint = dashes				? dashes :
			       s[at] == '_' && s[at + 1] == '_' ? 2 :
			       strchr("._", s[at])		? 1 :
								  0;

		word = joint ? strspn(s + at + joint, lower_digits) : 0;
		at = word ? at + joint + word : 0;
	}
	return at == len && len;
}

static bool path_right(const char *path, const char *end)
{
	for (;;) {
		size_t len = strcspn(path, "/:");

		if (!component_right(path, len))
			return false;
		path += len;
		if (path >= end)
			return true;
		if (*path++ != '/')
			return false;
	}
}

static bool tag_right(const char *tag)
{
	for (const char *c = tag; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && (c == tag || !strchr("-.", *c)))
			return false;
	return true;
}

/* github.com/distribution/reference: what registries, and so clients, take. */
const char *ref_wrong(const char *ref)
{
	const char *slash = strchr(ref, '/'), *path = slash ? slash + 1 : NULL;
	const char *tag = path ? strrchr(path, ':') : NULL;
	size_t host = slash ? (size_t)(slash - ref) : 0;

	if (!slash || !(memchr(ref, '.', host) || memchr(ref, ':', host) ||
			(host == 9 && !memcmp(ref, "localhost", host))))
		return "has no host; docker.io/ORG/NAME:TAG does";
	if (!tag || !tag[1])
		return "has no tag";
	if (tag - ref > 255)
		return "is longer than 255 bytes, which registries refuse";
	if (!host_right(ref, slash) || !path_right(path, tag))
		return "is not a valid name for a registry";
	if (strlen(tag + 1) > 128 || !tag_right(tag + 1))
		return "has a tag that registries refuse";
	if (!strncmp(ref, "docker.io/", 10) && !memchr(path, '/', (size_t)(tag - path)))
		return "would be expanded to docker.io/library/; write that, or an organisation";
	return NULL;
}

const struct platform platforms[N_PLATFORMS] = { PLATFORMS(PLATFORM_ROW) };

/* linux/arm64 is linux/arm64/v8, and linux/amd64/v1 is linux/amd64, as for containerd. */
static const struct {
	const char *name, *same;
} same_platforms[] = {
	{ "linux/arm64", "linux/arm64/v8" },
	{ "linux/amd64/v1", "linux/amd64" },
};

static const char *canonical(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(same_platforms); i++)
		if (!strcmp(same_platforms[i].name, name))
			return same_platforms[i].same;
	return name;
}

const struct platform *platform_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		if (!strcmp(platforms[i].name, canonical(name)))
			return &platforms[i];
	return NULL;
}

char *platform_text(const json_t *p)
{
	const char *variant = json_member(p, "variant");
	char *text, *name;

	if (!json_is_object(p))
		return mem_strdup("");
	text = mem_printf("%s/%s%s%s", json_member(p, "os"), json_member(p, "architecture"),
			  *variant ? "/" : "", variant);
	name = mem_strdup(canonical(text));
	free(text);
	return name;
}

char *platform_name(const json_t *descriptor)
{
	return platform_text(json_object_get(descriptor, "platform"));
}

bool is_attestation(const json_t *descriptor)
{
	char *name = platform_name(descriptor);
	bool is = !strcmp(name, "unknown/unknown");

	free(name);
	return is;
}
