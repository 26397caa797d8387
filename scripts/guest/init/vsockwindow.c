// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysctls net.vsock.rmem_default and rmem_max, of our patch that is under review
 * (docs/upstream.md), over the loopback transport: the values they accept, which sockets follow
 * them, who may write them, and their use.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

enum {
	PATIENCE = 60, /* seconds */
	PORT = 40200,
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

static void prove_sockets(const char *argument)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	unsigned long long much = 4ULL * RAISED;

	(void)argument;
	for (int i = 0; i < 2; i++) {
		int old, listener, fd, peer;
		const char *wrong;

		set_stock();
		old = new_socket(types[i]);
		set("4194304", "8388608");
		listener = must(vsock_listen(types[i], PORT), "listen");
		must_have("a new socket", listener, RAISED, TWICE);
		must_have("one from before", old, STOCK, STOCK);
		set_stock();
		must_have("one that a write found", listener, RAISED, TWICE);
		wrong = vsock_join(listener, types[i], PORT, &fd, &peer);
		if (wrong)
			failed("%s: %s", wrong, strerror(errno));
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

/* In another network namespace, with every privilege that there is in it. */
static void must_be_read_only(unsigned long long size, unsigned long long ceiling)
{
	expect(DEFAULT, "524288", EACCES);
	expect(CEILING, MOST, EACCES);
	if (value_of(DEFAULT) != size || value_of(CEILING) != ceiling)
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
	passed("the first network namespace's root alone; others read them and follow");
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
	if (before == VSOCK_MESSAGES || error != ENOBUFS)
		failed("without them %d of %d arrive: %s; no loss to prevent", before,
		       VSOCK_MESSAGES, strerror(error));
	set("4194304", "4194304");
	after = unread(&error);
	set_stock();
	if (after != VSOCK_MESSAGES || error)
		failed("%d of %d arrive: %s", after, VSOCK_MESSAGES, strerror(error));
	passed("%d of %d unread messages arrive, %d before", after, VSOCK_MESSAGES, before);
}

void prove_vsockwindow(void)
{
	/* What vsock_tune sets says nothing of them. */
	if (access(DEFAULT, F_OK) || access("/sys/module/vsock_loopback", F_OK) ||
	    is_on_cmdline("vsock_tune.rcvbuf_default="))
		return;
	trial("window-knobs", prove_knobs, NULL, PATIENCE);
	trial("window-sockets", prove_sockets, NULL, PATIENCE);
	trial("window-namespaces", prove_namespaces, NULL, PATIENCE);
	trial("window-messages", prove_messages, NULL, PATIENCE);
}
