// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules/virtio_vsock_ng, instead of the kernel's own transport: its parameters, its access
 * control, its limits at both ends, its loading and removal. The host is vsockd.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

#define NAME "virtio_vsock_ng"
#define STOCK "vmw_vsock_virtio_transport"
#define DRIVER "/sys/bus/virtio/drivers/" NAME
#define COUNTS "/proc/net/" NAME
#define PARAMETERS "/sys/module/" NAME "/parameters/"
#define RX_BUF PARAMETERS "rx_buf_size"
#define TX_MAX PARAMETERS "tx_pkt_max"
#define DEFAULT PARAMETERS "rcvbuf_default"
#define CAP PARAMETERS "rcvbuf_cap"
#define ACCESS PARAMETERS "host_access"
#define PORTS PARAMETERS "deny_ports"

enum {
	PATIENCE = 120, /* seconds */
	VSOCK = 19, /* the device's id */
	ECHO = 7, /* ports of vsockd's, see its man page */
	NARROW = 17,
	CALL = 65536,
	PORT = 40300, /* and some more: the guest's */
	UNPRIVILEGED = 65534,
	WINDOW = 256 * 1024, /* bytes; the kernel's own */
	MIB = 1024 * 1024,
	MUCH = 8 * MIB,
	LEAST = 64 * 1024, /* that a ceiling can be */
	LONG = 34000, /* a packet that the kernel passes to the host in several pieces */
	SHORT = 20000, /* one that it passes in several pieces unless it copies it */
	BACKLOG = 8,
	AGAIN = 2 * BACKLOG,
	CYCLES = 30,
};

/* ---- help ------------------------------------------------------------------------ */

/* The name of the vsock device that the module drives, to free; NULL without one. */
static char *its_device(void)
{
	DIR *dir = opendir(DRIVER);
	struct dirent *entry;
	char *name = NULL;

	while (dir && !name && (entry = readdir(dir))) {
		char *id = slurpf(DRIVER "/%s/device", entry->d_name);

		if (id && strtoul(id, NULL, 16) == VSOCK)
			name = strdup(entry->d_name);
		free(id);
	}
	if (dir)
		closedir(dir);
	return name;
}

static unsigned long long count_of(const char *name)
{
	char *text = slurp(COUNTS), *rest = text, *line;
	unsigned long long value = 0;
	size_t n = strlen(name);
	bool found = false;

	if (!text)
		failed("%s: %s", COUNTS, strerror(errno));
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, name, n) && line[n] == ' ') {
			value = strtoull(line + n, NULL, 10);
			found = true;
		}
	}
	if (!found)
		failed("%s has no %s", COUNTS, name);
	free(text);
	return value;
}

/* A child that ends with the trial, even if that is killed. */
static pid_t start_child(void)
{
	pid_t child = must(fork(), "fork");

	if (!child)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child;
}

/* A listening socket for any peer; -1 and errno. */
static int listen_to_all(unsigned int port)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_ANY,
		.svm_port = port,
	};
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG))
		return -1;
	return fd;
}

/* The host connects to PORT; does the guest accept it? */
static bool is_let_in(unsigned int port)
{
	int fd = vsock_to_host(SOCK_STREAM, CALL + port);
	char outcome = 0;

	must((int)recv(fd, &outcome, 1, MSG_WAITALL), "the outcome of a call");
	close(fd);
	if (outcome != '+' && outcome != '-')
		failed("the outcome of a call is %d", outcome);
	return outcome == '+';
}

static void expect_call(unsigned int port, bool lets_in, const char *what)
{
	if (is_let_in(port) != lets_in)
		failed("a request from the host is %s: %s", lets_in ? "refused" : "accepted", what);
}

static void expect_window(int fd, unsigned long long size, const char *whose)
{
	unsigned long long is = vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE);

	if (is != size)
		failed("the window of %s is %llu, not %llu", whose, is, size);
}

/* The parameters as loaded. */
static void reset(void)
{
	expect(ACCESS, "0", 0);
	expect(PORTS, "none", 0);
	expect(TX_MAX, "0", 0);
	expect(DEFAULT, "0", 0);
	expect(CAP, "0", 0);
}

/* ---- data ------------------------------------------------------------------------ */

static unsigned char data[MIB], got[MIB];

static void make_data(void)
{
	for (unsigned int i = 0; i < MIB; i++)
		data[i] = (unsigned char)(i * 2654435761U >> 24);
}

