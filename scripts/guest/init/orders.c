// SPDX-License-Identifier: GPL-2.0-only
/*
 * With keelson.orders on the command line: our own modules and the transports of vsock, which do
 * not depend on each other, are removed and loaded in every order, and must work each time. The
 * transport to the host is the one that has the device, or none without a device.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

enum {
	PATIENCE = 300, /* seconds */
	MOST = 4, /* modules */
	ECHO = 7, /* a port of vsockd's, see its man page */
	PORT = 40600,
	BYTES = 1000,
	WINDOW = 1024 * 1024, /* bytes, as vsock_tune gets it below */
	RNG = 4, /* ids of virtio devices */
	VSOCK = 19,
};

static const struct part {
	const char *name, *parameters;
} vqmon = { "virtio_vqmon", "sample_ms=1" },
  tune = { "vsock_tune", "rcvbuf_default=1048576 sweep_ms=1" },
  loopback = { "vsock_loopback", "" },
  transports[] = { { "virtio_vsock_ng", "" }, { "vmw_vsock_virtio_transport", "" } };

static bool is_there(const struct part *part)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", part->name);
	return !access(path, F_OK);
}

/* ---- with all loaded ------------------------------------------------------------------- */

/* BYTES from FD to PEER, which may be the same. */
static void expect_data(int fd, int peer, const char *whose)
{
	char data[BYTES], got[BYTES];

	memset(data, 'k', sizeof(data));
	if (send(fd, data, sizeof(data), MSG_NOSIGNAL) != BYTES ||
	    recv(peer, got, sizeof(got), MSG_WAITALL) != BYTES || memcmp(got, data, BYTES))
		failed("%s do not arrive: %s", whose, strerror(errno));
}

static void expect_tuned(int fd, const char *whose)
{
	for (int i = 0; i < 100 && vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE) != WINDOW; i++)
		wait_ms(20);
	if (vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE) != WINDOW)
		failed("the window of %s is %llu", whose, vsock_option(fd, SO_VM_SOCKETS_BUFFER_SIZE));
}

static void expect_loopback(void)
{
	int listener = must(vsock_listen(SOCK_STREAM, PORT), "listen"), fd, peer;
	const char *wrong;

	expect_tuned(listener, "a listener");
	wrong = vsock_join(listener, SOCK_STREAM, PORT, &fd, &peer);
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	expect_tuned(peer, "who was accepted");
	expect_data(fd, peer, "bytes over loopback");
	close(fd);
	close(peer);
	close(listener);
}

static void expect_host(void)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO);

	expect_tuned(fd, "who connects to the host");
	expect_data(fd, fd, "the host's echoes");
	close(fd);
}

/* Are queues of the device by that ID watched? */
static void expect_row(unsigned int id)
{
	char *text = slurp("/proc/virtio_vqmon"), *rest = text, *line;
	bool is = false;
	unsigned int its;

	while ((line = strsep(&rest, "\n")))
		is |= sscanf(line, "%*s %u", &its) == 1 && its == id;
	if (!is)
		failed("virtio_vqmon does not list device %u", id);
	free(text);
}

/* ---- every order ----------------------------------------------------------------------- */

static const struct part *parts[MOST], *host;
static int n_parts, n_orders;

static void try_order(void)
{
	n_orders++;
	for (int i = 0; i < n_parts; i++)
		expect_removal(parts[i]->name);
	for (int i = 0; i < n_parts; i++) {
		int error = insert_module(parts[i]->name, parts[i]->parameters);

		if (error)
			failed("%s, in order %d at place %d: %s", parts[i]->name, n_orders, i + 1,
			       strerror(error));
	}
	if (is_there(&loopback))
		expect_loopback();
	if (host) {
		expect_host();
		expect_row(VSOCK);
	}
	expect_row(RNG);
}

static void swap(int i, int j)
{
	const struct part *part = parts[i];

	parts[i] = parts[j];
	parts[j] = part;
}

/* All orders that begin with the first N as they are. */
static void try_orders(int n)
{
	if (n == n_parts)
		try_order();
	for (int i = n; i < n_parts; i++) {
		swap(i, n);
		try_orders(n + 1);
		swap(i, n);
	}
}

static void prove(const char *argument)
{
	(void)argument;
	if (runs_old_code())
		passed("not tried where a module may run a removed one's code");
	try_orders(0);
	passed("%d orders of %d modules, with %s", n_orders, n_parts, host ? host->name : "none to the host");
}

void prove_orders(void)
{
	if (!is_on_cmdline("keelson.orders"))
		return;
	parts[n_parts++] = &vqmon;
	parts[n_parts++] = &tune;
	/* Production has none. */
	if (is_there(&loopback) || !insert_module(loopback.name, loopback.parameters))
		parts[n_parts++] = &loopback;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (!host && is_there(&transports[i]))
			parts[n_parts++] = host = &transports[i];
	}
	/* Each order begins with their removal. */
	for (int i = 0; i < n_parts; i++)
		if (!is_there(parts[i]))
			insert_module(parts[i]->name, parts[i]->parameters);
	trial("orders", prove, NULL, PATIENCE);
}
