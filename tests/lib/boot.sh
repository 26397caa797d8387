# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# For tests that boot an image: besides tests/lib.sh
#
#   mk GOAL...       make, for the board that is tested
#   report MACHINE   the report of the last boot there
#
# The results are in $BUILD/boot/MACHINE; $FIRST is the machine for trials that need only one.
. tests/lib.sh
: "${MK:?}" "${BUILD:?}" "${FIRST:?}"

mk() {
	# shellcheck disable=SC2086 # words are meant to split
	$MK "$@"
}

report() {
	sed 's/^/# /' "$BUILD/boot/$1/report"
}
