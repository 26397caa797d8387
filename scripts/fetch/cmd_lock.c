// SPDX-License-Identifier: GPL-2.0-only
/* A lock of another release: found in the origins' lists, verified, fetched, then written. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "fetch.h"

enum { LISTED_MAX = 1000 };

struct plan {
	const struct lock *old;
	const char *dir, *version;
	struct offer offer[2]; /* of each origin of the old lock; no version if it has none */
	struct lock new;
	struct {
		const char *origin, *version;
	} listed[LISTED_MAX]; /* releases of the wanted series */
	size_t n_listed;
};

/* Add VERSION of ORIGIN to the listed ones from FIRST on, which are sorted. */
static void add_listed(struct plan *p, size_t first, const char *origin, const char *version)
{
	size_t i = p->n_listed;

	if (i == LISTED_MAX)
		return;
	for (; i > first && number_in(p->listed[i - 1].version) > number_in(version); i--)
		p->listed[i] = p->listed[i - 1];
	p->listed[i].origin = origin;
	p->listed[i].version = version;
	p->n_listed++;
}

/* Keep the releases of the series of WANTED that L lists, each once. */
static void keep_listed(struct plan *p, const struct listing *l, const char *wanted)
{
	const char *series = series_of(wanted);
	size_t first = p->n_listed;
	struct offer o;
	bool sum;

	for (size_t i = 0; i < l->n; i++) {
		for (const char *at = l->text[i].text; next_offer(&at, &o, &sum);) {
			size_t j = first;

			while (j < p->n_listed && strcmp(p->listed[j].version, o.version))
				j++;
			if (j == p->n_listed && !strcmp(series_of(o.version), series))
				add_listed(p, first, l->origin, o.version);
		}
	}
}

/* What each origin offers of WANTED; the newest of all is the release. */
static void find(struct plan *p, const char *wanted)
{
	static struct listing l;
	struct offer o;

	for (size_t i = 0; i < p->old->n; i++) {
		const char *name = p->old->origin[i].name;

		listing_read(&l, p->old, name, wanted, p->dir);
		if (l.shape)
			die(CANNOT_RUN, "%s", l.shape);
		keep_listed(p, &l, wanted);
		if (!offer_of(&l, wanted, &o)) {
			p->offer[i].distrust =
				l.n ? "it does not list the release [not-listed]" : l.why;
			continue;
		}
		if (o.distrust)
			say("%s: lists %s, but %s", name, o.version, o.distrust);
		p->offer[i] = o;
		if (!p->version || number_in(o.version) > number_in(p->version))
			p->version = o.version;
	}
}

/* An origin that offers an older one has none of the release. */
static void settle_version(struct plan *p, const char *wanted)
{
	if (!p->version && strcmp(wanted, series_of(wanted)))
		p->version = wanted; /* the tar's own signature may do */
	if (!p->version)
		die(CANNOT_RUN, "no origin of %s lists a release of %s [no-release]: %s",
		    p->old->path, wanted, p->offer[0].distrust);
	for (size_t i = 0; i < p->old->n; i++)
		if (p->offer[i].version && strcmp(p->offer[i].version, p->version))
			p->offer[i] =
				(struct offer){ .distrust = format("it has %s only [not-listed]",
								   p->offer[i].version) };
}

/* The origin O of the new lock, as far as it is known. False: it can't be had there. */
static bool plan_origin(const struct plan *p, size_t i, struct origin *o)
{
	const struct origin *old = &p->old->origin[i];
	const struct offer *offer = &p->offer[i];
	bool debian = !strcmp(old->name, "debian");

	*o = *old;
	o->file = format(debian ? "linux_%s.orig.tar.xz" : "linux-%s.tar.xz", p->version);
	o->sign = format("%.*s.sign", (int)strlen(o->file) - 3, o->file);
	o->hash = offer->trust ? offer->hash : NULL;
	o->size = offer->trust ? offer->size : 0;
	return o->hash || !debian;
}

static void plan_lock(struct plan *p)
{
	p->new = *p->old;
	p->new.n = 0;
	p->new.epoch = 0; /* not known yet */
	p->new.value[VERSION] = p->version;
	for (size_t i = 0; i < p->old->n; i++)
		if (plan_origin(p, i, &p->new.origin[p->new.n]))
			p->new.n++;
	if (!p->new.n)
		die(FINDING, "%s: %s can't be verified [not-trusted]: %s", p->old->path, p->version,
		    p->offer[0].distrust);
}

