#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh KIMAGE-OPTION...: packs the image of a board. It also reads from the environment:
#
#   B        the board's directory         CONFIG   the proven .config
#   PACK     prints the kernel as it is downloaded: gzip -9c, or cat for a packed file
#   BUDGET   its maximum size in bytes; empty for no limit
#   BOARD_FILE  which sets the budget      CMDLINE  the kernel's
#   SOURCE   the tarball's facts              KIMAGE   the program
#   CERT, RELEASE, SERIES, BOARD, FLAVOUR, ARCH, TOOLCHAIN, PATCHES, STAGE, EXCEPTIONS, CONFIGS,
#   FRAGMENT_FILES, MODULES, MODULE_FILES: meta.sh's
# shellcheck disable=SC2153 # CONFIG is the environment's
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

# shellcheck disable=SC2086 # words are meant to split
$PACK "$STAGE/kernel" >"$B/packed.tmp"
size=$(wc -c <"$B/packed.tmp")
echo "$size" >"$B/packed"
rm "$B/packed.tmp"
[ "$size" -le "${BUDGET:-$size}" ] || {
	case $PACK in gzip*) how=', packed by gzip' ;; *) how='' ;; esac
	echo "image: $BOARD_FILE: the kernel is too large [over-budget]: expected BUDGET, $BUDGET bytes, got $size$how; 'make size' and 'make surface' list what takes them" >&2
	exit 1
}
printf '%s\n' "$CMDLINE" >"$B/cmdline"
# meta.sh, another process, reads these.
export RELEASE SERIES BOARD FLAVOUR ARCH TOOLCHAIN PATCHES STAGE CERT EXCEPTIONS CONFIGS FRAGMENT_FILES MODULES MODULE_FILES
"$scripts/meta.sh" "$SOURCE" >"$B/meta.tmp"
mv "$B/meta.tmp" "$B/meta"
! grep -q '^CONFIG_MODULE_SIG=y' "$CONFIG" || set -- --signer "$CERT" "$@"
"$KIMAGE" pack --layout "$B/image" --file kernel="$STAGE/kernel" --file config="$CONFIG" \
	--file System.map="$STAGE/System.map" --file cmdline="$B/cmdline" --file sources="$B/sources" --modules "$B/modules" \
	--meta "$B/meta" "$@" >"$B/image.line"
