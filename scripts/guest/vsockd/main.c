// SPDX-License-Identifier: GPL-2.0-only
/* vsockd - the host's end of a guest's virtio-vsock device, for QEMU's vhost-user-vsock. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "msg.h"
#include "options.h"
#include "vhost_user.h"

static const struct command command = {
	.synopsis = "vsockd --socket PATH --cid N",
	.about =
		"The host's end of a guest's vsock device: listens on PATH, serves one front end,\n"
		"QEMU's vhost-user-vsock, and ends with it. Port 7 is an echo for the guest.\n",
	.status = "0 the front end hung up, 1 it broke the protocol, 2 could not run",
};

static const char *socket_path;

static void on_signal(int sig)
{
	unlink(socket_path);
	_exit(128 + sig);
}

static bool take_cid(void *cid, const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	*(uint32_t *)cid = (uint32_t)n;
	if (*text >= '0' && *text <= '9' && !*end && !errno && n >= 3 && n < UINT32_MAX)
		return true;
	complain("--cid", 0, "not a guest's address [bad-cid]: expected 3 or more, got '%s'", text);
	return false;
}

static int cannot_listen(const char *why)
{
	complain(socket_path, 0,
		 "cannot listen [cannot-listen]: %s; give a path where a socket can be made", why);
	return -1;
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const size_t len = strlen(path);
	struct stat st;
	int fd;

	if (!len || len >= sizeof(addr.sun_path))
		return cannot_listen("a socket's path has 1 to 107 bytes");
	memcpy(addr.sun_path, path, len + 1);
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, 1))
		return fd;
	cannot_listen(strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The one front end. No other can connect after it, so the socket goes. */
static int accept_at(const char *path)
{
	int server, fd;

	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	server = listen_at(path);
	if (server < 0)
		return -1;
	do
		fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0)
		cannot_listen(strerror(errno));
	unlink(path);
	close(server);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	return fd;
}

int main(int argc, char **argv)
{
	static struct device device;
	uint32_t cid = 0;
	const struct opt opts[] = {
		OPT_NEED("socket", "PATH", &socket_path,
			 "the socket to listen on; an old one is replaced"),
		OPT_CALL("cid", "N", take_cid, &cid, "the guest's address, 3 to 4294967294"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts), fd;

	if (status != GO_ON)
		return status;
	if (!cid)
		return options_wrong(&command, opts);
	/* A descriptor from the front end may be a pipe without a reader. */
	signal(SIGPIPE, SIG_IGN);
	fd = accept_at(socket_path);
	if (fd < 0)
		return CANNOT_RUN;
	device_init(&device, cid);
	/* The process ends, and releases all that the front end gave. */
	return vhost_user_serve(fd, &device) ? DONE : FINDING;
}
