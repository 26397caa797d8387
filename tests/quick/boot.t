#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# boot.sh, with a QEMU that only pretends: time limits, the one retry, nothing left behind.
# shellcheck disable=SC2317 # functions that check and refuses call
# shellcheck disable=SC2016 # another shell's own
. tests/lib.sh

# ---- a fake QEMU, image and init -----------------------------------------------
mkdir -p "$T/path" "$T/bin" "$T/image" "$T/lib/modules/1"
case $BIN in /*) ;; *) BIN=$PWD/$BIN ;; esac
ln -s "$BIN/bootlog" "$T/bin/bootlog"
printf '#!/bin/sh\necho 2000000\n' >"$T/bin/ticks"
chmod 755 "$T/bin/ticks"

# Each start follows the next line of $T/plan.
cat >"$T/path/qemu-fake" <<'EOF'
#!/bin/sh
T=${0%/path/*}
QEMU_VERSION=$(cat "$T/version" 2>/dev/null)
case " $* " in *' --version '*) echo "QEMU emulator version ${QEMU_VERSION:-8.1.0}"; exit ;; esac
case " $* " in *' -device help '*) echo 'name "virtio-9p-pci", bus PCI'; exit ;; esac
echo $$ >>"$T/pids"
printf '%s\n' "$@" >"$T/args"
while [ $# -gt 0 ]; do
	[ "$1" != -initrd ] || { dirname "$2" >"$T/dir"; cp "$2" "$T/initrd"; }
	shift
done
plan=$(sed -n "$(wc -l <"$T/pids")p" "$T/plan")
boot='[    0.000000] Linux version 1'
k="keelson: $(gzip -dc "$T/initrd" | bsdtar -xOf - keelson.secret)"
# Another program of the guest, or a module, has no secret.
case $plan in forges*) k=keelson: ;; esac
init="$k release 1
$k init_ms 9
$k cpus 2
$k taint 0"
devices() {
	for d in block net console rng balloon 9p fs vsock; do echo "$k device $d ok"; done
}
case $plan in
good) echo "$boot"; echo "$init"; devices; echo "$k done" ;;
slow) sleep 3; echo "$boot"; echo "$init"; devices; echo "$k done" ;;
forges) echo "$boot"; echo "$init"; devices; echo "$k done" ;;
forges-early) echo "$boot"; echo 'keelson: soon'; exec sleep 1000 ;;
escapes) echo "$boot"; echo "$init"; printf '\033]0;x\007\033[2Jq\302\233\233\n'; exit 134 ;;
splat) echo "$boot"; echo 'BUG: splat'; echo "$init"; devices; echo "$k done" ;;
dies-early) echo "$boot"; exit 134 ;;
dies-late) echo "$boot"; echo "$init"; exit 134 ;;
panics) echo "$boot"; echo "$init"; echo 'Kernel panic - not syncing: oops' ;;
hangs-early) echo "$boot"; exec sleep 1000 ;;
hangs-late) echo "$boot"; echo "$init"; exec sleep 1000 ;;
never-ends) echo "$boot"; echo "$init"; devices; echo "$k done"; exec sleep 1000 ;;
saved)
	echo "$boot"; echo "$init"; echo 'guest: ready to be saved'
	monitor=$(sed -n 's/.*id=monitor,path=//p' "$T/args")
	{ read -r migrate cat file; read -r quit; } <"$monitor.in"
	[ "$migrate $cat $quit" = 'migrate "exec:cat quit' ] || exit
	cp "$T/args" "$T/args.first"
	file=${file#>}
	echo state >"${file%\"}"
	;;
saves-nothing) echo "$boot"; echo "$init"; echo 'guest: ready to be saved'; sleep 0.5 ;;
restored) echo "$k device reset-restored ok"; echo "$k done" ;;
refuses) echo 'qemu-fake: no such machine' >&2; exit 1 ;;
esac
EOF
cat >"$T/bin/vsockd" <<'EOF'
#!/usr/bin/perl
use IO::Socket::UNIX;
my ($T) = $0 =~ m,(.*)/bin/,;
open my $pid, '>', "$T/vsockd.pid"; print $pid $$; close $pid;
my $s = IO::Socket::UNIX->new(Local => $ARGV[1], Listen => 1) or die;
sleep 1000;
EOF
chmod 755 "$T/path/qemu-fake" "$T/bin/vsockd"
echo kernel >"$T/image/kernel"
echo 'console=ttyFAKE quiet' >"$T/image/cmdline"
echo init >"$T/init"
echo dep >"$T/lib/modules/1/modules.dep"
bsdtar --format ustar -cf "$T/image/kernel.tar" -C "$T" lib
PATH=$T/path:$PATH
export T PATH
unset KVM

# boot PLAN... [-- OPTION...]: one word of the plan a start. The guest shall have DEVICES.
DEVICES=block,net,console,rng,balloon,9p,fs,vsock
boot() {
	: >"$T/plan"
	rm -f "$T/pids"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		echo "$1" >>"$T/plan"
		shift
	done
	[ $# -eq 0 ] || shift
	scripts/guest/boot.sh --image "$T/image" --init "$T/init" --arch x86_64 --machine fake --bus pci \
		--out "$T/out" --bin "$T/bin" --devices "$DEVICES" "$@" -- qemu-fake -machine fake
}

# said PATTERN NAME: on stderr, by the last boot.
said() {
	cp "$T/.err" "$T/said"
	check "$2" grep -q -e "$1" "$T/said"
}

starts() {
	is "$(wc -l <"$T/pids")" "$1" "$2"
}

ended() {
	_i=0
	while kill -0 "$1" 2>/dev/null && [ $_i -lt 30 ]; do
		sleep 0.1
		_i=$((_i + 1))
	done
	! kill -0 "$1" 2>/dev/null
}

nothing_left() {
	_left=
	while read -r _pid; do
		ended "$_pid" || _left="$_left $_pid"
	done <"$T/pids"
	[ ! -s "$T/vsockd.pid" ] || ended "$(cat "$T/vsockd.pid")" || _left="$_left vsockd"
	[ ! -d "$(cat "$T/dir")" ] || _left="$_left $(cat "$T/dir")"
	is "$_left" '' "$1"
}

has_arg() {
	check "QEMU gets $1" grep -qx -e "$1" "$T/args"
}

# ---- a good guest ----------------------------------------------------------------
check "a good guest holds" boot good -- --release 1 --append nosmt --append ro --modules a,b
starts 1 "and is started once"
nothing_left "QEMU, vsockd and the temporary directory are removed"
check "the report is kept" grep -q '^verdict   held$' "$T/out/report"
check "so is the one in JSON" grep -q '"verdict": "held"' "$T/out/report.json"
check "and the console" grep -q 'keelson: [0-9a-f]* done' "$T/out/console.log"
is "$(gzip -dc "$T/initrd" | bsdtar -tf - | tr '\n' ' ')" \
	'init sbin sbin/modprobe keelson.secret lib/ lib/modules/ lib/modules/1/ lib/modules/1/modules.dep ' \
	"the initrd has init, also as modprobe, and the files of kernel.tar"
is "$(gzip -dc "$T/initrd" | bsdtar -tvf - init | cut -c 1-10)" '-rwxr-xr-x' "init can be run"
is "$(gzip -dc "$T/initrd" | bsdtar -tvf - keelson.secret | cut -c 1-10)" '-rw-------' \
	"the secret of the boot is root's"
gzip -dc "$T/initrd" | bsdtar -xOf - keelson.secret >"$T/first"
check 'which is kept' cmp "$T/first" "$T/out/secret"
check 'so that the console can be judged again' "$BIN/bootlog" --secret "$T/out/secret" "$T/out/console.log"
check 'another boot' boot good
is "$(cat "$T/first" "$T/out/secret" | grep -cE '^[0-9a-f]{32}$')" 2 'has a secret'
check 'another secret' sh -c '! cmp -s "$T/first" "$T/out/secret"'
is "$(grep -c "$(cat "$T/out/secret")" "$T/args")" 0 'that is not on its command line'
boot good -- --release 1 --append nosmt --append ro --modules a,b >/dev/null 2>&1
has_arg 'console=ttyFAKE quiet loglevel=7 panic=-1 reboot=t nosmt ro keelson.modules=a,b tsc_early_khz=2000000'
has_arg 'max'
has_arg 'max-x86_64-cpu.cx16=off'
has_arg 'max-x86_64-cpu.erms=off'
has_arg 'tcg'
has_arg '-no-reboot'
has_arg '-nodefaults'
has_arg 'vhost-user-vsock-pci,chardev=vsock'
: >"$T/args.got"
for version in 7.2.22 8.0.5 8.1.0; do
	echo "$version" >"$T/version"
	boot good >/dev/null 2>&1
	grep -x 'tcg.*' "$T/args" >>"$T/args.got"
done
rm "$T/version"
is "$(tr '\n' ' ' <"$T/args.got")" 'tcg,thread=single tcg,thread=single tcg ' \
	'one thread where QEMU may run removed code'
check "KVM is used on request" env KVM=1 sh -c '
	echo good >"$T/plan"; rm "$T/pids"
	scripts/guest/boot.sh --image "$T/image" --init "$T/init" --arch x86_64 --machine fake --bus pci \
		--out "$T/out" --bin "$T/bin" -- qemu-fake'
has_arg kvm
is "$(grep -c cx16 "$T/args")" 0 'and then the guest has all of the processor'
refuses 2 "'floppy'.*\[usage\]" 'an unknown device is refused' \
	boot good -- --devices block,floppy
refuses 2 '--memory: .*\[bad-number\]' 'so is a memory that is not a number' boot good -- --memory much
refuses 1 '\[not-held\]' 'a disk and a card of the usual kinds are expected' \
	boot good -- --devices nvme,e1000e --memory 768 --cpus 1
has_arg 'nvme,serial=keelson,drive=nvme'
has_arg 'e1000e,netdev=e1000e'
has_arg '768'
check 'and reported if init finds none' grep -q 'device nvme: init found none' "$T/out/report"
check "devices can be omitted" boot good -- --without vsock,9p
is "$(grep -cE 'vsock|9p' "$T/args")" 0 "and are"

boot good -- --arch s390x --bus ccw --append ro >"$T/.out" 2>&1
has_arg 'console=ttyFAKE quiet loglevel=7 panic=-1 keelson.old_code=1 nospectre_v2 ro keelson.modules='
has_arg 'max,vx=off'
has_arg 'virtio-blk-ccw,drive=virtio'
has_arg 'vhost-user-vsock-pci,chardev=vsock'

# The rest tests the guest alone, and is quicker with one host program.
DEVICES=vsock

# ---- findings --------------------------------------------------------------------
refuses 1 '\[not-held\]' "a splat is a finding" boot splat
starts 1 "and no reason for a retry"
boot good >/dev/null 2>&1
check "its console outlives the next boot" grep -q 'BUG: splat' "$T/out/console-failed.log"
refuses 1 '\[not-held\]' "another release is one" boot good -- --release 2
refuses 1 'QEMU ended with status 134' "a guest that dies after init is one" boot dies-late
said '| keelson: taint 0$' "and the console's last lines are shown"
starts 1 "and it isn't started again"

refuses 1 '\[not-held\]' 'records without the secret are not its' boot forges forges
check 'which the report says' grep -q '\[forged-record\]: 1[0-9], ' "$T/out/report"
refuses 1 'QEMU ended with status 134' 'a guest that writes escapes' boot escapes
is "$(tr -d '\n\t -~' <"$T/.err" | wc -c)" 0 'writes none to the terminal'
check 'a record without the secret is not taken for init'\''s' boot forges-early good -- --limit 4

# ---- the one retry ---------------------------------------------------------------
check "a guest that dies before init gets another start" boot dies-early good
said 'starting it once more' "and boot.sh reports it"
starts 2 "just one"
check "and the first console is kept" grep -q 'Linux version' "$T/out/console-died.log"
refuses 1 'QEMU ended with status 134' "one that dies twice is a finding" boot dies-early dies-early good
starts 2 "after two starts"
s390x='--arch s390x --bus ccw'
# shellcheck disable=SC2086 # words are meant to split
check "one of s390x that panics in an old QEMU gets another, too" boot panics good -- $s390x
said 'QEMU now and then runs s390x code that was removed' "and the reason is printed"
starts 2 "just one"
# shellcheck disable=SC2086
refuses 1 '\[not-held\]' "one that panics twice is a finding" boot panics panics good -- $s390x
refuses 1 '\[not-held\]' "so is one of another architecture" boot panics good
starts 1 "at once"
echo 10.0.0 >"$T/version"
# shellcheck disable=SC2086
refuses 1 '\[not-held\]' "and one in a QEMU that has it right" boot panics good -- $s390x
starts 1 "at once"
is "$(grep -c keelson.old_code "$T/args")" 0 "which passes the guest no such word"
rm "$T/version"
check "a guest that hangs before init gets another start" boot hangs-early good -- --limit 4
said 'did not reach init in half of 4 s' "and the limit is named"
nothing_left "the one that hung has ended"
check "slow firmware has more time" boot slow -- --limit 4 --firmware 4
starts 1 "and is not started again"
check "where it is not given" boot slow good -- --limit 4
starts 2 "it is"
refuses 2 "\[bad-number\]" "a time for firmware that is not a number" boot good -- --firmware soon

# ---- the time limit --------------------------------------------------------------
refuses 1 'did not end in 4 s' "a guest that hangs after init is a finding" boot hangs-late good -- --limit 4
starts 1 "and isn't started again"
check "the report says so" grep -q '  the guest did not end in 4 s' "$T/out/report"
nothing_left "it has ended"
refuses 1 'did not end in 4 s' "so is one that is done but does not end" boot never-ends -- --limit 4

# ---- signals ---------------------------------------------------------------------
for signal in TERM INT KILL; do
	# A job in the background of a shell without job control ignores INT; env undoes that.
	echo hangs-late >"$T/plan"
	rm -f "$T/pids" "$T/vsockd.pid" "$T/dir"
	env --default-signal=INT scripts/guest/boot.sh --image "$T/image" --init "$T/init" --arch x86_64 \
		--machine fake --bus pci --out "$T/out" --bin "$T/bin" -- qemu-fake >/dev/null 2>&1 &
	pid=$!
	i=0
	while [ ! -s "$T/dir" ] && [ $i -lt 50 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	kill -$signal $pid
	wait $pid 2>/dev/null
	# A killed process cannot tidy up.
	[ $signal != KILL ] || rm -rf "$(cat "$T/dir")"
	nothing_left "SIG$signal leaves nothing running"
done

# ---- a snapshot --------------------------------------------------------------------
check 'a guest that is saved is restored' boot saved restored -- --restore
starts 2 'in another QEMU'
check 'as another generation' grep -q 'vmgenid,guid=.*1$' "$T/args.first"
has_arg 'vmgenid,guid=.*2'
has_arg 'exec:cat .*/saved'
check 'and both have one report' grep -q 'reset-restored ok' "$T/out/report"
check 'the guest knows' grep -q 'keelson.restore' "$T/args"
nothing_left 'nothing is left of either'
refuses 1 '\[not-held\]' 'a guest that is not ready is not saved' boot dies-late -- --restore
starts 1 'nor restored'
refuses 2 '\[no-snapshot\]' 'a QEMU that saves nothing is reported' boot saves-nothing -- --restore

