#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# config.sh KCONF-ARGUMENT...: resolves a board's config and shows the proof. From the environment:
#
#   KCONF    the program                   PROOF    where it puts the proof
#   CONFIG   where it puts the .config     NEEDS    what options need of the command line
#   CMDLINE  the kernel's                  BOARD_FILE  which sets it
#   OTHERS   fragments of the other boards
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

"$KCONF" "$@"
sed 's/^/          /' "$PROOF"
export CMDLINE
# shellcheck disable=SC2086 # words are meant to split
awk -v board="$BOARD_FILE" -f "$scripts/needs.awk" "$NEEDS" "$CONFIG" $OTHERS