/* Does the echo return all bytes? NULL, or the fault. Each write is as large as the kernel takes it. */
static const char *echo(int fd, size_t n, size_t each)
{
	const char *wrong = NULL;
	size_t back = 0;
	ssize_t part;
	pid_t child = start_child();

	if (!child) {
		for (size_t sent = 0; sent < n; sent += (size_t)part) {
			part = send(fd, data + sent, n - sent < each ? n - sent : each,
				    MSG_NOSIGNAL);
			if (part <= 0)
				_exit(1);
		}
		_exit(0);
	}
	while (back < n && (part = recv(fd, got + back, n - back, 0)) > 0)
		back += (size_t)part;
	if (back < n)
		wrong = part ? strerror(errno) : "the host hung up";
	else if (memcmp(got, data, n))
		wrong = "other bytes than were sent";
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return wrong;
}

static void expect_echo(size_t n, size_t each)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO);
	const char *wrong = echo(fd, n, each);

	if (wrong)
		failed("%zu bytes to the host's echo: %s", n, wrong);
	close(fd);
}

/* ---- parameters ---------------------------------------------------------------------- */

static void prove_knobs(const char *argument)
{
	static const struct {
		const char *file, *text;
		int error;
	} writes[] = {
		{ TX_MAX, "1", EINVAL },
		{ TX_MAX, "4095", EINVAL },
		{ TX_MAX, "4096", 0 },
		{ TX_MAX, "65536", 0 },
		{ TX_MAX, "65537", EINVAL },
		{ TX_MAX, "4294967295", EINVAL },
		{ TX_MAX, "4294967296", ERANGE },
		{ TX_MAX, "-1", EINVAL },
		{ TX_MAX, "much", EINVAL },
		{ TX_MAX, "\n", EINVAL },
		{ TX_MAX, "0", 0 },
		{ DEFAULT, "1", EINVAL },
		{ DEFAULT, "262143", EINVAL },
		{ DEFAULT, "262144", 0 },
		{ DEFAULT, "0x100000", 0 },
		{ DEFAULT, "67108865", EINVAL },
		{ DEFAULT, "4294967296", ERANGE },
		{ DEFAULT, "-1", EINVAL },
		{ DEFAULT, "1048576 ", EINVAL },
		{ CAP, "1", EINVAL },
		{ CAP, "65535", EINVAL },
		{ CAP, "65536", ERANGE },
		{ CAP, "1048575", ERANGE },
		{ CAP, "1048576", 0 },
		{ DEFAULT, "1048577", ERANGE },
		{ DEFAULT, "1048576", 0 },
		{ DEFAULT, "0", 0 },
		{ CAP, "65536", 0 },
		{ CAP, "67108864", 0 },
		{ CAP, "67108865", EINVAL },
		{ CAP, "-1", EINVAL },
		{ CAP, "much", EINVAL },
		{ CAP, "0", 0 },
		{ ACCESS, "1", 0 },
		{ ACCESS, "2", 0 },
		{ ACCESS, "3", EINVAL },
		{ ACCESS, "4294967296", ERANGE },
		{ ACCESS, "-1", EINVAL },
		{ ACCESS, "anyone", EINVAL },
		{ ACCESS, "0", 0 },
		{ PORTS, "0-0", 0 },
		{ PORTS, "0-4294967295", 0 },
		{ PORTS, "0-4294967296", ERANGE },
		{ PORTS, "4294967296-4294967296", ERANGE },
		{ PORTS, "5-4", EINVAL },
		{ PORTS, "5", EINVAL },
		{ PORTS, "5-", EINVAL },
		{ PORTS, "-5", EINVAL },
		{ PORTS, "5--6", EINVAL },
		{ PORTS, "5-6-7", EINVAL },
		{ PORTS, "5-6,8-9", EINVAL },
		{ PORTS, "00000000000000000001-2", EINVAL },
		{ PORTS, "all", EINVAL },
		{ PORTS, "none", 0 },
		/* Buffers keep their size while the driver is bound. */
		{ RX_BUF, "8192", EACCES },
	};
	static const struct {
		const char *file, *text, *reads;
	} reads[] = {
		{ TX_MAX, "0x2000", "8192" }, { PORTS, "0x10-0x20", "16-32" },
		{ PORTS, "1-0x1", "1-1" },    { PORTS, "none\n", "none" },
		{ TX_MAX, "0\n", "0" },
	};
	char *memory = slurp("/proc/meminfo"), *text, number[32];
	unsigned long kb = memory ? strtoul(memory + strcspn(memory, "0123456789"), NULL, 10) : 0;
	unsigned long long most = kb * 1024ULL / 8;

	(void)argument;
	free(memory);
	reset();
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		expect(writes[i].file, writes[i].text, writes[i].error);
	expect_told(NAME ": tx_pkt_max takes 0, or 4096 to 65536");
	expect_told(NAME ": deny_ports takes none, or FIRST-LAST ");
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		expect(reads[i].file, reads[i].text, 0);
		text = slurp(reads[i].file);
		if (!text || strcmp(text, reads[i].reads))
			failed("'%s' to %s reads '%s'", reads[i].text, reads[i].file,
			       text ? text : "");
		free(text);
	}
	if (most > 64ULL * MIB)
		most = 64ULL * MIB;
	snprintf(number, sizeof(number), "%llu", most + 1);
	expect(DEFAULT, number, EINVAL);
	snprintf(number, sizeof(number), "%llu", most);
	expect(DEFAULT, number, 0);
	reset();
	passed("%zu writes, a default of up to %llu bytes", sizeof(writes) / sizeof(writes[0]),
	       most);
}

