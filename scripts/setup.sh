#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs what is missing, and only that.
set -u
LC_ALL=C
export LC_ALL

usage() {
	cat <<'EOF'
usage: setup.sh [build|boot|check]           install what is missing for that (default: check)
       setup.sh --check [build|boot|check]   only list it; exit 1 if there is something

build is what `make` needs, boot adds `make boot`, check adds the tests. Exit status:
0 all is there, 1 something is missing, 2 it could not be installed.
EOF
}

# stage, how to see it, Debian's package, what for. `cmd` is a program on the PATH,
# `pc` a module of pkg-config.
needs() {
	cat <<'EOF'
build cmd gcc             gcc               compiles the tools and the kernel
build cmd ld              binutils          links them
build cmd make            make              runs all of this
build cmd flex            flex              reads Kconfig
build cmd bison           bison             reads Kconfig
build cmd bc              bc                generates kernel headers
build cmd perl            perl              generates kernel sources
build cmd xz              xz-utils          unpacks the release
build cmd patch           patch             applies our patches
build cmd curl            curl              fetches the release
build cmd gpgv            gpgv              verifies the release's signature
build cmd openssl         openssl           makes the key that signs modules
build cmd depmod          kmod              indexes modules
build cmd cpio            cpio              packs what kernels embed
build cmd ccache          ccache            spares compiling twice
build cmd pkg-config      pkg-config        finds libraries
build pc  libelf          libelf-dev        reads objects, for the kernel's objtool
build pc  libcrypto       libssl-dev        hashes and signs
build pc  libarchive      libarchive-dev    reads and writes archives
build pc  libdeflate      libdeflate-dev    compresses the image
build pc  jansson         libjansson-dev    reads and writes the image's JSON
boot  cmd bsdtar          libarchive-tools  makes the initrd
boot  cmd qemu-system-x86_64 qemu-system-x86 boots the image
check cmd prove           perl              runs the tests
check cmd shellcheck      shellcheck        checks the scripts
check cmd clang-tidy      clang-tidy        checks the tools
check cmd skopeo          skopeo            reads the image as registries do
check cmd gpg             gpg               makes the keys that tests sign with
EOF
}

# wanted STAGE: the lines of `needs` up to STAGE.
wanted() {
	case $1 in
	build) needs | grep '^build' ;;
	boot) needs | grep '^b' ;;
	check) needs ;;
	*) usage >&2; exit 2 ;;
	esac
}

# Prints "package what-is-missing what-for" for each need that isn't met.
missing() {
	modules=
	all=$(wanted "$1") || exit 2
	while read -r _ kind name package why; do
		case $kind in
		cmd) command -v "$name" >/dev/null || echo "$package $name $why" ;;
		pc) modules="$modules $name" ;;
		esac
	done <<-EOF
		$all
	EOF
	# One look for all of them, since nearly always they are there.
	# shellcheck disable=SC2086 # words are meant to split
	pkg-config --exists $modules 2>/dev/null && return
	while read -r _ kind name package why; do
		[ "$kind" != pc ] || pkg-config --exists "$name" 2>/dev/null ||
			echo "$package $name $why"
	done <<-EOF
		$all
	EOF
}

install() {
	list=$(missing "$1") || exit 2
	[ -n "$list" ] || { echo "setup: nothing is missing"; exit 0; }
	echo "setup: missing:"
	echo "$list" | while read -r package name why; do
		printf '  %-20s %s (package %s)\n' "$name" "$why" "$package"
	done
	packages=$(echo "$list" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
	command="apt-get install -y --no-install-recommends $packages"

	if ! command -v apt-get >/dev/null; then
		echo "setup: this is not Debian's family; install the above with your package manager" >&2
		exit 2
	fi
	if [ "$(id -u)" = 0 ]; then
		sudo=
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		sudo=sudo
	else
		echo "setup: that takes root's rights; run:" >&2
		echo "  apt-get update && $command" >&2
		exit 2
	fi
	echo "setup: running: ${sudo:+sudo }$command"
	# shellcheck disable=SC2086 # words are meant to split
	if ! $sudo apt-get update || ! $sudo env DEBIAN_FRONTEND=noninteractive $command; then
		echo "setup: apt-get failed; its words are above. By hand: $command" >&2
		exit 2
	fi
	list=$(missing "$1")
	[ -z "$list" ] || { echo "setup: still missing: $list" >&2; exit 2; }
}

case ${1:-check} in
--help) usage ;;
--check)
	list=$(missing "${2:-check}") || exit 2
	[ -z "$list" ] || { echo "missing: $(echo "$list" | cut -d ' ' -f 2 | tr '\n' ' ')"; exit 1; }
	;;
*) install "${1:-check}" ;;
esac
