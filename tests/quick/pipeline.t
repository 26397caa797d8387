#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The whole way from a tarball to an image, on a fake kernel tree: which
# changes rebuild which files, and which are refused.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

# stages NAME WANTED [ARGS...]: which stages a make of $T/out ran.
stages() {
	_name=$1 _wanted=$2
	shift 2
	mk "$T/out" image "$@" >"$T/.make" 2>&1 || diag <"$T/.make"
	is "$(sed -n '/ elapsed/d; s/^  \([A-Z][A-Z]*\) .*/\1/p' "$T/.make" | tr '\n' ' ')" "$_wanted" "$_name"
}

# changed DIGEST: it is valid, and not the first.
changed() {
	is "${#1}" 71 'the image has a digest'
	check 'which is another' [ "$1" != "$first" ]
}

# ---- once, and then nothing -----------------------------------------------------
check 'an image is built from nothing' mk "$T/out" image
first=$(digest "$T/out")
is "${#first}" 71 'the last line has the digest'
check 'the image keeps the contract' "$BIN/kimage" verify "$T/out/image"
name() {
	openssl x509 -in "$T/out/signer.pem" -noout "-$1" | sed 's/[^=]*= *//'
}
check 'the certificate is not self-signed: the kernel would check it at each boot' [ "$(name issuer)" != "$(name subject)" ]
stages 'nothing to do does nothing' ''
is "$(mk "$T/out" -n image | grep -v '^ln\|^cat\|: warning')" '' 'make -n says so too'

find "$T/kernel" "$T/configs" "$T/patches" -exec touch {} +
stages 'a file that is touched but not changed rebuilds nothing' ''
mkdir "$T/moved" && cp "$T/out/dl/linux-6.99.1.tar.xz" "$T/moved/"
stages 'a cache of tarballs elsewhere rebuilds nothing' 'FETCH ' DL="$T/moved"
stages 'and is then settled' '' DL="$T/moved"
is "$(sed -n 's/^file //p' "$T/out/6.99/source")" "$T/moved/linux-6.99.1.tar.xz" 'but is read from then on'
stages 'nor does the way back' 'FETCH '
sed -i 's/a disk and a network/a network and a disk/' "$T/configs/common/net.config"
stages 'a reworded reason rebuilds no kernel' 'CONFIG IMAGE '
stages 'and is then settled' ''
cp "$T/configs/common/net.config" "$T/net.config"
before=$first first=$(digest "$T/out")
check 'kernel.json has the hash of the new fragment' [ "$before" != "$first" ]

printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
stages 'a changed request rebuilds kernel and image' 'CONFIG KERNEL MODULES IMAGE '
second=$(digest "$T/out")
changed "$second"
cp "$T/net.config" "$T/configs/common/net.config"
is "$(digest "$T/out")" "$first" 'taking it back gives the first digest again'

sed -i "s/^CMDLINE.*/CMDLINE := console=ttyS0 it's=\\\\\"a \$\$b\\\\\"/" "$T/configs/boards/x86_64/fake.board"
stages 'a changed command line rebuilds the image alone' 'IMAGE '
# shellcheck disable=SC2016 # as it stands
is "$(cat "$T/out/6.99/x86_64-fake/cmdline")" 'console=ttyS0 it'"'"'s=\"a $b\"' 'with its quotes'
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0/' "$T/configs/boards/x86_64/fake.board"

# Another make holds the lock until this one says that it waits.
lock=$T/out/6.99/x86_64-fake/stage.lock
flock "$lock" sh -c "i=0; until grep -qs '  WAIT ' '$T/.err' || [ \$((i += 1)) -gt 300 ]; do sleep 0.1; done" &
until ! flock -n "$lock" true; do sleep 0.1; done
printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
check 'a build waits for another of the same board' mk "$T/out" image
is "$(grep -c '^  WAIT .*another make' "$T/.err")" 1 'and says so'
wait
cp "$T/net.config" "$T/configs/common/net.config"
is "$(digest "$T/out")" "$first" 'neither takes from the other'

# Another make writes a key there: this one waits.
mkdir "$T/keys"
flock "$T/keys" timeout 0.5 "$BIN/stage" key "$T/keys/it.key" text Makefile
is "$? $(ls "$T/keys")" '124 ' 'a key is not written while another is'
check 'but is after it' "$BIN/stage" key "$T/keys/it.key" text Makefile

cat >"$T/patches/6.99/0001-louder.patch" <<'E2'
From: A Tester <tester@keelson.invalid>
Date: Thu, 29 Feb 2024 12:00:00 +0000
Subject: [PATCH] fake: be louder

Upstream: not suitable, it has no upstream
Signed-off-by: A Tester <tester@keelson.invalid>
---
 src/kernel.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/src/kernel.c b/src/kernel.c
