#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# graft.sh CROSS ORIGINAL DEBUGGED NAME: proves that DEBUGGED, an ELF file with debug information, has the
# code of ORIGINAL, and gives each of its other sections that is loaded the bytes of ORIGINAL: they
# differ by build IDs, which are hashes of whole files. Prints the number of such sections. NAME is for
# messages, CROSS the prefix of binutils.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
cross=$1 original=$2 debugged=$3 name=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

die() {
	echo "graft: $name: $1" >&2
	exit 1
}

# sections FILE: NAME KIND ADDRESS SIZE of each section that is loaded; KIND is X for code, 0 for
# one without bytes
sections() {
	"${cross}readelf" -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] *//p' | awk '
		$2 != "NULL" && $7 ~ /A/ { print $1, $2 == "NOBITS" ? "0" : $7 ~ /X/ ? "X" : "-", $3, $5 }'
}
content() {
	"${cross}objcopy" -O binary --only-section="$2" "$1" "$3"
}

sections "$original" >"$work/original"
sections "$debugged" >"$work/debugged"
[ -s "$work/original" ] || die 'has no section that is loaded [no-section]; is it an ELF file?'
cmp -s "$work/original" "$work/debugged" || {
	diff "$work/original" "$work/debugged" | head -n 4 >&2
	die 'its sections, addresses or sizes differ with debug information [other-code]'
}
n=0
set --
while read -r section kind _; do
	[ "$kind" != 0 ] || continue
	content "$original" "$section" "$work/a"
	content "$debugged" "$section" "$work/b"
	cmp -s "$work/a" "$work/b" && continue
	[ "$kind" != X ] || die "the code in $section differs with debug information [other-code]"
	n=$((n + 1))
	mv "$work/a" "$work/section.$n"
	set -- "$@" --update-section "$section=$work/section.$n"
done <"$work/original"
[ $n -eq 0 ] || "${cross}objcopy" "$@" "$debugged"
echo $n
