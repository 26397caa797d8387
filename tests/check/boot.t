#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The default image boots on every machine of its board, and a boot that should fail does.
. tests/lib.sh
: "${MK:?}" "${BUILD:?}" "${MACHINES:?}"
boot=$BUILD/boot

# report MACHINE: what the last boot there found
report() {
	sed 's/^/# /' "$boot/$1/report"
}

# mk GOAL...: make, with a log that tells why it failed
mk() {
	# shellcheck disable=SC2086 # words are meant to split
	$MK "$@"
}

# ---- every machine -----------------------------------------------------------------
for m in $MACHINES; do
	check "$m boots, every device answers, no warning counts" mk boot MACHINE="$m"
	report "$m"
done
first=${MACHINES%% *}
check 'every module loads' mk boot BOOT_ARGS='--modules all'
report "$first"
total=$(tar -tf "$boot/image/kernel.tar" | grep -c '\.ko$')
loaded=$(sed -n 's/^modules *\([0-9]*\) loaded.*/\1/p' "$boot/$first/report")
refused=$(sed -n '/^refused/,/^virtio/p' "$boot/$first/report" | grep -vc '^virtio')
is "$((loaded + refused))" "$total" 'none is left out'
check 'what containers need holds, and fixed defects of vsock stay fixed' \
	mk boot BOOT_ARGS='--modules vsock_loopback --containers --append keelson.fixes'
is "$(grep -c 'fix-[a-z]* ok' "$boot/$first/report")" 2 'both defects were tried'
is "$(grep -cE '(squashfs-[a-z]*|erofs-lz4|overlay|namespaces|[a-z]*-limit|seccomp|bpf|bridge|nat) ok' "$boot/$first/report")" 13 \
	'file systems, layers, namespaces, limits, filters and networks too'

# ---- what must fail ----------------------------------------------------------------
cp -R "$boot/image" "$T/image"
mkdir "$T/tree"
tar -xf "$T/image/kernel.tar" -C "$T/tree"
dummy=$(find "$T/tree" -name dummy.ko)
strip --strip-debug "$dummy"
(cd "$T/tree" && tar --format=ustar -cf "$T/image/kernel.tar" lib)
qemu() {
	scripts/boot.sh --image "$T/image" --init "$GUEST" --bin "$BIN" --arch x86_64 --machine q35 --bus pci \
		--out "$T/out" "$@" -- qemu-system-x86_64 -machine q35
}
refuses 1 'does not hold' 'a module whose signature is gone is refused' qemu --modules dummy
check 'by the kernel, which says so' grep -q 'module dummy: Key was rejected\|module dummy: Required key' "$T/out/report"
refuses 1 'died before init' 'a kernel that panics is a finding' qemu --append 'rdinit=/none root=none' --limit 40
refuses 1 'does not hold' 'another release is one' qemu --release 0.0.0
finish
