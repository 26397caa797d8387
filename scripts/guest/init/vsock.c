// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "trial.h"
#include "vsock.h"

struct sockaddr_vm vsock_loopback(unsigned int port)
{
	return (struct sockaddr_vm){
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_LOCAL,
		.svm_port = port,
	};
}

/* The kernel waits for 2 seconds; a guest with checkers may need more. */
static int connect_in_time(int fd, const struct sockaddr_vm *address)
{
	struct timeval patience = { .tv_sec = slower(2) };

	if (setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof(patience)))
		return -1;
	return connect(fd, (const struct sockaddr *)address, sizeof(*address));
}

int vsock_listen(int type, unsigned int port)
{
	struct sockaddr_vm address = vsock_loopback(port);
	int fd = socket(AF_VSOCK, type | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

const char *vsock_join(int listener, int type, unsigned int port, int *fd, int *peer)
{
	struct sockaddr_vm address = vsock_loopback(port);

	*peer = -1;
	*fd = socket(AF_VSOCK, type | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return "socket";
	if (connect_in_time(*fd, &address))
		return "connect";
	*peer = accept(listener, NULL, NULL);
	return *peer < 0 ? "accept" : NULL;
}

const char *vsock_pair(int type, unsigned int port, int *fd, int *peer)
{
	int listener = vsock_listen(type, port);
	const char *wrong = "listen";

	*fd = *peer = -1;
	if (listener >= 0) {
		wrong = vsock_join(listener, type, port, fd, peer);
		close(listener);
	}
	return wrong;
}

int vsock_connect_host(int fd, unsigned int port)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_HOST,
		.svm_port = port,
	};

	return connect_in_time(fd, &address);
}

bool vsock_has_host(void)
{
	int fd = open("/dev/vsock", O_RDONLY | O_CLOEXEC);
	unsigned int cid = VMADDR_CID_ANY;

	if (fd >= 0) {
		must(ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid), "the guest's CID");
		close(fd);
	}
	return cid != VMADDR_CID_ANY && cid != VMADDR_CID_LOCAL;
}

int vsock_to_host(int type, unsigned int port)
{
	int fd = must(socket(AF_VSOCK, type | SOCK_CLOEXEC, 0), "socket");

	must(vsock_connect_host(fd, port), "connect to the host");
	return fd;
}

unsigned long long vsock_option(int fd, int name)
{
	unsigned long long value = 0;
	socklen_t size = sizeof(value);

	must(getsockopt(fd, AF_VSOCK, name, &value, &size), "getsockopt");
	return value;
}

void vsock_set_option(int fd, int name, unsigned long long value)
{
	must(setsockopt(fd, AF_VSOCK, name, &value, sizeof(value)), "setsockopt");
}

int vsock_unread(int from, int to, int *error)
{
	static const char message[100];
	socklen_t size = sizeof(*error);
	char got[sizeof(message)];
	int n = 0;

	for (int i = 0; i < VSOCK_MESSAGES; i++) {
		if (send(from, message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
	}
	wait_ms(500);
	must(getsockopt(to, SOL_SOCKET, SO_ERROR, error, &size), "SO_ERROR");
	while (recv(to, got, sizeof(got), MSG_DONTWAIT) == sizeof(got))
		n++;
	close(from);
	close(to);
	return n;
}

bool vsock_counts_overhead(void)
{
	return !is_release("6.1.") && !is_release("6.18.");
}
