#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every board of every series has the options that moby's, LXC's and Kubernetes' checks call
# necessary, and each with the flavour node those of network plugins, kube-proxy and meshes.
. tests/lib.sh
CONFIG=${BUILD:?}/config

# unmet LIST CONFIG...: the lines of LIST of which a CONFIG has no option, one each
unmet() {
	awk '
	function judge(   i, j, n, names, there) {
		for (i = 1; i <= lines; i++) {
			n = split(line[i], names, " ")
			there = 0
			for (j = 1; j <= n; j++)
				there += ("CONFIG_" names[j]) in on
			if (!there) print file ": " line[i]
		}
		split("", on)
	}
	FILENAME == ARGV[1] { if (!/^(#|$)/) line[++lines] = $0; next }
	FNR == 1 && file { judge() }
	{ file = FILENAME }
	/^CONFIG_[A-Za-z0-9_]*=[ym]( |$)/ { on[substr($1, 1, index($1, "=") - 1)] }
	END { judge() }' "$@"
}

for list in tests/lib/data/containers/*; do
	n=$(grep -vc '^#\|^$' "$list")
	is "$(unmet "$list" "$CONFIG")" '' "${list##*/}'s necessary options are enabled: $n"
	check 'they are some' [ "$n" -ge 3 ]
	is "$(unmet "$list" configs/resolved/*/*.config)" '' 'in the resolved config of each board and series too'
	for name in NAMESPACES CPUSETS IPC_NS; do
		grep -q "^$name$" "$list" || continue
		grep -v "^CONFIG_$name=" "$CONFIG" >"$T/config"
		is "$(unmet "$list" "$CONFIG" "$T/config" "$CONFIG")" "$T/config: $name" "without $name it is reported"
	done
done
check 'there are three lists' [ "$(find tests/lib/data/containers -type f | wc -l)" -eq 3 ]

for list in tests/lib/data/nodes/*; do
	is "$(unmet "$list" configs/resolved/*/*-node.config)" '' \
		"the flavour node has the options of ${list##*/}: $(grep -vc '^#' "$list")"
	sed '/^CONFIG_\(IP_VS\|VXLAN\|GENEVE\)=/d' configs/resolved/6.12/x86_64-virt-node.config >"$T/config"
	check "without three of its options, ${list##*/} reports one" [ -n "$(unmet "$list" "$T/config")" ]
done
check 'each architecture of each series has the flavour' \
	[ "$(find configs/resolved -name '*-virt-node.config' | wc -l)" -eq "$(find configs/resolved -name '*-virt-debug.config' ! -name 'riscv64*' | wc -l)" ]
finish
