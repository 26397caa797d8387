#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The configs that other projects publish for this arch and series: every option that the
# tree's own olddefconfig drops of them in silence is reported by kconf import, and the fragment holds.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}" "${SESSION:?}" "${KARCH:?}"

peers=../shared/data/peer-configs
if [ ! -d "$peers" ]; then
	skip "other projects' configs" "$peers IS ABSENT"
	finish
fi

# option NAME: its value in $SESSION
option() {
	echo "$SESSION" | sed "s/.*--$1 \([^ ]*\).*/\1/"
}
arch=$(option arch) release=$(option release)
series=$(echo "$release" | cut -d. -f1,2)

olddefconfig() {
	cp "$1" "$T/obj/.config" && make -s -C "$TREE" O="$T/obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" \
		LOCALVERSION= RUSTC=false BINDGEN=false PAHOLE=false olddefconfig
}

# merged FILE...: their options, the last word on each
merged() {
	cat "$@" | awk '
	match($0, /^(# )?CONFIG_[A-Za-z0-9_]*/) { name = substr($0, RSTART, RLENGTH); sub(/^# /, "", name); said[name] = $0 }
	END { for (name in said) print said[name] }'
}

# on FILE: the names of what is on in it
on() {
	sed -n 's/^\(CONFIG_[A-Z0-9a-z_]*\)=[ym]$/\1/p' "$1" | sort -u
}

# Over next to nothing of ours, so that what is lost is lost by the config itself.
cat >"$T/ours.config" <<E2
# SPDX-License-Identifier: GPL-2.0-only

# Everybody has modules.
CONFIG_MODULES=y
E2

# The name tells the release that a config is built for; the header, the arch. A series
# that nobody has a config for yet gets them all.
match="(-|builds)$(echo "$series" | sed 's/\./\\./')[.-]"
for any in no yes; do
	for file in "$peers"/*; do
		[ -f "$file" ] && grep -Eq "^# Linux/$KARCH [0-9]|^# Linux/$arch [0-9]" "$file" || continue
		[ "$any" = yes ] || echo "$file" | grep -Eq "$match" || continue
		echo "$file"
	done >"$T/list"
	[ -s "$T/list" ] && break
done
if [ ! -s "$T/list" ]; then
	skip "other projects' configs" "NONE OF THEM IS FOR $arch"
	finish
fi

mkdir "$T/obj"
while read -r file; do
	name=$(basename "$file")
	# Firecracker merges what its tests need over each of its configs.
	over=
	case $name in
	firecracker-*) over=$(echo "$peers"/firecracker-*--ci.config) ;;
	esac
	# shellcheck disable=SC2086 # a file or none
	merged "$file" $over >"$T/theirs"
	check "the tree takes $name" olddefconfig "$T/theirs"
	on "$T/theirs" >"$T/asked"
	on "$T/obj/.config" >"$T/got"
	comm -23 "$T/asked" "$T/got" >"$T/dropped"
	# shellcheck disable=SC2086 # a list
	"$KCONF" import $SESSION --config "$T/theirs" "board:$T/ours.config" >"$T/fragment" 2>"$T/said"
	is "$(($? < 2))" 1 'kconf takes it too'
	# Names stand in lists, which are indented, or in lines of their own.
	sed -n 's/^    \([A-Z0-9].*\)/\1/p
		s/.*: CONFIG_\([A-Z0-9a-z_]*\)=.* \[.*/\1/p' "$T/said" |
		tr ' ' '\n' | sed 's/[=:].*//; s/^/CONFIG_/' | sort -u >"$T/told"
	is "$(comm -23 "$T/dropped" "$T/told" | tr '\n' ' ')" '' \
		"what the tree drops in silence, $(wc -l <"$T/dropped") options, is told"
	on "$T/fragment" >"$T/taken"
	is "$(comm -23 "$T/taken" "$T/got" | tr '\n' ' ')" '' \
		"and the fragment asks for nothing that it has not, in $(wc -l <"$T/taken") options"
	sed 's/^$/\n# A reason./' "$T/fragment" >"$T/reasoned.config"
	# shellcheck disable=SC2086 # a list
	check 'and holds as it is printed' "$KCONF" resolve $SESSION --out "$T/out" "board:$T/ours.config" \
		"flavour:$T/reasoned.config"
	case $name@$series in
	apple-*@6.18)
		# a gate's options are in a list below it, up to the next gate
		is "$(awk '/^[^ ]/ { gate = /they need NETFILTER_XTABLES_LEGACY$/ }
			gate && /^    (IP6?_NF|BRIDGE_EBT)/ { n += NF } END { print (n >= 19) }' "$T/said")" 1 \
			'legacy iptables stands below the gate before it'
		;;
	esac
done <"$T/list"
finish
