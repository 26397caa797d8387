// SPDX-License-Identifier: GPL-2.0-only
/* The lists of files that the origins publish, with the reason to trust each, if one exists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

#define ARCHIVE_KEYS "/usr/share/keyrings/debian-archive-keyring.gpg"

/* ---- a line --------------------------------------------------------------------- */

static bool is_version_text(const char *text, size_t n)
{
	const char *dot = memchr(text, '.', n);

	return n && n < 32 && dot && is_made_of(format("%.*s", (int)n, text), "0123456789.", n) &&
	       *text != '.' && text[n - 1] != '.';
}

/* Is the N bytes at NAME a release's file? Its version goes to O. */
static bool take_file_name(struct offer *o, const char *name, size_t n)
{
	const char *end = !strncmp(name, "linux-", 6) ? ".tar.xz" : ".orig.tar.xz";
	size_t length = strlen(end);

	if (n < 6 + length || (strncmp(name, "linux-", 6) && strncmp(name, "linux_", 6)) ||
	    strncmp(name + n - length, end, length) || !is_version_text(name + 6, n - 6 - length))
		return false;
	o->file = format("%.*s", (int)n, name);
	o->version = format("%.*s", (int)(n - 6 - length), name + 6);
	return true;
}

bool next_offer(const char **text, struct offer *o, bool *sum)
{
	for (const char *at = *text; *at; at = *text) {
		size_t length = strcspn(at, "\n"), n;

		*text = at + length + (at[length] == '\n');
		while (length && *at == ' ')
			at++, length--;
		n = strspn(at, "0123456789abcdef");
		if (n != 64 || length < 66 || at[64] != ' ')
			continue;
		*sum = true;
		*o = (struct offer){ .hash = format("%.64s", at) };
		at += 64, length -= 64;
		while (length && (*at == ' ' || *at == '*'))
			at++, length--;
		n = strspn(at, "0123456789");
		if (n && n < 11 && n < length && at[n] == ' ') {
			o->size = atoll(at);
			at += n + 1, length -= n + 1;
		}
		if (take_file_name(o, at, length))
			return true;
	}
	return false;
}

/* ---- a list --------------------------------------------------------------------- */

static bool read_list(struct listing *l, const char *url, const char *file)
{
	const char *why;

	unlink(file);
	if (get(url, file, LIST_MAX, &why) == GOT)
		return true;
	l->why = format("%s: %s", url, why);
	return false;
}

/* Remove FILE; is it tampered with? That is the end. */
static void end_of(const char *url, const char *file, const struct signed_text *s)
{
	unlink(file);
	if (s->tampered)
		die(FINDING, "%s: %s; no origin is trusted until that is explained", url, s->why);
}

/* Append TEXT. If no line of it is a sum, and it is not empty, it has another shape than we know.
 */
static void add_text(struct listing *l, const char *url, const char *text, const char *trust,
		     const char *distrust)
{
	const char *at = text;
	struct offer o;
	bool sum = false;

	while (next_offer(&at, &o, &sum))
		l->offers++;
	if (*text && !sum) {
		l->shape = format(
			"%s: no line is a SHA-256 and a file [list-shape]: the list has changed",
			url);
		return;
	}
	if (l->n == ARRAY_SIZE(l->text))
		die(CANNOT_RUN, "%s: more than %zu lists [too-many-places]", url, l->n);
	l->text[l->n].text = text;
	l->text[l->n].trust = trust;
	l->text[l->n++].distrust = distrust;
}

/* The text of FILE, which came from URL, or NULL. */
static const char *unpacked(struct listing *l, const char *url, const char *file)
{
	int out = memory_file(), status;

	limit_files(LIST_MAX);
	status = finish(start(-1, out, -1, "xz", "-dc", "--", file, NULL), "xz");
	limit_files(0);
	if (!status)
		return memory_text(out);
	close(out);
	l->why = format("%s: cannot be unpacked [bad-list]", url);
	return NULL;
}

/* The SHA-256 of NAME in a release file of Debian's, or NULL. */
static const char *release_hash(const char *text, const char *name)
{
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		if (at[strlen(name)] == '\n' && at[-1] == ' ' && line[0] == ' ' &&
		    strspn(line + 1, "0123456789abcdef") == 64)
			return format("%.64s", line + 1);
	}
	return NULL;
}

