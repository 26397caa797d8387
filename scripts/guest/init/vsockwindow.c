// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysctls net.vsock.rmem_default and rmem_max, and the parameters of vsock by the same names,
 * which our patch adds (docs/upstream.md): the values they accept, which sockets follow them, who
 * may write them, and their use. Over the loopback transport where it is loaded, and with the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

#define DEFAULT "/proc/sys/net/vsock/rmem_default"
#define CEILING "/proc/sys/net/vsock/rmem_max"
#define MOST "67108864"
#define ON_CMDLINE "vsock.rmem_"

enum {
	PATIENCE = 60, /* seconds */
	PORT = 40200,
	CALL = 65536, /* the host connects to the port of the guest that is so much less */
	UNPRIVILEGED = 65534,
	STOCK = 256 * 1024, /* bytes */
	RAISED = 4 * 1024 * 1024,
	TWICE = 2 * RAISED,
};

/* ---- help ------------------------------------------------------------------------ */

/* Neither may pass the other on its way. */
static void set(const char *size, const char *ceiling)
{
	expect(CEILING, MOST, 0);
	expect(DEFAULT, size, 0);
	expect(CEILING, ceiling, 0);
}

static void set_stock(void)
{
	set("262144", "262144");
}

static unsigned long long value_of(const char *file)
{
	char *text = slurp(file);
	unsigned long long value = text ? strtoull(text, NULL, 10) : 0;

	if (!text)
		failed("%s: %s", file, strerror(errno));
	free(text);
	return value;
}

static int new_socket(int type)
{
	return must(socket(AF_VSOCK, type | SOCK_CLOEXEC, 0), "socket");
}

static void must_have(const char *who, int fd, unsigned long long size, unsigned long long ceiling)
{
	unsigned long long is = vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE);
	unsigned long long most = vsock_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE);

	if (is != size || most != ceiling)
		failed("%s has a window of %llu, at most %llu; not %llu, %llu", who, is, most, size,
		       ceiling);
}

/* ---- the command line ------------------------------------------------------------------ */

/* The value that it has for a parameter, or the kernel's own. */
static unsigned long long on_cmdline(const char *parameter)
{
	char *cmdline = slurp("/proc/cmdline"), *at = cmdline ? strstr(cmdline, parameter) : NULL;
	unsigned long long value = at ? strtoull(at + strlen(parameter), NULL, 10) : STOCK;

	free(cmdline);
	return value;
}

/* In bytes. What the kernel frees after it has bounded the parameters is some percent of it. */
static unsigned long long memory(void)
{
	char *text = slurp("/proc/meminfo"), *at = text ? strstr(text, "MemTotal:") : NULL;
	unsigned long long kib = at ? strtoull(at + strlen("MemTotal:"), NULL, 10) : 0;

	free(text);
	return kib << 10;
}

/* Is VALUE what WANTED is bounded to, by an eighth of the memory? */
static bool is_bounded(unsigned long long value, unsigned long long wanted)
{
	const unsigned long long eighth = memory() / 8;

	return value < wanted && value > STOCK && value <= eighth && value >= eighth / 10 * 8;
}

static void prove_start(const char *argument)
{
	unsigned long long size = on_cmdline(ON_CMDLINE "default=");
	unsigned long long ceiling = on_cmdline(ON_CMDLINE "max=");
	const unsigned long long has_size = value_of(DEFAULT), has_ceiling = value_of(CEILING);

	(void)argument;
	must_have("the first socket", new_socket(SOCK_STREAM), has_size, has_ceiling);
	if (has_size == size && has_ceiling == ceiling)
		passed("%llu, at most %llu, as the command line says", size, ceiling);
	if (!is_bounded(has_ceiling, ceiling) || has_size != (size < has_ceiling ? size : has_ceiling))
		failed("%llu, at most %llu, of %llu KiB of memory; the command line has %llu, %llu",
		       has_size, has_ceiling, memory() >> 10, size, ceiling);
	expect_told("vsock: rmem_default=");
	passed("%llu, at most %llu, an eighth of the memory, of %llu, %llu on the command line",
	       has_size, has_ceiling, size, ceiling);
}

/* ---- accepted values --------------------------------------------------------------- */

