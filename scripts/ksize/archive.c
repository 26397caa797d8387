// SPDX-License-Identifier: GPL-2.0-only
/* Thin archives: names of objects, which stay where they are. */
#include <ar.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

static const char thin[] = "!<thin>\n";
static const char remedy[] = "build the kernel again";

struct archive {
	const char *dir, *path, *where; /* where: the directory that names are relative to */
	const char *names;
	size_t names_size;
	void (*see)(void *ctx, const char *object);
	void *ctx;
};

static const char *member_name(const struct archive *a, const struct ar_hdr *h)
{
	const char *name = h->ar_name, *end = memchr(name, '/', sizeof(h->ar_name));

	/* The name itself and a slash, or "/OFFSET" in the table of names, whose lines end with
	 * one. */
	if (end == name) {
		unsigned long offset = strtoul(name + 1, NULL, 10);

		if (offset >= a->names_size)
			return NULL;
		name = a->names + offset;
		end = memchr(name, '\n', a->names_size - offset);
		end -= end && end > name && end[-1] == '/';
	}
	return end && end > name ? intern_bytes(name, (size_t)(end - name)) : NULL;
}

/* A member: NULL, or its fault. */
static const char *read_member(struct archive *a, const struct ar_hdr *h)
{
	const char *name = member_name(a, h), *object;

	if (!name)
		return "names no file";
	object = intern_path(a->where, name);
	if (!ends(object, ".a")) {
		a->see(a->ctx, object);
		return NULL;
	}
	return archive_read(a->dir, object, a->see, a->ctx) ? NULL :
							      "holds an archive that is broken";
}

static const char *read_members(struct archive *a, const char *p, const char *end)
{
	const char *wrong = NULL;
	struct ar_hdr h;

	while (!wrong && p < end) {
		size_t left = (size_t)(end - p), size;

		if (left < sizeof(h))
			return "is cut short";
		memcpy(&h, p, sizeof(h));
		if (memcmp(h.ar_fmag, ARFMAG, sizeof(h.ar_fmag)))
			return "has a broken header";
		size = strtoul(h.ar_size, NULL, 10);
		p += sizeof(h);
		left -= sizeof(h);
		/* A thin archive only contains the tables of symbols and of names. */
		if (starts(h.ar_name, "/ ") || starts(h.ar_name, "//") ||
		    starts(h.ar_name, "/SYM64/")) {
			if (size > left)
				return "is cut short";
			if (h.ar_name[1] == '/') {
				a->names = p;
				a->names_size = size;
			}
			p += size + (size & 1 && size < left);
			continue;
		}
		wrong = read_member(a, &h);
	}
	return wrong;
}

bool archive_read(const char *dir, const char *path, void (*see)(void *ctx, const char *object),
		  void *ctx)
{
	char *full = mem_printf("%s/%s", dir, path), *text;
	const char *slash = strrchr(path, '/'), *wrong = NULL;
	struct archive a = { .dir = dir, .path = path, .see = see, .ctx = ctx };
	size_t size;

	a.where = slash ? intern_bytes(path, (size_t)(slash - path)) : intern("");
	text = read_text(full, &size, remedy);
	if (text && size < strlen(thin))
		wrong = "is cut short";
	else if (text && !starts(text, thin))
		wrong = "is not a thin archive";
	else if (text)
		wrong = read_members(&a, text + strlen(thin), text + size);
	if (wrong)
		complain(full, 0, "%s [bad-archive]; %s", wrong, remedy);
	free(full);
	free(text);
	return text && !wrong;
}
