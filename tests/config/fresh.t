#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The fragments resolve to the config and the compiler's answers in the repository, on any
# machine.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${SESSION:?options of kconf for the board}"
: "${LAYERED:?its fragments}" "${RESOLVED:?the committed file}" "${PROBES:?the committed answers}"

# The record answers, so that no compiler of this machine's can make a difference.
# shellcheck disable=SC2086 # SESSION and LAYERED are lists
check 'the fragments resolve by the recorded answers' "$KCONF" resolve $SESSION --report "$T/proof" \
	--defaults configs/defaults --accounts "$T/defaults" \
	--probes "$PROBES" --resolved "$T/resolved" --record "$T/probes" $LAYERED
check "the committed config is fresh ('make resolved' renews it)" diff "$RESOLVED" "$T/resolved"
check "so is the list of upstream's defaults" diff "${RESOLVED%.config}.defaults" "$T/defaults"
check 'the committed answers are' diff "$PROBES" "$T/probes"
finish
