#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tree.sh SOURCE PATCHDIR DEST VERSION   makes the patched tree DEST: SOURCE names the
#                                        tarball (`file`, `sha256`, `origin`), and
#                                        PATCHDIR/series the patches, in order
# tree.sh --lint PATCHDIR                only checks the series and its patches
#
# A git checkout around the tree can't get into the kernel's version, so nothing is
# added against it: scripts/setlocalversion asks only for a .git of the tree itself.
set -eu
LC_ALL=C
export LC_ALL
umask 022
reader=${0%/*}/tree.awk

die() {
	echo "tree: $1" >&2
	exit "${2:-1}"
}

# Sets $patches to the files of the series in directory $1, and proves them.
lint() {
	[ -f "$1/series" ] || die "$1/series: missing; an empty one is legal"
	st=0
	patches=$(awk '
	function bad(why) { print "tree: " FILENAME ":" FNR ": " why >"/dev/stderr"; failed = 1 }
	{ sub(/(^|[ \t])#.*/, ""); sub(/[ \t]+$/, "") }
	$0 == "" { next }
	!/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/ { bad("\"" $0 "\": one plain file name a line"); next }
	seen[$0]++ { bad($0 " is listed twice"); next }
	(getline text <(dir "/" $0)) <= 0 { bad($0 " is missing or empty") }
	{ close(dir "/" $0); print }
	END { exit failed }' dir="$1" "$1/series") || st=1
	for f in "$1"/*; do
		printf 'series\n%s\n' "$patches" | grep -Fxq -e "${f##*/}" || {
			echo "tree: $f: not in $1/series; add it there, or delete it" >&2
			st=1
		}
	done
	for p in $patches; do
		[ ! -s "$1/$p" ] || awk -f "$reader" "$1/$p" || st=1
	done
	[ "$st" -eq 0 ] || exit 1
}

# Says what patch(1) said of patch $1: one line for each hunk that moved or failed.
report() {
	awk '
	function say(what) { print "tree: " patch ": " file ": " what >"/dev/stderr" }
	/^patching file / { file = $3 }
	/^\|\+\+\+ / { file = substr($2, 3); say("not in the tree") }
	/^Hunk #.* succeeded at .*offset / {
		n = $2
		gsub(/.*\(offset |\).*/, "")
		say("hunk " n " is off by " $0)
	}
	/^Hunk #[0-9]+ FAILED at / { say("hunk " $2 " does not apply at line " $5 + 0) }
	/^Reversed / { say("is in the release already, it seems; drop it from the patch") }
	/^The next patch would / { file = $(NF); sub(/,$/, "", file); want = $5 }
	/^which (already|does not) / {
		gsub(/^which |!.*/, "")
		say("cannot " want " it: it " $0)
	}
	/^(Cannot|Not deleting|File .* is not|Refusing|Ignoring) / {
		print "tree: " patch ": " $0 >"/dev/stderr"
	}
	' patch="$1" "$tmp/log"
}

tree() {
	src=$1 dir=$2 dest=$3 version=$4
	file='' sha256=''
	while read -r key value || [ -n "$key" ]; do
		case $key in
		file) file=$value ;;
		sha256) sha256=$value ;;
		origin) ;;
		*) die "$src: \"$key\" is not known; fetch again" 2 ;;
		esac
	done <"$src"
	case $file:$sha256 in
	?*:?*) ;;
	*) die "$src: no file or no sha256 in it; fetch again" 2 ;;
	esac
	[ -r "$file" ] || die "$file: cannot be read; fetch it again" 2
	lint "$dir"

	# The lock makes what another run has left here ours to remove. It ends with the
	# last process of that run, however that dies.
	{ mkdir -p "$(dirname "$dest")" && : >>"$dest.lock"; } 2>/dev/null ||
		die "$dest.lock: cannot be written; is the disk full, or out/ read-only?" 2
	exec 9>>"$dest.lock"
	flock 9 || die "$dest.lock: cannot be locked" 2
	tmp=$dest.tmp
	rm -rf "$tmp" "$dest.old"
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' HUP INT TERM
	mkdir "$tmp" "$tmp/x"

	sum=$(sha256sum <"$file")
	[ "${sum%% *}" = "$sha256" ] ||
		die "$file: the cache is corrupt (SHA-256 ${sum%% *}, not $sha256); delete it and fetch again"
	# tar names each of a kernel's files that a full disk can't take: two of its lines are enough.
	failed=$({ { tar -xf "$file" -C "$tmp/x" --no-same-owner --no-same-permissions 2>&1 || echo yes >&3; } |
		sed -n 1,2p >&2; } 3>&1)
	[ -z "$failed" ] || die "$file: cannot be unpacked; is the disk full?" 2
	top=$(ls -A "$tmp/x")
	[ -d "$tmp/x/$top" ] || die "$file: not one directory at its top, as a kernel release has"
	found=$(awk '$2 == "=" { v[$1] = $3 }
		END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] v["EXTRAVERSION"] }' \
		"$tmp/x/$top/Makefile" 2>/dev/null) || die "$file: no Makefile in it; not a kernel release"
	[ "$found" = "$version" ] || [ "$found" = "$version.0" ] ||
		die "$file: holds Linux $found, not $version; the release lock and the file disagree"

	abs=$(cd "$tmp" && pwd -P)
	for p in $patches; do
		awk -v emit=1 -f "$reader" "$dir/$p" >"$tmp/diff"
		st=0
		patch -d "$tmp/x/$top" -p1 -u --fuzz=0 --batch --forward --no-backup-if-mismatch \
			--reject-file="$abs/reject" <"$tmp/diff" >"$tmp/log" 2>&1 || st=$?
		report "$p"
		[ "$st" -eq 0 ] && continue
		cat "$tmp/reject" >&2 2>/dev/null || cat "$tmp/log" >&2
		die "$dir/$p does not apply to Linux $version; rebase it, or take it out of the series"
	done
	[ ! -e "$dest" ] || mv "$dest" "$dest.old"
	mv "$tmp/x/$top" "$dest"
	rm -rf "$dest.old"
}

case $#,${1:-} in
2,--lint) lint "$2" ;;
4,[!-]*) tree "$@" ;;
*) die "usage: tree.sh SOURCE PATCHDIR DEST VERSION | tree.sh --lint PATCHDIR" 2 ;;
esac
