// SPDX-License-Identifier: GPL-2.0-only
/* Hashes and signatures. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fetch.h"

int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, strerror(errno));
	return fd;
}

void hash_of(int fd, const char *path, char hex[HEX_SIZE])
{
	static unsigned char buffer[1 << 20];
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	ssize_t n;

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		ok = ok && EVP_DigestUpdate(ctx, buffer, (size_t)n);
	if (n < 0)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, strerror(errno));
	if (!ok || !EVP_DigestFinal_ex(ctx, digest, NULL))
		die(CANNOT_RUN, "%s: libcrypto cannot compute SHA-256 [no-sha256]", path);
	EVP_MD_CTX_free(ctx);
	for (int i = 0; i < HEX_SIZE / 2; i++)
		sprintf(hex + 2L * i, "%02x", digest[i]);
}

static bool next_line(FILE *in, char line[128])
{
	bool ok = fgets(line, 128, in);

	line[ok ? strcspn(line, "\r\n") : 0] = '\0';
	return ok;
}

/* gpgv reads no armour: decode the key in IN to OUT. False unless IN is an armoured key. */
static bool unarmour(FILE *in, int out)
{
	char line[128];
	unsigned char data[128];
	bool ok = next_line(in, line) && !strcmp(line, "-----BEGIN PGP PUBLIC KEY BLOCK-----");
	int n, size = 0;

	while (ok && next_line(in, line) && *line)
		; /* headers, up to an empty line */
	/* The key, up to its checksum or the end of the armour. */
	while (ok && (ok = next_line(in, line)) && *line != '=' && *line != '-') {
		n = EVP_DecodeBlock(data, (unsigned char *)line, (int)strlen(line));
		n -= ends_in(line, "=") + ends_in(line, "=="); /* the length includes the padding */
		ok = n > 0 && write(out, data, (size_t)n) == n;
		size += n;
	}
	return ok && size;
}

void key_read(const char *path, int ring)
{
	FILE *in = fopen(path, "re");

	if (!in || !unarmour(in, ring))
		die(CANNOT_RUN, "%s: cannot be read as an armoured key [bad-key]", path);
	fclose(in);
}

/* The signer's key, as gpgv reads it. */
static int open_key(const struct lock *lock)
{
	int key = memory_file();

	key_read(format("%s/%s.asc", keys_dir(lock->path), lock->value[SIGNER]), key);
	return key;
}

/* Does gpgv's status report a good signature of this signer? */
static bool is_good(char *status, const char *signer)
{
	const char *end = format(" %s", signer), *line;
	bool good = false;

	while ((line = strsep(&status, "\n"))) {
		if (!strncmp(line, "[GNUPG:] NEWSIG", 15))
			good = false;
		if (!strncmp(line, "[GNUPG:] GOODSIG ", 17))
			good = true;
		if (good && !strncmp(line, "[GNUPG:] VALIDSIG ", 18) && ends_in(line, end))
			return true;
	}
	return false;
}

/* Print the output of programs line by line, made safe for a terminal. */
static void show(char *text)
{
	const char *line;

	while ((line = strsep(&text, "\n")))
		if (*line)
			fprintf(stderr, "%s\n", cleaned(line));
}

/* Is SIGN the signer's over the tar in FD? If not, the messages of gpgv and xz go to stderr. */
static bool is_signed(const struct lock *lock, int fd, const char *sign)
{
	int key = open_key(lock), status = memory_file(), said = memory_file(), tar[2];
	pid_t xz, gpgv;
	char *text;
	bool ok;

	if (lseek(fd, 0, SEEK_SET) || pipe2(tar, O_CLOEXEC))
		die(CANNOT_RUN, "no pipe from xz to gpgv [no-process]: %s", strerror(errno));
	xz = start(fd, tar[1], said, "xz", "-dc", "--memlimit-decompress=256MiB", NULL);
	gpgv = start(tar[0], -1, said, "gpgv", "--keyring", format("/proc/self/fd/%d", key),
		     "--status-fd", format("%d", status), "--", sign, "-", NULL);
	close(tar[0]);
	close(tar[1]);
	close(key);
	/*
 * If xz can't read the tarball to its end, a signature over the part before that must not count;
 * nor must the signature of another key, if the key's file has several.
	 */
	ok = !finish(xz, "xz");
	ok &= !finish(gpgv, "gpgv");
	ok &= is_good(memory_text(status), lock->value[SIGNER]);
	text = memory_text(said);
	if (!ok)
		show(text);
	return ok;
}

/* Is the tar in FD the release of the lock? NULL, or why not. Another date is only a note. */
static const char *judge_release(const struct lock *lock, int fd, const char *file)
{
	const char *version = lock->value[VERSION];
	struct release r;
	char date[32];
	struct tm tm;
	time_t mtime;

	if (!read_release(fd, &r))
		return "no Makefile with a version in its top directory [not-a-release]";
	if (!is_version(r.version, version))
		return format("holds Linux %s [wrong-version]: expected %s, as %s:%d says",
			      r.version, version, lock->path, lock->line[VERSION]);
	mtime = (time_t)r.mtime;
	if (lock->epoch && r.mtime != lock->epoch && gmtime_r(&mtime, &tm) &&
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm))
		say("%s:%d: date is %s, the files in %s are of %s [date-differs]; write: date %s",
		    lock->path, lock->line[DATE], lock->value[DATE], file, date, date);
	return NULL;
}

const char *judge(const struct lock *lock, const struct origin *o, const char *file,
		  const char *sign, char hex[HEX_SIZE])
{
	const char *why;
	int fd = open_file(file);

	hash_of(fd, file, hex);
	if (o->hash && strcmp(hex, o->hash))
		why = format("SHA-256 is %s [wrong-hash]: expected %s, as %s:%d says", hex,
			     o->hash, lock->path, o->line);
	else if (o->hash && o->size && size_of(file) != o->size)
		die(CANNOT_RUN, "%s:%d: size is %lld [lock-size], but %s has that SHA-256 and %lld bytes",
		    lock->path, o->line, o->size, file, size_of(file));
	else if (!o->hash && !(is_file(sign) && is_signed(lock, fd, sign)))
		why = format("no good signature of %s in %s, and no hash at %s:%d [bad-signature]",
			     lock->value[SIGNER], sign, lock->path, o->line);
	else
		why = judge_release(lock, fd, file);
	close(fd);
	return why;
}
