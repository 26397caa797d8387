#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tree.sh SOURCE PATCHDIR DEST VERSION   makes the patched tree DEST: SOURCE names the
#                                        tarball (`file`, `sha256`, `origin`), and
#                                        PATCHDIR/series the patches, in order
# tree.sh --lint PATCHDIR                only checks the series and its patches
# tree.sh --list PATCHDIR                the same, and prints the patches
#
# patchck checks each patch, and prints the input of patch(1). It is in $BIN, or in out/bin of this
# checkout. $PRISTINE, if set, gets the release's own files that the series changes.
#
# After a patch that does not apply, DEST.failed is the tree before it, for a rebase. The next run
# does not unpack the tarball again, but restores the changed files of that tree from
# DEST.failed/.keelson, which also lists all files. A tree that differs from that list was edited,
# and is kept.
#
# A git checkout around the tree does not change the kernel's version: scripts/setlocalversion only
# looks for a .git in the tree itself.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"
patchck=$scripts/../out/bin/patchck
[ ! -x "${BIN-}/patchck" ] || patchck=$BIN/patchck

# Make the text of a patch, a tarball or a name safe for a terminal.
plain() {
	tr '\000-\010\013-\037\177-\237' '?'
}

# complain TEXT: one line
complain() {
	printf 'tree: %s' "$1" | tr '\n' '?' | plain >&2
	echo >&2
}

die() {
	complain "$1"
	exit "${2:-1}"
}

# Sets $patches to the files of the series in directory $1, and checks them.
lint() {
	[ -x "$patchck" ] || die "$patchck: not found [no-patchck]; run 'make config', which builds it" 2
	[ -f "$1/series" ] || die "$1/series: not found [no-series]; an empty one is legal"
	st=0
	patches=$(awk '
	function bad(code, why) {
		why = "tree: " FILENAME ":" FNR ": " why " [" code "]"
		gsub(/[^ -~]/, "?", why)
		print why >"/dev/stderr"
		failed = 1
	}
	FNR == 1 && /^\357\273\277/ { bad("bom", "begins with a byte order mark; remove it"); next }
	/\r$/ { bad("crlf", "the line ends in CR LF; write LF"); next }
	{ sub(/(^|[ \t])#.*/, ""); sub(/[ \t]+$/, "") }
	$0 == "" { next }
	!/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/ { bad("bad-name", "\"" $0 "\": expected one plain file name a line"); next }
	seen[$0]++ { bad("listed-twice", $0 " is listed twice"); next }
	(getline text <(dir "/" $0)) <= 0 { bad("no-patch", $0 " does not exist or is empty") }
	{ close(dir "/" $0); print }
	END { exit failed }' dir="$1" "$1/series") || st=1
	for f in "$1"/*; do
		printf 'series\n%s\n' "$patches" | grep -Fxq -e "${f##*/}" || {
			complain "$f: not in $1/series [not-listed]; add it there, or delete it"
			st=1
		}
	done
	for p in $patches; do
		[ ! -s "$1/$p" ] || "$patchck" "$1/$p" || st=1
	done
	[ "$st" -eq 0 ] || exit 1
}

# Prints patch(1)'s results for patch $1: one line for each hunk that moved or failed.
report() {
	awk '
	function say(what) { print "tree: " patch ": " file ": " what }
	/^patching file / { file = $3 }
	/^\|\+\+\+ / { file = substr($2, 3); say("not in the tree [no-file]") }
	/^Hunk #.* succeeded at .*offset / {
		n = $2
		gsub(/.*\(offset |\).*/, "")
		say("hunk " n " is applied at an offset of " $0 " [offset]")
	}
	/^Hunk #[0-9]+ FAILED at / { say("hunk " $2 " does not apply at line " $5 + 0 " [hunk-failed]") }
	/^Reversed / { say("seems to be in the release already [already-applied]; drop it from the patch") }
	/^The next patch would / { file = $(NF); sub(/,$/, "", file); want = $5 }
	/^which (already|does not) / {
		gsub(/^which |!.*/, "")
		say("cannot " want " it [wrong-file]: it " $0)
	}
	/^(Cannot|Not deleting|File .* is not|Refusing|Ignoring) / {
		print "tree: " patch ": " $0
	}
	' patch="$1" "$tmp/log" | plain >&2
}

# state DIR: each file of a failed tree, as it changes when the file is edited
state() {
	(cd "$1" && find . -path ./.keelson -prune -o ! -type d -printf '%y %m %s %T@ %C@ %p\n') | sort
}

