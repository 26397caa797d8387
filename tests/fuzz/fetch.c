// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/fetch/[!clmu]*.c scripts/lib/[!m]*.c scripts/lib/mem.c; libs libcrypto libarchive
/*
 * The inputs of fetch, by the first byte: a release lock (l), an origin's list (n), a tarball (t),
 * and the output of a program (s).
 *
 * An error ends fetch, which frees nothing. Here it ends a run, and the run's memory is freed
 * and its files are closed.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEPT_MOST = 1 << 16 };

static void *kept[KEPT_MOST], *line;
static size_t n_kept, line_size;
static FILE *opened;
static jmp_buf end;

static void *fuzz_zalloc(size_t size)
{
	if (n_kept == KEPT_MOST)
		longjmp(end, 1);
	kept[n_kept] = calloc(1, size);
	if (!kept[n_kept])
		abort();
	return kept[n_kept++];
}

static _Noreturn void fuzz_exit(int status)
{
	(void)status;
	longjmp(end, 1);
}

static FILE *fuzz_fopen(const char *path, const char *mode)
{
	opened = fopen(path, mode);
	return opened;
}

static int fuzz_fclose(FILE *file)
{
	opened = NULL;
	return fclose(file);
}

static ssize_t fuzz_getline(char **to, size_t *size, FILE *in)
{
	char *at = line;
	ssize_t n = getline(&at, &line_size, in);

	*size = line_size;
	*to = at;
	line = at;
	return n;
}

static void fuzz_free(void *p)
{
	if (p != line)
		free(p);
}

#include "mem.h"
#define mem_zalloc fuzz_zalloc
#define exit	fuzz_exit
#define fopen	fuzz_fopen
#define fclose	fuzz_fclose
#define getline fuzz_getline
#define free	fuzz_free
#include "../../scripts/fetch/lock.c" // NOLINT: see above
#include "../../scripts/fetch/listing.c" // NOLINT: see above
#include "../../scripts/fetch/util.c" // NOLINT: see above
#include "../../scripts/lib/msg.c" // NOLINT: see above
#undef mem_zalloc
#undef exit
#undef fopen
#undef fclose
#undef getline
#undef free

static void read_lock(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct lock lock;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!setjmp(end))
		lock_read(&lock, path);
	if (opened)
		fuzz_fclose(opened);
	close(fd);
}

static void read_offers(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	const char *at = text;
	bool sum = false;
	struct offer o;

	if (!text)
		abort();
	memcpy(text, data, size);
	if (!setjmp(end))
		while (next_offer(&at, &o, &sum))
			if (!sum || !is_sha256(o.hash) || !strstr(o.file, o.version) || o.size < 0)
				abort();
	free(text);
}

static void read_tarball(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct release r;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (read_release(fd, &r) && !strchr(r.version, '.'))
		abort();
	close(fd);
}

/* Cleaned text has no control characters, and stays the same if cleaned again. */
static void read_words(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1), *once;

	if (!text)
		abort();
	memcpy(text, data, size);
	once = cleaned(text);
	for (const char *c = once; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			abort();
	if (strcmp(once, cleaned(once)))
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return -1;
	if (*data == 'l')
		read_lock(data + 1, size - 1);
	else if (*data == 'n')
		read_offers(data + 1, size - 1);
	else if (*data == 't')
		read_tarball(data + 1, size - 1);
	else if (*data == 's')
		read_words(data + 1, size - 1);
	while (n_kept)
		free(kept[--n_kept]);
	return 0;
}
