#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Real builds, killed with SIGKILL at ten random moments, end with the image of an
# undisturbed one.
. tests/lib.sh
: "${MK:?}" "${BUILD:?}"

seed=${SEED:-$$}
echo "# SEED=$seed"
out=$T/out
digest() {
	# shellcheck disable=SC2086 # words are meant to split
	$MK OUT="$1" -s image 2>"$T/err" | sed -n 's/.*\(sha256:[0-9a-f]*\).*/\1/p'
}
want=$(sed -n 's/.*\(sha256:[0-9a-f]*\).*/\1/p' "$BUILD/image.line")

# With ccache warm; then a kill hits every stage.
start=$(date +%s)
is "$(digest "$out")" "$want" 'an undisturbed build gives the digest'
span=$(($(date +%s) - start))
rm -rf "$out"
i=0 killed=0
while [ $i -lt 10 ]; do
	i=$((i + 1))
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	after=$((seed / 65536 % (span + 1)))
	# shellcheck disable=SC2086,SC2016
	setsid sh -c 'exec "$@" >/dev/null 2>&1' sh $MK OUT="$out" -s image &
	pid=$!
	sleep $after
	kill -9 "-$pid" 2>/dev/null && killed=$((killed + 1))
	wait "$pid" 2>/dev/null
	is "$(digest "$out")" "$want" "killed after $after of $span s, a rerun gives the same digest"
	rm -rf "$out"
done
check "$killed of 10 builds were killed in time" [ "$killed" -ge 5 ]
finish
