// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules/vsock_tune, over the loopback transport: its use, its parameters, its
 * limits, its loading and removal. Programs here set no option themselves unless the trial is
 * about that.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "hang.h"
#include "trial.h"
#include "vsock.h"

#define NAME "vsock_tune"
#define PARAMETERS "/sys/module/" NAME "/parameters/"
#define DEFAULT PARAMETERS "rcvbuf_default"
#define CEILING PARAMETERS "rcvbuf_max"
#define SWEEP PARAMETERS "sweep_ms"
#define STATS "/proc/net/" NAME "/stats"
#define SOCKETS "/proc/net/" NAME "/sockets"

enum {
	PATIENCE = 120, /* seconds */
	PORT = 40100,
	ECHO_PORT = 7, /* the host's, of vsockd */
	STOCK = 256 * 1024, /* bytes */
	TUNED = 4 * 1024 * 1024,
	RAISED = 2 * TUNED,
	MOST = 64 * 1024 * 1024,
	TRANSFER = 16 * 1024 * 1024,
	CYCLES = 50,
};

/* ---- help ------------------------------------------------------------------------ */

static unsigned long long window(int fd)
{
	return vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE);
}

/* Does a window come to have SIZE, within the time of three sweeps? */
static bool becomes(int fd, unsigned long long size)
{
	for (int i = 0; i < 30 && window(fd) != size; i++)
		wait_ms(100);
	return window(fd) == size;
}

static int listener(int type)
{
	return must(vsock_listen(type, PORT), "listen");
}

/* A connection from *FD to *PEER, by a new listener that has that window first. */
static void pair(int type, unsigned long long size, int *fd, int *peer)
{
	int l = listener(type);
	const char *wrong;

	if (!becomes(l, size))
		failed("a listener has a window of %llu, not of %llu", window(l), size);
	wrong = vsock_join(l, type, PORT, fd, peer);
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	close(l);
}

/* A number in the stats, by its name; -1 without one. */
static long long stat_of(const char *name)
{
	char *text = slurp(STATS), *rest = text, *line;
	size_t n = strlen(name);
	long long value = -1;

	if (!text)
		failed("%s: %s", STATS, strerror(errno));
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, name, n) && line[n] == ' ')
			value = atoll(line + n);
	}
	free(text);
	return value;
}

static void settings(const char *size, const char *ceiling)
{
	expect(DEFAULT, "0", 0);
	expect(CEILING, ceiling, 0);
	expect(DEFAULT, size, 0);
	/* New sockets wait for a sweep; those that exist have one at each write. */
	expect(SWEEP, "200", 0);
}

/* ---- parameters ---------------------------------------------------------------------- */

static void prove_knobs(const char *argument)
{
	static const struct {
		const char *file, *text;
		int error;
	} writes[] = {
		{ DEFAULT, "1", EINVAL },
		{ DEFAULT, "262143", EINVAL },
		{ DEFAULT, "262144", 0 },
		{ DEFAULT, "0x100000", 0 },
		{ DEFAULT, "67108865", EINVAL },
		{ DEFAULT, "4294967295", EINVAL },
		{ DEFAULT, "4294967296", ERANGE },
		{ DEFAULT, "-1", EINVAL },
		{ DEFAULT, "much", EINVAL },
		{ DEFAULT, "1048576 ", EINVAL },
		{ CEILING, "1", EINVAL },
		{ CEILING, "262143", EINVAL },
		{ CEILING, "1048575", ERANGE },
		{ CEILING, "1048576", 0 },
		{ DEFAULT, "1048577", ERANGE },
		{ DEFAULT, "1048576", 0 },
		{ CEILING, "67108865", EINVAL },
		{ CEILING, "-1", EINVAL },
		{ CEILING, "0", 0 },
		{ SWEEP, "60000", 0 },
		{ SWEEP, "60001", EINVAL },
		{ SWEEP, "4294967296", ERANGE },
		{ SWEEP, "-1", EINVAL },
		{ SWEEP, "soon", EINVAL },
		{ SWEEP, "1000", 0 },
	};
	char *memory = slurp("/proc/meminfo"), text[32];
	unsigned long kb = memory ? strtoul(memory + strcspn(memory, "0123456789"), NULL, 10) : 0;
	unsigned long long most = kb * 1024ULL / 8;

	(void)argument;
	free(memory);
	settings("0", "0");
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		expect(writes[i].file, writes[i].text, writes[i].error);
	expect_told("vsock_tune: rcvbuf_default takes 0, or 262144 to ");
	expect_told("vsock_tune: sweep_ms takes 0 to 60000");
	if (most > MOST)
		most = MOST;
	snprintf(text, sizeof(text), "%llu", most + 1);
	expect(DEFAULT, text, EINVAL);
	snprintf(text, sizeof(text), "%llu", most);
	expect(DEFAULT, text, 0);
	settings("0", "0");
	passed("%zu writes, to %llu bytes", sizeof(writes) / sizeof(writes[0]) + 2, most);
}

