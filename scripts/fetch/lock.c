// SPDX-License-Identifier: GPL-2.0-only
/* The release lock: lines of a key and its value, and of origins; '#' begins a comment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const char *const key_names[N_KEYS] = { "version", "date", "eol", "signer" };

/* A line, and its number. */
struct line {
	struct lock *lock;
	int number;
	char *word[6]; /* one more than a line may have */
	size_t n;
};

#define bad(l, ...) die(CANNOT_RUN, "%s:%d: %s", (l)->lock->path, (l)->number, format(__VA_ARGS__))

enum { DAY = 24 * 60 * 60 };

static bool is_release(const char *text)
{
	size_t n = strlen(text);

	return is_made_of(text, DIGITS ".", n) && *text != '.' && text[n - 1] != '.' &&
	       !strstr(text, "..");
}

/* Is TEXT a time in the past, in exactly this format? */
static bool is_time(const char *text, long long *epoch)
{
	struct tm tm = { 0 };
	char again[32];
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	*epoch = timegm(&tm); /* turns a day that does not exist into another one */
	return end && !*end && strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%SZ", &tm) &&
	       !strcmp(again, text);
}

static bool is_day(const char *text)
{
	long long epoch;

	return is_time(format("%sT00:00:00Z", text), &epoch);
}

/* The date becomes the builds' date. The host's clock may be wrong by a day. */
static void judge_date(const struct line *l, const char *value, long long epoch)
{
	static const long long linux_0_01 = 685065600; /* 1991-09-17 */

	if (epoch < linux_0_01)
		bad(l, "date %s is before Linux 0.01 [lock-date]", value);
	if (epoch > time(NULL) + DAY)
		bad(l, "date %s is in the future [lock-future]; the clock of this host may be wrong",
		    value);
}

static void take_value(const struct line *l, enum key key)
{
	const char *value = l->word[1];
	struct lock *lock = l->lock;

	if (l->n != 2)
		bad(l, "not one value [lock-syntax]: write '%s VALUE'", key_names[key]);
	if (lock->value[key])
		bad(l, "a second '%s' [lock-duplicate]", key_names[key]);
	if (key == VERSION && !is_release(value))
		bad(l, "'%s' is not a release [lock-version]", value);
	if (key == DATE && !is_time(value, &lock->epoch))
		bad(l, "'%s' is not a time [lock-date]; write YYYY-MM-DDTHH:MM:SSZ", value);
	if (key == DATE)
		judge_date(l, value, lock->epoch);
	if (key == EOL && strcmp(value, "-") && !is_day(value))
		bad(l, "'%s' is not a day [lock-eol]; write YYYY-MM-DD, or '-' if none is projected", value);
	if (key == SIGNER && !is_made_of(value, DIGITS "ABCDEF", 40))
		bad(l, "'%s' is not a fingerprint [lock-signer]: 40 digits, 0-9 and A-F", value);
	lock->value[key] = format("%s", value);
	lock->line[key] = l->number;
}

static void take_name(const struct line *l, const char *name)
{
	if (strcmp(name, "kernel.org") && strcmp(name, "debian"))
		bad(l, "unknown origin '%s' [lock-origin]; known: kernel.org debian", name);
	for (size_t i = 0; i < l->lock->n; i++)
		if (!strcmp(l->lock->origin[i].name, name))
			bad(l, "a second 'origin %s' [lock-duplicate]", name);
}

static void judge_file(const struct line *l, const char *file)
{
	if (*file == '.' || !is_made_of(file, DIGITS LETTERS "._-", strlen(file)))
		bad(l, "'%s' is not a plain file name [lock-file]", file);
	if (!ends_in(file, ".tar.xz"))
		bad(l, "'%s' is not a .tar.xz [lock-file]", file);
}

/* A hash, or NULL for '-'. */
static const char *hash_in(const struct line *l, const char *origin, const char *hash)
{
	if (!strcmp(hash, "-") && !strcmp(origin, "debian"))
		bad(l, "Debian's files have no signature [lock-hash]; give the hash");
	if (!strcmp(hash, "-"))
		return NULL;
	if (!is_sha256(hash))
		bad(l, "'%s' is not a SHA-256 [lock-hash]: 64 digits, 0-9 and a-f", hash);
	return format("%s", hash);
}

