#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The whole way from a tarball to an image, on a fake kernel tree: what is rebuilt
# when, and what is refused.
. tests/lib.sh
. tests/fake/pipeline.sh

# stages NAME WANTED: which stages a make of $T/out ran.
stages() {
	mk "$T/out" image >"$T/.make" 2>&1 || diag <"$T/.make"
	is "$(sed -n '/ steps/d; s/^  \([A-Z][A-Z]*\) .*/\1/p' "$T/.make" | tr '\n' ' ')" "$2" "$1"
}

# changed DIGEST: it is one, and not the first.
changed() {
	is "${#1}" 71 'the image has a digest'
	check 'which is another' [ "$1" != "$first" ]
}

# ---- once, and then nothing -----------------------------------------------------
check 'an image is built from nothing' mk "$T/out" image
first=$(digest "$T/out")
is "${#first}" 71 'the last line tells the digest'
check 'the image keeps the contract' "$BIN/kimage" verify "$T/out/image"
stages 'nothing to do does nothing' ''
is "$(mk "$T/out" -n image | grep -v '^ln\|^cat\|: warning')" '' 'make -n says so too'

find "$T/kernel" "$T/configs" "$T/patches" -exec touch {} +
stages 'what is touched but not changed rebuilds nothing' ''
sed -i 's/a disk and a network/a network and a disk/' "$T/configs/common/net.config"
stages 'a reworded reason rebuilds no kernel' 'CONFIG '
stages 'and is then settled' ''

printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
stages 'a changed request rebuilds kernel and image' 'CONFIG KERNEL MODULES IMAGE '
second=$(digest "$T/out")
changed "$second"
sed -i '/The kernel alone/,$d' "$T/configs/common/net.config"
is "$(digest "$T/out")" "$first" 'taking it back gives the first digest again'

sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0 quiet/' "$T/configs/boards/x86_64/fake.board"
stages 'a changed command line rebuilds the image alone' 'IMAGE '
sed -i 's/^CMDLINE.*/CMDLINE := console=ttyS0/' "$T/configs/boards/x86_64/fake.board"

cat >"$T/patches/6.99/0001-louder.patch" <<'E2'
From: A Tester <tester@keelson.invalid>
Date: Thu, 29 Feb 2024 12:00:00 +0000
Subject: [PATCH] fake: be louder

Upstream: not suitable, there is no upstream
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

# ---- working with the config ----------------------------------------------------
# tells PATTERN NAME GOAL...: the goal ends well and says it
tells() {
	_pattern=$1 _name=$2
	shift 2
	if mk "$T/out" -s "$@" >"$T/told" 2>&1 && grep -Eq -e "$_pattern" "$T/told"; then
		ok "$_name"
	else
		not_ok "$_name"
		diag <"$T/told"
	fi
}
tells 'asked for as m at .*common/net.config:' 'make why tells who asked' why SYMBOL=FAKE_NET
tells '"code": "select"' 'as JSON too' why SYMBOL=FAKE_VIRTIO JSON=1
refuses 2 'make why SYMBOL=' 'without an option it says how' mk "$T/out" why
check 'make resolved writes what a review reads' mk "$T/out" resolved
is "$(grep -c 'FAKE_BLK=m .*# asked' "$T/configs/resolved/6.99/x86_64-fake.config")" 1 'with the origins'
sed -i 's/^CONFIG_FAKE_BLK=m/CONFIG_FAKE_BLK=y/' "$T/configs/common/net.config"
tells '~ FAKE_VIRTIO: m -> y .*select' 'make diff tells what a change does' diff
sed -i 's/^CONFIG_FAKE_BLK=y/CONFIG_FAKE_BLK=m/' "$T/configs/common/net.config"
tells ' 0 differences' 'and that taking it back does nothing' diff
tells 'are on though nobody asks' 'make surface counts what nobody asks for' surface
tells '6.99/x86_64-fake: .* 0 lost' 'make lost tells of each board' lost
echo CONFIG_FAKE_LOUD=y >"$T/theirs"
tells '^CONFIG_FAKE_LOUD=y' 'make import makes a fragment' import CONFIG="$T/theirs"
tells ' 0 answered differently' 'make toolchain-diff compares with the record' toolchain-diff

# ---- every board ----------------------------------------------------------------
tells '"6.99/x86_64-fake", "command": "make SERIES=6.99 ARCH=x86_64 BOARD=fake image"' \
	'make matrix-json lists the jobs' matrix-json
