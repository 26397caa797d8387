#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Finds, fetches and verifies the tarball of an upstream release.
set -u
LC_ALL=C
export LC_ALL

usage() {
	cat <<'EOF'
usage: fetch.sh LOCK DIR        settle on a tarball for LOCK, in DIR; prints its path,
                                its SHA-256 and the origin it came from
       fetch.sh --check SOURCE  verify again what such an output names
       fetch.sh --get LOCK KEY  print one value of a lock

What is in DIR with the right hash is taken as it is; otherwise, in this order:
KERNEL_DIR (a local directory), KERNEL_MIRROR (a base URL, kernel.org's layout or
flat), and the lock's origins. OFFLINE=1 uses no network. The Debian archive's base
comes from apt's own configuration, or from DEBIAN_MIRROR where there is no apt.

Exit status: 0 verified, 1 a hash or a signature is wrong, 2 could not be had.
EOF
}

say() {
	echo "fetch: $*" >&2
}

die() {
	say "$2"
	exit "$1"
}

sha256() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# ---- the lock -------------------------------------------------------------------
# Sets $version, $date, $eol, $signer and $origins, one "name file hash" a line.
read_lock() {
	lock=$1
	version='' date='' eol='' signer='' origins='' number=0
	[ -r "$lock" ] || die 2 "$lock: cannot be read"
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		case $line in '#'* | '') continue ;; esac
		# shellcheck disable=SC2086 # words are meant to split
		lock_line $line
	done <"$lock"
	for key in version date eol signer origins; do
		eval "[ -n \"\$$key\" ]" || die 2 "$lock: has no ${key%s}; kernel/6.12/release shows what a lock holds"
	done
}

bad_line() {
	die 2 "$lock:$number: $1"
}

lock_line() {
	case $1 in
	version | date | eol | signer)
		[ $# -eq 2 ] || bad_line "'$1' takes one value"
		eval "[ -z \"\$$1\" ]" || bad_line "'$1' stands twice"
		;;
	esac
	case $1 in
	version) expr "x$2" : 'x[0-9][0-9.]*[0-9]$' >/dev/null || bad_line "'$2' is no release" ;;
	date)
		expr "x$2" : 'x[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9:]\{8\}Z$' >/dev/null ||
			bad_line "'$2' is no date; write YYYY-MM-DDTHH:MM:SSZ"
		;;
	eol)
		expr "x$2" : 'x[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]$' >/dev/null ||
			bad_line "'$2' is no day; write YYYY-MM-DD"
		;;
	signer) expr "x$2" : 'x[0-9A-F]\{40\}$' >/dev/null || bad_line "'$2' is no key's full fingerprint" ;;
	origin)
		[ $# -eq 4 ] || bad_line "write 'origin NAME FILE SHA256', or '-' for a hash not known yet"
		case $2 in kernel.org | debian) ;; *) bad_line "unknown origin '$2'; known: kernel.org debian" ;; esac
		case $3 in */* | .* | *[!A-Za-z0-9._-]*) bad_line "'$3' is no file name" ;; esac
		[ "$4" = - ] || expr "x$4" : 'x[0-9a-f]\{64\}$' >/dev/null || bad_line "'$4' is no SHA-256"
		[ "$2$4" != debian- ] ||
			bad_line "the Debian archive carries no upstream signature, so its hash must be known"
		origins="$origins$2 $3 $4
"
		return
		;;
	*) bad_line "unknown key '$1'; known: version date eol signer origin" ;;
	esac
	eval "$1=\$2"
}

# ---- verifying ------------------------------------------------------------------
# signed FILE SIG: is SIG the signer's over FILE as upstream packs it, unpacked?
signed() {
	keys=$(dirname "$0")/../kernel/keys/$signer.asc
	[ -r "${KEYS:-$keys}" ] || die 2 "$keys: the signer's key is missing"
	ring=$(mktemp) || exit 2
	# gpgv wants the key without its armour; the base64 between the blank line and the sum.
	sed -n '/^$/,/^=/{/^$/d;/^=/d;p;}' "${KEYS:-$keys}" | base64 -d >"$ring" &&
		xz -dc <"$1" 2>/dev/null | gpgv --quiet --keyring "$ring" "$2" - 2>"$ring.said"
	ret=$?
	[ $ret -eq 0 ] || say "$(tr '\n' ' ' <"$ring.said")"
	rm -f "$ring" "$ring.said"
	return $ret
}

# verify FILE HASH: 0 right, 1 wrong; a hash that isn't known goes by FILE.sign.
verify() {
	got=$(sha256 "$1") || exit 2
	if [ "$2" != - ]; then
		[ "$got" = "$2" ]
	else
		[ -s "$1.sign" ] && signed "$1" "$1.sign"
	fi
}

# settle ORIGIN FILE: say what was found, and end.
settle() {
	printf 'file %s\nsha256 %s\norigin %s\n' "$dir/$2" "$got" "$1"
	exit 0
}

# ---- getting --------------------------------------------------------------------
download() { # URL FILE; resumes
	curl --fail --silent --show-error --location --proto '=https,http,file' \
		--connect-timeout 10 --speed-limit 1000 --speed-time 30 --retry 2 \
		--continue-at - --output "$2" "$1" 2>"$2.err"
	ret=$?
	why=$(sed -n 's/^curl: ([0-9]*) *//p' "$2.err" | tail -n 1)
	rm -f "$2.err"
	case $ret in
	23) die 2 "$2: $why; is the disk full, or the directory read-only?" ;;
	esac
	return $ret
}

