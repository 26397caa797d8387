// SPDX-License-Identifier: GPL-2.0-only
/* Messages, memory, files. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clean.h"
#include "kimage.h"

char *escape(const char *text)
{
	char *escaped = xasprintf("%s", text);

	clean(escaped, strlen(escaped), "");
	return escaped;
}

void complain(const char *where, const char *fmt, ...)
{
	char *text = NULL, *line, *escaped;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	line = xasprintf("%s: %s", where, text ? text : "out of memory [memory]");
	escaped = escape(line);
	fprintf(stderr, "kimage: %s\n", escaped);
	free(text);
	free(line);
	free(escaped);
}

int usage_error(const char *command, const char *usage)
{
	complain(command, "the arguments are not valid [usage]");
	fputs(usage, stderr);
	return CANNOT_RUN;
}

static void *check(void *p)
{
	if (p)
		return p;
	fputs("kimage: out of memory [memory]\n", stderr);
	exit(CANNOT_RUN);
}

void *xmalloc(size_t size)
{
	return check(calloc(1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
	return check(realloc(old, size));
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return check(s);
}

bool parse_number(const char *text, long long min, long long max, long long *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	if (end != text && !*end && !errno && *value >= min && *value <= max)
		return true;
	complain(text, "is not a number from %lld to %lld [number]", min, max);
	return false;
}

void buffer_add(struct buffer *b, const void *data, size_t size)
{
	if (b->size + size > b->room) {
		b->room = b->size + size > 2 * b->room ? b->size + size : 2 * b->room;
		b->data = xrealloc(b->data, b->room);
	}
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){ b->data, b->size, false };
}

/* Open a regular file; a pipe must not block. */
static const char *open_regular(const char *path, int flags, size_t limit, int *fd, size_t *size)
{
	const char *wrong = NULL;
	struct stat st;

	*size = 0;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	if (*fd < 0)
		return errno == ELOOP ? "is a symbolic link" : strerror(errno);
	if (fstat(*fd, &st))
		wrong = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		wrong = "is not a regular file";
	else if ((uintmax_t)st.st_size > limit)
		wrong = "is larger than any kernel image's";
	*size = (size_t)st.st_size;
	if (wrong)
		close(*fd);
	return wrong;
}

const char *read_file(const char *path, size_t limit, struct buffer *b)
{
	const char *wrong;
	size_t size;
	ssize_t n;
	int fd;

	b->size = 0;
	wrong = open_regular(path, 0, limit, &fd, &size);
	if (wrong)
		return wrong;
	if (size > b->room) {
		b->data = xrealloc(b->data, size);
		b->room = size;
	}
	while (!wrong && b->size < size) {
		n = read(fd, b->data + b->size, size - b->size);
		if (n > 0)
			b->size += (size_t)n;
		else if (!n || errno != EINTR)
			wrong = n ? strerror(errno) : "got shorter while it was read";
	}
	close(fd);
	return wrong;
}

const char *map_file(const char *path, size_t limit, struct bytes *b)
{
	const char *wrong;
	size_t size;
	void *p;
	int fd;

	*b = (struct bytes){ 0 };
	wrong = open_regular(path, O_NOFOLLOW, limit, &fd, &size);
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
