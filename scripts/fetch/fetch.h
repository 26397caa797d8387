/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fetch - finds, fetches and verifies the tarball of an upstream release.
 *
 *   main.c     the command line
 *   lock.c     the release lock, read strictly
 *   origin.c   where a tarball may be, in which order, and what becomes of it
 *   listing.c  the lists of files that origins publish
 *   signed.c   clear-signed text
 *   cmd_newest.c
 *              what the origins offer
 *   cmd_lock.c a lock of another release
 *   get.c      a URL or a local file, into a file
 *   verify.c   hashes and signatures
 *   tarball.c  which release a tarball holds
 *   run.c      other programs
 *   util.c     text, lists
 *
 * An error is the end, at any place, and needs no cleanup: an unfinished download is a .part,
 * which the next run continues, and no other temporary file exists. Text is never freed:
 * there is little of it.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mem.h"
#include "msg.h"

/* ---- util.c -------------------------------------------------------------------- */
/* SIZE bytes of 0 that last until the end. */
char *keep(size_t size);
/* What printf() would print. */
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A copy of TEXT that is safe for a terminal; see clean.h. */
char *cleaned(const char *text);
/* Does TEXT consist of SET, and is it COUNT long? */
bool is_made_of(const char *text, const char *set, size_t count);
bool is_sha256(const char *text);
bool ends_in(const char *text, const char *end);
bool is_file(const char *path);
/* Bytes in the file PATH; 0 if it cannot be had. */
long long size_of(const char *path);
/* A variable of the environment, or NULL if it is empty. */
const char *setting(const char *name);

struct list {
	const char *item[64];
	size_t n;
};

bool list_has(const struct list *list, const char *item);
/* Append ITEM, unless the list has it. */
void list_add(struct list *list, const char *item);

/* ---- lock.c -------------------------------------------------------------------- */
enum key { VERSION, DATE, EOL, SIGNER, N_KEYS };
extern const char *const key_names[N_KEYS];

struct origin {
	const char *name, *file;
	const char *hash; /* NULL if unknown: then a signature must do */
	const char *sign; /* the name of that */
	long long size;   /* bytes of the file; 0 if unknown */
	int line;	  /* of the lock */
};

struct lock {
	const char *path;
	const char *value[N_KEYS];
	int line[N_KEYS]; /* where they are in the lock */
	long long epoch;  /* of the date */
	struct origin origin[2];
	size_t n;
};

/* Dies, and names the line, unless all of PATH is right. */
void lock_read(struct lock *lock, const char *path);

/* ---- run.c --------------------------------------------------------------------- */
/*
 * Start a program with its arguments, up to a NULL; a descriptor of -1 is /dev/null. It
 * is killed should fetch end before it.
 */
pid_t start(int in, int out, int err, const char *program, ...) __attribute__((sentinel));
/*
 * A bound for each program that is started from now on: no file that it writes gets longer
 * than BYTES. 0 means unbounded.
 */
void limit_files(long long bytes);
/* Its exit status, 128 and more for a signal. Dies if PROGRAM does not exist, unless NULL. */
int finish(pid_t child, const char *program);
/* All that is in FILE. */
char *file_text(const char *file);
/* A file in memory, which programs inherit. */
int memory_file(void);
/* All that is in one, which is closed. */
char *memory_text(int fd);

/* ---- verify.c ------------------------------------------------------------------ */
#define HEX_SIZE 65 /* a SHA-256, and NUL */

int open_file(const char *path);
/* Append the armoured key at PATH to RING, as gpgv reads it; dies if it is not one. */
void key_read(const char *path, int ring);
/* The SHA-256 of what FD, opened from PATH, holds. */
void hash_of(int fd, const char *path, char hex[HEX_SIZE]);
/*
 * Is FILE what O says? NULL, or why not. Where no hash is known, SIGN must be the signer's
 * over the tar in FILE. HEX is the hash of FILE in any case.
 */
const char *judge(const struct lock *lock, const struct origin *o, const char *file,
		  const char *sign, char hex[HEX_SIZE]);

/* ---- tarball.c ----------------------------------------------------------------- */
/* What the Makefile at the top of a release says, and when that was written. */
struct release {
	char version[128]; /* VERSION.PATCHLEVEL.SUBLEVEL and EXTRAVERSION */
	long long mtime;   /* seconds since 1970 */
};

