#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tidy.sh COMPILER-OPTIONS... -- FILE...: runs clang-tidy, and prints its output only if it finds
# something, since it counts suppressed warnings.
set -u
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
options=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	options="$options $1"
	shift
done
shift
# shellcheck disable=SC2086 # words are meant to split
said=$(clang-tidy --quiet "$@" -- $options 2>&1) || { echo "$said" >&2; exit 1; }
