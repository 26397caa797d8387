#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An option that upstream enables by default is requested, refused with a reason, or stops the build.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1
mkdir -p "$fake/security" "$fake/drivers"
cat >>"$fake/Kconfig" <<'E2'

source "security/Kconfig"
source "drivers/Kconfig"
E2
cat >"$fake/security/Kconfig" <<'E2'
menu "Memory"

config GUARD_COPIES
	bool "Check copies"

# The switch that a release puts in front of a protection.
config GUARD_COPIES_ON
	bool "Check copies from the start"
	depends on GUARD_COPIES
	default y
	help
	  Without this, the checks are compiled in and disabled.

config GUARD_BITS
	int "Random bits"
	range 8 32
	default 8

choice
	prompt "Transactions"

config GUARD_TSX_OFF
	bool "Off"

config GUARD_TSX_AUTO
	bool "Auto"

endchoice

endmenu

config GUARD_DEEP
	bool "Behind a gate that protects nothing"
	depends on OTHER_GATE
	default y

config GUARD_QUIET
	bool "Disabled upstream too"

config GUARD_HIDDEN
	bool
	default y
E2
cat >"$fake/drivers/Kconfig" <<'E2'
config OTHER_GATE
	bool "A gate"
	default y

config OTHER_VENDOR
	bool "A vendor"
	default y
E2
frag() {
	{ echo '# SPDX-License-Identifier: GPL-2.0-only'; echo; cat; } >"$T/$1.config"
}
rules() {
	cat >"$T/defaults"
}
resolve() {
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" \
		--defaults "$T/defaults" --accounts "$T/accounts" --out "$T/config" "$@"
}
new() {
	"$KCONF" new --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" \
		--defaults "$T/defaults" "$@"
}
# The codes and names of the reports, in order.
reported() {
	sed -n 's/.*CONFIG_\([A-Z_]*\) is unaccounted \[\(.*\)\].*/\1:\2/p' "$1" | sort | tr '\n' ' '
}
rules <<'E2'
class memory security/* Memory
class other-protection security/*
E2
frag copies <<'E2'
# Copies are checked.
CONFIG_GUARD_COPIES=y
E2

# ---- unaccounted defaults stop the build ------------------------------------------
rm -f "$T/config"
resolve "base:$T/copies.config" 2>"$T/err"
is "$? $(reported "$T/err")" \
	'1 GUARD_BITS:unaccounted-number GUARD_COPIES_ON:unaccounted-option GUARD_DEEP:unaccounted-option GUARD_TSX_OFF:unaccounted-choice ' \
	'a switch in front of a protection, a number and a choice are reported, also behind a gate'
check 'and no .config is written' test ! -e "$T/config"
is "$(grep -c '^security/Kconfig:[0-9]*: .*\[unaccounted-' "$T/err")" 4 'each with its place'
is "$(grep -v '^#' "$T/accounts")" 'memory number GUARD_BITS=8 # unaccounted
memory option GUARD_COPIES_ON=y # unaccounted
memory choice GUARD_TSX_OFF=y # unaccounted
other-protection option GUARD_DEEP=y # unaccounted
other option OTHER_GATE=y # counted
other option OTHER_VENDOR=y # counted' 'the list has them all, by class, and those without a class'

# ---- requests and refusals account for them ------------------------------------------
frag asked <<'E2'
# The checks are enabled, and the rest has its final values.
CONFIG_GUARD_COPIES_ON=y
CONFIG_GUARD_BITS=32
CONFIG_GUARD_TSX_OFF=y
# CONFIG_GUARD_DEEP is not set
E2
check 'requests account for it, those for n as well' resolve "base:$T/copies.config" "common:$T/asked.config"
is "$(grep -vc '^#.*# counted$\|^#' "$T/accounts") $(grep -c '^CONFIG_GUARD_COPIES_ON=y' "$T/config")" '2 1' \
	'only the counted ones are left'
rules <<'E2'
class memory security/* Memory
class other-protection security/*

# No program uses transactions, and the bits are few.
refuse GUARD_TSX_* GUARD_BITS
refuse GUARD_COPIES_ON

# Devices are a board's to request.
refuse drivers/*
E2
check 'so do refusals, and options that only a refused gate would show are not requested' resolve "base:$T/copies.config"
is "$(grep -v '^#' "$T/accounts" | sed 's/.* \([A-Z_]*\)=.*# /\1 /')" 'GUARD_BITS refused GUARD_BITS
GUARD_COPIES_ON refused GUARD_COPIES_ON
GUARD_TSX_OFF refused GUARD_TSX_*
OTHER_GATE refused drivers/*
OTHER_VENDOR refused drivers/*' 'the list says by which line'
rules <<'E2'
class memory security/* Memory

# All of it.
refuse security/*
E2
resolve "base:$T/copies.config" 2>"$T/err"
is "$?" 1 'a file refuses nothing of a class: options that protect are refused by name'

# ---- lists for a person ---------------------------------------------------------------
rules <<'E2'
class memory security/* Memory
E2
new "base:$T/copies.config" >"$T/out"
is "$? $(grep -c '^        Without this, the checks are compiled in' "$T/out") $(grep -c '"Check copies from the start"' "$T/out")" \
	'1 1 1' 'new prints prompt and help'
grep -v GUARD_COPIES_ON "$T/accounts" >"$T/old"
new --from "$T/old" "base:$T/copies.config" >"$T/out"
is "$(grep -c '^  CONFIG_' "$T/out") $(grep -c '^  CONFIG_GUARD_COPIES_ON=y' "$T/out")" '1 1' \
	'new --from omits the options of the other list'
echo 'no list' >"$T/old"
refuses 2 'old:1: .*\[bad-line\]' 'the file of --from must be such a list' new --from "$T/old" "base:$T/copies.config"
refuses 2 'none: .*\[no-file\]' 'and must exist' new --from "$T/none" "base:$T/copies.config"

# ---- advice ---------------------------------------------------------------------------
rules <<'E2'
class memory security/* Memory

# Tried elsewhere.
refuse GUARD_BITS GUARD_TSX_*
E2
frag modules <<'E2'
# The guest loads modules.
CONFIG_MODULES=y
E2
why() {
	"$KCONF" why --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" \
		--symbol GUARD_COPIES "$@" "base:$T/modules.config"
}
is "$(why --defaults "$T/defaults" | sed -n 's/.*\[unaccounted\]: *//p')" GUARD_COPIES_ON \
	'advice names options that only the advice makes visible and upstream enables'
