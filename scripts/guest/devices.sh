# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what boot.sh sets
#
# Sourced by boot.sh: a guest in QEMU, the devices that its init tries
# (scripts/guest/init/devices.c, hardware.c), and the host's end of each. All below $tmp.
#
#   make_images           file systems that its init mounts (scripts/guest/init/images.c)
#   choose_devices QEMU   sets $expect, from $devices, $without and what this QEMU has
#   run_guest QEMU...     its console goes to $log; if it did not end well, $ended says why
#   stop_children         whatever still runs
#
# $secret is that of the boot; for_terminal() makes what others wrote safe to show.

children=''

stop_children() {
	# shellcheck disable=SC2086 # words are meant to split
	[ -z "$children" ] || { kill -9 $children; wait $children; } 2>/dev/null
	children=''
}

# Start a child in the background; it ends with this script, even after kill -9.
start() {
	setpriv --pdeathsig KILL "$@" &
	children="$children $!"
}

# numbers: what trials read, lines of 16 bytes
numbers() {
	seq -f %015.0f 65536
}

make_images() {
	mkdir -p "$tmp/images" "$tmp/content" && numbers >"$tmp/content/numbers" || die "$tmp: cannot be written [unwritable]"
	for how in gzip xz zstd; do
		mksquashfs "$tmp/content" "$tmp/images/squashfs-$how" -comp $how -quiet -no-progress >&2 ||
			die "mksquashfs fails [failed-program]; 'make setup' installs it"
	done
	mkfs.erofs -zlz4 --quiet "$tmp/images/erofs-lz4" "$tmp/content" >&2 ||
		die "mkfs.erofs fails [failed-program]; 'make setup' installs it"
}

# The host's end of virtio-fs: a part of QEMU until 8, a separate program since.
virtiofsd() {
	for file in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd /usr/libexec/qemu/virtiofsd; do
		[ ! -x $file ] || { echo $file; return; }
	done
	return 1
}

choose_devices() {
	expect='' vsock_bus=$bus
	for device in $(echo "$devices" | tr , ' '); do
		case $device in
		block | net | console | rng | balloon | 9p | fs | vsock | nvme | sd | mmcblk | e1000e) ;;
		none) continue ;;
		*) die "unknown device '$device' in --devices [usage]; --help shows all" ;;
		esac
		case ",$without," in *",$device,"*) continue ;; esac
		# QEMU has no vhost-user-vsock for channel I/O, but s390x has PCI as well.
		[ "$device" != vsock ] || "$1" -device help 2>&1 | grep -q "\"vhost-user-vsock-$bus\"" ||
			vsock_bus=pci
		# Many QEMUs lack the host's end of 9p; all have the other devices.
		if [ "$device" = 9p ] && ! "$1" -device help 2>&1 | grep -q "\"virtio-9p-$bus\""; then
			echo "boot: $1 has no virtio-9p-$bus: 9p is not tried" >&2
			continue
		fi
		if [ "$device" = fs ] && ! { [ "$(id -u)" = 0 ] && virtiofsd >/dev/null; }; then
			echo "boot: virtio-fs is not tried: it needs virtiofsd, and root" >&2
			continue
		fi
		if [ "$device" = fs ] && [ "$arch" = s390x ] && [ "$(uname -m)" != s390x ]; then
			echo "boot: virtio-fs is not tried: FUSE uses the guest's byte order, which is not the host's" >&2
			continue
		fi
		expect=$expect${expect:+,}$device
	done
}

has() {
	case ",$expect," in *",$1,"*) ;; *) return 1 ;; esac
}

# The console's host answers each ping, vsockd echoes.
start_hosts() {
	if has console; then
		mkfifo "$run/hvc.in" "$run/hvc.out" || die "$run: no pipes can be made [unwritable]"
		# shellcheck disable=SC2016 # the inner shell's own
		start sh -c 'exec <"$1.out" >"$1.in"
			while read -r word rest; do [ "$word" != ping ] || echo "pong $rest"; done' \
			sh "$run/hvc"
	fi
	if has vsock; then
		start "$bin/vsockd" --socket "$run/vsock" --cid 3 2>"$run/vsock.err"
		await vsock
	fi
	if has fs; then
		share fs
		start "$(virtiofsd)" --socket-path="$run/fs" -o "source=$run/fs.share,sandbox=chroot" 2>"$run/fs.err"
		await fs
	fi
}

