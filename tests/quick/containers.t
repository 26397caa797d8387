#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The default board has all that moby's, LXC's and Kubernetes' checks call necessary, each
# rule read from its restatement in ../shared, which is not a part of this project.
. tests/lib.sh
CONFIG=${BUILD:?}/config
policies=../shared/data/policies
version=$(sed -n 's/^# Linux.* \([0-9.]*\) Kernel Configuration$/\1/p' "$CONFIG")

# applies WHEN: a rule's condition, in the words of the script it is from
applies() {
	# shellcheck disable=SC2034 # for eval
	kernelMajor=${version%%.*} kernelMinor=${version#*.}
	# shellcheck disable=SC2034
	kernelMinor=${kernelMinor%%.*}
	[ -z "$1" ] || eval "$1"
}

# holds CONFIG EXPR: one of EXPR's alternatives, SYMBOL=VALUE, is in it
holds() {
	_config=$1
	# shellcheck disable=SC2086 # into words
	set -- $2
	for word; do
		[ "$word" = '|' ] || ! grep -qx "CONFIG_$word" "$_config" || return 0
	done
	return 1
}

# unmet CONFIG SET: the necessary rules of the set that CONFIG does not meet; $n are tried
unmet() {
	n=0 left=
	while IFS='	' read -r id _ expr when level _; do
		case $level in [Rr]equired*) ;; *) continue ;; esac
		applies "$when" || continue
		n=$((n + 1))
		holds "$1" "$expr" || left="$left $id"
	done <<-E2
		$(sed 's/		/	 	/g' "$2")
	E2
}

for set in moby-check-config lxc-checkconfig k8s-system-validators; do
	if [ ! -f "$policies/$set.tsv" ]; then
		skip "what $set calls necessary" "$policies IS ABSENT"
		continue
	fi
	unmet "$CONFIG" "$policies/$set.tsv"
	is "$left" '' "what $set calls necessary is there: $n rules"
	check 'they are some' [ "$n" -ge 3 ]
	grep -v '^CONFIG_NAMESPACES=' "$CONFIG" >"$T/config"
	unmet "$T/config" "$policies/$set.tsv"
	check 'and one that is not would be told' [ -n "$left" ]
done
finish
