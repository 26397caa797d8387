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

# spans X FILE ERE: where it may go over several lines
spans() {
	grep -qzE -e "$3" "$tree/$2" && printf ' -DHAVE_%s' "$1"
}

has TREE Makefile '^VERSION = '
has VSOCK_SKB include/linux/virtio_vsock.h '^struct virtio_vsock_skb_cb'
has VSOCK_256K net/vmw_vsock/af_vsock.c 'define VSOCK_DEFAULT_BUFFER_SIZE +\(1024 \* 256\)'
has VSOCK_MAX_256K net/vmw_vsock/af_vsock.c 'define VSOCK_DEFAULT_BUFFER_MAX_SIZE +\(1024 \* 256\)'
has VSOCK_NET include/linux/virtio_vsock.h '\(\*send_pkt\)\(struct sk_buff \*skb, struct net \*net\)'
spans VSOCK_EARLY_ACCEPTQ net/vmw_vsock/virtio_transport_common.c \
	'sk_acceptq_added\(sk\);[[:space:]]+lock_sock_nested\(child'

# What virtio_vsock_ng takes over of the guest's transport, by the names that it has there.
transport=net/vmw_vsock/virtio_transport.c
has TRANSPORT_VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE $transport '[= (]VIRTIO_VSOCK_DEFAULT_RX_BUF_SIZE[;,)]'
has TRANSPORT_virtio_transport_recv_pkt $transport '[[:space:]]virtio_transport_recv_pkt\(&virtio_transport, skb[,)]'
has TRANSPORT_virtio_transport $transport '^static struct virtio_transport virtio_transport = \{'
for name in init connect stream_enqueue seqpacket_enqueue notify_buffer_size send_pkt can_msgzerocopy; do
	has "TRANSPORT_$name" $transport '^[[:space:]]+\.'"$name"'[[:space:]]*= [a-z]'
done
has TRANSPORT_module_init $transport '^module_init\(virtio_vsock_init\);'
has TRANSPORT_module_exit $transport '^module_exit\(virtio_vsock_exit\);'
has TRANSPORT_MODULE_DEVICE_TABLE $transport '^MODULE_DEVICE_TABLE\(virtio, '
echo