is "$(why --defaults "$T/defaults" --json | grep -A1 '"unaccounted": \[' | tail -n 1 | tr -d ' ",')" GUARD_COPIES_ON 'in JSON too'
is "$(why | grep -c 'unaccounted')" 0 'without the classes it does not'

# ---- reading -------------------------------------------------------------------------
bad() {
	rules
	refuses 2 "defaults:$1: .*\[$2\]" "$3" resolve "base:$T/copies.config"
}
bad 1 bad-class 'a class without a file is refused' <<'E2'
class memory
E2
bad 2 no-reason 'a refusal without a reason is' <<'E2'
#
refuse GUARD_BITS
E2
bad 3 no-reason 'a reason ends with its paragraph' <<'E2'
# Why.

refuse GUARD_BITS
E2
bad 2 bad-refusal 'one of nothing is' <<'E2'
# Why.
refuse
E2
bad 1 unknown-word 'another word is' <<'E2'
allow GUARD_BITS
E2
rm "$T/defaults"
refuses 2 'defaults: .*\[no-file\]' 'a file that is not there is' resolve "base:$T/copies.config"

# ---- the project's own lists -----------------------------------------------------------
is "$(grep -l '# unaccounted' configs/resolved/*/*.defaults)" '' 'nothing is unaccounted in any committed list'
sed -n 's/.*# refused //p' configs/resolved/*/*.defaults | sort -u >"$T/used"
sed -n 's/^refuse //p' configs/defaults | tr ' ' '\n' | sort -u >"$T/refused"
is "$(comm -13 "$T/used" "$T/refused")" '' 'each refusal of configs/defaults refuses something in some list'
finish
