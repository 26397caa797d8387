#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs missing packages only.
set -u
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
# This directory has depmod, and is not on every user's path.
PATH=$PATH:/usr/sbin:/sbin
export PATH

usage() {
	cat <<'EOF'
usage: setup.sh [STAGE [ARCH...]]           install the packages that it lacks
       setup.sh --check [STAGE [ARCH...]]   only list it; exit 1 if there is something

ARCH: those to build and boot for (default: all). STAGE (default: check): build is what `make`
needs, boot adds `make boot`, check adds the tests; menu, fuzz, page and scale are what `make
menuconfig`, `make fuzz`, the test of audit pages in a browser, and `make matrix RUNNER=` with its
tests need beyond build. Exit status: 0 nothing is missing, 1 something is missing, 2 it could not be
installed.
EOF
}

say() {
	echo "setup: $*" >&2
}

# The needs of the rows of archs.mk; a compiler only for another machine than the host.
arch_needs() {
	host=$(uname -m)
	for want; do
		known=''
		while read -r name _ _ _ triplet _ qemu deb gcc_package qemu_package; do
			[ "$name" = "arch-$want" ] || continue
			known=1
			[ "$triplet" = "$host-linux-gnu" ] || echo "\
build cmd $triplet-gcc $gcc_package compiles for $want
build plugin $triplet-gcc gcc-@-plugin-dev-${gcc_package#gcc-} lets plugins erase the kernel's stack for $want
boot libc $triplet libc6-dev-$deb-cross lets programs for $want guests be linked"
			echo "boot cmd $qemu $qemu_package boots images for $want"
		done <"$archs"
		while read -r name _ file package; do
			[ "$name" != "uefi-$want" ] || echo "boot file $file $package starts images for $want as UEFI does"
		done <"$archs"
		[ -n "$known" ] || {
			say "unknown architecture '$want' [unknown-arch]; known: $(all_archs)"
			exit 2
		}
	done
}

all_archs() {
	while read -r name _; do
		case $name in arch-*) printf '%s ' "${name#arch-}" ;; esac
	done <"$archs"
}

# there KIND NAME: is it installed?
there() {
	case $1 in
	cmd) command -v "$2" ;;
	pc) [ -n "$all_pc" ] || pkg-config --exists "$2" ;;
	lib) [ -f "$(gcc -print-file-name="$2")" ] ;;
	file) [ -f "${SETUP_ROOT:-}$2" ] ;;
	plugin) [ -f "$("$2" -print-file-name=plugin)/include/plugin-version.h" ] ;;
	rt) [ -f "$(clang -print-file-name="$2-$(uname -m).a")" ] ;;
	libc) [ -f "$("$2-gcc" -print-file-name=libc.a)" ] ;;
	ca)
		for file in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt \
			/etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
			[ ! -s "$file" ] || return 0
		done
		return 1
		;;
	esac >/dev/null 2>&1
}

# The version in the names of gcc's packages: that of the installed gcc, or of the one that apt has.
gcc_version() {
	version=$(gcc -dumpversion 2>/dev/null) || while read -r key value; do
		case "$key $value" in 'Depends: gcc-'[0-9]*) version=${value#gcc-} ;; esac
	done <<-EOF
		$(apt-cache depends gcc 2>/dev/null)
	EOF
	echo "${version%%.*}"
}

# all_needs ARCH...: the rows of packages, and those of ARCH..., by the shell alone.
all_needs() {
	while IFS= read -r row; do
		case $row in '#'*) ;; *) echo "$row" ;; esac
	done <"$packages_file"
	arch_needs "$@"
}

# Sets $missing to the missing needs of STAGE for ARCH..., as text, and $packages to their packages.
look() {
	case $1 in
	build) stages=' build ' ;;
	boot) stages=' build boot ' ;;
	check) stages=' build boot check ' ;;
	menu | fuzz | page | scale) stages=" build $1 " ;;
	*)
		say "unknown stage '$1' [unknown-stage]; known: build boot check menu fuzz page scale"
		exit 2
		;;
	esac
	missing='' packages='' all_pc=''
	shift
	# shellcheck disable=SC2046 # words are meant to split
	[ $# -gt 0 ] || set -- $(all_archs)
	all_needs=$(all_needs "$@") || exit 2
	# One run for all libraries, since each make does this, and mostly all are installed.
	set --
	while read -r _ kind name _; do
		[ "$kind" != pc ] || set -- "$@" "$name"
	done <<-EOF
		$all_needs
	EOF
	pkg-config --exists "$@" 2>/dev/null && all_pc=1
	while read -r stage kind name package why; do
		case ${stage:+$stages} in *" $stage "*) ;; *) continue ;; esac
		there "$kind" "$name" && continue
		case $package in *@*) package=${package%@*}$(gcc_version)${package#*@} ;; esac
		missing="$missing
  $name (package $package), which $why"
		case "$packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
	done <<-EOF
		$all_needs
	EOF
}

# Is the host Debian or derived from it, with the package names that we know?
debian() (
	ID='' ID_LIKE='' os_release=${SETUP_OS_RELEASE:-/etc/os-release}
	# shellcheck source=/dev/null
	[ ! -r "$os_release" ] || . "$os_release"
	case " $ID $ID_LIKE " in *' debian '*) command -v apt-get >/dev/null ;; *) false ;; esac
)

install() {
	look "$@"
	[ -n "$missing" ] || { echo "setup: nothing is missing"; return; }
	echo "setup: missing [missing]:$missing"
	debian || {
		say "not Debian, so package names differ [not-debian]: install the above with your package"
		say "manager, then run again"
		exit 2
	}
	command="apt-get install -y --no-install-recommends$packages"
	if [ "$(id -u)" = 0 ]; then
		sudo=
	elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		sudo=sudo
	else
		say "not root, and sudo is missing or needs a password [not-root]; as root, run:"
		echo "apt-get update && $command" >&2
		exit 2
	fi
	echo "setup: running: ${sudo:+sudo }apt-get update, then ${sudo:+sudo }$command"
	# apt-get may not find packages with old lists; but one failed archive of many may not matter.
	$sudo apt-get update || say "apt-get update failed [apt-update]; trying with the present lists"
	# Without a gcc, the lists of apt have the version that names its plugins' headers.
	look "$@"
	command="apt-get install -y --no-install-recommends$packages"
	# shellcheck disable=SC2086 # words are meant to split
	$sudo env DEBIAN_FRONTEND=noninteractive $command || {
		say "apt-get failed, for the reason above [apt-install]; fix that, then run again, or run:"
		echo "${sudo:+sudo }$command" >&2
		exit 2
	}
	look "$@"
	[ -z "$missing" ] || { say "still missing [still-missing]:$missing"; exit 2; }
}

archs=$scripts/archs.mk packages_file=$scripts/setup/packages
case ${1:-check} in
--help) usage ;;
--check)
	shift
	look "${@:-check}"
	[ -z "$missing" ] || { echo "missing [missing]:$missing"; exit 1; }
	;;
[!-]*) install "${@:-check}" ;;
*)
	say "unknown option '$1' [usage]; run setup.sh --help"
	exit 2
	;;
esac
