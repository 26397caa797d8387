#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boots an image in QEMU as an assembler would use it, and lets bootlog judge the guest.
set -u
here=${0%/*} scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

usage() {
	cat <<'EOF'
usage: boot.sh --image DIR --init FILE --arch ARCH --machine NAME --bus SUFFIX --out DIR
               [OPTION...] -- QEMU...

  --image DIR      has kernel, kernel.tar and cmdline
  --init FILE      the guest's init, a static program
  --arch ARCH      as people name it, say x86_64
  --machine NAME   what to call the machine that QEMU... starts
  --bus SUFFIX     of QEMU's virtio devices: pci, device or ccw
  --out DIR        gets console.log, report, report.json, the secret of the boot that console.log
                   was judged with, and console-failed.log if it fails
  --bin DIR        has bootlog, vsockd and ticks (default out/bin)
  --release R      the kernel's release must be R
  --append TEXT    more for the kernel's command line; may be given again
  --modules LIST   modules to load by name, as in a,b,c; or all
  --containers     try what containers need, too
  --restore        have QEMU save the guest when its init is ready, and restore it in another process
                   as another generation of the machine; without devices, on x86_64's q35
  --trials NAME    more for the guest to try: node, what a node of Kubernetes needs; or btf,
                   whether programs find types by BTF
  --engines FILE   a tar of container engines that shall start containers (scripts/guest/engines)
  --add FILE       a tar whose files the guest gets too, such as module.tar of make module
  --suite FILE     the kernel tree's own tests of vsock, a static program, which shall pass
  --devices LIST   what the guest shall have, of virtio's block,net,console,rng,balloon,9p,
                   fs,vsock (the default) and of nvme,sd,mmcblk,e1000e; or none
  --without LIST   of these, the ones to omit
  --memory MIB     (default 512), and
  --cpus N         (default 2)
  --allow FILE     findings that bootlog shall not count
  --limit SECONDS  time for the guest, half of it to reach init (default 120)
  --firmware SECONDS
                   what the firmware takes before the kernel, beside that (default 0)
  --uefi FILE      UEFI firmware, which starts the kernel from an EFI system partition; without
                   it QEMU starts the kernel

KVM=1 in the environment has QEMU use KVM. A guest that dies or hangs before init says a
word is started once more, and so is one of s390x that panics in a QEMU before 10.0.
Exit status: 0 held, 1 a finding, 2 could not run.
EOF
}

die() {
	echo "boot: $*" >&2
	exit 2
}

# shellcheck disable=SC2034 # devices.sh, which is sourced below, uses them
bin=out/bin limit=120 firmware=0 devices=block,net,console,rng,balloon,9p,fs,vsock without='' append=''
modules='' release='' allow='' uefi='' trials='' add=''
expect='' ended='' memory=512 cpus=2 containers='' restore='' engines='' suite=''
# shellcheck disable=SC2034
image='' init='' arch='' machine='' bus='' out=''
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	case $1 in
	--help) usage; exit 0 ;;
	--containers) containers=1; shift ;;
	--restore) restore=1; shift ;;
	--append)
		[ $# -ge 2 ] || die "$1: has no value [usage]; --help shows all"
		append="${append:+$append }$2"
		shift 2
		;;
	--image | --init | --arch | --machine | --bus | --out | --bin | --release | \
		--modules | --devices | --without | --memory | --cpus | --allow | --limit | --firmware | --uefi | \
		--trials | --engines | --suite | --add)
		[ $# -ge 2 ] || die "$1: has no value [usage]; --help shows all"
		eval "${1#--}=\$2"
		shift 2
		;;
	*) die "unknown option '$1' [usage]; --help shows all" ;;
	esac
done
for name in image init arch machine bus out; do
	eval "[ -n \"\$$name\" ]" || die "--$name is missing [usage]; --help shows all"
done
[ $# -ge 2 ] || die "no QEMU command after -- [usage]; --help shows all"
shift
case $limit in '' | *[!0-9]*) die "--limit: not a valid number of seconds [bad-number]: got '$limit'" ;; esac
case $firmware in '' | *[!0-9]*) die "--firmware: not a valid number of seconds [bad-number]: got '$firmware'" ;; esac
limit=$((limit + firmware))
case $memory in '' | *[!0-9]*) die "--memory: not a valid number of MiB [bad-number]: got '$memory'" ;; esac
case $cpus in '' | *[!0-9]*) die "--cpus: not a valid number [bad-number]: got '$cpus'" ;; esac
for file in "$image/kernel" "$image/kernel.tar" "$image/cmdline" "$init" "$bin/bootlog"; do
	[ -s "$file" ] || die "$file: is missing or empty [missing-input]; run 'make boot', which makes it"
done
case $trials in
'') ;;
node | btf) append="keelson.$trials $append" ;;
*) die "unknown trial '$trials' in --trials [usage]; --help shows all" ;;
esac
[ -z "$uefi" ] || [ -s "$uefi" ] || die "$uefi: is missing or empty [missing-input]; 'make setup' installs it"
command -v bsdtar >/dev/null || die "bsdtar is missing [missing-program]; install the package libarchive-tools"
command -v "$1" >/dev/null || die "$1 is missing [missing-program]; 'make setup' installs it"

# In /tmp, even if TMPDIR is set: a socket's path has at most 107 bytes.
tmp=$(mktemp -d /tmp/keelson-boot.XXXXXX) || die "no directory can be made in /tmp [unwritable]"
# shellcheck source=/dev/null
. "$here/devices.sh"
trap 'stop_children; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# ---- the guest's files and command line -----------------------------------------
mkdir -p "$out" || die "$out: cannot be made [unwritable]"
{ cp "$init" "$tmp/init" && chmod 755 "$tmp/init"; } || die "$init: cannot be copied [unreadable]"
tar=$(cd "$image" && pwd -P)/kernel.tar
[ -z "$add" ] || add=$(cd "$(dirname "$add")" && pwd -P)/${add##*/}
[ -z "$engines" ] || engines=$(cd "$(dirname "$engines")" && pwd -P)/${engines##*/}
# The kernel runs modprobe to load missing modules.
mkdir "$tmp/sbin" && ln -s /init "$tmp/sbin/modprobe" || die "$tmp: cannot be written [unwritable]"
contents='init sbin keelson.secret'
# Init reads and removes the file before other programs run, so only init's records have it.
secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
[ ${#secret} -eq 32 ] || die "/dev/urandom: cannot be read [no-secret]"
(umask 077 && echo "$secret" >"$tmp/keelson.secret") || die "$tmp: cannot be written [unwritable]"
[ -z "$containers" ] || { make_images; contents="$contents images" append="keelson.containers $append"; }
# shellcheck disable=SC2034 # devices.sh
[ -z "$restore" ] || { append="keelson.restore $append" devices=none; }
[ -z "$suite" ] || {
	{ cp "$suite" "$tmp/vsock_test" && chmod 755 "$tmp/vsock_test"; } || die "$suite: cannot be copied [unreadable]"
	contents="$contents vsock_test"
}
# shellcheck disable=SC2086 # words are meant to split
{ bsdtar --format newc -cf "$tmp/initrd" -C "$tmp" $contents "@$tar" ${engines:+"@$engines"} ${add:+"@$add"} && gzip -1n "$tmp/initrd"; } ||
	die "$tar: no initrd can be made of it${engines:+ and $engines}${add:+ and $add} [no-initrd]; is it a tar, and has /tmp space left?"
# As an assembler has it: the kernel looks for microcode before it unpacks an initrd.
[ ! -s "$image/ucode.cpio" ] || {
	cat "$image/ucode.cpio" "$tmp/initrd.gz" >"$tmp/initrd" && mv "$tmp/initrd" "$tmp/initrd.gz"
} || die "$tmp: cannot be written [unwritable]; has /tmp space left?"
# A kernel without ACPI and a keyboard controller restarts by a jump into the firmware, which
# QEMU sees no reset in: now and then it boots again. A triple fault always ends it.
[ "$arch" != x86_64 ] || append="reboot=t $append"
old_code=''
if [ "$arch" = s390x ] && [ "${KVM:-}" != 1 ]; then
	# A kernel disables expolines on a machine with etokens. TCG has no etokens, and would spend
	# most of its time in expolines, since each return is one.
	append="nospectre_v2 $append"
	# Before 10.0 QEMU may run its old translation of code that a copy has overwritten: the code of
	# another module at the same place (fixed by its commit e43ced8be18d, "target/s390x: Fix MVC not
	# always invalidating translation blocks"). With this word the guest avoids it.
	case $("$1" --version) in *' version '[0-9].*) old_code=1 append="keelson.old_code=1 $append" ;; esac
fi
# shellcheck disable=SC2034
cmdline="$(cat "$image/cmdline") loglevel=7 panic=-1 $append keelson.modules=$modules"
# KVM gives its guests the frequency of their clock. Other guests measure it, which fails on a busy
# host. With -icount a tick is a nanosecond.
if [ "$arch" = x86_64 ] && [ "${KVM:-}" != 1 ]; then
	case " $* " in *" -icount "*) khz=1000000 ;; *) khz=$("$bin/ticks") || khz='' ;; esac
	cmdline="$cmdline${khz:+ tsc_early_khz=$khz}"
