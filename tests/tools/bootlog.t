#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bootlog's judgement of canned consoles.
# shellcheck disable=SC2016 # sed's $ is meant
. tests/lib.sh

# The console of a good guest, without the secret. Each case below spoils one part of it.
secret=0123456789abcdef0123456789abcdef
echo $secret >"$T/secret"
cat >"$T/plain" <<'EOF'
[    0.000000] Linux version 6.12.107-x (keelson@keelson) #1 SMP
[    0.010000] Command line: console=ttyS0 panic=-1 keelson.modules=
[    0.900000] DEBUG: not a bug
[    1.000000] keelson: started
keelson: release 6.12.107-x
keelson: init_ms 842
keelson: cpus 2
keelson: module netfs
keelson: module 9p
keelson: refused ptp_kvm Operation not supported
keelson: mem_total_kb 500000
keelson: mem_available_kb 480000
keelson: virtio virtio0 2 virtio_blk pci modern
keelson: device block ok /dev/vda 2048 sectors
keelson: virtio virtio1 1 virtio_net pci modern
keelson: device net ok eth0
keelson: taint 0
keelson: klog 4 [    0.300000] floppy: no "drive"
keelson: done
[    2.000000] reboot: Power down
EOF
wanted='--expect block,net --release 6.12.107-x --ram 512 --cpus 2'
expect="$wanted --secret $T/secret"

# signed: records get the secret of the boot
signed() {
	sed "s/^keelson: /&$secret /"
}

# log NAME SED: the good log, spoilt.
log() {
	sed "$2" "$T/plain" | signed >"$T/$1"
}
log good ''

# finds PATTERN NAME LOG [OPTION...]: exit 1, and PATTERN among the findings.
finds() {
	_p=$1 _n=$2 _l=$3
	shift 3
	# shellcheck disable=SC2086 # words are meant to split
	"$BIN/bootlog" $expect "$@" "$T/$_l" >"$T/.report" 2>"$T/.errors"
	is "$? $(sed -n '/^findings/,/^verdict/p' "$T/.report" | grep -cE -e "$_p") $(wc -c <"$T/.errors")" \
		"1 1 0" "$_n"
}

# status WANTED NAME ARGUMENT...
status() {
	_w=$1 _n=$2
	shift 2
	"$BIN/bootlog" "$@" >"$T/.report" 2>"$T/.errors"
	is $? "$_w" "$_n"
}

# ---- good ----
# shellcheck disable=SC2086
check "a good console holds" "$BIN/bootlog" $expect "$T/good"
# shellcheck disable=SC2086
"$BIN/bootlog" $expect "$T/good" >"$T/report"
cat >"$T/wanted" <<'EOF'
release   6.12.107-x
init      842 ms after the kernel's start
cpus      2
memory    19.5 MiB used of 488.3 MiB; 23.7 MiB of the 512 given are the kernel's own
modules   2 loaded: netfs 9p
refused   ptp_kvm Operation not supported
virtio    virtio0 2 virtio_blk pci modern
          virtio1 1 virtio_net pci modern
devices   block ok /dev/vda 2048 sectors
          net ok eth0
warnings  warning: [    0.300000] floppy: no "drive"
findings  none
records   verified by the secret of the boot
verdict   held
EOF
check "the report has all of it" diff "$T/wanted" "$T/report"

# ---- JSON ----
json='use JSON::PP; local $/; my $r = decode_json(<STDIN>);
print join "|", $r->{verdict}, $r->{release}, $r->{init_ms}, $r->{mem_given_kb}, "@{$r->{modules}}",
	"@{$r->{devices}}", $r->{warnings}[0]{level}, $r->{warnings}[0]{text}, scalar @{$r->{findings}}'
# shellcheck disable=SC2086
is "$("$BIN/bootlog" --json $expect "$T/good" | perl -e "$json" 2>&1)" \
	'held|6.12.107-x|842|524288|netfs 9p|block ok /dev/vda 2048 sectors net ok eth0|4|[    0.300000] floppy: no "drive"|0' \
	"the JSON says the same"