/* ---- its use -------------------------------------------------------------------------- */

static void prove_messages(const char *argument)
{
	int fd, peer, before, after, error;

	(void)argument;
	settings("0", "0");
	pair(SOCK_SEQPACKET, STOCK, &fd, &peer);
	before = vsock_unread(fd, peer, &error);
	if (vsock_counts_overhead() ? before == VSOCK_MESSAGES || error != ENOBUFS : before != VSOCK_MESSAGES || error)
		failed("the kernel's own window takes %d of %d: %s", before, VSOCK_MESSAGES, strerror(error));
	settings("4194304", "0");
	pair(SOCK_SEQPACKET, TUNED, &fd, &peer);
	after = vsock_unread(fd, peer, &error);
	if (after != VSOCK_MESSAGES || error)
		failed("%d of %d reach who accepted: %s", after, VSOCK_MESSAGES, strerror(error));
	pair(SOCK_SEQPACKET, TUNED, &fd, &peer);
	if (!becomes(fd, TUNED))
		failed("who connected has %llu", window(fd));
	after = vsock_unread(peer, fd, &error);
	if (after != VSOCK_MESSAGES || error)
		failed("%d of %d reach who connected: %s", after, VSOCK_MESSAGES, strerror(error));
	settings("0", "0");
	passed("%d of %d unread messages arrive, %d before", after, VSOCK_MESSAGES, before);
}

/* ---- whom it changes ------------------------------------------------------------------- */

/* Every kind of socket has the window: one that exists by the write, a new one by a sweep. */
static void prove_windows(const char *argument)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };

	(void)argument;
	for (int i = 0; i < 2; i++) {
		int old, old_peer, fd, peer, idle;

		settings("0", "0");
		pair(types[i], STOCK, &old, &old_peer);
		idle = must(socket(AF_VSOCK, types[i] | SOCK_CLOEXEC, 0), "socket");
		expect(SWEEP, "0", 0);
		expect(DEFAULT, "4194304", 0);
		if (!becomes(old, TUNED) || !becomes(old_peer, TUNED) || !becomes(idle, TUNED))
			failed("sockets that were there have %llu, %llu, %llu", window(old),
			       window(old_peer), window(idle));
		expect(SWEEP, "200", 0);
		pair(types[i], TUNED, &fd, &peer);
		if (window(peer) != TUNED)
			failed("who was accepted has %llu", window(peer));
		if (!becomes(fd, TUNED))
			failed("who connected has %llu", window(fd));
		/* What a socket was given stays: its program may count on it by now. */
		settings("0", "0");
		wait_ms(100);
		if (window(fd) != TUNED)
			failed("a window shrinks to %llu", window(fd));
		close(fd);
		close(peer);
		close(old);
		close(old_peer);
		close(idle);
	}
	passed("those that exist by the write, new ones by sweeps");
}

