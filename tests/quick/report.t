#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table of docs/figures.md: a row for each machine that a build was booted on, and none for a boot
# that did not hold.
. tests/lib.sh

board=$T/out/6.99/x86_64-fake
mkdir -p "$board/stage" "$board/image" "$board/modules" "$board/boot/q35" "$T/configs/boards/x86_64" \
	"$T/configs/boards/arm64" "$T/kernel/6.99" "$T/kernel/7.10"
echo 'MACHINES := q35' >"$T/configs/boards/x86_64/fake.board"
echo 'MACHINES := virt' >"$T/configs/boards/arm64/fake.board"
echo 'version 6.99.1' >"$T/kernel/6.99/release"
echo 'version  7.10.2' >"$T/kernel/7.10/release"
echo 6.99.1-fake >"$board/stage/release"
head -c 1500000 /dev/zero >"$board/stage/kernel"
echo 1500000 >"$board/packed"
head -c 2500000 /dev/zero >"$board/image/blob"
: >"$board/modules/a.ko"
printf '%s\n' CONFIG_A=y CONFIG_B=m '# CONFIG_C is not set' >"$board/config"
printf '%s\n' before '<!-- figures: written here -->' old '<!-- end of figures -->' after >"$T/page"

# booted DEVICES VERDICT
booted() {
	printf '%s\n' 'init      1234 ms after the kernel' 'memory    30.5 MiB used of 488.3 MiB; 23.7 MiB of' \
		'virtio    virtio0 ok modern' "devices   $1" '          settings ok 6 hold' \
		"verdict   $2" >"$board/boot/q35/report"
}
report() {
	scripts/make/report.sh "$1" "$T/out" "$T/configs" "$T/kernel" 6.99/x86_64-fake=q35
}
row='| 6.99.1 (6.99) | x86_64 fake | 2 | 1.50 MB | 1 | 2.50 MB | q35'

booted 'block ok /dev/vda' held
check 'a boot that held gives a table' report "$T/page"
is "$(sed -n '1p;2p;$p' "$T/page" | tr '\n' '|')" 'before|<!-- figures: written here -->|after|' 'in its place'
is "$(grep -c old "$T/page") $(grep '^| 6' "$T/page")" "0 $row | 1234 ms | 54.2 MiB |" 'with a row for the machine'
echo 400000 >"$board/packed"
check 'so does one whose kernel is not packed' report "$T/page"
is "$(grep -c '| 1.50 MB, packed 0.40 MB |' "$T/page")" 1 'and the table has what gzip leaves of it'
echo 1500000 >"$board/packed"
booted 'settings ok 6 hold' held
check 'a machine without devices is reported' report "$T/page"
is "$(grep '^| 6' "$T/page")" "$row, without the devices it is for | 1234 ms | 54.2 MiB |" 'in its row'
booted 'net fail no answer' finding
cp "$T/page" "$T/kept"
refuses 2 'q35/report: the boot did not hold' 'a boot with a finding gives no figures' report "$T/page"
check 'and the table stays' cmp "$T/kept" "$T/page"
rm "$board/boot/q35/report"
refuses 2 "q35/report: missing; 'make report' boots that machine" 'so does none' report "$T/page"
booted 'block ok /dev/vda' held

cat >"$T/page" <<'E'
| 6.99.1 (6.99) | arm64 fake | 8 | outside of the table |
<!-- figures: written here -->
| 7.10.2 (7.10) | arm64 fake | 9 | of its first machine |
| 7.10.2 (7.10) | arm64 fake | 9 | of another |
| 7.10.1 (7.10) | x86_64 fake | 9 | of an earlier release |
| 6.99.1 (6.99) | arm64 fake | 9 | not built here |
| 6.99.1 (6.99) | arm64 none | 9 | of a removed board |
| 6.99.1 (6.99) | x86_64 fake | 9 | before this build |
| 6.98.1 (6.98) | x86_64 fake | 9 | of a removed series |
<!-- end of figures -->
E
check 'a table has rows of boards that are not built here' report "$T/page"
is "$(sed -n 's/.*| \([a-z0-9_]* [a-z]*\) | 9 | \(.*\) |$/\1: \2/p; s/.* ms | .*/built/p' "$T/page" | tr '\n' '|')" \
	'arm64 fake: not built here|built|arm64 fake: of its first machine|arm64 fake: of another|' \
	'which stay, if the release and the board are still ours'
echo nothing >"$T/page"
refuses 2 "page: no '<!-- figures" 'a file without the place for a table is refused' report "$T/page"
is "$(cat "$T/page")" nothing 'and stays as it is'
finish
