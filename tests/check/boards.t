#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boards, on a fake kernel tree: all of them, new ones, and those that are refused.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

check 'an image is built' mk "$T/out" image

# ---- every board ----------------------------------------------------------------
prints '"6.99/x86_64-fake", "command": "make SERIES=6.99 ARCH=x86_64 BOARD=fake image"' \
	'make matrix-json lists the jobs' matrix-json
prints '"name": "6.99/x86_64-fake", .* ARCH=x86_64 ' 'of an architecture by the name that Debian has for it' matrix-json ARCH=amd64
check 'make all-images joins the existing images' mk "$T/out" all-images
check 'to an image' "$BIN/kimage" verify "$T/out/image"
check 'of a flavour, too' mk "$T/out" all-images FLAVOUR=loud
check 'which is that' "$BIN/kimage" extract "$T/out/image" --to "$T/loud" kernel.json
is "$(grep -c '"flavour": *"loud"' "$T/loud/kernel.json")" 1 'and no board as it is without'
refuses 2 '\[report-flavour\]' 'a flavour has no row in the table' mk "$T/out" report FLAVOUR=loud
mkdir "$T/configs/boards/arm64"
sed 's/^FRAGMENTS.*/FRAGMENTS := common\/none/; s/bzImage/Image/' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/arm64/fake.board"
mk "$T/out" BOARD=fake matrix >"$T/printed" 2>&1
is "$? $(grep -c 'x86_64-fake/image digest' "$T/printed") $(grep -c 'none.config' "$T/printed")" '2 1 1' \
	'a board that fails does not keep make matrix from the others'
sed -i 's/common\/none/common\/net/' "$T/configs/boards/arm64/fake.board"
mkdir "$T/lacks"
ln -s /usr/bin/* /usr/sbin/* "$T/lacks/" 2>/dev/null
rm -f "$T/lacks/aarch64-linux-gnu-gcc"
# shellcheck disable=SC2123 # that is the point
(PATH=$T/lacks && export PATH && mk "$T/out" BOARD=fake matrix) >"$T/printed" 2>&1
is "$? $(grep -c 'x86_64-fake/image digest' "$T/printed") $(grep -c 'aarch64-linux-gnu-gcc (package' "$T/printed")" '2 1 1' \
	'nor does a compiler that is missing'
rm -r "$T/configs/boards/arm64"

# ---- refusals -------------------------------------------------------------------
refuses 2 "ARCH='vax' .*\[unknown-value\]: .*x86_64" 'an unknown ARCH is answered with the known ones' mk "$T/out" ARCH=vax
refuses 2 "SERIES='9.9' .*\[unknown-value\]: .*6.99" 'an unknown SERIES too' mk "$T/out" SERIES=9.9
refuses 2 "BOARD='bed' .*\[unknown-value\]: .*fake" 'an unknown BOARD too' mk "$T/out" BOARD=bed
sed 's/^MACHINES.*//' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/x86_64/half.board"
refuses 2 'half.board: MACHINES .*\[missing-key\]' 'a board without a key is refused' mk "$T/out" BOARD=half
rm "$T/configs/boards/x86_64/half.board"
sed 's/^BUDGET.*/BUDGET := 100/; s/no machine at all/a fat one/' "$T/configs/boards/x86_64/fake.board" >"$T/configs/boards/x86_64/fat.board"
cp -R "$T/out/6.99/x86_64-fake" "$T/out/6.99/x86_64-fat"
refuses 2 'fat.board: .*\[over-budget\].*100 bytes, got [0-9]+;' 'a kernel above its budget is refused' \
	mk "$T/out" BOARD=fat
check 'and no image is left' [ ! -e "$T/out/6.99/x86_64-fat/image.stamp" ]
sed -i 's/^KERNEL.*/KERNEL := vmlinux/' "$T/configs/boards/x86_64/fat.board"
refuses 2 '\[over-budget\].*got [0-9]+, packed by gzip' 'nor is one that is not packed, by its size after gzip' \
	mk "$T/out" BOARD=fat
is "$(cat "$T/out/6.99/x86_64-fat/packed")" "$(gzip -9c "$T/out/6.99/x86_64-fat/stage/kernel" | wc -c)" 'which is that many bytes'
rm "$T/configs/boards/x86_64/fat.board"

echo 'console=ttyS FAKE_SERIAL,FAKE_LOUD the console' >"$T/configs/needs"
refuses 2 'fake.board: console=ttyS... needs CONFIG_FAKE_SERIAL=y, which is disabled: .*\[board-needs\]' \
	'a board without a driver for its console is reported before the build' mk "$T/out" config
refuses 2 'fake.board: CMDLINE .*\[no-console\]' 'so is one that names none' mk "$T/out" config CMDLINE=quiet
echo 'root=/dev/vd FAKE_BLK the root device' >"$T/configs/needs"
refuses 2 'fake.board: root=/dev/vd... needs CONFIG_FAKE_BLK=y, which is a module: .*\[board-needs\]' \
	'and one whose root device would wait for a module' mk "$T/out" config CMDLINE='console=ttyS0 root=/dev/vda'
rm "$T/configs/needs"
echo 'CONFIG_LOCALVERSION="-keelson-fake"' >"$T/configs/boards/x86_64/fake.config"
check 'make board starts a new one' mk "$T/out" board NAME=mine FROM=fake
is "$(diff "$T/configs/boards/x86_64/fake.board" "$T/configs/boards/x86_64/mine.board" | grep '^>')" '> DESCRIPTION :=' \
	'that is a copy but for its description'
is "$(cat "$T/configs/boards/x86_64/mine.config")" 'CONFIG_LOCALVERSION="-keelson-mine"' 'with its own name'
refuses 2 'mine.board .*\[board-exists\]' 'but not over another' mk "$T/out" board NAME=mine FROM=fake
rm "$T/configs/boards/x86_64/mine".* "$T/configs/boards/x86_64/fake.config"
finish
