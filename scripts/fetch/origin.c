// SPDX-License-Identifier: GPL-2.0-only
/* Searches a release's tarball: where, in which order, and which one it takes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch.h"

#define KERNEL_ORG "https://cdn.kernel.org/pub/linux/kernel"

struct job {
	const struct lock *lock;
	const char *dir;
	struct list silent; /* hosts that did not answer; they are not tried again */
};

/* ---- places ---------------------------------------------------------------------- */
/* The archives in apt's configuration, on a host that has apt. */
static char *apt_archives(void)
{
	int out = memory_file();

	finish(start(-1, out, -1, "apt-get", "indextargets", "--format", "$(REPO_URI)",
		     "Origin: Debian", NULL),
	       NULL);
	return memory_text(out);
}

void debian_archives(struct list *bases)
{
	const char *mirror = setting("DEBIAN_MIRROR"), *base;
	char *rest = mirror ? format("%s", mirror) : apt_archives();

	while ((base = strsep(&rest, " \t\n")))
		if (*base)
			list_add(bases, format("%.*s", (int)strlen(base) - ends_in(base, "/"), base));
}

static void debian_bases(struct list *bases)
{
	struct list archives = { .n = 0 };

	debian_archives(&archives);
	for (size_t i = 0; i < archives.n; i++) {
		list_add(bases, format("%s/pool/main/l/linux", archives.item[i]));
		list_add(bases, format("%s/pool/updates/main/l/linux", archives.item[i]));
	}
}

void bases_of(struct list *bases, const char *from, const char *version)
{
	const char *v = format("v%.*s.x", (int)strcspn(version, "."), version);
	const char *base = setting(from);

	if (!strcmp(from, "debian")) {
		debian_bases(bases);
	} else if (!strcmp(from, "kernel.org")) {
		base = setting("KERNEL_ORG");
		list_add(bases, format("%s/%s", base ? base : KERNEL_ORG, v));
	} else if (!strcmp(from, "KERNEL_MIRROR")) {
		base = format("%.*s", (int)strlen(base) - ends_in(base, "/"), base);
		list_add(bases, format("%s/pub/linux/kernel/%s", base, v));
		list_add(bases, format("%s/%s", base, v));
		list_add(bases, base);
	} else {
		if (strstr(base, "://"))
			die(CANNOT_RUN, "%s: '%s' is a URL [not-a-directory]; KERNEL_MIRROR takes one",
			    from, base);
		list_add(bases, base);
	}
}

/* "HOST" of "https://HOST/..."; it is empty for a file. */
static const char *host_of(const char *base)
{
	const char *host = strstr(base, "://");

	host = host ? host + 3 : base;
	return format("%.*s", (int)strcspn(host, "/"), host);
}

/* ---- the result ------------------------------------------------------------------ */
/* Print O as the origin of these bytes, from cache or network: kernel.json records it. */
static _Noreturn void end(const struct job *j, const struct origin *o, const char *hex)
{
	printf("file %s/%s\nsha256 %s\norigin %s\n", j->dir, o->file, hex, o->name);
	if (fflush(stdout))
		die(CANNOT_RUN, "standard output [unwritable]: %s", strerror(errno));
	exit(DONE);
}

static void look_in_dir(const struct job *j)
{
	char hex[HEX_SIZE];

	for (size_t i = 0; i < j->lock->n; i++) {
		const struct origin *o = &j->lock->origin[i];
		const char *file = format("%s/%s", j->dir, o->file), *why;

		if (!is_file(file))
			continue;
		why = judge(j->lock, o, file, format("%s/%s", j->dir, o->sign), hex);
		if (why)
			die(FINDING,
			    "%s: %s; the cache is corrupt: remove that file, then run again", file,
			    why);
		end(j, o, hex);
	}
}

static void put(const struct job *j, const char *part, const char *name)
{
	if (rename(part, format("%s/%s", j->dir, name)))
		die(CANNOT_RUN, "%s: cannot be written [unwritable]: %s", j->dir, strerror(errno));
}

/*
 * Verify PART, which came from URL, and exit. Returns only if PART is wrong and an earlier run
 * began it: a download from the start may be right.
 */
static void accept_part(const struct job *j, const char *from, const char *url,
			const struct origin *o, const char *part, bool resumed)
{
	const struct lock *lock = j->lock;
	const char *sign = format("%s.sign", part), *why;
	char hex[HEX_SIZE];

	why = judge(lock, o, part, sign, hex);
	if (why) {
		unlink(part);
		unlink(sign);
		if (resumed)
			return;
		die(FINDING,
		    "%s: %s: %s; the download was deleted, and no other origin is tried. Verify which is right, the file or the lock",
		    from, url, why);
	}
	if (!o->hash) {
		put(j, sign, o->sign);
		say("%s: signed by %s; for %s:%d: origin %s %s %s %lld", from, lock->value[SIGNER],
		    lock->path, o->line, o->name, o->file, hex, size_of(part));
	}
	put(j, part, o->file);
	end(j, o, hex);
}

/* ---- the search ------------------------------------------------------------------ */
enum { MAX_RESUMES = 100 };