# await NAME: until the host's end that was started listens
await() {
	tries=0
	until [ -S "$run/$1" ]; do
		{ [ $tries -lt 50 ] && kill -0 $!; } 2>/dev/null ||
			die "the host's end of $1 does not listen [no-host]: $(head -c 4096 "$run/$1.err" | for_terminal)"
		tries=$((tries + 1))
		sleep 0.1
	done
}

# share NAME: makes a directory that the guest reads and writes
share() {
	{ mkdir "$run/$1.share" && echo keelson >"$run/$1.share/from-host"; } || die "$run: cannot be written [unwritable]"
}

# disk NAME: makes a disk with the content that init expects, and sets $drive
disk() {
	numbers >"$run/$1" || die "no disk can be made [unwritable]; has /tmp space left?"
	drive=id=$1,format=raw,file=$run/$1
}

# The EFI system partition: the firmware's shell runs startup.nsh, which starts the kernel as a
# program. The shell numbers the file systems, and a shared directory can be one of them. A kernel
# file that is compressed as a whole is not an EFI program, so it is unpacked.
system_partition() {
	{
		mkdir "$run/esp" && cp "$tmp/initrd.gz" "$run/esp/" &&
			printf '%s\r\n' 'for %i in 0 1 2 3 4' 'if exist fs%i:\kernel.efi then' 'fs%i:' \
				"kernel.efi initrd=\\initrd.gz $cmdline" 'endif' 'endfor' >"$run/esp/startup.nsh" &&
			{ gzip -dc "$image/kernel" 2>/dev/null || cat "$image/kernel"; } >"$run/esp/kernel.efi"
	} || die "$run/esp: cannot be written [unwritable]; has /tmp space left?"
}

# The network has one host, with an echo.
network='restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:cat'

start_qemu() {
	accel=tcg
	# Before 8.1 a thread of QEMU sometimes continues to run code that another one has overwritten:
	# static keys do not switch, modules run older code at their place (fixed by its commit
	# deba78709ae8, "accel/tcg: Always lock pages before translation").
	case $("$1" --version) in *' version '[0-7].* | *' version 8.0.'*) accel=tcg,thread=single ;; esac
	case $arch in
	# QEMU's own algorithm to sign pointers: it would spend most of its time in the architecture's.
	arm64) cpu=max,pauth-impdef=on ;;
	# s390x uses VECTOR CHECKSUM for packets, which QEMU 7.2 computes wrongly.
	s390x) cpu=max,vx=off ;;
	# QEMU has max since 8.2.
	riscv64) cpu=rv64 ;;
	*) cpu=max ;;
	esac
	[ "${KVM:-}" != 1 ] || { accel=kvm; cpu=host; }
	# A machine that supports a single processor names it with -cpu.
	case " $* " in *' -cpu '*) ;; *) set -- "$@" -cpu $cpu ;; esac
	# Under TCG, guests that use CX16 sometimes die, and guests that use ERMS clear pages bytewise.
	[ "$arch" != x86_64 ] || [ $accel = kvm ] ||
		set -- "$@" -global max-x86_64-cpu.cx16=off -global max-x86_64-cpu.erms=off
	set -- "$@" -accel $accel -smp "$cpus" -m "$memory" -nodefaults -no-reboot \
		-display none -object "memory-backend-memfd,id=mem,size=${memory}M,share=on" \
		-machine memory-backend=mem -chardev stdio,id=tty,signal=off -serial chardev:tty
	[ -n "$uefi" ] || set -- "$@" -kernel "$image/kernel" -initrd "$tmp/initrd.gz" -append "$cmdline"
	has block && disk virtio && set -- "$@" -drive "if=none,$drive" -device "virtio-blk-$bus,drive=virtio"
	has nvme && disk nvme && set -- "$@" -drive "if=none,$drive" -device nvme,serial=keelson,drive=nvme
	has sd && disk sd && set -- "$@" -drive "if=none,$drive" -device ahci,id=ahci \
		-device ide-hd,bus=ahci.0,drive=sd
	has mmcblk && disk mmcblk && set -- "$@" -drive "if=sd,$drive"
	has net && set -- "$@" -netdev "user,id=net,$network" -device "virtio-net-$bus,netdev=net"
	has e1000e && set -- "$@" -netdev "user,id=e1000e,$network" -device e1000e,netdev=e1000e
	has console && set -- "$@" -device "virtio-serial-$bus" \
		-chardev "pipe,id=hvc,path=$run/hvc" -device virtconsole,chardev=hvc
	has rng && set -- "$@" -device "virtio-rng-$bus,rng=rng,max-bytes=60,period=10" \
		-object rng-random,id=rng,filename=/dev/urandom
	has balloon && set -- "$@" -device "virtio-balloon-$bus"
	if has 9p; then
		share 9p
		set -- "$@" -fsdev "local,id=share,path=$run/9p.share,security_model=none" \
			-device "virtio-9p-$bus,fsdev=share,mount_tag=keelson"
	fi
	has fs && set -- "$@" -chardev "socket,id=fs,path=$run/fs" \
		-device "vhost-user-fs-$bus,chardev=fs,tag=keelson"
	has vsock && set -- "$@" -chardev "socket,id=vsock,path=$run/vsock" \
		-device "vhost-user-vsock-$vsock_bus,chardev=vsock"
	[ -z "$restore" ] || set -- "$@" -chardev "pipe,id=monitor,path=$run/monitor" -mon monitor \
		-device "vmgenid,guid=00000000-0000-0000-0000-00000000000$generation"
	# The firmware starts only disks that have a place in the order, and then its shell. Kernels without
	# USB do not see this disk, which is not for the guest's trials.
	if [ -n "$uefi" ]; then
		system_partition
		set -- "$@" -bios "$uefi" -drive "if=none,id=esp,format=raw,readonly=on,file=fat:$run/esp" \
			-device qemu-xhci -device usb-storage,drive=esp,bootindex=0
	fi
	start "$@" >>"$log" 2>"$run/qemu.err" </dev/null
	qemu=$!
}