# save DIR: copy the files that $tmp/files lists and DIR lacks; DIR/list names them, also those that
# do not exist
save() {
	mkdir -p "$1/files"
	while IFS= read -r f; do
		! grep -Fxqs -e "$f" "$1/list" || continue
		echo "$f" >>"$1/list"
		[ -f "$top/$f" ] && [ ! -h "$top/$f" ] || continue
		mkdir -p "$1/files/${f%"${f##*/}"}"
		cp -p "$top/$f" "$1/files/$f"
	done <"$tmp/files"
}

# restore DIR: restore the files of save
restore() {
	while IFS= read -r f; do
		rm -f "$top/$f"
		if [ -f "$1/files/$f" ]; then
			mkdir -p "$top/${f%"${f##*/}"}"
			cp -p "$1/files/$f" "$top/$f" || return
		elif [ "${f%/*}" != "$f" ]; then
			(cd "$top" && rmdir -p "${f%/*}" 2>/dev/null) || :
		fi
	done <"$1/list"
}

# edited DIR: was a failed tree changed after its run?
edited() {
	[ -f "$1/.keelson/state" ] || return 0
	state "$1" >"$tmp/state"
	! cmp -s "$tmp/state" "$1/.keelson/state"
}

# reuse: restores the release from the tree of a failed run; false if none can be used
reuse() {
	[ -d "$failed" ] && [ "$(cat "$failed/.keelson/sha256" 2>/dev/null)" = "$sha256" ] && ! edited "$failed" || return
	mv "$failed" "$top" && mv "$top/.keelson" "$tmp/last" && restore "$tmp/last/pristine"
}

unpack() {
	rm -rf "$top"
	mkdir "$tmp/x"
	# tar reports each file that does not fit on a full disk: two of its lines are enough.
	broken=$({ { tar -xf "$file" -C "$tmp/x" --no-same-owner --no-same-permissions 2>&1 || echo yes >&3; } |
		sed -n 1,2p | plain >&2; } 3>&1)
	[ -z "$broken" ] || die "$file: cannot be unpacked [bad-tarball]; is the disk full?" 2
	name=$(ls -A "$tmp/x")
	[ -d "$tmp/x/$name" ] || die "$file: not one directory at its top, as a kernel release has [bad-tarball]"
	mv "$tmp/x/$name" "$top"
}

# discard: remove the tree of a failed run, unless it was edited
discard() {
	[ -e "$failed" ] || return 0
	if edited "$failed"; then
		complain "$failed: was edited, and is kept [failed-tree-edited]; remove it when it is not needed"
		return 1
	fi
	mv "$failed" "$tmp/failed"
}

# give_up PATCH: keep the tree on which it failed
give_up() {
	cat "$tmp/reject" 2>/dev/null >"$tmp/shown" || cp "$tmp/log" "$tmp/shown"
	plain <"$tmp/shown" >&2
	restore "$tmp/before"
	kept=''
	if discard; then
		mkdir "$top/.keelson"
		mv "$tmp/pristine" "$top/.keelson/"
		echo "$sha256" >"$top/.keelson/sha256"
		state "$top" >"$top/.keelson/state"
		mv "$top" "$failed"
		kept="; the tree before it is in $failed: to rebase it there, run 'cd $failed && patch -p1 --merge <$(cd "$dir" && pwd -P)/$1'"
	fi
	die "$dir/$1 does not apply to Linux $version [not-applied]; rebase it, or remove it from the series$kept"
}

tree() {
	src=$1 dir=$2 dest=$3 version=$4
	file='' sha256=''
	while read -r key value || [ -n "$key" ]; do
		case $key in
		file) file=$value ;;
		sha256) sha256=$value ;;
		origin) ;;
		*) die "$src: unknown key \"$key\" [bad-source]; fetch again" 2 ;;
		esac
	done <"$src"
	case $file:$sha256 in
	?*:?*) ;;
	*) die "$src: no file or no sha256 in it [bad-source]; fetch again" 2 ;;
	esac
	[ -r "$file" ] || die "$file: cannot be read [no-tarball]; fetch it again" 2
	lint "$dir"

	# With the lock we may remove the files of an earlier run. The kernel drops a lock with the
	# last process of its run, even after a kill.
	{ mkdir -p "$(dirname "$dest")" && : >>"$dest.lock"; } 2>/dev/null ||
		die "$dest.lock: cannot be written [unwritable]; is the disk full, or out/ read-only?" 2
	exec 9>>"$dest.lock"
	flock 9 || die "$dest.lock: cannot be locked [unwritable]" 2
	tmp=$dest.tmp top=$dest.tmp/linux failed=$dest.failed
	rm -rf "$tmp" "$dest.old"
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' HUP INT TERM
	mkdir "$tmp"

	sum=$(sha256sum <"$file")
	[ "${sum%% *}" = "$sha256" ] ||
		die "$file: the cache is corrupt [wrong-hash]: expected SHA-256 $sha256, got ${sum%% *}; delete it and fetch again"
	reuse || unpack
	found=$(awk '$2 == "=" { v[$1] = $3 }
		END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] v["EXTRAVERSION"] }' \
		"$top/Makefile" 2>/dev/null) || die "$file: no Makefile in it [not-a-release]"
	[ "$found" = "$version" ] || [ "$found" = "$version.0" ] ||
		die "$file: holds Linux $found [wrong-version]: expected $version, as the release lock says"

	for p in $patches; do
		"$patchck" --files "$dir/$p"
	done >"$tmp/files"
	save "$tmp/pristine"
	if [ -n "${PRISTINE-}" ]; then
		echo "$sha256" >"$tmp/pristine/sha256"
		rm -rf "$PRISTINE"
		cp -Rp "$tmp/pristine" "$PRISTINE"
	fi

	abs=$(cd "$tmp" && pwd -P)
	for p in $patches; do
		"$patchck" --diff "$dir/$p" >"$tmp/diff"
		"$patchck" --files "$dir/$p" >"$tmp/files"
		rm -rf "$tmp/before"
		save "$tmp/before"
		st=0
		patch -d "$top" -p1 -u --fuzz=0 --batch --forward --no-backup-if-mismatch \
			--reject-file="$abs/reject" <"$tmp/diff" >"$tmp/log" 2>&1 || st=$?
		report "$p"
		[ "$st" -eq 0 ] || give_up "$p"
	done
	[ ! -e "$dest" ] || mv "$dest" "$dest.old"
	mv "$top" "$dest"
	discard || :
	rm -rf "$dest.old"
}

case $#,${1:-} in
2,--lint) lint "$2" ;;
2,--list)
	lint "$2"
	[ -z "$patches" ] || printf '%s\n' "$patches"
	;;
4,[!-]*) tree "$@" ;;
*) die "unknown arguments [usage]: expected SOURCE PATCHDIR DEST VERSION, or --lint PATCHDIR" 2 ;;
esac