/* ---- access to the host ---------------------------------------------------------------- */

static int in_namespace(void)
{
	return unshare(CLONE_NEWNET);
}

static int as_nobody(void)
{
	return setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED);
}

static int in_user_namespace(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNET);
}

static int as_it_is(void)
{
	return 0;
}

static const struct who {
	const char *name;
	int (*become)(void);
	bool may[3]; /* allowed with host_access 0, 1 and 2 */
} everybody[] = {
	{ "root", as_it_is, { true, true, true } },
	{ "root in a network namespace", in_namespace, { true, false, true } },
	{ "a user", as_nobody, { true, true, false } },
	{ "root of a user namespace", in_user_namespace, { true, false, false } },
};

enum { EVERYBODY = sizeof(everybody) / sizeof(everybody[0]), CANNOT = 255 };

/* connect() as that user, in a separate process: 0, or errno. */
static int attempt(const struct who *who)
{
	int status, fd;
	pid_t child = start_child();

	if (!child) {
		if (who->become())
			_exit(CANNOT);
		fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
		_exit(fd < 0 || vsock_connect_host(fd, ECHO) ? errno : 0);
	}
	must(waitpid(child, &status, 0), "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CANNOT)
		failed("%s can't be had", who->name);
	return WEXITSTATUS(status);
}

/*
 * After a refused connect() FD waits for no answer, though it has a port: a packet to that port
 * must not reach it. ASKER may talk to the host. False if a packet does.
 */
static bool is_unconnected(int fd, int asker)
{
	struct sockaddr_vm address = { .svm_family = AF_VSOCK };
	socklen_t size = sizeof(address);
	char outcome = 0;
	int error = -1;

	if (getsockname(fd, (struct sockaddr *)&address, &size) ||
	    vsock_connect_host(asker, CALL + address.svm_port) || recv(asker, &outcome, 1, 0) != 1)
		return false;
	size = sizeof(error);
	return outcome == '-' && !getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) && !error;
}

/* The socket's namespace counts, and a refused connect() does not change the socket. */
static void prove_namespace_of_socket(void)
{
	int status, asker, fd;
	pid_t child = start_child();

	if (!child) {
		asker = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (in_namespace())
			_exit(CANNOT);
		fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (!vsock_connect_host(fd, ECHO) || errno != EACCES)
			_exit(1);
		if (!is_unconnected(fd, asker))
			_exit(2);
		if (write_to(ACCESS, "0") || vsock_connect_host(fd, ECHO) || echo(fd, 1000, 1000))
			_exit(3);
		_exit(0);
	}
	must(waitpid(child, &status, 0), "waitpid");
	if (status)
		failed("with a socket from outside of a namespace: status %#x", status);
}

