#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Why an option has its value, and which request would give it another, tried before it is printed.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1

cat >"$T/ask.config" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

# The guest talks to the world.
CONFIG_NET=y

# Disks.
CONFIG_MODULES=y
CONFIG_FAKE_BLK=m

# Small images.
CONFIG_FAKE_ZSTD=y

# No option needs it.
# CONFIG_FAKE_LOUD is not set
E2

why() {
	"$KCONF" why --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" --symbol "$@" \
		"base:$T/ask.config"
}

# says SYMBOL PATTERN NAME
says() {
	why "$1" >"$T/out" 2>&1
	if grep -Eq -e "$2" "$T/out"; then
		ok "$3"
	else
		not_ok "$3"
		diag <"$T/out"
	fi
}

says NET 'CONFIG_NET is y \[held\]' 'a request that holds is reported'
says NET 'requested as y at .*ask.config:4: The guest talks to the world' 'with its place and reason'
says CONFIG_NET 'CONFIG_NET is y' 'the name may have its prefix'
says FAKE_VIRTIO '\[select\]' 'a select is reported'
says FAKE_VIRTIO 'FAKE_BLK requested at .*ask.config:8: Disks' 'and the fragment that requests the selecting option'
says 64BIT 'by default y, at Kconfig:[0-9]+' 'a default is reported'
says FAKE_LOUD 'is n \[held\]' 'an option that a request disables is reported'
says FAKE_NET 'is n \[not-asked\]' 'an available option that no fragment requests is reported'
says FAKE_NET 'request: CONFIG_FAKE_NET=m$' 'and that a request is enough, as a module'
says FAKE_FILTER 'unmet: FAKE_TABLES\[=n\]' 'the unmet part of a dependency is reported'
says FAKE_FILTER 'FAKE_GATE: .*, at Kconfig:[0-9]+ \[not-asked\]' 'down to the gate that is shut'
says FAKE_FILTER 'request: CONFIG_FAKE_GATE=y CONFIG_FAKE_TABLES=m CONFIG_FAKE_FILTER=m' \
	'and all that it takes'
says FAKE_FILTER 'tried: 3 other options change, no request is lost' 'tried'
says FAKE_GZIP 'enabled in its choice: FAKE_ZSTD' 'the enabled member of a choice is reported'
says FAKE_GZIP '^        # CONFIG_FAKE_ZSTD is not set' 'and its request has to be overridden'
says FAKE_FOREIGN 'HAVE_FOREIGN: .* \[unknown-symbol\]' 'a dependency that is not there'
says FAKE_FOREIGN '\[no-advice\]' 'makes it unattainable'
says FAKE_CC 'toolchain fails this probe, at Kconfig:[0-9]+: .*-fno-such-option' "the compiler's refusal is reported"
says FAKE_CC '\[no-advice\]' 'and that no request would bring it'
says FAKE_CANARY 'CC_HAS_NOPE: ' 'so is the condition of a select'
says FAKE_CANARY 'toolchain fails this probe, at Kconfig:[0-9]+: .*-fno-such-option' 'with its refusal'
says S390_FAKE 'arch/s390/Kconfig:1, which this architecture does not read' "another architecture's is found"
says FAKE_RING 'is 256 \[default\]' 'a number by default'
why NO_SUCH_OPTION >"$T/out" 2>&1
is $? 1 'an unknown option is a finding'
says MITIGATION_FAK 'nearest name: MITIGATION_FAKE' 'a slip of the pen is seen'

# Advice is printed only if it works: the lines for FAKE_FILTER are requested, so
# the gate must open.
{ cat "$T/ask.config"; printf '\n# Tables.\nCONFIG_FAKE_GATE=y\nCONFIG_FAKE_TABLES=m\nCONFIG_FAKE_FILTER=m\n'; } >"$T/more.config"
check 'an advised line holds when it is requested' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" \
	--out "$T/config" "base:$T/more.config"

