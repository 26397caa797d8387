#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ticks: the frequency that guests get.
. tests/lib.sh

is "$("$BIN/ticks" --help | head -n 1)" 'usage: ticks' '--help'
refuses 2 '\[usage\]' 'an argument is refused' "$BIN/ticks" 5
case $(uname -m) in
x86_64)
	"$BIN/ticks" >"$T/one"
	"$BIN/ticks" >"$T/two"
	check 'kHz are printed' grep -qx '[0-9]\{6,7\}' "$T/one"
	# shellcheck disable=SC2016 # awk's own
	check 'and again, to a percent' awk '{ v[NR] = $1 } END { exit !(v[1] < 1.01 * v[2] && v[2] < 1.01 * v[1]) }' \
		"$T/one" "$T/two"
	;;
*) refuses 1 '\[no-tsc\]' 'a host without one gets a message' "$BIN/ticks" ;;
esac
finish
