#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Advice holds as it is printed. For 150 options from all over the board's own tree, and for some
# whose advice once failed, it is pasted into a flavour's fragment over the board's.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}" "${SESSION:?}" "${LAYERED:?}"
SAMPLE=${SAMPLE:-150}

# Every n-th name, in alphabetical order.
find "$TREE/init" "$TREE/kernel" "$TREE/mm" "$TREE/fs" "$TREE/net" "$TREE/drivers" "$TREE/crypto" \
	"$TREE/security" "$TREE/sound" "$TREE/lib" "$TREE/arch/x86" -name 'Kconfig*' -exec \
	sed -n 's/^\(menu\)\?config \([A-Z0-9_]*\)$/\2/p' {} + | sort -u >"$T/names"
awk -v n="$SAMPLE" '{ name[NR] = $0 } END { for (i = 1; i <= n; i++) print name[int(i * NR / n)] }' \
	"$T/names" >"$T/sample"
is "$(wc -l <"$T/sample" | tr -d ' ')" "$SAMPLE" 'options are taken from the whole tree'
# Options that a select raises, that depend on modules, and that the base disables.
printf '%s\n' FUSE_DAX TOUCHSCREEN_ATMEL_MXT_T37 VHOST_VSOCK NFT_QUEUE NETFILTER_XT_SET IO_URING SWAP \
	BINFMT_MISC HIBERNATION DRM_PANIC_DEBUG KCOV_SELFTEST PREEMPT >>"$T/sample"
sort -u -o "$T/sample" "$T/sample"

# shellcheck disable=SC2086 # lists
"$KCONF" why $SESSION --symbol "$(paste -s -d , "$T/sample")" $LAYERED >"$T/said" 2>"$T/err"

# Each piece of advice goes to its own file, as a user would paste it.
awk -v dir="$T" '
	function put(text) { if (file == "") { file = dir "/" name ".config"; print name >(dir "/advised") }; print text >file }
	/^CONFIG_/ { name = substr($1, 8); file = ""; block = 0 }
	/^    to enable it, request:/ { put("# REASON"); for (i = 5; i <= NF; i++) put($i) }
	/^    to enable it, add:$/ { block = 1; next }
	/^ *\(tried: / && !/no request is lost/ { print name >(dir "/losing") }
	!/^        / && !/^$/ || /^        \(tried/ { block = 0 }
	block { put(substr($0, 9)) }' "$T/said"
: >>"$T/losing"
for name in VHOST_VSOCK NFT_QUEUE NETFILTER_XT_SET FUSE_DAX; do
	is "$(grep -c "CONFIG_$name=" "$T/$name.config") $(grep -cx "$name" "$T/losing")" '1 0' "of $name it loses nothing"
done
advised=$(wc -l <"$T/advised" | tr -d ' ')
is "$((advised * 3 > SAMPLE))" 1 "$advised pieces of advice are given"
is "$(cat "$T"/*.config | grep -c COMPILE_TEST)" 0 'none of them with COMPILE_TEST'
is "$(grep -c /proc/self "$T/said" "$T/err" | cut -d : -f 2 | paste -s -d +)" '0+0' 'no file of the tool itself is named'

# All in one process.
set --
while read -r name; do
	if grep -qx "$name" "$T/losing"; then
		continue
	fi
	# shellcheck disable=SC2086 # a list
	set -- "$@" ${1:+--next} --report "$T/$name.proof" $LAYERED "flavour:$T/$name.config"
done <"$T/advised"
# shellcheck disable=SC2086 # a list
"$KCONF" resolve $SESSION "$@" >"$T/out" 2>&1
status=$?
[ "$status" = 0 ] || diag <"$T/out"
is "$status" 0 'advice that loses nothing holds when it is pasted'
is "$(cat "$T"/*.proof | grep -c ', 0 lost$')" "$((advised - $(wc -l <"$T/losing")))" 'each of them'
finish
