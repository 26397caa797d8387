#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Our own modules are loaded and removed a thousand times, while they work. FLAVOUR=debug adds
# the kernel's checks, and takes hours.
. tests/lib/boot.sh

# vsock_tune's trials need both ends in one guest, which production has no transport for.
tune=,vsock_loopback,vsock_tune
each=2
grep -q '^CONFIG_VSOCKETS_LOOPBACK=m' "$BUILD/config" || { tune='' each=1; }

# Each time has a line in the kernel's log, and none may be lost.
check "virtio_vqmon${tune:+ and vsock_tune}" mk boot BOOT_ARGS="--modules virtio_vqmon$tune \
	--allow scripts/guest/ours.allow --append keelson.cycles=1000 --append log_buf_len=1M --limit 9000"
is "$(grep -cE '(vqmon|tune)-reload ok loaded 1000 times' "$BUILD/boot/$FIRST/report")" "$each" 'a thousand times each'
check 'virtio_vsock_ng' mk boot BOOT_ARGS="--modules virtio_vsock_ng --allow scripts/guest/ours.allow \
	--append modprobe.blacklist=vmw_vsock_virtio_transport --append keelson.cycles=1000 --append log_buf_len=1M --limit 9000"
is "$(grep -c 'ng-reload ok loaded 1000 times' "$BUILD/boot/$FIRST/report")" 1 'a thousand times'
finish
