#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `make` with nothing to do: under 0.3 s.
set -eu
: "${MK:?}"

best=9999
for _ in 1 2 3 4 5 6 7; do
	start=$(date +%s%N | cut -b 1-13)
	$MK >/dev/null
	took=$(($(date +%s%N | cut -b 1-13) - start))
	[ $took -ge $best ] || best=$took
done
echo "noop    make with nothing to do: $best ms at best of 7 (goal: under 300)"
