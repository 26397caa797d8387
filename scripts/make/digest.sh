#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# digest.sh LAYOUT DEST [CONFIG]: prints the digest of the image in LAYOUT. With CONFIG, only if that
# is the configuration in the image, which is unpacked into DEST; and nothing if LAYOUT does not exist.
# Takes KIMAGE from the environment.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
layout=$1 dest=$2

if [ $# -eq 3 ]; then
	[ -e "$layout" ] || exit 0
	"$KIMAGE" extract "$layout" --to "$dest" config >/dev/null
	cmp -s "$dest/config" "$3" || exit 0
fi
"$KIMAGE" show "$layout" | sed -n 's/^digest  *//p'
