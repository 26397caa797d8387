#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# words.sh [COUNT]: counts the phrases of docs/STYLE.md's left column in all text of the checkout,
# and fails when there are more than the file COUNT has. Without COUNT it prints each phrase's
# count.
set -eu
LC_ALL=C
export LC_ALL

fail() {
	echo "words: $1" >&2
	exit 2
}

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The phrases, a line each.
# shellcheck disable=SC2016 # the table has backquotes
sed -n '/^| Instead of/,/^$/s/^| \(`.*`\) | .*/\1/p' docs/STYLE.md | tr -d '`' | sed 's/, /\n/g' >"$work/phrases"
[ -s "$work/phrases" ] || fail 'docs/STYLE.md: the table of words is missing [no-words]: expected "| Instead of"'

# All of them that PHRASES has, a line each. Texts of others, generated ones and the table itself
# do not count.
found() {
	grep -roiwhIf "$1" --exclude-dir=corpus --exclude-dir=resolved --exclude-dir=data --exclude='*.patch' \
		--exclude=renames --exclude=STYLE.md --exclude=words.t -- Makefile .ci README.md configs docs kernel modules patches \
		scripts tests || [ $? -eq 1 ]
}

if [ $# -eq 0 ]; then
	found "$work/phrases" | tr '[:upper:]' '[:lower:]' | sort | uniq -c | sort -rn
	exit
fi
before=$(sed '/^#/d' "$1")
case $before in
'' | *[!0-9]*) fail "$1: '$before' is not a number [bad-count]: expected the count of the last change" ;;
esac
found "$work/phrases" >"$work/found" || fail 'a directory of the checkout cannot be read [unreadable]'
now=$(wc -l <"$work/found")
[ "$now" -le "$before" ] || {
	echo "words: $1: the text has more phrases that docs/STYLE.md replaces [words]:" \
		"expected at most $before, got $now; run tests/lint/words.sh to list them" >&2
	exit 1
}
