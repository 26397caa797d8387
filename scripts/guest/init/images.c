// SPDX-License-Identifier: GPL-2.0-only
/*
 * File systems for layers and roots of containers: boot.sh makes an image of each kind, and the
 * guest mounts and reads it as a disk.
 */
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum { LOOP_CTRL_MINOR = 237 /* Documentation/admin-guide/devices.txt */ };

/* A loop device for a file; it disappears with the unmount. */
static const char *loop(const char *file)
{
	static char path[32];
	struct loop_config config = {
		.fd = (unsigned int)must(open(file, O_RDONLY | O_CLOEXEC), file),
		.info = { .lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR },
	};
	int control, n, fd;

	/* Opening this node makes the kernel load the module. */
	mknod("/dev/loop-control", S_IFCHR | 0600, makedev(MISC_MAJOR, LOOP_CTRL_MINOR));
	control = must(open("/dev/loop-control", O_RDWR | O_CLOEXEC), "/dev/loop-control");
	n = must(ioctl(control, LOOP_CTL_GET_FREE), "LOOP_CTL_GET_FREE");
	snprintf(path, sizeof(path), "/dev/loop%d", n);
	fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	must(ioctl(fd, LOOP_CONFIGURE, &config), "LOOP_CONFIGURE");
	return path;
}

/* An image by the name TYPE-COMPRESSION, all of whose one file is read. */
void prove_image(const char *path)
{
	static const char dir[] = "/tmp/image";
	char type[16] = "", *text;
	const char *name = strrchr(path, '/') + 1;
	unsigned long n = 0;
	size_t length;

	memcpy(type, name, strcspn(name, "-") % sizeof(type));
	mkdir(dir, 0755);
	must(mount(loop(path), dir, type, MS_RDONLY, NULL), "mount");
	text = slurpf("%s/numbers", dir);
	length = text ? strlen(text) + 1 : 0;
	/* slurp() removes the last newline. */
	if (text)
		text[length - 1] = '\n';
	while ((n + 1) * LINE <= length && is_line(text + n * LINE, n + 1))
		n++;
	if (!n || n * LINE != length)
		failed("line %lu of the file differs from its source", n + 1);
	must(umount(dir), "umount");
	passed("mounted through a loop device, %zu bytes read", length);
}
