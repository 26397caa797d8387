#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage show lists what an image holds, and diff how two differ.
. tests/lib.sh
. tests/lib/kimage/fake.sh

show() {
	"$BIN/kimage" show "$@"
}
differ() {
	"$BIN/kimage" diff "$@"
}
# prints NAME LINE: the last output has it
prints() {
	check "$1" grep -qxF -e "$2" "$T/out"
}
inputs "$T/in"
inputs "$T/in.arm64" arm64
pack "$T/in" "$T/good" >/dev/null && pack "$T/in.arm64" "$T/arm64" >/dev/null || exit 2

# ---- show ------------------------------------------------------------------------------
show "$T/good" >"$T/out"
is $? 0 'an image is shown'
prints 'with its name' "name        $REF"
prints 'its digest' "digest      $(digest "$T/good" | tr -d '"')"
prints 'its release' "release     $R"
prints 'the number of its patches' 'patches     1'
prints 'its modules' "modules     3, $(cat "$T"/in/modules/lib/modules/"$R"/kernel/fs/a.ko "$T"/in/modules/lib/modules/"$R"/kernel/fs/a-b.ko \
	"$T"/in/modules/lib/modules/"$R"/kernel/fs/a/b.ko | wc -c) bytes, 3 signed"
prints 'its command line' 'cmdline     console=ttyS0'
prints 'each file with size and hash' "       69632  kernel           $(sha256sum <"$T/in/kernel" | cut -c -12)"
show --json "$T/good" >"$T/json"
is "$(jq -r '.images[0] | .kernel.release, .cmdline, .platform, (.files | length), .files.kernel.size' "$T/json" | tr '\n' ' ')" \
	"$R console=ttyS0 linux/amd64 6 69632 " 'as JSON too'
is "$(jq -r '.images[0].packed' "$T/json")" "$(($(jq '[.images[0].layers[].size] | add' "$T/json") + \
	$("$T/oci" get "$T/good" manifest/config/size) + $("$T/oci" get "$T/good" index/manifests/0/size)))" \
	'with the bytes that travel'
"$BIN/kimage" extract "$T/good" --to "$T/x" kernel config cmdline kernel.json kernel.tar System.map
show --json "$T/x" >"$T/json.dir"
is "$(jq -S '.images[0] | .files, .kernel, .cmdline' "$T/json.dir")" "$(jq -S '.images[0] | .files, .kernel, .cmdline' "$T/json")" \
	'a directory of its files holds the same'
"$BIN/kimage" join --layout "$T/joined" --ref "$REF" "$T/good" "$T/arm64" >/dev/null
is "$(show --json "$T/joined" | jq -r '.images[].platform' | tr '\n' ' ')" 'linux/amd64 linux/arm64/v8 ' 'each platform is shown'
is "$(show --platform linux/arm64 "$T/joined" | grep -c '^arch  *arm64')" 1 'or the one that is chosen'
refuses 1 '\[platform\]' 'no other' show --platform linux/s390x "$T/good"
refuses 2 '\[layout\]' 'a file is not an image' show "$T/in/kernel"
refuses 2 '\[usage\]' 'one at a time' show "$T/good" "$T/x"
cp -R "$T/good" "$T/bad"
blob=$("$T/oci" get "$T/bad" manifest/layers/0/digest | tr -d '"')
printf x | dd of="$T/bad/blobs/sha256/${blob#sha256:}" bs=1 seek=50 conv=notrunc 2>/dev/null
refuses 1 '\[blob\]' 'a damaged layer is not shown' show "$T/bad"
cp -R "$T/x" "$T/y"
echo '{"release":1,"release":2}' >"$T/y/kernel.json"
refuses 1 'kernel.json.*\[json\]' 'nor a kernel.json that is not valid' show "$T/y"
head -c 4194305 /dev/zero >"$T/y/cmdline"
refuses 1 '\[files\]' 'nor a command line of four megabytes' show "$T/y"
printf 'a\033[31mb\n' >"$T/x/cmdline"
is "$(show "$T/x" | grep '^cmdline')" 'cmdline     a\x1b[31mb' 'what a terminal obeys is escaped'

# Layers hide files of those below them.
mkdir -p "$T/l/d/e" "$T/l2/d"
echo 1 >"$T/l/d/e/f"
echo 22 >"$T/l/d/g"
: >"$T/l2/d/.wh.e"
# with_layer DIR: $T/bad with it as one more layer
with_layer() {
	tar -C "$1" --format=gnu -cf "$T/l.tar" .
	gzip -nc "$T/l.tar" >"$T/l.gz"
	h=$(sha256sum <"$T/l.gz" | cut -d ' ' -f 1)
	cp "$T/l.gz" "$T/bad/blobs/sha256/$h"
	"$T/oci" edit "$T/bad" "manifest/layers/+={\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$h\",\"size\":$(wc -c <"$T/l.gz")}" \
		"config/rootfs/diff_ids/+=\"sha256:$(sha256sum <"$T/l.tar" | cut -d ' ' -f 1)\"" config/history
}
rm -r "$T/bad"
cp -R "$T/good" "$T/bad"
with_layer "$T/l"
is "$(show --json "$T/bad" | jq -c '.images[0].files | with_entries(select(.key | startswith("d"))) | map_values(.size)')" \
	'{"d/e/f":2,"d/g":3}' 'files of each layer are listed'
