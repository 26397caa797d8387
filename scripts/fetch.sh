#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Finds, fetches and verifies the tarball of an upstream release.
set -uf
LC_ALL=C
export LC_ALL
tmp=
nl='
'

usage() {
	cat <<'EOF'
usage: fetch.sh LOCK DIR        settle on a tarball for LOCK in DIR; prints the lines
                                `file PATH`, `sha256 HEX` and `origin NAME`
       fetch.sh --check SOURCE  verify again the file that such an output names
       fetch.sh --get LOCK KEY  print LOCK's version, date, eol or signer

What DIR holds is taken if it verifies. Then, in this order: KERNEL_DIR (a local
directory), KERNEL_MIRROR (a base URL, laid out as kernel.org or flat), the origins of
LOCK. The Debian archive is DEBIAN_MIRROR, or those that apt is set up for; KERNEL_ORG
replaces https://cdn.kernel.org/pub/linux/kernel. OFFLINE=1 uses no network.

Exit status: 0 verified, 1 a hash or a signature is wrong, 2 none could be had.
EOF
}

say() {
	echo "fetch: $*" >&2
}

die() {
	say "$2"
	exit "$1"
}

# ---- the lock -------------------------------------------------------------------
bad() {
	die 2 "$lock:$number: $1"
}

# digits VALUE COUNT RANGES: is VALUE made of COUNT characters of RANGES?
digits() {
	case $1 in *[!$3]*) return 1 ;; esac
	[ ${#1} -eq "$2" ]
}

# Sets $version, $date, $eol, $signer and $origins, one `NAME FILE HASH` a line.
read_lock() {
	# shellcheck disable=SC2034 # used through eval
	lock=$1 number=0 version='' date='' eol='' signer='' origins=''
	[ -f "$lock" ] || die 2 "$lock: no such release lock"
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		case $line in '#'*) continue ;; esac
		# shellcheck disable=SC2086 # into words
		set -- $line
		[ $# -eq 0 ] || lock_line "$@"
	done <"$lock" || die 2 "$lock: cannot be read"
	for key in version date eol signer origins; do
		eval "[ -n \"\$$key\" ]" || bad "the lock ends without '${key%s}'"
	done
}

lock_line() {
	case $1 in
	version | date | eol | signer)
		[ $# -eq 2 ] || bad "write '$1 VALUE'"
		eval "[ -z \"\$$1\" ]" || bad "a second '$1'"
		eval "$1=\$2"
		;;
	esac
	case $1 in
	version) case $2 in *[!0-9.]* | .* | *. | *..*) bad "'$2' is no release" ;; esac ;;
	date) same "$2" +%Y-%m-%dT%H:%M:%SZ || bad "'$2' is no time; write YYYY-MM-DDTHH:MM:SSZ" ;;
	eol) same "$2" +%Y-%m-%d || bad "'$2' is no day; write YYYY-MM-DD" ;;
	signer) digits "$2" 40 0-9A-F || bad "'$2' is no fingerprint: 40 digits, 0-9 and A-F" ;;
	origin)
		[ $# -eq 4 ] || bad "write 'origin NAME FILE SHA256', with '-' for an unknown hash"
		lock_origin "$2" "$3" "$4"
		;;
	*) bad "unknown key '$1'; known: version date eol signer origin" ;;
	esac
}

same() { # DATE FORMAT
	[ "$(date -u -d "$1" "$2" 2>&1)" = "$1" ]
}

lock_origin() { # NAME FILE HASH
	case $1 in
	kernel.org | debian) ;;
	*) bad "unknown origin '$1'; known: kernel.org debian" ;;
	esac
	case $nl$origins in *"$nl$1 "*) bad "a second 'origin $1'" ;; esac
	case $2 in .* | *[!A-Za-z0-9._-]*) bad "'$2' is no plain file name" ;; esac
	case $2 in *.tar.xz) ;; *) bad "'$2' is no .tar.xz" ;; esac
	[ "$1 $3" != 'debian -' ] || bad "Debian's files bear no signature; give the hash"
	[ "$3" = - ] || digits "$3" 64 0-9a-f || bad "'$3' is no SHA-256: 64 digits, 0-9 and a-f"
	origins=$origins$1\ $2\ $3$nl
}

# each COMMAND...: runs it with the name, file and hash of each origin
each() {
	while read -r name file hash; do
		"$@" "$name" "$file" "$hash"
	done <<-EOF
		${origins%?}
	EOF
}

