// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage stale: which keys differ from their files, and which stamps can be wrong. Each make
 * waits for this, so it hashes no result: it compares the recorded keys with the keys, hashes
 * with those of other stamps, and sizes and times with the files'. stage run looks closer then.
 */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "stage.h"

static const struct command command = {
	.synopsis = "stage stale OUT STAMP... [-- KEY TEXT [INPUT...]]...",
	.about =
		"Prints each KEY that `stage key` would write, and each STAMP whose results may have to\n"
		"be made again, since an input or a result is not as recorded. A STAMP comes after those\n"
		"that its stage depends on, and a KEY after the keys among its inputs. Writes nothing.\n",
	.status = "0 done, 2 could not run",
	.least = 1,
	.most = ANY,
	.first = true,
};

struct state {
	const char *out;
	const char **wrong; /* keys */
	size_t n_wrong, room;
	struct stamp *stamps;
	bool *bad; /* of each stamp */
	size_t n;
};

/* ---- keys ------------------------------------------------------------------------ */

/* The next "--", or the end. */
static int group_end(char **args, int n)
{
	int i = 0;

	while (i < n && strcmp(args[i], "--") != 0)
		i++;
	return i;
}

static bool compare_keys(struct state *s, char **args, int n)
{
	struct known known = { 0 };
	struct buffer text = { 0 };
	bool good = true;

	for (int len; good && n > 0; args += len, n -= len) {
		args++;
		len = group_end(args, --n);
		if (len < 2) {
			say("a key is incomplete [usage]: expected -- KEY TEXT");
			good = false;
		}
		good = good && key_text(&known, args[0], args[1], args + 2, len - 2, &text);
		if (!good || key_same(args[0], &text))
			continue;
		puts(args[0]);
		grow(s->wrong, s->n_wrong, s->room);
		s->wrong[s->n_wrong++] = args[0];
	}
	known_free(&known);
	buffer_free(&text);
	return good;
}

/* ---- stamps ---------------------------------------------------------------------- */

/* Does S record PATH as one of its results, or in one? */
static bool owns(const struct stamp *s, const char *path)
{
	char *name = name_of(&s->place, path);
	const bool found = lines_find(&s->lines, ROOT, name) || lines_find(&s->lines, STAT, name) ||
			   lines_find(&s->lines, HASH, name);

	free(name);
	return found;
}

/* Is PATH a key that is to be written, or a stamp before stamp N that is wrong, or a result of one?
 */
static bool is_wrong(const struct state *s, size_t n, const char *path)
{
	for (size_t i = 0; i < s->n_wrong; i++)
		if (!strcmp(s->wrong[i], path))
			return true;
	for (size_t i = 0; i < n; i++)
		if (s->bad[i] && (!strcmp(s->stamps[i].path, path) || owns(&s->stamps[i], path)))
			return true;
	return false;
}

/* The line of a stamp before stamp N that has the hash of LINE's PATH; NULL if none has. */
static const struct line *recorded(const struct state *s, size_t n, const char *path,
				   enum kind kind)
{
	const struct line *found = NULL;

	for (size_t i = 0; i < n && !found; i++) {
		const struct stamp *other = &s->stamps[i];
		char *name = name_of(&other->place, path);

		if (kind == FROM)
			found = lines_find(&other->lines, HASH, name);
		else if (!strcmp(other->path, path))
			found = lines_find(&other->lines, SUM, "");
		free(name);
	}
	return found;
}

/* Are the lines of the key at PATH those that S has after line AT? */
static bool same_key(const struct stamp *s, size_t at, const char *path)
{
	struct lines now = { 0 };
	bool same = key_lines(path, &now);
	size_t i = 0;

	for (at++; same && at < s->lines.n && s->lines.line[at].kind == TEXT; at++, i++)
		same = i < now.n && !strcmp(now.line[i].text, s->lines.line[at].text);
	same = same && i == now.n;
	lines_free(&now);
	return same;
}

static bool same_seen(const struct line *line, const char *path)
{
	struct lines now = { 0 };
	bool same;

	seen_now(path, line->name, &now);
	same = now.n && !strcmp(now.line[0].text, line->text);
	lines_free(&now);
	return same;
}

/* Can line AT of stamp N be trusted? */
static bool good_line(const struct state *s, size_t n, size_t at)
{
	const struct stamp *stamp = &s->stamps[n];
	const struct line *line = &stamp->lines.line[at], *other;
	char *path = path_of(&stamp->place, line->name);
	bool good = true;

	if (line->kind == KEY) {
		good = !is_wrong(s, n, path) && same_key(stamp, at, path);
	} else if (line->kind == FROM || line->kind == AFTER) {
		other = recorded(s, n, path, line->kind);
		good = !is_wrong(s, n, path) &&
		       (other ? !strncmp(other->value, line->value, HASH_LEN) : line->kind == FROM);
	} else if (line->kind == SEEN) {
		good = same_seen(line, path);
	}
	free(path);
	return good;
}

static bool good_stamp(struct state *s, size_t n)
{
	struct stamp *stamp = &s->stamps[n];

	if (!stamp_read(stamp))
		return false;
	for (size_t i = 0; i < stamp->lines.n; i++)
		if (!good_line(s, n, i))
			return false;
	return same_stats(stamp);
}

static void compare_stamps(struct state *s, char **paths, size_t n)
{
	s->stamps = mem_zalloc(n * sizeof(*s->stamps));
	s->bad = mem_zalloc(n * sizeof(*s->bad));
	for (; s->n < n; s->n++) {
		stamp_init(&s->stamps[s->n], s->out, paths[s->n]);
		s->bad[s->n] = !good_stamp(s, s->n);
		if (s->bad[s->n])
			puts(paths[s->n]);
	}
}

int cmd_stale(int argc, char **argv)
{
	static const struct opt opts[] = { OPT_END };
	struct state s = { 0 };
	int status = options_read(&argc, &argv, &command, opts), n;

	if (status != GO_ON)
		return status;
	s.out = argv[0];
	n = group_end(argv + 1, argc - 1);
	status = compare_keys(&s, argv + 1 + n, argc - 1 - n) ? DONE : CANNOT_RUN;
	if (status == DONE)
		compare_stamps(&s, argv + 1, (size_t)n);
	if (fflush(stdout))
		status = CANNOT_RUN;
	for (size_t i = 0; i < s.n; i++)
		stamp_free(&s.stamps[i]);
	free(s.stamps);
	free(s.bad);
	free(s.wrong);
	return status;
}
