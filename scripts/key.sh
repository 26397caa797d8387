#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# key.sh FILE TEXT [INPUT...]
#
# FILE is the key of a stage: TEXT and the SHA-256 of every input. It is written
# only when that changes, so make's own comparison of times does the rest: what is
# touched but not changed rebuilds nothing. Two keys can be compared with diff.
set -u
LC_ALL=C
export LC_ALL

file=$1
new=$2
shift 2
if [ $# -gt 0 ]; then
	sums=$(sha256sum -- "$@") || {
		echo "key: an input of $file is missing; see the line above" >&2
		exit 2
	}
	new="$new
$sums"
fi
old=
[ -e "$file" ] && IFS= read -r old <"$file" && old=$(cat "$file")
[ "$new" = "$old" ] && exit 0
mkdir -p "${file%/*}" && printf '%s\n' "$new" >"$file.tmp" && mv "$file.tmp" "$file" && exit 0
echo "key: $file cannot be written; is the disk full, or ${file%/*} read-only?" >&2
exit 2