printf 'keelson: release 6"\\\t\001\377 \303\274 \342\202\254\n' >"$T/odd"
is "$("$BIN/bootlog" --json "$T/odd" | grep '"release"')" '  "release": "6\"\\\t?? ü €",' \
	"the JSON escapes control characters, and keeps UTF-8"
printf 'BUG: \302\233 \355\240\200 \300\257 \364\220\200\200 \342\200\256 \303\n' >"$T/odd"
is "$("$BIN/bootlog" "$T/odd" | grep -a '^findings')" 'findings  BUG: ?? ??? ?? ???? ??? ?' \
	'control characters of 8 bits, marks of direction and bytes that are not UTF-8 are replaced'
is "$("$BIN/bootlog" --json --ended "$(printf '\377')" "$T/odd" | perl -e 'use JSON::PP; local $/;
	print decode_json(<STDIN>)->{findings}[-1]{text}')" '? [ended]' 'so are the texts of options'
printf '\001\033[31mx\n' >"$T/odd"
is "$("$BIN/bootlog" "$T/odd" | tr -d '\n -~' | wc -c)" 0 'no escape reaches the terminal'
"$BIN/bootlog" --json /dev/null >"$T/empty.json"
is "$? $(perl -e 'use JSON::PP; local $/; print decode_json(<STDIN>)->{verdict}' <"$T/empty.json")" \
	"3 died before init" "an empty log gives JSON, too"

# ---- the kernel's own troubles ----
while IFS='|' read -r what pattern; do
	log splat "5i [    1.100000] $what"
	finds "$pattern" "a finding: $what" splat
