#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage, killed at any moment, leaves the old layout or the new one, whole.
# shellcheck disable=SC2034 # pack takes $under
. tests/lib.sh
. tests/lib/kimage/fake.sh

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
	under="timeout -s KILL $(printf '%d.%03d' $((i * span / 10000)) $((i * span / 10 % 1000)))"
	pack "$T/large" "$T/kill" --level "$level" >/dev/null 2>"$T/err"
	[ $? -ne 137 ] || killed=$((killed + 1))
	[ -e "$T/kill" ] || continue
	"$BIN/kimage" verify "$T/kill" >/dev/null && { diff -r "$T/kill" "$T/j1" || diff -r "$T/kill" "$T/level" ||
		diff -r "$T/kill" "$T/old"; } >/dev/null || halves=$((halves + 1))
done
under=
is $halves 0 'no half layout was seen'
[ $killed -ge 2 ] && ok "$killed of 10 packings were killed in time" ||
	not_ok "only $killed of 10 packings were killed in time"
check 'the next one is whole' pack "$T/large" "$T/kill"
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'and has cleaned up'
finish
