#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# One more architecture is a row of scripts/archs.mk and a board, for the harness and for its
# tests: a scratch copy gets a made-up one, whose Kbuild is x86_64's, on a fake kernel tree. And
# each arch has the files that docs/porting.md has a porter write.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

# rows: each arch of archs.mk with its columns
rows() {
	sed -n 's/^arch-\([a-z0-9_]*\) *:= */\1 /p' "$1"
}

# ---- the existing archs -----------------------------------------------------------
"$BIN/kimage" pack --help >"$T/help"
rows scripts/archs.mk >"$T/rows"
check 'there are archs' [ "$(wc -l <"$T/rows")" -ge 4 ]
is "$(awk 'NF != 9' "$T/rows")" '' 'each row of archs.mk has all columns'
while read -r arch _ _ _ platform _; do
	check "$arch has a board that all archs have" test -f "configs/boards/$arch/virt.board"
	check "$arch has its processor's fragment" test -f "configs/arch/$arch.config"
	check "kimage knows $platform" grep -q "$platform\b" "$T/help"
	for board in configs/boards/"$arch"/*.board; do
		name=$arch-$(basename "$board" .board)
		for series in kernel/*/release; do
			series=$(basename "${series%/release}")
			! grep -q "^EXCEPT := .*\b$series\b" "$board" || continue
			check "$name's resolved config and $arch's probes of $series are committed" \
				test -s "configs/resolved/$series/$name.config" -a -s "configs/resolved/$series/$arch.probes"
		done
	done
done <"$T/rows"
is "$(for dir in configs/boards/*/; do basename "$dir"; done | sort)" "$(cut -d ' ' -f 1 "$T/rows" | sort)" \
	'and no boards are of an arch without a row'

# ---- one more ----------------------------------------------------------------------
if [ "$(uname -m)" != x86_64 ]; then
	skip 'a made-up arch is ported' 'its compiler is x86_64'"'"'s own'
	finish
fi
mkdir -p "$T/copy" "$T/configs/boards/madeup"
cp -R Makefile .clang-tidy scripts tests "$T/copy/"
cat >>"$T/copy/scripts/archs.mk" <<'E2'
arch-madeup := x86_64 x86 x86_64-linux-gnu linux/madeup qemu-system-madeup amd64 gcc-madeup qemu-system-madeup
kernels-madeup := bzImage
arch-other  := other other other-linux-gnu linux/other qemu-system-other oth gcc-other qemu-system-other
E2
cp "$T/configs/boards/x86_64/fake.board" "$T/configs/boards/madeup/"
BIN=$(cd "$BIN" && pwd)
# mk2 GOAL...: the copy's own Makefile
mk2() (
	cd "$T/copy" && mk "$T/out" -s "$@"
)
# in_copy NAME ARGS...: the copy does it
in_copy() (
	cd "$T/copy" && "$@"
)
mk2 help >"$T/said"
check 'help names it' grep -q '^  ARCH .*\bmadeup\b' "$T/said"
mk2 matrix-json >"$T/said"
check 'it is one of the jobs' grep -q '"name": "6.99/madeup-fake"' "$T/said"
mk2 config ARCH=madeup >"$T/said" 2>&1
check 'its config is proven' grep -q 'on madeup 6.99.1: .* 0 lost' "$T/out/6.99/madeup-fake/config.proof"
check 'and written' grep -q '^CONFIG_NET=y' "$T/out/6.99/madeup-fake/config"
is "$(in_copy scripts/setup/setup.sh --check boot madeup other | sed -n 's/.*(package \(.*\)), .*/\1/p' | tr '\n' ' ')" \
	"qemu-system-madeup gcc-other gcc-$(gcc -dumpversion)-plugin-dev-other libc6-dev-oth-cross qemu-system-other " 'set-up knows its packages'
in_copy sh tests/tools/setup.t >"$T/said" 2>&1
is "$? $(grep '^not ok' "$T/said")" '0 ' 'the tests of set-up pass with it'
check 'and try it' grep -q '^ok .* other gets the packages' "$T/said"
# shellcheck disable=SC2317 # called
mkimage() {
	sed -i 's|^#define PLATFORMS(P).*|&\n	P("linux/madeup", "madeup", "", "madeup", EM_X86_64, "bzImage", "bzImage", 0x202, "HdrS", "", "") \\|' \
		"$T/copy/scripts/kimage/archs.h"
	BIN=$T mk2 "$T/kimage"
}
. tests/lib/kimage/fake.sh
mkdir "$T/in"
inputs "$T/in"
sed -i 's/^arch .*/arch madeup/' "$T/in/meta"
check 'kimage is built with one more row' mkimage
tool=$BIN
BIN=$T
check 'and packs an image of it' pack "$T/in" "$T/image" --platform linux/madeup
BIN=$tool
refuses 2 'linux/madeup.*\[platform\]' 'kimage refuses a platform that its table has not' \
	"$BIN/kimage" pack --platform linux/madeup
finish
