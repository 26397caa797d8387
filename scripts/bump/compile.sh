#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# compile.sh TOUCHED FACTS: compiles the C files that patches change, as the board's kernel would, and
# our modules in OWN. The lines of TOUCHED are PATCH<TAB>FILE. FACTS/compiled gets a line for each that
# does not compile, and FACTS/unchecked one for those that the board does not compile. The environment
# is that of kernel.sh, and SRCARCH.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
# shellcheck source=/dev/null
. "$scripts/kbuild.sh"

touched=$1 facts=$2
log=$facts/compile.log

# enabled FILE: does the board compile it? What its Makefile does not list belongs to another object.
enabled() {
	case $1 in
	"arch/$SRCARCH"/*) ;;
	arch/*) return 1 ;;
	esac
	object=${1##*/} list=$TREE/${1%/*}/Makefile
	object=${object%.c}.o
	options=$(sed -n "s/^[^#]*\$(CONFIG_\([A-Z0-9_]*\)).*[ 	]$object\( .*\)*\$/\1/p" "$list" 2>/dev/null)
	[ -n "$options" ] || return 0
	for option in $options; do
		! grep -q "^CONFIG_$option=[ym]" "$CONFIG" || return 0
	done
	return 1
}

# broken WHOSE WHAT: the first error of the log, in a line
broken() {
	error=$(grep -m1 'error' "$log" | tr '\t' ' ') || error=$(tail -n 1 "$log")
	printf '%s\t%s\t%s\n' "$1" "$2" "$error" >>"$facts/compiled"
}

mkdir -p "$OBJ"
cp "$CONFIG" "$OBJ/.config"
if ! kmake -s olddefconfig modules_prepare >"$log" 2>&1 </dev/null; then
	tail -n 3 "$log" | tr '\t\n' '  ' | sed 's/^/the tree could not be prepared to compile: /' >>"$facts/unchecked"
	echo >>"$facts/unchecked"
	exit
fi
others=''
while IFS='	' read -r patch file; do
	case $file in
	*.c) ;;
	*) continue ;;
	esac
	enabled "$file" || {
		others="$others $file"
		continue
	}
	echo "  CC      $file" >&2
	kmake "${file%.c}.o" >"$log" 2>&1 </dev/null || broken "$patch" "$file"
done <"$touched"
[ -z "$others" ] || echo "not compiled by $LABEL, so not tried:$others" >>"$facts/unchecked"

# By directory, so that nothing is linked, which would need a kernel's symbols.
[ -d "$OWN" ] && grep -q '^CONFIG_MODULES=y' "$CONFIG" || exit 0
rm -rf "$OBJ/own"
cp -R "$OWN" "$OBJ/own"
for dir in "$OWN"/*/; do
	dir=${dir%/}
	[ -e "$dir/Kbuild" ] || [ -e "$dir/Makefile" ] || continue
	echo "  CC      $dir" >&2
	kmake -s M="$(cd "$OBJ/own" && pwd -P)" "${dir##*/}/" >"$log" 2>&1 </dev/null || broken 'our module' "$dir"
done
