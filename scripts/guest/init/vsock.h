/* SPDX-License-Identifier: GPL-2.0-only */
/* Vsock connections: with both ends in one guest, by the loopback transport, and to the host. */
#ifndef VSOCK_H
#define VSOCK_H

#include <stdbool.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h>

struct sockaddr_vm vsock_loopback(unsigned int port);

/* A socket that listens on a port, of SOCK_STREAM or SOCK_SEQPACKET; -1 and errno. */
int vsock_listen(int type, unsigned int port);

/*
 * A connection by way of LISTENER, on PORT, from *FD to *PEER, which was accepted; NULL, or
 * the fault, and errno. Close both that are not -1, in either case.
 */
const char *vsock_join(int listener, int type, unsigned int port, int *fd, int *peer);

/* The same with a new listener. */
const char *vsock_pair(int type, unsigned int port, int *fd, int *peer);

/* Connect to a port of the host's, which is vsockd: as connect(2). */
int vsock_connect_host(int fd, unsigned int port);
/* Does a transport lead to a host? */
bool vsock_has_host(void);
/* A socket that is connected to it; failing fails the trial. */
int vsock_to_host(int type, unsigned int port);

/* A vsock option of 64 bits; the trial fails if it can't be read or set. */
unsigned long long vsock_option(int fd, int name);
void vsock_set_option(int fd, int name, unsigned long long value);

/* Each has 100 bytes: together less than a quarter of the kernel's own window. */
enum { VSOCK_MESSAGES = 600 };

/*
 * How many of VSOCK_MESSAGES arrive that are sent before any of them is read, and in *ERROR
 * how it ended; FROM and TO, of SOCK_SEQPACKET, are closed.
 */
int vsock_unread(int from, int to, int *error);
/* Does the release end a connection by what its packets cost beside their data? */
bool vsock_counts_overhead(void);

#endif