static void prove_connect(const char *argument)
{
	unsigned long long refused = count_of("refused_connect");
	unsigned int n = 0;
	char level[2] = "0";

	(void)argument;
	reset();
	for (; level[0] <= '2'; level[0]++) {
		expect(ACCESS, level, 0);
		for (unsigned int i = 0; i < EVERYBODY; i++) {
			bool may = everybody[i].may[level[0] - '0'];
			int error = attempt(&everybody[i]);

			if (error != (may ? 0 : EACCES))
				failed("host_access %s, %s: %s", level, everybody[i].name,
				       strerror(error));
			n += !may;
		}
	}
	if (count_of("refused_connect") != refused + n)
		failed("%llu are counted, not %u", count_of("refused_connect") - refused, n);
	expect(ACCESS, "1", 0);
	prove_namespace_of_socket();
	reset();
	passed("%u of %u are refused, as they should", n, 3 * (unsigned int)EVERYBODY);
}

/* A listener of WHO's, in a process that accepts nothing. */
static pid_t start_listener(const struct who *who)
{
	int ready[2];
	char byte;
	pid_t child;

	must(pipe(ready), "pipe");
	child = start_child();
	if (!child) {
		close(ready[0]);
		if (who->become() || listen_to_all(PORT) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		failed("%s can't listen", who->name);
	close(ready[0]);
	return child;
}

/* Which listeners the host reaches: those of the users that may connect. */
static void prove_accept(const char *argument)
{
	unsigned long long refused = count_of("refused_accept");
	unsigned int n = 0;

	(void)argument;
	reset();
	for (unsigned int i = 0; i < EVERYBODY; i++) {
		pid_t child = start_listener(&everybody[i]);
		char level[2] = "0";

		for (; level[0] <= '2'; level[0]++) {
			bool may = everybody[i].may[level[0] - '0'];

			expect(ACCESS, level, 0);
			expect_call(PORT, may, everybody[i].name);
			n += !may;
		}
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	if (count_of("refused_accept") != refused + n)
		failed("%llu are counted, not %u", count_of("refused_accept") - refused, n);
	reset();
	passed("%u of %u are refused, as they should", n, 3 * (unsigned int)EVERYBODY);
}

static void prove_ports(const char *argument)
{
	unsigned long long refused = count_of("refused_port");
	char range[32];
	int fd[4], peer;

	(void)argument;
	reset();
	for (unsigned int i = 0; i < 4; i++)
		fd[i] = must(listen_to_all(PORT + i), "listen");
	expect_call(PORT + 4, false, "no listener");
	for (unsigned int i = 0; i < 4; i++)
		expect_call(PORT + i, true, "none is denied");
	snprintf(range, sizeof(range), "%u-%u", PORT + 1U, PORT + 2U);
	expect(PORTS, range, 0);
	for (unsigned int i = 0; i < 4; i++)
		expect_call(PORT + i, i == 0 || i == 3, "the ends of a range");
	/* Refused connections take no place in the accept queue. */
	for (int i = 0; i < AGAIN; i++)
		expect_call(PORT + 1, false, "again");
	refused = count_of("refused_port") - refused;
	if (refused != 2 + AGAIN)
		failed("%llu are counted, not %d", refused, 2 + AGAIN);
	expect(PORTS, "none", 0);
	expect_call(PORT + 1, true, "it is allowed again");
	for (unsigned int i = 0; i < 4; i++) {
		peer = must(accept(fd[i], NULL, NULL), "accept");
		close(peer);
		close(fd[i]);
	}
	passed("%s, and not beside", range);
}

/* ---- windows --------------------------------------------------------------------------- */

static void prove_default(const char *argument)
{
	int fd, listener, peer;

	(void)argument;
	reset();
	fd = vsock_to_host(SOCK_STREAM, ECHO);
	expect_window(fd, WINDOW, "a socket, with nothing set,");
	close(fd);
	expect(DEFAULT, "1048576", 0);
	fd = vsock_to_host(SOCK_STREAM, ECHO);
	expect_window(fd, MIB, "who connects");
	if (vsock_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE) != MIB)
		failed("its ceiling is %llu", vsock_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE));
	close(fd);
	listener = must(listen_to_all(PORT), "listen");
	expect_call(PORT, true, "with a default");
	peer = must(accept(listener, NULL, NULL), "accept");
	expect_window(peer, MIB, "who is accepted");
	close(peer);
	close(listener);
	fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, WINDOW / 2);
	must(vsock_connect_host(fd, ECHO), "connect");
	expect_window(fd, WINDOW / 2, "a program that chose");
	close(fd);
	reset();
	passed("1 MiB, and a program's own choice wins");
}

