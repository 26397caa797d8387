/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage: the record of how each result was made. A key is a file with all that a stage depends
 * on; a stamp records a stage's keys and inputs, and its results.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "file.h"
#include "mem.h"
#include "msg.h"

/* ---- files (files.c) ------------------------------------------------------------- */

enum { HASH_LEN = 64, LARGEST = 1 << 30 /* bytes of a key or a stamp */ };

/* Write the SHA-256 of the file at PATH as digits; false with errno if it cannot be read. */
bool hash_file(const char *path, char hash[HASH_LEN + 1]);
void hash_text(const struct buffer *text, char hash[HASH_LEN + 1]);
/* The directory of PATH, to free. */
char *dir_of(const char *path);
/* Make a directory and those above it; false with errno. */
bool make_dirs(const char *path);
/* Hold FD's lock, which ends with the last process that has FD open; call WAIT before waiting. */
bool lock(int fd, void (*wait)(void *data), void *data);

/* ---- names (lines.c) ------------------------------------------------------------- */

/* Where a stamp's names start: the directory of results, and that of the stamp. */
struct place {
	const char *out;
	char *dir;
};

/*
 * A name is relative to the stamp's directory; below OUT it is %/..., and of another relative
 * path ./...; both to free.
 */
char *name_of(const struct place *p, const char *path);
char *path_of(const struct place *p, const char *name);
/* Is it of a file below the directory of the stamp? */
bool is_beside(const char *name);

/* ---- lines of a stamp (lines.c) -------------------------------------------------- */

/*
 *   key NAME                      | TEXT                   a key, and its lines
 *   from HASH NAME                seen SIZE MTIME CTIME NAME   a file that is an input
 *   after HASH NAME               the results of another stamp, by its sum
 *   root NAME                     a result, a file or a directory
 *   sum HASH                      of the next lines: the stamp is complete
 *   HASH  NAME                    each file of the results, sorted
 *   stat SIZE MTIME CTIME NAME    the same
 */
enum kind { KEY, TEXT, FROM, SEEN, AFTER, ROOT, SUM, STAT, HASH };

struct line {
	enum kind kind;
	char *text;
	const char *value, *name; /* in text; the value ends with a blank or before the name */
};

struct lines {
	struct line *line;
	size_t n, room;
};

/* Append a copy of TEXT; false if it is not a line of a stamp. */
bool lines_add(struct lines *l, const char *text);
/* The same for text made like printf's, which must be a line: a name with a line end is not. */
void lines_addf(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Append the lines of KIND of another. */
void lines_copy(struct lines *l, const struct lines *from, enum kind kind);
/* The line of KIND with NAME, or NULL. */
const struct line *lines_find(const struct lines *l, enum kind kind, const char *name);
void lines_free(struct lines *l);

/* ---- stamps (stamp.c) ------------------------------------------------------------ */

struct stamp {
	char *path;
	struct place place;
	struct lines lines;
};

void stamp_init(struct stamp *s, const char *out, const char *path);
/* Read it; false if it cannot be read, is not complete, or has a line that is not valid. */
bool stamp_read(struct stamp *s);
/* The lines of TEXT, which is cut; the same for the fuzzer. */
bool stamp_parse(struct stamp *s, char *text);
bool stamp_write(const struct stamp *s);
void stamp_free(struct stamp *s);

/* Append a STAT line of each file that the roots of S have now, sorted by name. */
void stats_now(const struct stamp *s, struct lines *stats);
/* Append a HASH line of each of STATS, or of the one with the name ONLY. */
void hashes_now(const struct stamp *s, const struct lines *stats, const char *only,
		struct lines *hashes);
/* Append a SEEN line of an input. */
void seen_now(const char *path, const char *name, struct lines *l);
/* Do the files of S have the sizes and times that it records? */
bool same_stats(const struct stamp *s);
/* Report each result, or the one with the name ONLY, that is not as S records; false if any. */
bool same_results(const struct stamp *s, const char *only, const char *remedy);

/* ---- keys (key.c) ---------------------------------------------------------------- */

/* The text of what was read before, by path. */
struct known {
	void *tree;
};

/*
 * Make the TEXT of KEY: its text, then of each of the N inputs the hash, or of a key the lines.
 * False after a message.
 */
bool key_text(struct known *k, const char *key, const char *text, char **inputs, int n,
	      struct buffer *out);
void known_free(struct known *k);
/* Append the lines of a key as a stamp records them, but not where a tarball lies; false with
 * errno. */
bool key_lines(const char *path, struct lines *l);
/* Does the file have this text? */
bool key_same(const char *path, const struct buffer *text);

int cmd_key(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stale(int argc, char **argv);

#endif