/* Read the release in FD, a tarball. False if it holds no such Makefile. */
bool read_release(int fd, struct release *r);
/* Is FOUND, a Makefile's version, the release VERSION? The first of a series has no ".0". */
bool is_version(const char *found, const char *version);

/* ---- get.c --------------------------------------------------------------------- */
enum {
	TARBALL_MAX = 400 << 20, /* bytes of a tarball whose size the lock does not give */
	SIGN_MAX = 64 << 10,	 /* of a signature */
	LIST_MAX = 128 << 20,	 /* of an origin's list, as it comes and unpacked */
};

enum outcome {
	GOT,
	NOT_THERE, /* the host answered, without the file */
	NO_RESUME, /* it can't go on where FILE ends, which may be all */
	TOO_LONG,  /* the host sends more than MAX; FILE is deleted */
	NO_ANSWER,
};

/*
 * URL, or a path, into FILE, of at most MAX bytes; goes on where that ends, for a URL. Unless
 * it GOT all, WHY says why.
 */
enum outcome get(const char *url, const char *file, long long max, const char **why);

/* ---- origin.c ------------------------------------------------------------------ */
/* The archives of Debian's that are set up, without a slash at the end. */
void debian_archives(struct list *bases);
/* The directories where FROM, an origin or a variable, may have the tarballs of VERSION. */
void bases_of(struct list *bases, const char *from, const char *version);
/* Settle on a tarball in DIR, and print it; or die. */
_Noreturn void settle(const struct lock *lock, const char *dir);

/* ---- signed.c ------------------------------------------------------------------ */
struct signed_text {
	const char *text;   /* the signed part, as gpgv gives it out */
	const char *signer; /* the primary key's fingerprint; NULL: WHY says why it is not trusted */
	const char *why;
	bool tampered; /* such a file was changed on its way */
};

/* The directory of the keys that belong to the lock at PATH. */
const char *keys_dir(const char *path);
/* Verify FILE with the keyring KEYS, or the armoured keys of the directory KEYS. */
void clear_signed(const char *file, const char *keys, struct signed_text *s);

/* ---- listing.c ----------------------------------------------------------------- */
/* A file of a release in an origin's list. */
struct offer {
	const char *version, *file, *hash;
	long long size;		      /* 0 if the list has none */
	const char *trust, *distrust; /* one of them is NULL */
};

struct listing {
	const char *origin;
	const char *why;   /* why a list is not available */
	const char *shape; /* which list is not as lists were */
	struct {
		const char *text, *trust, *distrust;
	} text[64];
	size_t n, offers;
};

/*
 * Take the next line of *TEXT that is a SHA-256, a size or none, and the file of a release, whose
 * version has digits and dots only. *SUM is set if any line is a SHA-256 and a file.
 */
bool next_offer(const char **text, struct offer *o, bool *sum);
/* Read the lists of ORIGIN for the major version of VERSION; DIR is left as it was. */
void listing_read(struct listing *l, const struct lock *lock, const char *origin,
		  const char *version, const char *dir);
/* The release WANTED in L, or the newest of the series WANTED; trusted ones go first. */
bool offer_of(const struct listing *l, const char *wanted, struct offer *best);
/* 6.12 of 6.12.107, and 107; a series begins with 0. */
const char *series_of(const char *version);
long number_in(const char *version);

/* ---- cmd_newest.c -------------------------------------------------------------- */
/*
 * Print of each lock, up to a NULL, the newest release of its series that its origins offer. Its
 * exit status: DONE if all are current, FINDING if one is behind or past its end of life,
 * CANNOT_RUN if that could not be learned of one.
 */
int newest(char **locks, const char *dir);
/* Days from now until the day TEXT, YYYY-MM-DD. */
long days_until(const char *text);

/* ---- cmd_lock.c ---------------------------------------------------------------- */
/*
 * Write at OUT the lock of WANTED, a release, or a series, of which the newest release is taken:
 * with a hash for each origin of LOCK that has one, and the date of the files in the tarball, which
 * is fetched into DIR. Prints how it was verified.
 */
int write_lock(const char *lock, const char *dir, const char *out, const char *wanted);

#endif