/* The bytes that arrive without a read, until no more come for a while. */
static size_t send_unread(int fd)
{
	size_t sent = 0;

	for (int idle = 0; idle < 10;) {
		ssize_t n = send(fd, data + sent, MIB - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			sent += (size_t)n;
			idle = 0;
		} else {
			wait_ms(50);
			idle++;
		}
	}
	return sent;
}

static void prove_cap(const char *argument)
{
	unsigned long long capped = count_of("capped"), before, unread;
	int old, fd;
	size_t sent;

	(void)argument;
	reset();
	old = vsock_to_host(SOCK_STREAM, ECHO);
	expect(CAP, "65536", 0);
	fd = vsock_to_host(SOCK_STREAM, ECHO);
	expect_window(fd, LEAST, "who connects under a ceiling");
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE, MUCH);
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, MUCH);
	expect_window(fd, LEAST, "a request for more");
	expect_window(old, WINDOW, "who was connected before");
	vsock_set_option(old, SO_VM_SOCKETS_BUFFER_SIZE, WINDOW - 1);
	expect_window(old, LEAST, "the same after another request");
	close(old);
	/* A window limits the bytes that the host sends. */
	before = count_of("rx_bytes");
	sent = send_unread(fd);
	unread = count_of("rx_bytes") - before;
	if (sent < LEAST || unread != LEAST)
		failed("%llu bytes of %zu come with a window of %d", unread, sent, LEAST);
	for (size_t back = 0; back < sent;) {
		ssize_t n = recv(fd, got + back, sent - back, 0);

		if (n <= 0)
			failed("%zu bytes of %zu come back", back, sent);
		back += (size_t)n;
	}
	if (memcmp(got, data, sent))
		failed("other bytes than were sent");
	close(fd);
	fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE, MUCH);
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, MUCH);
	must(vsock_connect_host(fd, ECHO), "connect");
	expect_window(fd, LEAST, "who asked before it connected");
	close(fd);
	if (count_of("capped") != capped + 4)
		failed("%llu are counted, not 4", count_of("capped") - capped);
	reset();
	passed("64 KiB at the most for any user, with %llu bytes unread", unread);
}

/* ---- packets ------------------------------------------------------------------------------ */

/* The packets with data for N bytes, each as long as possible. */
static unsigned long long packets(size_t n, size_t max)
{
	return (n + max - 1) / max;
}

static void prove_cut(const char *max, size_t n)
{
	unsigned long long sent = count_of("tx_packets"), bytes = count_of("tx_bytes");
	size_t limit = strtoul(max, NULL, 10);

	expect(TX_MAX, max, 0);
	expect_echo(n, n);
	sent = count_of("tx_packets") - sent;
	bytes = count_of("tx_bytes") - bytes;
	if (bytes != n || (limit && sent < packets(n, limit)))
		failed("with %s, %zu bytes are %llu in %llu packets", max, n, bytes, sent);
}

/* Send to a host that takes the data of a packet in one piece; NULL, or the fault. */
static const char *narrow(size_t n, int flags)
{
	int fd = vsock_to_host(SOCK_STREAM, NARROW), one = 1;
	const char *wrong = NULL;
	ssize_t back;

	if (flags & MSG_ZEROCOPY)
		must(setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)), "SO_ZEROCOPY");
	if (send(fd, data, n, flags | MSG_NOSIGNAL) != (ssize_t)n)
		failed("send: %s", strerror(errno));
	back = recv(fd, got, n, MSG_WAITALL);
	if (back != (ssize_t)n)
		wrong = back < 0 ? strerror(errno) : "the host hung up";
	else if (memcmp(got, data, n))
		wrong = "other bytes than were sent";
	close(fd);
	return wrong;
}

/* Kernels of 6.1 neither split packets nor send any without a copy. */
static void prove_narrow(void)
{
	bool splits = !is_release("6.1.");
	const char *wrong;

	expect(TX_MAX, "0", 0);
	if (splits && (!narrow(LONG, 0) || !narrow(SHORT, MSG_ZEROCOPY)))
		failed("a host that takes one piece gets all of it without a limit");
	expect(TX_MAX, "32000", 0);
	wrong = narrow(LONG, 0);
	if (!wrong && splits)
		wrong = narrow(SHORT, MSG_ZEROCOPY);
	if (wrong)
		failed("to a host that takes one piece: %s", wrong);
}

