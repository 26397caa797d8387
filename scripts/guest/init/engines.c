// SPDX-License-Identifier: GPL-2.0-only
/* The engines that scripts/guest/engines packed, started in a separate root. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum { PATIENCE = 240 /* seconds for one engine */ };

#define ROOT "/engines"

/*
 * Engines call pivot_root(), which the kernel only allows for mounts, but not for the root of an
 * initrd: Documentation/filesystems/ramfs-rootfs-initramfs.rst.
 */
static void enter_root(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = {
		{ "proc", "proc" },
		{ "sysfs", "sys" },
		{ "cgroup2", "sys/fs/cgroup" },
		{ "devtmpfs", "dev" },
		{ "tmpfs", "tmp" },
		{ "tmpfs", "run" },
	};

	if (link("/init", ROOT "/rootfs/bin/" HOG) && errno != EEXIST)
		failed("no " HOG " for containers: %s", strerror(errno));
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(ROOT, ROOT, NULL, MS_BIND, NULL), "bind");
	must(chdir(ROOT), ROOT);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		must(mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, NULL), mounts[i].where);
	}
	must(mount(".", "/", NULL, MS_MOVE, NULL), "move");
	must(chroot("."), "chroot");
}

static void prove_engine(const char *name)
{
	char text[512] = "", *last, *end;
	int fds[2], status;
	size_t length = 0;
	ssize_t n;
	pid_t child;

	must(pipe(fds), "pipe");
	/* start.sh exceeds a container's memory limit once. */
	record("hog %s", name);
	child = must(fork(), "fork");
	if (!child) {
		close(fds[0]);
		enter_root();
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		execl("/bin/busybox", "sh", "/start.sh", name, (char *)NULL);
		failed("/bin/busybox can't be run");
	}
	close(fds[1]);
	/* Keep the end of a long output. */
	while ((n = read(fds[0], text + length, sizeof(text) - 1 - length)) > 0) {
		length += (size_t)n;
		if (length > sizeof(text) / 2) {
			memmove(text, text + length - sizeof(text) / 2, sizeof(text) / 2);
			length = sizeof(text) / 2;
		}
		text[length] = '\0';
	}
	must(waitpid(child, &status, 0), "waitpid");
	while ((end = strrchr(text, '\n')) && !end[1])
		*end = '\0';
	last = end ? end + 1 : text;
	if (status)
		failed("%s", last);
	passed("%s", last);
}

void prove_engines(void)
{
	if (access(ROOT "/start.sh", F_OK))
		return;
	trial("crun", prove_engine, "crun", PATIENCE);
	trial("runc", prove_engine, "runc", PATIENCE);
}
