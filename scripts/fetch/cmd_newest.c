// SPDX-License-Identifier: GPL-2.0-only
/*
 * The newest release of a series that each origin of its lock offers, by the lists that the
 * origins publish. This only reports: the release of a new lock is verified as ever.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fetch.h"

enum { DAY = 24 * 60 * 60, LISTS = 32 };

/* Lists are read once for all locks; kernel.org has one for each major version. */
static struct listing *listing_for(struct listing *all, size_t *n, const struct lock *lock,
				   const char *origin, const char *dir)
{
	const char *version = lock->value[VERSION];
	const char *name = strcmp(origin, "debian") ?
				   format("%s v%.*s", origin, (int)strcspn(version, "."), version) :
				   origin;

	for (size_t i = 0; i < *n; i++)
		if (!strcmp(all[i].origin, name))
			return &all[i];
	if (*n == LISTS)
		die(CANNOT_RUN, "%s: more than %d lists [too-many-places]", name, LISTS);
	listing_read(&all[*n], lock, origin, version, dir);
	all[*n].origin = name;
	return &all[(*n)++];
}

/* Print the offer of one origin; the number of its release, or -1 if it offers none. */
static long report(const struct lock *lock, const char *origin, const struct listing *l)
{
	const char *series = series_of(lock->value[VERSION]);
	struct offer best;

	if (l->shape)
		printf("  %s: unknown: %s\n", origin, l->shape);
	else if (!l->n)
		printf("  %s: unknown: %s\n", origin, l->why);
	else if (!offer_of(l, series, &best))
		printf("  %s: has none of %s\n", origin, series);
	else
		printf("  %s: %s%s\n", origin, best.version,
		       number_in(best.version) > number_in(lock->value[VERSION]) ?
			       ", newer than the lock's" :
			       "");
	return l->shape || !l->n || !offer_of(l, series, &best) ? -1 : number_in(best.version);
}

long days_until(const char *text)
{
	struct tm tm = { 0 };

	strptime(text, "%Y-%m-%d", &tm);
	return (long)((timegm(&tm) - time(NULL)) / DAY);
}

static bool is_past(const struct lock *lock)
{
	const char *eol = lock->value[EOL];

	return strcmp(eol, "-") && days_until(eol) < 0;
}

static void print_lock(const struct lock *lock)
{
	const char *eol = lock->value[EOL];

	printf("%s of %.10s, %ld days ago", lock->value[VERSION], lock->value[DATE],
	       -days_until(lock->value[DATE]));
	if (!strcmp(eol, "-"))
		printf(", end of life not known\n");
	else if (is_past(lock))
		printf(", end of life %s was %ld days ago\n", eol, -days_until(eol));
	else
		printf(", end of life %s in %ld days\n", eol, days_until(eol));
}

/*
 * The status of one lock, with a line that says it. One origin is enough to be behind, but a lock
 * is current only if every origin is KNOWN to have no newer release.
 */
static int conclude(const struct lock *lock, long best, bool known)
{
	const char *version = lock->value[VERSION];
	long behind = best - number_in(version);

	if (behind > 0)
		printf("  %s: %ld release%s and up to %ld days behind %s.%ld [behind]\n", version,
		       behind, behind > 1 ? "s" : "", -days_until(lock->value[DATE]),
		       series_of(version), best);
	else if (best < 0 || !known)
		printf("  %s: not known, since an origin's list is not [not-learned]\n", version);
	else
		printf("  %s: current%s\n", version,
		       is_past(lock) ? ", past its end of life [eol]" : "");
	if (behind <= 0 && (best < 0 || !known))
		return CANNOT_RUN;
	return behind > 0 || is_past(lock) ? FINDING : DONE;
}

int newest(char **locks, const char *dir)
{
	static struct listing all[LISTS];
	int status = DONE;
	size_t n = 0;

	for (; *locks; locks++) {
		struct lock lock;
		bool known = true, changed = false;
		long best = -1;
		int this;

		lock_read(&lock, *locks);
		print_lock(&lock);
		for (size_t i = 0; i < lock.n; i++) {
			const struct listing *l =
				listing_for(all, &n, &lock, lock.origin[i].name, dir);
			long number = report(&lock, lock.origin[i].name, l);

			best = number > best ? number : best;
			changed = changed || l->shape;
			known = known && l->n;
		}
		this = conclude(&lock, best, known && !changed);
		this = changed ? CANNOT_RUN : this;
		status = this > status ? this : status;
	}
	return status;
}
