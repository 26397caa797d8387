// SPDX-License-Identifier: GPL-2.0-only
/*
 * Defects that patches/ fixes, each shown over the loopback transport by its effect on a program.
 * A release without the patch fails here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

enum {
	NOBODYS_PORT = 40001,
	PORT = 40002,
	LISTEN_PORT = 40003,
	PEEK_PORT = 40004,
	PATIENCE = 60, /* seconds */
	WINDOW = 256 * 1024,
	LINGER_S = 4,
	UNREAD_BYTES = 200000,
	ACCEPTS = 100
};

/* vsock: use sock_error() to consume sk_err after a failed connect */
static void refused_connect(void)
{
	struct sockaddr_vm address = vsock_loopback(NOBODYS_PORT);
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), error = -1;
	socklen_t size = sizeof(error);

	if (fd < 0)
		record("device fix-connect fail socket: %s", strerror(errno));
	else if (!connect(fd, (struct sockaddr *)&address, sizeof(address)) || errno != ECONNRESET)
		record("device fix-connect fail connect: %s, not a reset", strerror(errno));
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) || error)
		record("device fix-connect fail the error is reported again: %s", strerror(error));
	else
		record("device fix-connect ok a refused connect() leaves no error behind");
	if (fd >= 0)
		close(fd);
}

/* vsock/virtio: Linger on unsent data. 6.1 does not count unsent bytes, and has no patch. */
static void lingering_close(void)
{
	static const char data[UNREAD_BYTES];
	struct linger linger = { .l_onoff = 1, .l_linger = LINGER_S };
	struct timespec start, end;
	int fd, peer;
	const char *wrong = vsock_pair(SOCK_STREAM, PORT, &fd, &peer);
	long ms;

	if (!wrong && setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		wrong = "SO_LINGER";
	if (!wrong && send(fd, data, sizeof(data), 0) != sizeof(data))
		wrong = "send";
	if (wrong) {
		record("device fix-linger fail %s: %s", wrong, strerror(errno));
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	close(fd);
	clock_gettime(CLOCK_MONOTONIC, &end);
	ms = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
	record("device fix-linger %s close() with a peer that does not read took %ld ms of %ld",
	       (ms >= LINGER_S * 500L) == is_release("6.1.") ? "ok" : "fail", ms, LINGER_S * 1000L);
	close(peer);
}

/* vsock: avoid timeout for non-blocking accept() with empty backlog */
static void sleepless_accept(void)
{
	struct sockaddr_vm address = vsock_loopback(LISTEN_PORT);
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), n = 0;
	struct rusage before, after;
	long slept;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1)) {
		record("device fix-accept fail no listening socket: %s", strerror(errno));
	} else {
		getrusage(RUSAGE_SELF, &before);
		while (n < ACCEPTS && accept(fd, NULL, NULL) < 0 && errno == EAGAIN)
			n++;
		getrusage(RUSAGE_SELF, &after);
		slept = after.ru_nvcsw - before.ru_nvcsw;
		record("device fix-accept %s of %d times that there was no connection %ld slept",
		       n == ACCEPTS && slept < ACCEPTS / 2 ? "ok" : "fail", n, slept);
	}
	if (fd >= 0)
		close(fd);
}

/* vsock: fix buffer size clamping order */
static void bounded_window(const char *argument)
{
	int fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	unsigned long long size;

	(void)argument;
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE, WINDOW);
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_MIN_SIZE, 2ULL * WINDOW);
	size = vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE);
	if (size > WINDOW)
		failed("a window of %llu, at most %d", size, WINDOW);
	passed("a minimum lifts no window above its maximum");
}

/* vsock/virtio: fix MSG_PEEK ignoring skb offset when calculating bytes to copy */
static void second_peek(const char *argument)
{
	static const char sent[1000];
	char got[2 * sizeof(sent)];
	int fd, peer;
	const char *wrong = vsock_pair(SOCK_STREAM, PEEK_PORT, &fd, &peer);
	ssize_t n;

	(void)argument;
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	must((int)send(fd, sent, sizeof(sent), 0), "send");
	must((int)recv(peer, got, sizeof(sent) / 4, MSG_WAITALL), "recv");
	n = must((int)recv(peer, got, sizeof(got), MSG_PEEK), "MSG_PEEK after a recv()");
	if (n != sizeof(sent) - sizeof(sent) / 4)
		failed("MSG_PEEK has %zd bytes", n);
	passed("MSG_PEEK has the %zd bytes that are left", n);
}

void prove_fixes(void)
{
	if (!is_on_cmdline("keelson.fixes"))
		return;
	refused_connect();
	lingering_close();
	sleepless_accept();
	trial("fix-window", bounded_window, NULL, PATIENCE);
	trial("fix-peek", second_peek, NULL, PATIENCE);
}
