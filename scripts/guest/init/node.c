// SPDX-License-Identifier: GPL-2.0-only
/*
 * What network plugins and kube-proxy ask of a node, as they ask it: a rule on a set of addresses,
 * a program on an interface's packets, tunnels, and a proxy that takes connections as they are
 * addressed. Each has its own network namespace, and each must have its effect.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/xt_set.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "netlink.h"
#include "trial.h"

enum { PATIENCE = 30, PORT = 7, PROXY_PORT = 50080, WAIT_MS = 500 };

#define IN_THE_SET "127.0.0.2"
#define NOT_IN_IT "127.0.0.3"
#define SERVICE "127.0.0.5"

static void enter_network(void)
{
	must(unshare(CLONE_NEWNET), "unshare");
	up("lo", NULL);
}

static struct sockaddr_in at(const char *host, unsigned short port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, host, &address.sin_addr);
	return address;
}

/* Does a datagram from FROM reach a socket on the loopback interface? */
static bool reaches(const char *from)
{
	struct sockaddr_in source = at(from, 0), target = at("127.0.0.1", PORT);
	struct timeval patience = { .tv_usec = WAIT_MS * 1000L };
	int receiver = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	int sender = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	char byte;
	bool came;

	must(setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), "timeout");
	must(bind(receiver, (struct sockaddr *)&target, sizeof(target)), "bind");
	must(bind(sender, (struct sockaddr *)&source, sizeof(source)), from);
	must((int)sendto(sender, "k", 1, 0, (struct sockaddr *)&target, sizeof(target)), "sendto");
	came = recv(receiver, &byte, 1, 0) == 1;
	close(receiver);
	close(sender);
	return came;
}

/* ---- ipset, and an iptables rule on it --------------------------------------------- */

static struct request ipset(unsigned short command, unsigned short flags)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg)),
			    .nlmsg_type = (unsigned short)(NFNL_SUBSYS_IPSET << 8 | command),
			    .nlmsg_flags = NLM_F_REQUEST | flags },
		.nft = { .nfgen_family = NFPROTO_IPV4, .version = NFNETLINK_V0 },
	};
	unsigned char protocol = IPSET_PROTOCOL_MIN;

	add(&r, IPSET_ATTR_PROTOCOL, &protocol, sizeof(protocol));
	return r;
}

/* The set NAME of addresses, with one in it. */
static void add_set(const char *name, const char *host)
{
	struct request create = ipset(IPSET_CMD_CREATE, NLM_F_CREATE | NLM_F_EXCL);
	struct request entry = ipset(IPSET_CMD_ADD, NLM_F_CREATE | NLM_F_EXCL);
	unsigned char revision = 0, family = NFPROTO_IPV4;
	struct in_addr address;
	struct rtattr *data, *ip;

	add_text(&create, IPSET_ATTR_SETNAME, name);
	add_text(&create, IPSET_ATTR_TYPENAME, "hash:ip");
	add(&create, IPSET_ATTR_REVISION, &revision, sizeof(revision));
	add(&create, IPSET_ATTR_FAMILY, &family, sizeof(family));
	end(&create, nest(&create, IPSET_ATTR_DATA));
	ask_by(NETLINK_NETFILTER, &create, "ipset create");

	inet_pton(AF_INET, host, &address);
	add_text(&entry, IPSET_ATTR_SETNAME, name);
	data = nest(&entry, IPSET_ATTR_DATA);
	ip = nest(&entry, IPSET_ATTR_IP);
	add(&entry, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, &address, sizeof(address));
	end(&entry, ip);
	end(&entry, data);
	ask_by(NETLINK_NETFILTER, &entry, "ipset add");
}

/* The number by which matches know the set NAME. */
static ip_set_id_t set_number(const char *name)
{
	struct ip_set_req_get_set question = { .op = IP_SET_OP_GET_BYNAME,
					       .version = IPSET_PROTOCOL };
	socklen_t size = sizeof(question);
	int fd = must(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), "raw socket");

	snprintf(question.set.name, sizeof(question.set.name), "%s", name);
	must(getsockopt(fd, SOL_IP, SO_IP_SET, &question, &size), "the set's number");
	close(fd);
	return question.set.index;
}

