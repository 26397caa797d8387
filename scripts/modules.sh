#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# modules.sh STAGE OBJ SIGN_KEY DEST
#
# Signs the stripped modules of STAGE (what kernel.sh made) with SIGN_KEY, a PEM file
# that holds an RSA key and its certificate, runs depmod over them all, and puts the
# result at DEST. RSA signatures (PKCS #1 v1.5) are a function of key and data, so the
# same key gives the same bytes.
set -eu
umask 022
LC_ALL=C
export LC_ALL

stage=$1
obj=$2
key=$3
dest=$4

die() {
	echo "modules: $1" >&2
	exit 1
}

rm -rf "$dest.tmp"
cp -R "$stage/modules" "$dest.tmp"
if [ -d "$dest.tmp/lib/modules" ]; then
	# One release: the directory that modules_install made.
	set -- "$dest.tmp"/lib/modules/*
	{ [ $# -eq 1 ] && [ -d "$1" ]; } || die "$stage/modules holds other than one release: $*"
	release=${1##*/}
	find "$dest.tmp" -name '*.ko' | sort >"$dest.list"
	if [ -s "$dest.list" ] && grep -q '^CONFIG_MODULE_SIG=y' "$obj/.config"; then
		hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"$/\1/p' "$obj/.config")
		xargs -P "${JOBS:-1}" -n 1 "$obj/scripts/sign-file" "$hash" "$key" "$key" <"$dest.list" ||
			die "signing failed; is $key an RSA key with its certificate, in PEM?"
	fi
	# -e reports symbols that no kernel and no module exports; such a module can't load.
	depmod -b "$dest.tmp" -F "$stage/System.map" -e "$release" 2>"$dest.depmod" ||
		die "depmod failed: $(cat "$dest.depmod")"
	[ ! -s "$dest.depmod" ] || die "depmod: $(cat "$dest.depmod")"
	rm -f "$dest.depmod"
	echo "          $(wc -l <"$dest.list") modules of $release"
	rm -f "$dest.list"
fi
rm -rf "$dest"
mv "$dest.tmp" "$dest"
