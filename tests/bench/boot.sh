#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Time to init beside that of a bare kernel, tinyconfig and the least that boots from
# virtio on the same machine, packed alike: at most 1.5 times as long. Interleaved, TCG.
set -eu
: "${BIN:?}" "${BUILD:?}" "${TREE:?}" "${GUEST:?}" "${KARCH:?}" "${JOBS:?}"

T=$(mktemp -d)
obj=$TREE/bench-tiny
trap 'rm -rf "$T"' EXIT
mkdir -p "$obj" "$T/tiny"
cat >"$T/tiny.config" <<'EOF'
CONFIG_64BIT=y
CONFIG_SMP=y
CONFIG_PRINTK=y
CONFIG_TTY=y
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y
CONFIG_BLK_DEV_INITRD=y
CONFIG_RD_GZIP=y
CONFIG_BINFMT_ELF=y
CONFIG_PROC_FS=y
CONFIG_SYSFS=y
CONFIG_DEVTMPFS=y
CONFIG_TMPFS=y
CONFIG_ACPI=y
CONFIG_PCI=y
CONFIG_PCI_MSI=y
CONFIG_NET=y
CONFIG_INET=y
CONFIG_BLOCK=y
CONFIG_BLK_DEV=y
CONFIG_NETDEVICES=y
CONFIG_NET_CORE=y
CONFIG_VIRTIO_MENU=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_NET=y
CONFIG_HIGH_RES_TIMERS=y
CONFIG_POSIX_TIMERS=y
EOF
kbuild() {
	make -C "$TREE" O="$PWD/$obj" ARCH="$KARCH" -j"$JOBS" CC='ccache gcc' RUSTC=false BINDGEN=false PAHOLE=false "$@" \
		>"$T/log" 2>&1 || { tail -n 20 "$T/log" >&2; exit 2; }
}
grep -E '^CONFIG_KERNEL_[A-Z0-9]*=y' "$BUILD/config" >>"$T/tiny.config"
kbuild KCONFIG_ALLCONFIG="$T/tiny.config" tinyconfig
kbuild bzImage
cp "$obj/arch/x86/boot/bzImage" "$T/tiny/kernel"
mkdir -p "$T/none"
tar --format=ustar -C "$T/none" -cf "$T/tiny/kernel.tar" .
cp "$BUILD/cmdline" "$T/tiny/cmdline"
"$BIN/kimage" extract "$BUILD/image" --to "$T/ours"
# With modules out of the initrd as well: it is the kernel that is measured.
cp "$T/tiny/kernel.tar" "$T/ours/kernel.tar"

# init NAME: milliseconds to init
init() {
	scripts/boot.sh --image "$T/$1" --init "$GUEST" --bin "$BIN" --arch x86_64 --machine q35 --bus pci \
		--without console,rng,balloon,9p,vsock --out "$T/$1.out" -- qemu-system-x86_64 -machine q35 \
		>/dev/null 2>&1 || :
	sed -n 's/^init *\([0-9]*\) ms.*/\1/p' "$T/$1.out/report"
}
for _ in 1 2 3 4 5 6 7; do
	init tiny >>"$T/tiny.ms"
	init ours >>"$T/ours.ms"
done
median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
for name in tiny ours; do
	[ "$(grep -c . "$T/$name.ms")" -eq 7 ] || {
		echo "bench: $name did not reach init each time; $BUILD or $obj boots no more" >&2
		exit 2
	}
done
tiny=$(median "$T/tiny.ms") ours=$(median "$T/ours.ms")
echo "boot    bare kernel, $(stat -c %s "$T/tiny/kernel") bytes: init at $tiny ms (median of 7)"
echo "boot    ours, $(stat -c %s "$T/ours/kernel") bytes: init at $ours ms"
awk -v a="$ours" -v b="$tiny" 'BEGIN { printf "boot    ratio %.2f (goal: at most 1.5)\n", a / b }'
