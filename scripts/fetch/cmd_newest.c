// SPDX-License-Identifier: GPL-2.0-only
/*
 * The newest release of a series that each origin of its lock offers, by the lists that the
 * origins publish. This only reports: the release of a new lock is verified as ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

/* An origin's list: its text, or why it is not available. */
struct listing {
	const char *origin, *why;
	struct list texts;
};

/* Append the file at URL to L, unpacked if it is packed. */
static bool read_list(struct listing *l, const char *url, const char *file)
{
	const char *why;
	int out, status;

	unlink(file);
	if (get(url, file, LIST_MAX, &why) != GOT) {
		l->why = format("%s: %s", url, why);
		return false;
	}
	out = memory_file();
	limit_files(LIST_MAX);
	if (ends_in(url, ".xz"))
		status = finish(start(-1, out, -1, "xz", "-dc", "--", file, NULL), "xz");
	else
		status = finish(start(-1, out, -1, "cat", "--", file, NULL), "cat");
	limit_files(0);
	unlink(file);
	if (status)
		l->why = format("%s: cannot be unpacked [bad-list]", url);
	else
		list_add(&l->texts, memory_text(out));
	return !status;
}

/* Debian's archive lists its sources by suite; the names that move with its releases do. */
static void list_debian(struct listing *l, const char *file)
{
	static const char *const suites[] = {
		"oldstable",	      "stable",		 "testing",	     "unstable",     "experimental",
		"oldstable-security", "stable-security", "testing-security",
	};
	struct list bases = { .n = 0 };

	debian_archives(&bases);
	for (size_t i = 0; i < bases.n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(suites); j++)
			read_list(l, format("%s/dists/%s/main/source/Sources.xz", bases.item[i], suites[j]),
				  file);
	if (!bases.n)
		l->why = "no archive is known [no-archive]; run 'apt-get update', or set DEBIAN_MIRROR";
}

/* kernel.org's sums name all files of a directory. */
static void list_kernel_org(struct listing *l, const char *version, const char *file)
{
	struct list bases = { .n = 0 };

	bases_of(&bases, "kernel.org", version);
	for (size_t i = 0; i < bases.n; i++)
		read_list(l, format("%s/sha256sums.asc", bases.item[i]), file);
}

/* The greatest N of "BEFORE N AFTER" in TEXT, or -1. */
static long greatest(const char *text, const char *before, const char *after)
{
	long best = -1;

	for (text = strstr(text, before); text; text = strstr(text, before)) {
		char *end;
		long n;

		text += strlen(before);
		n = strtol(text, &end, 10);
		if (end > text && n > best && n < 100000 && !strncmp(end, after, strlen(after)))
			best = n;
	}
	return best;
}

/* Lists are read once for all locks; kernel.org has one for each major version. */
static struct listing *listing_of(struct listing *all, size_t *n, const struct origin *o,
				  const char *version, const char *dir)
{
	bool debian = !strcmp(o->name, "debian");
	const char *name = debian ? o->name : format("%s v%.*s", o->name, (int)strcspn(version, "."), version);
	const char *file = format("%s/.listing", dir);

	for (size_t i = 0; i < *n; i++)
		if (!strcmp(all[i].origin, name))
			return &all[i];
	all[*n] = (struct listing){ .origin = name };
	if (debian)
		list_debian(&all[*n], file);
	else
		list_kernel_org(&all[*n], version, file);
	return &all[(*n)++];
}

static void report(const struct lock *lock, const struct origin *o, const struct listing *l)
{
	const char *version = lock->value[VERSION], *dot = strrchr(version, '.');
	const char *series = format("%.*s", (int)(dot - version), version);
	const char *at = strstr(o->file, version), *before, *after;
	long best = -1, ours = strtol(dot + 1, NULL, 10);

	if (!at || !l->texts.n) {
		printf("  %s: unknown: %s\n", o->name, l->why ? l->why : "its file has another name");
		return;
	}
	before = format("%.*s%s.", (int)(at - o->file), o->file, series);
	after = at + strlen(version);
	for (size_t i = 0; i < l->texts.n; i++) {
		long n = greatest(l->texts.item[i], before, after);

		best = n > best ? n : best;
	}
	if (best < 0)
		printf("  %s: has none of %s\n", o->name, series);
	else
		printf("  %s: %s.%ld%s\n", o->name, series, best,
		       best > ours ? ", newer than the lock's" : "");
}

void newest(char **locks, const char *dir)
{
	struct listing all[ARRAY_SIZE(((struct lock *)0)->origin) * 16];
	size_t n = 0;

	for (; *locks; locks++) {
		struct lock lock;

		lock_read(&lock, *locks);
		printf("%s of %.10s, end of life %s\n", lock.value[VERSION], lock.value[DATE],
		       strcmp(lock.value[EOL], "-") ? lock.value[EOL] : "not known");
		for (size_t i = 0; i < lock.n && n < ARRAY_SIZE(all); i++)
			report(&lock, &lock.origin[i],
			     listing_of(all, &n, &lock.origin[i], lock.value[VERSION], dir));
	}
}
