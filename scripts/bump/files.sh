#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# files.sh OLD NEW OBJ TOUCHED MODULES FACTS: counts the files that differ between two trees: all of
# them, those that the last build in OBJ compiled, and those in reach of our patches and modules.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

old=$1 new=$2 obj=$3 touched=$4 modules=$5 facts=$6
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# Object directories have a .config.
set --
for dir in "$old"/*/.config "$new"/*/.config; do
	[ ! -e "$dir" ] || dir=${dir%/.config} && set -- "$@" -x "${dir##*/}"
done
diff -rq --no-dereference -x .keelson "$@" "$old" "$new" >"$tmp/diff" || :
sed -n "s,^Files $old/\(.*\) and .* differ\$,\1,p; s,^Only in $old/*\(.*\): \(.*\)\$,\1/\2,p; s,^Only in $new/*\(.*\): \(.*\)\$,\1/\2,p" \
	"$tmp/diff" | sed 's,^/,,' | sort -u >"$tmp/changed"

# count KIND FILE: how many of the changed files FILE lists, with the first of them
count() {
	sort -u "$2" | comm -12 - "$tmp/changed" >"$tmp/both"
	n=$(wc -l <"$tmp/both")
	names=$(head -n 20 "$tmp/both" | tr '\n' ' ' | sed 's/ $//; s/./: &/')
	[ "$n" -le 20 ] || names="$names and $((n - 20)) more"
	printf '%s\t%s%s\n' "$1" "$n" "$names" >>"$facts/files"
}
printf 'files and directories changed upstream\t%s\n' "$(wc -l <"$tmp/changed")" >>"$facts/files"
if [ -d "$obj" ] && find "$obj" -name '.*.o.cmd' -print -quit | grep -q .; then
	# Paths are relative to OBJ, which is in the tree.
	# shellcheck disable=SC2016 # for sed
	find "$obj" -name '.*.o.cmd' -exec cat {} + | sed -n 's/^source_[^ ]* := //p; s/^ *\(\.\.\/[^ $()]*\) *\\*$/\1/p' |
		sed 's,^\.\./,,' | sort -u >"$tmp/compiled"
	sort -u "$tmp/compiled" | comm -12 - "$tmp/changed" | wc -l |
		sed "s/^/of these compiled by the last build in ${obj##*/}	/" >>"$facts/files"
else
	echo "which changed files are compiled: ${obj##*/} was not built" >>"$facts/unchecked"
fi
cut -f 2 "$touched" >"$tmp/touched"
count 'changed files that our patches change too' "$tmp/touched"
find "$modules" -name '*.[ch]' -exec sed -n 's,^#include <\(.*\)>.*,include/\1,p' {} + >"$tmp/headers" 2>/dev/null || :
count 'changed headers that our modules include' "$tmp/headers"