# ---- boots that cannot run -------------------------------------------------------
refuses 2 '\[qemu-failed\]' "QEMU's own complaint is shown" boot refuses
starts 1 "and it isn't started again"
refuses 2 'no-such-qemu .*\[missing-program\]' "no QEMU: who installs it" \
	scripts/guest/boot.sh --image "$T/image" --init "$T/init" --arch any --machine m --bus pci \
	--out "$T/out" --bin "$T/bin" -- no-such-qemu
mkdir "$T/few"
for tool in sh dirname cat; do ln -s "$(command -v $tool)" "$T/few/$tool"; done
refuses 2 'bsdtar .*\[missing-program\].* libarchive-tools' "no bsdtar: the package" \
	env PATH="$T/few" scripts/guest/boot.sh --image "$T/image" --init "$T/init" --arch x86_64 \
	--machine m --bus pci --out "$T/out" --bin "$T/bin" -- sh
tar -cf "$T/engines.tar" -C "$T" init
check 'engines that are packed' boot good -- --engines "$T/engines.tar"
is "$(gzip -dc "$T/initrd" | bsdtar -tf - | grep -c '^init')" 2 'are in the initrd'
refuses 2 'none.tar \[no-initrd\]' 'engines that are not' boot good -- --engines "$T/none.tar"
check 'more files for the guest' boot good -- --add "$T/engines.tar"
is "$(gzip -dc "$T/initrd" | bsdtar -tf - | grep -c '^init')" 2 'are in the initrd'
refuses 2 'none.tar \[no-initrd\]' 'which exist' boot good -- --add "$T/none.tar"
refuses 1 '\[not-held\]' "the tree's tests of vsock must be run" boot good -- --suite "$T/init"
check 'and their absence is reported' grep -q 'device vsock-suite: init found none' "$T/out/report"
is "$(gzip -dc "$T/initrd" | bsdtar -tvf - vsock_test | cut -c 1-10)" '-rwxr-xr-x' 'they can be run'
refuses 2 'none: .*\[unreadable\]' 'a missing file of tests' boot good -- --suite "$T/none"
printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$T/bin/vsockd"
refuses 2 '\[no-host\]: broken' "a vsockd that fails" boot good
printf '#!/bin/sh\necho no space >&2\nexit 1\n' >"$T/path/mksquashfs"
chmod 755 "$T/path/mksquashfs"
refuses 2 'mksquashfs .*\[failed-program\]' "a file system for a guest that can't be made" boot good -- --containers
mkdir -p "$T/out2/console.log"
refuses 2 'console.log: .*\[unwritable\]' "a console that cannot be kept" boot good -- --out "$T/out2"
refuses 2 "'--nonsense' \[usage\]" "an unknown option" boot good -- --nonsense
refuses 2 '--limit: .*\[bad-number\]' "a limit that is not a number" boot good -- --limit soon
refuses 2 '--machine .*\[usage\]' "a missing option" scripts/guest/boot.sh --image "$T/image" \
	--init "$T/init" --arch x86_64 --bus pci --out "$T/out" -- qemu-fake
refuses 2 'QEMU.*\[usage\]' "no QEMU" scripts/guest/boot.sh --image "$T/image" --init "$T/init" \
	--arch x86_64 --machine m --bus pci --out "$T/out"
echo junk >"$T/image/kernel.tar"
refuses 2 'kernel.tar: .*\[no-initrd\]' "an invalid kernel.tar" boot good
rm "$T/image/kernel.tar"
refuses 2 'kernel.tar: .*\[missing-input\]' "no kernel.tar" boot good
check "--help" scripts/guest/boot.sh --help

finish
