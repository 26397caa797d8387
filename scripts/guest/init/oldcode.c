// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before 10.0 QEMU may run, on s390x, its translation of code that was removed: a copy (MVC)
 * invalidates only the translations that contain the copy's first byte (fixed by its commit
 * e43ced8be18d). This happens when a module is copied to the place of another's init. The store
 * of a word invalidates all translations that contain the word. So this file first stores to the
 * pages that were freed last, since the kernel will use them for the next module.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum { BYTES = 1 << 20 }; /* more than any module's init, and the pages freed after it */

/* A program can map a file of ramfs, whose pages are of the kind that modules get. */
static int open_ramfs(void)
{
	static const char dir[] = "/ramfs", file[] = "/ramfs/pages";
	int fd;

	if (access(dir, F_OK) && (mkdir(dir, 0700) || mount("none", dir, "ramfs", 0, NULL)))
		return -1;
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	unlink(file);
	return fd;
}

/* On this processor: each has a list of free pages that begins with those freed last. */
static void overwrite_free_pages(void)
{
	int fd = open_ramfs();
	void *pages = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, BYTES))
		pages = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED) {
		record("fail old code can't be written over: %s", strerror(errno));
	} else {
		volatile uint64_t *words = pages;

		for (size_t i = 0; i < BYTES / sizeof(*words); i++)
			words[i] = 0;
		munmap(pages, BYTES);
	}
	if (fd >= 0)
		close(fd);
}

/*
 * Find out once, before any trial: where allocations fail in turn, those of the loaded module
 * must fail, and not init's.
 */
static bool is_wanted(void)
{
	static int wanted = -1;

	if (wanted < 0)
		wanted = runs_old_code() && !is_on_cmdline("keelson.faults");
	return wanted;
}

void overwrite_old_code(void)
{
	cpu_set_t all, one;

	if (!is_wanted() || sched_getaffinity(0, sizeof(all), &all))
		return;
	/* The kernel frees a module's init after a grace period: after two it is certainly free. */
	for (int i = 0; i < 2; i++)
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (CPU_ISSET(cpu, &all) && !sched_setaffinity(0, sizeof(one), &one))
			overwrite_free_pages();
	}
	sched_setaffinity(0, sizeof(all), &all);
}