/* A program's choice stays; its range grows with the ceiling. */
static void prove_choice(const char *argument)
{
	int small, smaller, fd, peer;

	(void)argument;
	settings("0", "0");
	small = listener(SOCK_STREAM);
	vsock_set_option(small, SO_VM_SOCKETS_BUFFER_SIZE, STOCK / 2);
	smaller = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	vsock_set_option(smaller, SO_VM_SOCKETS_BUFFER_MAX_SIZE, STOCK / 4);
	settings("4194304", "8388608");
	wait_ms(1000);
	if (window(small) != STOCK / 2)
		failed("a window of its program's choice becomes %llu", window(small));
	if (window(smaller) != STOCK / 4 ||
	    vsock_option(smaller, SO_VM_SOCKETS_BUFFER_MAX_SIZE) != STOCK / 4)
		failed("below a ceiling of its program's choice a window becomes %llu", window(smaller));
	close(small);
	close(smaller);
	pair(SOCK_STREAM, TUNED, &fd, &peer);
	if (vsock_option(peer, SO_VM_SOCKETS_BUFFER_MAX_SIZE) != RAISED)
		failed("the ceiling is %llu", vsock_option(peer, SO_VM_SOCKETS_BUFFER_MAX_SIZE));
	vsock_set_option(peer, SO_VM_SOCKETS_BUFFER_SIZE, RAISED);
	if (window(peer) != RAISED)
		failed("a program that requests the ceiling has %llu", window(peer));
	close(fd);
	close(peer);
	settings("0", "0");
	passed("a program's own choice wins, to 8 MiB without another setting");
}

/* ---- at work --------------------------------------------------------------------------- */

static void fill(unsigned char *data, size_t n, unsigned int at)
{
	for (size_t i = 0; i < n; i++)
		data[i] = (unsigned char)((at + i) * 2654435761U >> 24);
}

/* A child that sends TRANSFER bytes, in writes of SIZE at most, and goes. */
static pid_t sender(int fd, int close_too, size_t size)
{
	static unsigned char data[65536];
	pid_t child = must(fork(), "fork");

	if (child)
		return child;
	close(close_too);
	for (unsigned int at = 0; at < TRANSFER; at += sizeof(data)) {
		fill(data, sizeof(data), at);
		for (size_t sent = 0; sent < sizeof(data);) {
			size_t left = sizeof(data) - sent;
			ssize_t n = send(fd, data + sent, left < size ? left : size, MSG_NOSIGNAL);

			if (n <= 0)
				_exit(1);
			sent += n;
		}
	}
	_exit(0);
}

/* Write both limits by turns, until killed. */
static pid_t meddler(const char *file, const char *one, const char *other)
{
	pid_t child = must(fork(), "fork");

	if (child)
		return child;
	for (;;) {
		write_to(file, one);
		write_to(file, other);
		free(slurp(SOCKETS));
		free(slurp(STATS));
	}
}

static void receive_all(int fd)
{
	static unsigned char got[65536], wanted[sizeof(got)];
	unsigned int at = 0;
	ssize_t n = 1;

	while (at < TRANSFER && (n = read(fd, got, sizeof(got))) > 0) {
		fill(wanted, n, at);
		if (memcmp(got, wanted, n))
			failed("other bytes than were sent, near %u", at);
		at += (unsigned int)n;
	}
	if (n <= 0 || at != TRANSFER)
		failed("%u bytes of %u arrive: %s", at, (unsigned int)TRANSFER, strerror(errno));
}

static void prove_transfer(const char *argument)
{
	pid_t child, first, second;
	int fd, peer, status;

	(void)argument;
	settings("0", "0");
	first = meddler(DEFAULT, "1048576", "0");
	second = meddler(CEILING, "8388608", "0");
	for (int i = 0; i < 2; i++) {
		const char *wrong = vsock_pair(SOCK_STREAM, PORT, &fd, &peer);

		if (wrong)
			failed("%s: %s", wrong, strerror(errno));
		child = sender(fd, peer, TRANSFER);
		close(fd);
		receive_all(peer);
		must(waitpid(child, &status, 0), "waitpid");
		close(peer);
	}
	kill(first, SIGKILL);
	kill(second, SIGKILL);
	while (wait(NULL) > 0)
		;
	settings("0", "0");
	passed("%u bytes twice, while limits change and are read", (unsigned int)TRANSFER);
}

/* TRANSFER bytes to the host and back, in writes of SIZE. */
static void round_trip(size_t size, unsigned long long wanted_window)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO_PORT), status, unused;
	pid_t child;

	if (!becomes(fd, wanted_window))
		failed("the window is %llu", window(fd));
	unused = must(dup(fd), "dup");
	child = sender(fd, unused, size);
	receive_all(fd);
	must(waitpid(child, &status, 0), "waitpid");
	close(unused);
	close(fd);
}

