// SPDX-License-Identifier: GPL-2.0-only
/* vsockd - the host's end of a guest's virtio-vsock device, for QEMU's vhost-user-vsock. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "msg.h"
#include "vhost_user.h"

static const char usage[] =
	"usage: vsockd --socket PATH --cid N\n"
	"\n"
	"The host's end of a guest's vsock device: listens on PATH, serves one front end,\n"
	"QEMU's vhost-user-vsock, and ends with it. The guest finds an echo on port 7.\n"
	"\n"
	"  --socket PATH  where to listen; a socket that was left there is replaced\n"
	"  --cid N        the guest's address, 3 to 4294967294\n"
	"  --help         this\n"
	"\n"
	"Exit status: 0 the front end hung up, 1 it broke the protocol, 2 could not run.\n";

static const char *socket_path;

static void on_signal(int sig)
{
	unlink(socket_path);
	_exit(128 + sig);
}

/* 0, which is nobody's address, unless @text is that of a guest. */
static uint32_t read_cid(const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && n >= 3 && n < UINT32_MAX)
		return (uint32_t)n;
	complain("--cid", 0, "not a guest's address [bad-cid]: expected 3 or more, got '%s'", text);
	return 0;
}

static bool read_options(int argc, char **argv, uint32_t *cid, bool *help)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "cid", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 's':
			socket_path = optarg;
			break;
		case 'c':
			*cid = read_cid(optarg);
			break;
		case 'h':
			*help = true;
			return true;
		default:
			return false;
		}
	}
	return socket_path && *cid && optind == argc;
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

/* The one front end. Nobody else can connect after it, so the socket goes. */
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
	bool help = false;
	int fd;

	if (!read_options(argc, argv, &cid, &help))
		return usage_error(usage);
	if (help)
		return fputs(usage, stdout) < 0 || fflush(stdout) ? CANNOT_RUN : DONE;
	/* A descriptor of the front end's may be a pipe that nobody reads. */
	signal(SIGPIPE, SIG_IGN);
	fd = accept_at(socket_path);
	if (fd < 0)
		return CANNOT_RUN;
	device_init(&device, cid);
	/* What the front end gave goes with the process. */
	return vhost_user_serve(fd, &device) ? DONE : FINDING;
}
