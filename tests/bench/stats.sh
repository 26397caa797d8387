# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Statistics of several runs, for the benchmarks, which source this. A file has a number a line.

# Other load of the machine only adds to a time: the least is the most repeatable.
least() {
	sort -n "$1" | head -n 1
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

most() {
	sort -n "$1" | tail -n 1
}