check 'make all-images joins what there is' mk "$T/out" all-images
check 'to an image' "$BIN/kimage" verify "$T/out/image"
mkdir "$T/configs/boards/arm64"
sed 's/^FRAGMENTS.*/FRAGMENTS := common\/none/' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/arm64/fake.board"
mk "$T/out" BOARD=fake matrix >"$T/told" 2>&1
is "$? $(grep -c 'x86_64-fake/image digest' "$T/told") $(grep -c 'none.config' "$T/told")" '2 1 1' \
	'a board that fails does not keep make matrix from the others'
cp "$T/configs/boards/x86_64/fake.board" "$T/configs/boards/arm64/"
mkdir "$T/lacks"
ln -s /usr/bin/* /usr/sbin/* "$T/lacks/" 2>/dev/null
rm -f "$T/lacks/aarch64-linux-gnu-gcc"
# shellcheck disable=SC2123 # that is the point
(PATH=$T/lacks && export PATH && mk "$T/out" BOARD=fake matrix) >"$T/told" 2>&1
is "$? $(grep -c 'x86_64-fake/image digest' "$T/told") $(grep -c 'aarch64-linux-gnu-gcc (package' "$T/told")" '2 1 1' \
	'nor does a compiler that is missing'
rm -r "$T/configs/boards/arm64"

# ---- what is refused ------------------------------------------------------------
refuses 2 "unknown ARCH 'vax'; known: .*x86_64" 'an unknown ARCH is answered with the known ones' mk "$T/out" ARCH=vax
refuses 2 "unknown SERIES '9.9'; known: 6.99" 'an unknown SERIES too' mk "$T/out" SERIES=9.9
refuses 2 "unknown BOARD 'bed'.*known: fake" 'an unknown BOARD too' mk "$T/out" BOARD=bed
sed 's/^MACHINES.*//' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/x86_64/half.board"
refuses 2 'half.board: MACHINES is missing' 'a board without a key is refused' mk "$T/out" BOARD=half
sed 's/^BUDGET.*/BUDGET := 100/' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/x86_64/fat.board"
cp -R "$T/out/6.99/x86_64-fake" "$T/out/6.99/x86_64-fat"
refuses 2 'fat.board: BUDGET is 100 bytes, the kernel file has [0-9]+' 'a kernel above its budget is refused' \
	mk "$T/out" BOARD=fat
check 'and no image is left' [ ! -e "$T/out/6.99/x86_64-fat/image.stamp" ]
rm "$T/configs/boards/x86_64/fat.board"

echo 'console=ttyS FAKE_SERIAL,FAKE_LOUD the console' >"$T/configs/needs"
refuses 2 'fake.board: console=ttyS... needs CONFIG_FAKE_SERIAL=y, which is off: the console' \
	'a board without a driver for its console is told so before the build' mk "$T/out" config
refuses 2 'fake.board: CMDLINE names no console=' 'so is one that names none' mk "$T/out" config CMDLINE=quiet
rm "$T/configs/needs"
echo 'CONFIG_LOCALVERSION="-keelson-fake"' >"$T/configs/boards/x86_64/fake.config"
check 'make board starts a new one' mk "$T/out" board NAME=mine FROM=fake
check 'that is a copy' cmp "$T/configs/boards/x86_64/fake.board" "$T/configs/boards/x86_64/mine.board"
is "$(cat "$T/configs/boards/x86_64/mine.config")" 'CONFIG_LOCALVERSION="-keelson-mine"' 'with its own name'
refuses 2 'mine.board is there already' 'but not over another' mk "$T/out" board NAME=mine FROM=fake
rm "$T/configs/boards/x86_64/mine".* "$T/configs/boards/x86_64/fake.config"
mkdir "$T/a space" && cp Makefile "$T/a space/"
refuses 2 'has a space in it' 'a space in the path of the checkout is refused' make -C "$T/a space" image

printf '\n# Nobody has this.\nCONFIG_FAKE_NOSUCH=y\n' >>"$T/configs/common/net.config"
refuses 2 'net.config:[0-9]+: CONFIG_FAKE_NOSUCH=y LOST' 'a lost request stops the build' mk "$T/out"
sed -i '/Nobody has this/,$d' "$T/configs/common/net.config"
echo 'CONFIG_NET' >>"$T/configs/common/net.config"
refuses 2 'net.config:[0-9]+: .*neither an option' 'a bad line in a fragment stops the build' mk "$T/out"
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
refuses 2 "gcc \(package gcc\), which .* run 'make setup'" 'a missing compiler is told with its package' \
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