# ---- verifying ------------------------------------------------------------------
hash_of() {
	got=$(sha256sum <"$1") || die 2 "$1: cannot be read"
	got=${got%% *}
}

# judge FILE SIGN HASH: is FILE right? If not, $why. Where no hash is known, SIGN must be
# the signer's over the tar in FILE. $got is the hash of FILE in any case.
judge() {
	hash_of "$1"
	if [ "$3" = - ]; then
		why="no good signature of $signer in $2, and no hash in $lock"
		[ -s "$2" ] && signed "$1" "$2"
	else
		why="SHA-256 is $got, $lock says $3"
		[ "$got" = "$3" ]
	fi
}

signed() { # FILE SIGN
	for program in xz gpgv; do
		command -v $program >/dev/null || die 2 "$program is missing; run 'make setup'"
	done
	key=$(dirname "$lock")/../keys/$signer.asc
	tmp=$(mktemp -d) || die 2 "no place for temporary files; TMPDIR may name another"
	# gpgv reads no armour: the key is what is between the empty line and the checksum.
	{ sed '1,/^$/d; /^[=-]/,$d' "$key" | base64 -d >"$tmp/key" && [ -s "$tmp/key" ]; } ||
		die 2 "$key: cannot be read; it should be the armoured key of $lock's signer"
	# A tarball that xz can't read to its end must not pass for the part that it could,
	# nor a good signature of another key, should the key's file hold one.
	{ xz -dc <"$1" || echo broken; } 2>/dev/null |
		gpgv --keyring "$tmp/key" --status-fd 3 "$2" - 3>"$tmp/status" 2>"$tmp/said" &&
		grep -q '^\[GNUPG:] GOODSIG ' "$tmp/status" &&
		grep -q "^\[GNUPG:] VALIDSIG .* $signer\$" "$tmp/status"
	st=$?
	[ $st -eq 0 ] || cat "$tmp/said" >&2
	rm -rf "$tmp"
	return $st
}

# settle NAME FILE: the end. NAME is the origin whose bytes these are, wherever they came
# from, since it goes into the image.
settle() {
	printf 'file %s\nsha256 %s\norigin %s\n' "$dir/$2" "$got" "$1"
	exit 0
}

have() { # NAME FILE HASH
	[ -f "$dir/$2" ] || return 0
	judge "$dir/$2" "$dir/${2%.xz}.sign" "$3" ||
		die 1 "$dir/$2: $why; the cache is corrupt: remove that file, then run again"
	settle "$1" "$2"
}

# accept FROM URL NAME FILE HASH: judges $part, which came from URL. That is the end,
# except for a wrong one that an earlier run began: from the start, it may be better.
accept() {
	if ! judge "$part" "$part.sign" "$5"; then
		rm -f "$part" "$part.sign"
		[ -z "$resumed" ] || return 0
		die 1 "$1: $2: $why; what came was deleted, and no other origin is tried. \
If upstream did replace it, verify that, then change the lock"
	fi
	if [ "$5" = - ]; then
		mv "$part.sign" "$dir/${4%.xz}.sign" || die 2 "$dir: cannot be written"
		say "$1: signed by $signer; $lock may now say: origin $3 $4 $got"
	fi
	mv "$part" "$dir/$4" || die 2 "$dir: cannot be written"
	settle "$3" "$4"
}

# ---- getting --------------------------------------------------------------------
# get URL FILE: $st (curl's) and $why tell what became of it.
get() {
	case $1 in
	*://*)
		why=$(curl --fail --silent --show-error --location --proto =https,http,file \
			--connect-timeout 15 --speed-limit 1000 --speed-time 30 --retry 2 \
			--continue-at - --output "$2" "$1" 2>&1)
		st=$?
		why=${why#*curl: (*) }
		why=${why%%"$nl"*}
		;;
	*)
		st=37 why='no such file'
		[ ! -f "$1" ] || { why=$(cp "$1" "$2" 2>&1) && st=0 || st=23; }
		;;
	esac
	[ "$st" -ne 23 ] || die 2 "$2: $why; is the disk full, or the directory read-only?"
	return "$st"
}

