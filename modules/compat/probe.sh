#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
#   probe.sh TREE
#
# Prints -DHAVE_X for each thing below that the kernel in TREE has. It looks at the code, not
# at the version, since stable releases take changes in the middle of a series. compat.h says
# what each is about, and refuses kernels whose answers our modules can't do with.
tree=$1

# has X FILE ERE
has() {
	grep -qE -e "$3" "$tree/$2" && printf ' -DHAVE_%s' "$1"
}

has TREE Makefile '^VERSION = '
has VSOCK_SKB include/linux/virtio_vsock.h '^struct virtio_vsock_skb_cb'
has VSOCK_256K net/vmw_vsock/af_vsock.c 'define VSOCK_DEFAULT_BUFFER_SIZE +\(1024 \* 256\)'
has VSOCK_MAX_256K net/vmw_vsock/af_vsock.c 'define VSOCK_DEFAULT_BUFFER_MAX_SIZE +\(1024 \* 256\)'
has VSOCK_TRACE_ZCOPY include/trace/events/vsock_virtio_transport_common.h 'bool zcopy'
echo