static void prove_knobs(const char *argument)
{
	static const struct {
		const char *file, *text;
		int error;
	} writes[] = {
		/* Both are 262144. */
		{ DEFAULT, "262143", EINVAL },
		{ DEFAULT, "262145", EINVAL },
		{ DEFAULT, "262144", 0 },
		{ CEILING, "262143", EINVAL },
		{ CEILING, "67108865", EINVAL },
		{ CEILING, "67108864", 0 },
		{ DEFAULT, "67108865", EINVAL },
		{ DEFAULT, "67108864", 0 },
		{ CEILING, "67108863", EINVAL },
		{ DEFAULT, "1048576", 0 },
		{ CEILING, "1048575", EINVAL },
		{ CEILING, "1048576", 0 },
		{ DEFAULT, "1048577", EINVAL },
		{ DEFAULT, "0x80000", 0 },
		{ DEFAULT, "0", EINVAL },
		{ DEFAULT, "-1", EINVAL },
		{ DEFAULT, "-262144", EINVAL },
		{ DEFAULT, "4294967296", EINVAL },
		{ DEFAULT, "4295491584", EINVAL }, /* 2^32 + 524288 */
		{ DEFAULT, "18446744073710075904", EINVAL }, /* 2^64 + 524288 */
		{ DEFAULT, "much", EINVAL },
		{ DEFAULT, "524288k", EINVAL },
		{ DEFAULT, "\n", EINVAL },
		{ CEILING, "0", EINVAL },
		{ CEILING, "-1", EINVAL },
		{ CEILING, "4295491584", EINVAL },
		{ CEILING, "much", EINVAL },
	};
	const size_t n = sizeof(writes) / sizeof(writes[0]);

	(void)argument;
	set_stock();
	for (size_t i = 0; i < n; i++) {
		unsigned long long before = value_of(writes[i].file), wanted, is;

		expect(writes[i].file, writes[i].text, writes[i].error);
		wanted = writes[i].error ? before : strtoull(writes[i].text, NULL, 0);
		is = value_of(writes[i].file);
		if (is != wanted)
			failed("after '%s' %s is %llu, not %llu", writes[i].text, writes[i].file,
			       is, wanted);
	}
	set_stock();
	passed("%zu writes, to %s bytes", n, MOST);
}

/* ---- which sockets follow them ------------------------------------------------------- */

/* A connection by way of LISTENER, which both ends have from their start. */
static void connect_to(int listener, int type, int *fd, int *peer)
{
	const char *wrong = vsock_join(listener, type, PORT, fd, peer);

	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
}

/* How many bytes FD takes that are not read; both are closed. */
static unsigned long long in_flight(int fd, int peer)
{
	static const char data[65536];
	unsigned long long sum = 0;
	ssize_t n;

	while ((n = send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		sum += (unsigned long long)n;
	if (errno != EAGAIN)
		failed("after %llu bytes: %s", sum, strerror(errno));
	close(fd);
	close(peer);
	return sum;
}

/* Who sends at once has the smaller of both windows in flight, so that one alone is of no use. */
static void prove_ends(const char *argument)
{
	unsigned long long both, alone;
	int listener, fd, peer;

	(void)argument;
	set("4194304", "8388608");
	listener = must(vsock_listen(SOCK_STREAM, PORT), "listen");
	connect_to(listener, SOCK_STREAM, &fd, &peer);
	must_have("who connects", fd, RAISED, TWICE);
	must_have("who is accepted", peer, RAISED, TWICE);
	both = in_flight(fd, peer);
	set_stock();
	connect_to(listener, SOCK_STREAM, &fd, &peer);
	must_have("who is accepted by a listener from before", peer, RAISED, TWICE);
	alone = in_flight(fd, peer);
	close(listener);
	if (both != RAISED || alone != STOCK)
		failed("%llu bytes in flight with both windows raised, %llu with one", both, alone);
	passed("%llu bytes in flight, %llu with one end raised alone", both, alone);
}

/* The same with the host: who connects to it, and who it connects to. */
static void prove_host(const char *argument)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_ANY,
		.svm_port = PORT,
	};
	int listener, fd, peer;

	(void)argument;
	set("4194304", "8388608");
	listener = new_socket(SOCK_STREAM);
	fd = new_socket(SOCK_STREAM);
	set_stock();
	must(bind(listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	must(listen(listener, 1), "listen");
	must(vsock_connect_host(fd, CALL + PORT), "connect to the host");
	peer = must(accept(listener, NULL, NULL), "accept");
	must_have("who connects to the host", fd, RAISED, TWICE);
	must_have("who accepts the host", peer, RAISED, TWICE);
	vsock_set_option(peer, SO_VM_SOCKETS_BUFFER_SIZE, TWICE);
	must_have("a program that sets its own", peer, TWICE, TWICE);
	passed("both ends' sockets have it before the host hears of them");
}

static void prove_sockets(const char *argument)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	unsigned long long much = 4ULL * RAISED;

	(void)argument;
	for (int i = 0; i < 2; i++) {
		int old, listener, fd, peer;

		set_stock();
		old = new_socket(types[i]);
		set("4194304", "8388608");
		listener = must(vsock_listen(types[i], PORT), "listen");
		must_have("a new socket", listener, RAISED, TWICE);
		must_have("one from before", old, STOCK, STOCK);
		set_stock();
		must_have("one that a write found", listener, RAISED, TWICE);
		connect_to(listener, types[i], &fd, &peer);
		must_have("who connects", fd, STOCK, STOCK);
		must_have("who is accepted", peer, RAISED, TWICE);
		must(setsockopt(peer, AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, &much, sizeof(much)),
		     "setsockopt");
		must_have("a program that requests more than the ceiling", peer, TWICE, TWICE);
		close(fd);
		close(peer);
		close(listener);
		close(old);
	}
	passed("new ones and no others; who is accepted inherits");
}

/* ---- who may write them ---------------------------------------------------------------- */

/*
 * In another network namespace, with every privilege that there is in it. Before 7.2 it has none
 * of vsock's sysctls.
 */
static void must_be_read_only(unsigned long long size, unsigned long long ceiling)
{
	const int refusal = access(DEFAULT, F_OK) ? ENOENT : EACCES;

	expect(DEFAULT, "524288", refusal);
	expect(CEILING, MOST, refusal);
	if (refusal == EACCES && (value_of(DEFAULT) != size || value_of(CEILING) != ceiling))
		failed("another namespace reads %llu and %llu", value_of(DEFAULT),
		       value_of(CEILING));
	must_have("another namespace's socket", new_socket(SOCK_STREAM), size, ceiling);
}

static void prove_namespaces(const char *argument)
{
	int home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "/proc/self/ns/net");

	(void)argument;
	set("4194304", "8388608");
	must(unshare(CLONE_NEWNET), "unshare");
	must_be_read_only(RAISED, TWICE);
	must(setns(home, CLONE_NEWNET), "setns");
	set_stock();
	must(setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED), "setresuid");
	expect(DEFAULT, "262144", EACCES);
	must(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare");
	must_be_read_only(STOCK, STOCK);
	passed("the first network namespace's root alone; others follow");
}

