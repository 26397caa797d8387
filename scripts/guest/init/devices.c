// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries each virtio device together with its host's end, which boot.sh sets up.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <linux/virtio_config.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

enum {
	PATIENCE = 30, /* seconds for one device */
	ECHO_PORT = 7, /* of the hosts' ends of net and vsock */
	ECHO_BYTES = 65536,
	SECTOR = 512,
};

/* The name that a driver gave below its device, such as vda in virtio0/block. */
static char *child_of(const char *device, const char *kind)
{
	char path[512];
	struct dirent *entry;
	char *name = NULL;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/%s", device, kind);
	dir = opendir(path);
	if (!dir)
		failed("%s: %s", path, strerror(errno));
	while (!name && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			name = strdup(entry->d_name);
	}
	closedir(dir);
	if (!name)
		failed("%s is empty", path);
	return name;
}

/* Send a pattern and receive it again, both at once, as no side's buffers may hold it. */
static void echo(int fd, unsigned int seed)
{
	static unsigned char out[ECHO_BYTES], in[ECHO_BYTES];
	size_t sent = 0, got = 0;

	for (size_t i = 0; i < ECHO_BYTES; i++)
		out[i] = (unsigned char)((seed = seed * 1103515245 + 12345) >> 16);
	while (got < ECHO_BYTES) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (sent < ECHO_BYTES)
			p.events |= POLLOUT;
		must(poll(&p, 1, -1), "poll");
		if (p.revents & POLLOUT) {
			n = send(fd, out + sent, ECHO_BYTES - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n < 0 && errno != EAGAIN)
				failed("send after %zu bytes: %s", sent, strerror(errno));
			sent += n > 0 ? (size_t)n : 0;
		}
		if (!(p.revents & ~POLLOUT))
			continue;
		n = recv(fd, in + got, ECHO_BYTES - got, MSG_DONTWAIT);
		if (n == 0)
			failed("the host hung up after %zu of %d bytes", got, ECHO_BYTES);
		if (n < 0 && errno != EAGAIN)
			failed("recv after %zu bytes: %s", got, strerror(errno));
		got += n > 0 ? (size_t)n : 0;
	}
	if (memcmp(in, out, ECHO_BYTES))
		failed("the echo differs from the bytes sent");
}

bool is_line(const char *text, unsigned long number)
{
	char want[LINE + 1];

	snprintf(want, sizeof(want), "%015lu\n", number);
	return !memcmp(text, want, LINE);
}

/* The number lines are read and checked, then the last sector is written and read. */
void prove_disk(const char *name)
{
	static _Alignas(4096) char sector[SECTOR];
	char path[512];
	unsigned long line = 0, sectors = 0;
	off_t last;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = must(open(path, O_RDWR | O_DIRECT | O_CLOEXEC), path);
	for (;; sectors++) {
		int n = must((int)read(fd, sector, SECTOR), "read");

		if (n == 0)
			break;
		for (int at = 0; at < n; at += LINE) {
			if (!is_line(sector + at, ++line))
				failed("%s differs in sector %lu", path, sectors);
		}
	}
	if (sectors == 0)
		failed("%s is empty", path);
	last = (off_t)(sectors - 1) * SECTOR;
	memset(sector, 'k', SECTOR);
	if (pwrite(fd, sector, SECTOR, last) != SECTOR || fsync(fd))
		failed("write: %s", strerror(errno));
	memset(sector, 0, SECTOR);
	if (pread(fd, sector, SECTOR, last) != SECTOR)
		failed("read after write: %s", strerror(errno));
	for (size_t i = 0; i < SECTOR; i++) {
		if (sector[i] != 'k')
			failed("%s has lost what was written", path);
	}
	passed("%s %lu sectors, %lu bytes read and checked, 1 sector written", path, sectors,
	       sectors * SECTOR);
}

static void prove_block(const char *device)
{
	prove_disk(child_of(device, "block"));
}