why FAKE_FILTER --json >"$T/json"
is "$(tr -d ' \n' <"$T/json" | grep -o '"set":\[[^]]*\]')" \
	'"set":["CONFIG_FAKE_GATE=y","CONFIG_FAKE_TABLES=m","CONFIG_FAKE_FILTER=m"]' 'JSON has the same facts'
is "$(tr -d ' \n' <"$T/json" | grep -o '"works":true,"changes":3,"lost":0')" \
	'"works":true,"changes":3,"lost":0' 'and the result of trying'

# An option that blocks a bool goes to n, since a bool has no m.
printf '# All there is to hear.\nCONFIG_FAKE_LOUD=y\n\n# None of it.\nCONFIG_FAKE_QUIET=y\n' >"$T/loud.config"
refuses 1 'change .*/loud.config:2 to: # CONFIG_FAKE_LOUD is not set$' 'a loss names the request that excludes it' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 "base:$T/loud.config"

# Lost requests come with the lines that enable them, and together.
cat >"$T/lost.config" <<'E2'
# Legacy users.
CONFIG_NET=y
CONFIG_FAKE_TABLES=y
CONFIG_FAKE_FILTER=y
E2
refuses 1 'to enable it, request: CONFIG_FAKE_GATE=y CONFIG_FAKE_TABLES=y$' 'a lost request names the lines that enable it' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 "base:$T/lost.config"
refuses 1 'together, to add: CONFIG_FAKE_GATE=y$' 'and several the lines that enable all' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 "base:$T/lost.config"
refuses 1 'tried: 2 of the 2 requests hold then; 0 of all are lost' 'which was tried' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 "base:$T/lost.config"

# Trials leave no trace: a process without trials writes the same config. And several boards in
# one process give the same results as one process for each.
resolve() {
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" "$@" 2>"$T/err"
}
cat >"$T/zstd.config" <<'E2'
# Small images, with a number and a string.
CONFIG_FAKE_ZSTD=y
CONFIG_FAKE_RING=64
CONFIG_LOCALVERSION="-z"
E2
cat >"$T/plain.config" <<'E2'
# Another.
CONFIG_NET=y
E2
{ cat "$T/zstd.config"; printf '\n# If available.\n#: optional a test\nCONFIG_FAKE_FILTER=y\n'; } >"$T/tries.config"
resolve --out "$T/zstd" "base:$T/zstd.config"
resolve --out "$T/tries" --report "$T/proof" "base:$T/tries.config"
is "$(grep -c '(tried' "$T/proof")" 1 'a remedy was tried'
check 'and the config is as without them' cmp "$T/zstd" "$T/tries"
resolve --out "$T/plain" "base:$T/plain.config"
sed 's/ZSTD/GZIP/' "$T/zstd.config" >"$T/gzip.config"
check 'several boards resolve in one go' resolve --out "$T/1" "base:$T/gzip.config" \
	--next --out "$T/2" "base:$T/plain.config" --next --out "$T/3" "base:$T/zstd.config"
is "$(diff "$T/1" "$T/zstd" | grep -c '^[<>].*FAKE_[GZ]')" 4 'the first as alone'
check 'the second too' cmp "$T/2" "$T/plain"
check 'and the third' cmp "$T/3" "$T/zstd"
refuses 1 'lost.config:3: .*LOST' 'one that loses does not keep the others from theirs' sh -c \
	'"$@" 2>&1 >/dev/null | cat >&2; exit 1' sh "$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 \
	--srcarch x86 --out "$T/4" "base:$T/lost.config" --next --out "$T/5" "base:$T/plain.config"
check 'with the same result' cmp "$T/5" "$T/plain"
check 'and it not' [ ! -e "$T/4" ]

refuses 2 'usage: kconf why' 'no option is an error' \
	"$KCONF" why --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 "base:$T/ask.config"
finish