/* A table and a chain of nftables at HOOK; the batch's begin, two requests, room for a rule, end. */
static void begin_chain(struct request batch[5], const char *name, unsigned int hook, int priority)
{
	struct request *table = &batch[1], *chain = &batch[2], *rule = &batch[3];
	struct rtattr *where;

	batch[0] = nft(NFNL_MSG_BATCH_BEGIN, 0);
	*table = nft(NFT_MSG_NEWTABLE, NLM_F_CREATE);
	*chain = nft(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	*rule = nft(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK);
	batch[4] = nft(NFNL_MSG_BATCH_END, 0);
	add_text(table, NFTA_TABLE_NAME, name);
	add_text(chain, NFTA_CHAIN_TABLE, name);
	add_text(chain, NFTA_CHAIN_NAME, name);
	add_text(chain, NFTA_CHAIN_TYPE, "filter");
	where = nest(chain, NFTA_CHAIN_HOOK);
	add_number(chain, NFTA_HOOK_HOOKNUM, hook);
	add_number(chain, NFTA_HOOK_PRIORITY, (uint32_t)priority);
	end(chain, where);
	add_text(rule, NFTA_RULE_TABLE, name);
	add_text(rule, NFTA_RULE_CHAIN, name);
}

/* An expression NAME of RULE; its data is added until end_expression(). */
static void begin_expression(struct request *rule, struct rtattr *open[2], const char *name)
{
	open[0] = nest(rule, NFTA_LIST_ELEM);
	add_text(rule, NFTA_EXPR_NAME, name);
	open[1] = nest(rule, NFTA_EXPR_DATA);
}

static void end_expression(const struct request *rule, struct rtattr *open[2])
{
	end(rule, open[1]);
	end(rule, open[0]);
}

/* The end of a rule: packets that matched have VERDICT. */
static void add_verdict(struct request *rule, unsigned int code)
{
	struct rtattr *open[2], *data, *value;

	begin_expression(rule, open, "immediate");
	add_number(rule, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = nest(rule, NFTA_IMMEDIATE_DATA);
	value = nest(rule, NFTA_DATA_VERDICT);
	add_number(rule, NFTA_VERDICT_CODE, code);
	end(rule, value);
	end(rule, data);
	end_expression(rule, open);
}

static void prove_ipset(const char *argument)
{
	struct request batch[5];
	/* nftables takes a match's data in the alignment of xtables. */
	union {
		struct xt_set_info_match_v1 match;
		char aligned[8];
	} info = { .match.match_set = { .dim = 1, .flags = IPSET_DIM_ONE_SRC } };
	struct rtattr *list, *open[2];

	(void)argument;
	enter_network();
	add_set("pods", IN_THE_SET);
	info.match.match_set.index = set_number("pods");
	begin_chain(batch, "policy", NF_INET_LOCAL_IN, 0);
	list = nest(&batch[3], NFTA_RULE_EXPRESSIONS);
	begin_expression(&batch[3], open, "match");
	add_text(&batch[3], NFTA_MATCH_NAME, "set");
	add_number(&batch[3], NFTA_MATCH_REV, 1);
	add(&batch[3], NFTA_MATCH_INFO, &info, sizeof(info));
	end_expression(&batch[3], open);
	add_verdict(&batch[3], NF_DROP);
	end(&batch[3], list);
	nft_send(batch, 5);
	if (!reaches(NOT_IN_IT))
		failed("a datagram of an address that is not in the set is dropped");
	if (reaches(IN_THE_SET))
		failed("a datagram of an address in the set is not dropped");
	passed("datagrams of an address in a set dropped, of another not");
}

/* ---- a program on packets ------------------------------------------------------------ */

/* A program for tc that drops each packet. */
static int load_dropper(void)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 2 }, /* SHOT */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "GPL",
	};

	return must((int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), "load");
}

static struct request traffic(unsigned short type, unsigned int parent, unsigned int info)
{
	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
			    .nlmsg_type = type,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
		.traffic = { .tcm_ifindex = (int)if_nametoindex("lo"),
			     .tcm_parent = parent,
			     .tcm_handle = type == RTM_NEWQDISC ? TC_H_MAKE(TC_H_CLSACT, 0) : 0,
			     .tcm_info = info },
	};
}

static void prove_tc(const char *argument)
{
	struct request qdisc = traffic(RTM_NEWQDISC, TC_H_CLSACT, 0);
	struct request filter = traffic(RTM_NEWTFILTER, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
					1U << 16 | htons(0x0003)); /* priority 1, any protocol */
	struct rtattr *options;

	(void)argument;
	enter_network();
	add_text(&qdisc, TCA_KIND, "clsact");
	ask(&qdisc, "clsact");
	if (!reaches(NOT_IN_IT))
		failed("a datagram does not come before a program drops it");
	add_text(&filter, TCA_KIND, "bpf");
	options = nest(&filter, TCA_OPTIONS);
	add(&filter, TCA_BPF_FD, &(int){ load_dropper() }, sizeof(int));
	add_text(&filter, TCA_BPF_NAME, "drop");
	add(&filter, TCA_BPF_FLAGS, &(uint32_t){ TCA_BPF_FLAG_ACT_DIRECT }, sizeof(uint32_t));
	end(&filter, options);
	ask(&filter, "a filter that is a program");
	if (reaches(NOT_IN_IT))
		failed("a datagram comes that the program drops");
	passed("a program on an interface drops incoming packets");
}

