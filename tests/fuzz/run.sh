#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh TARGET DIR: builds a target, and runs it for TIME seconds (60). The inputs that it finds
# stay in DIR/corpus/TARGET for the next run, beside tests/fuzz/corpus/TARGET.
# Exit status: 0 nothing was found, 1 a fault, with its input in DIR, 2 could not run.
set -u
LC_ALL=C
export LC_ALL

die() {
	echo "fuzz: $*" >&2
	exit 2
}

[ $# -eq 2 ] || die "usage: run.sh TARGET DIR [usage]"
target=$1 dir=$2 time=${TIME:-60}
case $time in *[!0-9]* | 0) die "TIME: not a valid number of seconds [bad-number]: got '$time'" ;; esac
tests/fuzz/build.sh "$target" "$dir/$target" || exit 2
mkdir -p "$dir/corpus/$target" "$dir/found/$target" || die "$dir: cannot be written [unwritable]"
rm -f "$dir/found/$target"/*
seeds=tests/fuzz/corpus/$target
[ -d "$seeds" ] || seeds=''
# shellcheck disable=SC2086 # there may be none
timeout -k 10 $((time + 120)) "$dir/$target" -max_total_time="$time" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
	-print_final_stats=1 -close_fd_mask=1 -artifact_prefix="$dir/found/$target/" \
	"$dir/corpus/$target" $seeds >"$dir/$target.log" 2>&1 </dev/null
status=$?
found=$(find "$dir/found/$target" -type f | head -n 1)
if [ -n "$found" ] || [ $status -ne 0 ]; then
	tail -n 40 "$dir/$target.log" | tr -c '\n\t\040-\176' '?' | sed 's/^/  | /' >&2
	echo "fuzz: $target: a fault [fuzz-found]: ${found:-status $status}; run $dir/$target ${found:-"$seeds"}" >&2
	exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$target.log")
cover=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$dir/$target.log" | tail -n 1)
echo "fuzz: $target: ${runs:-0} runs, $cover edges, nothing found"
