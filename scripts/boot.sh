#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boots an image in QEMU as an assembler would use it, and has bootlog judge the guest.
set -u
umask 022
LC_ALL=C
export LC_ALL

usage() {
	cat <<'EOF'
usage: boot.sh --image DIR --init FILE --arch ARCH --machine NAME --bus SUFFIX --out DIR
               [OPTION...] -- QEMU...

  --image DIR      has kernel, kernel.tar and cmdline
  --init FILE      the guest's init, a static program
  --arch ARCH      x86_64, arm64 or s390x
  --machine NAME   what to call the machine that QEMU... starts
  --bus SUFFIX     of QEMU's virtio devices: pci, device or ccw
  --out DIR        gets console.log, report and report.json
  --bin DIR        has bootlog and vsockd (default out/bin)
  --release R      the kernel's release must be R
  --append TEXT    more for the kernel's command line
  --modules LIST   modules to load by name, as in a,b,c
  --without LIST   virtio devices to leave out, of block,net,console,rng,balloon,9p,vsock
  --allow FILE     findings that bootlog shall not count
  --limit SECONDS  time for the guest, half of it to reach init (default 120)

KVM=1 in the environment has QEMU use KVM. A guest that dies or hangs before init says a
word is started once more. Exit status: 0 held, 1 a finding, 2 could not run.
EOF
}

die() {
	echo "boot: $*" >&2
	exit 2
}

bin=out/bin limit=120 without='' append='' modules='' release='' allow=''
image='' init='' arch='' machine='' bus='' out=''
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	case $1 in
	--help) usage; exit 0 ;;
	--image | --init | --arch | --machine | --bus | --out | --bin | --release | --append | \
		--modules | --without | --allow | --limit)
		[ $# -ge 2 ] || die "$1 wants a value; --help shows all"
		eval "${1#--}=\$2"
		shift 2
		;;
	*) die "unknown option '$1'; --help shows all" ;;
	esac
done
for name in image init arch machine bus out; do
	eval "[ -n \"\$$name\" ]" || die "--$name is missing; --help shows all"
done
[ $# -ge 2 ] || die "no QEMU command after --; --help shows all"
shift
case $limit in '' | *[!0-9]*) die "--limit '$limit' is no number of seconds" ;; esac
for file in "$image/kernel" "$image/kernel.tar" "$image/cmdline" "$init" "$bin/bootlog"; do
	[ -s "$file" ] || die "$file: is missing or empty; 'make boot' makes it"
done
command -v bsdtar >/dev/null || die "bsdtar is missing; install the package libarchive-tools"
case $1 in
*-aarch64) package=qemu-system-arm ;;
*-s390x) package='qemu-system-s390x (qemu-system-misc before Debian 13)' ;;
*) package=qemu-system-x86 ;;
esac
command -v "$1" >/dev/null || die "$1 is missing; install the package $package"

# In /tmp, whatever TMPDIR says: a socket's path has 107 bytes at the most.
tmp=$(mktemp -d /tmp/keelson-boot.XXXXXX) || die "no directory can be made in /tmp"
children=''
stop_children() {
	# shellcheck disable=SC2086 # words are meant to split
	[ -z "$children" ] || { kill -9 $children; wait $children; } 2>/dev/null
	children=''
}
trap 'stop_children; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# A child in the background, which not even kill -9 of this script leaves behind.
start() {
	setpriv --pdeathsig KILL "$@" &
	children="$children $!"
}

# ---- what the guest gets --------------------------------------------------------
mkdir -p "$out" "$tmp/9p" || die "$out: cannot be made"
cp "$init" "$tmp/init" && chmod 755 "$tmp/init" || die "$init: cannot be copied"
tar=$(cd "$image" && pwd -P)/kernel.tar
bsdtar --format newc -cf "$tmp/initrd" -C "$tmp" init "@$tar" && gzip -1n "$tmp/initrd" ||
	die "$tar: no initrd can be made of it; is it a tar, and is there space in /tmp?"

accel=tcg cpu=max
# Guests of TCG that use CX16 die now and then.
[ "$arch" != x86_64 ] || cpu=max,-cx16
[ "${KVM:-}" != 1 ] || { accel=kvm; cpu=host; }
if ! "$@" -device help 2>/dev/null | grep -q "\"virtio-9p-$bus\""; then
	echo "boot: $1 has no virtio-9p-$bus: 9p is not tried" >&2
	without=$without,9p
fi
cmdline="$(cat "$image/cmdline") loglevel=7 panic=-1 $append keelson.modules=$modules"
memory=512
set -- "$@" -accel $accel -cpu $cpu -smp 2 -m $memory -nodefaults -no-reboot -display none \
	-object memory-backend-memfd,id=mem,size=${memory}M,share=on -machine memory-backend=mem \
	-kernel "$image/kernel" -initrd "$tmp/initrd.gz" -append "$cmdline" \
	-chardev stdio,id=tty,signal=off -serial chardev:tty

