// SPDX-License-Identifier: GPL-2.0-only
/* Reads the release of a tarball from the Makefile at its top, as Kbuild does. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

enum { HEAD_SIZE = 4096 }; /* bytes of the Makefile; the version is in its first lines */

/* Is PATH "DIR/Makefile"? */
static bool is_top_makefile(const char *path)
{
	const char *slash;

	if (!path)
		return false;
	if (!strncmp(path, "./", 2))
		path += 2;
	slash = strchr(path, '/');
	return slash && slash > path && !strcmp(slash, "/Makefile");
}

/* Copy the value of the line "NAME = VALUE" of TEXT, or nothing, to VALUE. */
static void value_of(const char *text, const char *name, char value[32])
{
	size_t n = strlen(name);

	*value = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *at = text + n;

		if (strncmp(text, name, n) || *(at += strspn(at, " ")) != '=')
			continue;
		at += 1 + strspn(at + 1, " ");
		snprintf(value, 32, "%.*s", (int)strcspn(at, " \t\n"), at);
		return;
	}
}

static bool read_version(const char *text, struct release *r)
{
	char major[32], minor[32], sub[32], extra[32];

	value_of(text, "VERSION", major);
	value_of(text, "PATCHLEVEL", minor);
	value_of(text, "SUBLEVEL", sub);
	value_of(text, "EXTRAVERSION", extra);
	snprintf(r->version, sizeof(r->version), "%s.%s.%s%s", major, minor, sub, extra);
	return *major && *minor && *sub;
}

static struct archive *open_tarball(int fd)
{
	struct archive *a = archive_read_new();

	if (a && !lseek(fd, 0, SEEK_SET) && !archive_read_support_filter_xz(a) &&
	    !archive_read_support_format_tar(a) && !archive_read_open_fd(a, fd, 1 << 16))
		return a;
	archive_read_free(a);
	return NULL;
}

/* A name that this locale cannot represent is only a warning. */
static bool next_entry(struct archive *a, struct archive_entry **entry)
{
	int status = archive_read_next_header(a, entry);

	return status == ARCHIVE_OK || status == ARCHIVE_WARN;
}

bool read_release(int fd, struct release *r)
{
	struct archive *a = open_tarball(fd);
	struct archive_entry *entry;
	char text[HEAD_SIZE] = "";
	bool found = false;

	while (a && !found && next_entry(a, &entry)) {
		if (!is_top_makefile(archive_entry_pathname(entry)))
			continue;
		r->mtime = archive_entry_mtime(entry);
		found = archive_read_data(a, text, sizeof(text) - 1) > 0;
	}
	archive_read_free(a);
	return found && read_version(text, r);
}

bool is_version(const char *found, const char *version)
{
	size_t n = strlen(version);

	return !strncmp(found, version, n) && (!found[n] || !strcmp(found + n, ".0"));
}
