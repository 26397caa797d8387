// SPDX-License-Identifier: GPL-2.0-only
/* Digests, blobs by digest, JSON without surprises, names of images and platforms. */
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

/* ---- digests ------------------------------------------------------------------- */

struct sha {
	EVP_MD_CTX *ctx;
};

static void sha_check(int ok)
{
	if (ok)
		return;
	fputs("kimage: libcrypto cannot make SHA-256 digests\n", stderr);
	exit(CANNOT_RUN);
}

struct sha *sha_open(void)
{
	struct sha *s = xmalloc(sizeof(*s));

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

/* ---- blobs and JSON ------------------------------------------------------------- */

char *blob_path(const char *layout, const char *digest)
{
	return xasprintf("%s/blobs/sha256/%s", layout, digest + 7);
}

const char *load_blob(const char *layout, const json_t *descriptor, size_t limit, struct bytes *b)
{
	const char *digest = json_member(descriptor, "digest"), *wrong;
	const json_t *size = json_object_get(descriptor, "size");
	char got[DIGEST_SIZE], *path;

	*b = (struct bytes){ 0 };
	if (!is_digest(digest))
		return "has no sha256 digest";
	path = blob_path(layout, digest);
	wrong = map_file(path, limit, b);
	free(path);
	if (wrong)
		return wrong;
	sha_of(b->data, b->size, got);
	if (!json_is_integer(size) || json_integer_value(size) != (json_int_t)b->size)
		wrong = "has another size than its descriptor says";
	else if (strcmp(got, digest))
		wrong = "has another content than its digest says";
	if (wrong)
		unmap(b);
	return wrong;
}

json_t *json_parse(const struct bytes *b, char **why)
{
	json_error_t error;
	json_t *json;

	if (b->size > MAX_JSON) {
		*why = xasprintf("is larger than %u bytes", MAX_JSON);
		return NULL;
	}
	json = json_loadb(b->size ? (const char *)b->data : "", b->size, JSON_REJECT_DUPLICATES,
			  &error);
	if (json && json_is_object(json))
		return json;
	*why = json ? xasprintf("is no JSON object") :
		      xasprintf("line %d: %s", error.line, error.text);
	json_decref(json);
	return NULL;
}

json_t *load_json(const char *layout, const json_t *descriptor, char **why)
{
	struct bytes b;
	const char *wrong = load_blob(layout, descriptor, MAX_JSON, &b);
	json_t *json = NULL;

	if (wrong)
		*why = xasprintf("%s", wrong);
	else
		json = json_parse(&b, why);
	unmap(&b);
	return json;
}

char *json_text(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

	return text ? text : xmalloc(SIZE_MAX);
}

const char *json_member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

/* ---- names ---------------------------------------------------------------------- */

static bool only(const char *s, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++)
		if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) &&
		    !strchr(more, s[i]))
			return false;
	return len > 0;
}

const char *ref_wrong(const char *ref)
{
	const char *slash = strchr(ref, '/'), *path = slash ? slash + 1 : NULL;
	const char *tag = path ? strrchr(path, ':') : NULL;
	size_t host = slash ? (size_t)(slash - ref) : 0;

	if (!slash || !(memchr(ref, '.', host) || memchr(ref, ':', host) ||
			(host == 9 && !memcmp(ref, "localhost", host))))
		return "has no host; docker.io/ORG/NAME:TAG does";
	if (!tag || !tag[1] || strlen(tag + 1) > 128)
		return "has no tag";
	if (!only(ref, host, ".-:") || !only(path, (size_t)(tag - path), "._-/") || *path == '/' ||
	    tag[-1] == '/' || strstr(path, "//") || strlen(ref) > 255)
		return "is no name that a registry takes";
	for (const char *c = tag + 1; *c; c++)
		if (!isalnum((unsigned char)*c) && (c == tag + 1 || !strchr("._-", *c)))
			return "has a tag that no registry takes";
	if (!strncmp(ref, "docker.io/", 10) && !strchr(path, '/'))
		return "would be expanded to docker.io/library/; write that, or an organisation";
	return NULL;
}

const struct platform platforms[N_PLATFORMS] = { PLATFORMS(PLATFORM_ROW) };

const struct platform *platform_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		if (!strcmp(platforms[i].name, name))
			return &platforms[i];
	return NULL;
}

char *platform_name(const json_t *descriptor)
{
	const json_t *p = json_object_get(descriptor, "platform");
	const char *variant = json_member(p, "variant");

	if (!json_is_object(p))
		return xasprintf("%s", "");
	return xasprintf("%s/%s%s%s", json_member(p, "os"), json_member(p, "architecture"),
			 *variant ? "/" : "", variant);
}

bool is_attestation(const json_t *descriptor)
{
	char *name = platform_name(descriptor);
	bool is = !strcmp(name, "unknown/unknown");

	free(name);
	return is;
}