/* ---- tunnels ------------------------------------------------------------------------- */

/* An interface of KIND, enabled; NUMBER and ADDRESS are attributes of Geneve's alone. */
static void prove_tunnel(const char *kind)
{
	struct request r = new_link();
	struct rtattr *info, *data;
	struct in_addr remote = { htonl(0xc0000201) };

	enter_network();
	add_text(&r, IFLA_IFNAME, "tunnel0");
	info = nest(&r, IFLA_LINKINFO);
	add_text(&r, IFLA_INFO_KIND, kind);
	if (!strcmp(kind, "geneve")) {
		data = nest(&r, IFLA_INFO_DATA);
		add(&r, IFLA_GENEVE_ID, &(uint32_t){ 7 }, sizeof(uint32_t));
		add(&r, IFLA_GENEVE_REMOTE, &remote, sizeof(remote));
		end(&r, data);
	}
	end(&r, info);
	ask(&r, kind);
	up("tunnel0", NULL);
	passed("an interface of this kind is up");
}

/* ---- a transparent proxy --------------------------------------------------------------- */

/* meta l4proto tcp tproxy to :PROXY_PORT accept, before routing */
static void add_tproxy(void)
{
	struct request batch[5], *rule = &batch[3];
	struct rtattr *list, *open[2], *data;
	unsigned char tcp = IPPROTO_TCP;
	uint16_t port = htons(PROXY_PORT);

	begin_chain(batch, "proxy", NF_INET_PRE_ROUTING, -150);
	list = nest(rule, NFTA_RULE_EXPRESSIONS);
	begin_expression(rule, open, "meta");
	add_number(rule, NFTA_META_KEY, NFT_META_L4PROTO);
	add_number(rule, NFTA_META_DREG, NFT_REG32_00);
	end_expression(rule, open);
	begin_expression(rule, open, "cmp");
	add_number(rule, NFTA_CMP_SREG, NFT_REG32_00);
	add_number(rule, NFTA_CMP_OP, NFT_CMP_EQ);
	data = nest(rule, NFTA_CMP_DATA);
	add(rule, NFTA_DATA_VALUE, &tcp, sizeof(tcp));
	end(rule, data);
	end_expression(rule, open);
	begin_expression(rule, open, "immediate");
	add_number(rule, NFTA_IMMEDIATE_DREG, NFT_REG32_00);
	data = nest(rule, NFTA_IMMEDIATE_DATA);
	add(rule, NFTA_DATA_VALUE, &port, sizeof(port));
	end(rule, data);
	end_expression(rule, open);
	begin_expression(rule, open, "tproxy");
	add_number(rule, NFTA_TPROXY_FAMILY, NFPROTO_IPV4);
	add_number(rule, NFTA_TPROXY_REG_PORT, NFT_REG32_00);
	end_expression(rule, open);
	add_verdict(rule, NF_ACCEPT);
	end(rule, list);
	nft_send(batch, 5);
}

static void prove_tproxy(const char *argument)
{
	struct sockaddr_in own = at("127.0.0.1", PROXY_PORT), service = at(SERVICE, PORT), seen = { 0 };
	socklen_t size = sizeof(seen);
	char text[INET_ADDRSTRLEN] = "";
	int listener, client, fd, on = 1;

	(void)argument;
	enter_network();
	add_tproxy();
	listener = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(setsockopt(listener, SOL_IP, IP_TRANSPARENT, &on, sizeof(on)), "IP_TRANSPARENT");
	must(bind(listener, (struct sockaddr *)&own, sizeof(own)), "bind");
	must(listen(listener, 1), "listen");
	client = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(connect(client, (struct sockaddr *)&service, sizeof(service)), "connect");
	fd = must(accept(listener, NULL, NULL), "accept");
	must(getsockname(fd, (struct sockaddr *)&seen, &size), "getsockname");
	inet_ntop(AF_INET, &seen.sin_addr, text, sizeof(text));
	if (strcmp(text, SERVICE) || seen.sin_port != htons(PORT))
		failed("a connection to " SERVICE " is taken as one to %s", text);
	passed("a connection to " SERVICE " taken by a proxy, as it is addressed");
}

void prove_node(void)
{
	if (!is_on_cmdline("keelson.node"))
		return;
	trial("ipset", prove_ipset, NULL, PATIENCE);
	trial("tc-bpf", prove_tc, NULL, PATIENCE);
	trial("geneve", prove_tunnel, "geneve", PATIENCE);
	trial("wireguard", prove_tunnel, "wireguard", PATIENCE);
	trial("tproxy", prove_tproxy, NULL, PATIENCE);
}
