#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# key.sh [-- FILE TEXT [INPUT...]]...
#
# FILE is the key of a stage: TEXT and the SHA-256 of every input. It is written
# only when that changes, so make's own comparison of times does the rest: what is
# touched but not changed rebuilds nothing. A later key may have an earlier one as
# input. Two keys can be compared with diff.
set -uf
LC_ALL=C
export LC_ALL
nl='
'

key() { # FILE TEXT INPUTS
	new=$2$nl
	if [ -n "$3" ]; then
		IFS=$nl
		# shellcheck disable=SC2086 # into lines
		sums=$(sha256sum -- $3) || {
			echo "key: an input of $1 is missing; see the line above" >&2
			exit 2
		}
		new=$new$sums$nl
	fi
	old=
	[ ! -e "$1" ] || while IFS= read -r line; do
		old=$old$line$nl
	done <"$1"
	[ "$new" = "$old" ] && return
	mkdir -p "${1%/*}" && printf %s "$new" >"$1.tmp" && mv "$1.tmp" "$1" && return
	echo "key: $1 cannot be written; is the disk full, or ${1%/*} read-only?" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	file=$2 text=$3 inputs=
	shift 3
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		inputs=$inputs$1$nl
		shift
	done
	key "$file" "$text" "$inputs"
done
