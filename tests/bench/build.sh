#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `make` from an unpacked tree to a verified image, with an empty ccache, beside Kbuild
# alone on the same tree and config: at most 5 % more.
set -eu
: "${MK:?}" "${TREE:?}" "${KARCH:?}" "${JOBS:?}"

T=$(mktemp -d "$PWD/$(dirname "$(dirname "$TREE")")/bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
now() {
	date +%s%N | cut -b 1-13
}
CCACHE_DIR=$T/ccache
export CCACHE_DIR

$MK OUT="$T" config >/dev/null
start=$(now)
$MK OUT="$T" image >/dev/null
ours=$(($(now) - start))
echo "build   make image, ccache empty: $((ours / 1000)) s"

config=$(find "$T" -maxdepth 3 -name config -type f)
tree=$(find "$T" -maxdepth 2 -name linux -type d)
mkdir -p "$tree/plain/certs"
cp "$config" "$tree/plain/.config"
cp "$T/signer.pem" "$tree/plain/certs/keelson.pem"
kbuild() {
	make -C "$tree" O="$tree/plain" ARCH="$KARCH" LOCALVERSION= -j"$JOBS" RUSTC=false BINDGEN=false \
		PAHOLE=false INSTALL_MOD_STRIP=1 INSTALL_MOD_PATH="$T/plain" "$1" >"$T/plain.log" 2>&1 || {
		tail -n 5 "$T/plain.log" >&2
		exit 2
	}
}
start=$(now)
kbuild all
kbuild modules_install
plain=$(($(now) - start))
echo "build   Kbuild alone, without ccache: $((plain / 1000)) s"
awk -v a=$ours -v b=$plain 'BEGIN { printf "build   ratio %.3f (goal: at most 1.05)\n", a / b }'

rm -rf "$T"/[0-9]*
$MK OUT="$T" config >/dev/null
start=$(now)
$MK OUT="$T" image >/dev/null
warm=$(($(now) - start))
awk -v a=$warm -v b=$plain 'BEGIN { printf "build   make image, ccache warm: %d s, %.2f of Kbuild alone\n", a / 1000, a / b }'
