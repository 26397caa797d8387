#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A boot that should fail does: changed modules, kernels that panic, other releases.
. tests/lib.sh
: "${BUILD:?}" "${KARCH:?}"
[ "$KARCH" = x86_64 ] || { skip 'a boot that must fail does' 'the image is not for x86_64'; finish; exit; }
check 'the image is extracted' "$BIN/kimage" extract "$BUILD/image" --to "$T/image" kernel kernel.tar cmdline
mkdir "$T/tree"
tar -xf "$T/image/kernel.tar" -C "$T/tree"
dummy=$(find "$T/tree" -name dummy.ko)
strip --strip-debug "$dummy"
(cd "$T/tree" && tar --format=ustar -cf "$T/image/kernel.tar" lib)
qemu() {
	scripts/guest/boot.sh --image "$T/image" --init "$GUEST" --bin "$BIN" --arch x86_64 --machine q35 --bus pci \
		--out "$T/out" "$@" -- qemu-system-x86_64 -machine q35
}
refuses 1 '\[not-held\]' 'a module without its signature is refused' qemu --modules dummy
check 'by the kernel, which says so' grep -q 'module dummy: Key was rejected\|module dummy: Required key' "$T/out/report"
refuses 1 'died before init' 'a kernel that panics is a finding' qemu --append 'rdinit=/none root=none' --limit 40
refuses 1 '\[not-held\]' 'another release is one' qemu --release 0.0.0
finish
