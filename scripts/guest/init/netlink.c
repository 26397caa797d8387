// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "netlink.h"
#include "trial.h"

struct rtattr *add(struct request *r, unsigned short type, const void *data, size_t size)
{
	struct rtattr *a = (struct rtattr *)((char *)&r->header + NLMSG_ALIGN(r->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

void end(const struct request *r, struct rtattr *a)
{
	a->rta_len = (unsigned short)((const char *)&r->header + r->header.nlmsg_len - (char *)a);
}

void ask_by(int protocol, struct request *r, const char *what)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[512];
	} answer = { 0 };
	int fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "socket");

	r->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	must((int)send(fd, r, r->header.nlmsg_len, 0), what);
	must((int)recv(fd, &answer, sizeof(answer), 0), what);
	if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error)
		failed("%s: %s", what, strerror(-answer.error.error));
	close(fd);
}

void ask(struct request *r, const char *what)
{
	ask_by(NETLINK_ROUTE, r, what);
}

struct request new_link(void)
{
	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
	};
}

void up(const char *name, const char *bridge)
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

struct request nft(unsigned short type, unsigned short flags)
{
	bool batch = type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END;

	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg)),
			    .nlmsg_type =
				    batch ? type :
					    (unsigned short)(NFNL_SUBSYS_NFTABLES << 8 | type),
			    .nlmsg_flags = NLM_F_REQUEST | flags },
		.nft = { .nfgen_family = batch ? AF_UNSPEC : NFPROTO_IPV4,
			 .version = NFNETLINK_V0,
			 .res_id = batch ? htons(NFNL_SUBSYS_NFTABLES) : 0 },
	};
}

struct rtattr *nest(struct request *r, unsigned short type)
{
	return add(r, (unsigned short)(type | NLA_F_NESTED), NULL, 0);
}

void add_text(struct request *r, unsigned short type, const char *text)
{
	add(r, type, text, strlen(text) + 1);
}

void add_number(struct request *r, unsigned short type, uint32_t number)
{
	number = htonl(number);
	add(r, type, &number, sizeof(number));
}

void nft_send(struct request *batch, size_t n)
{
	struct iovec parts[8];
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = n };
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[512];
	} answer = { 0 };
	int fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "netfilter");

	if (n > sizeof(parts) / sizeof(parts[0]))
		failed("nftables: a batch of %zu", n);
	for (size_t i = 0; i < n; i++)
		parts[i] = (struct iovec){ &batch[i], batch[i].header.nlmsg_len };
	must((int)sendmsg(fd, &message, 0), "nftables");
	must((int)recv(fd, &answer, sizeof(answer), 0), "nftables");
	if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error)
		failed("nftables: message %u: %s", answer.error.msg.nlmsg_type & 0xff,
		       strerror(-answer.error.error));
	close(fd);
}
