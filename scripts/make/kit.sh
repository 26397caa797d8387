#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kit.sh DEST: what an external module build needs of the kernel that kernel.sh built, as an image.
# The files of DEST, by the names that LinuxKit's own images have:
#
#   kernel-dev.tar      usr/src/linux-headers-RELEASE: headers, Kbuild's makefiles and scripts, .config,
#                       Module.symvers, the signer's certificate; one directory for make -C DIR M=...
#                       Its script `prepare` compiles the host's programs, its file `keelson` has facts
#                       for module.sh (a key and a value a line), and modules/ is for depmod
#   kernel-headers.tar  usr/include: the headers of user space
#   kernel.json         of the kernel's image
#
# and DEST-image is a layout of an image that has them. The host's programs come as sources, so that
# the kit is the same wherever it was made, and works on a host of any architecture. Takes from the
# environment TREE, OBJ, STAGE, KARCH, CROSS, EPOCH, JOBS as kernel.sh, and SRCARCH, TRIPLET, PLATFORM,
# RELEASE, SERIES, ARCH, BOARD, FLAVOUR, MODULES (a directory with lib/modules), CERT, IMAGE (the
# kernel's layout), REF (its name) and KIMAGE.
# shellcheck disable=SC2153 # RELEASE is the environment's
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
# shellcheck source=/dev/null
. "$scripts/kbuild.sh"

dest=$1 work=$1.work
release=$(cat "$STAGE/release")
kit=$work/usr/src/linux-headers-$release
rm -rf "$dest.tmp" "$work"
mkdir -p "$kit/modules" "$dest.tmp"
[ -s "$OBJ/Module.symvers" ] || {
	echo "kit: $OBJ: has no Module.symvers [not-built]; run make image" >&2
	exit 2
}

# copy DIR FIND-ARGUMENT...: the regular files that find prints in DIR, to the kit. A later copy
# replaces files of an earlier one.
copy() (
	to=$(cd "$kit" && pwd -P)
	cd "$1"
	shift
	find "$@" -type f -print | LC_ALL=C sort | tar --no-recursion -cf - -T - | tar -C "$to" -xf -
)

# has OPTION: is it y?
has() {
	grep -q "^CONFIG_$1=y" "$OBJ/.config"
}

# Sources that any module needs: headers, makefiles, and programs that run on the host.
copy "$TREE" Makefile
copy "$TREE" scripts ! -path '*/kconfig/*' ! -path '*/dtc/*' ! -path '*/gdb/*' ! -path '*/coccinelle/*' \
	! -path '*/package/*' ! -path '*/ksymoops/*' ! -path '*/selinux/*' ! -path '*/tracing/*' ! -name '*.cocci'
copy "$TREE" include ! -path 'include/dt-bindings/*'
copy "$TREE" "arch/$SRCARCH/include"
copy "$TREE" "arch/$SRCARCH" -maxdepth 1 -name 'Makefile*'
# s390 and arm64 have more makefiles that theirs include.
copy "$TREE" "arch/$SRCARCH" -name 'Makefile.*'
if has OBJTOOL; then
	copy "$TREE" tools/objtool tools/include tools/build tools/scripts tools/lib/subcmd "tools/arch/$SRCARCH"
	copy "$TREE" tools -maxdepth 1 -name Makefile
	copy "$TREE" tools/lib -maxdepth 1 -name '*.c'
fi
# What this build made of its config.
copy "$OBJ" include/generated "arch/$SRCARCH/include/generated" ! -name '*.cmd'
copy "$OBJ" include/config/auto.conf include/config/kernel.release
copy "$OBJ" scripts/module.lds
copy "$OBJ" scripts/mod -name '*.h'
# s390 links each module with the thunks of its expolines.
! has EXPOLINE_EXTERN || copy "$OBJ" arch/s390/lib/expoline -name '*.o'
copy "$OBJ" .config Module.symvers
cp "$CERT" "$kit/signer.pem"
cp "$STAGE/System.map" "$kit/modules/System.map"
cp -R "$MODULES/lib" "$kit/modules/lib"
cp "$scripts/make/prepare.sh" "$kit/prepare"
chmod 755 "$kit/prepare"
cat >"$kit/keelson" <<E2
release $release
version $RELEASE
series $SERIES
arch $ARCH
board $BOARD
${FLAVOUR:+flavour $FLAVOUR
}karch $KARCH
triplet $TRIPLET
platform $PLATFORM
epoch $EPOCH
ref $REF
config_sha256 $(sha256sum <"$OBJ/.config" | cut -d ' ' -f 1)
E2
for plugin in "$OBJ"/scripts/gcc-plugins/*.so; do
	[ ! -e "$plugin" ] || basename "$plugin" .so | sed 's/^/plugin /'
done >>"$kit/keelson"

kmake -s headers >"$dest.log" 2>&1 || {
	tail -n 5 "$dest.log" >&2
	echo "kit: the headers of user space cannot be made [build-failed]; full log: $dest.log" >&2
	exit 1
}
mkdir -p "$work/usr/include"
(cd "$OBJ/usr/include" && find . -type f -name '*.h') | LC_ALL=C sort | tar -C "$OBJ/usr/include" --no-recursion -cf - -T - |
	tar -C "$work/usr/include" -xf -
find "$work" -type d -empty -delete

# pack TAR DIR: a tar whose bytes follow from the files
pack() {
	tar -C "$work" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$EPOCH" \
		--mode=u=rwX,go=rX -cf "$dest.tmp/$1" "$2"
}
pack kernel-dev.tar usr/src
pack kernel-headers.tar usr/include
"$KIMAGE" extract "$IMAGE" --to "$dest.tmp" kernel.json
"$KIMAGE" wrap "$dest.tmp" --layout "$dest-image" --ref "$REF-dev" --platform "$PLATFORM" --created "$EPOCH" -j "$JOBS" \
	--note "org.opencontainers.image.title=headers and Kbuild of Linux $release for $ARCH" \
	--note "org.opencontainers.image.version=$RELEASE" \
	--note 'org.opencontainers.image.licenses=GPL-2.0-only WITH Linux-syscall-note' \
	--note "dev.keelson.kernel.release=$release" --note "dev.keelson.kernel.board=$BOARD" >"$dest.line"
rm -rf "$work" "$dest"
mv "$dest.tmp" "$dest"