index 1111111..2222222 100644
--- a/src/kernel.c
+++ b/src/kernel.c
@@ -1,6 +1,6 @@
 /* SPDX-License-Identifier: GPL-2.0-only */
 #ifdef LOUD
 const char banner[] = "loud " __FILE__;
 #else
-const char banner[] = "quiet " __FILE__;
+const char banner[] = "louder " __FILE__;
 #endif
E2
echo 0001-louder.patch >"$T/patches/6.99/series"
stages 'a patch rebuilds from the tree on' 'TREE CONFIG KERNEL MODULES IMAGE '
changed "$(digest "$T/out")"
: >"$T/patches/6.99/series"
rm "$T/patches/6.99/0001-louder.patch"
is "$(digest "$T/out")" "$first" 'taking it back gives the first digest again'

# Kbuild's own Kconfig makes another config of it.
cat >"$T/patches/6.99/0001-differ.patch" <<'E2'
From: A Tester <tester@keelson.invalid>
Date: Thu, 29 Feb 2024 12:00:00 +0000
Subject: [PATCH] fake: resolve another config

Upstream: not suitable, it has no upstream
Signed-off-by: A Tester <tester@keelson.invalid>
---
 scripts/sync.sh | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/scripts/sync.sh b/scripts/sync.sh
index 1111111..2222222 100644
--- a/scripts/sync.sh
+++ b/scripts/sync.sh
@@ -1,2 +1,2 @@
 # SPDX-License-Identifier: GPL-2.0-only
-:
+echo CONFIG_OTHER=y >>"$1"
E2
echo 0001-differ.patch >"$T/patches/6.99/series"
refuses 2 '\[config-differs\]' 'a config of which Kbuild makes another stops the build' mk "$T/out" image
is "$(find "$T/out/6.99/linux/x86_64-fake" -name '*.o')" '' 'before anything is compiled'
: >"$T/patches/6.99/series"
rm "$T/patches/6.99/0001-differ.patch"
is "$(digest "$T/out")" "$first" 'taking it back gives the first digest again'

