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

/* A line, and where it stands. */
struct line {
	struct lock *lock;
	int number;
	char *word[5]; /* one more than any line may have */
	size_t n;
};

#define bad(l, ...) die(CANNOT_RUN, "%s:%d: %s", (l)->lock->path, (l)->number, format(__VA_ARGS__))

static bool is_release(const char *text)
{
	size_t n = strlen(text);

	return is_made_of(text, DIGITS ".", n) && *text != '.' && text[n - 1] != '.' &&
	       !strstr(text, "..");
}

/* Is TEXT a time that was, and written in just this way? */
static bool is_time(const char *text, long long *epoch)
{
	struct tm tm = { 0 };
	char again[32];
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	*epoch = timegm(&tm); /* makes a day that never was another one */
	return end && !*end && strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%SZ", &tm) &&
	       !strcmp(again, text);
}

static bool is_day(const char *text)
{
	long long epoch;

	return is_time(format("%sT00:00:00Z", text), &epoch);
}

static void take_value(const struct line *l, enum key key)
{
	const char *value = l->word[1];
	struct lock *lock = l->lock;

	if (l->n != 2)
		bad(l, "write '%s VALUE'", key_names[key]);
	if (lock->value[key])
		bad(l, "a second '%s'", key_names[key]);
	if (key == VERSION && !is_release(value))
		bad(l, "'%s' is no release", value);
	if (key == DATE && !is_time(value, &lock->epoch))
		bad(l, "'%s' is no time; write YYYY-MM-DDTHH:MM:SSZ", value);
	if (key == EOL && strcmp(value, "-") && !is_day(value))
		bad(l, "'%s' is no day; write YYYY-MM-DD, or '-' where none is projected", value);
	if (key == SIGNER && !is_made_of(value, DIGITS "ABCDEF", 40))
		bad(l, "'%s' is no fingerprint: 40 digits, 0-9 and A-F", value);
	lock->value[key] = format("%s", value);
}

static void take_origin(const struct line *l)
{
	const char *name = l->word[1], *file = l->word[2], *hash = l->word[3];
	struct lock *lock = l->lock;

	if (l->n != 4)
		bad(l, "write 'origin NAME FILE SHA256', with '-' for an unknown hash");
	if (strcmp(name, "kernel.org") && strcmp(name, "debian"))
		bad(l, "unknown origin '%s'; known: kernel.org debian", name);
	for (size_t i = 0; i < lock->n; i++)
		if (!strcmp(lock->origin[i].name, name))
			bad(l, "a second 'origin %s'", name);
	if (*file == '.' || !is_made_of(file, DIGITS LETTERS "._-", strlen(file)))
		bad(l, "'%s' is no plain file name", file);
	if (!ends_in(file, ".tar.xz"))
		bad(l, "'%s' is no .tar.xz", file);
	if (!strcmp(hash, "-"))
		hash = NULL;
	if (!hash && !strcmp(name, "debian"))
		bad(l, "Debian's files bear no signature; give the hash");
	if (hash && !is_sha256(hash))
		bad(l, "'%s' is no SHA-256: 64 digits, 0-9 and a-f", hash);
	/* There is room: no name stands twice. */
	lock->origin[lock->n++] = (struct origin){
		.name = format("%s", name),
		.file = format("%s", file),
		.hash = hash ? format("%s", hash) : NULL,
		.sign = format("%.*s.sign", (int)strlen(file) - 3, file),
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
		bad(l, "unknown key '%s'; known: version date eol signer origin", l->word[0]);
	take_origin(l);
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
		die(CANNOT_RUN, "%s: no such release lock", path);
	in = fopen(path, "re");
	while (in && (length = getline(&text, &room, in)) >= 0) {
		l.number++;
		if (strlen(text) != (size_t)length)
			bad(&l, "a byte of 0; the lock is text");
		if (*text != '#')
			take_line(&l, text);
	}
	if (!in || ferror(in))
		die(CANNOT_RUN, "%s: cannot be read: %s", path, strerror(errno));
	fclose(in);
	free(text);
	for (enum key key = 0; key < N_KEYS; key++)
		if (!lock->value[key])
			bad(&l, "the lock ends without '%s'", key_names[key]);
	if (!lock->n)
		bad(&l, "the lock ends without 'origin'");
}