# try ORIGIN BASE FILE HASH: ends with success or a wrong hash, returns to try the next.
try() {
	url=$2/$3
	part=$dir/$3.part.$1
	resumed=; [ ! -s "$part" ] || resumed=1
	if ! download "$url" "$part"; then
		# A server that can't resume is asked once more for the whole.
		if [ -z "$resumed" ] || ! { rm -f "$part"; download "$url" "$part"; }; then
			say "$1: $url: ${why:-failed}; trying the next origin"
			return
		fi
		resumed=
	fi
	if [ "$4" = - ] && ! download "${url%.xz}.sign" "$part.sign"; then
		say "$1: ${url%.xz}.sign: ${why:-failed}, and no hash of it is known; trying the next origin"
		rm -f "$part" "$part.sign"
		return
	fi
	if ! verify "$part" "$4"; then
		rm -f "$part" "$part.sign"
		# What was left of an earlier try may be of other bytes: once more, from the start.
		[ -z "$resumed" ] || { try "$@"; return; }
		[ "$4" = - ] && die 1 "$1: $url: the signature of $signer does not verify; it was removed, nothing was built"
		die 1 "$1: $url: SHA-256 is $got, $lock says $4; it was removed, nothing was built. \
If upstream really replaced the file, verify it and change the lock"
	fi
	[ ! -s "$part.sign" ] || mv "$part.sign" "$dir/$3.sign"
	mv "$part" "$dir/$3" || die 2 "$dir/$3: cannot be written"
	[ "$4" != - ] || say "$1: signature verified; $lock may now say: origin $1 $3 $got"
	settle "$1" "$3"
}

debian_bases() {
	if [ -n "${DEBIAN_MIRROR:-}" ]; then
		echo "$DEBIAN_MIRROR"
	else
		apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 2>/dev/null | sort -u
	fi | while read -r base; do
		printf '%s\n' "${base%/}/pool/main/l/linux" "${base%/}/pool/updates/main/l/linux"
	done
}

# The base URLs of an origin.
bases() {
	case $1 in
	kernel.org) echo "${KERNEL_ORG:-https://cdn.kernel.org/pub/linux/kernel}/v${version%%.*}.x" ;;
	debian) debian_bases ;;
	esac
}

fetch() {
	dir=$2
	read_lock "$1"
	mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ] || die 2 "$dir: cannot be written; DL= names another place"
	each() { # FUNCTION: call it with name, file and hash of every origin
		while read -r name file hash; do
			"$1" "$name" "$file" "$hash"
		done <<-EOF
			${origins%?}
		EOF
	}
	have() {
		if [ -f "$dir/$2" ] && verify "$dir/$2" "$3"; then settle "$1" "$2"; fi
		[ ! -f "$dir/$2" ] || [ "$3" = - ] ||
			die 1 "$dir/$2: SHA-256 is $got, $lock says $3; the cache is corrupt: remove the file and run again"
	}
	local_copy() {
		[ -f "$KERNEL_DIR/$2" ] || return 0
		[ "$3" != - ] || [ -f "$KERNEL_DIR/${2%.xz}.sign" ] || return 0
		try KERNEL_DIR "file://$(cd "$KERNEL_DIR" && pwd)" "$2" "$3"
	}
	mirrored() {
		try KERNEL_MIRROR "${KERNEL_MIRROR%/}/v${version%%.*}.x" "$2" "$3"
		try KERNEL_MIRROR "${KERNEL_MIRROR%/}" "$2" "$3"
	}
	remote() {
		for base in $(bases "$1"); do
			try "$1" "$base" "$2" "$3"
		done
	}
	each have
	[ -z "${KERNEL_DIR:-}" ] || each local_copy
	[ -z "${OFFLINE:-}" ] ||
		die 2 "OFFLINE: no tarball of $version in $dir; run 'make fetch' with a network, or give KERNEL_DIR"
	[ -z "${KERNEL_MIRROR:-}" ] || each mirrored
	each remote
	die 2 "no origin of $lock could give $version; KERNEL_MIRROR or KERNEL_DIR may name another"
}

check() {
	file='' hash=''
	while read -r key value; do
		case $key in file) file=$value ;; sha256) hash=$value ;; esac
	done <"$1"
	[ -n "$file" ] && [ -f "$file" ] || die 1 "${file:-$1}: is gone; remove $1 and run again"
	got=$(sha256 "$file")
	[ "$got" = "$hash" ] ||
		die 1 "$file: SHA-256 is $got, was $hash when it was fetched; the cache is corrupt: remove the file and run again"
}

case ${1:-} in
--help) usage ;;
--check) [ $# -eq 2 ] || { usage >&2; exit 2; }; check "$2" ;;
--get)
	[ $# -eq 3 ] || { usage >&2; exit 2; }
	read_lock "$2"
	eval "printf '%s\\n' \"\${$3}\""
	;;
*) [ $# -eq 2 ] || { usage >&2; exit 2; }; fetch "$1" "$2" ;;
esac
