// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a bulk transfer takes, for benchmarks: with keelson.bulk=MIB on the command line so
 * much goes over the loopback transport, and to the host's echo and back. Times are the
 * guest's: under QEMU's icount a microsecond is a thousand instructions. There the clock jumps
 * while a guest waits for its host, and where to is the host's; with keelson.count one that has
 * a single processor is never idle, and the work for that alone is not counted.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

enum {
	PATIENCE = 600, /* seconds */
	ECHO = 7, /* a port of vsockd's, see its man page */
	PORT = 40500,
	CHUNK = 64 * 1024,
	SETTLE = 1500, /* milliseconds, in which sweeps find who listens */
};

static char chunk[CHUNK];

static long long us_of(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t), "clock_gettime");
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A process that runs when no other does, and in CLOCK how long it did. */
static void start_idler(clockid_t *clock)
{
	const struct sched_param none = { 0 };
	pid_t idler = must(fork(), "fork");

	if (!idler) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		must(sched_setscheduler(0, SCHED_IDLE, &none), "SCHED_IDLE");
		for (;;)
			;
	}
	if (clock_getcpuclockid(idler, clock))
		failed("the idler has no clock");
}

/* MIB of zeros go from FROM to TO; how many microseconds that takes. */
static long long transfer(int from, int to, long mib)
{
	const long long bytes = (long long)mib << 20;
	long long sent = 0, came = 0, start, idle = 0;
	bool counts = is_on_cmdline("keelson.count");
	clockid_t idler;
	pid_t sender;
	ssize_t n;

	if (counts) {
		start_idler(&idler);
		idle = us_of(idler);
	}
	start = us_of(CLOCK_MONOTONIC);
	sender = must(fork(), "fork");

	if (!sender) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (sent < bytes && (n = send(from, chunk, sizeof(chunk), MSG_NOSIGNAL)) > 0)
			sent += n;
		_exit(sent != bytes);
	}
	while (came < bytes && (n = recv(to, chunk, sizeof(chunk), 0)) > 0)
		came += n;
	if (came != bytes)
		failed("%lld of %lld bytes came: %s", came, bytes, strerror(errno));
	waitpid(sender, NULL, 0);
	if (counts)
		idle = us_of(idler) - idle;
	return us_of(CLOCK_MONOTONIC) - start - idle;
}

static void prove_loopback(const char *mib)
{
	int listener = must(vsock_listen(SOCK_STREAM, PORT), "listen"), fd, peer;
	const char *wrong;

	wait_ms(SETTLE);
	wrong = vsock_join(listener, SOCK_STREAM, PORT, &fd, &peer);
	if (wrong)
		failed("%s: %s", wrong, strerror(errno));
	/* Who accepts has the window: it is the one that reads. */
	passed("%s MiB in %lld us", mib, transfer(fd, peer, atol(mib)));
}

static void prove_host(const char *mib)
{
	int fd = vsock_to_host(SOCK_STREAM, ECHO);

	wait_ms(SETTLE);
	passed("%s MiB in %lld us", mib, transfer(fd, fd, atol(mib)));
}

void prove_vsockbulk(void)
{
	static const char key[] = "keelson.bulk=";
	char *cmdline = slurp("/proc/cmdline"), *mib = cmdline ? strstr(cmdline, key) : NULL;

	if (mib) {
		mib += sizeof(key) - 1;
		mib[strcspn(mib, " ")] = '\0';
		trial("bulk-loopback", prove_loopback, mib, PATIENCE);
		trial("bulk-host", prove_host, mib, PATIENCE);
	}
	free(cmdline);
}
