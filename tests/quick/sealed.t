#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Results in OUT are checked against the records of their stages, at any setting of the clock: on
# a fake kernel tree.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

B=$T/out/6.99/x86_64-fake
first=$(digest "$T/out")
is "${#first}" 71 'an image is built'
config=$(cat "$B/config")
layer=$(find "$B/image/blobs/sha256" -type f -printf '%s %p\n' | sort -n | sed -n '$s/^[0-9]* //p')

# flip FILE: a bit of a byte in its middle
flip() {
	_at=$(($(wc -c <"$1") / 2))
	_byte=$(dd if="$1" bs=1 skip=$_at count=1 2>/dev/null | od -An -tu1)
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %o $((_byte ^ 1)))" | dd of="$1" bs=1 seek=$_at conv=notrunc 2>/dev/null
}
# In the same second, and with its old time.
quietly() {
	cp -p "$2" "$T/time" && "$1" "$2" && touch -r "$T/time" "$2"
}
shorter() {
	truncate -s -1 "$1"
}
other() {
	sed -i 's/^CONFIG_NET=y/# CONFIG_NET is not set/' "$1"
}

# heals NAME FILE STAGES COMMAND...: after COMMAND, make reports FILE, runs STAGES, and has the
# first image again.
heals() {
	_name=$1 _file=$2 _stages=$3
	shift 3
	"$@"
	mk "$T/out" image >"$T/make" 2>&1
	is "$? $(sed -n '/ elapsed/d; s/^  \([A-Z][A-Z]*\) .*/\1/p' "$T/make" | tr '\n' ' ')" "0 $_stages" "$_name: make makes it again"
	is "$(grep -c "$_file: .*\[changed-output\]" "$T/make")" 1 'and reports it'
	is "$(digest "$T/out")" "$first" 'the image is the first again'
	is "$(mk "$T/out" image)" "$(cat "$B/image.line")" 'and settled'
}
heals 'an edited config' /config 'CONFIG ' other "$B/config"
is "$(cat "$B/config")" "$config" 'the config is the proven one'
heals 'an edited config with its old time' /config 'CONFIG ' quietly other "$B/config"
heals 'a removed config' /config 'CONFIG ' rm "$B/config"
heals 'a flipped bit in the kernel' /kernel 'KERNEL ' flip "$B/stage/kernel"
heals 'one in System.map' /System.map 'KERNEL ' flip "$B/stage/System.map"
heals 'one in a module as it was built' /fake_net.ko 'KERNEL ' flip "$B/stage/modules/lib/modules/6.99.1-fake/kernel/fake_net.ko"
heals 'one in a signed module' /fake_net.ko 'MODULES ' flip "$B/modules/lib/modules/6.99.1-fake/kernel/fake_net.ko"
heals 'a module that nothing made' /more.ko 'MODULES ' \
	cp "$B/modules/lib/modules/6.99.1-fake/kernel/fake_net.ko" "$B/modules/lib/modules/6.99.1-fake/kernel/more.ko"
heals 'a flipped bit in the image' "/${layer##*/}" 'IMAGE ' quietly flip "$layer"
heals 'a short blob' "/${layer##*/}" 'IMAGE ' shorter "$layer"
heals 'a removed blob' "/${layer##*/}" 'IMAGE ' rm "$layer"
heals 'an edited index' /index.json 'IMAGE ' sed -i 's/keelson/other/' "$B/image/index.json"
heals 'another certificate' /signer.pem '' flip "$T/out/signer.pem"
heals 'a release that is another' /source 'FETCH ' sed -i 's/^sha256 /&0/' "$T/out/6.99/source"

# A stage that reads a file finds a change which keeps its size and times.
(cd "$B" && flip stage/kernel && stat=$(find stage/kernel -printf 'stat %s %T@ %C@ %p') &&
	sed -i "s|^stat .* stage/kernel\$|$stat|" kernel.stamp)
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0 quiet/' "$T/configs/boards/x86_64/fake.board"
refuses 2 'stage/kernel: .*\[changed-output\]' 'a stage finds a hidden change of its input' mk "$T/out" image
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0/' "$T/configs/boards/x86_64/fake.board"
is "$(digest "$T/out")" "$first" 'and the next make makes it again'

# A tool that was half written.
mkdir "$T/bin"
for tool in kimage fetch; do
	check "$tool is made" mk "$T/out" BIN="$T/bin" "$T/bin/$tool"
	truncate -s 4096 "$T/bin/$tool"
	mk "$T/out" BIN="$T/bin" "$T/bin/$tool" >"$T/make" 2>&1
	is "$? $(grep -c "/$tool: .*\[changed-output\]" "$T/make")" '0 1' 'half of it is made again'
	check 'and works' "$T/bin/$tool" --help
