#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The fake kernel's image is the same in every directory, also beside another make. On full and
# read-only disks make reports that it cannot build.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

first=$(digest "$T/out")
is "${#first}" 71 'an image is built from nothing'
is "$(umask 077; TZ=Asia/Tokyo USER=other digest "$T/another/place/out")" "$first" \
	'another directory, umask, time zone and user give the same digest'
is "$(CCACHE_DISABLE=1 digest "$T/no-ccache")" "$first" 'so does a build without ccache'

# Two makes at once, each with another board, from nothing: they share the tools.
sed "s/no machine at all/none, either/" "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/x86_64/other.board"
BIN=$T/both/bin mk "$T/both" -s image BOARD=other >"$T/other" 2>&1 &
is "$(BIN=$T/both/bin digest "$T/both")" "$first" 'so does a build beside another that makes the same tools'
wait "$!"
is "$? $(grep -c sha256: "$T/other")" '0 1' 'which is not affected either'
grep -q sha256: "$T/other" || diag <"$T/other"

# mounted OPTIONS SCRIPT: runs it with another file system at $T/small
mkdir "$T/small"
mounted() {
	_options=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's own
	unshare -rm sh -c 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"' sh \
		"$_options" "$T/small" "$@"
}
if mounted size=1m true 2>/dev/null; then
	export T BIN
	make_small() {
		mounted "$1" make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" MODULES="$T/modules" \
			OUT="$T/small/out" DL="$T/out/dl" BIN="$BIN" SERIES=6.99 BOARD=fake SIGN_KEY="$T/key.pem" \
			KERNEL_DIR="$T" OFFLINE=1 KERNEL_MIRROR= JOBS=2 V= image
	}
	for size in 16k 256k 1100k 1200k; do
		refuses 2 'No space left|full|cannot be|I/O error' "a disk of $size is too small, and make reports it" \
			make_small size=$size
	done
	refuses 2 'read-only|Read-only' 'so is one that is read-only' make_small ro
else
	skip 'full and read-only disks' 'THIS KERNEL LETS NO USER MOUNT'
fi
is "$(digest "$T/out")" "$first" 'nothing was lost by that'
finish