/* Writes of 34,000 bytes make buffers of several parts, which not every monitor takes. */
static void prove_host(const char *argument)
{
	(void)argument;
	settings("0", "0");
	round_trip(34000, STOCK);
	settings("16777216", "0");
	round_trip(34000, TRANSFER);
	round_trip(TRANSFER, TRANSFER);
	settings("0", "0");
	passed("%u bytes there and back, three times", (unsigned int)TRANSFER);
}

/* ---- a program that owns its socket for as long as it likes --------------------------------- */

/* Run WORK(FD) in a child; has it ended in time? One that has not is left to hang_end(). */
static bool ends(void (*work)(int fd), int fd)
{
	pid_t child = must(fork(), "fork");

	if (!child) {
		work(fd);
		_exit(0);
	}
	for (unsigned int i = 0; i < 10 * slower(3); i++) {
		if (waitpid(child, NULL, WNOHANG) == child)
			return true;
		wait_ms(100);
	}
	return false;
}

static void set_own_window(int fd)
{
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, STOCK);
}

static void read_sockets(int fd)
{
	(void)fd;
	free(slurp(SOCKETS));
}

static void tune_other(int fd)
{
	settings("0", "0");
	settings("4194304", "0");
	if (!becomes(fd, TUNED))
		wait_ms(1000L * PATIENCE);
	settings("0", "0");
}

static void reload(int fd)
{
	(void)fd;
	expect_removal(NAME);
	if (insert_module(NAME, ""))
		wait_ms(1000L * PATIENCE);
}

/* End the sender first: a trial that fails must not leave who waits for it. */
#define stuck_failed(...) (hang_end(), failed(__VA_ARGS__))

static void prove_stuck(const char *argument)
{
	const char *bytes = hang_start(), *wrong;
	int stuck, stuck_peer, fd, peer;
	pid_t child;

	(void)argument;
	if (!bytes)
		passed("not tried: a kernel without FUSE");
	settings("0", "0");
	pair(SOCK_STREAM, STOCK, &stuck, &stuck_peer);
	wrong = vsock_pair(SOCK_STREAM, PORT + 1, &fd, &peer);
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	child = hang_sender(stuck, bytes);
	wait_ms(500);
	if (ends(set_own_window, stuck))
		stuck_failed("the sender does not own its socket: nothing to prove");
	if (!ends(read_sockets, -1))
		stuck_failed("who reads " SOCKETS " hangs");
	if (!ends(tune_other, fd) || stat_of("skipped") < 1)
		stuck_failed("another socket is not tuned, its window is %llu", window(fd));
	if (!ends(reload, -1))
		stuck_failed("the module cannot be removed, or not be loaded again");
	/* What was passed over has its window once the task is done with it. */
	settings("4194304", "0");
	hang_end();
	if (!becomes(stuck, TUNED))
		failed("a socket that was passed over has a window of %llu later", window(stuck));
	waitpid(child, NULL, 0);
	settings("0", "0");
	passed("a sender that hangs in a page fault stops neither readers, tuning nor removal");
}

/* ---- its files --------------------------------------------------------------------------- */

/* The line of a socket by its local port; the caller frees it. NULL without one. */
static char *line_of(const char *state, unsigned int port)
{
	char *text = slurp(SOCKETS), *rest = text, *line, *found = NULL;

	if (!text)
		failed("%s: %s", SOCKETS, strerror(errno));
	line = strsep(&rest, "\n");
	if (strcmp(line, "type state local peer window max queued skbs overhead inflight credit"))
		failed("the first line of %s is '%s'", SOCKETS, line);
	while (!found && (line = strsep(&rest, "\n"))) {
		unsigned int local;
		char is[32];

		if (sscanf(line, "%*s %31s %*[^:]:%u", is, &local) == 2 && local == port &&
		    !strcmp(is, state))
			found = strdup(line);
	}
	free(text);
	return found;
}

