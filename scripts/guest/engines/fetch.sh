#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Packs container engines, as Debian has them for another machine, for guests to run.
set -eu
scripts=${0%/*}/../..
# shellcheck source=/dev/null
. "$scripts/env.sh"

usage() {
	cat <<'EOF'
usage: fetch.sh ARCH FILE

ARCH is Debian's name of it. FILE becomes a tar of engines/: crun, runc and the tools of
networks with all libraries they need, a root for containers, and what start.sh needs.
Packages come from where this machine's apt has its own, which knows their hashes; nothing
is installed. Exit status: 0 done, 1 the archive lacks a package, 2 could not run.
EOF
}

case ${1-} in --help) usage; exit ;; esac
[ $# -eq 2 ] || { usage >&2; exit 2; }
arch=$1 file=$2 here=${0%/*}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
	echo "fetch.sh: apt-get and dpkg-deb are missing; packages are Debian's" >&2
	exit 2
}
rm -rf "$file.d"
mkdir "$file.d"
tmp=$(cd "$file.d" && pwd -P)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# apt with a separate state, as on a machine of ARCH without any package.
mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/engines/rootfs"
: >"$tmp/status"
apt() {
	apt-get -q -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$tmp" \
		-o Dir::State::lists="$tmp/lists" -o Dir::State::status="$tmp/status" -o Dir::Cache="$tmp/cache" \
		-o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=0 "$@" >"$tmp/log" 2>&1 || {
		cat "$tmp/log" >&2
		exit 1
	}
}
apt update
apt install -y --download-only crun runc iptables nftables iproute2 busybox-static
for deb in "$tmp"/cache/archives/*.deb; do
	dpkg-deb -x "$deb" "$tmp/engines"
done
rm -rf "$tmp/engines/usr/share"

# The containers' root has one program, busybox, under each of its names.
mkdir -p "$tmp/engines/rootfs/bin" "$tmp/engines/rootfs/proc" "$tmp/engines/rootfs/dev" "$tmp/engines/rootfs/sys" \
	"$tmp/engines/rootfs/tmp"
cp "$tmp/engines/bin/busybox" "$tmp/engines/rootfs/bin/"
for name in sh cat head nc sleep timeout mkdir touch; do
	ln -s busybox "$tmp/engines/rootfs/bin/$name"
done
cp "$here/start.sh" "$here/config.json" "$tmp/engines/"
bsdtar --format ustar --uid 0 --gid 0 -cf "$file.tmp" -C "$tmp" engines
mv "$file.tmp" "$file"