/* The tarball that settle() takes, as it prints it. */
static void fetch_it(const struct plan *p, char **file, char **hash, char **origin)
{
	int out = memory_file(), status;
	pid_t child = fork();

	if (child < 0)
		die(CANNOT_RUN, "fetch cannot be started [no-process]: %s", strerror(errno));
	if (!child) {
		if (dup2(out, STDOUT_FILENO) < 0)
			exit(CANNOT_RUN);
		settle(&p->new, p->dir);
	}
	status = finish(child, NULL);
	if (status)
		exit(status);
	if (sscanf(memory_text(out), "file %m[^\n] sha256 %m[^\n] origin %m[^\n]", file, hash,
		   origin) != 3)
		die(CANNOT_RUN, "the tarball is not known [no-source]");
}

/* The date of the files in the tarball FILE, and its hash for an origin that had none. */
static void complete(struct plan *p, const char *file, const char *hash, const char *origin)
{
	char date[32] = "";
	struct release r;
	struct tm tm;
	time_t mtime;
	int fd = open_file(file);

	if (!read_release(fd, &r))
		die(CANNOT_RUN, "%s: no Makefile with a version [not-a-release]", file);
	close(fd);
	mtime = (time_t)r.mtime;
	if (!gmtime_r(&mtime, &tm) || !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm))
		die(CANNOT_RUN, "%s: its date is not a time [lock-date]", file);
	p->new.value[DATE] = format("%s", date);
	for (size_t i = 0; i < p->new.n; i++) {
		struct origin *o = &p->new.origin[i];

		if (strcmp(o->name, origin))
			continue;
		o->hash = o->hash ? o->hash : format("%s", hash);
		o->size = size_of(file);
	}
}

static bool is_skipped(const struct plan *p, size_t i)
{
	bool same = !strcmp(series_of(p->version), series_of(p->old->value[VERSION]));
	long number = number_in(p->listed[i].version);

	return number < number_in(p->version) &&
	       (!same || number > number_in(p->old->value[VERSION]));
}

/*
 * The releases between the old and the new one. Those of a series have consecutive numbers, but an
 * origin lists only some of them, and no list has dates.
 */
static void print_skipped(const struct plan *p)
{
	const char *series = series_of(p->version);
	bool same = !strcmp(series, series_of(p->old->value[VERSION]));
	long first = same ? number_in(p->old->value[VERSION]) + 1 : 0,
	     last = number_in(p->version) - 1;
	const char *begin = first ? format("%s.%ld", series, first) : series,
		   *end = last ? format("%s.%ld", series, last) : series;

	if (last < first)
		printf("skipped none\n");
	else if (last == first)
		printf("skipped 1, %s\n", begin);
	else
		printf("skipped %ld, %s to %s\n", last - first + 1, begin, end);
	for (size_t i = 0; i < p->n_listed; i++)
		if (is_skipped(p, i))
			printf("listed %s %s\n", p->listed[i].origin, p->listed[i].version);
}

/* One line for each origin: why it is trusted, or why not. */
static void print_trust(const struct plan *p, const char *origin)
{
	const char *eol = p->new.value[EOL];

	printf("from %s\nfromdate %s\nversion %s\ndate %s\n", p->old->value[VERSION],
	       p->old->value[DATE], p->version, p->new.value[DATE]);
	if (!strcmp(eol, "-"))
		printf("eol -\n");
	else if (days_until(eol) < 0)
		printf("eol %s, %ld days ago [eol]\n", eol, -days_until(eol));
	else
		printf("eol %s, in %ld days\n", eol, days_until(eol));
	print_skipped(p);
	for (size_t i = 0; i < p->old->n; i++) {
		const char *name = p->old->origin[i].name;
		const struct offer *o = &p->offer[i];
		bool taken = !strcmp(name, origin);

		if (o->trust)
			printf("trust %s %s\n", name, o->trust);
		else if (taken)
			printf("trust %s tar signed by %s\n", name, p->new.value[SIGNER]);
		else
			printf("distrust %s %s\n", name, o->distrust);
	}
	printf("taken %s\n", origin);
}

