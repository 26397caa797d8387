// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "msg.h"

const char *file_open(const char *path, int flags, size_t limit, int *fd, size_t *size)
{
	const char *wrong = NULL;
	struct stat st;

	*size = 0;
	/* A pipe must not block. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	if (*fd < 0)
		return errno == ELOOP ? "is a symbolic link" : strerror(errno);
	if (fstat(*fd, &st))
		wrong = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		wrong = "is not a regular file";
	else if ((uintmax_t)st.st_size > limit)
		wrong = "is larger than any such file";
	else
		*size = (size_t)st.st_size;
	if (wrong)
		close(*fd);
	return wrong;
}

const char *file_read(const char *path, size_t limit, struct buffer *b)
{
	const char *wrong;
	size_t size;
	ssize_t n;
	int fd;

	b->size = 0;
	wrong = file_open(path, 0, limit, &fd, &size);
	if (wrong)
		return wrong;
	if (size >= b->room) {
		b->room = size + 1;
		b->data = mem_realloc(b->data, b->room);
	}
	while (!wrong && b->size < size) {
		n = read(fd, b->data + b->size, size - b->size);
		if (n > 0)
			b->size += (size_t)n;
		else if (!n || errno != EINTR)
			wrong = n ? strerror(errno) : "got shorter while it was read";
	}
	b->data[b->size] = '\0';
	close(fd);
	return wrong;
}

static bool unwritable(const char *path)
{
	complain(path, 0, "cannot be written [unwritable]: %s; name a file that can be written",
		 strerror(errno));
	return false;
}

bool output_open(struct output *o, const char *path)
{
	*o = (struct output){ .path = path, .file = stdout };
	if (!path)
		return true;
	o->tmp = mem_printf("%s.tmp", path);
	o->file = fopen(o->tmp, "we");
	if (o->file)
		return true;
	unwritable(o->tmp);
	free(o->tmp);
	return false;
}

bool output_close(struct output *o, bool good)
{
	bool written = !fflush(o->file) && !ferror(o->file);

	if (o->path && fclose(o->file))
		written = false;
	if (written && good && o->path)
		written = !rename(o->tmp, o->path);
	if (!written)
		unwritable(o->path ? o->tmp : "standard output");
	if (o->path && (!written || !good))
		remove(o->tmp);
	free(o->tmp);
	return written && good;
}
