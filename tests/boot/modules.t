#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every module of an image loads in a guest, and ours do what their manual pages say: against
# hosts that lie, when memory is short, and under the kernel tree's own tests.
. tests/lib/boot.sh

# ---- every module -----------------------------------------------------------------------
# With KUnit, in the flavour debug, its tests are among them, but not those with faults. debug has
# time enough; other boots may need longer than usual, riscv64 three and a half minutes.
all='ours.allow --limit 300'
! grep -q '^CONFIG_KUNIT=' "$BUILD/config" || all=kunit.allow
wrong=kmemleak_test,test_ubsan,kasan_test
check 'every module loads' mk boot \
	BOOT_ARGS="--modules all --allow scripts/guest/$all --append modprobe.blacklist=$wrong"
report "$FIRST"
total=$(tar -tf "$BUILD/boot/image/kernel.tar" | grep -c '\.ko$')
loaded=$(sed -n 's/^modules *\([0-9]*\) loaded.*/\1/p' "$BUILD/boot/$FIRST/report")
refused=$(sed -n '/^refused/,/^virtio/p' "$BUILD/boot/$FIRST/report" | grep -vc '^virtio')
is "$((loaded + refused))" "$total" 'none is skipped'

# has MODULE: does the image have it?
has() {
	tar -tf "$BUILD/boot/image/kernel.tar" | grep -q "/$1\.ko\$"
}

# Production has no transport for both ends in one guest.
no_loopback='not available: boards with vsocks have vsock_loopback in the flavours trace and debug'

# ---- the checks of the flavour debug ---------------------------------------------------
# finds ERE NAME: it is in the report of the last boot
finds() {
	check "$2" grep -qE "$1" "$BUILD/boot/$FIRST/report"
}

if has kasan_test; then
	refuses 2 '\[not-held\]' 'a guest that loses memory is a finding' mk boot BOOT_ARGS='--modules kmemleak_test'
	finds 'leaks fail [0-9]+ objects are lost; 32 bytes: .* kmemleak_test_init ' 'with the function that allocated it'
	refuses 2 '\[not-held\]' 'so is one that misuses it' mk boot BOOT_ARGS='--modules test_ubsan,kasan_test'
	finds 'BUG: KASAN: (slab-)?use-after-free in .*\[kasan_test\]' 'after it was freed'
	finds 'UBSAN: shift-out-of-bounds in .*test_ubsan' 'and one whose behaviour is undefined'
else
	skip 'a guest that loses memory is a finding' 'only the flavour debug checks this'
fi

# ---- our own modules -------------------------------------------------------------------
if has virtio_vqmon && [ "$(grep -cE ' (4 virtio_rng|5 virtio_balloon) ' "$BUILD/boot/$FIRST/report")" = 2 ]; then
	check 'virtio_vqmon counts, places, refuses, comes and goes' \
		mk boot BOOT_ARGS='--modules virtio_vqmon --allow scripts/guest/ours.allow'
	is "$(grep -c 'vqmon-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 4 'in all four trials'
else
	skip 'virtio_vqmon counts' 'the board has none, or nothing to count'
fi
# in_every_order NAME: the outcome
in_every_order() {
	_not=$(sed -n 's/^ *orders ok \(not tried\)/\1/p' "$BUILD/boot/$FIRST/report")
	[ -z "$_not" ] || { skip "$1" "$_not"; return; }
	_orders=24
	has vsock_loopback || _orders=6
	is "$(grep -c "orders ok ${vsock:+$_orders }" "$BUILD/boot/$FIRST/report")" 1 "$1"
}

vsock=''
! grep -q ' 19 vmw_vsock_virtio_transport ' "$BUILD/boot/$FIRST/report" || vsock=1
if has vsock_tune && has vsock_loopback; then
	check 'vsock_tune tunes, leaves alone, refuses, comes and goes' \
		mk boot BOOT_ARGS="--modules vsock_loopback,vsock_tune,vsock_reset --allow scripts/guest/ours.allow \
			--append keelson.orders ${vsock:+--append keelson.rogue}"
	is "$(grep -c 'tune-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 9 'in all nine trials'
	is "$(grep -c 'reset-[a-z]* ok' "$BUILD/boot/$FIRST/report")" "$((1 + 2 * ${vsock:-0}))" \
		'vsock_reset ends the connections to the host, and no others'
	in_every_order 'in every order of loading and removal'
	[ -z "$vsock" ] || is "$(grep -c 'rogue-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 18 \
		'a lying host breaks only the connection that it lies to'