/* ---- their use -------------------------------------------------------------------------- */

/* Of a connection that is made now. */
static int unread(int *error)
{
	int fd, peer;
	const char *wrong = vsock_pair(SOCK_SEQPACKET, PORT, &fd, &peer);

	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	return vsock_unread(fd, peer, error);
}

static void prove_messages(const char *argument)
{
	int before, after, error;

	(void)argument;
	set_stock();
	before = unread(&error);
	if (vsock_counts_overhead() ? before == VSOCK_MESSAGES || error != ENOBUFS :
				      before != VSOCK_MESSAGES || error)
		failed("without them %d of %d arrive: %s", before, VSOCK_MESSAGES, strerror(error));
	set("4194304", "4194304");
	after = unread(&error);
	set_stock();
	if (after != VSOCK_MESSAGES || error)
		failed("%d of %d arrive: %s", after, VSOCK_MESSAGES, strerror(error));
	passed("%d of %d unread messages arrive, %d before", after, VSOCK_MESSAGES, before);
}

/* Does the kernel's own transport have a device? */
static bool has_host(void)
{
	glob_t found;

	if (glob("/sys/bus/virtio/drivers/vmw_vsock_virtio_transport/virtio*", 0, NULL, &found))
		return false;
	globfree(&found);
	return true;
}

/* The values from before, which further trials are run with. */
static void restore(const char *size, const char *ceiling)
{
	write_to(CEILING, MOST);
	write_to(DEFAULT, size);
	write_to(CEILING, ceiling);
}

static void prove_pair(void)
{
	char *size = slurp(DEFAULT), *ceiling = slurp(CEILING);

	trial("window-start", prove_start, NULL, PATIENCE);
	trial("window-knobs", prove_knobs, NULL, PATIENCE);
	trial("window-namespaces", prove_namespaces, NULL, PATIENCE);
	if (!access("/sys/module/vsock_loopback", F_OK)) {
		trial("window-sockets", prove_sockets, NULL, PATIENCE);
		trial("window-ends", prove_ends, NULL, PATIENCE);
		trial("window-messages", prove_messages, NULL, PATIENCE);
	}
	if (has_host())
		trial("window-host", prove_host, NULL, PATIENCE);
	if (size && ceiling)
		restore(size, ceiling);
	free(size);
	free(ceiling);
}

void prove_vsockwindow(void)
{
	/* What vsock_tune sets says nothing of them; and a benchmark has its own windows. */
	if (access(DEFAULT, F_OK) || is_on_cmdline("vsock_tune.rcvbuf_default=") ||
	    is_on_cmdline("keelson.bulk"))
		return;
	prove_pair();
}
