#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An image boots on every machine of its board, and each device and setting of the guest is right.
. tests/lib/boot.sh
: "${MACHINES:?}" "${GUEST:?}"

# ---- every machine -----------------------------------------------------------------
for m in $MACHINES; do
	check "$m boots, every device answers, no warning counts" mk boot MACHINE="$m"
	report "$m"
done

# ---- the needs of containers ---------------------------------------------------------
check 'the guest has all that containers need' mk boot BOOT_ARGS=--containers
is "$(grep -cE ' (squashfs-[a-z]*|erofs-lz4|overlay|namespaces|[a-z]*-limit|seccomp|bpf|bridge|nat) ok' \
	"$BUILD/boot/$FIRST/report")" 13 'file systems, layers, namespaces, limits, filters and networks'
if ! grep -q 'TCP echo' "$BUILD/boot/$FIRST/report"; then
	skip 'crun and runc start containers' 'the machine has no network card'
elif ! command -v apt-get >/dev/null || ! mk "${GUEST%/*}/engines.tar" >"$T/log" 2>&1; then
	[ ! -e "$T/log" ] || diag <"$T/log"
	skip 'crun and runc start containers' 'the Debian archive does not give them'
else
	check 'crun and runc start containers' mk boot ENGINES=1
	is "$(grep -cE '(crun|runc) ok' "$BUILD/boot/$FIRST/report")" 2 'both of them'
	report "$FIRST"
	refuses 2 '\[not-held\]' 'but not without the controllers that limit them' \
		mk boot ENGINES=1 BOOT_ARGS='--append cgroup_disable=pids'
	is "$(grep -cE 'device (crun|runc) fail limits' "$BUILD/boot/$FIRST/report")" 2 'as both say'
fi
finish
