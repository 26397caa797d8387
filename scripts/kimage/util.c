// SPDX-License-Identifier: GPL-2.0-only
/* Files. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){ b->data, b->size, false };
}

const char *map_file(const char *path, size_t limit, struct bytes *b)
{
	const char *wrong;
	size_t size;
	void *p;
	int fd;

	*b = (struct bytes){ 0 };
	wrong = file_open(path, O_NOFOLLOW, limit, &fd, &size);
	if (wrong)
		return wrong;
	if (size) {
		p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			wrong = strerror(errno);
		else
			*b = (struct bytes){ p, size, true };
	}
	close(fd);
	return wrong;
}

void unmap(struct bytes *b)
{
	if (b->data)
		munmap((void *)(uintptr_t)b->data, b->size);
	*b = (struct bytes){ 0 };
}

bool feed_bytes(const struct bytes *b, sink out, void *ctx)
{
	enum { PIECE = 1 << 20 };
	bool ok = true;

	for (size_t at = 0; ok && at < b->size; at += PIECE) {
		size_t n = b->size - at < PIECE ? b->size - at : PIECE;

		ok = out(ctx, b->data + at, n);
		if (b->mapped)
			madvise((void *)(uintptr_t)(b->data + at), n, MADV_DONTNEED);
	}
	return ok;
}

const char *write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	const char *p = data, *wrong = NULL;

	if (fd < 0)
		return strerror(errno);
	while (size && !wrong) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno != EINTR)
			wrong = strerror(errno);
		p += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	if (!wrong && fsync(fd))
		wrong = strerror(errno);
	if (close(fd) && !wrong)
		wrong = strerror(errno);
	return wrong;
}

const char *rename_file(const char *from, const char *to)
{
	return rename(from, to) ? strerror(errno) : NULL;
}

const char *sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *wrong = fd < 0 || fsync(fd) ? strerror(errno) : NULL;

	if (fd >= 0)
		close(fd);
	return wrong;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
