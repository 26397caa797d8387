// SPDX-License-Identifier: GPL-2.0-only
/*
 * A container's network: a pair of veth, one end in a namespace of its own, the other on a
 * bridge, over which the two talk. All through rtnetlink, as container engines do it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

#define BRIDGE_ADDRESS "10.9.0.1"
#define CONTAINER_ADDRESS "10.9.0.2"

enum { PORT = 7, PREFIX = 24 };

struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
	};
	char attributes[512];
};

static struct rtattr *add(struct request *r, unsigned short type, const void *data, size_t size)
{
	struct rtattr *a = (struct rtattr *)((char *)&r->header + NLMSG_ALIGN(r->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

/* All that was added since is inside of A. */
static void end(const struct request *r, struct rtattr *a)
{
	a->rta_len = (unsigned short)((const char *)&r->header + r->header.nlmsg_len - (char *)a);
}

/* Send R, and have the kernel's word that it was done. */
static void ask(struct request *r, const char *what)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[512];
	} answer = { 0 };
	int fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket");

	r->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	must((int)send(fd, r, r->header.nlmsg_len, 0), what);
	must((int)recv(fd, &answer, sizeof(answer), 0), what);
	if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error)
		failed("%s: %s", what, strerror(-answer.error.error));
	close(fd);
}

static struct request new_link(void)
{
	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
	};
}

static void add_bridge(const char *name)
{
	struct request r = new_link();
	struct rtattr *info;

	add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	info = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, "bridge", sizeof("bridge"));
	end(&r, info);
	ask(&r, "a bridge");
}

/* NAME here, PEER in the network namespace of process PID. */
static void add_veth(const char *name, const char *peer, pid_t pid)
{
	struct request r = new_link();
	struct rtattr *info, *data, *other;
	struct ifinfomsg link = { 0 };

	add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	info = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = add(&r, IFLA_INFO_DATA, NULL, 0);
	other = add(&r, VETH_INFO_PEER, &link, sizeof(link));
	add(&r, IFLA_IFNAME, peer, strlen(peer) + 1);
	add(&r, IFLA_NET_NS_PID, &pid, sizeof(pid));
	end(&r, other);
	end(&r, data);
	end(&r, info);
	ask(&r, "a pair of veth");
}

/* Switch NAME on, as a port of BRIDGE if there is one. */
static void up(const char *name, const char *bridge)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			    .nlmsg_type = RTM_NEWLINK },
		.link = { .ifi_index = (int)if_nametoindex(name),
			  .ifi_flags = IFF_UP,
			  .ifi_change = IFF_UP },
	};
	unsigned int master = bridge ? if_nametoindex(bridge) : 0;

	if (bridge)
		add(&r, IFLA_MASTER, &master, sizeof(master));
	ask(&r, name);
}

static void add_address(const char *name, const char *text)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
			    .nlmsg_type = RTM_NEWADDR,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
		.address = { .ifa_family = AF_INET,
			     .ifa_prefixlen = PREFIX,
			     .ifa_index = if_nametoindex(name) },
	};
	struct in_addr address;

	inet_pton(AF_INET, text, &address);
	add(&r, IFA_LOCAL, &address, sizeof(address));
	add(&r, IFA_ADDRESS, &address, sizeof(address));
	ask(&r, text);
}

/* In the container: waits for its end of the pair, and reads what the bridge's side sends. */
static void contained(int ready, int go)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	char text[8] = "";
	int fd;

	must(unshare(CLONE_NEWNET), "unshare");
	must((int)write(ready, "", 1), "pipe");
	must((int)read(go, text, 1), "pipe");
	up("lo", NULL);
	add_address("eth0", CONTAINER_ADDRESS);
	up("eth0", NULL);
	inet_pton(AF_INET, BRIDGE_ADDRESS, &address.sin_addr);
	fd = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	must((int)recv(fd, text, sizeof(text), MSG_WAITALL), "recv");
	_exit(memcmp(text, "keelson", sizeof(text)) ? 3 : 0);
}

void prove_bridge(const char *argument)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int ready[2], go[2], listener, fd, status;
	char byte = 0;
	pid_t child;

	(void)argument;
	must(unshare(CLONE_NEWNET), "unshare");
	must(pipe(ready) | pipe(go), "pipe");
	child = must(fork(), "fork");
	if (!child)
		contained(ready[1], go[0]);
	must((int)read(ready[0], &byte, 1), "pipe");
	add_bridge("br0");
	add_address("br0", BRIDGE_ADDRESS);
	add_veth("veth0", "eth0", child);
	up("veth0", "br0");
	up("br0", NULL);
	inet_pton(AF_INET, BRIDGE_ADDRESS, &address.sin_addr);
	listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(bind(listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	must(listen(listener, 1), "listen");
	must((int)write(go[1], &byte, 1), "pipe");
	fd = must(accept(listener, NULL, NULL), "accept");
	must((int)send(fd, "keelson", sizeof("keelson"), MSG_NOSIGNAL), "send");
	must(waitpid(child, &status, 0), "waitpid");
	if (status)
		failed("the container's end has status %d", status);
	passed("a container's veth on a bridge, TCP from one to the other");
}