/* QEMU's user network: this address, and a host with an echo by boot.sh. */
void prove_link(const char *name)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct ifreq request = { 0 };
	char *mac = slurpf("/sys/class/net/%s/address", name);
	int fd;

	memcpy(request.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
	fd = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	inet_pton(AF_INET, "10.0.2.15", &address.sin_addr);
	memcpy(&request.ifr_addr, &address, sizeof(address));
	must(ioctl(fd, SIOCSIFADDR, &request), "SIOCSIFADDR");
	inet_pton(AF_INET, "255.255.255.0", &address.sin_addr);
	memcpy(&request.ifr_netmask, &address, sizeof(address));
	must(ioctl(fd, SIOCSIFNETMASK, &request), "SIOCSIFNETMASK");
	must(ioctl(fd, SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
	request.ifr_flags |= IFF_UP;
	must(ioctl(fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");

	address.sin_port = htons(ECHO_PORT);
	inet_pton(AF_INET, "10.0.2.100", &address.sin_addr);
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	echo(fd, 1);
	passed("%s %s TCP echo %d bytes", name, mac ? mac : "-", ECHO_BYTES);
}

static void prove_net(const char *device)
{
	prove_link(child_of(device, "net"));
}

/* Does the kernel itself write to the terminal NAME? */
static bool is_kernel_console(const char *name)
{
	char *rest = slurp("/proc/consoles"), *all = rest, *line;
	size_t length = strlen(name);
	bool is = false;

	while ((line = strsep(&rest, "\n")))
		is |= !strncmp(line, name, length) && line[length] == ' ';
	free(all);
	return is;
}

/* Where firmware or the machine has such a terminal as well, virtio's is a later one. */
enum { MAX_HVC = 8 };

struct hvc {
	char path[16];
	char got[64];
	size_t length;
};

/* Open /dev/hvcN and send a ping; -1 if nothing is behind it. */
static int ping_hvc(struct hvc *h, int n)
{
	static const char ping[] = "ping keelson\n";
	struct termios raw;
	int fd;

	*h = (struct hvc){ .length = 0 };
	snprintf(h->path, sizeof(h->path), "/dev/hvc%d", n);
	if (is_kernel_console(h->path + strlen("/dev/")))
		return -1;
	fd = open(h->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	must(tcgetattr(fd, &raw), "tcgetattr");
	cfmakeraw(&raw);
	must(tcsetattr(fd, TCSANOW, &raw), "tcsetattr");
	if (write(fd, ping, sizeof(ping) - 1) != sizeof(ping) - 1)
		failed("%s: write: %s", h->path, strerror(errno));
	return fd;
}

/* Read a byte from FD. Is it the end of the host's answer? */
static bool is_answered(struct hvc *h, int fd)
{
	if (h->length == sizeof(h->got) - 1)
		failed("%s: the host answers something else: %.12s", h->path, h->got);
	must((int)read(fd, h->got + h->length++, 1), "read");
	return strstr(h->got, "pong keelson\n");
}

/* The host answers each line "ping X" with "pong X". */
static void prove_console(const char *device)
{
	struct pollfd fds[MAX_HVC];
	struct hvc hvc[MAX_HVC];
	int n_open = 0;

	(void)device;
	for (int n = 0; n < MAX_HVC; n++) {
		int fd = ping_hvc(&hvc[n], n);

		fds[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
		n_open += fd >= 0;
	}
	if (!n_open)
		failed("no /dev/hvc* but the kernel's own console can be opened");
	for (;;) {
		must(poll(fds, MAX_HVC, -1), "poll");
		for (int n = 0; n < MAX_HVC; n++)
			if (fds[n].revents && is_answered(&hvc[n], fds[n].fd))
				passed("%s the host answered", hvc[n].path);
	}
}

/* The host returns 60 bytes at a time, fewer than requested: drivers keep some between reads. */
static void prove_rng(const char *device)
{
	static const char dir[] = "/sys/class/misc/hw_random";
	unsigned char bytes[1000];
	size_t got = 0, same = 0;
	char *current = slurpf("%s/rng_current", dir);
	int fd;

	(void)device;
	if (!current || strncmp(current, "virtio", 6)) {
		char path[128];

		snprintf(path, sizeof(path), "%s/rng_current", dir);
		fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
		if (write(fd, "virtio_rng.0", 12) != 12)
			failed("virtio_rng.0 can't be chosen: %s", strerror(errno));
		close(fd);
		free(current);
		current = slurp(path);
	}
	fd = must(open("/dev/hwrng", O_RDONLY | O_CLOEXEC), "/dev/hwrng");
	while (got < sizeof(bytes))
		got += (size_t)must((int)read(fd, bytes + got, sizeof(bytes) - got), "read");
	for (size_t i = 1; i < sizeof(bytes); i++)
		same += bytes[i] == bytes[0];
	if (same == sizeof(bytes) - 1)
		failed("%zu bytes, all the same", got);
	passed("%s %zu bytes", current ? current : "-", got);
}

/* Its effect is only visible on the host; the guest sees that the driver has negotiated. */
static void prove_balloon(const char *device)
{
	enum { DRIVER_OK = 4 };
	char *status = slurpf("/sys/bus/virtio/devices/%s/status", device);

	if (!status || !(strtoul(status, NULL, 16) & DRIVER_OK))
		failed("status is %s", status ? status : "unknown");
	passed("status %s", status);
}

/* A directory of the host: read its file, write another, read that. */
static void prove_share(const char *type, const char *tag, const char *options)
{
	static const char dir[] = "/tmp/share", want[] = "keelson\n";
	char *text;
	int fd;

	mkdir(dir, 0755);
	must(mount(tag, dir, type, 0, options), "mount");
	text = slurpf("%s/from-host", dir);
	if (!text || strcmp(text, "keelson"))
		failed("from-host does not say what the host wrote");
	free(text);
	fd = must(creat("/tmp/share/from-guest", 0644), "create");
	if (write(fd, want, sizeof(want) - 1) != sizeof(want) - 1 || close(fd))
		failed("write: %s", strerror(errno));
	text = slurpf("%s/from-guest", dir);
	if (!text || strcmp(text, "keelson"))
		failed("from-guest has lost what was written");
	must(umount(dir), "umount");
	passed("%s read and written", tag);
}

static void prove_9p(const char *device)
{
	char *tag = slurpf("/sys/bus/virtio/devices/%s/mount_tag", device);

	if (!tag)
		failed("has no mount_tag");
	prove_share("9p", tag, "trans=virtio,version=9p2000.L");
}

/* Only since 6.9 does a device report its tag; this is its name in devices.sh. */
static void prove_fs(const char *device)
{
	(void)device;
	prove_share("virtiofs", "keelson", NULL);
}

static void prove_vsock(const char *device)
{
	unsigned int cid = 0;
	int fd;

	(void)device;
	fd = must(open("/dev/vsock", O_RDONLY | O_CLOEXEC), "/dev/vsock");
	must(ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid), "the guest's CID");
	close(fd);
	fd = vsock_to_host(SOCK_STREAM, ECHO_PORT);
	echo(fd, 2);
	passed("cid %u echo %d bytes", cid, ECHO_BYTES);
}

static const struct proof {
	unsigned long id;
	const char *name;
	void (*prove)(const char *device);
} proofs[] = {
	{ 1, "net", prove_net },	 { 2, "block", prove_block },
	{ 3, "console", prove_console }, { 4, "rng", prove_rng },
	{ 5, "balloon", prove_balloon }, { 9, "9p", prove_9p },
	{ 19, "vsock", prove_vsock },	 { 26, "fs", prove_fs },
};

static void examine(const char *device)
{
	char *driver = link_end("/sys/bus/virtio/devices/%s/driver", device);
	/* The device's directory lies in that of the transport's device. */
	char *bus = link_end("/sys/bus/virtio/devices/%s/../subsystem", device);
	char *text = slurpf("/sys/bus/virtio/devices/%s/device", device);
	unsigned long id = text ? strtoul(text, NULL, 16) : 0;
	char *features = slurpf("/sys/bus/virtio/devices/%s/features", device);
	bool modern = features && strnlen(features, VIRTIO_F_VERSION_1 + 1) > VIRTIO_F_VERSION_1 &&
		      features[VIRTIO_F_VERSION_1] == '1';

	free(text);
	free(features);
	record("virtio %s %lu %s %s %s", device, id, driver ? driver : "-", bus ? bus : "-",
	       modern ? "modern" : "legacy");
	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		if (proofs[i].id != id)
			continue;
		if (driver)
			trial(proofs[i].name, proofs[i].prove, device, PATIENCE);
		else
			record("device %s fail %s has no driver", proofs[i].name, device);
	}
	free(driver);
	free(bus);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void prove_devices(void)
{
	struct dirent **devices;
	int n = scandir("/sys/bus/virtio/devices", &devices, visible, by_number);

	/* A kernel for machines without virtio lacks the bus; --expect lists the required devices. */
	if (n < 0) {
		if (errno != ENOENT)
			record("fail virtio /sys/bus/virtio/devices: %s", strerror(errno));
		return;
	}
	for (int i = 0; i < n; i++) {
		examine(devices[i]->d_name);
		free(devices[i]);
	}
	free(devices);
}