/*
 * Get O from URL into PART. When a host drops the connection, continue as long as the file
 * grows.
 */
static enum outcome transfer(const struct origin *o, const char *url, const char *part,
			     const char **why)
{
	enum outcome outcome;
	long long before;

	for (int n = 0; n < MAX_RESUMES; n++) {
		before = size_of(part);
		outcome = get(url, part, o->size ? o->size : TARBALL_MAX, why);
		if (outcome == GOT && size_of(part) < o->size) {
			*why = format("only %lld of %lld bytes arrived [too-short]", size_of(part),
				      o->size);
			outcome = NO_ANSWER;
		}
		if (outcome != NO_ANSWER || size_of(part) <= before)
			return outcome;
	}
	*why = format("%s, %d times", *why, MAX_RESUMES);
	return NO_ANSWER;
}

/* Try to get O from BASE of FROM. Returns only if that fails, after a report. */
static const char *try_base(const struct job *j, const char *from, const char *base,
			    const struct origin *o, enum outcome *outcome)
{
	const char *part = format("%s/%s.part", j->dir, o->file);
	const char *sign = format("%s.sign", part), *url, *why = "";
	bool resumed = false;

	for (;;) {
		unlink(sign);
		url = format("%s/%s", base, o->sign);
		*outcome = o->hash ? GOT : get(url, sign, SIGN_MAX, &why);
		if (*outcome != GOT)
			return format("%s: %s, and %s has no hash", url, why, j->lock->path);

		url = format("%s/%s", base, o->file);
		resumed = !resumed && size_of(part);
		*outcome = transfer(o, url, part, &why);
		if (*outcome != GOT && !(*outcome == NO_RESUME && resumed))
			break;
		/* A download that can't continue may be complete. */
		accept_part(j, from, url, o, part, resumed);
	}
	unlink(sign);
	return format("%s: %s", url, why);
}

static void try(struct job *j, const char *from, const struct origin *o)
{
	const char *failed = NULL, *why;
	struct list bases = { .n = 0 };
	enum outcome outcome;

	bases_of(&bases, from, j->lock->value[VERSION]);
	for (size_t i = 0; i < bases.n; i++) {
		const char *host = host_of(bases.item[i]);

		if (list_has(&j->silent, host)) {
			failed = failed ? failed : format("%s: did not answer earlier", host);
			continue;
		}
		why = try_base(j, from, bases.item[i], o, &outcome);
		failed = failed ? format("%s, %s", failed, why) : why;
		if (outcome != NOT_THERE)
			list_add(&j->silent, host);
	}
	if (!failed)
		failed = "no archive is known [no-archive]; run 'apt-get update', or set DEBIAN_MIRROR";
	say("%s: %s [origin-failed]; trying the next origin", from, failed);
}

/* Try each file of the lock at the place in VARIABLE, if it is set. */
static void try_own(struct job *j, const char *variable)
{
	for (size_t i = 0; setting(variable) && i < j->lock->n; i++)
		try(j, variable, &j->lock->origin[i]);
}

/* ---- one at a time --------------------------------------------------------------- */
static void make_dirs(const char *dir)
{
	char *path = format("%s/", dir);

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777); /* if this fails, the next write in it fails too */
		*slash = '/';
	}
}

/* The kernel drops the lock with the last process of a fetch, curl included, even after a kill. */
static void lock_dir(const char *dir)
{
	const char *path = format("%s/.lock", dir);
	int fd;

	make_dirs(dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (fd < 0)
		die(CANNOT_RUN,
		    "%s: cannot be written [unwritable]; is the disk full, or the directory read-only?", dir);
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return;
	if (errno == EWOULDBLOCK)
		say("another fetch into %s is running; waiting for it", dir);
	if (flock(fd, LOCK_EX))
		die(CANNOT_RUN, "%s: cannot be locked [unwritable]: %s", path, strerror(errno));
}

static _Noreturn void offline(const struct job *j)
{
	const char *files = "";

	for (size_t i = 0; i < j->lock->n; i++)
		files = format("%s %s", files, j->lock->origin[i].file);
	die(CANNOT_RUN,
	    "OFFLINE: no verified tarball of %s in %s [offline]; run 'make fetch' with a network, or set KERNEL_DIR to a directory that holds one of:%s",
	    j->lock->value[VERSION], j->dir, files);
}

void settle(const struct lock *lock, const char *dir)
{
	struct job j = { .lock = lock, .dir = dir };
	const char *no_network = setting("OFFLINE");

	look_in_dir(&j);
	lock_dir(dir);
	look_in_dir(&j); /* the other fetch may have stored it */
	try_own(&j, "KERNEL_DIR");
	if (no_network && strcmp(no_network, "0"))
		offline(&j);
	try_own(&j, "KERNEL_MIRROR");
	for (size_t i = 0; i < lock->n; i++)
		try(&j, lock->origin[i].name, &lock->origin[i]);
	die(CANNOT_RUN, "no origin of %s has %s [no-origin]; KERNEL_MIRROR or KERNEL_DIR may name another",
	    lock->path, lock->value[VERSION]);
}