static void prove_files(const char *argument)
{
	unsigned long long size, ceiling, queued, skbs, overhead, in_flight;
	static const char data[10000];
	long long credit, sweeps;
	int fd, peer;
	char *line;

	(void)argument;
	settings("0", "0");
	pair(SOCK_STREAM, STOCK, &fd, &peer);
	if (send(fd, data, sizeof(data), 0) != sizeof(data))
		failed("send: %s", strerror(errno));
	wait_ms(200);
	line = line_of("connected", PORT);
	if (!line || sscanf(line, "stream connected %*s %*s %llu %llu %llu %llu %llu %llu %lld", &size,
			    &ceiling, &queued, &skbs, &overhead, &in_flight, &credit) != 7)
		failed("its line of a connection is '%s'", line ?: "nothing");
	if (size != STOCK || ceiling != STOCK || queued != sizeof(data) || !skbs ||
	    overhead < 100 * skbs || in_flight || credit != STOCK)
		failed("with %zu bytes that wait its line is '%s'", sizeof(data), line);
	free(line);
	close(fd);
	close(peer);
	/* Nothing is set: no sweep for a connection, nor by a write. */
	sweeps = stat_of("sweeps");
	settings("0", "0");
	wait_ms(500);
	if (sweeps < 1 || stat_of("sweeps") != sweeps)
		failed("%lld sweeps, and then %lld while nothing is set", sweeps, stat_of("sweeps"));
	passed("%zu bytes in %llu buffers", sizeof(data), skbs);
}

/* ---- that it comes and goes --------------------------------------------------------------- */

static void prove_reload(const char *argument)
{
	static const struct {
		const char *parameters;
		int error;
	} wrong[] = {
		{ "rcvbuf_default=1", EINVAL },
		{ "rcvbuf_max=much", EINVAL },
		{ "rcvbuf_max=1048576 rcvbuf_default=2097152", ERANGE },
		{ "sweep_ms=60001", EINVAL },
	};
	const int n = cycles(CYCLES);
	int fd, peer, open_fd, open_peer, error, status;
	pid_t child;

	(void)argument;
	pair(SOCK_STREAM, STOCK, &open_fd, &open_peer);
	for (int i = 0; i < n; i++) {
		const char *trouble = vsock_pair(SOCK_STREAM, PORT + 1, &fd, &peer);

		if (trouble)
			failed("%s: %s", trouble, strerror(errno));
		child = i % 10 ? 0 : sender(fd, peer, TRANSFER);
		close(fd);
		error = remove_module(NAME);
		if (error)
			failed("cannot be removed: %s", strerror(error));
		if (!access(STATS, F_OK))
			failed("%s is still there", STATS);
		/* The kernel has a line in its log for each. */
		if (i < (int)(sizeof(wrong) / sizeof(wrong[0]))) {
			error = insert_module(NAME, wrong[i].parameters);
			if (error != wrong[i].error)
				failed("loaded with %s: %s", wrong[i].parameters, strerror(error));
		}
		error = insert_module(NAME, "rcvbuf_default=1048576 rcvbuf_max=8388608 sweep_ms=1");
		if (error)
			failed("cannot be loaded again: %s", strerror(error));
		if (child) {
			receive_all(peer);
			must(waitpid(child, &status, 0), "waitpid");
		}
		close(peer);
	}
	if (!becomes(open_fd, 1048576) || !becomes(open_peer, 1048576))
		failed("sockets from before have %llu and %llu", window(open_fd), window(open_peer));
	expect_removal(NAME);
	/* On the command line of a guest that has too little memory for it. */
	error = insert_module(NAME, "rcvbuf_default=4294967295 rcvbuf_max=4294967295");
	if (error)
		failed("cannot be loaded with more than the memory has room for: %s", strerror(error));
	expect_told(NAME ": rcvbuf_max lowered to ");
	settings("0", "0");
	passed("loaded %d times, with sockets open", n);
}

void prove_vsocktune(void)
{
	if (access("/sys/module/" NAME, F_OK) || access("/sys/module/vsock_loopback", F_OK))
		return;
	trial("tune-knobs", prove_knobs, NULL, PATIENCE);
	trial("tune-messages", prove_messages, NULL, PATIENCE);
	trial("tune-windows", prove_windows, NULL, PATIENCE);
	trial("tune-choice", prove_choice, NULL, PATIENCE);
	trial("tune-transfer", prove_transfer, NULL, PATIENCE);
	trial("tune-host", prove_host, NULL, PATIENCE);
	trial("tune-stuck", prove_stuck, NULL, PATIENCE);
	trial("tune-files", prove_files, NULL, PATIENCE);
	trial("tune-reload", prove_reload, NULL, PATIENCE + 4 * (unsigned int)cycles(CYCLES));
}
