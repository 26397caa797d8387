#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Time to init beside that of a bare kernel, tinyconfig and the least that boots from
# virtio on the same machine, packed alike: at most 1.5 times as long. In time, the fastest of
# interleaved boots in TCG; and as QEMU counts: a nanosecond for an instruction, and waits.
set -eu
: "${BIN:?}" "${BUILD:?}" "${TREE:?}" "${GUEST:?}" "${KARCH:?}" "${JOBS:?}"

# shellcheck source=/dev/null
. tests/bench/stats.sh
T=$(mktemp -d)
obj=$TREE/bench-bare
trap 'rm -rf "$T"' EXIT
mkdir -p "$obj" "$T/bare"
cat >"$T/bare.config" <<'EOF'
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
grep -E '^CONFIG_KERNEL_[A-Z0-9]*=y' "$BUILD/config" >>"$T/bare.config"
kbuild KCONFIG_ALLCONFIG="$T/bare.config" tinyconfig
kbuild bzImage
cp "$obj/arch/x86/boot/bzImage" "$T/bare/kernel"
mkdir -p "$T/none"
tar --format=ustar -C "$T/none" -cf "$T/bare/kernel.tar" .
cp "$BUILD/cmdline" "$T/bare/cmdline"
"$BIN/kimage" extract "$BUILD/image" --to "$T/ours"
# With modules out of the initrd as well: it is the kernel that is measured.
cp "$T/bare/kernel.tar" "$T/ours/kernel.tar"

# init NAME HOW QEMU...: boots NAME, and adds the milliseconds to init to $T/NAME.HOW
init() {
	name=$1 how=$2
	shift 2
	scripts/guest/boot.sh --image "$T/$name" --init "$GUEST" --bin "$BIN" --arch x86_64 --machine q35 --bus pci \
		--without console,rng,balloon,9p,vsock --out "$T/$name.out" -- qemu-system-x86_64 -machine q35 "$@" \
		>/dev/null 2>&1 || :
	sed -n 's/^init *\([0-9]*\) ms.*/\1/p' "$T/$name.out/report" | grep . >>"$T/$name.$how" || {
		echo "bench: $name did not reach init; $BUILD or $obj boots no more" >&2
		exit 2
	}
}
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	init bare time
	init ours time
done
for _ in 1 2 3; do
	init bare count -icount shift=0,sleep=off
	init ours count -icount shift=0,sleep=off
done
for name in bare ours; do
	echo "boot    $name, $(stat -c %s "$T/$name/kernel") bytes: init at $(least "$T/$name.time") to $(most "$T/$name.time") ms," \
		"in QEMU's count at $(median "$T/$name.count")"
done
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}
echo "boot    ratio $(ratio "$(least "$T/ours.time")" "$(least "$T/bare.time")") of the fastest (goal: at most 1.5)," \
	"$(ratio "$(median "$T/ours.count")" "$(median "$T/bare.count")") of the counts"
