// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stage.h"

void stamp_init(struct stamp *s, const char *out, const char *path)
{
	*s = (struct stamp){ .path = mem_strdup(path) };
	s->place = (struct place){ .out = out, .dir = dir_of(path) };
}

void stamp_free(struct stamp *s)
{
	lines_free(&s->lines);
	free(s->place.dir);
	free(s->path);
}

bool stamp_parse(struct stamp *s, char *text)
{
	bool complete = false;
	char *line;

	while (text && *text) {
		line = strsep(&text, "\n");
		if (!lines_add(&s->lines, line))
			return false;
		complete |= s->lines.line[s->lines.n - 1].kind == SUM;
	}
	return complete;
}

bool stamp_read(struct stamp *s)
{
	struct buffer b = { 0 };
	/* A NUL would hide what follows it. */
	const bool good = !file_read(s->path, LARGEST, &b) && strlen(b.text) == b.size &&
			  stamp_parse(s, b.text);

	buffer_free(&b);
	return good;
}

bool stamp_write(const struct stamp *s)
{
	struct output o;

	if (!output_open(&o, s->path))
		return false;
	for (size_t i = 0; i < s->lines.n; i++)
		fprintf(o.file, "%s\n", s->lines.line[i].text);
	return output_close(&o, true);
}

/* ---- files as they are now ------------------------------------------------------- */

/* The last digit is for those who compare with find -printf %T@. */
static void add_stat(struct lines *l, const char *word, const struct stat *st, const char *name)
{
	lines_addf(l, "%s %lld %lld.%09ld0 %lld.%09ld0 %s", word, (long long)st->st_size,
		   (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		   (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec, name);
}

void seen_now(const char *path, const char *name, struct lines *l)
{
	struct stat st;

	if (!stat(path, &st))
		add_stat(l, "seen", &st, name);
}

/* All files at and below the path of ROOT. One that cannot be read is missing. */
static void walk(const struct stamp *s, const char *root, struct lines *stats)
{
	char *path = path_of(&s->place, root), *const paths[] = { path, NULL };
	const size_t skip = strlen(path) - strlen(root);
	FTS *fts = mem_check(fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL));
	FTSENT *e;

	while ((e = fts_read(fts)))
		if (e->fts_info == FTS_F)
			add_stat(stats, "stat", e->fts_statp, e->fts_path + skip);
	fts_close(fts);
	free(path);
}

static int by_name(const void *a, const void *b)
{
	const struct line *one = a, *other = b;

	return strcmp(one->name, other->name);
}

void stats_now(const struct stamp *s, struct lines *stats)
{
	for (size_t i = 0; i < s->lines.n; i++)
		if (s->lines.line[i].kind == ROOT)
			walk(s, s->lines.line[i].name, stats);
	if (stats->n)
		qsort(stats->line, stats->n, sizeof(*stats->line), by_name);
}

void hashes_now(const struct stamp *s, const struct lines *stats, const char *only,
		struct lines *hashes)
{
	char hash[HASH_LEN + 1], *path;

	for (size_t i = 0; i < stats->n; i++) {
		const char *name = stats->line[i].name;

		if (only && strcmp(name, only) != 0)
			continue;
		path = path_of(&s->place, name);
		if (hash_file(path, hash))
			lines_addf(hashes, "%s  %s", hash, name);
		free(path);
	}
}

bool same_stats(const struct stamp *s)
{
	struct lines now = { 0 };
	size_t n = 0;
	bool same = true;

	stats_now(s, &now);
	for (size_t i = 0; same && i < s->lines.n; i++) {
		if (s->lines.line[i].kind != STAT)
			continue;
		same = n < now.n && !strcmp(now.line[n].text, s->lines.line[i].text);
		n++;
	}
	same = same && n == now.n;
	lines_free(&now);
	return same;
}

/* ---- results that are not as recorded -------------------------------------------- */

enum { SHOWN = 5 };

/* WANTED or GOT is NULL if that file does not exist. */
static void report(const struct stamp *s, const struct line *wanted, const struct line *got,
		   const char *remedy)
{
	char *where = mem_printf("%s/%s", s->place.dir, (wanted ?: got)->name);

	complain(where, 0, "is not what was made [changed-output]: expected %s%.64s, got %.64s; %s",
		 wanted ? "SHA-256 " : "", wanted ? wanted->value : "no such file",
		 got ? got->value : "no file", remedy);
	free(where);
}

/* Walk two sorted lists; the number of differences. */
static size_t compare(const struct stamp *s, const struct lines *recorded, const struct lines *now,
		      const char *remedy)
{
	size_t i = 0, j = 0, found = 0;

	while (i < recorded->n || j < now->n) {
		const struct line *wanted = i < recorded->n ? &recorded->line[i] : NULL;
		const struct line *got = j < now->n ? &now->line[j] : NULL;
		const int order = !wanted ? 1 : !got ? -1 : by_name(wanted, got);

		i += order <= 0;
		j += order >= 0;
		if (!order && !strncmp(wanted->value, got->value, HASH_LEN))
			continue;
		if (++found <= SHOWN)
			report(s, order <= 0 ? wanted : NULL, order >= 0 ? got : NULL, remedy);
	}
	return found;
}

bool same_results(const struct stamp *s, const char *only, const char *remedy)
{
	struct lines recorded = { 0 }, stats = { 0 }, now = { 0 };
	const struct line *one = only ? lines_find(&s->lines, HASH, only) : NULL;
	size_t found;

	if (one)
		lines_add(&recorded, one->text);
	else if (!only)
		lines_copy(&recorded, &s->lines, HASH);
	if (recorded.n)
		qsort(recorded.line, recorded.n, sizeof(*recorded.line), by_name);
	stats_now(s, &stats);
	hashes_now(s, &stats, only, &now);
	found = compare(s, &recorded, &now, remedy);
	if (found > SHOWN)
		complain(s->place.dir, 0, "%zu more files are not what was made [changed-output]",
			 found - SHOWN);
	lines_free(&recorded);
	lines_free(&stats);
	lines_free(&now);
	return !found;
}
