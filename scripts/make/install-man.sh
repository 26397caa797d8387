#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# DESTDIR= PREFIX= install-man.sh PAGE...: copies manual pages below $DESTDIR$PREFIX/share/man, each
# to its section.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

man=$DESTDIR$PREFIX/share/man
for page; do
	install -D -m 644 -- "$page" "$man/man${page##*.}/${page##*/}"
done
echo "install-man: $man: has $# pages"
