#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds our own modules against the kernel that kernel.sh made, signs all modules, and runs
# depmod over them. Its input is in the environment:
#
#   STAGE    what kernel.sh made          OWN      the sources of our own modules
#   SIGN_KEY a PEM file with an RSA key and its certificate
#   DEST     where lib/modules goes       SOURCES  where the list of compiled files goes
#   KSIZE    the program that makes it    and TREE, OBJ, IMAGE, KARCH, CROSS, EPOCH, JOBS, PROGRESS,
#                                         LABEL, AGAIN, V as there
#
# RSA signatures (PKCS #1 v1.5) are a function of key and data, so the same key gives the
# same bytes.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "modules: $1" >&2
	exit 1
}

# shellcheck source=/dev/null
. "$scripts/kbuild.sh"

# own: ours go to updates/, which depmod prefers. W=1, and each warning is printed. A file that an
# error names is the one in OWN: releases from 6.13 on name it by its path from there.
own() {
	rm -rf "$DEST.own"
	cp -R "$OWN" "$DEST.own"
	src=$(cd "$DEST.own" && pwd -P)
	flags="$flags -ffile-prefix-map=$src=modules"
	under="--log $DEST.log --file $src/=$OWN/"
	for dir in "$OWN"/*/; do
		dir=${dir%/}
		under="$under --file ${dir##*/}/=$dir/"
	done
	kmake -s W=1 M="$src" modules || exit 1
	under=
	cat "$DEST.log" >&2
	kmake -s M="$src" INSTALL_MOD_PATH="$(cd "$DEST.tmp" && pwd -P)" INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1 \
		DEPMOD=true modules_install >>"$DEST.log" 2>&1 || { cat "$DEST.log" >&2; die "modules_install failed [build-failed]; full log: $DEST.log"; }
}

rm -rf "$DEST.tmp"
cp -R "$STAGE/modules" "$DEST.tmp"
if [ -d "$DEST.tmp/lib/modules" ]; then
	# One release: the directory that modules_install made.
	set -- "$DEST.tmp"/lib/modules/*
	{ [ $# -eq 1 ] && [ -d "$1" ]; } || die "$STAGE/modules holds other than one release: $*"
	release=${1##*/}
	[ ! -d "$OWN" ] || own
	find "$DEST.tmp" -name '*.ko' | sort >"$DEST.list"
	if [ -s "$DEST.list" ] && grep -q '^CONFIG_MODULE_SIG=y' "$OBJ/.config"; then
		hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"$/\1/p' "$OBJ/.config")
		xargs -P "${JOBS:-1}" -n 1 "$OBJ/scripts/sign-file" "$hash" "$SIGN_KEY" "$SIGN_KEY" <"$DEST.list" ||
			die "signing failed; is $SIGN_KEY an RSA key with its certificate, in PEM?"
	fi
	# -e reports symbols that no kernel and no module exports; such a module can't load.
	depmod -b "$DEST.tmp" -F "$STAGE/System.map" -e "$release" 2>"$DEST.depmod" ||
		die "depmod failed: $(cat "$DEST.depmod")"
	[ ! -s "$DEST.depmod" ] || die "depmod: $(cat "$DEST.depmod")"
	rm -f "$DEST.depmod"
	echo "          $(wc -l <"$DEST.list") modules of $release"
	rm -f "$DEST.list"
fi
built=''
[ ! -d "$DEST.tmp/lib/modules" ] || [ ! -d "$OWN" ] || built=$DEST.own
"$KSIZE" sources --tree "$TREE" --obj "$OBJ" --image "$IMAGE" ${built:+--own "$built"} --out "$SOURCES" >>"$DEST.log"
rm -rf "$DEST"
mv "$DEST.tmp" "$DEST"