expect=''
has() {
	case ",$without," in *",$1,"*) return 1 ;; esac
	expect=$expect${expect:+,}$1
}
if has block; then
	seq -f %015.0f 65536 >"$tmp/disk" || die "no disk can be made; is there space in /tmp?"
	set -- "$@" -drive "if=none,id=disk,format=raw,file=$tmp/disk" \
		-device "virtio-blk-$bus,drive=disk"
fi
# Nothing but one host is there, and that sends back what it gets.
has net && set -- "$@" -netdev "user,id=net,restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:cat" \
	-device "virtio-net-$bus,netdev=net"
if has console; then
	mkfifo "$tmp/hvc.in" "$tmp/hvc.out" || die "$tmp: no pipes can be made"
	set -- "$@" -chardev "pipe,id=hvc,path=$tmp/hvc" -device "virtio-serial-$bus" \
		-device virtconsole,chardev=hvc
fi
has rng && set -- "$@" -object rng-random,id=rng,filename=/dev/urandom \
	-device "virtio-rng-$bus,rng=rng"
has balloon && set -- "$@" -device "virtio-balloon-$bus"
if has 9p; then
	echo keelson >"$tmp/9p/from-host"
	set -- "$@" -fsdev "local,id=share,path=$tmp/9p,security_model=none" \
		-device "virtio-9p-$bus,fsdev=share,mount_tag=keelson"
fi
if has vsock; then
	set -- "$@" -chardev "socket,id=vsock,path=$tmp/vsock" \
		-device "vhost-user-vsock-$bus,chardev=vsock"
fi

# ---- run, and judge -------------------------------------------------------------
# The hosts' ends: the console's answers each ping, vsockd sends back what it gets.
start_hosts() {
	[ ! -p "$tmp/hvc.in" ] || start sh -c 'exec <"$1.out" >"$1.in"
		while read -r word rest; do [ "$word" != ping ] || echo "pong $rest"; done' \
		sh "$tmp/hvc"
	case ,$expect, in *,vsock,*) ;; *) return ;; esac
	rm -f "$tmp/vsock"
	start "$bin/vsockd" --socket "$tmp/vsock" --cid 3 2>"$tmp/vsockd.err"
	tries=0
	until [ -S "$tmp/vsock" ]; do
		[ $tries -lt 50 ] || die "$bin/vsockd does not listen: $(cat "$tmp/vsockd.err")"
		tries=$((tries + 1))
		sleep 0.1
	done
}

# Start the guest, wait until it has ended or its time is up, judge it.
run_guest() {
	start_hosts
	start "$@" >"$log" 2>"$tmp/qemu.err" </dev/null
	qemu=$!
	end=$(($(date +%s) + limit))
	why='' status=0
	while [ -z "$why" ] && kill -0 "$qemu" 2>/dev/null; do
		sleep 0.1
		left=$((end - $(date +%s)))
		if [ $left -le 0 ]; then
			why="the guest did not end in $limit s; --limit gives more"
		elif [ $left -le $((limit / 2)) ] && ! grep -aq 'keelson: ' "$log"; then
			why="the guest did not reach init in $((limit / 2)) s; --limit gives more"
		fi
	done
	[ -n "$why" ] || { wait "$qemu"; status=$?; }
	stop_children
	[ $status -eq 0 ] || { sed 's/^/boot: /' "$tmp/qemu.err"; why="QEMU ended with status $status"; } >&2
	[ $status -ne 1 ] || [ -s "$log" ] || die "QEMU cannot run $machine; its words are above"

	judge >"$tmp/report"
	verdict=$?
	[ $verdict -ne 3 ] || [ -n "$why" ] || why="the guest died before init"
	[ -z "$why" ] || {
		echo "boot: $machine: $why; the console's last lines:"
		tail -n 15 "$log" | tr -d '\000-\010\013-\037' | sed 's/^/  | /'
	} >&2
}

judge() {
	"$bin/bootlog" "$@" --expect "$expect" --ram $memory ${release:+--release "$release"} \
		${allow:+--allow "$allow"} "$log"
}

log=$out/console.log
rm -f "$out/report" "$out/report.json" "$out/console-died.log"
run_guest "$@"
if [ $verdict -eq 3 ]; then
	echo "boot: $machine: starting it once more" >&2
	mv "$log" "$out/console-died.log"
	run_guest "$@"
	[ $verdict -ne 3 ] || verdict=1
fi
judge --json >"$out/report.json.tmp"
cp "$tmp/report" "$out/report.tmp" && mv "$out/report.tmp" "$out/report" &&
	mv "$out/report.json.tmp" "$out/report.json" || die "$out: the report cannot be written"
cat "$out/report"
exit $verdict