/* A number of bytes, without a leading 0, and within the bound for tarballs. */
static long long size_in(const struct line *l, const char *size)
{
	if (*size == '0' || strlen(size) > 10 || !is_made_of(size, DIGITS, strlen(size)))
		bad(l, "'%s' is not a size in bytes [lock-size]", size);
	return atoll(size);
}

static void take_origin(const struct line *l)
{
	const char *name = l->word[1], *file = l->word[2];
	struct lock *lock = l->lock;

	if (l->n != 4 && l->n != 5)
		bad(l, "not three or four values [lock-syntax]: write 'origin NAME FILE SHA256 [SIZE]', with '-' for an unknown hash");
	take_name(l, name);
	judge_file(l, file);
	/* It has room: each name occurs once. */
	lock->origin[lock->n++] = (struct origin){
		.name = format("%s", name),
		.file = format("%s", file),
		.hash = hash_in(l, name, l->word[3]),
		.sign = format("%.*s.sign", (int)strlen(file) - 3, file),
		.size = l->n == 5 ? size_in(l, l->word[4]) : 0,
		.line = l->number,
	};
}

static void take_line(struct line *l, char *text)
{
	char *word;

	for (l->n = 0; l->n < ARRAY_SIZE(l->word) && (word = strsep(&text, " \t\n"));)
		if (*word)
			l->word[l->n++] = word;
	if (!l->n)
		return;
	for (enum key key = 0; key < N_KEYS; key++) {
		if (!strcmp(l->word[0], key_names[key])) {
			take_value(l, key);
			return;
		}
	}
	if (strcmp(l->word[0], "origin"))
		bad(l, "unknown key '%s' [lock-key]; known: version date eol signer origin",
		    l->word[0]);
	take_origin(l);
}

/* Invisible bytes that editors of other systems add. */
static void judge_text(const struct line *l, const char *text, size_t length)
{
	if (strlen(text) != length)
		bad(l, "a byte of 0 [lock-text]; the lock is text");
	if (strchr(text, '\r'))
		bad(l, "the line ends in CR LF [crlf]; write LF");
	if (l->number == 1 && !strncmp(text, "\xef\xbb\xbf", 3))
		bad(l, "the file begins with a byte order mark [bom]; remove it");
}

/* Does FILE, "linux-VERSION.tar.xz" or Debian's "linux_VERSION.orig.tar.xz", have this VERSION? */
static bool is_file_of(const char *file, const char *version)
{
	size_t n = strlen(version);

	return !strncmp(file, "linux", 5) && (file[5] == '-' || file[5] == '_') &&
	       !strncmp(file + 6, version, n) &&
	       (!strcmp(file + 6 + n, ".tar.xz") || !strcmp(file + 6 + n, ".orig.tar.xz"));
}

/* Each line is valid; do they agree? */
static void judge_whole(struct line *l)
{
	const struct lock *lock = l->lock;
	const char *version = lock->value[VERSION], *eol = lock->value[EOL];

	for (size_t i = 0; i < lock->n; i++) {
		l->number = lock->origin[i].line;
		if (!is_file_of(lock->origin[i].file, version))
			bad(l, "'%s' is not a file of Linux %s [lock-file], which line %d names",
			    lock->origin[i].file, version, lock->line[VERSION]);
	}
	l->number = lock->line[EOL];
	if (strcmp(eol, "-") && strncmp(eol, lock->value[DATE], strlen(eol)) < 0)
		bad(l, "eol %s is before the date %s [lock-eol]", eol, lock->value[DATE]);
}

void lock_read(struct lock *lock, const char *path)
{
	struct line l = { .lock = lock };
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	FILE *in;

	*lock = (struct lock){ .path = path };
	if (!is_file(path))
		die(CANNOT_RUN, "%s: no such release lock [no-lock]", path);
	in = fopen(path, "re");
	while (in && (length = getline(&text, &room, in)) >= 0) {
		l.number++;
		judge_text(&l, text, (size_t)length);
		if (*text != '#')
			take_line(&l, text);
	}
	if (!in || ferror(in))
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, strerror(errno));
	fclose(in);
	free(text);
	for (enum key key = 0; key < N_KEYS; key++)
		if (!lock->value[key])
			bad(&l, "the lock ends without '%s' [lock-incomplete]", key_names[key]);
	if (!lock->n)
		bad(&l, "the lock ends without 'origin' [lock-incomplete]");
	judge_whole(&l);
}
