#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh DIR KIT WORK: builds the module in DIR for the kernel of KIT, signs it, runs depmod over
# it and the kernel's modules, and packs it as an image. KIT is the directory that kit.sh makes, a
# kernel-dev.tar, or a layout of an image NAME-dev; WORK gets
#
#   WORK/root/lib/modules/RELEASE   updates/*.ko and depmod's indexes
#   WORK/module.tar                 the same
#   WORK/image                      an OCI layout with these, named REF-NAME
#
# where NAME is the name of DIR, and REF that of the kernel's image. Takes from the environment
# SIGN_KEY, KIMAGE and JOBS. DIR is copied, and stays as it is.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "module: $1" >&2
	exit "${2:-1}"
}

dir=${1%/} kit=$2 work=$3 shown=$3
[ -d "$dir" ] || die "$dir: is not a directory [no-directory]: expected one with a module's sources" 2
name=$(basename "$(cd "$dir" && pwd -P)" | tr 'A-Z_' 'a-z-')
case $name in *[!a-z0-9.-]*) die "$dir: is not a name for an image [module-name]: expected letters, digits, . and -" 2 ;; esac
[ -f "$dir/Makefile" ] || [ -f "$dir/Kbuild" ] ||
	die "$dir: has no Makefile and no Kbuild [no-makefile]: expected one with obj-m := NAME.o" 2
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd -P)

# ---- the kit ----------------------------------------------------------------------
if [ -f "$kit/oci-layout" ]; then
	"$KIMAGE" extract "$kit" --to "$work" kernel-dev.tar
	kit=$work/kernel-dev.tar
fi
if [ -f "$kit" ]; then
	mkdir "$work/kit"
	tar -C "$work/kit" -xf "$kit" --strip-components 3 || die "$kit: is not a kernel-dev.tar [bad-kit]" 2
	rm -f "$work/kernel-dev.tar"
	kit=$work/kit
fi
[ -s "$kit/keelson" ] && [ -s "$kit/Module.symvers" ] ||
	die "$kit: is not a kit [bad-kit]: expected a layout of an image NAME-dev, its kernel-dev.tar, or that unpacked" 2
kit=$(cd "$kit" && pwd -P)
fact() {
	sed -n "s/^$1 //p" "$kit/keelson"
}
release=$(fact release) triplet=$(fact triplet) ref=$(fact ref)
case $triplet in "$(uname -m)"-*) cross='' ;; *) cross=$triplet- ;; esac
command -v "${cross}gcc" >/dev/null || die "the compiler ${cross}gcc is missing [missing-program]; 'make setup ARCH=$(fact arch)' installs it" 2
[ -x "$kit/scripts/mod/modpost" ] && [ -x "$kit/scripts/basic/fixdep" ] ||
	clean "PATH=$PATH" sh "$kit/prepare" >"$work/prepare.log" 2>&1 ||
	{ cat "$work/prepare.log" >&2; die "$kit: the host's programs cannot be compiled [build-failed]"; }

# ---- build, install -----------------------------------------------------------------
cp -R "$dir" "$work/src"
src=$work/src
map="-ffile-prefix-map=$src=$name -ffile-prefix-map=$kit=."
kmake() {
	clean "PATH=$PATH" SOURCE_DATE_EPOCH="$(fact epoch)" KBUILD_BUILD_USER=keelson KBUILD_BUILD_HOST=keelson \
		KBUILD_BUILD_TIMESTAMP="$(date -u -d "@$(fact epoch)")" \
		make -s -C "$kit" M="$src" ARCH="$(fact karch)" CROSS_COMPILE="$cross" -j"${JOBS:-1}" \
		KERNELRELEASE="$release" KCFLAGS="$map" KAFLAGS="$map" "$@"
}
quoted() {
	sed "s|$src/|$dir/|g" "$work/log"
}
kmake modules >"$work/log" 2>&1 || { quoted >&2; die "$dir: does not compile for $release [build-failed]"; }
quoted >&2
kmake INSTALL_MOD_PATH="$work/root" INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1 DEPMOD=true modules_install >>"$work/log" 2>&1 ||
	{ cat "$work/log" >&2; die "$dir: modules_install failed [build-failed]"; }
find "$work/root" -name '*.ko' | sort >"$work/list"
[ -s "$work/list" ] || die "$dir: makes no module [no-module]: expected obj-m := NAME.o in its Makefile"

# ---- sign, index ---------------------------------------------------------------------
if grep -q '^CONFIG_MODULE_SIG=y' "$kit/.config"; then
	[ -s "$SIGN_KEY" ] || die "$SIGN_KEY: is missing [no-key]: expected the key of $(fact board)'s kernel; give it as SIGN_KEY" 2
	[ "$(openssl x509 -in "$SIGN_KEY" -outform DER | sha256sum)" = "$(openssl x509 -in "$kit/signer.pem" -outform DER | sha256sum)" ] ||
		die "$SIGN_KEY: is not the key of this kernel, which would refuse the module [other-signer]: expected that of $kit/signer.pem; give it as SIGN_KEY"
	[ -x "$kit/scripts/sign-file" ] || die "$kit: has no scripts/sign-file [missing-library]; install libssl-dev and run $kit/prepare" 2
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"$/\1/p' "$kit/.config")
	xargs -n 1 "$kit/scripts/sign-file" "$hash" "$SIGN_KEY" "$SIGN_KEY" <"$work/list" || die "signing failed [sign-failed]"
fi
# depmod looks at all modules; the image gets its indexes and the new modules.
own=$work/root/lib/modules/$release all=$work/all/lib/modules/$release
mkdir -p "${all%/*}"
cp -R "$kit/modules/lib/modules/$release" "$all"
mkdir -p "$all/updates"
cp -R "$own/updates/." "$all/updates/"
depmod -b "$work/all" -F "$kit/modules/System.map" -e "$release" 2>"$work/depmod" || die "depmod failed: $(cat "$work/depmod")"
[ ! -s "$work/depmod" ] || die "$dir: $(head -n 3 "$work/depmod") [depmod]; the kernel could not load it"
rm -f "$own"/modules.* "$own/build" "$own/source"
cp "$all"/modules.* "$own/"
rm -rf "$work/all"

tar -C "$work/root" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(fact epoch)" \
	--mode=u=rwX,go=rX -cf "$work/module.tar" lib
"$KIMAGE" wrap "$work/root" --layout "$work/image" --ref "$ref-$name" --platform "$(fact platform)" \
	--created "$(fact epoch)" --note "org.opencontainers.image.title=$name for Linux $release" \
	--note "dev.keelson.kernel.release=$release" >"$work/image.line"
echo "module: $shown/image: $ref-$name:" "$(sed "s,.*/updates/,,; s/$/ (signed)/" "$work/list" | tr '\n' ' ')"
