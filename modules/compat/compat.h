/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How kernels differ for our modules, and what those can't do without. probe.sh looks;
 * Kbuild passes what it found.
 */
#ifndef KEELSON_COMPAT_H
#define KEELSON_COMPAT_H

#ifndef HAVE_TREE
#error "probe.sh found no kernel tree"
#endif

/* 71dc9ec9ac7d ("virtio/vsock: replace virtio_vsock_pkt with sk_buff"), 6.3 and 6.1.y */
#ifndef HAVE_VSOCK_SKB
#error "this kernel's vsock has packets of its own; sk_buffs came with 6.3 and a later 6.1.y"
#endif

/* Private to af_vsock.c: what a socket has that nobody has set anything of. */
#if !defined(HAVE_VSOCK_256K) || !defined(HAVE_VSOCK_MAX_256K)
#error "this kernel's vsock has another default window than 256 KiB: see VT_STOCK in vsock_tune.h"
#endif

/* 581512a6dc93 ("vsock/virtio: MSG_ZEROCOPY flag support"), 6.7 */
#ifdef HAVE_VSOCK_TRACE_ZCOPY
#define COMPAT_FLAGS_AND_ZCOPY	u32 flags, bool zcopy
#define compat_zcopy		zcopy
#else
#define COMPAT_FLAGS_AND_ZCOPY	u32 flags
#define compat_zcopy		false
#endif

#endif
