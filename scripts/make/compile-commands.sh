#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# compile-commands.sh FILE TOOL[:PACKAGE...]...: writes compile_commands.json, which editors and
# clang's tools read. It has the tools in scripts/TOOL or scripts/guest/TOOL, with $CFLAGS, and our
# own modules, with the commands that Kbuild recorded in $COPIES, where it compiled copies in $OBJ.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
file=$1
shift
here=$(pwd -P)

# escaped: standard input as the inside of a JSON string
escaped() {
	tr '\t' ' ' | sed 's/[\"]/\\&/g'
}

# entry DIRECTORY FILE COMMAND
entry() {
	printf '%s{"directory": "%s", "file": "%s",\n "command": "%s"}' "$comma" "$(printf %s "$1" | escaped)" \
		"$(printf %s "$2" | escaped)" "$(printf %s "$3" | escaped)"
	comma=',
'
}

tools() {
	for tool in "$@" lib; do
		flags=$CFLAGS
		packages=$(echo "${tool#"${tool%%:*}"}" | tr : ' ')
		# shellcheck disable=SC2086 # words are meant to split
		[ -z "${packages# }" ] || flags="$flags $(pkg-config --cflags $packages)"
		tool=${tool%%:*}
		[ "$tool" != kconf ] || flags="$flags -Iscripts/kconf -isystem $TREE/scripts/kconfig -isystem $TREE/scripts/include"
		dir=scripts/$tool
		[ -d "$dir" ] || dir=scripts/guest/$tool
		for c in "$dir"/*.c; do
			entry "$here" "$c" "$HOSTCC $flags -c $c"
		done
	done
}

modules() {
	[ -d "$COPIES" ] && [ -d "$OBJ" ] || return 0
	copy=$(cd "$COPIES" && pwd -P)
	own=$(cd "$OWN" && pwd -P)
	for c in "$OWN"/*/*.c; do
		name=${c#"$OWN"/}
		cmd=$COPIES/${name%/*}/.$(basename "$name" .c).o.cmd
		[ -f "$cmd" ] || continue
		# make wrote it: $$ is $. What follows ; is objtool. Flags name the copy as it lay, or as OBJ sees it.
		command=$(sed -n '1s/^[a-z]*cmd_[^ ]* := //p' "$cmd" | sed 's/ ; .*//; s/\$\$/$/g' | sed "s|$copy/|$own/|g")
		entry "$(cd "$OBJ" && pwd -P)" "$own/$name" "$command"
		modules=$((modules + 1))
	done
}

comma='' modules=0
{
	echo '['
	tools "$@"
	modules
	printf '\n]\n'
} >"$file.tmp"
mv "$file.tmp" "$file"
[ "$modules" -gt 0 ] || note='; our own modules are skipped until they are built: make image'
echo "  $file: $(grep -c '"directory"' "$file") files${note-}"