done

# The tool that writes the stamps: half of it, an older one, none. Its stamps hold.
mk "$T/out" BIN="$T/bin" image >"$T/make" 2>&1
for wreck in 'truncate -s 4096' 'truncate -s 0' 'touch -d 1990-01-01' rm; do
	$wreck "$T/bin/stage"
	is "$(mk "$T/out" BIN="$T/bin" -n image | grep -c 'stage run')" 13 "after $wreck stage, no stamp is trusted"
	mk "$T/out" BIN="$T/bin" image >"$T/make" 2>&1
	is "$? $(sed -n 's/^  \([A-Z][A-Z]*\) .*/\1/p' "$T/make" | tr '\n' ' ')" '0 TOOL ' 'make builds it, and nothing else'
	is "$(mk "$T/out" BIN="$T/bin" -n image | grep -c 'stage run')" 0 'and settled'
done

# ---- a clock that was ahead --------------------------------------------------------
# ahead: all that was built has a time of tomorrow
ahead() {
	find "$T/out" -exec touch -d tomorrow {} +
}
stages() {
	_name=$1 _wanted=$2
	shift 2
	mk "$T/out" image "$@" >"$T/make" 2>&1 || diag <"$T/make"
	is "$(sed -n '/ elapsed/d; s/^  \([A-Z][A-Z]*\) .*/\1/p' "$T/make" | tr '\n' ' ')" "$_wanted" "$_name"
}
ahead
stages 'times of tomorrow rebuild nothing' ''
ahead
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0 quiet/' "$T/configs/boards/x86_64/fake.board"
stages 'a changed command line is packed all the same' 'IMAGE '
cp "$T/configs/common/net.config" "$T/net.config"
ahead
printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
stages 'a changed request is built' 'CONFIG KERNEL MODULES IMAGE '
is "$(grep -c '\[future-dates\]' "$T/make")" 1 'from objects that have no time in the future'
"$BIN/kimage" extract "$T/out/image" --to "$T/x" kernel cmdline
is "$(cat "$T/x/cmdline") $(grep -ac '^loud\|loud src' "$T/x/kernel")" 'console=ttyS0 quiet 1' 'and is in the image'
ahead
cp "$T/net.config" "$T/configs/common/net.config"
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0/' "$T/configs/boards/x86_64/fake.board"
is "$(digest "$T/out")" "$first" 'taking both back gives the first image again'
ahead
sed "s/^date .*/date 2024-02-29T12:00:00Z\n# reworded/" "$T/kernel/6.99/release" >"$T/lock" && cp "$T/lock" "$T/kernel/6.99/release"
stages 'so is a changed lock' 'FETCH '
ahead
mk "$T/out" BIN="$T/bin" "$T/bin/kimage" >"$T/make" 2>&1
find "$T/bin" -exec touch -d tomorrow {} +
echo stale >"$T/bin/kimage.key"
touch -d tomorrow "$T/bin/kimage.key"
mk "$T/out" BIN="$T/bin" "$T/bin/kimage" >"$T/make" 2>&1
is "$(grep -c '^  TOOL ' "$T/make")" 1 'a tool whose key changes is made again'

# ---- two makes at once --------------------------------------------------------------
failed='' waited=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sed -i "s/^CMDLINE.*/CMDLINE := console=ttyS0 try=$i/" "$T/configs/boards/x86_64/fake.board"
	[ $((i % 4)) -ne 0 ] || rm -f "$B"/*.stamp
	mk "$T/out" image >"$T/one" 2>&1 &
	mk "$T/out" image >"$T/two" 2>&1 || failed="$failed two:$i"
	wait $! || failed="$failed one:$i"
	! grep -q '  WAIT ' "$T/one" "$T/two" || waited=$((waited + 1))
	# Each stage runs once.
	[ "$(cat "$T/one" "$T/two" | grep -c '^  IMAGE ')" = 1 ] || failed="$failed images:$i"
	"$BIN/kimage" verify "$T/out/image" >/dev/null 2>&1 || failed="$failed verify:$i"
done
is "$failed" '' 'of 20 pairs of makes at once each ends well'
[ $waited -ge 5 ] && ok "in $waited of 20 one waits" || not_ok "in only $waited of 20 one waits"
finish
