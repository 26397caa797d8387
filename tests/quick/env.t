#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Only the variables that scripts/environment.h lists have an effect.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

want=$(digest "$T/out")
is "${#want}" 71 'an image is built'

# Each of these changes the work of some tool, and some make it fail.
mkdir "$T/own" "$T/tmp"
echo '#error a header of the caller' >"$T/own/string.h"
printf 'all image:\n\t@echo a makefile of the caller\n' >"$T/own/makefile"
hostile() {
	env TAR_OPTIONS='--exclude=fake_net.c --mode=0' QUOTING_STYLE=c CDPATH=/tmp POSIXLY_CORRECT=1 GZIP=-1 XZ_OPT=--memlimit=1 \
		XZ_DEFAULTS=--memlimit=1 GREP_OPTIONS=-v GREP_COLORS=x TMPDIR=/nonexistent BASH_ENV="$T/own/none" ENV="$T/own/none" \
		KCFLAGS=-O3 CFLAGS=-O0 CPPFLAGS=-DX LDFLAGS=-Wl,-z,foo CROSS_COMPILE=foo- LLVM=1 KBUILD_OUTPUT=/nonexistent \
		KBUILD_BUILD_USER=x SOURCE_DATE_EPOCH=1 LOCALVERSION=x INSTALL_MOD_PATH=/nonexistent INSTALL_MOD_STRIP=0 \
		KCONFIG_CONFIG=/nonexistent KCONFIG_ALLCONFIG=1 KCONFIG_WERROR=1 SAN=-fsanitize=address DTBS=none \
		C_INCLUDE_PATH="$T/own" CPATH="$T/own" COMPILER_PATH="$T/own" GCC_EXEC_PREFIX="$T/own/" LIBRARY_PATH="$T/own" \
		DEPENDENCIES_OUTPUT="$T/deps" SUNPRO_DEPENDENCIES="$T/deps" GCC_COMPARE_DEBUG=1 PYTHONPATH="$T/own" PYTHONHOME="$T/own" \
		POSIX_ME_HARDER=1 PATCH_GET=1 SIMPLE_BACKUP_SUFFIX=.bak VERSION_CONTROL=numbered TIME_STYLE=full-iso \
		COLUMNS=3 LC_ALL=de_DE.UTF-8 LANGUAGE=de TZ=Asia/Tokyo OPENSSL_CONF=/nonexistent MODPROBE_OPTIONS=-n \
		PKG_CONFIG_PATH="$T/own" FLAVOURS=x B=/nonexistent S=/nonexistent CERT=/nonexistent MAKEFLAGS=-j8 "$@"
}
check 'a hostile environment builds an image' hostile make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" \
	MODULES="$T/modules" OUT="$T/hostile" DL="$T/hostile/dl" BIN="$BIN" SERIES=6.99 BOARD=fake SIGN_KEY="$T/key.pem" \
	KERNEL_DIR="$T" OFFLINE=1 JOBS=2 V= image
is "$(digest "$T/hostile")" "$want" 'which is the same'
check 'of the same tree' diff -r "$T/out/6.99/linux/src" "$T/hostile/6.99/linux/src"
check 'and writes no files that the caller makes the compiler write' [ ! -e "$T/deps" ]

# The same for a script that is run without make.
printf 'file %s\nsha256 %s\n' "$T/linux-6.99.1.tar.xz" "$(sha256sum <"$T/linux-6.99.1.tar.xz" | cut -d ' ' -f 1)" >"$T/source"
check 'it does not affect tree.sh' hostile sh scripts/tree.sh "$T/source" "$T/patches/6.99" "$T/tree" 6.99.1
check 'its tree is whole' diff -r "$T/linux-6.99.1" "$T/tree"

# What the compiler answers.
hostile "$KCONF" resolve --tree "$T/tree" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/cache" \
	--out "$T/config" --record "$T/asked" "base:$T/configs/base/sig.config" 2>"$T/err"
is "$? $(grep -c '^n.*no-such-option' "$T/asked")$(grep -c '^y.*-fpic' "$T/asked")" '0 11' 'kconf asks the compiler in a clean environment'

for flags in -e -i -ke; do
	refuses 2 '\[make-(e|flags)\]' "make $flags is refused" mk "$T/out" $flags help
done
refuses 2 '\[make-flags\]' 'so is MAKEFLAGS=-i' env MAKEFLAGS=-i make help
refuses 2 '\[make-flags\]' 'and MAKEFILES' env MAKEFILES="$T/own/makefile" make help

# Recipes, and every script. A goal with a slash is a file.
cat >"$T/probe.mk" <<'E2'
include Makefile
show/environment:
	@env | sed 's/=.*//' | sort
show/listed:
	@printf '%s\n' $(KNOBS) $(PASSED)
E2
hostile make -s -f "$T/probe.mk" OUT="$T/out" show/environment >"$T/names" 2>"$T/err" || diag <"$T/err"
make -s -f "$T/probe.mk" OUT="$T/out" show/listed >"$T/listed"
# The exports of the Makefile, of make and of the shell.
printf '%s\n' LC_ALL TZ TOOLCHAIN SHELL MAKEOVERRIDES MAKEFLAGS MAKELEVEL MFLAGS MAKE_TERMOUT MAKE_TERMERR PWD _ >>"$T/listed"
is "$(grep -vxFf "$T/listed" "$T/names")" '' 'a recipe has the listed variables and no other'
is "$(grep -c '^HOME$\|^PATH$' "$T/names")" 2 'which it has'
for script in scripts/*.sh scripts/*/*.sh scripts/*/*/*.sh; do
	case $script in */env.sh | */kbuild.sh | */devices.sh | */engines/start.sh | */ccache.sh | */pahole.sh | */make/prepare.sh) continue ;; esac # these are sourced, or run by Kbuild, in a guest or in a kit
	# shellcheck disable=SC2016 # the script's
	grep -q '^\. "$scripts/env.sh"' "$script" || echo "$script"
done >"$T/without"
is "$(cat "$T/without")" '' 'every script sources env.sh'
finish
