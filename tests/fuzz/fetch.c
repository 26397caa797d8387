// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/fetch/[!lmnu]*.c; libs libcrypto
/*
 * What fetch reads, by the first byte: a release lock (l), and an origin's list (n), which is
 * the text after two that end in 0: what stands before and after the number of a release.
 *
 * An error is the end of fetch, which frees nothing. Here it is the end of a run, and what was
 * allocated and opened until then goes.
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

static void *fuzz_calloc(size_t n, size_t size)
{
	if (n_kept == KEPT_MOST)
		longjmp(end, 1);
	kept[n_kept] = calloc(n, size);
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

#define calloc	fuzz_calloc
#define exit	fuzz_exit
#define fopen	fuzz_fopen
#define fclose	fuzz_fclose
#define getline fuzz_getline
#define free	fuzz_free
#include "../../scripts/fetch/lock.c" // NOLINT: see above
#include "../../scripts/fetch/newest.c" // NOLINT: see above
#include "../../scripts/fetch/util.c" // NOLINT: see above
#undef calloc
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

static void read_offer(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 3), *before = text, *after, *rest;

	if (!text)
		abort();
	memcpy(text, data, size);
	after = before + strlen(before) + 1;
	rest = after + strlen(after) + 1;
	if (*before && greatest(rest, before, after) < -1)
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
		read_offer(data + 1, size - 1);
	while (n_kept)
		free(kept[--n_kept]);
	return 0;
}
