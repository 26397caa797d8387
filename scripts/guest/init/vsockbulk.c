// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a bulk transfer takes by the windows of its two ends, for benchmarks: with keelson.bulk=MIB
 * on the command line so much goes over the loopback transport, and to the host's echo and back,
 * for each pair of windows in turn, and all of that ROUNDS times. Times are the guest's: under
 * QEMU's icount a microsecond is a thousand instructions. There the clock jumps while a guest
 * waits for its host, and where to is the host's; with keelson.count one that has a single
 * processor is never idle, and the work for that alone is not counted.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"
#include "vsock.h"

#define SYSCTL "/proc/sys/net/vsock/rmem_"

enum {
	PATIENCE = 1200, /* seconds */
	ECHO = 7, /* ports of vsockd's, see its man page: 256 KiB of room, or as much as the guest */
	WIDE = 27,
	PORT = 40500,
	CHUNK = 64 * 1024,
	ROUNDS = 5,
	MIB = 1024 * 1024,
};

/* The windows of both ends, in bytes, 0 for the kernel's own; by sysctl they are of all sockets. */
static const struct pair {
	const char *name;
	unsigned int receiver, sender;
	bool sysctl;
} pairs[] = {
	{ "stock", 0, 0, false },   { "one", MIB, 0, false },	   { "both", MIB, MIB, false },
	{ "sysctl", MIB, MIB, true }, { "large", 8 * MIB, 8 * MIB, false },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

/* What a transfer took; sleeps are those of both processes. */
struct cost {
	long long us;
	long sleeps;
};

static char chunk[CHUNK];

static long long us_of(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t), "clock_gettime");
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A process that runs when no other does, and in CLOCK how long it did. */
static pid_t start_idler(clockid_t *clock)
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
	return idler;
}

/* Who sends and who receives have a processor each, if there are two, as programs at work do. */
static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static long sleeps_of(int who)
{
	struct rusage usage;

	must(getrusage(who, &usage), "getrusage");
	return usage.ru_nvcsw;
}

static _Noreturn void send_all(int fd, long long bytes)
{
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(1);
	while (bytes > 0 && (n = send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL)) > 0)
		bytes -= n;
	_exit(bytes != 0);
}

/* N MiB of zeros go from FROM to TO. */
static struct cost transfer(int from, int to, long n_mib)
{
	const long long bytes = (long long)n_mib * MIB;
	const long slept = sleeps_of(RUSAGE_SELF) + sleeps_of(RUSAGE_CHILDREN);
	bool counts = is_on_cmdline("keelson.count");
	long long came = 0, start, idle = 0;
	struct cost cost;
	pid_t sender, idler = 0;
	clockid_t its;
	ssize_t n;

	if (counts) {
		idler = start_idler(&its);
		idle = us_of(its);
	}
	run_on(0);
	start = us_of(CLOCK_MONOTONIC);
	sender = must(fork(), "fork");
	if (!sender)
		send_all(from, bytes);
	while (came < bytes && (n = recv(to, chunk, sizeof(chunk), 0)) > 0)
		came += n;
	if (came != bytes)
		failed("%lld of %lld bytes came: %s", came, bytes, strerror(errno));
	waitpid(sender, NULL, 0);
	if (counts)
		idle = us_of(its) - idle;
	cost.us = us_of(CLOCK_MONOTONIC) - start - idle;
	cost.sleeps = sleeps_of(RUSAGE_SELF) + sleeps_of(RUSAGE_CHILDREN) - slept;
	if (counts) {
		kill(idler, SIGKILL);
		waitpid(idler, NULL, 0);
	}
	return cost;
}

/* ---- windows --------------------------------------------------------------------------- */

static void set_window(int fd, const struct pair *p, unsigned int bytes)
{
	if (p->sysctl || !bytes)
		return;
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_MAX_SIZE, bytes);
	vsock_set_option(fd, SO_VM_SOCKETS_BUFFER_SIZE, bytes);
}

/* False on a kernel that lacks them. */
static bool set_sysctls(const struct pair *p)
{
	if (access(SYSCTL "default", F_OK))
		return !p->sysctl;
	expect(SYSCTL "max", "67108864", 0);
	expect(SYSCTL "default", p->sysctl ? "1048576" : "262144", 0);
	expect(SYSCTL "max", p->sysctl ? "1048576" : "262144", 0);
	return true;
}

static int new_socket(const struct pair *p, unsigned int bytes)
{
	int fd = must(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");

	set_window(fd, p, bytes);
	return fd;
}

/* Who accepts inherits the window, and is the one that reads. */
static struct cost over_loopback(const struct pair *p, long mib)
{
	/* The last one's may not be free yet. */
	static unsigned int port = PORT;
	struct sockaddr_vm address = vsock_loopback(port++);
	int listener = new_socket(p, p->receiver), fd = new_socket(p, p->sender), peer;
	struct cost cost;

	must(bind(listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	must(listen(listener, 1), "listen");
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	peer = must(accept(listener, NULL, NULL), "accept");
	cost = transfer(fd, peer, mib);
	close(fd);
	close(peer);
	close(listener);
	return cost;
}

static struct cost to_host(const struct pair *p, long mib)
{
	int fd = new_socket(p, p->receiver);
	struct cost cost;

	must(vsock_connect_host(fd, p->sender ? WIDE : ECHO), "connect to the host");
	cost = transfer(fd, fd, mib);
	close(fd);
	return cost;
}

/* ---- rounds ---------------------------------------------------------------------------- */

static long mib_to_move;

/* As in "stock 1000/20 1001/20", microseconds and sleeps of each round. */
static void compare(struct cost (*move)(const struct pair *p, long mib))
{
	struct cost costs[ROUNDS][PAIRS];
	char text[900] = "";
	size_t n = 0;

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < PAIRS; i++)
			if (set_sysctls(&pairs[i]))
				costs[round][i] = move(&pairs[i], mib_to_move);
	}
	for (int i = 0; i < PAIRS; i++) {
		if (!set_sysctls(&pairs[i]))
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "; %s", pairs[i].name);
		for (int round = 0; round < ROUNDS; round++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, " %lld/%ld",
					      costs[round][i].us, costs[round][i].sleeps);
	}
	set_sysctls(&pairs[0]);
	passed("%ld MiB%s", mib_to_move, text);
}

static void prove_loopback(const char *argument)
{
	(void)argument;
	compare(over_loopback);
}

static void prove_host(const char *argument)
{
	(void)argument;
	compare(to_host);
}

void prove_vsockbulk(void)
{
	mib_to_move = number("keelson.bulk=", 0);
	if (mib_to_move <= 0)
		return;
	if (!access("/sys/module/vsock_loopback", F_OK))
		trial("bulk-loopback", prove_loopback, NULL, PATIENCE);
	trial("bulk-host", prove_host, NULL, PATIENCE);
}
