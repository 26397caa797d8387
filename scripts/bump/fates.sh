#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fates.sh DIR BEFORE AFTER FACTS OPEN: decides the fate of each patch of the series in DIR on the
# files of a newer release, and changes DIR by it: a patch that upstream has is dropped, one that
# applies at an offset is refreshed, one that fails leaves the series (the original keeps it).
# BEFORE and AFTER have the files of both releases. FACTS gets a line for each in `patches`, a file
# in `conflicts`, and in `touched` the files that the others change. OPEN is the directory where a
# person opens a conflict.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

export BIN
dir=$1 before=$2 after=$3 facts=$4 open=$5
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
mkdir -p "$facts/conflicts"
: >"$facts/patches"
: >"$tmp/touched"
tab=$(printf '\t')

# fate PATCH FATE DETAIL
fate() {
	printf '%s\t%s\t%s\n' "$@" | tr -c ' -~\n\t' '?' >>"$facts/patches"
}

# drop PATCH: out of the series, with the paragraph that is about it alone
drop() {
	awk -v name="$1" '
	function flush(i) {
		if (!(has && patches == 1))
			for (i = 1; i <= n; i++)
				if (line[i] != name)
					print line[i]
		else
			skip = 1
		n = has = patches = 0
	}
	$0 == "" { flush(); if (!skip) print; skip = 0; next }
	{ line[++n] = $0; if ($0 !~ /^#/) patches++; if ($0 == name) has = 1 }
	END { flush() }' "$dir/series" >"$tmp/series"
	cp "$tmp/series" "$dir/series"
	rm -f "$dir/$1"
}

# apply: the patch in $tmp/diff to $tmp/work
apply() {
	patch -d "$tmp/work" -p1 -u --fuzz=0 --batch --no-backup-if-mismatch --reject-file="$tmp/reject" "$@" <"$tmp/diff" >"$tmp/log" 2>&1
}

# release PATCH: which one took it, as its Upstream: line says
release() {
	sed -n 's/^Upstream: accepted in \([^,]*\), commit \(............\).*/commit \2 of \1/p' "$dir/$1" | head -n 1
}

# refresh PATCH OFFSETS
refresh() {
	"$BIN/bump" refresh "$dir/$1" "$tmp/log" >"$tmp/new"
	"$BIN/patchck" --diff "$tmp/new" >"$tmp/diff"
	rm -rf "$tmp/again"
	cp -R "$tmp/before" "$tmp/again"
	if patch -d "$tmp/again" -p1 -u --fuzz=0 --batch --forward --no-backup-if-mismatch <"$tmp/diff" >"$tmp/log" 2>&1 &&
		! grep -q '^Hunk #' "$tmp/log"; then
		cp "$tmp/new" "$dir/$1"
		fate "$1" refreshed "moved by $2 lines"
	else
		fate "$1" applies "at an offset of $2 lines; it could not be refreshed"
	fi
}

# conflict PATCH: what patch(1) rejects, and the commands that open it
conflict() {
	{
		sed 's/ -- saving rejects to file .*//' "$tmp/first"
		printf '\nTo rebase it:\n  patch -d %s -p1 --merge <%s/%s\n' "$open" "${ORIGINAL:-$dir}" "$1"
		printf '  # edit the files; then write their diff into the patch, commit it, and run make bump again\n'
	} >"$facts/conflicts/$1"
}

cp -R "$after" "$tmp/work"
sh "$scripts/tree.sh" --list "$dir" >"$tmp/names"
while read -r name; do
	"$BIN/patchck" --diff "$dir/$name" >"$tmp/diff"
	said=$("$BIN/bump" upstream "$tmp/diff" "$before" "$after") && upstream=yes || upstream=
	rm -rf "$tmp/before"
	cp -R "$tmp/work" "$tmp/before"
	st=0
	rm -f "$tmp/reject"
	apply --forward || st=$?
	cat "$tmp/log" "$tmp/reject" >"$tmp/first" 2>/dev/null || :
	offsets=$(sed -n 's/^Hunk #.* succeeded at .*(offset \(-*[0-9]*\) line.*/\1/p' "$tmp/log" | sort -un | tr '\n' ' ')
	if [ -n "$upstream" ]; then
		fate "$name" upstream "by content: $said; $(release "$name")"
	elif [ "$st" -eq 0 ]; then
		"$BIN/patchck" --files "$dir/$name" | sed "s,^,$name$tab," >>"$tmp/touched"
		if [ -n "$offsets" ]; then
			refresh "$name" "${offsets% }"
		else
			fate "$name" applies ''
		fi
		continue
	elif rm -rf "$tmp/work" && cp -R "$tmp/before" "$tmp/work" && apply -R --dry-run; then
		fate "$name" upstream "it applies in reverse; $(release "$name")"
	else
		rm -rf "$tmp/work" && cp -R "$tmp/before" "$tmp/work"
		conflict "$name"
		fate "$name" fails "$said"
	fi
	rm -rf "$tmp/work"
	cp -R "$tmp/before" "$tmp/work"
	drop "$name"
done <"$tmp/names"
cp "$tmp/touched" "$facts/touched"