static void prove_transmit(const char *argument)
{
	static const char *const limits[] = { "0", "4096", "32000" };

	(void)argument;
	reset();
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		prove_cut(limits[i], LONG);
		prove_cut(limits[i], MIB);
	}
	prove_narrow();
	reset();
	passed("34,000 bytes and 1 MiB, whole, with 0, 4096, 32000; in one piece with 32000 only");
}

/* Messages of SEQPACKET, which end where they did, whatever packets they are in. */
static void prove_messages(const char *argument)
{
	static const size_t sizes[] = { 1, 4096, 4097, LONG, 200000 };
	int fd = must(socket(AF_VSOCK, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), "socket");
	unsigned long long sent;

	(void)argument;
	reset();
	if (vsock_connect_host(fd, NARROW)) {
		if (errno != ESOCKTNOSUPPORT)
			failed("connect: %s", strerror(errno));
		passed("not tried: this QEMU has no SEQPACKET");
	}
	expect(TX_MAX, "4096", 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sent = count_of("tx_packets");
		if (send(fd, data, sizes[i], 0) != (ssize_t)sizes[i])
			failed("send of %zu bytes: %s", sizes[i], strerror(errno));
		sent = count_of("tx_packets") - sent;
		if (sent < packets(sizes[i], 4096))
			failed("%zu bytes go in %llu packets", sizes[i], sent);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ssize_t n = recv(fd, got, sizeof(got), 0);

		if (n != (ssize_t)sizes[i] || memcmp(got, data, sizes[i]))
			failed("a message of %zu bytes comes back as %zd", sizes[i], n);
	}
	/* Such a message could never be read. */
	if (send(fd, data, WINDOW + 1, 0) >= 0)
		failed("a message longer than the window is taken");
	if (errno != EMSGSIZE && !is_release("6.1."))
		failed("a message longer than the window: %s", strerror(errno));
	close(fd);
	reset();
	passed("of 1 to 200000 bytes in packets of 4096");
}

static void load(const char *parameters, int error)
{
	int got_error = insert_module(NAME, parameters);

	if (got_error != error)
		failed("loaded with '%s': %s", parameters, strerror(got_error));
}

static void unload(void)
{
	expect_removal(NAME);
	if (!access(COUNTS, F_OK))
		failed("%s is still there", COUNTS);
}

/* How many packets with data come for a MiB. */
static unsigned long long receive(const char *parameters)
{
	unsigned long long before;

	unload();
	load(parameters, 0);
	before = count_of("rx_packets");
	expect_echo(MIB, MIB);
	return count_of("rx_packets") - before;
}

static void prove_receive(const char *argument)
{
	unsigned long long stock, large, copied;

	(void)argument;
	stock = receive("");
	if (count_of("rx_copied"))
		failed("packets are copied from the kernel's own buffers");
	receive("rx_buf_size=4096");
	receive("rx_buf_size=5000");
	large = receive("rx_buf_size=32768");
	if (stock < packets(MIB, 4096) || large > stock / 2)
		failed("%llu packets come in buffers of 4 KiB, %llu in those of 32", stock, large);
	copied = count_of("rx_copied");
	expect_echo(100, 1);
	expect_echo(16000, 16000);
	if (count_of("rx_copied") == copied)
		failed("a large buffer is kept for a few bytes");
	unload();
	load("", 0);
	passed("1 MiB comes in %llu packets, in %llu with large buffers", stock, large);
}

/* ---- loading and removal ------------------------------------------------------------------ */

/* The kernel's own transport is loaded first. */
static void prove_beside_stock(void)
{
	int error = insert_module(STOCK, "");

	if (error)
		failed("the kernel's own can't be loaded: %s", strerror(error));
	load("", EBUSY);
	if (!access(COUNTS, F_OK))
		failed("%s exists without the module", COUNTS);
	error = remove_module(STOCK);
	if (error)
		failed("the kernel's own can't be removed: %s", strerror(error));
}

