#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dbg.sh DEST: builds the kernel that kernel.sh made once more with debug information, in another
# directory, proves that its code is that of the image, and writes to DEST
#
#   vmlinux       with debug information; each section that is loaded, build ID and all, has the
#                 bytes of the image's kernel
#   lib/modules   the modules with debug information, likewise
#   kernel.json   of the kernel's image
#
# and DEST-image, a layout of an image of these. The config stays the same and the compiler gets -g:
# CONFIG_DEBUG_INFO would change what the kernel says of its config, and what the config selects.
# -g changes no instruction. It does change build IDs, which are hashes of whole files: that of
# vmlinux, of each module, and of the vDSO within vmlinux. Sections that differ by these get the
# image's bytes; code that differs is an error. Takes TREE, OBJ, STAGE, KARCH, CROSS, EPOCH, JOBS,
# PROGRESS, LABEL and V as kernel.sh does, and PLATFORM, RELEASE, ARCH, BOARD, IMAGE, REF and KIMAGE
# as kit.sh.
# shellcheck disable=SC2153 # RELEASE is the environment's
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "dbg: $1" >&2
	exit "${2:-1}"
}

dest=$1 image_obj=$OBJ image_stage=$STAGE
OBJ=$OBJ-dbg STAGE=$dest.stage
# shellcheck source=/dev/null
. "$scripts/kbuild.sh"

{ [ -s "$image_obj/vmlinux" ] && cmp -s "$image_obj/System.map" "$image_stage/System.map"; } ||
	die "$image_obj: has no vmlinux of the image [not-built]; remove $image_stage and run make image" 2
mkdir -p "$OBJ/certs"
put() {
	cmp -s "$1" "$2" || cp "$1" "$2"
}
put "$image_obj/.config" "$OBJ/.config"
put "$image_obj/certs/keelson.pem" "$OBJ/certs/keelson.pem"

# ---- build --------------------------------------------------------------------------
# shellcheck disable=SC2034 # kmake takes it
flags="$flags -g -gdwarf-5"
kmake -s olddefconfig </dev/null >"$STAGE.log" 2>&1 || die "$OBJ: Kbuild cannot read the config [config-unread]; see $STAGE.log"
cmp -s "$image_obj/.config" "$OBJ/.config" || die "$OBJ/.config: Kbuild resolved another config [config-differs]: expected $image_obj/.config"
goals=vmlinux
! grep -q '^CONFIG_MODULES=y' "$OBJ/.config" || goals="vmlinux modules"
# shellcheck disable=SC2034
under="--log $STAGE.log --count $STAGE.count"
# shellcheck disable=SC2086 # words are meant to split
kmake $goals
# shellcheck disable=SC2034
under=

# ---- prove ----------------------------------------------------------------------------
work=$dest.tmp
rm -rf "$work"
mkdir -p "$work"

graft() {
	got=$("$scripts/make/graft.sh" "$CROSS" "$1" "$2" "$3") || exit 1
	n=$((n + got))
}
n=0
cmp -s "$OBJ/System.map" "$image_stage/System.map" || die "$OBJ/System.map: differs from the image's [other-code]: a symbol has another address"
mkdir -p "$work/root"
cp "$OBJ/vmlinux" "$work/root/vmlinux"
graft "$image_obj/vmlinux" "$work/root/vmlinux" vmlinux
release=$(cat "$image_stage/release")
modules=0
if [ "$goals" != vmlinux ]; then
	# modules.order has their paths, as .o files.
	while read -r module; do
		module=${module%.o}.ko
		to=$work/root/lib/modules/$release/kernel/$module
		mkdir -p "${to%/*}"
		cp "$OBJ/$module" "$to"
		graft "$image_obj/$module" "$to" "$module"
		modules=$((modules + 1))
	done <"$image_obj/modules.order"
fi

# ---- pack ------------------------------------------------------------------------------
"$KIMAGE" extract "$IMAGE" --to "$work/root" kernel.json
"$KIMAGE" wrap "$work/root" --layout "$dest-image" --ref "$REF-dbg" --platform "$PLATFORM" --created "$EPOCH" -j "$JOBS" \
	--note "org.opencontainers.image.title=debug information of Linux $release for $ARCH" \
	--note "org.opencontainers.image.version=$RELEASE" \
	--note 'org.opencontainers.image.licenses=GPL-2.0-only WITH Linux-syscall-note' \
	--note "dev.keelson.kernel.release=$release" --note "dev.keelson.kernel.board=$BOARD" >"$dest.line"
rm -rf "$dest"
mv "$work/root" "$dest"
rm -rf "$work"
echo "          vmlinux and $modules modules: the code is the image's; $n sections with build IDs got its bytes"
