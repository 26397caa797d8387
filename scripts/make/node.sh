#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# node.sh SOURCE.tar DEST TAG IMAGE KNOB=VALUE...: one job of `make matrix RUNNER=`, on a node: builds
# the image of a board in the current directory, and writes DEST/TAG.tar: the log and, after a
# success, the layout. In a Slurm array the third argument is a file, which has TAG and what follows
# as its line SLURM_ARRAY_TASK_ID.
#
# The exit status of a failed build is make's for Slurm, whose accounts then say so. GNU parallel
# would run such a job again: there only a lost node ends with another status than 0.
set -eu
source=$1 dest=$2
shift 2
# shellcheck disable=SC2046 # words are meant to split
[ -z "${SLURM_ARRAY_TASK_ID-}" ] || set -- $(sed -n "${SLURM_ARRAY_TASK_ID}p" "$1")
tag=$1 image=$2
shift 2

# Sources are unpacked once, also if two jobs begin at once. Nodes may share this directory.
tree=$PWD/tree-$(sha256sum <"$source" | cut -c -16)
[ -d "$tree" ] || {
	mkdir -p "$tree.$$.tmp"
	tar -C "$tree.$$.tmp" -xf "$source"
	mv -T "$tree.$$.tmp" "$tree" 2>/dev/null || rm -rf "$tree.$$.tmp"
}
scripts=$tree/scripts
# shellcheck source=/dev/null
. "$scripts/env.sh"

machine=${SLURMD_NODENAME:-$(uname -n)} st=0
out=$PWD/out-$machine log=$PWD/log-$machine/$tag result=$dest/$tag.tar
mkdir -p "$log"
make -C "$tree" --no-print-directory OUT="$out" DL="$PWD/dl" "$@" image >"$log/log" 2>&1 </dev/null || st=$?
set -- -C "$log" log
[ $st -ne 0 ] || set -- "$@" -C "$out/${image%/*}/${image##*/}" image
tar -cf "$result.$$" "$@"
mv "$result.$$" "$result"
[ -n "${SLURM_ARRAY_TASK_ID-}" ] || st=0
exit $st
