#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# patches.sh OUT KERNELS PATCHES DL SERIES...: tries each patch of each series on the files of the
# release that it changes, and prints a table. Exit status 1 if one does not apply.
#
# OUT/SERIES/pristine has these files as the release has them: tree.sh puts them there, and the
# missing ones are taken out of the tarball here. $BIN has fetch and patchck.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

out=$1 kernels=$2 patches=$3 dl=$4
shift 4
export BIN
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# pristine SERIES: complete OUT/SERIES/pristine by the files of $w/needed; sets $cache
pristine() {
	cache=$out/$1/pristine
	lock=$kernels/$1/release
	[ -s "$cache/sha256" ] && [ -f "$cache/list" ] && grep -qF -e "$(cat "$cache/sha256")" "$lock" || rm -rf "$cache"
	: >"$w/list"
	[ ! -d "$cache" ] || cp "$cache/list" "$w/list"
	sort -u "$w/needed" | grep -Fvx -f "$w/list" >"$w/missing" || :
	[ -s "$w/missing" ] || [ ! -d "$cache" ] || return 0
	"$BIN/fetch" "$lock" "$dl" >"$w/source" || return
	file=$(sed -n 's/^file //p' "$w/source")
	mkdir -p "$cache/files"
	sed 's,^,*/,' "$w/missing" >"$w/patterns"
	# A file that a patch creates is not found, which does not count as an error here.
	tar -xf "$file" -C "$cache/files" --strip-components=1 --no-same-owner --anchored --wildcards \
		--no-wildcards-match-slash -T "$w/patterns" 2>"$w/tar" ||
		! grep -v 'Not found in archive\|Exiting with failure status' "$w/tar" >&2 || return
	sed -n 's/^sha256 //p' "$w/source" >"$cache/sha256"
	cat "$w/missing" >>"$w/list"
	mv "$w/list" "$cache/list"
}

# row SERIES PATCH STATUS
row() {
	printf '%-7s %-58s %s\n' "$@"
}

# status: of the patch in $w/diff; patch(1) ended with $1 and wrote $w/log
status() {
	if [ "$1" -eq 0 ]; then
		sed -n 's/^Hunk #.* succeeded at .*(offset \(-*[0-9]*\) line.*/\1/p' "$w/log" | sort -un |
			tr '\n' ' ' | sed 's/\(.*\) $/offset \1 [offset]/' | grep . || echo applies
	elif patch -d "$w/work" -p1 -u -R --dry-run --fuzz=0 --batch <"$w/diff" >/dev/null 2>&1; then
		echo 'upstream has it [already-applied]'
	else
		awk '
		/^patching file / { file = $3 }
		/^\|\+\+\+ / { file = substr($2, 3); print file " does not exist [no-file]"; exit }
		/^Hunk #[0-9]+ FAILED at / { print file " hunk " $2 " [hunk-failed]"; exit }
		/^The next patch would / { file = $NF; sub(/,$/, "", file); print file " [wrong-file]"; exit }
		' "$w/log" | sed 's/#//' | grep . || echo 'see patch(1) [not-applied]'
	fi
}

# try SERIES PATCH
try() {
	rm -rf "$w/before"
	cp -Rp "$w/work" "$w/before"
	"$BIN/patchck" --diff "$patches/$1/$2" >"$w/diff"
	st=0
	patch -d "$w/work" -p1 -u --fuzz=0 --batch --forward --no-backup-if-mismatch --reject-file=- \
		<"$w/diff" >"$w/log" 2>&1 || st=$?
	[ "$st" -eq 0 ] || {
		# The patches after it are tried without it.
		rm -rf "$w/work"
		mv "$w/before" "$w/work"
	}
	status=$(status "$st" | tr -c ' -~\n' '?')
	case $st:$status in
	0:* | *:upstream*) ;;
	*) status="fails: $status" ;;
	esac
	row "$1" "$2" "$status"
}

# series SERIES: its rows
series() {
	w=$tmp/$1
	mkdir "$w"
	sh "$scripts/tree.sh" --list "$patches/$1" >"$w/names" || {
		row "$1" - 'fails: the series is not valid [not-a-series]'
		return
	}
	while read -r name; do
		"$BIN/patchck" --files "$patches/$1/$name"
	done <"$w/names" >"$w/needed"
	[ -s "$w/names" ] || return 0
	pristine "$1" || {
		row "$1" - 'fails: the release is not available [no-tarball]'
		return
	}
	cp -Rp "$cache/files" "$w/work"
	while read -r name; do
		try "$1" "$name"
	done <"$w/names"
}

for s; do
	series "$s" >"$tmp/$s.rows" 2>"$tmp/$s.err" &
done
wait
row SERIES PATCH STATUS
for s; do
	cat "$tmp/$s.err" >&2
	cat "$tmp/$s.rows"
done | tee "$tmp/rows"
awk '
$3 == "applies" || $3 == "offset" { applied++; next }
{ failed++ }
END {
	print applied + 0 " patches apply, " failed + 0 " do not"
	exit failed > 0
}' "$tmp/rows"