check 'a flavour has another image' mk "$T/out" image FLAVOUR=loud
check 'which can be read' "$BIN/kimage" extract "$T/out/image" --to "$T/loud" kernel.json
is "$(grep -Eo '"(flavour|rebuild)": ?"[^"]*loud"' "$T/loud/kernel.json" | wc -l)" 2 'and has the command to rebuild it'
is "$(grep -o '"exceptions":.*"until":"7.0"}\]' "$T/loud/kernel.json" | sed 's/"at":"[^"]*:/"at":"/')" \
	'"exceptions":[{"at":"8","kind":"override","option":"CONFIG_LOCALVERSION=\"-fake-loud\"","owner":"tester","reason":"one board has two kernels","until":"7.0"}]' \
	'and which request of the base it overrides'
sed -i 's/one board has two/a board has two/' "$T/configs/flavours/loud.config"
stages 'a reworded exception rebuilds the image alone' 'CONFIG IMAGE ' FLAVOUR=loud
is "$(digest "$T/out")" "$first" 'beside the one without'

# ---- working with the config ----------------------------------------------------
prints 'requested as m at .*common/net.config:' 'make why names the requesting fragment' why SYMBOL=FAKE_NET
prints '"code": "select"' 'as JSON too' why SYMBOL=FAKE_VIRTIO JSON=1
refuses 2 'make why: SYMBOL .*\[knob-missing\]' 'without an option it says how' mk "$T/out" why
check 'make resolved writes the list for a review' mk "$T/out" resolved
is "$(grep -c 'FAKE_BLK=m .*# asked' "$T/configs/resolved/6.99/x86_64-fake.config")" 1 'with the origins'
sed -i 's/^CONFIG_FAKE_BLK=m/CONFIG_FAKE_BLK=y/' "$T/configs/common/net.config"
prints '~ FAKE_VIRTIO: m -> y .*select' 'make diff shows the effect of a change' diff
sed -i 's/^CONFIG_FAKE_BLK=y/CONFIG_FAKE_BLK=m/' "$T/configs/common/net.config"
prints ' 0 differences' 'and that taking it back does nothing' diff
prints 'are enabled without a request' 'make surface counts options without a request' surface
prints '^ *1  system-calls$' 'and the interfaces' surface
prints '"enabled-options": \{' 'JSON=1 prints names for programs' surface JSON=1
grep -v '^CONFIG_NET=' "$T/out/6.99/x86_64-fake/config" >"$T/other.config"
prints '^ *\+ NET$' 'AGAINST= lists the differences from another .config' surface AGAINST="$T/other.config"
refuses 2 '\[unknown-value\]' 'and refuses another name' mk "$T/out" surface AGAINST=none
prints '6.99/x86_64-fake: .* 0 lost' 'make lost lists each board' lost
echo CONFIG_FAKE_LOUD=y >"$T/theirs"
prints '^CONFIG_FAKE_LOUD=y' 'make import makes a fragment' import CONFIG="$T/theirs"

# Another architecture, whose compiler this machine lacks: the record has its answers.
mkdir "$T/configs/boards/arm64" "$T/elsewhere"
sed 's/bzImage/Image/' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/arm64/fake.board"
cp "$T/configs/resolved/6.99/x86_64.probes" "$T/configs/resolved/6.99/arm64.probes"
echo "$PATH" | tr : '\n' | while read -r dir; do
	find "$dir/" -maxdepth 1 ! -name 'aarch64-*' ! -type d -exec ln -st "$T/elsewhere" {} + 2>/dev/null
done
tells_elsewhere() {
	_path=$PATH
	# shellcheck disable=SC2123 # it is that
	PATH=$T/elsewhere
	prints "$@" ARCH=arm64
	PATH=$_path
}
tells_elsewhere '\[committed-probes\]' 'make why of another arch needs no compiler of it' why SYMBOL=FAKE_NET
is "$(grep -c 'is m \[held\]' "$T/printed")" 1 'and says the same'
tells_elsewhere '6.99/arm64-fake: .* 0 lost' 'nor does make lost' lost
tells_elsewhere '^CONFIG_FAKE_LOUD=y' 'nor make import' import CONFIG="$T/theirs"
refuses 2 'aarch64-linux-gnu-gcc' 'make config does' env PATH="$T/elsewhere" make KERNELS="$T/kernel" \
	CONFIGS="$T/configs" SERIES=6.99 BOARD=fake ARCH=arm64 OUT="$T/out" config
prints ' 0 answered differently' 'make toolchain-diff compares with the record' toolchain-diff

# ---- refusals -------------------------------------------------------------------
mkdir "$T/a space" && cp Makefile "$T/a space/"
refuses 2 '\[checkout-path\]' 'a space in the path of the checkout is refused' make -C "$T/a space" image

printf '\n# No tree has this.\nCONFIG_FAKE_NOSUCH=y\n' >>"$T/configs/common/net.config"
refuses 2 'net.config:[0-9]+: CONFIG_FAKE_NOSUCH=y LOST' 'a lost request stops the build' mk "$T/out"
cp "$T/net.config" "$T/configs/common/net.config"
echo 'CONFIG_NET' >>"$T/configs/common/net.config"
refuses 2 'net.config:[0-9]+: .*\[not-understood\]' 'a bad line in a fragment stops the build' mk "$T/out"
sed -i '$d' "$T/configs/common/net.config"
is "$(digest "$T/out")" "$first" 'nothing was lost by any of that'

sed -i 's/=m$/=y/' "$T/configs/common/net.config"
refuses 2 'no module|zero module' 'an image without modules, where there should be some, is refused' mk "$T/out"
sed -i 's/^\(CONFIG_FAKE.*\)=y$/\1=m/' "$T/configs/common/net.config"

sed -n '/PRIVATE/,/END PRIVATE/p' "$T/key.pem" >"$T/keyonly.pem"
refuses 2 'holds no certificate' 'a signing key without its certificate is refused' \
	mk "$T/nocert" SIGN_KEY="$T/keyonly.pem"
mkdir "$T/path"
for p in make sh sed grep tr date uname head; do
	ln -s "$(command -v $p)" "$T/path/$p"
done
refuses 2 "gcc \(package gcc\), which .* run 'make setup'" 'a missing compiler is reported with its package' \
	env PATH="$T/path" make KERNELS="$T/kernel" CONFIGS="$T/configs" SERIES=6.99 BOARD=fake OUT="$T/out" image
cp "$T/linux-6.99.1.tar.xz" "$T/good.tar.xz"
printf xxxxxxxx | dd of="$T/out/dl/linux-6.99.1.tar.xz" bs=1 seek=100 conv=notrunc 2>/dev/null
printf xxxxxxxx | dd of="$T/linux-6.99.1.tar.xz" bs=1 seek=100 conv=notrunc 2>/dev/null
rm "$T/out/6.99/tree.stamp"
refuses 2 'linux-6.99.1.tar.xz' 'a corrupted cache stops the build before it is unpacked' mk "$T/out"
cp "$T/good.tar.xz" "$T/linux-6.99.1.tar.xz"
cp "$T/good.tar.xz" "$T/out/dl/linux-6.99.1.tar.xz"

: >"$T/file"
refuses 2 "$T/file" 'a place that cannot be written is an error' mk "$T/file/out"
is "$(digest "$T/out")" "$first" 'nothing was lost by that either'
finish