/* Debian's Release file of a suite, signed by the archive, has the hashes of its lists. */
static void read_suite(struct listing *l, const char *dist, const char *suite, const char *file)
{
	static const char name[] = "main/source/Sources.xz";
	const char *keys = setting("DEBIAN_KEYRING") ? setting("DEBIAN_KEYRING") : ARCHIVE_KEYS;
	const char *url = format("%s/InRelease", dist), *wanted = NULL, *distrust, *text;
	struct signed_text s = { .why = "it has no InRelease [unsigned-list]" };
	char hex[HEX_SIZE];
	int fd;

	if (read_list(l, url, file) && !is_file(keys))
		s.why = format("%s does not exist [no-keys]", keys);
	else if (is_file(file))
		clear_signed(file, keys, &s);
	end_of(url, file, &s);
	distrust = s.why;
	url = format("%s/%s", dist, name);
	if (!read_list(l, url, file))
		return;
	if (s.signer)
		wanted = release_hash(s.text, name);
	if (s.signer && !wanted)
		distrust = "InRelease has no hash of it [unsigned-list]";
	fd = open_file(file);
	hash_of(fd, file, hex);
	close(fd);
	if (wanted && strcmp(hex, wanted))
		die(FINDING,
		    "%s: SHA-256 is %s [wrong-hash]: expected %s, as its signed InRelease says",
		    url, hex, wanted);
	text = unpacked(l, url, file);
	unlink(file);
	if (text)
		add_text(l, url, text,
			 wanted ? format("index of %s, InRelease signed by %s", suite, s.signer) :
				  NULL,
			 distrust);
}

/* Debian's archive lists its sources by suite; the names that move with its releases do. */
static void list_debian(struct listing *l, const char *file)
{
	static const char *const suites[] = {
		"oldstable",	   "stable",	       "testing",
		"unstable",	   "experimental",     "oldstable-security",
		"stable-security", "testing-security", "stable-backports",
	};
	struct list bases = { .n = 0 };

	debian_archives(&bases);
	for (size_t i = 0; i < bases.n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(suites); j++)
			read_suite(l, format("%s/dists/%s", bases.item[i], suites[j]), suites[j],
				   file);
	if (!bases.n)
		l->why =
			"no archive is known [no-archive]; run 'apt-get update', or set DEBIAN_MIRROR";
}

/* kernel.org's sums name all files of a directory. */
static void list_kernel_org(struct listing *l, const struct lock *lock, const char *version,
			    const char *file)
{
	struct list bases = { .n = 0 };

	bases_of(&bases, "kernel.org", version);
	for (size_t i = 0; i < bases.n; i++) {
		const char *url = format("%s/sha256sums.asc", bases.item[i]), *text;
		struct signed_text s;

		if (!read_list(l, url, file))
			continue;
		clear_signed(file, keys_dir(lock->path), &s);
		text = s.signer ? s.text : file_text(file);
		end_of(url, file, &s);
		add_text(l, url, text, s.signer ? format("sums signed by %s", s.signer) : NULL,
			 s.why);
	}
}

void listing_read(struct listing *l, const struct lock *lock, const char *origin,
		  const char *version, const char *dir)
{
	const char *file = format("%s/.listing", dir);

	*l = (struct listing){ .origin = origin };
	if (!strcmp(origin, "debian"))
		list_debian(l, file);
	else
		list_kernel_org(l, lock, version, file);
	if (l->n && !l->offers)
		l->shape = format(
			"%s: its lists have no file of a kernel [list-shape]: they have changed",
			origin);
}

/* ---- a series ------------------------------------------------------------------- */

const char *series_of(const char *version)
{
	const char *dot = strchr(version, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;

	return second ? format("%.*s", (int)(second - version), version) : format("%s", version);
}

long number_in(const char *version)
{
	const char *dot = strchr(version, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;

	return second && strlen(second) < 8 ? strtol(second + 1, NULL, 10) : 0;
}

bool offer_of(const struct listing *l, const char *wanted, struct offer *best)
{
	bool whole = strcmp(wanted, series_of(wanted)), found = false, sum;
	struct offer o;

	for (size_t i = 0; i < l->n; i++) {
		for (const char *at = l->text[i].text; next_offer(&at, &o, &sum);) {
			o.trust = l->text[i].trust;
			o.distrust = l->text[i].distrust;
			if (whole ? strcmp(o.version, wanted) :
				    strcmp(series_of(o.version), wanted))
				continue;
			if (found &&
			    (number_in(o.version) < number_in(best->version) ||
			     (number_in(o.version) == number_in(best->version) && !o.trust)))
				continue;
			*best = o;
			found = true;
		}
	}
	return found;
}
