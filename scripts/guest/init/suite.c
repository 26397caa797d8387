// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel tree's own tests of vsock, tools/testing/vsock, with both ends in this guest:
 * over the loopback transport, and over TCP for messages between the ends. Each
 * test is a line of "N - NAME...", possibly warnings, and "ok" or "skipped"; an end exits at the
 * first failure, and the other end when it loses the connection.
 */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

/* tests/quick/suite.t has others. */
#ifndef PROGRAM
#define PROGRAM "/vsock_test"
#define PATIENCE 300 /* seconds for all tests */
#define GRACE 30 /* for an end whose other end has failed; alone it waits for 10 */
#endif

#define PARAMETERS "/sys/module/vsock_tune/parameters/"
#define STATS "/proc/net/vsock_tune/stats"

enum { WORDS = 32 /* of a command, at the most */ };

/* The listed tests, and those of them to skip. */
struct selection {
	unsigned int listed;
	char options[256], names[256];
};

/* The client or the server; its output has the results of its tests. */
struct end {
	const char *mode;
	pid_t pid; /* 0 once it has ended */
	int output, status;
	bool hangs;
	unsigned int passed, skipped;
	const char *test; /* the test that it has not finished, or NULL */
	const char *why; /* its last words */
	char how[64];
};

/* ---- which tests ----------------------------------------------------------------- */

/* A number in the stats of vsock_tune, -1 without one. */
static long stat_of(const char *name)
{
	char *text = slurp(STATS), *rest = text, *line;
	size_t n = strlen(name);
	long value = -1;

	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, name, n) && line[n] == ' ')
			value = strtol(line + n, NULL, 10);
	}
	free(text);
	return value;
}

/* Is vsock_tune loaded, with a window to set? */
static bool is_tuned(void)
{
	char *size = slurp(PARAMETERS "rcvbuf_default");
	bool is = size && strcmp(size, "0");

	free(size);
	return is;
}

static bool must_skip(const char *test)
{
	struct utsname uts;

	uname(&uts);
	/* Is to see 400 KiB copied, for being more than a window; they are not more than ours. */
	if (!strcmp(test, "SOCK_STREAM MSG_ZEROCOPY"))
		return is_tuned();
	/* Our own, of the defaults of sockets: vsock_tune sets them. */
	if (!strcmp(test, "SOCK_SEQPACKET sysctls rmem_default, rmem_max"))
		return is_tuned();
	/* Sends a byte more than the window that it has read, which a sweep may raise meanwhile. */
	if (!strcmp(test, "SOCK_SEQPACKET big message"))
		return is_tuned();
	/* In 6.1 gives SO_RCVLOWAT a long for an int, whose first half is 0 in this byte order. */
	if (!strcmp(test, "SOCK_STREAM poll() + SO_RCVLOWAT"))
		return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && !strncmp(uts.release, "6.1.", 4);
	return false;
}

/* ---- the two ends ---------------------------------------------------------------- */

