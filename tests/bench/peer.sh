#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The board's kernel beside one of the same tree, by the same compiler, that another project's
# config makes (PEER=FILE; docs/figures.md names Firecracker's own for its guests): size as
# bzImage, time to init and memory in use by then, on QEMU's microvm as the board has it, each with
# the command line that its project gives it. The fastest of interleaved boots in TCG, and the
# median of the memory in use.
set -eu
: "${BIN:?}" "${BUILD:?}" "${TREE:?}" "${GUEST:?}" "${KARCH:?}" "${JOBS:?}" "${EPOCH:?}" "${CERT:?}" "${BOARD:?}"
PEER=${PEER:-}
[ "$KARCH" = x86_64 ] || { echo "peer    skipped: the machine is not x86_64"; exit; }
[ -n "$QEMU_MMIO" ] || { echo "peer    skipped: the board has no microvm"; exit; }
[ -r "$PEER" ] || {
	echo "bench: peer: '$PEER' cannot be read [no-peer]; set PEER to a config, such as docs/figures.md names" >&2
	exit 2
}

# shellcheck source=/dev/null
. tests/bench/stats.sh
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/none"

# build NAME CONFIG: a bzImage as the product's are made, and the same initrd for each, with
# nothing but init
build() {
	env OBJ="$TREE/bench-$1" CONFIG="$2" STAGE="$BUILD/bench-$1" IMAGE=arch/x86/boot/bzImage CROSS='' \
		PROGRESS="$BIN/progress" LABEL="$1" BASE=bench TREE="$TREE" CERT="$CERT" EPOCH="$EPOCH" \
		KARCH="$KARCH" JOBS="$JOBS" scripts/kernel.sh >&2
	mkdir "$T/$1"
	cp "$BUILD/bench-$1/kernel" "$T/$1/"
	tar --format=ustar -C "$T/none" -cf "$T/$1/kernel.tar" .
}
mkdir "$T/obj"
cp "$PEER" "$T/obj/.config"
make -s -C "$TREE" O="$T/obj" ARCH="$KARCH" RUSTC=false BINDGEN=false PAHOLE=false olddefconfig >"$T/log" 2>&1 ||
	{ cat "$T/log" >&2; exit 2; }
build peer "$T/obj/.config"
build ours "$BUILD/config"
# Firecracker's default, except that it disables the console.
echo "console=ttyS0 reboot=k panic=1 nomodule i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce" >"$T/peer/cmdline"
cp "$BUILD/cmdline" "$T/ours/"

# boot NAME: boots it, and adds the milliseconds to init to $T/NAME.ms and the memory in use then to
# $T/NAME.kb
boot() {
	name=$1
	# shellcheck disable=SC2086 # words are meant to split
	scripts/guest/boot.sh --image "$T/$name" --init "$GUEST" --bin "$BIN" --arch x86_64 --machine mmio --bus device \
		--devices block,net --out "$T/$name.out" -- $QEMU_MMIO >/dev/null 2>&1 || :
	sed -n 's/.*"init_ms": \([0-9]*\).*/\1/p' "$T/$name.out/report.json" | grep . >>"$T/$name.ms" || {
		echo "bench: $name did not reach init:" >&2
		tail -n 5 "$T/$name.out/console.log" >&2
		exit 2
	}
	awk -F '[:,]' '/"mem_given_kb"/ { given = $2 } /"mem_available_kb"/ { print given - $2 }' \
		"$T/$name.out/report.json" >>"$T/$name.kb"
}
for _ in 1 2 3 4 5 6 7 8 9; do
	boot peer
	boot ours
done

# line WHAT UNIT OURS PEER GOAL
line() {
	awk -v what="$1" -v unit="$2" -v a="$3" -v b="$4" -v goal="$5" 'BEGIN {
		printf "peer    %s: %s %s, the other %s, ratio %.2f (goal: at most %s)\n", what, a, unit, b, a / b, goal }'
}
case $BOARD in firecracker) goals='0.5 0.6 0.7' ;; *) goals='1 1 1' ;; esac
# shellcheck disable=SC2086 # words are meant to split
set -- $goals
echo "peer    $BOARD beside ${PEER##*/}"
line bzImage bytes "$(stat -c %s "$T/ours/kernel")" "$(stat -c %s "$T/peer/kernel")" "$1"
line 'time to init' ms "$(least "$T/ours.ms")" "$(least "$T/peer.ms")" "$2"
line 'memory in use' kB "$(median "$T/ours.kb")" "$(median "$T/peer.kb")" "$3"