/* The facts about the origin NAME: its offer, and its place in the new lock, or NULL. */
static const struct offer *offer_at(const struct plan *p, const char *name, const struct origin **o)
{
	const struct offer *offer = NULL;

	*o = NULL;
	for (size_t i = 0; i < p->old->n; i++)
		if (!strcmp(p->old->origin[i].name, name))
			offer = &p->offer[i];
	for (size_t i = 0; i < p->new.n; i++)
		if (!strcmp(p->new.origin[i].name, name))
			*o = &p->new.origin[i];
	return offer;
}

/* The comment COMMENTS above an origin, up to a remark about the hash, then the origin's new line.
 */
static void put_origin(const struct plan *p, const char *name, const char *comments, FILE *out)
{
	const char *stale = strstr(comments, "hash is that of");
	const struct origin *o;
	const struct offer *offer = offer_at(p, name, &o);

	while (stale && stale > comments && stale[-1] != '\n')
		stale--;
	fprintf(out, "%.*s", stale ? (int)(stale - comments) : (int)strlen(comments), comments);
	if (!o)
		return;
	if (offer && offer->trust)
		fprintf(out, "# The hash is that of the %s.\n", offer->trust);
	fprintf(out, "origin %s %s %s", o->name, o->file, o->hash ? o->hash : "-");
	if (o->hash && o->size)
		fprintf(out, " %lld", o->size);
	fputc('\n', out);
}

/* A line of the old lock with the new value. A remark on an end of life that is not known goes. */
static void put_line(const struct plan *p, const char *line, const char *comments, FILE *out)
{
	char word[2][64] = { "", "" };

	sscanf(line, "%63s %63s", word[0], word[1]);
	if (!strcmp(word[0], "origin")) {
		put_origin(p, word[1], comments, out);
		return;
	}
	for (enum key key = 0; key < N_KEYS; key++) {
		if (strcmp(word[0], key_names[key]))
			continue;
		if (key != EOL || !strcmp(word[1], p->new.value[EOL]))
			fputs(comments, out);
		fprintf(out, "%s %s\n", key_names[key], p->new.value[key]);
		return;
	}
	fprintf(out, "%s%s", comments, line);
}

/* The old lock with its comments, and the new values. */
static bool put_lock(const struct plan *p, const char *path)
{
	FILE *in = fopen(p->old->path, "re");
	const char *comments = "";
	char *line = NULL;
	size_t room = 0;
	struct output o;

	if (!in)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", p->old->path,
		    strerror(errno));
	if (!output_open(&o, path)) {
		fclose(in);
		return false;
	}
	while (getline(&line, &room, in) >= 0) {
		if (*line == '#') {
			comments = format("%s%s", comments, line);
			continue;
		}
		put_line(p, line, comments, o.file);
		comments = "";
	}
	fputs(comments, o.file);
	free(line);
	fclose(in);
	return output_close(&o, true);
}

int write_lock(const char *lock, const char *dir, const char *out, const char *wanted)
{
	char *file, *hash, *origin;
	struct lock old;
	struct plan p = { .old = &old, .dir = dir };

	lock_read(&old, lock);
	if (strlen(wanted) > 30 || !*wanted || strspn(wanted, "0123456789.") != strlen(wanted) ||
	    !strchr(wanted, '.'))
		die(CANNOT_RUN,
		    "'%s' is not a release or a series [bad-release]: expected 6.12 or 6.12.107",
		    wanted);
	if (strcmp(series_of(wanted), series_of(old.value[VERSION])))
		old.value[EOL] = "-";
	find(&p, wanted);
	settle_version(&p, wanted);
	if (!strcmp(series_of(wanted), series_of(old.value[VERSION])) &&
	    number_in(p.version) < number_in(old.value[VERSION]))
		die(CANNOT_RUN,
		    "%s: %s is older than the lock's %s [downgrade]; a bump only goes on", lock,
		    p.version, old.value[VERSION]);
	plan_lock(&p);
	fetch_it(&p, &file, &hash, &origin);
	complete(&p, file, hash, origin);
	print_trust(&p, origin);
	free(file);
	free(hash);
	free(origin);
	return put_lock(&p, out) ? DONE : CANNOT_RUN;
}
