/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of rtnetlink and nfnetlink, as iproute2, nft and ipset make them. */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
		struct rtmsg route;
		struct nfgenmsg nft;
		struct tcmsg traffic;
	};
	char attributes[512];
};

/* Add an attribute to R, which must have room; one without data begins a nest. */
struct rtattr *add(struct request *r, unsigned short type, const void *data, size_t size);
void add_text(struct request *r, unsigned short type, const char *text);
void add_number(struct request *r, unsigned short type, uint32_t number); /* in network order */
struct rtattr *nest(struct request *r, unsigned short type);
/* All that was added since is inside of A. */
void end(const struct request *r, struct rtattr *a);

/* Send R by PROTOCOL, and wait until the kernel says that it is done; the trial fails otherwise. */
void ask_by(int protocol, struct request *r, const char *what);
void ask(struct request *r, const char *what); /* by rtnetlink */

struct request new_link(void);
/* Enable interface NAME, as a port of BRIDGE unless that is NULL. */
void up(const char *name, const char *bridge);

/* A request of nftables; NFNL_MSG_BATCH_BEGIN and _END enclose those of a batch. */
struct request nft(unsigned short type, unsigned short flags);
/* Send a batch of N, of which one has NLM_F_ACK. */
void nft_send(struct request *batch, size_t n);

#endif
