#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# linuxkit.sh LAYOUT PLATFORM DEST: an image for LinuxKit without a registry: DEST/kernel.tar, which
# `linuxkit cache import` takes, and DEST/kernel.yml, the kernel's section with the whole command
# line. Takes KIMAGE from the environment.
#
# cache import wants an uncompressed tar whose names do not begin with "./"; of others it imports
# nothing, and exits 0.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
layout=$1 platform=$2 dest=$3

mkdir -p "$dest"
"$KIMAGE" verify "$layout" >/dev/null
"$KIMAGE" extract "$layout" --platform "$platform" --to "$dest" cmdline
name=$("$KIMAGE" show --platform "$platform" "$layout" | sed -n 's/^name  *//p')
[ -n "$name" ] || {
	echo "linuxkit: $layout: the image has no name [no-name]; run kimage name $layout NAME" >&2
	exit 1
}
cat >"$dest/kernel.yml.tmp" <<E2
kernel:
  image: $name
  cmdline: "$(sed 's/[\\"]/\\&/g' "$dest/cmdline")"
E2
rm "$dest/cmdline"
tar -C "$layout/" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=u=rwX,go=rX \
	-cf "$dest/kernel.tar.tmp" oci-layout index.json blobs
mv "$dest/kernel.tar.tmp" "$dest/kernel.tar"
mv "$dest/kernel.yml.tmp" "$dest/kernel.yml"
echo "linuxkit: $dest: kernel.tar and kernel.yml of $name; run:"
echo "  linuxkit cache import $dest/kernel.tar"
echo "  linuxkit build $dest/kernel.yml YOURS.yml"