else
	skip 'vsock_tune tunes' "$no_loopback"
	if has vsock_reset && [ -n "$vsock" ]; then
		check 'vsock_reset ends the connections to the host' \
			mk boot BOOT_ARGS='--modules vsock_reset --allow scripts/guest/ours.allow --append keelson.rogue'
		is "$(grep -c 'reset-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 2 'also beside one that its program owns'
		is "$(grep -c 'rogue-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 18 \
			'a lying host breaks only the connection that it lies to'
	fi
fi
if has vsock_reset && [ "$FIRST" = q35 ]; then
	with=vsock_reset
	! has vsock_loopback || with=vsock_loopback,vsock_reset
	check 'vsock_reset notices that the guest was restored from a snapshot' \
		mk boot BOOT_ARGS="--modules $with --restore --allow scripts/guest/ours.allow"
	is "$(grep -c 'reset-restored ok' "$BUILD/boot/$FIRST/report")" 1 'as another generation of the machine'
else
	skip 'vsock_reset notices that the guest was restored' 'QEMU has a VM Generation ID for q35'
fi
if has virtio_vsock_ng && [ -n "$vsock" ]; then
	is "$(tar -xOf "$BUILD/boot/image/kernel.tar" --wildcards '*/modules.alias' | grep -c ' virtio_vsock_ng$')" 0 \
		'no device requests virtio_vsock_ng'
	check 'virtio_vsock_ng replaces the transport, and keeps its limits' \
		mk boot BOOT_ARGS="--modules virtio_vsock_ng,vsock_reset --allow scripts/guest/ours.allow \
			--append modprobe.blacklist=vmw_vsock_virtio_transport --append keelson.rogue --append keelson.orders"
	check 'it has the device' grep -q ' 19 virtio_vsock_ng ' "$BUILD/boot/$FIRST/report"
	is "$(grep -c ' ng-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 13 'in all thirteen trials'
	is "$(grep -c 'reset-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 2 'its connections can be reset'
	is "$(grep -c 'rogue-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 18 'also against a host that lies'
	in_every_order 'it can be loaded and removed in every order, too'
else
	skip 'virtio_vsock_ng replaces the transport' 'the board has none, or no device'
fi
if has vsock_tune_test; then
	check 'the KUnit tests pass' \
		mk boot BOOT_ARGS='--modules virtio_vqmon_test,vsock_tune_test,vsock_reset_test --allow scripts/guest/kunit.allow'
	is "$(grep -c 'kunit ok 4 cases of 3 suites' "$BUILD/boot/$FIRST/report")" 1 'all of them'
else
	skip 'the KUnit tests pass' 'the flavour debug has KUnit'
fi
if has virtio_vqmon && grep -q '^CONFIG_FAULT_INJECTION_DEBUG_FS=y' "$BUILD/config"; then
	# arm64 kills a task that finds no memory for its first SVE registers: do_sve_acc().
	faults='--append keelson.faults'
	[ "$KARCH" != arm64 ] || faults="$faults --append arm64.nosve --append arm64.nosme"
	# Where one thread of QEMU's runs both, a processor waits for the other to have its turn.
	short="--cpus 1 $faults --allow scripts/guest/faults.allow"
	check 'they survive a shortage of memory' mk boot \
		BOOT_ARGS="$short --modules virtio_vqmon,vsock_loopback,vsock_tune,vsock_reset --limit 3600"
	is "$(grep -c 'fault-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 4 'at work, and while they are loaded'
	report "$FIRST"
	if has virtio_vsock_ng && [ -n "$vsock" ]; then
		check 'so does virtio_vsock_ng' mk boot BOOT_ARGS="$short --modules virtio_vsock_ng --limit 10800 \
			--append modprobe.blacklist=vmw_vsock_virtio_transport"
		is "$(grep -c "fault-[a-z]* ok" "$BUILD/boot/$FIRST/report")" 2 'at work, and while it is loaded'
		report "$FIRST"
	fi
