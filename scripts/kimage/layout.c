// SPDX-License-Identifier: GPL-2.0-only
/* Blobs by digest and JSON without surprises. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

bool map_fd(int fd, struct bytes *b)
{
	struct stat st;
	void *p;

	b->data = NULL;
	b->size = 0;
	if (fstat(fd, &st))
		return false;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return false;
	}
	if (!st.st_size)
		return true;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	b->data = p;
	b->size = (size_t)st.st_size;
	return true;
}

bool map_file(const char *path, struct bytes *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;
	int err;

	if (fd < 0)
		return false;
	ok = map_fd(fd, b);
	err = errno;
	close(fd);
	errno = err;
	return ok;
}

void unmap(struct bytes *b)
{
	if (b->data)
		munmap((void *)(uintptr_t)b->data, b->size);
	b->data = NULL;
	b->size = 0;
}

void sha256_hex(const void *data, size_t size, char digest[DIGEST_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(data, size, md, NULL, EVP_sha256(), NULL)) {
		fputs("kimage: libcrypto has no SHA-256\n", stderr);
		exit(CANNOT_RUN);
	}
	strcpy(digest, "sha256:");
	for (int i = 0; i < 32; i++)
		sprintf(digest + 7 + 2 * i, "%02x", md[i]);
}

bool is_digest(const char *s)
{
	return s && !strncmp(s, "sha256:", 7) && strlen(s) == DIGEST_SIZE - 1 &&
	       strspn(s + 7, "0123456789abcdef") == 64;
}

char *blob_path(const char *layout, const char *digest)
{
	return xasprintf("%s/blobs/sha256/%s", layout, digest + 7);
}

char *json_text(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

	if (!text) {
		fputs("kimage: out of memory\n", stderr);
		exit(CANNOT_RUN);
	}
	return text;
}

json_t *json_parse(const struct bytes *b, json_error_t *error)
{
	if (!b->data || b->size > MAX_JSON) {
		snprintf(error->text, sizeof(error->text), "is empty, or larger than %u bytes",
			 MAX_JSON);
		return NULL;
	}
	return json_loadb((const char *)b->data, b->size, JSON_REJECT_DUPLICATES, error);
}

const char *json_member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

const char *platform_of(const json_t *descriptor)
{
	static char text[128];
	const json_t *platform = json_object_get(descriptor, "platform");
	const char *variant = json_member(platform, "variant");

	if (!json_is_object(platform))
		return "";
	snprintf(text, sizeof(text), "%s/%s%s%s", json_member(platform, "os"),
		 json_member(platform, "architecture"), *variant ? "/" : "", variant);
	return text;
}

bool load_blob(const char *layout, const json_t *descriptor, struct bytes *b, const char **why)
{
	const char *digest = json_member(descriptor, "digest");
	const json_t *size = json_object_get(descriptor, "size");
	char got[DIGEST_SIZE];
	char *path;

	b->data = NULL;
	b->size = 0;
	*why = "the descriptor has no sha256 digest";
	if (!is_digest(digest))
		return false;
	path = blob_path(layout, digest);
	if (!map_file(path, b)) {
		*why = errno == ENOENT ? "the blob is missing" : strerror(errno);
		free(path);
		return false;
	}
	free(path);
	if (!json_is_integer(size) || json_integer_value(size) < 0 ||
	    (uint64_t)json_integer_value(size) != b->size) {
		*why = "the blob has another size than its descriptor says";
		unmap(b);
		return false;
	}
	sha256_hex(b->data, b->size, got);
	if (strcmp(got, digest)) {
		*why = "the blob has another digest than its name; it was changed or damaged";
		unmap(b);
		return false;
	}
	return true;
}

bool write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	const char *p = data;

	if (fd < 0)
		return false;
	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			close(fd);
			return false;
		}
		p += n;
		size -= (size_t)n;
	}
	return !fsync(fd) & !close(fd);
}
