#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table of docs/figures.md: a row for each machine that a build was booted on, and none for a boot
# that did not hold.
# shellcheck disable=SC2016 # sed expressions
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

# booted DEVICE VERDICT [EXPRESSION]: with a change of sed
booted() {
	printf "%s\n" "{" "\"verdict\": \"$2\", \"init_ms\": 1234," "\"mem_given_kb\": 524288, \"mem_available_kb\": 468787," \
		"\"devices\": [\"net fail no answer\", \"$1\", \"settings ok 6 hold\"]" "}" |
		sed "${3-}" >"$board/boot/q35/report.json"
}
report() {
	"$BIN/bootlog" rows "$1" "$T/out" "$T/configs" "$T/kernel" 6.99/x86_64-fake=q35
}
row='| 6.99.1 (6.99) | x86_64 fake | 2 | 1.50 MB | 1 | 2.50 MB | q35'

booted 'block ok /dev/vda' held
check 'a boot that held gives a table' report "$T/page"
is "$(sed -n '1p;2p;$p' "$T/page" | tr '\n' '|')" 'before|<!-- figures: written here -->|after|' 'in its place'
is "$(grep -c old "$T/page") $(grep '^| 6' "$T/page")" "0 $row | 1234 ms | 54.2 MiB |" 'with a row for the machine'
echo 400000 >"$board/packed"
check 'so does one whose kernel is not packed' report "$T/page"
is "$(grep -c '| 1.50 MB, packed 0.40 MB |' "$T/page")" 1 'and the table has its size after gzip'
echo 1500000 >"$board/packed"
booted 'block fail' held
check 'a machine without devices is reported' report "$T/page"
is "$(grep '^| 6' "$T/page")" "$row, without the devices it is for | 1234 ms | 54.2 MiB |" 'in its row'
booted 'net fail no answer' finding
cp "$T/page" "$T/kept"
refuses 2 'q35/report.json: the boot did not hold' 'a boot with a finding gives no figures' report "$T/page"
check 'and the table stays' cmp "$T/kept" "$T/page"
rm "$board/boot/q35/report.json"
refuses 2 "q35/report.json: .*\\[no-boot\\]; 'make report' boots that machine" 'so does none' report "$T/page"
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

# ---- malformed files ------------------------------------------------------------
printf '%s\n' '<!-- figures: written here -->' '| 6.99.1 (6.99) | arm64 fake | 9 | x |' '<!-- end of figures -->' >"$T/page"
cp "$T/page" "$T/kept"
# malformed EXPRESSION CODE NAME: the report after sed
malformed() {
	booted 'block ok /dev/vda' held "$1"
	refuses 2 "^bootlog: .*q35/report.json: .*\\[$2\\]" "$3" report "$T/page"
}
malformed '$d' bad-report 'a report that is cut short is refused'
is "$(grep -c 'line [0-9]* is not valid JSON' "$T/.err")" 1 'with its line'
malformed 's/"verdict"/"verdikt"/' bad-report 'so is one without a verdict'
malformed 's/"held"/1/' bad-report 'one whose verdict is a number'
malformed 's/1234/"1234"/' bad-report 'one whose time is a text'
malformed 's/1234/-1/' bad-report 'one without a time'
malformed 's/468787/524289/' bad-report 'one with more memory than the guest was given'
malformed 's/"devices": .*/"devices": "net ok"/' bad-report 'one without a list of devices'
malformed 's/.init_ms.: 1234/&, &/' bad-report 'one that says a thing twice'
malformed 's/"held"/"unverified"/' not-held 'and one that is not verified'
booted 'block ok /dev/vda' held
for file in stage/release stage/kernel packed config image modules; do
	mv "$board/$file" "$T/away"
	refuses 2 "/$file: .*\\[unreadable\\]; run make report" "a build without $file is refused" report "$T/page"
	mv "$T/away" "$board/$file"
done
echo 15x >"$board/packed"
refuses 2 '/packed: is not a number \[unreadable\]' 'so is a size that is not a number' report "$T/page"
echo 1500000 >"$board/packed"
for build in 6.99/x86_64-fake x86_64-fake=q35 6.99/../x=q35 ../x-y=q35 '6.99/x86_64-a b=q35'; do
	refuses 2 '^bootlog: .*\[usage\]' "$build is not a build" "$BIN/bootlog" rows "$T/page" "$T/out" "$T/configs" "$T/kernel" "$build"
done
check 'and the table stays after all that' cmp "$T/kept" "$T/page"
for row in '| 6.99.1 | arm64 fake | 9 |' '| 6.99.1 (6.99) | arm64 | fake | 9 |' '| 6.99.1 (../..) | arm64 fake | 9 |' \
	'| 6.99.1 (6.99) | arm64 ../../fake | 9 |' '| 6'; do
	sed "2s,.*,$row," "$T/kept" >"$T/page"
	refuses 2 "page:2: .*\\[bad-row\\]" "'$row' is not a row" report "$T/page"
done
sed '$d' "$T/kept" >"$T/page"
refuses 2 "page: no .*\\[no-table\\]" 'nor is a table without an end one' report "$T/page"
printf "a\0b\n" >>"$T/page"
refuses 2 'page: has a NUL byte \[unreadable\]' 'nor is a file that is not text' report "$T/page"
refuses 2 'none: .*\[unreadable\]' 'a page that is missing is an error' report "$T/none"
refuses 2 '\[usage\]' 'so is a command line without builds' "$BIN/bootlog" rows "$T/page" "$T/out" "$T/configs" "$T/kernel"
cp "$T/kept" "$T/page"
report "$T/page" >"$T/shown"
is "$? $(head -n 1 "$T/shown" | cut -c -18) $(tail -n 1 "$T/shown")" "0 | kernel | board | report: $T/page has 2 rows of figures" \
	'the table is printed, and the last line names the page'
touch -d 2001-01-01 "$T/page"
report "$T/page" >"$T/shown"
is "$(date -r "$T/page" +%Y)" 2001 'an unchanged page keeps its time'
finish
