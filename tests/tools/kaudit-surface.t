#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kaudit surface: what System.map, the indexes of modules and a configuration say, and differences.
. tests/lib.sh
kaudit=$BIN/kaudit

mkdir "$T/m"
cat >"$T/map" <<'E2'
ffffffff81000000 T __x64_sys_read
ffffffff81000010 T __x64_sys_write
ffffffff81000020 T __x64_sys_ni_syscall
ffffffff81000030 W __x64_sys_kexec_load
ffffffff81000040 T __ia32_sys_read
ffffffff81000050 t __x64_sys_local
E2
cat >"$T/m/modules.alias" <<'E2'
# Aliases extracted from modules themselves.
alias net-pf-40 vsock
alias fs-vfat vfat
alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci
alias pci:v00001AF5d*sv*sd*bc*sc*i* virtio_pci
alias acpi*:LNRO0005:* virtio_mmio
alias fs-@[2J evil
alias
alias short
E2
sed -i "s/@/$(printf '\033')/" "$T/m/modules.alias"
printf 'ext4.alias=fs-ext4\0ext4.license=GPL\0vfat.alias=fs-vfat\0af.alias=net-pf-1\0cut.alias=fs-cut' >"$T/m/modules.builtin.modinfo"
cat >"$T/config" <<'E2'
CONFIG_X86_64=y
CONFIG_DEBUG_FS=y
CONFIG_VFAT=m
CONFIG_NR=5
# CONFIG_KGDB is not set
E2
surface() {
	"$kaudit" surface "$@" >"$T/text" 2>"$T/err"
}
surface --map "$T/map" --modules "$T/m" --config "$T/config"
is "$? $(grep '^ *[1-9][0-9]*  ' "$T/text" | sed 's/^ *//; s/  /=/' | tr '\n' ' ')" \
	'0 2=system-calls 1=debug-interfaces 3=enabled-options 2=sockets 4=file-systems 1=pci-drivers 1=acpi-drivers ' 'each list is counted'
check 'an alias of a module is loaded on request' grep -qx '        net-pf-40 (m)' "$T/text"
check 'one that is built in is not' grep -qx '        net-pf-1' "$T/text"
check 'a driver is one, by its name' grep -qx '        virtio_pci (m)' "$T/text"
is "$(grep -c "$(printf '\033')" "$T/text")" 0 'no control character is printed'
surface --map "$T/map" --modules "$T/m" --config "$T/config" --json
cp "$T/text" "$T/json"
if command -v jq >/dev/null; then
	is "$(jq -c '."system-calls", .sockets, ."debug-interfaces"' "$T/json" | tr '\n' ' ')" \
		'{"read":false,"write":false} {"net-pf-1":false,"net-pf-40":true} {"DEBUG_FS":false} ' 'JSON has the same'
else
	skip JSON 'NO JQ'
fi
surface --map "$T/map" --modules "$T/m" --config "$T/config" --against "$T/json"
is "$(grep -c '^        [+-]' "$T/text")" 0 'a kernel does not differ from itself'
sed -i 's/__x64_sys_write/__x64_sys_pread64/' "$T/map"
surface --map "$T/map" --modules "$T/m" --against "$T/json"
is "$(grep '^        [+-]' "$T/text" | tr -s ' ' | tr '\n' ';')" ' + pread64; - write;' 'one of another call does'
sed 's/VFAT=m/VFAT=n/; $a\
CONFIG_KGDB=y' "$T/config" >"$T/other"
surface --config "$T/config" --map "$T/map" --against "$T/other"
is "$(grep '^        [+-]' "$T/text" | tr -s ' ' | tr '\n' ';')" ' - KGDB; - KGDB; + VFAT (m);' 'a configuration can be the other'
check 'which has no system calls, and that is said' grep -q 'system-calls, not compared: the other has no list' "$T/text"

refuses 2 'usage' 'without a file there is nothing to read' "$kaudit" surface
refuses 2 'modules.alias: .*\[no-system-call\]' 'a file without system calls is refused' "$kaudit" surface --map "$T/m/modules.alias"
refuses 2 'modules.alias: .*\[unreadable\]' 'so are modules without indexes' "$kaudit" surface --modules "$T"
for bad in '{' '{"sockets": []}' '{"a": 1, "a": 2}'; do
	echo "$bad" >"$T/bad"
	refuses 2 '\[bad-json\]' "$bad is not taken for another kernel" "$kaudit" surface --config "$T/config" --against "$T/bad"
done
refuses 2 '\[no-option\]' 'nor is a file without options' "$kaudit" surface --config "$T/config" --against "$T/m/modules.alias"
finish