static void start(struct end *e, char *options)
{
	static char program[] = PROGRAM;
	char *words[WORDS] = { program };

	e->output = must(memfd_create(e->mode, MFD_CLOEXEC), "memfd_create");
	e->pid = must(fork(), "fork");
	if (e->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(e->output, STDOUT_FILENO);
	dup2(e->output, STDERR_FILENO);
	for (int i = 1; i < WORDS - 1 && (words[i] = strsep(&options, " ")); i++)
		;
	execv(program, words);
	perror(PROGRAM);
	_exit(127);
}

static void start_end(struct end *e, const struct selection *s)
{
	char options[512];

	snprintf(options, sizeof(options),
		 "--mode=%s --control-host=127.0.0.1 --control-port=1234 --peer-cid=1%s", e->mode,
		 s->options);
	start(e, options);
}

static char *output_of(const struct end *e)
{
	char *text = slurpf("/proc/self/fd/%d", e->output);

	if (!text)
		failed("what the %s wrote can't be read: %s", e->mode, strerror(errno));
	return text;
}

static bool has_ended(struct end *e)
{
	if (e->pid && waitpid(e->pid, &e->status, WNOHANG) == e->pid)
		e->pid = 0;
	return !e->pid;
}

static void end(struct end *e)
{
	if (has_ended(e))
		return;
	e->hangs = true;
	kill(e->pid, SIGKILL);
	must(waitpid(e->pid, &e->status, 0), "waitpid");
	e->pid = 0;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* The client tries to connect just once. */
static void await_server(struct end *server)
{
	time_t limit = now() + GRACE;
	bool listens = false;

	while (!listens && !has_ended(server) && now() < limit) {
		char *text = output_of(server);

		listens = strstr(text, "listening");
		free(text);
		wait_ms(10);
	}
}

static void await_both(struct end *client, struct end *server)
{
	time_t limit = now() + slower(PATIENCE);

	while (now() < limit) {
		bool one = has_ended(client), other = has_ended(server);

		if (one && other)
			return;
		if (((one && client->status) || (other && server->status)) && limit > now() + GRACE)
			limit = now() + GRACE;
		wait_ms(100);
	}
	end(client);
	end(server);
}

/* ---- their output ------------------------------------------------------------------ */

static void select_tests(struct selection *s)
{
	struct end e = { .mode = "list" };
	char option[] = "--list", *text, *rest, *line;
	size_t n;

	start(&e, option);
	/* It exits as if it had failed, always. */
	must(waitpid(e.pid, &e.status, 0), "waitpid");
	rest = text = output_of(&e);
	while ((line = strsep(&rest, "\n"))) {
		char *tab = strchr(line, '\t'), *last;
		unsigned long id = strtoul(line, &last, 10);

		if (last == line || last != tab)
			continue;
		s->listed++;
		if (!must_skip(tab + 1))
			continue;
		n = strlen(s->options);
		snprintf(s->options + n, sizeof(s->options) - n, " --skip=%lu", id);
		n = strlen(s->names);
		snprintf(s->names + n, sizeof(s->names) - n, ", without %s", tab + 1);
	}
	free(text);
	close(e.output);
}

/* Parses the output of an end, which is kept. */
static void read_output(struct end *e)
{
	char *rest = output_of(e), *line;

	while ((line = strsep(&rest, "\n"))) {
		char *dots = strstr(line, "..."), *word = line, *last;

		strtoul(line, &last, 10);
		if (dots && last > line && !strncmp(last, " - ", 3)) {
			e->test = line;
			*dots = '\0';
			word = dots + 3;
		}
		if (e->test && (!strcmp(word, "ok") || !strcmp(word, "skipped"))) {
			*(*word == 'o' ? &e->passed : &e->skipped) += 1;
			e->test = e->why = NULL;
		} else if (*word) {
			e->why = word;
		}
	}
	if (e->hangs)
		snprintf(e->how, sizeof(e->how), "does not end");
	else if (WIFSIGNALED(e->status))
		snprintf(e->how, sizeof(e->how), "dies of signal %d", WTERMSIG(e->status));
	else
		snprintf(e->how, sizeof(e->how), "exits with %d", WEXITSTATUS(e->status));
}

/* The end that is at the earlier test is at the failing one. */
static const char *first_test(const struct end *client, const struct end *server)
{
	if (!client->test || !server->test)
		return client->test ?: server->test ?: "no test";
	if (strtoul(server->test, NULL, 10) < strtoul(client->test, NULL, 10))
		return server->test;
	return client->test;
}

/* ---- the trial ------------------------------------------------------------------- */

static void up_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(fd, SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
	if (!(request.ifr_flags & IFF_UP)) {
		request.ifr_flags |= IFF_UP;
		must(ioctl(fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
	}
	close(fd);
}

static void prove(const char *argument)
{
	struct end client = { .mode = "client" }, server = { .mode = "server" };
	struct selection s = { 0 };
	long windows = stat_of("tuned");
	char tuned[64] = "";

	(void)argument;
	up_loopback();
	select_tests(&s);
	start_end(&server, &s);
	await_server(&server);
	start_end(&client, &s);
	await_both(&client, &server);
	read_output(&client);
	read_output(&server);
	if (client.status || server.status || client.test || server.test)
		failed("%s: the client %s, '%s'; the server %s, '%s'", first_test(&client, &server),
		       client.how, client.why ?: "", server.how, server.why ?: "");
	if (!client.passed || client.passed + client.skipped != s.listed ||
	    server.passed != client.passed)
		failed("of %u tests %u pass and %u are skipped, at the server %u and %u", s.listed,
		       client.passed, client.skipped, server.passed, server.skipped);
	/* If vsock_tune does not tune, or tunes without a setting, the three runs would be the same. */
	if (windows >= 0) {
		windows = stat_of("tuned") - windows;
		if (is_tuned() != (windows > 0))
			failed("vsock_tune, which is %s, sets %ld windows",
			       is_tuned() ? "to set some" : "to set none", windows);
		snprintf(tuned, sizeof(tuned), ", vsock_tune sets %ld windows", windows);
	}
	passed("%u tests%s%s", client.passed, s.names, tuned);
}

bool prove_suite(void)
{
	if (access(PROGRAM, F_OK))
		return false;
	trial("vsock-suite", prove, NULL, PATIENCE + 2 * GRACE);
	return true;
}
