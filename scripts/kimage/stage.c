// SPDX-License-Identifier: GPL-2.0-only
/*
 * A directory is filled as FINAL.tmp.PID, then exchanged with FINAL. Its maker holds a
 * lock on it; a killed run leaves a directory without a lock.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

/* May this be replaced? An OCI layout, or an empty directory. */
static bool replaceable(const char *path)
{
	char *version = mem_printf("%s/oci-layout", path);
	const struct dirent *e;
	struct stat st;
	bool yes = true;
	DIR *dir;

	if (lstat(path, &st)) {
		yes = errno == ENOENT;
		if (!yes)
			complain(path, 0, "%s [output]", strerror(errno));
	} else if (!S_ISDIR(st.st_mode) || lstat(version, &st)) {
		dir = S_ISDIR(st.st_mode) ? opendir(path) : NULL;
		yes = dir != NULL;
		while (dir && yes && (e = readdir(dir)))
			yes = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
		if (dir)
			closedir(dir);
		if (!yes)
			complain(
				path, 0,
				"exists and is not an OCI layout [not-a-layout]; remove it, or choose "
				"another place");
	}
	free(version);
	return yes;
}

/* Locked: its maker still fills it. Not readable: it belongs to another user. */
static int lock_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void remove_stale(const struct stage *s, const char *parent)
{
	char *copy = mem_strdup(s->final), *start = mem_printf("%s.tmp.", basename(copy));
	const struct dirent *e;
	DIR *dir = opendir(parent);

	while (dir && (e = readdir(dir))) {
		char *path;
		int fd;

		if (strncmp(e->d_name, start, strlen(start)))
			continue;
		path = mem_printf("%s/%s", parent, e->d_name);
		fd = lock_dir(path);
		if (fd >= 0) {
			remove_tree(path);
			close(fd);
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	free(copy);
	free(start);
}

bool stage_open(struct stage *s, const char *final)
{
	size_t len = strlen(final);
	char *copy, *parent;
	int parent_lock;
	bool ok = false;

	while (len > 1 && final[len - 1] == '/')
		len--;
	s->final = mem_printf("%.*s", (int)len, final);
	s->tmp = mem_printf("%s.tmp.%ld", s->final, (long)getpid());
	s->lock = -1;
	copy = mem_strdup(s->final);
	parent = dirname(copy);
	/* No other process cleans up between our mkdir() and our lock. */
	parent_lock = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent_lock < 0) {
		complain(parent, 0, "%s [output]", strerror(errno));
	} else if (replaceable(s->final)) {
		flock(parent_lock, LOCK_EX);
		remove_stale(s, parent);
		if (mkdir(s->tmp, 0755))
			complain(s->tmp, 0, "cannot be made: %s [output]", strerror(errno));
		else
			ok = true;
		s->lock = lock_dir(s->tmp);
	}
	if (parent_lock >= 0)
		close(parent_lock);
	free(copy);
	if (!ok) {
		free(s->tmp);
		s->tmp = NULL;
		stage_close(s);
	}
	return ok;
}

/* For filesystems without an exchange: after a kill in between FINAL is missing, but no data. */
static bool replace_in_two_steps(struct stage *s)
{
	char *old = mem_printf("%s.old", s->tmp);
	bool ok = false;

	if (!rename(s->final, old)) {
		ok = !rename(s->tmp, s->final);
		if (ok)
			remove_tree(old);
		else if (rename(old, s->final))
			complain(old, 0, "was %s, and could not be put back [output]", s->final);
	}
	free(old);
	return ok;
}

bool stage_publish(struct stage *s)
{
	if (!replaceable(s->final))
		return false;
	if (!renameat2(AT_FDCWD, s->tmp, AT_FDCWD, s->final, RENAME_EXCHANGE) ||
	    (errno == ENOENT && !rename(s->tmp, s->final)) ||
	    ((errno == EINVAL || errno == ENOSYS) &&
	     (!rename(s->tmp, s->final) || replace_in_two_steps(s))))
		return true;
	complain(s->final, 0, "cannot be replaced: %s [output]", strerror(errno));
	return false;
}

void stage_close(struct stage *s)
{
	if (s->tmp)
		remove_tree(s->tmp);
	if (s->lock >= 0)
		close(s->lock);
	free(s->tmp);
	free(s->final);
	*s = (struct stage){ .lock = -1 };
}