# Once the guest's init is ready: it goes to a file, and from there to another QEMU, for which the
# machine has another generation.
restore_guest() {
	{ [ "$generation" = 1 ] && grep -aq 'guest: ready to be saved' "$log"; } || return 0
	# Open for reading, too: that waits for no QEMU.
	printf 'migrate "exec:cat >%s"\nquit\n' "$run/saved" 1<>"$run/monitor.in"
	wait "$qemu"
	[ -s "$run/saved" ] || die "QEMU does not save the guest [no-snapshot]: $(timeout 1 head -c 4096 "$run/monitor.out" | for_terminal)"
	generation=2
	start_qemu "$@" -incoming "exec:cat $run/saved"
}

run_guest() {
	run=$tmp/run
	{ rm -rf "$run" && mkdir "$run"; } || die "$run: cannot be made [unwritable]"
	true 2>/dev/null >"$log" || die "$log: cannot be written [unwritable]; is the disk full, or read-only?"
	generation=1
	[ -z "$restore" ] || mkfifo "$run/monitor.in" "$run/monitor.out" || die "$run: no pipes can be made [unwritable]"
	start_hosts
	start_qemu "$@"
	end=$(($(date +%s) + limit))
	ended='' status=0
	while [ -z "$ended" ] && kill -0 "$qemu" 2>/dev/null; do
		sleep 0.1
		[ -z "$restore" ] || restore_guest "$@"
		left=$((end - $(date +%s)))
		if [ $left -le 0 ]; then
			ended="the guest did not end in $limit s (--limit)"
		elif [ $left -le $(((limit - firmware) / 2)) ] && ! grep -aqF -e 'keelson: started' -e "$secret" "$log"; then
			ended="the guest did not reach init in half of $((limit - firmware)) s (--limit), and $firmware s of firmware"
		fi
	done
	[ -n "$ended" ] || { wait "$qemu"; status=$?; }
	stop_children
	[ $status -ne 0 ] || return 0
	head -c 65536 "$run/qemu.err" | for_terminal | sed 's/^/boot: /' >&2
	[ $status -ne 1 ] || [ -s "$log" ] || die "QEMU cannot run $machine [qemu-failed]; its messages are above"
	ended="QEMU ended with status $status"
}
