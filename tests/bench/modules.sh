#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The gain of larger windows for bulk transfers through a vsock, at one end and at both: in
# instructions as QEMU counts them, in the sleeps of sender and receiver, and in time, on a host
# that is idle, on one whose processors all have something else to do, and on one processor, as in
# a host that has as many guests as processors. There each sleep costs most, and times repeat
# best. Each boot interleaves five rounds. TCG: where time counts, each of the guest's processors is
# a thread, so that sender and receiver wait for each other as they do on hardware. A QEMU before
# 8.1 can fail so (scripts/guest/devices.sh): once more then.
set -eu
: "${BIN:?}" "${BUILD:?}" "${GUEST:?}" "${JOBS:?}" "${ARCH:?}" "${QEMU_FIRST:?}" "${BUS_FIRST:?}"

T=$(mktemp -d)
busy=''
# shellcheck disable=SC2086 # words are meant to split
trap '[ -z "$busy" ] || kill $busy; rm -rf "$T"' EXIT

"$BIN/kimage" extract "$BUILD/image" --to "$T/image" kernel kernel.tar cmdline
loopback=vsock_loopback
tar -tf "$T/image/kernel.tar" | grep -q '/vsock_loopback\.ko$' || {
	echo 'modules loopback: skipped, the image has no vsock_loopback; FLAVOUR=trace has it'
	loopback=''
}

# run WORDS CPUS QEMU...: boots, and leaves a report; $on is a command that runs another
on=''
run() {
	boot "$@" || boot "$@" || { cat "$T/log" >&2; exit 2; }
}

boot() {
	words=$1 cpus=$2
	shift 2
	# shellcheck disable=SC2086 # words are meant to split
	$on scripts/guest/boot.sh --image "$T/image" --init "$GUEST" --bin "$BIN" --arch "$ARCH" \
		--machine bench --bus "$BUS_FIRST" --devices vsock --cpus "$cpus" --limit 3000 --modules "$loopback" \
		--append "$words" --out "$T/out" -- "$@" >"$T/log" 2>&1
}

# table HOST FORMAT: a line for each transport and pair of windows, by the medians; FORMAT is time or
# instructions
table() {
	awk -v host="$1" -v form="$2" '
	function median(list, field,   v, part, n, i, j, t) {
		n = split(list, v, " ")
		for (i = 1; i <= n; i++) { split(v[i], part, "/"); v[i] = part[field] + 0 }
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		low = v[1]; high = v[n]
		return v[int((n + 1) / 2)]
	}
	BEGIN {
		name["stock"] = "256 KiB at both ends"; name["one"] = "1 MiB at one end"
		name["both"] = "1 MiB at both ends"; name["sysctl"] = "1 MiB by sysctl"
		name["large"] = "8 MiB at both ends"
		goal["loopback"] = 2.5; goal["host"] = 1.5
	}
	/^ *(devices +)?bulk-(loopback|host) ok / {
		match($0, /bulk-[a-z]+/); what = substr($0, RSTART + 5, RLENGTH - 5)
		mib = $0; sub(/.* ok /, "", mib); sub(/ MiB.*/, "", mib)
		n = split($0, parts, "; ")
		for (i = 2; i <= n; i++) {
			pair = parts[i]; sub(/ .*/, "", pair)
			sub(/^[a-z]+ /, "", parts[i])
			sleeps = median(parts[i], 2); us = median(parts[i], 1)
			if (pair == "stock") stock = us
			is_goal = pair == "both" && (form != "time" || host == "one-core")
			printf "modules %-8s %s MiB%s, %s: ", what, mib, host ? ", " host " host" : "", name[pair]
			if (form == "time")
				printf "%.2f s (%.2f to %.2f), %d sleeps, %.2f times as fast as stock%s\n", us / 1e6,
					low / 1e6, high / 1e6, sleeps, stock / us,
					is_goal ? " (goal: at least " goal[what] ")" : ""
			else
				printf "%.1f million instructions, %.2f of stock%s\n", us / 1e3, us / stock,
					is_goal ? " (goal: at most 1.00)" : ""
		}
	}' "$T/out/report"
}

# shellcheck disable=SC2086 # words are meant to split
run 'keelson.bulk=16 keelson.count' 1 $QEMU_FIRST -icount shift=0,sleep=off
table '' instructions
# shellcheck disable=SC2086
run keelson.bulk=32 2 $QEMU_FIRST -accel tcg,thread=multi
table idle time
on="taskset -c $(taskset -pc $$ | sed 's/.*: *//; s/[^0-9].*//')"
# shellcheck disable=SC2086
run keelson.bulk=32 2 $QEMU_FIRST -accel tcg,thread=multi
table one-core time
on=''
for _ in $(seq "$JOBS"); do
	while :; do :; done &
	busy="$busy $!"
done
# shellcheck disable=SC2086
run keelson.bulk=32 2 $QEMU_FIRST -accel tcg,thread=multi
table loaded time
