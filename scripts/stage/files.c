// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stage.h"

static void good(int done)
{
	if (done != 1)
		die(CANNOT_RUN, "libcrypto: SHA-256 failed [no-sha256]");
}

/* Write the digest as digits, and free CTX. */
static void end_hash(EVP_MD_CTX *ctx, char hash[HASH_LEN + 1])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	good(EVP_DigestFinal_ex(ctx, md, NULL));
	EVP_MD_CTX_free(ctx);
	for (int i = 0; i < HASH_LEN / 2; i++)
		sprintf(hash + 2 * (size_t)i, "%02x", md[i]);
}

static EVP_MD_CTX *begin_hash(void)
{
	EVP_MD_CTX *ctx = mem_check(EVP_MD_CTX_new());

	good(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	return ctx;
}

bool hash_file(const char *path, char hash[HASH_LEN + 1])
{
	static unsigned char data[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC), wrong;
	EVP_MD_CTX *ctx;
	ssize_t n = 0;

	if (fd < 0)
		return false;
	ctx = begin_hash();
	while ((n = read(fd, data, sizeof(data))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			good(EVP_DigestUpdate(ctx, data, (size_t)n));
	wrong = errno;
	end_hash(ctx, hash);
	close(fd);
	errno = wrong;
	return !n;
}

void hash_text(const struct buffer *text, char hash[HASH_LEN + 1])
{
	EVP_MD_CTX *ctx = begin_hash();

	good(EVP_DigestUpdate(ctx, text->data, text->size));
	end_hash(ctx, hash);
}

char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	return slash == path ? mem_strdup("/") : mem_strndup(path, (size_t)(slash - path));
}

bool make_dirs(const char *path)
{
	char *copy = mem_strdup(path);
	bool done = true;

	for (char *p = copy + 1; done && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		done = !mkdir(copy, 0777) || errno == EEXIST;
		*p = '/';
	}
	free(copy);
	return done && (!mkdir(path, 0777) || errno == EEXIST);
}

bool lock(int fd, void (*wait)(void *data), void *data)
{
	int failed = flock(fd, LOCK_EX | LOCK_NB);

	if (!failed || errno != EWOULDBLOCK)
		return !failed;
	if (wait)
		wait(data);
	while ((failed = flock(fd, LOCK_EX)) && errno == EINTR)
		;
	return !failed;
}
