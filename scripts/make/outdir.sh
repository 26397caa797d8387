#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# outdir.sh stale DIR            prints the name of DIR's mark if it is missing; writes nothing
# outdir.sh mark DIR             makes DIR, if need be, and marks it as Keelson's
# outdir.sh clean DIR DOWNLOADS  removes all in DIR but the mark and DOWNLOADS
# outdir.sh remove DIR           removes DIR
#
# The mark is a cache directory tag (https://bford.info/cachedir/), so that backups skip DIR. A
# directory without it is never emptied, and not used if it has other files.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
signature='Signature: 8a477f597d28d172789f06886806bc55'

die() {
	echo "outdir: $dir: $1" >&2
	exit 2
}

marked() {
	[ -f "$dir/CACHEDIR.TAG" ] && [ ! -h "$dir/CACHEDIR.TAG" ] && {
		IFS= read -r line && [ "$line" = "$signature" ] && grep -q Keelson
	} <"$dir/CACHEDIR.TAG"
}

# foreign: does DIR have files that a new directory lacks? Downloads may come first, a mounted
# file system has lost+found, and another make may be about to mark it.
foreign() {
	for entry in "$dir"/* "$dir"/.[!.]* "$dir"/..?*; do
		[ -e "$entry" ] || [ -h "$entry" ] || continue
		case ${entry##*/} in
		dl | lost+found | CACHEDIR.TAG.[0-9]*) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

# Older versions did not mark their directories: use such a one, but do not empty it.
unmarked_work() {
	set -- "$dir"/*/*.key
	[ -f "$1" ]
}

stale() {
	! marked || return 0
	if foreign && ! marked && [ "$(cd "$dir" && pwd -P)" != "$(pwd -P)/out" ]; then
		! unmarked_work || return 0
		die "has files that Keelson did not make [out-not-empty]: expected OUT to be a new or an empty directory"
	fi
	echo "$dir/CACHEDIR.TAG"
}

mark() {
	tag=$(stale) || exit
	[ -n "$tag" ] || return 0
	mkdir -p "$dir" || die "cannot be made [out-failed]"
	cat >"$dir/CACHEDIR.TAG.$$" <<-EOF || die "cannot be written [out-failed]; is the disk full, or read-only?"
		$signature
		# All that is in this directory was made by Keelson, and 'make clean' removes it.
		# This is a cache directory tag: https://bford.info/cachedir/
	EOF
	mv "$dir/CACHEDIR.TAG.$$" "$dir/CACHEDIR.TAG"
}

must_be_marked() {
	marked || die "has no CACHEDIR.TAG of Keelson's [out-not-marked]: nothing is removed; if all in it may go, remove it by hand"
}

# clean DOWNLOADS
clean() {
	must_be_marked
	downloads=$(realpath -m -- "$1")
	here=$(cd "$dir" && pwd -P)
	for entry in "$here"/* "$here"/.[!.]* "$here"/..?*; do
		case $downloads/ in "$entry"/*) continue ;; esac
		case ${entry##*/} in
		dl | lost+found | CACHEDIR.TAG) ;;
		*) rm -rf -- "$entry" ;;
		esac
	done
}

command=${1-} dir=${2-}
case $command:$#:$dir in
stale:2:?*) stale ;;
mark:2:?*) mark ;;
clean:3:?*) [ ! -e "$dir" ] || clean "$3" ;;
remove:2:?*) [ ! -e "$dir" ] || { must_be_marked && rm -rf -- "$dir"; } ;;
*)
	echo "usage: outdir.sh stale|mark|remove DIR, or outdir.sh clean DIR DOWNLOADS" >&2
	exit 2
	;;
esac
