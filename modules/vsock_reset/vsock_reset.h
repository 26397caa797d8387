/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VSOCK_RESET_H
#define VSOCK_RESET_H

#include <linux/types.h>
#include <linux/vm_sockets.h>

/*
 * Does a transport of virtio's lead to the host, by the CID of this end? Those that lead
 * elsewhere are vsock_loopback, and vhost_vsock in a host; without a device the CID is
 * VMADDR_CID_ANY.
 */
static inline bool vr_is_guest(u32 cid)
{
	return cid != VMADDR_CID_LOCAL && cid != VMADDR_CID_HOST;
}

#endif
