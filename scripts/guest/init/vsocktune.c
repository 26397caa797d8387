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

/* Does this kernel have tracepoints for packets? */
static bool sees(void)
{
	return stat_of("tx_request") >= 0;
}

static void settings(const char *size, const char *ceiling)
{
	expect(DEFAULT, "0", 0);
	expect(CEILING, ceiling, 0);
	expect(DEFAULT, size, 0);
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
	if (sees()) {
		pair(SOCK_SEQPACKET, TUNED, &fd, &peer);
		after = vsock_unread(peer, fd, &error);
		if (after != VSOCK_MESSAGES || error)
			failed("%d of %d reach who connected: %s", after, VSOCK_MESSAGES, strerror(error));
	}
	settings("0", "0");
	passed("%d of %d unread messages arrive, %d before", after, VSOCK_MESSAGES, before);
}

/* ---- whom it changes ------------------------------------------------------------------- */

/* Every kind of socket has the window: at once if packets are seen, or after a sweep. */
static void prove_windows(const char *argument)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };

	(void)argument;
	for (int i = 0; i < 2; i++) {
		int old, old_peer, fd, peer, idle;

		settings("0", "0");
		pair(types[i], STOCK, &old, &old_peer);
		idle = must(socket(AF_VSOCK, types[i] | SOCK_CLOEXEC, 0), "socket");
		settings("4194304", "0");
		if (!becomes(old, TUNED) || !becomes(old_peer, TUNED) || !becomes(idle, TUNED))
			failed("sockets that were there have %llu, %llu, %llu", window(old),
			       window(old_peer), window(idle));
		pair(types[i], TUNED, &fd, &peer);
		if (window(peer) != TUNED)
			failed("who was accepted has %llu", window(peer));
		if (sees() ? window(fd) != TUNED : !becomes(fd, TUNED))
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
	passed("%s", sees() ? "before the first packet" : "by sweeps");
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
	wait_ms(2500);
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

/* TRANSFER bytes to the host and back, in writes of SIZE; by how many updates of credit. */
static long long round_trip(size_t size, unsigned long long wanted_window)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_HOST,
		.svm_port = ECHO_PORT,
	};
	int fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	long long updates = stat_of("tx_credit_update");
	int status, unused;
	pid_t child;

	must(connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	if (!becomes(fd, wanted_window))
		failed("the window is %llu", window(fd));
	unused = must(dup(fd), "dup");
	child = sender(fd, unused, size);
	receive_all(fd);
	must(waitpid(child, &status, 0), "waitpid");
	close(unused);
	close(fd);
	return stat_of("tx_credit_update") - updates;
}

/*
 * Writes of 34,000 bytes make buffers of several parts, which not every monitor takes; with
 * a window that has room for all, the guest has credit to give only when it has read all that
 * came: how often that is depends on how fast it reads.
 */
static void prove_host(const char *argument)
{
	long long stock, tuned, asked;

	(void)argument;
	settings("0", "0");
	stock = round_trip(34000, STOCK);
	settings("16777216", "0");
	asked = stat_of("rx_credit_request");
	tuned = round_trip(34000, TRANSFER);
	round_trip(TRANSFER, TRANSFER);
	settings("0", "0");
	if (!sees())
		passed("%u bytes there and back, three times", (unsigned int)TRANSFER);
	if (stat_of("rx_credit_request") != asked)
		failed("the host requests credit %lld times", stat_of("rx_credit_request") - asked);
	if (tuned >= stock)
		failed("credit is given %lld times, and %lld by the kernel's own window", tuned, stock);
	passed("%u bytes there and back, credit given %lld times, %lld by the kernel's own window",
	       (unsigned int)TRANSFER, tuned, stock);
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
	long long credit, rw = stat_of("rx_rw"), bytes = stat_of("rx_bytes");
	int fd, peer;
	char *line;

	(void)argument;
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
	if (sees() && (stat_of("rx_rw") == rw || stat_of("rx_bytes") < bytes + (long long)sizeof(data)))
		failed("%lld packets and %lld bytes are counted", stat_of("rx_rw") - rw,
		       stat_of("rx_bytes") - bytes);
	close(fd);
	close(peer);
	if (stat_of("sweeps") < 1 || stat_of("tuned") < 0)
		failed("sweeps are not counted");
	passed("%zu bytes in %llu buffers%s", sizeof(data), skbs, sees() ? ", and packets" : "");
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
	settings("0", "0");
	expect(SWEEP, "1000", 0);
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
	trial("tune-files", prove_files, NULL, PATIENCE);
	trial("tune-reload", prove_reload, NULL, PATIENCE + 4 * (unsigned int)cycles(CYCLES));
}
