#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A hundred random damages of a layout: verify finds each, and extract gives the right bytes or none.
. tests/lib.sh
. tests/lib/kimage/fake.sh

gcc -o "$T/corrupt" tests/lib/kimage/corrupt.c || exit 2
inputs "$T/in"
inputs "$T/in.arm64" arm64
pack "$T/in" "$T/one" >/dev/null && pack "$T/in.arm64" "$T/two" >/dev/null &&
	"$BIN/kimage" join --layout "$T/good" --ref "$REF" "$T/one" "$T/two" >/dev/null || exit 2
"$BIN/kimage" extract "$T/good" --platform linux/amd64 --to "$T/x" kernel kernel.tar config >/dev/null
check 'the layout is good' "$BIN/kimage" verify --name "$REF" "$T/good"

found=0 wrong=0 same=0
: >"$T/missed"
for i in $(seq 100); do
	rm -rf "$T/bad" "$T/y"
	cp -R "$T/good" "$T/bad"
	how=$("$T/corrupt" "$T/bad" "$i") || exit 2
	diff -r "$T/good" "$T/bad" >/dev/null && same=$((same + 1))
	echo "${how%% *} ${how#* }" >>"$T/how"
	"$BIN/kimage" verify --name "$REF" "$T/bad" >"$T/out" 2>"$T/err"
	st=$?
	if [ $st = 1 ] && grep -q '\[[a-z-]*\]' "$T/err"; then
		found=$((found + 1))
	else
		echo "$i: $how: status $st" >>"$T/missed"
	fi
	"$BIN/kimage" extract "$T/bad" --name "$REF" --platform linux/amd64 --to "$T/y" kernel kernel.tar config >/dev/null 2>&1 || continue
	diff -r "$T/x" "$T/y" >/dev/null || wrong=$((wrong + 1))
done
is $same 0 'each damage changes the layout'
is "$found $(cat "$T/missed")" '100 ' 'verify finds all of them'
is $wrong 0 'extract never writes other bytes'
is "$(sed 's/^a bit.*/bit/; s/^cut.*/cut/; s/^two.*/swap/; s/^.* more$/more/; s/^[0-9].*/bytes/; s/^.. for.*/edit/; s/^.*for .*/edit/' "$T/how" |
	sort -u | tr '\n' ' ')" 'bit bytes cut edit more swap ' 'of every kind'
finish