static void prove_load(const char *argument)
{
	static const struct {
		const char *parameters;
		int error;
	} wrong[] = {
		{ "rx_buf_size=4095", EINVAL },
		{ "rx_buf_size=32769", EINVAL },
		{ "rx_buf_size=4294967296", ERANGE },
		{ "rx_buf_size=large", EINVAL },
		{ "tx_pkt_max=4095", EINVAL },
		{ "rcvbuf_cap=1048576 rcvbuf_default=2097152", ERANGE },
		{ "host_access=3", EINVAL },
		{ "deny_ports=2-1", EINVAL },
	};
	int error;

	(void)argument;
	unload();
	/* The kernel has a line in its log for each. */
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		load(wrong[i].parameters, wrong[i].error);
	if (!runs_old_code())
		prove_beside_stock();
	load("rx_buf_size=8192 tx_pkt_max=32000 rcvbuf_default=1048576 rcvbuf_cap=1048576 "
	     "host_access=2 deny_ports=1-2",
	     0);
	error = insert_module(STOCK, "");
	if (error != EBUSY)
		failed("the kernel's own beside it: %s", strerror(error));
	expect_echo(1000, 1000);
	unload();
	load("", 0);
	passed("refused with bad parameters, and beside the kernel's own");
}

static void prove_unload(const char *argument)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO), listener = must(listen_to_all(PORT), "listen");
	const char *wrong;
	int error = remove_module(NAME);

	(void)argument;
	if (error != EAGAIN)
		failed("removed with a connection: %s", strerror(error));
	wrong = echo(fd, 1000, 1000);
	if (wrong)
		failed("the connection, after that: %s", wrong);
	close(fd);
	unload();
	fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	/* The loopback transport, if loaded, serves as the host. */
	if (!vsock_connect_host(fd, ECHO))
		failed("connected without a transport");
	if (errno != ENODEV && errno != ECONNRESET)
		failed("without a transport, connect(): %s", strerror(errno));
	load("", 0);
	must(vsock_connect_host(fd, ECHO), "connect once it is back");
	expect_call(PORT, true, "a listener from before");
	close(fd);
	close(listener);
	passed("not with a connection, but with a listener");
}

static void prove_rebind(const char *argument)
{
	char *device = its_device();
	int fd, error = 0;
	socklen_t size = sizeof(error);

	(void)argument;
	for (int i = 0; i < CYCLES; i++) {
		fd = vsock_to_host(SOCK_STREAM, ECHO);
		expect(DRIVER "/unbind", device, 0);
		must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), "SO_ERROR");
		if (error != ECONNRESET)
			failed("a connection when the device goes: %s", strerror(error));
		close(fd);
		fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
		if (!vsock_connect_host(fd, ECHO))
			failed("connected without a device");
		if (errno != ENODEV)
			failed("without a device, connect(): %s", strerror(errno));
		close(fd);
		expect(DRIVER "/bind", device, 0);
		expect_echo(1000, 1000);
	}
	passed("%s bound %d times, with a connection each", device, CYCLES);
}

static void prove_reload(const char *argument)
{
	const int n = cycles(CYCLES);
	pid_t reader;

	(void)argument;
	/* Another process reads its counts all the time. */
	reader = start_child();
	if (!reader) {
		for (;;)
			free(slurp(COUNTS));
	}
	for (int i = 0; i < n; i++) {
		unload();
		load("rx_buf_size=32768 tx_pkt_max=4096 rcvbuf_default=1048576 host_access=1", 0);
		expect_echo(LONG, LONG);
	}
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
	unload();
	load("", 0);
	expect_echo(MIB, MIB);
	passed("loaded %d times", n);
}

void prove_vsockng(void)
{
	char *device = its_device();

	if (!device)
		return;
	free(device);
	make_data();
	trial("ng-knobs", prove_knobs, NULL, PATIENCE);
	trial("ng-connect", prove_connect, NULL, PATIENCE);
	trial("ng-accept", prove_accept, NULL, PATIENCE);
	trial("ng-ports", prove_ports, NULL, PATIENCE);
	trial("ng-default", prove_default, NULL, PATIENCE);
	trial("ng-cap", prove_cap, NULL, PATIENCE);
	trial("ng-transmit", prove_transmit, NULL, PATIENCE);
	trial("ng-messages", prove_messages, NULL, PATIENCE);
	trial("ng-receive", prove_receive, NULL, PATIENCE);
	trial("ng-load", prove_load, NULL, PATIENCE);
	trial("ng-unload", prove_unload, NULL, PATIENCE);
	trial("ng-rebind", prove_rebind, NULL, PATIENCE);
	trial("ng-reload", prove_reload, NULL, PATIENCE + 4 * (unsigned int)cycles(CYCLES));
}
