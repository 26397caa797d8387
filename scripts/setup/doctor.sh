#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# doctor.sh OUT KEY RECORDS SERIES CHECKED [ARCH...]: reports packages, versions and settings of this
# host that are missing, old or odd, and the consequence of each. RECORDS is configs/resolved, CHECKED
# has directories whose files should not be newer than the clock. Changes nothing, and creates no file. Exit status 1 if something is
# missing, old or odd; a note is neither.
set -u
scripts=${0%/*}/..
mask=$(umask)
# shellcheck source=/dev/null
. "$scripts/env.sh"

[ $# -ge 5 ] || {
	echo 'usage: doctor.sh OUT KEY RECORDS SERIES CHECKED [ARCH...]' >&2
	exit 2
}
out=$1 key=$2 records=$3 series=$4 checked=$5
shift 5
found=0

# row STATE TEXT
row() {
	printf '  %-8s%s\n' "$1" "$2" | tr -c ' -~\n' '?'
	case $1 in missing | old | odd) found=$((found + 1)) ;; esac
}

# at_least VERSION LEAST
at_least() {
	[ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# The first directory of the path $1 that exists.
existing() {
	dir=$1
	while [ ! -d "$dir" ]; do
		case $dir in */*) dir=${dir%/*} ;; *) dir=. ;; esac
		dir=${dir:-/}
	done
	echo "$dir"
}

# ---- programs ----
packages() {
	reported=''
	for stage in build boot check menu fuzz page; do
		case $stage in
		build) lost='no image can be built' ;;
		boot) lost='make boot cannot run' ;;
		check) lost='the tests cannot run' ;;
		menu) lost='make menuconfig and nconfig cannot run' ;;
		fuzz) lost='make fuzz cannot run' ;;
		page) lost='the test of audit pages in a browser is skipped' ;;
		esac
		missing=$("$scripts/setup/setup.sh" --check "$stage" "$@" 2>&1) && continue
		while IFS= read -r line; do
			case $line in '  '*) ;; *) continue ;; esac
			case $reported in *"$line"*) continue ;; esac
			reported="$reported$line
"
			# The needs of menus, the fuzzer and the browser are optional.
			case $stage in menu | fuzz | page) state=note ;; *) state=missing ;; esac
			row "$state" "${line#  }: $lost without it [setup-missing]; run 'make setup'"
		done <<-EOF
			$missing
		EOF
	done
	[ -n "$reported" ] || row ok 'all packages of all stages are installed'
}

# make 4.2 has .SHELLSTATUS, which the Makefile reads.
make_version() {
	version=$(make --version 2>/dev/null | sed -n '1s/^GNU Make //p')
	if [ -z "$version" ]; then
		row odd "make is not GNU make: the Makefile cannot be read [make-version]; expected GNU make 4.2 or newer"
	elif at_least "$version" 4.2; then
		row ok "make $version"
	else
		row old "make $version: the Makefile does not see that a command failed [make-version]; expected 4.2 or newer"
	fi
}

# compiler ARCH TRIPLET: against the compiler of the record
compiler() {
	case $2 in "$(uname -m)"-*) gcc=gcc ;; *) gcc=$2-gcc ;; esac
	got=$("$gcc" --version 2>/dev/null | head -n 1) || got=''
	[ -n "$got" ] || return 0
	wanted=$(sed -n 's/\t.*--version 2>\/dev\/null | head -n 1$//p' "$records/$series/$1.probes" 2>/dev/null | head -n 1)
	if [ -z "$wanted" ]; then
		row note "$got: $records has no answers of a compiler for $1 in $series [no-record]; run 'make resolved ARCH=$1'"
	elif [ "${got##* }" = "${wanted##* }" ]; then
		row ok "$got, as for $records/$series"
	elif at_least "${got##* }" "${wanted##* }"; then
		row note "$got: $records/$series was made with ${wanted##* }; options and digests can differ [compiler-differs]; run 'make toolchain-diff ARCH=$1'"
	else
		row old "$got: $records/$series was made with ${wanted##* }; requests can be lost [compiler-old]; run 'make toolchain-diff ARCH=$1'"
	fi
}

compilers() {
	while read -r name _ _ _ triplet _; do
		case $name in arch-*) ;; *) continue ;; esac
		case " $* " in *" ${name#arch-} "* | '  ') compiler "${name#arch-}" "$triplet" ;; esac
	done <"$scripts/archs.mk"
}

# ---- places ----
# A series' tree has 90,000 files in 1.6 GB, and a board's objects take 1 GB.
space() {
	dir=$(existing "$out")
	free=$(df -Pk "$dir" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
	if [ "${free:-5000}" -lt 5000 ]; then
		row odd "$out: $free MB are free: a build of one board takes up to 4,000 [disk-space]; free some, or set OUT="
	else
		row ok "$out: ${free:-unknown} MB are free"
	fi
	files=$(df -Pi "$dir" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4 }')
	[ "${files:-200000}" -ge 200000 ] ||
		row odd "$out: $files inodes are free: a tree has 90,000 files [disk-inodes]; set OUT= to another file system"
	[ -w "$dir" ] || row odd "$dir: cannot be written [unwritable]; set OUT="
	! is_noexec "$dir" || row odd "$dir: is mounted noexec: the tools in $out/bin cannot run [noexec]; set OUT="
}

is_noexec() {
	case ,$(findmnt -no OPTIONS -T "$1" 2>/dev/null), in *,noexec,*) return 0 ;; esac
	return 1
}

temporary() {
	dir=${TMPDIR:-/tmp}
	if [ ! -d "$dir" ] || [ ! -w "$dir" ]; then
		row odd "$dir: cannot be written: compilers and tests put files there [tmpdir]; set TMPDIR"
	elif is_noexec "$dir"; then
		row odd "$dir: is mounted noexec: the tests run programs there [tmpdir-noexec]; set TMPDIR"
	else
		row ok "$dir for temporary files"
	fi
}

cache() {
	command -v ccache >/dev/null || return 0
	# "5.0G", or "5.0 GB" of older ones; a kernel of one board takes 0.1 GB.
	max=$(ccache --get-config max_size 2>/dev/null | tr -d ' ')
	case $max in
	*[kKmM]*) row note "ccache keeps up to $max: too little for the boards of all series [ccache-size]; run 'ccache -M 5G'" ;;
	0 | 0.0*) row ok 'ccache has no limit' ;;
	'') ;;
	*) row ok "ccache keeps up to $max" ;;
	esac
}

signing_key() {
	[ -e "$key" ] || {
		row note "$key: does not exist; the first build makes it [no-key]"
		return
	}
	case $(stat -L -c %a "$key" 2>/dev/null) in
	*00) row ok "$key signs the modules" ;;
	*) row odd "$key: others can read the private key [key-mode]; run chmod 600 on it" ;;
	esac
}

# ---- the rest ----
rest() {
	if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
		row ok "/dev/kvm, for make boot KVM=1"
	else
		row note "/dev/kvm: not usable: make boot emulates, as by default, and KVM=1 fails [no-kvm]"
	fi
	case $mask in
	*[1-7]??) row odd "umask $mask: new files cannot be used by their owner [umask]; run 'umask 022'" ;;
	*) row ok "umask $mask; the scripts use 022" ;;
	esac
	# shellcheck disable=SC2086 # words are meant to split
	newer=$(find $checked -newermt '10 seconds' -print 2>/dev/null | head -n 1)
	if [ -n "$newer" ]; then
		row odd "$newer: is newer than the clock, $(date '+%F %T') UTC: stages run again, and kernels from the start [clock]; set the clock, or touch the file"
	else
		row ok "the clock: $(date '+%F %T') UTC"
	fi
	! head -n 1 "$scripts/env.sh" | grep -q "$(printf '\r')" ||
		row odd "$scripts: lines end in CR LF [crlf]; check out again with core.autocrlf=false"
}

packages "$@"
make_version
compilers "$@"
space
temporary
cache
signing_key
rest
if [ "$found" -gt 0 ]; then
	echo "doctor: $found of the above are missing, old or odd [host]"
	exit 1
fi
echo 'doctor: nothing is missing, old or odd'
