// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hang.h"
#include "trial.h"

#define DIRECTORY "/hang"

enum { FILE_NODE = FUSE_ROOT_ID + 1, MINOR = 31 };

static pid_t server;

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr a = { .ino = node, .nlink = 2, .mode = S_IFDIR | 0755 };

	if (node == FILE_NODE) {
		a.nlink = 1;
		a.size = HANG_BYTES;
		a.mode = S_IFREG | 0444;
	}
	return a;
}

static void answer(int fd, const struct fuse_in_header *in, int error, void *body, size_t n)
{
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + n), .unique = in->unique, .error = error,
	};
	struct iovec parts[] = { { &out, sizeof(out) }, { body, n } };

	if (writev(fd, parts, 2) < 0)
		_exit(1);
}

/* All but what reads the file. */
static void serve_one(int fd, const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = MINOR, .max_write = HANG_BYTES,
	};
	struct fuse_entry_out entry = { .nodeid = FILE_NODE, .attr = attributes(FILE_NODE) };
	struct fuse_attr_out attr = { .attr = attributes(in->nodeid) };
	struct fuse_open_out opened = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fd, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fd, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fd, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(fd, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(fd, in, -ENOSYS, NULL, 0);
		break;
	}
}

static _Noreturn void serve(int fd)
{
	static union {
		struct fuse_in_header in;
		char bytes[FUSE_MIN_READ_BUFFER + HANG_BYTES];
	} request;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, &request, sizeof(request)) >= (ssize_t)sizeof(request.in) || errno == EINTR)
		serve_one(fd, &request.in);
	_exit(0);
}

const char *hang_start(void)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;
	char options[80];
	void *bytes;

	if (fd < 0)
		return NULL;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	mkdir(DIRECTORY, 0755);
	must(mount("keelson", DIRECTORY, "fuse", MS_NOSUID | MS_NODEV, options), "mount of FUSE");
	server = must(fork(), "fork");
	if (!server)
		serve(fd);
	/* When the server ends, the device is closed, and all that hangs gets an error. */
	close(fd);
	file = must(open(DIRECTORY "/file", O_RDONLY | O_CLOEXEC), DIRECTORY "/file");
	bytes = mmap(NULL, HANG_BYTES, PROT_READ, MAP_SHARED, file, 0);
	if (bytes == MAP_FAILED)
		failed("mmap of FUSE's file: it cannot be mapped");
	close(file);
	return bytes;
}

void hang_end(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	umount2(DIRECTORY, MNT_DETACH);
}

pid_t hang_sender(int fd, const char *bytes)
{
	pid_t child = must(fork(), "fork");

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(send(fd, bytes, HANG_BYTES, MSG_NOSIGNAL) < 0 ? errno : 0);
}