else
	skip 'they survive a shortage of memory' 'only the flavour debug can inject it'
fi

# ---- the kernel tree's own tests of vsock ------------------------------------------------
# suite REST NAME OPTION...: over loopback; they pass, and all other output matches REST, an ERE
suite() {
	_rest=$1
	_name=$2
	shift 2
	check "$_name" mk boot VSOCK_SUITE=1 BOOT_ARGS="--devices none $*"
	grep ' vsock-suite ok ' "$BUILD/boot/$FIRST/report" >"$T/said"
	sed 's/^/# /' "$T/said"
	is "$(grep -cE " vsock-suite ok [1-9][0-9]* tests(, without .*)?$_rest\$" "$T/said")" 1 'all of them'
}

if has vsock_loopback; then
	suite '' "the kernel tree's own tests of vsock pass" --modules vsock_loopback
	refuses 2 '\[not-held\]' 'but not without the transport' mk boot VSOCK_SUITE=1 \
		BOOT_ARGS='--devices none --append modprobe.blacklist=vsock_loopback'
	is "$(grep -cE 'device vsock-suite fail 0 - SOCK_STREAM connection reset: ' "$BUILD/boot/$FIRST/report")" 1 \
		'as the first of them says'
else
	skip "the kernel tree's own tests of vsock pass" "$no_loopback"
fi
if has vsock_loopback && has vsock_tune; then
	ours='--modules vsock_loopback,vsock_tune --allow scripts/guest/ours.allow'
	suite ', vsock_tune sets 0 windows' 'they pass with vsock_tune that is not set' "$ours"
	# Only a sweep in time finds connections as short as these.
	suite ', vsock_tune sets [1-9][0-9]* windows' 'and with windows that it sets' \
		"$ours --append vsock_tune.rcvbuf_default=8388608 --append vsock_tune.sweep_ms=1"
else
	skip "the kernel tree's own tests of vsock pass with vsock_tune" "$no_loopback"
fi

# ---- our own patches -------------------------------------------------------------------
# A boot with a host's end has four trials, one with both ends within the guest three more.
if [ -n "$vsock" ] || has vsock_loopback; then
	windows=$((3 + ${vsock:-0}))
	! has vsock_loopback || windows=$((windows + 3))
	with=vsock
	! has vsock_loopback || with=vsock_loopback
	check "sysctls set the receive window of vsocks, by the system's owner alone" \
		mk boot BOOT_ARGS="--modules $with"
	is "$(grep -c 'window-[a-z]* ok' "$BUILD/boot/$FIRST/report")" "$windows" "in all $windows trials"
	check 'a profile is what the guest is set to' mk boot PROFILE=bulk
	is "$(grep -c 'settings ok' "$BUILD/boot/$FIRST/report")" 1 'as it says'
	finds 'window-start ok 8388608, at most 16777216, as ' 'from the first socket on'
	check 'a guest of 128 MiB takes a profile for more' mk boot PROFILE=bulk BOOT_ARGS='--memory 128'
	finds 'window-start ok 8388608, at most [0-9]*, an eighth' 'with an eighth of its memory as the ceiling'
	finds 'warning: .* vsock: rmem_default=8388608, rmem_max=16777216 set to' 'and warns'
	refuses 2 '\[not-held\]' 'a window above the ceiling is a finding' \
		mk boot BOOT_ARGS="--modules $with --append vsock.rmem_default=1048576"
	finds 'window-start fail 262144, at most 262144' 'since each bounds the other'
else
	skip 'sysctls set the receive window of vsocks' 'the board has no vsocks'
fi
if has vsock_loopback; then
	check 'fixed defects of vsock stay fixed' \
		mk boot BOOT_ARGS='--modules vsock_loopback --append keelson.fixes'
	is "$(grep -c 'fix-[a-z]* ok' "$BUILD/boot/$FIRST/report")" 5 'all five were tried'
else
	skip 'fixed defects of vsock stay fixed' "$no_loopback"
fi
finish