from_base() { # FROM BASE NAME FILE HASH
	part=$dir/$4.part
	while :; do
		url=$2/${4%.xz}.sign
		rm -f "$part.sign"
		if [ "$5" = - ] && ! get "$url" "$part.sign"; then
			why="$why, and $lock has no hash"
			break
		fi
		url=$2/$4 resumed=
		[ ! -s "$part" ] || resumed=1
		if get "$url" "$part"; then
			accept "$1" "$url" "$3" "$4" "$5"
		elif [ -n "$resumed" ] && { [ "$st" -eq 33 ] || [ "$st" -eq 36 ]; }; then
			# The server can't resume, or has less than that.
			rm -f "$part"
		else
			break
		fi
	done
	failed="${failed:+$failed, }$url: $why"
	# A host that answered without the file may have it elsewhere; no other is asked again.
	case $st in 22 | 37) ;; *) silent="$silent$host " ;; esac
}

# Where FROM may have its tarballs, a line each.
bases() {
	v=v${version%%.*}.x
	case $1 in
	KERNEL_DIR) echo "$KERNEL_DIR" ;;
	KERNEL_MIRROR)
		base=${KERNEL_MIRROR%/}
		printf '%s\n' "$base/pub/linux/kernel/$v" "$base/$v" "$base"
		;;
	kernel.org) echo "${KERNEL_ORG:-https://cdn.kernel.org/pub/linux/kernel}/$v" ;;
	debian)
		# shellcheck disable=SC2016 # the variable is apt-get's
		archives=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
			'Origin: Debian' 2>/dev/null)}
		for base in $archives; do
			echo "${base%/}/pool/main/l/linux"
			echo "${base%/}/pool/updates/main/l/linux"
		done | sort -u
		;;
	esac
}

try() { # FROM NAME FILE HASH
	failed=
	while read -r base; do
		host=${base#*://}
		host=${host%%/*}
		case $silent in
		*" $host "*) failed=${failed:-$host: no answer before} ;;
		*) [ -z "$base" ] || from_base "$1" "$base" "$2" "$3" "$4" ;;
		esac
	done <<-EOF
		$(bases "$1")
	EOF
	[ -n "$failed" ] || failed="no archive is known; run 'apt-get update', or set DEBIAN_MIRROR"
	say "$1: $failed; trying the next origin"
}

origin() { # NAME FILE HASH
	try "$1" "$@"
}

wanted() { # NAME FILE HASH
	printf ' %s' "$2"
}

fetch() { # LOCK DIR
	dir=$2 silent=' '
	read_lock "$1"
	each have
	# One fetch at a time. The lock ends with the last process of one, however that dies.
	{ mkdir -p "$dir" && (: >>"$dir/.lock"); } 2>/dev/null ||
		die 2 "$dir: cannot be written; is the disk full, or the directory read-only?"
	exec 9>>"$dir/.lock"
	flock -n 9 || { say "another fetch into $dir is at work; waiting for it" && flock 9; } ||
		die 2 "$dir/.lock: cannot be locked"
	each have
	[ -z "${KERNEL_DIR:-}" ] || each try KERNEL_DIR
	[ "${OFFLINE:-0}" = 0 ] ||
		die 2 "OFFLINE: no verified tarball of $version in $dir; run 'make fetch' with a \
network, or let KERNEL_DIR be a directory that holds one of:$(each wanted)"
	command -v curl >/dev/null || die 2 "curl is missing; run 'make setup'"
	[ -z "${KERNEL_MIRROR:-}" ] || each try KERNEL_MIRROR
	each origin
	die 2 "no origin of $lock gave $version; KERNEL_MIRROR or KERNEL_DIR may name another"
}

check() { # SOURCE
	a='' b='' c='' d=''
	[ -f "$1" ] || die 2 "$1: no such file; fetch writes it"
	{ read -r a file && read -r b hash && read -r c _ && ! read -r d; } <"$1" || d=$a
	{ [ "$a $b $c $d" = 'file sha256 origin ' ] && digits "$hash" 64 0-9a-f; } ||
		die 2 "$1: not what fetch writes; remove it, then run again"
	[ -f "$file" ] || die 1 "$file: is gone; remove $1 too, then run again"
	hash_of "$file"
	[ "$got" = "$hash" ] || die 1 "$file: SHA-256 is $got, but was $hash when fetched; \
the cache is corrupt: remove $file and $1, then run again"
}

get_value() { # LOCK KEY
	read_lock "$1"
	case $2 in
	version | date | eol | signer) eval "echo \"\$$2\"" ;;
	*) die 2 "'$2' is no value of a lock; known: version date eol signer" ;;
	esac
}

trap '[ -z "$tmp" ] || rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
case $#:${1:-} in
1:--help) usage ;;
2:--check) check "$2" ;;
3:--get) get_value "$2" "$3" ;;
2:[!-]*) fetch "$1" "$2" ;;
*)
	usage >&2
	exit 2
	;;
esac
