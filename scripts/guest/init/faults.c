// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our own modules with failing allocations, for kernels with fault injection: each allocation
 * fails in turn, until none is left to fail. And memory that the kernel has lost by the end, for
 * kernels with kmemleak.
 * Documentation/fault-injection/fault-injection.rst, Documentation/dev-tools/kmemleak.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

#define DEBUGFS "/sys/kernel/debug"
#define LEAKS DEBUGFS "/kmemleak"

enum {
	PATIENCE = 1200, /* seconds */
	MOST = 5000, /* allocations; more would mean that the work never ends */
	ECHO = 7, /* a port of vsockd's, see its man page */
	AGE = 6000, /* milliseconds, more than the age at which kmemleak reports an object */
};

static bool is_loaded(const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return !access(path, F_OK);
}

/* ---- allocations that fail ------------------------------------------------------------- */

/* Repeat WORK(ARGUMENT) until no allocation fails in it; returns how often one failed. */
static int fail_each(void (*work)(const char *argument), const char *argument)
{
	int fd = must(open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC), "/proc/self/fail-nth");

	for (int nth = 1; nth < MOST; nth++) {
		char text[16];
		ssize_t n;

		snprintf(text, sizeof(text), "%d", nth);
		must((int)pwrite(fd, text, strlen(text), 0), "fail-nth");
		work(argument);
		n = pread(fd, text, sizeof(text) - 1, 0);
		must((int)pwrite(fd, "0", 1, 0), "fail-nth");
		text[n > 0 ? n : 0] = '\0';
		/* A part of the limit is left: no allocation failed. */
		if (atoi(text) > 0) {
			close(fd);
			return nth - 1;
		}
	}
	failed("%s takes more than %d allocations", argument, MOST);
}

static void load(const char *module)
{
	if (!insert_module(module, ""))
		remove_module(module);
}

static void read_file(const char *path)
{
	static char text[64 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
}

static void set_parameter(const char *path)
{
	write_to(path, "1048576");
	write_to(path, "0");
}

static void talk(const char *argument)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte = 1;

	(void)argument;
	if (fd >= 0 && !vsock_connect_host(fd, ECHO) && send(fd, &byte, 1, MSG_NOSIGNAL) == 1)
		recv(fd, &byte, 1, MSG_DONTWAIT);
	close(fd);
}

static void expect_loads(const char *module)
{
	int error = insert_module(module, "");

	if (error)
		failed("%s cannot be loaded any more: %s", module, strerror(error));
}

static void prove_module(const char *module)
{
	int n;

	expect_removal(module);
	n = fail_each(load, module);
	expect_loads(module);
	passed("%s was loaded with %d allocations failing in turn", module, n);
}

static void prove_work(const char *argument)
{
	static const struct {
		const char *module, *path;
		void (*work)(const char *path);
	} works[] = {
		{ "virtio_vqmon", "/proc/virtio_vqmon", read_file },
		{ "virtio_vqmon", "/sys/module/virtio_vqmon/parameters/sample_ms", set_parameter },
		{ "vsock_tune", "/proc/net/vsock_tune/stats", read_file },
		{ "vsock_tune", "/proc/net/vsock_tune/sockets", read_file },
		{ "vsock_tune", "/sys/module/vsock_tune/parameters/rcvbuf_default", set_parameter },
		{ "vsock_tune", "to the host", talk },
		{ "virtio_vsock_ng", "/proc/net/virtio_vsock_ng", read_file },
		{ "virtio_vsock_ng", "/sys/module/virtio_vsock_ng/parameters/rcvbuf_default", set_parameter },
		{ "virtio_vsock_ng", "to the host", talk },
	};
	int n = 0, all = 0;

	(void)argument;
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		if (!is_loaded(works[i].module))
			continue;
		n += fail_each(works[i].work, works[i].path);
		all++;
	}
	if (!n)
		failed("no allocation failed in %d kinds of work", all);
	passed("%d allocations failed in turn, in %d kinds of work", n, all);
}

static bool mount_debugfs(void)
{
	return !mount("debugfs", DEBUGFS, "debugfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ||
	       errno == EBUSY;
}

bool prove_faults(void)
{
	/* Let allocations fail that could wait for memory, too, and log no trace of each. */
	static const char *const files[][2] = {
		{ DEBUGFS "/failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "/failslab/verbose", "0" },
		{ DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "/fail_page_alloc/min-order", "0" },
		{ DEBUGFS "/fail_page_alloc/verbose", "0" },
	};
	static const char *const modules[] = {
		"virtio_vqmon", "vsock_tune", "vsock_reset", "virtio_vsock_ng",
	};

	if (!is_on_cmdline("keelson.faults"))
		return false;
	if (!mount_debugfs()) {
		record("device fault-files fail no debugfs: %s", strerror(errno));
		return true;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int error = write_to(files[i][0], files[i][1]);

		if (error) {
			record("device fault-files fail %s: %s", files[i][0], strerror(error));
			return true;
		}
	}
	trial("fault-work", prove_work, NULL, PATIENCE);
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (is_loaded(modules[i]))
			trial("fault-load", prove_module, modules[i], PATIENCE);
	return true;
}

/* ---- memory that is lost --------------------------------------------------------------- */

/*
 * Shorten kmemleak's TEXT in place to the size and the callers of each object, without repeated
 * ones; returns the number of objects. With their bytes, a record would have room for two.
 */
static int condense(char *text)
{
	char *last = text, *object = text, *to = text;
	bool called = false;
	int objects = 0;
	char *next;

	for (char *line = text;; line = next) {
		size_t n = strcspn(line, "\n");

		if (*line != ' ') {
			if (object > last && object - last == to - object &&
			    !memcmp(last, object, (size_t)(to - object)))
				to = object;
			else
				last = object;
			if (!*line)
				break;
		}
		next = line + n + (line[n] == '\n');
		line[n] = '\0';
		if (*line != ' ') {
			const char *size = strstr(line, "(size ");

			object = to;
			objects++;
			called = false;
			if (size)
				to += sprintf(to, "; %d bytes:", atoi(size + strlen("(size ")));
		} else if (!strncmp(line, "  backtrace", strlen("  backtrace"))) {
			called = true;
		} else if (called) {
			char *name = line + strspn(line, " ");

			n = strcspn(name, "+");
			*to++ = ' ';
			memmove(to, name, n);
			to += n;
		}
	}
	*to = '\0';
	return objects;
}

static void prove_none_lost(const char *argument)
{
	char *text;

	(void)argument;
	expect(LEAKS, "scan", 0);
	wait_ms(AGE);
	expect(LEAKS, "scan", 0);
	text = slurp(LEAKS);
	if (!text)
		failed("%s: %s", LEAKS, strerror(errno));
	if (*text) {
		int objects = condense(text);

		failed("%d objects are lost%.900s", objects, text);
	}
	passed("nothing is lost");
}

void prove_leaks(void)
{
	if (!is_on_cmdline("kmemleak=on"))
		return;
	if (mount_debugfs())
		trial("leaks", prove_none_lost, NULL, PATIENCE);
	else
		record("device leaks fail no debugfs: %s", strerror(errno));
}
