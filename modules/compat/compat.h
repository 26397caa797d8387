/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How kernels differ for our modules, and what those can't do without. probe.sh looks;
 * Kbuild passes its findings.
 */
#ifndef KEELSON_COMPAT_H
#define KEELSON_COMPAT_H

#ifndef HAVE_TREE
#error "probe.sh found no kernel tree"
#endif

/* 71dc9ec9ac7d ("virtio/vsock: replace virtio_vsock_pkt with sk_buff"), 6.3 and 6.1.y */
#ifndef HAVE_VSOCK_SKB
#error "this kernel's vsock has its own packets; sk_buffs came with 6.3 and a later 6.1.y"
#endif

/* Private to af_vsock.c: the defaults of a socket whose program has set nothing. */
#if !defined(HAVE_VSOCK_256K) || !defined(HAVE_VSOCK_MAX_256K)
#error "this kernel's vsock has another default window than 256 KiB: see VT_STOCK, VNG_STOCK"
#endif

/* a69686327e42 ("vsock: add netns support to virtio transports"), after 6.18 */
#ifdef HAVE_VSOCK_NET
#define COMPAT_SKB_AND_NET		struct sk_buff *skb, struct net *net
#define compat_skb_and_net(fn, skb)	fn(skb, net)
#else
#define COMPAT_SKB_AND_NET		struct sk_buff *skb
#define compat_skb_and_net(fn, skb)	fn(skb)
#endif

/*
 * Without 52bcb57a4e8a ("vsock/virtio: fix accept queue count leak on transport mismatch"), as
 * 6.18.15 is, a request has its place among those to be accepted before its transport is
 * asked, and keeps it if that refuses.
 */
#ifdef HAVE_VSOCK_EARLY_ACCEPTQ
#define compat_refused(listener)	sk_acceptq_removed(listener)
#else
#define compat_refused(listener)	((void)(listener))
#endif

/* What virtio_vsock_ng takes over of net/vmw_vsock/virtio_transport.c must be there. */
#define COMPAT_TAKES_OVER(name) \
	static_assert(IS_ENABLED(HAVE_TRANSPORT_##name), \
		      "virtio_transport.c no longer has " #name " as probe.sh knows it")

#endif
