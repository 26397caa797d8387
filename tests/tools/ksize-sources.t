#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ksize sources on a small build, whose .cmd files are as Kbuild writes them.
# shellcheck disable=SC2016 # make's $ are meant
. tests/lib.sh

tree=$T/tree obj=$T/tree/build own=$T/own
mkdir -p "$obj/kernel" "$obj/lib" "$obj/boot" "$obj/vdso" "$obj/net" "$obj/host" "$obj/drivers" "$obj/arch/toy/kernel" "$own/mine"
# file PATH...: of the tree
file() {
	for _f; do
		mkdir -p "$(dirname "$tree/$_f")"
		echo "/* $_f */" >"$tree/$_f"
	done
}
# cmd FILE COMMAND [READ...]: the .cmd beside FILE; the first of READ is its source
cmd() {
	_f=$1 _c=$2
	shift 2
	case $_f in /*) _to=$(dirname "$_f")/.$(basename "$_f").cmd ;; *) _to=$obj/$(dirname "$_f")/.$(basename "$_f").cmd ;; esac
	{
		echo "savedcmd_$_f := $_c"
		[ $# -eq 0 ] || {
			printf '\nsource_%s := %s\n\ndeps_%s := \\\n' "$_f" "$1" "$_f"
			shift
			printf '    $(wildcard include/config/NET) \\\n'
			for _d; do printf '  %s \\\n' "$_d"; done
			printf '\n%s: $(deps_%s)\n\n$(deps_%s):\n' "$_f" "$_f" "$_f"
		}
	} >"$_to"
}
# compiled OBJECT SOURCE READ...: for the kernel
compiled() {
	_o=$1
	shift
	[ ! -d "$obj/$(dirname "$_o")" ] || echo '.globl x' | as -o "$obj/$_o"
	cmd "$_o" "gcc -Wp,-MMD,.d -I../include -include ../include/kconfig.h -D__KERNEL__ -c -o $_o $1" "$@"
}
file kernel/fork.c kernel/sched.c kernel/rt.c include/list.h include/kconfig.h lib/string.c lib/unused.c net/core.c net/stale.c \
	vdso/time.c lib/vdso.c boot/main.c host/tool.c scripts/gen.pl boot/setup.ld oid.asn1 drivers/a.c drivers/b.c scripts/common.c \
	arch/toy/kernel/vmlinux.lds.S arch/toy/kernel/offsets.c scripts/module.lds.S include/ours.h
compiled kernel/fork.o ../kernel/fork.c ../include/list.h ../include/kconfig.h
compiled kernel/sched.o ../kernel/sched.c ../kernel/../kernel/rt.c ../include/list.h include/generated.h
# Of a library, the linker took one object.
compiled lib/string.o ../lib/string.c
compiled lib/unused.o ../lib/unused.c
echo '.globl taken; taken:' | as -o "$obj/lib/string.o"
echo '.globl unused; unused:' | as -o "$obj/lib/unused.o"
# Built with another config, and not in the kernel now.
compiled net/stale.o ../net/stale.c
# A generated source, by a program for the host, from a library that was linked apart.
compiled vdso/image.o vdso/image.c ../include/list.h
cmd vdso/image.c 'host/tool vdso/vdso.so vdso/image.c'
cmd host/tool "gcc -Wp,-MMD,.d -o host/tool ../host/tool.c" ../host/tool.c ../include/list.h
cmd vdso/vdso.so "ld -o vdso/vdso.so -T vdso/vdso.lds vdso/time.o && perl ../scripts/gen.pl 'nm' vdso/vdso.so; true"
compiled vdso/time.o ../vdso/time.c ../vdso/../lib/vdso.c
# An assembler source that embeds a file, whose .cmd is all that leads to it.
printf '.section .data\n.incbin "boot/setup.bin"\n.asciz "no/such/file"\n' >"$tree/boot/piggy.S"
compiled boot/piggy.o ../boot/piggy.S
cmd boot/setup.bin 'objcopy -O binary boot/setup.elf boot/setup.bin'
: >"$obj/boot/setup.bin"
cmd boot/setup.elf 'ld -T ../boot/setup.ld boot/main.o -o boot/setup.elf'
compiled boot/main.o ../boot/main.c
cmd boot/Image 'cat boot/setup.bin >boot/Image'
# What the link and the assembler sources need.
compiled arch/toy/kernel/vmlinux.lds ../arch/toy/kernel/vmlinux.lds.S
compiled arch/toy/kernel/asm-offsets.s ../arch/toy/kernel/offsets.c
: >"$obj/arch/toy/kernel/vmlinux.lds"
# A module of two objects, with what modpost adds.
compiled drivers/a.o ../drivers/a.c
compiled drivers/b.o ../drivers/b.c
compiled drivers/m.mod.o drivers/m.mod.c
compiled .module-common.o ../scripts/common.c
cmd drivers/m.ko 'ld -r -T scripts/module.lds -o drivers/m.ko drivers/m.o drivers/m.mod.o .module-common.o'
printf 'drivers/a.o\ndrivers/b.o\n' >"$obj/drivers/m.mod"
echo drivers/m.o >"$obj/modules.order"
echo CONFIG_MODULES=y >"$obj/.config"
# libs: vmlinux.o is linked of these.
(cd "$obj" && ar cDPrST vmlinux.a kernel/fork.o kernel/sched.o vdso/image.o boot/piggy.o && ar cDPrST lib/lib.a lib/string.o lib/unused.o)
cmd vmlinux.o 'ld -r -o vmlinux.o --whole-archive vmlinux.a --no-whole-archive --start-group lib/lib.a --end-group'
# The last link made the symbol local.
echo '.globl taken; taken:' | as -o "$obj/vmlinux.o"
echo 'taken:' | as -o "$obj/vmlinux"
# Modules from outside the tree: as 6.12 names their files, and as 6.13 does.
echo '/* mine */' | tee "$own/mine/mine.c" "$own/mine/mine.h" "$own/mine/new.c" >/dev/null
cmd "$own/mine/mine.o" "gcc -Wp,-MMD,.d -D__KERNEL__ -c $own/mine/mine.c" "$own/mine/mine.c" "$own/mine/../mine/mine.h" ../include/ours.h
cmd "$own/mine/new.o" "gcc -Wp,-MMD,.d -D__KERNEL__ -c new.c" mine/new.c "$tree/include/list.h" "$obj/include/generated.h"
sed -i "s,_$own/mine,_mine," "$own/mine/.new.o.cmd"
cmd "$own/mine/mine.mod.o" "gcc -Wp,-MMD,.d -D__KERNEL__ -c $own/mine/mine.mod.c" "$own/mine/mine.mod.c"

sources() {
	"$BIN/ksize" sources --tree "$tree" --obj "$obj" --image boot/Image --own "$own" --out "$T/sources" "$@"
}
check 'ksize lists the sources' sources
is "$(cat "$T/.out")" "$T/sources: 20 source files" 'and their number'
is "$(cat "$T/sources")" "arch/toy/kernel/offsets.c
arch/toy/kernel/vmlinux.lds.S
boot/main.c
boot/piggy.S
boot/setup.ld
drivers/a.c
drivers/b.c
include/kconfig.h
include/list.h
include/ours.h
kernel/fork.c
kernel/rt.c
kernel/sched.c
lib/string.c
lib/vdso.c
modules/mine/mine.c
modules/mine/mine.h
modules/mine/new.c
scripts/common.c
vdso/time.c" 'those that are in the kernel, and no others'
cp "$T/sources" "$T/first"
check 'once more' sources
check 'the same bytes' cmp "$T/first" "$T/sources"
# Kbuild of 6.1 writes cmd_ for savedcmd_.
find "$obj" "$own" -name '.*.cmd' -exec sed -i 's/^savedcmd_/cmd_/' {} +
check 'with the .cmd files of older releases' sources
check 'the same' cmp "$T/first" "$T/sources"
ln -s "$tree" "$T/link"
check 'by a symbolic link' "$BIN/ksize" sources --tree "$T/link" --obj "$T/link/build" --image boot/Image --own "$own" --out "$T/sources"
check 'the same again' cmp "$T/first" "$T/sources"
"$BIN/ksize" sources --tree "$tree" --obj "$obj" --out "$T/without" >"$T/out"
is "$(diff "$T/first" "$T/without" | sed -n 's/^< //p' | tr '\n' ' ')" \
	'include/ours.h modules/mine/mine.c modules/mine/mine.h modules/mine/new.c ' 'without modules from outside'

refuses 2 'nowhere: .*\[not-a-directory\]' 'a tree that does not exist' "$BIN/ksize" sources --tree "$T/nowhere" --obj "$obj" --out "$T/x"
refuses 2 'nowhere: .*\[not-a-directory\]' 'modules that do not exist' sources --own "$T/nowhere"
refuses 2 '\[unwritable\]' 'a place where nothing can be written' sources --out "$T/nowhere/x"
refuses 2 '\[usage\]' 'no place' "$BIN/ksize" sources --tree "$tree" --obj "$obj"
rm "$obj/kernel/.fork.o.cmd" && mkdir "$obj/kernel/.fork.o.cmd"
refuses 2 'kernel/\.fork\.o\.cmd: .*\[unreadable\]' 'a .cmd that is not a file' sources
rmdir "$obj/kernel/.fork.o.cmd"
find "$obj" "$own" -name '.*.cmd' -delete
refuses 2 '\[no-sources\]' 'a build without .cmd files' sources
check 'ksize sources --help' "$BIN/ksize" sources --help
finish
