// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host that lies: each of vsockd's ports from 1000 on sends data packets with another fault.
 * Such a connection may lose data or end, but each byte that arrives must be right, and no other
 * connection may suffer.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

enum {
	PATIENCE = 60, /* seconds */
	ECHO = 7, /* ports of vsockd's, see its man page */
	ROGUE = 1000,
	FLOOD = 1007,
	LATE = 1016,
	LATE_BYTES = 100000,
	SHORTLY = 300, /* milliseconds to wait for data that must not come */
	LONG = 10000,
	BYTES = 100,
	WINDOW = 4096,
	MUCH = 64 * 1024,
	TIMES = 20,
};

/* The fate of data in a wrong packet. */
enum fate { LOST, WHOLE, OVER, EITHER };

static const struct lie {
	const char *name;
	int type;
	unsigned int port;
	enum fate fate;
} lies[] = {
	{ "rogue-long", SOCK_STREAM, 1000, LOST },
	{ "rogue-short", SOCK_STREAM, 1001, LOST },
	{ "rogue-huge", SOCK_STREAM, 1002, LOST },
	{ "rogue-empty", SOCK_STREAM, 1003, LOST },
	{ "rogue-op", SOCK_STREAM, 1004, LOST },
	{ "rogue-type", SOCK_STREAM, 1005, LOST },
	{ "rogue-credit", SOCK_STREAM, 1006, WHOLE },
	/* The kernel looks up the socket by its port, without the sender. */
	{ "rogue-cid", SOCK_STREAM, 1008, EITHER },
	{ "rogue-closed", SOCK_STREAM, 1009, LOST },
	{ "rogue-request", SOCK_STREAM, 1010, LOST },
	{ "rogue-response", SOCK_STREAM, 1011, LOST },
	{ "rogue-reset", SOCK_STREAM, 1012, OVER },
	{ "rogue-shutdown", SOCK_STREAM, 1013, OVER },
	{ "rogue-marks", SOCK_STREAM, 1014, WHOLE },
	{ "rogue-endless", SOCK_SEQPACKET, 1015, LOST },
};

enum { LIES = sizeof(lies) / sizeof(lies[0]) };

static char data[MUCH], got[MUCH];

/* ---- help -------------------------------------------------------------------------- */

static void set_patience(int fd, long ms)
{
	struct timeval limit = { ms / 1000, ms % 1000 * 1000 };

	must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), "SO_RCVTIMEO");
}

/* Data of a correct connection still arrives. */
static void expect_sound(const char *when)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO);
	ssize_t n;

	set_patience(fd, LONG);
	must((int)send(fd, data, BYTES, MSG_NOSIGNAL), "send");
	n = recv(fd, got, BYTES, MSG_WAITALL);
	if (n != BYTES || memcmp(got, data, BYTES))
		failed("%s, the echo sends back %zd bytes: %s", when, n,
		       n < 0 ? strerror(errno) : "not what was sent");
	close(fd);
}

static enum fate fate_of(int fd)
{
	ssize_t n = recv(fd, got, sizeof(got), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return LOST;
	if (n <= 0)
		return OVER;
	if (n != BYTES || memcmp(got, data, BYTES))
		failed("%zd bytes come, and not what was sent", n);
	return WHOLE;
}

/* ---- one lie at a time --------------------------------------------------------------- */

static void prove_lie(const char *name)
{
	static const char *const words[] = { "are lost", "arrive", "end it" };
	const struct lie *lie = lies;
	enum fate fate;
	int fd;

	while (strcmp(lie->name, name) != 0)
		lie++;
	fd = vsock_to_host(lie->type, lie->port);
	set_patience(fd, lie->fate == LOST || lie->fate == EITHER ? SHORTLY : LONG);
	if (send(fd, data, BYTES, MSG_NOSIGNAL) != BYTES)
		failed("send: %s", strerror(errno));
	fate = fate_of(fd);
	if (lie->fate != EITHER && lie->fate != fate)
		failed("the data %s", words[fate]);
	expect_sound("while it is open");
	/* In each case the connection ends. */
	send(fd, data, BYTES, MSG_DONTWAIT | MSG_NOSIGNAL);
	recv(fd, got, sizeof(got), MSG_DONTWAIT);
	shutdown(fd, SHUT_RDWR);
	close(fd);
	expect_sound("once it is closed");
	passed("the data %s", words[fate]);
}

/* A full window takes no more data. */
static void prove_flood(const char *argument)
{
	int fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	ssize_t n, all = 0;

	(void)argument;
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, WINDOW);
	must(vsock_connect_host(fd, FLOOD), "connect");
	if (send(fd, data, MUCH, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET &&
	    errno != ENOBUFS)
		failed("send: %s", strerror(errno));
	wait_ms(2L * SHORTLY);
	while ((n = recv(fd, got + all, (size_t)(MUCH - all), MSG_DONTWAIT)) > 0)
		all += n;
	if (all > WINDOW || memcmp(got, data, (size_t)all))
		failed("%zd bytes come to a window of %d", all, WINDOW);
	close(fd);
	expect_sound("after it");
	passed("%zd bytes came to a window of %d", all, WINDOW);
}

/* In the middle of a transfer both ways. */
static void prove_late(const char *argument)
{
	int fd = vsock_to_host(SOCK_STREAM, LATE);
	pid_t sender = must(fork(), "fork");
	ssize_t n, all = 0;

	(void)argument;
	if (!sender) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (send(fd, data, MUCH, MSG_NOSIGNAL) > 0)
			;
		_exit(0);
	}
	while ((n = recv(fd, got, sizeof(got), 0)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (got[i] != data[(all + i) % MUCH])
				failed("byte %zd is another than was sent", all + i);
		all += n;
	}
	must(waitpid(sender, NULL, 0), "waitpid");
	/* The kernel drops unread bytes with the connection. */
	if (all > LATE_BYTES + MUCH)
		failed("%zd bytes came before the end", all);
	close(fd);
	expect_sound("after it");
	passed("%zd bytes came before the end", all);
}

/* ---- all at once --------------------------------------------------------------------- */

static void go_on(const struct lie *lie)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < TIMES; i++) {
		int fd = vsock_to_host(lie->type, lie->port);

		set_patience(fd, 1);
		send(fd, data, BYTES, MSG_NOSIGNAL | MSG_DONTWAIT);
		recv(fd, got, sizeof(got), 0);
		close(fd);
	}
	_exit(0);
}

static void prove_together(const char *argument)
{
	int status, wrong = 0, ended = 0, sound = 0;

	(void)argument;
	for (int i = 0; i < LIES; i++)
		if (!must(fork(), "fork"))
			go_on(&lies[i]);
	while (ended < LIES) {
		expect_sound("with all others at once");
		sound++;
		while (ended < LIES && waitpid(-1, &status, WNOHANG) > 0) {
			ended++;
			wrong += status != 0;
		}
	}
	if (wrong)
		failed("%d of %d can't connect any more", wrong, LIES);
	passed("%d connections of %d lies, and %d sound ones", LIES * TIMES, LIES, sound);
}

void prove_vsockrogue(void)
{
	if (!is_on_cmdline("keelson.rogue"))
		return;
	for (int i = 0; i < MUCH; i++)
		data[i] = (char)((unsigned int)i * 2654435761U >> 24);
	for (int i = 0; i < LIES; i++)
		trial(lies[i].name, prove_lie, lies[i].name, PATIENCE);
	trial("rogue-flood", prove_flood, NULL, PATIENCE);
	trial("rogue-late", prove_late, NULL, PATIENCE);
	trial("rogue-together", prove_together, NULL, PATIENCE);
}
