// SPDX-License-Identifier: GPL-2.0-only
/*
 * modules/vsock_reset: connections to a host that has forgotten them, which vsockd does on
 * request, and those over the loopback transport, which stay. And with keelson.restore on the
 * command line: boot.sh saves the guest, and restores it as another generation.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "hang.h"
#include "trial.h"
#include "vsock.h"

#define NAME "vsock_reset"
#define PARAMETERS "/sys/module/" NAME "/parameters/"
#define RESET PARAMETERS "reset"

enum {
	PATIENCE = 60, /* seconds */
	PORT = 40700,
	ECHO = 7, /* ports of vsockd's, see its man page */
	FORGET = 37,
	CALL = 65536,
	SILENCE = 3000, /* milliseconds, in which a connection that is forgotten has no event */
	SOON = 1000,
	CYCLES = 20,
};

/* ---- help ------------------------------------------------------------------------ */

static unsigned int count_of(const char *parameter)
{
	char *text = slurpf(PARAMETERS "%s", parameter);
	unsigned int n = text ? (unsigned int)atoi(text) : 0;

	if (!text)
		failed("%s: %s", parameter, strerror(errno));
	free(text);
	return n;
}

static void expect_echo(int fd, int peer, const char *whose)
{
	char got[6] = "";

	if (send(fd, "hello", 5, MSG_NOSIGNAL) != 5 || recv(peer, got, 5, MSG_WAITALL) != 5 ||
	    strcmp(got, "hello"))
		failed("%s does not work: %s", whose, strerror(errno));
}

static bool has_event(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return must(poll(&p, 1, (int)slower((unsigned int)ms)), "poll");
}

/* What poll(2) and SO_ERROR report at once of a connection that was reset. */
static void expect_reset(int fd, const char *whose)
{
	socklen_t size = sizeof(int);
	char byte = 0;
	int error = 0;

	if (!has_event(fd, SOON))
		failed("%s goes on hanging", whose);
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), "SO_ERROR");
	if (error != ECONNRESET)
		failed("%s has the error '%s'", whose, strerror(error));
	if (send(fd, &byte, 1, MSG_NOSIGNAL) >= 0)
		failed("%s still takes data", whose);
}

/* The host connects to LISTENER, at PORT. */
static int call_from_host(int listener)
{
	int asker = vsock_to_host(SOCK_STREAM, CALL + PORT), fd;
	char outcome = 0;

	if (recv(asker, &outcome, 1, 0) != 1 || outcome != '+')
		failed("the host's call fails: '%c'", outcome);
	fd = must(accept(listener, NULL, NULL), "accept");
	close(asker);
	return fd;
}

static int listen_for_host(void)
{
	struct sockaddr_vm any = {
		.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = PORT,
	};
	int fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");

	must(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	must(listen(fd, 8), "listen");
	return fd;
}

/* A child that waits for data, and exits with the error that it gets. */
static pid_t reader(int fd)
{
	pid_t child = must(fork(), "fork");
	char byte;

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(recv(fd, &byte, 1, 0) < 0 ? errno : 0);
}

static void expect_end_of(pid_t child)
{
	int status = 0, i;

	for (i = 0; i < 50 && !waitpid(child, &status, WNOHANG); i++)
		wait_ms(SOON / 50);
	if (i == 50)
		failed("who waits for data goes on hanging");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != ECONNRESET)
		failed("who waits for data: %s", WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "a signal");
}

/* ---- connections to the host --------------------------------------------------------- */

