#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare: compiles the programs of the host that Kbuild runs, in the directory of this script: the
# kernel's headers and makefiles, as Keelson's image NAME-dev has them. Needs gcc and make, for
# x86_64 also libelf (objtool), and to sign modules libcrypto. Where the kernel was compiled with
# plugins of gcc, it needs g++ and the plugin headers of the module's compiler. Then:
#
#   make -C DIRECTORY M=MODULE [ARCH=... CROSS_COMPILE=...] modules
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")"
cc=${HOSTCC:-gcc}
fail() {
	echo "prepare: $1" >&2
	exit 2
}
command -v "$cc" >/dev/null || fail "$cc is missing [missing-program]; install a compiler for this host"

$cc -O2 -Iscripts/include -o scripts/basic/fixdep scripts/basic/fixdep.c
set --
for file in scripts/mod/*.c; do
	case ${file##*/} in
	empty.c | mk_elfconfig.c | devicetable-offsets.c) ;;
	*) set -- "$@" "$file" ;;
	esac
done
$cc -O2 -Iscripts/include -Iscripts/mod -o scripts/mod/modpost "$@"
if grep -q '^CONFIG_OBJTOOL=y' .config; then
	command -v pkg-config >/dev/null && pkg-config --exists libelf ||
		fail 'libelf is missing [missing-library]; objtool needs it: install libelf-dev'
	env -u MAKEFLAGS -u MAKELEVEL make -s -C tools objtool HOSTCC="$cc" srctree="$PWD" O="$PWD" subdir=tools >/dev/null ||
		fail 'objtool cannot be compiled [build-failed]'
fi
# As scripts/gcc-plugins/Makefile does.
sed -n 's/^plugin //p' keelson | while read -r plugin; do
	triplet=$(sed -n 's/^triplet //p' keelson)
	case $triplet in "$(uname -m)"-*) target=gcc ;; *) target=$triplet-gcc ;; esac
	headers=$($target -print-file-name=plugin)/include
	[ -f "$headers/plugin-version.h" ] ||
		fail "the plugin headers of $target are missing [missing-library]; install gcc-VERSION-plugin-dev, or that of $target"
	command -v g++ >/dev/null || fail 'g++ is missing [missing-program]; plugins of gcc need it: install g++'
	g++ -w -O2 -Iscripts/include -fPIC -include include/linux/compiler-version.h \
		"-DPLUGIN_VERSION=\"$(sed -n 's/^version //p' keelson)\"" -I"$headers" -Iscripts/gcc-plugins -fno-rtti \
		-fno-exceptions -fasynchronous-unwind-tables -shared -o "scripts/gcc-plugins/$plugin.so" \
		"scripts/gcc-plugins/$plugin.c" || fail "$plugin cannot be compiled [build-failed]"
done
if grep -q '^CONFIG_MODULE_SIG=y' .config && pkg-config --exists libcrypto 2>/dev/null; then
	# shellcheck disable=SC2046 # words are meant to split
	$cc -O2 -w -Iscripts -Iscripts/include -idirafter include/uapi -o scripts/sign-file scripts/sign-file.c $(pkg-config --cflags --libs libcrypto)
fi
echo "prepare: $PWD: ready for make -C $PWD M=MODULE modules"