with_layer "$T/l2"
is "$(show --json "$T/bad" | jq -c '.images[0].files | keys - ["System.map","cmdline","config","kernel","kernel.json","kernel.tar"]')" \
	'["d/g"]' 'but not what a whiteout hides'
rm "$T/l2/d/.wh.e"
: >"$T/l2/.wh..wh..opq"
with_layer "$T/l2"
is "$(show --json "$T/bad" | jq -c '.images[0].files')" '{}' 'an opaque directory hides all'

# many COUNT NAME: a tar of so many empty files
many() {
	seq "$1" | sed "s,.*,$2&," >"$T/names"
	mkdir -p "$T/many"
	(cd "$T/many" && xargs mkdir -p <"$T/dirs" && xargs touch <"$T/names")
}
echo . >"$T/dirs"
many 25001 f
rm -r "$T/bad"
cp -R "$T/good" "$T/bad"
with_layer "$T/many"
refuses 1 '\[layer-header\].*more files' 'a layer of 25,001 files is refused' show "$T/bad"
rm -r "$T/many"
d=$(printf %0230d 0)/$(printf %0230d 0)
echo "$d" >"$T/dirs"
many 20000 "$d/"
rm -r "$T/bad"
cp -R "$T/good" "$T/bad"
with_layer "$T/many"
refuses 1 '\[layer-header\].*more files' 'so are nine megabytes of names' show "$T/bad"
rm -r "$T/many"

# ---- diff ---------------------------------------------------------------------------------
differ "$T/good" "$T/good" >"$T/out"
is "$? $(cat "$T/out")" "0 $T/good and $T/good are alike" 'an image does not differ from itself'
cp -R "$T/in" "$T/new"
m=$T/new/modules/lib/modules/$R
echo 'console=hvc0' >"$T/new/cmdline"
sed -i 's/^# CONFIG_KEXEC is not set/CONFIG_KEXEC=y/; $a CONFIG_NEW=m' "$T/new/config"
rm "$m/kernel/fs/a-b.ko"
sed -i '/a-b/d' "$m/modules.dep" "$m/modules.order"
"$T/fake" module x86_64 "$R SMP" another >"$m/kernel/fs/a.ko"
{ "$T/fake" module x86_64 "$R SMP"; echo more; "$T/fake" module x86_64 "$R SMP" s | tail -c 41; } >"$m/kernel/fs/a/b.ko"
sed -i 's/^board fake/board other/; s/^patch .*/patch 0002-b.patch '"$(printf %064d 0)"'/' "$T/new/meta"
pack "$T/new" "$T/changed" >/dev/null || exit 2
differ "$T/good" "$T/changed" >"$T/out"
is $? 1 'images that differ are a finding'
prints 'a fact' 'fact         board: fake -> other'
prints 'the command line' 'fact         cmdline: console=ttyS0 -> console=hvc0'
prints 'an annotation' 'annotation   dev.keelson.kernel.board: fake -> other'
prints 'a patch that is lost' "patch      - 0001-a patch.patch: $(echo | sha256sum | cut -d ' ' -f 1)"
prints 'a new one' "patch      + 0002-b.patch: $(printf %064d 0)"
prints 'a module that is lost' "module     - kernel/fs/a-b.ko: $(wc -c <"$T/in/modules/lib/modules/$R/kernel/fs/a-b.ko") bytes"
old=$(wc -c <"$T/in/modules/lib/modules/$R/kernel/fs/a/b.ko") new=$(wc -c <"$m/kernel/fs/a/b.ko")
prints 'one that changed' "module       kernel/fs/a/b.ko: $old bytes -> $new bytes ($(printf %+d $((new - old))))"
prints 'an option' 'option       KEXEC: n -> y'
prints 'a new one' 'option     + NEW: m'
is "$(grep -c 'fs/a\.ko' "$T/out")" 0 'a module with another signature has the same content'
is "$(differ --json "$T/good" "$T/changed" | jq -c '.config')" \
	'[{"from":"n","name":"KEXEC","to":"y"},{"from":null,"name":"NEW","to":"m"}]' 'as JSON too'
refuses 2 '\[platform\]' 'of several platforms one is chosen' differ "$T/joined" "$T/good"
check 'and compared' differ --platform linux/amd64 "$T/joined" "$T/joined"
refuses 2 '\[layout\]' 'what cannot be read is not a difference' differ "$T/good" "$T/none"
rm -r "$T/bad"
cp -R "$T/good" "$T/bad"
printf x | dd of="$T/bad/blobs/sha256/${blob#sha256:}" bs=1 seek=50 conv=notrunc 2>/dev/null
refuses 2 '\[blob\]' 'nor is damage' differ "$T/good" "$T/bad"
finish
