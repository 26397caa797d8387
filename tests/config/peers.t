#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Configs that were made for other releases and archs, in tests/lib/data/configs: every option that
# the tree's own olddefconfig drops silently is reported by kconf import, with the cause.
# PEERS=DIR adds a directory of others, such as those that projects publish.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}" "${SESSION:?}" "${KARCH:?}"

olddefconfig() {
	cp "$1" "$T/obj/.config" && make -s -C "$TREE" O="$T/obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" \
		LOCALVERSION= RUSTC=false BINDGEN=false PAHOLE=false olddefconfig
}

# on FILE: the names of its enabled options
on() {
	sed -n 's/^\(CONFIG_[A-Z0-9a-z_]*\)=[ym]$/\1/p' "$1" | sort -u
}

# Over almost no fragment, so that each loss comes from the config.
cat >"$T/ours.config" <<E2
# SPDX-License-Identifier: GPL-2.0-only

# Every one of these configs has modules.
CONFIG_MODULES=y
E2

mkdir "$T/obj" "$T/theirs"
cp tests/lib/data/configs/*.config "$T/theirs/"
[ -z "${PEERS:-}" ] || find "$PEERS" -maxdepth 1 -type f -exec cp -t "$T/theirs" {} +

for file in "$T/theirs"/*; do
	name=${file##*/}
	check "the tree takes $name" olddefconfig "$file"
	on "$file" >"$T/asked"
	on "$T/obj/.config" >"$T/got"
	comm -23 "$T/asked" "$T/got" >"$T/dropped"
	# shellcheck disable=SC2086 # a list
	"$KCONF" import $SESSION --config "$file" "board:$T/ours.config" >"$T/fragment" 2>"$T/said"
	is "$(($? < 2))" 1 'kconf takes it too'
	# Names are in lists, which are indented, or in separate lines.
	sed -n 's/^    \([A-Z0-9].*\)/\1/p
		s/.*: CONFIG_\([A-Z0-9a-z_]*\)=.* \[.*/\1/p' "$T/said" |
		tr ' ' '\n' | sed 's/[=:].*//; s/^/CONFIG_/' | sort -u >"$T/printed"
	is "$(comm -23 "$T/dropped" "$T/printed" | tr '\n' ' ')" '' \
		"kconf import reports all $(wc -l <"$T/dropped") options that the tree drops silently"
	# Import takes a renamed option by its new name, which the tree's own make does not.
	awk 'NR == FNR { asked[$1]; next } $1 == "rename" && "CONFIG_" $2 in asked { print "CONFIG_" $3 }' \
		"$T/asked" configs/renames | sort -u - "$T/got" -o "$T/got"
	on "$T/fragment" >"$T/taken"
	is "$(comm -23 "$T/taken" "$T/got" | tr '\n' ' ')" '' \
		"and the fragment requests nothing that it has not, in $(wc -l <"$T/taken") options"
	sed 's/^$/\n# A reason./' "$T/fragment" >"$T/reasoned.config"
	# shellcheck disable=SC2086 # a list
	check 'and the printed fragment holds' "$KCONF" resolve $SESSION --out "$T/out" "board:$T/ours.config" \
		"flavour:$T/reasoned.config"
	case $name in
	guest-6.6-*)
		check 'removed options are among them' [ "$(wc -l <"$T/dropped")" -ge 10 ]
		check 'a name that never existed is reported' grep -q '^    .*NO_SUCH_OPTION\|NO_SUCH_OPTION.*\[unknown-symbol\]' "$T/said"
		;;
	tables-*)
		grep -q '^config NETFILTER_XTABLES_LEGACY' "$TREE/net/netfilter/Kconfig" || continue
		# a gate's options are in a list below it, up to the next gate
		is "$(awk '/^[^ ]/ { gate = /they need NETFILTER_XTABLES_LEGACY$/ }
			gate && /^    (IP6?_NF|BRIDGE_EBT)/ { n += NF } END { print (n >= 19) }' "$T/said")" 1 \
			'legacy iptables stands below the gate before it'
		;;
	esac
done
finish
