#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The cost of vsock_tune without parameters, in instructions as QEMU counts them: at most 1 %
# more for bulk transfers. And the gain in time with parameters, on an idle host and on one
# whose processors are all busy. Interleaved, TCG.
set -eu
: "${BIN:?}" "${BUILD:?}" "${GUEST:?}" "${JOBS:?}" "${ARCH:?}" "${QEMU_FIRST:?}" "${BUS_FIRST:?}"

# shellcheck source=/dev/null
. tests/bench/stats.sh
T=$(mktemp -d)
busy=''
# shellcheck disable=SC2086 # words are meant to split
trap '[ -z "$busy" ] || kill $busy; rm -rf "$T"' EXIT

"$BIN/kimage" extract "$BUILD/image" --to "$T/image" kernel kernel.tar cmdline

# run NAME MIB MODULES WORDS CPUS QEMU...: bulk transfers' microseconds to $T/NAME.{loopback,host}
run() {
	name=$1 mib=$2 modules=$3 words=$4 cpus=$5
	shift 5
	scripts/guest/boot.sh --image "$T/image" --init "$GUEST" --bin "$BIN" --arch "$ARCH" \
		--machine bench --bus "$BUS_FIRST" --devices vsock --cpus "$cpus" --limit 900 --modules "$modules" \
		--append "keelson.bulk=$mib $words" --allow scripts/guest/ours.allow \
		--out "$T/out" -- "$@" >"$T/log" 2>&1 || { cat "$T/log" >&2; exit 2; }
	for what in loopback host; do
		sed -n "s/^ *bulk-$what ok [0-9]* MiB in \([0-9]*\) us.*/\1/p" "$T/out/report" >>"$T/$name.$what"
	done
}
spread() {
	echo "$(least "$1") $(most "$1")" | awk '{ printf "%.2f to %.2f s", $1 / 1e6, $2 / 1e6 }'
}
tuned='vsock_tune.rcvbuf_default=8388608'

# ---- instructions -----------------------------------------------------------------
for _ in 1 2 3 4 5; do
	# shellcheck disable=SC2086 # words are meant to split
	run without 16 vsock_loopback keelson.count 1 $QEMU_FIRST -icount shift=0,sleep=off
	# shellcheck disable=SC2086
	run unset 16 vsock_loopback,vsock_tune keelson.count 1 $QEMU_FIRST -icount shift=0,sleep=off
done
for what in loopback host; do
	awk -v a="$(median "$T/unset.$what")" -v b="$(median "$T/without.$what")" -v what=$what 'BEGIN {
		printf "modules %-8s 16 MiB, vsock_tune loaded and unset: %.2f million instructions, %.2f without it, ratio %.4f (goal: at most 1.01)\n",
			what, a / 1e3, b / 1e3, a / b }'
done

# ---- time --------------------------------------------------------------------------
for host in idle loaded; do
	if [ $host = loaded ]; then
		for _ in $(seq "$JOBS"); do
			while :; do :; done &
			busy="$busy $!"
		done
	fi
	for _ in 1 2 3 4 5; do
		# shellcheck disable=SC2086
		run $host-stock 32 vsock_loopback '' 2 $QEMU_FIRST
		# shellcheck disable=SC2086
		run $host-tuned 32 vsock_loopback,vsock_tune "$tuned" 2 $QEMU_FIRST
	done
	for what in loopback host; do
		awk -v a="$(median "$T/$host-stock.$what")" -v b="$(median "$T/$host-tuned.$what")" -v what=$what -v host=$host \
			-v sa="$(spread "$T/$host-stock.$what")" -v sb="$(spread "$T/$host-tuned.$what")" 'BEGIN {
			printf "modules %-8s 32 MiB, %s host: window of 8 MiB %.2f s (%s), stock %.2f s (%s), %.2f times as fast\n",
				what, host, b / 1e6, sb, a / 1e6, sa, a / b }'
	done
done