/* As long as the guest sends nothing, only its own reset can end what the host has forgotten. */
static void prove_host(const char *argument)
{
	int listener = listen_for_host(), called = call_from_host(listener), other;
	int first = vsock_to_host(SOCK_STREAM, ECHO), second = vsock_to_host(SOCK_STREAM, ECHO);
	unsigned int before = count_of("connections");
	pid_t waits;

	(void)argument;
	expect_echo(called, called, "who was called");
	expect_echo(first, first, "the host's echo");
	expect_echo(second, second, "the host's echo");
	waits = reader(second);
	other = vsock_to_host(SOCK_STREAM, FORGET);
	expect_echo(other, other, "the host that has forgotten the rest");
	if (has_event(first, SILENCE) || has_event(called, 0) || waitpid(waits, NULL, WNOHANG))
		failed("without a reset the connections end: nothing to prove");
	expect(RESET, "0", 0);
	expect(RESET, "soon", EINVAL);
	if (has_event(first, 0) || count_of("connections") != before)
		failed("writing 0 resets");
	expect(RESET, "1", 0);
	expect_end_of(waits);
	expect_reset(first, "who connected");
	expect_reset(called, "who was called");
	expect_reset(other, "who connected last");
	if (count_of("connections") - before < 4)
		failed("%u connections are counted", count_of("connections") - before);
	close(called);
	/* Before the program has closed its socket the host can call, from the same ports. */
	called = call_from_host(listener);
	expect_echo(called, called, "the listener");
	other = vsock_to_host(SOCK_STREAM, ECHO);
	expect_echo(other, other, "a new connection");
	passed("what hung for %d ms ends with ECONNRESET, %u connections; the listener works", SILENCE,
	       count_of("connections") - before);
}

/* A program that owns its socket for as long as it likes does not stop the others' reset. */
static void prove_stuck(const char *argument)
{
	int stuck = vsock_to_host(SOCK_STREAM, ECHO), other = vsock_to_host(SOCK_STREAM, ECHO);
	const char *bytes = hang_start();
	pid_t child;

	(void)argument;
	if (!bytes)
		passed("not tried: a kernel without FUSE");
	child = hang_sender(stuck, bytes);
	wait_ms(SOON);
	expect(RESET, "1", 0);
	expect_reset(other, "another connection");
	if (waitpid(child, NULL, WNOHANG))
		failed("who owns its socket does not hang: nothing to prove");
	/* Even poll(2) waits for the owner of this one. */
	hang_end();
	waitpid(child, NULL, 0);
	expect_reset(stuck, "a socket that its program owned");
	passed("a sender that hangs in a page fault is reset, too");
}

/* ---- others --------------------------------------------------------------------------- */

static void prove_loopback(const char *argument)
{
	const int n = cycles(CYCLES);
	unsigned int before;
	const char *wrong;
	int fd, peer;

	(void)argument;
	wrong = vsock_pair(SOCK_STREAM, PORT, &fd, &peer);
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	for (int i = 0; i < n; i++) {
		expect_removal(NAME);
		must(-insert_module(NAME, ""), "insert");
		before = count_of("connections");
		expect(RESET, "1", 0);
		expect_echo(fd, peer, "a connection inside of the guest");
		expect_echo(peer, fd, "a connection inside of the guest");
		if (count_of("connections") != before)
			failed("%u connections are counted", count_of("connections"));
	}
	passed("a connection inside of the guest stays, module loaded %d times", n);
}

/* boot.sh waits for the message, and then gives the guest to a new QEMU. */
static void prove_restored(const char *argument)
{
	const bool loopback = !access("/sys/module/vsock_loopback", F_OK);
	unsigned int before = count_of("generations");
	int fd, peer;

	(void)argument;
	if (before)
		failed("the generation has changed %u times already", before);
	if (loopback && vsock_pair(SOCK_STREAM, PORT, &fd, &peer))
		failed("a connection inside of the guest: %s", strerror(errno));
	expect("/dev/kmsg", "<6>guest: ready to be saved", 0);
	for (unsigned int i = 0; i < 10 * PATIENCE && !count_of("generations"); i++)
		wait_ms(100);
	if (count_of("generations") != 1)
		failed("the generation has changed %u times, not once", count_of("generations"));
	wait_ms(SOON);
	expect_told(NAME ": 0 connections to the host reset");
	if (!loopback)
		passed("a new generation is noticed");
	expect_echo(fd, peer, "a connection inside of the guest");
	passed("a new generation is noticed, and connections inside of the guest stay");
}

void prove_vsockreset(void)
{
	if (access("/sys/module/" NAME, F_OK))
		return;
	if (is_on_cmdline("keelson.restore"))
		trial("reset-restored", prove_restored, NULL, 2 * PATIENCE);
	if (!access("/sys/module/vsock_loopback", F_OK))
		trial("reset-loopback", prove_loopback, NULL, PATIENCE + 2 * (unsigned int)cycles(CYCLES));
	if (!vsock_has_host())
		return;
	trial("reset-host", prove_host, NULL, PATIENCE);
	trial("reset-stuck", prove_stuck, NULL, PATIENCE);
}
