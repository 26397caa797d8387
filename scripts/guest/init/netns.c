// SPDX-License-Identifier: GPL-2.0-only
/*
 * A container's network: a pair of veth, one end in a separate namespace, the other on a bridge,
 * with a connection over it; and the route out, through nftables' NAT. It uses netlink, as
 * container engines and nft do.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
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
#include "netlink.h"
#include "trial.h"

#define BRIDGE_ADDRESS "10.9.0.1"
#define CONTAINER_ADDRESS "10.9.0.2"
#define GATE_ADDRESS "192.0.2.1"
#define OUTSIDE_ADDRESS "192.0.2.2"

enum { PORT = 7, PREFIX = 24 };

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

static void add_default_route(const char *gateway)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			    .nlmsg_type = RTM_NEWROUTE,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
		.route = { .rtm_family = AF_INET,
			   .rtm_table = RT_TABLE_MAIN,
			   .rtm_protocol = RTPROT_BOOT,
			   .rtm_scope = RT_SCOPE_UNIVERSE,
			   .rtm_type = RTN_UNICAST },
	};
	struct in_addr address;

	inet_pton(AF_INET, gateway, &address);
	add(&r, RTA_GATEWAY, &address, sizeof(address));
	ask(&r, "a default route");
}

/* ---- nftables -------------------------------------------------------------------- */

/* table ip nat { chain out { type nat hook postrouting priority srcnat; masquerade } } */
static void add_masquerade(void)
{
	struct request batch[] = { nft(NFNL_MSG_BATCH_BEGIN, 0),
				   nft(NFT_MSG_NEWTABLE, NLM_F_CREATE),
				   nft(NFT_MSG_NEWCHAIN, NLM_F_CREATE),
				   nft(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK),
				   nft(NFNL_MSG_BATCH_END, 0) };
	struct request *table = &batch[1], *chain = &batch[2], *rule = &batch[3];
	struct rtattr *hook, *list, *element;

	add_text(table, NFTA_TABLE_NAME, "nat");
	add_text(chain, NFTA_CHAIN_TABLE, "nat");
	add_text(chain, NFTA_CHAIN_NAME, "out");
	add_text(chain, NFTA_CHAIN_TYPE, "nat");
	hook = nest(chain, NFTA_CHAIN_HOOK);
	add_number(chain, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
	add_number(chain, NFTA_HOOK_PRIORITY, 100);
	end(chain, hook);
	add_text(rule, NFTA_RULE_TABLE, "nat");
	add_text(rule, NFTA_RULE_CHAIN, "out");
	list = nest(rule, NFTA_RULE_EXPRESSIONS);
	element = nest(rule, NFTA_LIST_ELEM);
	add_text(rule, NFTA_EXPR_NAME, "masq");
	end(rule, nest(rule, NFTA_EXPR_DATA));
	end(rule, element);
	end(rule, list);
	nft_send(batch, 5);
}

/* ---- the trials ------------------------------------------------------------------ */

/* In the container: waits for its end of the pair, and reads what the bridge's side sends. */
static void contained(int ready, int go, const char *peer)
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
	add_default_route(BRIDGE_ADDRESS);
	inet_pton(AF_INET, peer, &address.sin_addr);
	fd = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)), "connect");
	must((int)recv(fd, text, sizeof(text), MSG_WAITALL), "recv");
	_exit(memcmp(text, "keelson", sizeof(text)) ? 3 : 0);
}

/* Beyond the gateway, without a route to the containers: reports the peer's address. */
static void outside(int ready, int go, int result)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	socklen_t size = sizeof(address);
	char byte = 0;
	int listener, fd;

	must(unshare(CLONE_NEWNET), "unshare");
	must((int)write(ready, "", 1), "pipe");
	must((int)read(go, &byte, 1), "pipe");
	add_address("eth0", OUTSIDE_ADDRESS);
	up("eth0", NULL);
	listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(bind(listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	must(listen(listener, 1), "listen");
	must((int)write(ready, "", 1), "pipe");
	fd = must(accept(listener, (struct sockaddr *)&address, &size), "accept");
	must((int)send(fd, "keelson", sizeof("keelson"), MSG_NOSIGNAL), "send");
	must((int)write(result, &address.sin_addr, sizeof(address.sin_addr)), "pipe");
	_exit(0);
}

static void wait_for(pid_t child, const char *who)
{
	int status;

	must(waitpid(child, &status, 0), "waitpid");
	if (status)
		failed("%s has status %d", who, status);
}

/* A container with its end of the pair on a bridge; it connects to PEER after a byte in *GO. */
static pid_t add_container(const char *peer, int *go)
{
	int ready[2], start[2];
	char byte;
	pid_t child;

	must(pipe(ready) | pipe(start), "pipe");
	child = must(fork(), "fork");
	if (!child)
		contained(ready[1], start[0], peer);
	must((int)read(ready[0], &byte, 1), "pipe");
	add_bridge("br0");
	add_address("br0", BRIDGE_ADDRESS);
	add_veth("veth0", "eth0", child);
	up("veth0", "br0");
	up("br0", NULL);
	*go = start[1];
	return child;
}

void prove_bridge(const char *argument)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int go, listener, fd;
	pid_t child;

	(void)argument;
	must(unshare(CLONE_NEWNET), "unshare");
	child = add_container(BRIDGE_ADDRESS, &go);
	inet_pton(AF_INET, BRIDGE_ADDRESS, &address.sin_addr);
	listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(bind(listener, (struct sockaddr *)&address, sizeof(address)), "bind");
	must(listen(listener, 1), "listen");
	must((int)write(go, "", 1), "pipe");
	fd = must(accept(listener, NULL, NULL), "accept");
	must((int)send(fd, "keelson", sizeof("keelson"), MSG_NOSIGNAL), "send");
	wait_for(child, "the container's end");
	passed("a container's veth on a bridge, TCP from one to the other");
}

void prove_nat(const char *argument)
{
	int container, go[2], ready[2], result[2], fd;
	char text[INET_ADDRSTRLEN] = "";
	struct in_addr from;
	pid_t child, other;

	(void)argument;
	must(unshare(CLONE_NEWNET), "unshare");
	must(pipe(go) | pipe(ready) | pipe(result), "pipe");
	child = add_container(OUTSIDE_ADDRESS, &container);
	other = must(fork(), "fork");
	if (!other)
		outside(ready[1], go[0], result[1]);
	must((int)read(ready[0], text, 1), "pipe");
	add_veth("gate0", "eth0", other);
	add_address("gate0", GATE_ADDRESS);
	up("gate0", NULL);
	must((int)write(go[1], "", 1), "pipe");
	must((int)read(ready[0], text, 1), "pipe");
	fd = must(open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC), "ip_forward");
	must((int)write(fd, "1", 1), "ip_forward");
	add_masquerade();
	must((int)write(container, "", 1), "pipe");
	wait_for(child, "the container's end");
	wait_for(other, "the other end");
	must((int)read(result[0], &from, sizeof(from)), "pipe");
	inet_ntop(AF_INET, &from, text, sizeof(text));
	if (strcmp(text, GATE_ADDRESS))
		failed("the container was seen as %s, not " GATE_ADDRESS, text);
	passed("TCP from a container through nftables, seen as from " GATE_ADDRESS);
}
