#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage, killed at any moment, leaves the old layout or the new one, whole.
. tests/lib.sh
. tests/kimage/fake.sh

inputs "$T/in"
larger "$T/large"
pack "$T/in" "$T/old" >/dev/null
cp -R "$T/old" "$T/kill"
pack "$T/large" "$T/level" --level 1 >/dev/null
start=$(date +%s%N)
pack "$T/large" "$T/j1" >/dev/null
span=$((($(date +%s%N) - start) / 1000000))
halves=0 killed=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ $((i % 2)) = 0 ] && level=1 || level=6
	[ "$i" != 5 ] || rm -r "$T/kill"
	pack "$T/large" "$T/kill" --level "$level" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '%d.%03d' $((i * span / 10000)) $((i * span / 10 % 1000)))"
	# The shell of the function, and kimage, its child.
	# shellcheck disable=SC2046 # words are meant to split
	kill -9 $(ps -o pid= --ppid $pid) $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	[ -e "$T/kill" ] || continue
	"$BIN/kimage" verify "$T/kill" >/dev/null && { diff -r "$T/kill" "$T/j1" || diff -r "$T/kill" "$T/level" ||
		diff -r "$T/kill" "$T/old"; } >/dev/null || halves=$((halves + 1))
done
is $halves 0 "$killed packings were killed, and no half layout was seen"
check 'the next one is whole' pack "$T/large" "$T/kill"
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'and has cleaned up'
finish
