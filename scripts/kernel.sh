#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel and modules through Kbuild. Takes from the environment:
#
#   TREE     the patched tree             CONFIG   the proven .config
#   OBJ      Kbuild's O=, in TREE         CERT     the module signer's certificate
#   STAGE    where the results go: kernel, System.map, device trees,
#                                     release, modules/lib/modules/RELEASE
#   IMAGE    the kernel file, below OBJ   KARCH    Kbuild's ARCH
#   CROSS    the compiler's prefix        EPOCH    the release's date, in seconds
#   DTBS     device trees, below dts      PROGRESS the program that shows the progress
#   JOBS     how many at once
#   LABEL    its name in the progress     BASE     further dependencies of OBJ
#   AGAIN    the command to run again after a failure
#   V        1 makes Kbuild print its commands
#
# OBJ is a directory directly in TREE on purpose: Kbuild then names every file by a
# relative path, so that neither objects nor ccache's entries contain the path of the
# build. After a killed build, OBJ/.building makes the next one start over: Kbuild
# trusts existing objects, and a killed compiler leaves incomplete ones.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "kernel: $1" >&2
	exit "${2:-1}"
}

command -v "${CROSS}gcc" >/dev/null ||
	die "the compiler ${CROSS}gcc is missing; 'make setup' installs it" 2

# shellcheck source=/dev/null
. "$scripts/kbuild.sh"

if [ -n "$(find "$OBJ" -newermt '10 seconds' -print -quit 2>/dev/null)" ]; then
	echo "kernel: $OBJ: has files that are dated in the future [future-dates]; starting over" >&2
	rm -rf "$OBJ"
fi
if [ -e "$OBJ/.building" ] || [ "$(cat "$OBJ/.base" 2>/dev/null)" != "$BASE" ]; then
	rm -rf "$OBJ"
fi
whole=''
[ -d "$OBJ" ] || whole=1
mkdir -p "$OBJ/certs"
: >"$OBJ/.building"
printf '%s\n' "$BASE" >"$OBJ/.base"

# Copy only a different file, so that Kbuild sees no change without one.
put() {
	cmp -s "$1" "$2" || { cp "$1" "$2.tmp" && mv "$2.tmp" "$2"; }
}
put "$CONFIG" "$OBJ/.config"
put "$CERT" "$OBJ/certs/keelson.pem"

# For its messages gcc tracks the origin of each token of each macro, which takes up to a quarter of
# its time for a kernel's file. The objects are the same without it, but two warnings then have
# false positives, so they are disabled.
# shellcheck disable=SC2034 # kmake takes it
flags="$flags -ftrack-macro-expansion=0 -Wno-tautological-compare -Wno-int-in-bool-context"

goals="${IMAGE##*/} ${DTBS-}"
grep -q '^CONFIG_MODULES=y' "$CONFIG" && goals="$goals modules"

# Kbuild would compile the config as its own Kconfig changes it.
{ kmake -s syncconfig </dev/null || kmake -s olddefconfig </dev/null; } >"$STAGE.log" 2>&1 || {
	tail -n 5 "$STAGE.log" >&2
	die "$CONFIG: Kbuild cannot read it [config-unread]; see $STAGE.log"
}
same_config() {
	cmp -s "$CONFIG" "$OBJ/.config" && return
	diff "$CONFIG" "$OBJ/.config" >&2 || :
	die "$CONFIG: Kbuild resolved another config than kconf [config-differs]: expected the lines marked <, got >; the proof is not about it"
}
same_config

enabled() {
	grep -c '=[ym]$' "$1"
}

# steps: prints the number of steps of a full build: that of the last one, or an estimate from the
# number of enabled options, by the build of another board of the series, or with 2.7 steps each (2.4
# to 2.8 were measured). Prints nothing for an incremental build, which has fewer.
steps() {
	[ -n "$whole" ] || return 0
	[ ! -s "$STAGE.steps" ] || {
		cat "$STAGE.steps"
		return
	}
	for other in "${STAGE%/*/*}"/*/stage.steps; do
		[ -s "$other" ] && grep -qs '=[ym]$' "${other%/*}/config" || continue
		echo "~$(($(cat "$other") * $(enabled "$CONFIG") / $(enabled "${other%/*}/config")))"
		return
	done
	echo "~$((27 * $(enabled "$CONFIG") / 10))"
}
steps=$(steps)
# shellcheck disable=SC2034
under="${steps:+--steps $steps} --log $STAGE.log --count $STAGE.count"
# shellcheck disable=SC2086 # words are meant to split
kmake $goals
# shellcheck disable=SC2034
under=

same_config

rm -rf "$STAGE.tmp"
mkdir -p "$STAGE.tmp/modules"
case $IMAGE in
vmlinux) "${CROSS}objcopy" -S -R .comment "$OBJ/vmlinux" "$STAGE.tmp/kernel" ;;
*) cp "$OBJ/$IMAGE" "$STAGE.tmp/kernel" ;;
esac
cp "$OBJ/System.map" "$STAGE.tmp/System.map"
for dtb in ${DTBS-}; do
	cp "${OBJ}/${IMAGE%/*}/dts/$dtb" "$STAGE.tmp/"
done
cp "$OBJ/include/config/kernel.release" "$STAGE.tmp/release"
case $goals in
*modules*)
	# depmod runs later, over the union with our own modules.
	kmake -s INSTALL_MOD_PATH="$(cd "$STAGE.tmp" && pwd -P)/modules" INSTALL_MOD_STRIP=1 \
		DEPMOD=true modules_install >>"$STAGE.log" 2>&1 ||
		{ tail -n 5 "$STAGE.log" >&2; die "modules_install failed [build-failed]; full log: $STAGE.log"; }
	rm -f "$STAGE.tmp"/modules/lib/modules/*/build "$STAGE.tmp"/modules/lib/modules/*/source
	;;
esac
# With V=1, Kbuild prints commands instead of steps.
[ -z "$whole" ] || [ "${V:-0}" != 0 ] || mv "$STAGE.count" "$STAGE.steps"
rm -rf "$STAGE" "$STAGE.count"
mv "$STAGE.tmp" "$STAGE"
rm "$OBJ/.building"