fi

# ---- run, and judge -------------------------------------------------------------
judge() {
	"$bin/bootlog" "$@" --secret "$tmp/keelson.secret" --expect "$expect" --ram "$memory" --cpus "$cpus" \
		${ended:+--ended "$ended"} ${release:+--release "$release"} \
		${allow:+--allow "$allow"} "$log"
}

# Remove escapes and other bytes that a terminal would interpret.
for_terminal() {
	tr -c '\n\t\040-\176' '?'
}

run_and_judge() {
	run_guest "$@"
	judge >"$tmp/report"
	verdict=$?
	[ $verdict -ne 3 ] || [ -n "$ended" ] || ended="the guest died before init"
	[ -z "$ended" ] || {
		echo "boot: $machine: $ended; the console's last lines:"
		tail -n 15 "$log" | tail -c 4096 | for_terminal | sed "s/$secret //; s/^/  | /"
	} >&2
}

log=$out/console.log
rm -f "$out/report" "$out/report.json" "$out/secret" "$out/console-died.log"
choose_devices "$1"
[ -z "$suite" ] || expect=$expect${expect:+,}vsock-suite
case $trials in
'') ;;
node) expect=$expect${expect:+,}ipset,tc-bpf,geneve,wireguard,tproxy ;;
btf) expect=$expect${expect:+,}btf ;;
esac
run_and_judge "$@"
panicked=''
if [ $verdict -eq 1 ] && [ -n "$old_code" ] && grep -aq 'Kernel panic' "$log"; then
	echo "boot: $machine: before 10.0 QEMU now and then runs s390x code that was removed" >&2
	panicked=1
fi
if [ $verdict -eq 3 ] || [ -n "$panicked" ]; then
	echo "boot: $machine: starting it once more" >&2
	mv "$log" "$out/console-died.log"
	run_and_judge "$@"
fi
judge --json >"$tmp/report.json"
for file in report report.json; do
	{ cp "$tmp/$file" "$out/$file.tmp" && mv "$out/$file.tmp" "$out/$file"; } ||
		die "$out/$file: cannot be written [unwritable]"
done
cp "$tmp/keelson.secret" "$out/secret" || die "$out/secret: cannot be written [unwritable]"
cat "$out/report"
# The next boot writes another console.log.
[ $verdict -eq 0 ] || {
	cp "$log" "$out/console-failed.log"
	echo "boot: $machine: FAILED [not-held]; full log: $out/console-failed.log" >&2
}
[ $verdict -ne 3 ] || verdict=1
exit $verdict
