#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Unpacks a verified release and applies our patches to it; checks the patches' headers.
set -u
umask 022
LC_ALL=C
export LC_ALL

usage() {
	cat <<'EOF'
usage: tree.sh SOURCE PATCHDIR DEST VERSION   make the patched tree DEST
       tree.sh --lint PATCHDIR                check series and patch headers

SOURCE is what fetch.sh printed. The patches of PATCHDIR/series are applied in order
and without fuzz; a hunk that moved is reported, one that does not fit stops. DEST
appears, or is replaced, only once it is whole.
EOF
}

die() {
	echo "tree: $*" >&2
	exit 1
}

# ---- the series -----------------------------------------------------------------
# series DIR: its patches, one a line. Checked against the files, both ways.
series() {
	[ -f "$1/series" ] || {
		[ ! -d "$1" ] || [ -z "$(ls "$1")" ] || die "$1: has files but no series"
		return 0
	}
	number=0
	seen=' '
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		line=${line%%#*}
		line=${line%"${line##*[! 	]}"}
		[ -n "$line" ] || continue
		case $line in
		*[!A-Za-z0-9._-]*) die "$1/series:$number: '$line' is no name of a patch in this directory" ;;
		esac
		case $seen in *" $line "*) die "$1/series:$number: $line stands twice" ;; esac
		[ -f "$1/$line" ] || die "$1/series:$number: $line does not exist"
		seen="$seen$line "
		echo "$line"
	done <"$1/series"
	for file in "$1"/*; do
		case $seen${file##*/} in
		*" ${file##*/} "* | *' series') ;;
		*) die "$file: is not in $1/series; add it there or remove it" ;;
		esac
	done
}

# wants PATCH PATTERN WHAT: the mail's head must have a line like PATTERN.
wants() {
	sed '/^---$/,$d' "$1" | grep -Eq -- "$2" || die "$1: $3"
}

lint() {
	names=$(series "$1") || exit 1
	for name in $names; do
		p=$1/$name
		wants "$p" '^From: .+ <.+@.+>$' "has no author; write 'From: NAME <ADDRESS>'"
		wants "$p" '^Date: .+' "has no 'Date:'"
		wants "$p" '^Subject: .+' "has no 'Subject:'"
		wants "$p" '^Signed-off-by: .+ <.+@.+>$' "has no 'Signed-off-by: NAME <ADDRESS>'"
		wants "$p" '^Upstream: (accepted in [0-9]+\.[0-9.]+, commit [0-9a-f]{40}|submitted https?://.+|not suitable, .+)$' \
			"has no status; write 'Upstream: accepted in VERSION, commit ID', 'Upstream: submitted LINK' or 'Upstream: not suitable, REASON'"
		grep -q '^+++ ' "$p" || die "$p: changes nothing"
		bad=$(grep -En '^(---|\+\+\+) (/|[^ab/]|[ab]/\.\./|.*/\.\./)' "$p" | grep -v ' /dev/null' | grep -v ':---$' | head -n 1)
		[ -z "$bad" ] || die "$p:${bad%%:*}: a path that is not below a/ or b/: ${bad#*:}"
	done
}

# ---- the tree -------------------------------------------------------------------
# Report the hunks that moved, from patch's own words on standard input.
offsets() {
	awk -v patch="$1" '
		/^patching file / { file = $3 }
		/^Hunk #[0-9]+ succeeded at .* offset/ {
			sub(/^Hunk #/, ""); sub(/ succeeded at/, " fits at line"); sub(/\.$/, "")
			printf "          %s: %s: hunk %s\n", patch, file, $0
		}'
}

apply() { # PATCHDIR NAME TREE
	if patch -d "$3" -p1 --fuzz=0 --forward --batch --no-backup-if-mismatch \
		--reject-file=- <"$1/$2" >"$3.said" 2>&1; then
		offsets "$2" <"$3.said"
		return
	fi
	sed 's/^/tree:     /' "$3.said" >&2
	what=$(awk '/^patching file /{f=$3} /FAILED|[Rr]eversed|can.t find file|malformed/{print f ": " $0; exit}' "$3.said")
	die "$1/$2 does not apply: ${what:-see above}; rework it for this release, or drop it from the series"
}

make_tree() { # SOURCE PATCHDIR DEST VERSION
	names=$(series "$2") || exit 1
	"$(dirname "$0")/fetch.sh" --check "$1" || exit 1
	tarball=$(sed -n 's/^file //p' "$1")
	# What a killed run left is of no use to anybody.
	rm -rf "$3".tmp.*
	tmp=$3.tmp.$$
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 1' HUP INT TERM
	mkdir -p "$tmp/tree" || die "$tmp: cannot be made; is the disk full, or read-only?"
	tar -C "$tmp/tree" --strip-components=1 --no-same-owner -xf "$tarball" ||
		die "$tarball: cannot be unpacked; is the disk full?"
	got=$(awk '$2 == "=" && /^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { v = v (v == "" ? "" : ".") $3 } END { print v }' "$tmp/tree/Makefile")
	[ "$got" = "$4" ] || die "$tarball: holds release '$got', not $4; the lock names the wrong file"
	count=0
	for name in $names; do
		apply "$2" "$name" "$tmp/tree"
		count=$((count + 1))
	done
	[ ! -e "$3" ] || mv "$3" "$tmp/old" || die "$3: cannot be replaced"
	mv "$tmp/tree" "$3" || die "$3: cannot be made"
	echo "          $count patches"
}

case ${1:-} in
--help) usage ;;
--lint) [ $# -eq 2 ] || { usage >&2; exit 2; }; lint "$2" ;;
*) [ $# -eq 4 ] || { usage >&2; exit 2; }; make_tree "$@" ;;
esac
