#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A board file is read by make alone, and each fault in one is reported before anything is built.
. tests/lib.sh

: >"$T/key.pem"
# The first architecture that has a board beside virt, and another.
arches=$(sed -n 's/^arch-\([^ ]*\) .*/\1/p' scripts/archs.mk)
for arch in $arches; do
	for file in "configs/boards/$arch"/*.board; do
		[ "${file##*/}" = virt.board ] || { board=${file##*/} board=${board%.board}; break 2; }
	done
done
file=$T/configs/boards/$arch/$board.board
m() {
	make -s OUT="$T/out" DL="$T/dl" SIGN_KEY="$T/key.pem" CONFIGS="$T/configs" ARCH="$arch" BOARD="$board" "$@"
}
# edit SED-SCRIPT: the board, fresh and edited
edit() {
	rm -rf "$T/configs"
	cp -R configs "$T/configs"
	sed -i "$1" "$file"
}
# wrong CODE SED-SCRIPT NAME [ARGUMENT...]
wrong() {
	_code=$1 _name=$3
	edit "$2"
	shift 3
	refuses 2 "$board.board: .*\\[$_code\\]" "$_name" m session "$@"
}
machines=$(sed -n 's/^MACHINES *:= *//p' "configs/boards/$arch/$board.board" | tr ' ' ,)
machine=$(sed -n 's/^MACHINES *:= *\([^ ]*\).*/\1/p' "configs/boards/$arch/$board.board")

# ---- every form that make takes -------------------------------------------------
edit ''
m session >"$T/session"
check 'a board is read' grep -q -- "--arch $arch " "$T/session"
edit 's/$/\r/'
m session >"$T/crlf"
check 'with CRLF as without' cmp "$T/session" "$T/crlf"
for form in ':= 6.1' '= 6.1' '=6.1' '  :=   6.1  7.2 # why' '+= 6.1' '?= 6.1' '::= 6.1'; do
	edit "1a EXCEPT $form"
	make -s OUT="$T/out" CONFIGS="$T/configs" SIGN_KEY="$T/key.pem" matrix-json >"$T/jobs"
	is "$(grep -c "\"6.18/$arch-$board\"" "$T/jobs") $(grep -c "\"6.1/$arch-$board\"" "$T/jobs")" '1 0' "EXCEPT $form is seen"
	refuses 2 '\[board-excepted\]' 'and such a series is refused' m session SERIES=6.1
done
edit "s/^MACHINES.*/& \\\\\n\tother/; \$a QEMU.other = \$(QEMU) -machine other\nBUS.other = pci"
is "$(m -n report SERIES=7.2 | grep -o "7.2/$arch-$board=.*")" "7.2/$arch-$board=$machines,other" 'report.sh gets each machine'
# shellcheck disable=SC2016 # make's
edit '/^CMDLINE/s/$/ it'"'"'s=\\"a b\\" x="$$(y)`z` # not this/'
check "a quote in CMDLINE is read" m session
is "$(m session | cmp - "$T/session" 2>&1)" '' 'as a text'

# ---- faults ---------------------------------------------------------------------
for key in DESCRIPTION FRAGMENTS KERNEL BUDGET CMDLINE MACHINES; do
	wrong missing-key "/^$key/,/[^\\\\]\$/d" "a board without $key is refused"
	wrong missing-key "s/^$key.*/$key :=/; /^	/d" 'or with nothing'
done
wrong missing-key "/^QEMU\\.$machine /d" 'each machine has its QEMU.'
wrong missing-key "/^BUS\\.$machine /d" 'and its BUS.'
for line in 'KERNAL := Image' "DEVICE.$machine := none" 'DEVICES.moon := none' 'QEMU.moon := qemu' "MEMORY := 1" 'OUT2 := x' \
	'KCONF := x' 'CROSS := x' 'BOARDS := x' 'odd = x' 'QEMU := x' 'CC := clang' 'ALL_SERIES := 6.12' 'BUSES := x'; do
	wrong unknown-key "\$a $line" "$line is not a key"
done
edit "\$a DEVICE.$machine := none"
refuses 2 "DEVICE.$machine .*nearest: DEVICES.$machine" 'and the nearest key is named' m session
kernels=$(sed -n "s/^kernels-$arch := //p" scripts/archs.mk)
for value in uImage '%' "$kernels x" "x'"; do
	wrong board-value "s/^KERNEL.*/KERNEL := $value/" "KERNEL := $value is refused"
done
for value in 5M 0x10 '1 2' -1; do
	wrong board-value "s/^BUDGET.*/BUDGET := $value/" "BUDGET := $value is refused"
done
wrong board-value "s/^BUS\\.$machine .*/BUS.$machine := usb/" 'a bus that virtio has not is refused'
wrong board-value "\$a MEMORY.$machine := 1G" 'a size that is not a number too'
wrong board-value "s/^FRAGMENTS.*/FRAGMENTS := common\\/a;b \\\\/" 'and a fragment that the shell would split'
wrong board-value "s/^DESCRIPTION.*/$(sed -n '/^DESCRIPTION/{s,/,\\/,g;p;}' "configs/boards/$arch/virt.board")/" \
	"a copy of another board's DESCRIPTION is refused"

# ---- LOCALVERSION, by the resolved config ----------------------------------------
edit ''
is "$(m -n config | grep -c -- "--other [^ ]*/boards/$arch/virt.config")" 1 'the LOCALVERSION of other boards is compared'

# ---- a new one ------------------------------------------------------------------
edit ''
check 'make board starts one' m board NAME=mine FROM="$board"
refuses 2 'mine.board: DESCRIPTION .*\[missing-key\]' 'whose description is to be written' m BOARD=mine session
check 'the one it was made from is as before' m session
finish
