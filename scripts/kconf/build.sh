#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh TREE KEY CACHE DEST: links kconf with TREE's own Kconfig, as DEST. CACHE has earlier
# results, for the same KEY and the same scripts/kconfig.
# HOSTCC, CFLAGS and what sanitizers to use, SAN, come from the environment.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
tree=$1 key=$2 cache=$3 dest=$4
here=${0%/*}
kconfig=$tree/scripts/kconfig
include=$tree/scripts/include

sources() {
	# Older trees have no include.
	(cd "$tree/scripts" && find kconfig -type f ! -path '*/tests/*' -exec sha256sum {} + &&
		[ ! -d include ] || find include -type f -exec sha256sum {} +) | sort
}
sum=$({ cat "$key" && sources; } | sha256sum | cut -c 1-16)
kept=$cache/kconf-$sum
# Another make may be building the same.
exec 9<"$cache"
flock 9
if [ ! -x "$kept" ]; then
	printf '  %-8s%s\n' TOOL kconf
	work=$kept.tmp
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' HUP INT TERM
	rm -rf "$work"
	mkdir -p "$work"
	flex -o "$work/lexer.lex.c" -L "$kconfig/lexer.l"
	bison -o "$work/parser.tab.c" --defines="$work/parser.tab.h" -t -l "$kconfig/parser.y"
	set --
	for part in confdata expr menu preprocess symbol util; do
		set -- "$@" "$kconfig/$part.c"
	done
	# Kconfig's files are compiled with the kernel's flags, ours with those of our tools.
	# shellcheck disable=SC2086 # words are meant to split
	"$HOSTCC" -w -O2 ${SAN-} -include "$here/hashtables.h" -r -nostdlib -I"$kconfig" -I"$include" -I"$work" \
		-o "$work/kconfig.o" "$@" "$work/lexer.lex.c" "$work/parser.tab.c" &
	theirs=$!
	# shellcheck disable=SC2086
	"$HOSTCC" $CFLAGS ${SAN-} -std=gnu11 -isystem "$kconfig" -isystem "$include" \
		-include "$here/hashtables.h" -r -nostdlib -o "$work/kconf.o" "$here"/*.c "$scripts"/lib/*.c
	wait "$theirs"
	# shellcheck disable=SC2086
	"$HOSTCC" ${SAN:--Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free} \
		-Wl,--wrap=popen,--wrap=pclose -o "$work/kconf" "$work/kconf.o" "$work/kconfig.o" -ljansson -ldeflate
	mv "$work/kconf" "$kept"
fi
cp "$kept" "$dest.tmp"
mv "$dest.tmp" "$dest"