done <<'EOF'
------------[ cut here ]------------|cut here
WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2|WARNING: CPU
WARNING: possible recursive locking detected|recursive
BUG: kernel NULL pointer dereference, address: 0|NULL
Oops: 0002 [#1] PREEMPT SMP|Oops
Unable to handle kernel paging request|Unable
Kernel panic - not syncing: x|panic
Call Trace:|Call Trace
rcu: INFO: rcu_preempt self-detected stall on CPU|stall
INFO: task init:1 blocked for more than 120 seconds.|blocked
watchdog: BUG: soft lockup - CPU#0 stuck for 22s!|soft lockup
UBSAN: array-index-out-of-bounds in x.c|UBSAN
BUG: KASAN: slab-use-after-free in f|KASAN
x: module verification failed: signature and/or required key missing|verification
x: loading out-of-tree module taints kernel.|taints
EOF
log klog 's/klog 4 .*/klog 4 [    0.3] BUG: workqueue lockup/'
finds 'BUG: workqueue' "a splat that only the levels' list has is one" klog
log twice '5i [    0.300000] BUG: twice
	s/klog 4 .*/klog 4 [    0.300000] BUG: twice/'
finds 'BUG: twice' "a splat on the console and in the list is one finding" twice
log oom '5i [    1.1] java invoked oom-killer: gfp_mask=0xcc0
	5i [    1.1] Memory cgroup out of memory: Killed process 9 (java)'
finds 'java invoked oom-killer' "a process killed for want of memory" oom
log hog '5i keelson: hog limit
	5i [    1.1] keelson-hog invoked oom-killer: gfp_mask=0xcc0
	5i [    1.1] Call Trace:
	5i [    1.1] Memory cgroup out of memory: Killed process 9 (keelson-hog)'
# shellcheck disable=SC2086
check "but for the one that init announces" "$BIN/bootlog" $expect "$T/hog"
sed '$a [    3.1] Call Trace:' "$T/hog" >"$T/hog-and"
finds 'Call Trace' "after which a trace is one again" hog-and
sed '/ hog limit/d' "$T/hog" >"$T/hog-forged"
finds 'keelson-hog invoked' 'one that init did not announce' hog-forged
sed 's/.*Memory cgroup.*/[    1.2] java invoked oom-killer: x\n&/' "$T/hog" >"$T/hog-java"
finds 'java invoked' 'another beside it' hog-java
sed 's/.*keelson-hog invoked.*/&\n&/' "$T/hog" >"$T/hog-twice"
finds 'keelson-hog invoked' 'a second one of one announced' hog-twice
sed 's/.*Call Trace.*/&\n&/' "$T/hog" >"$T/hog-traces"
finds 'Call Trace' 'a second trace of it' hog-traces
sed 's/Call Trace:/BUG: Call Trace:/' "$T/hog" >"$T/hog-bug"
finds 'BUG: Call' 'a trace that only looks like its own' hog-bug
sed 's/oom-killer: /oom-killer: BUG: /' "$T/hog" >"$T/hog-bug"
finds 'keelson-hog' 'a line that only looks like its first one' hog-bug
log tainted 's/taint 0/taint 12288/'
finds 'tainted: 12288 \(OE\) \[tainted\]' "a tainted kernel is a finding, with its letters" tainted
log hang '/taint/,$d'
printf 'keelson: %s virtio virt' $secret >>"$T/hang"
finds '\[not-done\]: its last line: keelson: virtio virt' "a guest that hung after init" hang
log panic '/taint/,$d'
printf '[    3.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0xb\n' >>"$T/panic"
finds '(findings|^) +Kernel panic' "a panic after init" panic
log broken-into 's/^keelson: cpus 2/keelson: cp[    1.2] BUG: in between\n&/'
finds 'BUG: in between' "a splat in the middle of a record" broken-into
log broken-off 's/^keelson: release .*/&[    1.234567] one\n/; s/^keelson: cpus 2/keelson: cp[    1.2] one\n[    1.3] two\nus 2/; s/^keelson: done/&[    2.000000] off/'
# shellcheck disable=SC2086
check "records that the kernel has broken into" "$BIN/bootlog" $expect "$T/broken-off"
printf 'Booting from ROM..[    0.000000] Linux\n[    0.1] the last\n' >"$T/firmware"
status 3 "a guest that died before init" "$T/firmware"
is "$(grep -c "its last line: .*the last\$" "$T/.report")" 1 "whose firmware the kernel has broken into"

# ---- init's ----
log missing '/device net/d'
finds 'device net.*\[device-missing\]' "a device that init did not find" missing
log broken 's/device net ok.*/device net fail connect: timed out/'
finds 'device net fail connect.*\[device-failed\]' "a device that does not work" broken
log surprise 's/device net ok.*/&\nkeelson: device rng fail read/'
finds 'device rng fail' "a device that does not work, and that is not expected" surprise
log again '$a [    1.100000] keelson: started'
finds '\[booted-again\]' "a guest that did not end at its restart" again
log okay 's/device net ok/device net okay/'
finds 'device net okay' "nothing but ok is ok" okay
log fail '$i keelson: fail module x: Invalid argument'
finds 'module x: Invalid argument \[init-failed\]' "a failure that init reports" fail
finds '\[other-release\]: expected 6.12.108, got 6.12.107-x' "another release" good --release 6.12.108
log norelease '/release/d'
finds '\[no-release\]' "no release" norelease
finds '\[other-cpus\]: expected 4, got 2' "a processor that did not start" good --cpus 4
log untold '/taint/d'
finds '\[no-taint\]' "no word about taint" untold
finds 'QEMU ended with status 1 \[ended\]' "a guest that had to be ended" good --ended 'QEMU ended with status 1'
log mute '/^keelson/d'
finds '\[no-console\]' "a console that only the kernel has" mute

# ---- lines that are not init's ----
log kmsg 's/^keelson: \(device net ok.*\)/[    1.5] keelson: \1/'
finds '\[forged-record\]: 1, the first: .* keelson: device net ok' "a record of a module's" kmsg
finds 'device net.*\[device-missing\]' 'which does not count' kmsg
sed "s/^keelson: $secret/keelson: ${secret%?}0/" "$T/good" >"$T/guess"
finds '\[forged-record\]: 1[0-9], ' "records with another boot's secret" guess
finds '\[no-console\]' 'none of which counts' guess
{ sed "/ taint/,\$d" "$T/good"; printf 'keelson: taint 0\nkeelson: done\n'; } >"$T/program"
finds '\[not-done\]' "a verdict of another program's" program
log klog-mark '5i [    1.1] BUG: KASAN: x keelson: klog 4 x'
finds '^findings +BUG: KASAN' 'a splat that looks like a record' klog-mark
log klog-repeated 's/klog 4 .*/klog 4 [    0.300000] evil: keelson: taint 0/'
finds '\[forged-record\]: 1' 'a record in a message that init repeats' klog-repeated
log untainted 's/^keelson: taint 0/keelson: taint 4096\n&/'
finds '\[taint-cleared\]: from 4096 to 0' 'a taint that becomes smaller' untainted
finds 'tainted: 4096 \(O\)' 'which stays' untainted
log after 's/^keelson: done/&\nkeelson: taint 0/'
finds '\[after-done\]' 'a record after the last one' after
log negative 's/^keelson: taint 0/keelson: taint -1/'
finds '\[bad-record\]' 'an invalid number' negative
log contradiction 's/^keelson: cpus 2/&\nkeelson: cpus 3/'
finds '\[contradiction\]' 'two values' contradiction
sed "s/^keelson: $secret cpus/half a line &/" "$T/good" >"$T/half"
# shellcheck disable=SC2086
check 'another line that has no end may stand before a record' "$BIN/bootlog" $expect "$T/half"

# ---- without the secret: as far as can be seen ----
# shellcheck disable=SC2086
"$BIN/bootlog" $wanted "$T/plain" >"$T/report"
is "$? $(sed -n 's/^verdict *//p' "$T/report")" '1 unverified' 'a report without the secret is not verified'
check 'which it says' grep -q '^records .*\[no-secret\]' "$T/report"
is "$(grep -A1 '^findings' "$T/report" | head -n 1)" 'findings  none' 'though nothing is found'
sed 's/^keelson: /[    1.5] evil: &/' "$T/plain" >"$T/forged"
finds '\[forged-record\]' 'records in the kernel'\''s log are found all the same' forged
is "$(grep -c '^devices   none' "$T/.report")" 1 'and do not count'

# ---- secrets ----
printf 'ABCDEF0123456789\n' >"$T/bad"
refuses 2 '\[bad-secret\]' 'an invalid secret' "$BIN/bootlog" --secret "$T/bad" "$T/good"
: >"$T/bad"
refuses 2 '\[bad-secret\]' 'a file without one' "$BIN/bootlog" --secret "$T/bad" "$T/good"
refuses 2 '\[unreadable\]' 'a file that is not there' "$BIN/bootlog" --secret "$T/none" "$T/good"

# ---- bounds ----
seq -f '[    1.000000] BUG: number %.0f' 100000 | cat "$T/good" - >"$T/flood"
check 'so many findings take seconds' timeout 10 sh -c '"$1" --json "$2" >"$3"; [ $? -eq 1 ]' sh \
	"$BIN/bootlog" "$T/flood" "$T/flood.json"
is "$(perl -e 'use JSON::PP; local $/; my $r = decode_json(<STDIN>);
	print scalar @{$r->{findings}} + $r->{more_findings}' <"$T/flood.json")" 100000 \
	'each is kept or counted'
"$BIN/bootlog" --expect rng "$T/flood" >"$T/report"
check "the judge's other findings are kept" grep -q '\[device-missing\]' "$T/report"
seq -f "$(head -c 1000 /dev/zero | tr '\0' x)[    1.000000] y %.0f" 20000 | cat "$T/good" - >"$T/flood"
check 'so do lines that are broken into without end' timeout 10 sh -c '"$1" "$2"; [ $? -eq 1 ]' sh \
	"$BIN/bootlog" "$T/flood"
seq -f 'BUG: %.0f' 5000 | signed | cat - "$T/good" >"$T/flood"
echo BUG: >"$T/allow"
# shellcheck disable=SC2086
check 'an allowed finding does not count, kept or not' "$BIN/bootlog" $expect --allow "$T/allow" "$T/flood"

# ---- before init ----
log early '/keelson: /d'
status 3 "no word of init is another exit status" "$T/early"
status 3 "so is an empty log" /dev/null
log earlypanic '/keelson: /d
	$a [    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs'
status 3 "so is a panic before init" "$T/earlypanic"
check "which the report shows" grep -q 'VFS: Unable to mount' "$T/.report"

# ---- warnings ----
status 1 "--strict counts warnings" --strict "$T/good"
printf '# known\n\nfloppy: no\n' >"$T/allow"
# shellcheck disable=SC2086
check "--strict does not count allowed findings" "$BIN/bootlog" $expect --strict --allow "$T/allow" "$T/good"
"$BIN/bootlog" --allow "$T/allow" "$T/good" >"$T/report"
check "and the report marks it" grep -q '^warnings  (allowed) warning: ' "$T/report"
finds 'device net' "an allowed finding hides no other" missing --allow "$T/allow"
echo 'BUG: twice' >"$T/allow"
# shellcheck disable=SC2086
check "a splat can be allowed" "$BIN/bootlog" $expect --allow "$T/allow" "$T/twice"

# ---- any bytes ----
sed 's/$/\r/' "$T/good" >"$T/crlf"
# shellcheck disable=SC2086
check "lines may end as terminals have it" "$BIN/bootlog" $expect "$T/crlf"
{ printf '\033[2J\033c\000SeaBIOS\rx '; cat "$T/good"; } | sed 's/^keelson/[  9.9] partial\r&/' >"$T/mixed"
# shellcheck disable=SC2086
check "firmware and half lines may stand before a record" "$BIN/bootlog" $expect "$T/mixed"
{ head -c 3000000 /dev/zero | tr '\0' 'x'; printf ' BUG: far\n'; cat "$T/good"; } >"$T/long"
finds 'BUG: far' "a line may be very long" long
head -c 200000 /bin/sh >"$T/binary"
status 3 "a program is not a console" "$T/binary"
{ cat "$T/good"; cat "$T/binary"; } >"$T/garbage"
status 0 "garbage after the end does no harm" --secret "$T/secret" --expect block,net "$T/garbage"
cut_ok=yes
size=$(wc -c <"$T/good") at=0
while [ $at -lt "$size" ]; do
	head -c $at "$T/good" >"$T/cut"
	# shellcheck disable=SC2086
	"$BIN/bootlog" $expect "$T/cut" >/dev/null 2>"$T/.errors"
	case $? in
	1 | 3) [ ! -s "$T/.errors" ] || cut_ok="no: $at" ;;
	0) [ $at -ge $((size - 34)) ] || cut_ok="no: $at" ;; # all but the kernel's farewell
	*) cut_ok="no: $at" ;;
	esac
	at=$((at + 7))
done
is "$cut_ok" yes "a console cut short anywhere never holds"

# ---- could not run ----
refuses 2 'no-such: .*\[unreadable\]: No such file' "a log that is not there" "$BIN/bootlog" "$T/no-such"
refuses 2 '\[unreadable\]' "a directory" "$BIN/bootlog" "$T"
refuses 2 'no-such: .*\[unreadable\]: No such file' "a list of allowed that is not there" \
	"$BIN/bootlog" --allow "$T/no-such" "$T/good"
refuses 2 '--ram: .*\[bad-number\]' "memory that is not a number" "$BIN/bootlog" --ram many "$T/good"
refuses 2 '\[usage\]' "no log at all" "$BIN/bootlog"
refuses 2 '\[usage\]' "an unknown option" "$BIN/bootlog" --nonsense "$T/good"
check "--help" "$BIN/bootlog" --help
[ ! -w /dev/full ] || refuses 2 '\[unwritable\]' "a full disk" sh -c '"$1" "$2" >/dev/full' sh "$BIN/bootlog" "$T/good"

finish
