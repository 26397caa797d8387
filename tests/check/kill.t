#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Builds of a fake kernel that are killed with SIGKILL, make and all: a rerun gives the
# image of an undisturbed one. tests/all/kill.t does it to real ones.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

# The seed of the random kills can be given, to repeat a run.
seed=${SEED:-$$}
echo "# SEED=$seed"
first=$(digest "$T/out")
is "${#first}" 71 'an undisturbed build gives a digest'

# random MAX: 0 to MAX-1
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	_random=$((seed / 65536 % $1))
}
# How long an undisturbed build takes, in milliseconds, to kill within.
now() {
	date +%s%N | cut -b 1-13
}
start=$(now)
mk "$T/timed" -s image >/dev/null 2>&1
span=$(($(now) - start))
killed=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	random "$span"
	setsid sh -c 'exec "$@"' sh make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" MODULES="$T/modules" \
		OUT="$T/kills" DL="$T/kills/dl" BIN="$BIN" SERIES=6.99 BOARD=fake SIGN_KEY="$T/key.pem" KERNEL_DIR="$T" \
		OFFLINE=1 KERNEL_MIRROR= JOBS=2 -s image >/dev/null 2>&1 &
	pid=$!
	sleep "$((_random / 1000)).$(printf %03d $((_random % 1000)))"
	kill -9 "-$pid" 2>/dev/null && killed=$((killed + 1))
	wait "$pid" 2>/dev/null
	is "$(digest "$T/kills")" "$first" "killed after $_random of $span ms, a rerun gives the same digest"
	rm -rf "$T/kills"
done
[ "$killed" -ge 5 ] && ok "$killed of 10 builds were killed in time" ||
	not_ok "only $killed of 10 builds were killed in time"
finish
