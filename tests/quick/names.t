#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Reports on names that the tree does not have: by evidence, and by the committed record.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
printf 'config PRE_MIT_FOUR\n\tbool "Four"\nconfig AT_ONE_CARD\n\tbool "One"\n' >>"$T/linux-6.99.1/Kconfig"
printf '# Why.\nCONFIG_NET=y\n' >"$T/ours.config"
cat >"$T/record" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only
rename FAKE_OLD FAKE_MIDDLE 6.40 help Kconfig
rename FAKE_MIDDLE FAKE_BLK 6.50 objects drivers/blk.o
rename FAKE_RING FAKE_LATER 7.1 help Kconfig
rename FAKE_TOMORROW FAKE_NET 7.1 help Kconfig
rename MIT_ONE PRE_MIT_ONE 6.50 help Kconfig
rename MIT_TWO PRE_MIT_TWO 6.50 help Kconfig
rename MIT_THREE PRE_MIT_THREE 6.50 prompt Kconfig
removed 6.60 FAKE_CAR FAKE_NETS
removed 7.1 FAKE_NEXT
new 7.1 FAKE_CRADLE FAKE_BLC
E2

# why NAME: the report on it
why() {
	"$KCONF" why --tree "$T/linux-6.99.1" --release 6.99.1 --arch x86_64 --srcarch x86 --cache "$T/probes" \
		--renames "$T/record" --symbol "$1" "base:$T/ours.config" 2>&1
}

# becomes NAME WANTED WHY: the nearest name, and the evidence
becomes() {
	is "$(why "$1" | sed -n 's/.*nearest name: \([^,]*\),[^;]*/\1/p')" "$2" "$3"
}
becomes FAKE_MIDDLE 'FAKE_BLK; renamed by 6.50, evidence: objects' 'a rename of the record is found'
becomes FAKE_OLD 'FAKE_BLK; renamed by 6.50, evidence: objects' 'so is a rename of a rename'
becomes FAKE_LATER 'FAKE_RING; renamed by 7.1, evidence: help' 'and the old name of one that comes later'
becomes FAKE_TOMORROW '' 'but not a rename that is still to come'
becomes MIT_FOUR 'PRE_MIT_FOUR; renamed by 6.50, evidence: prefix' 'a prefix that three others got is evidence'
becomes MIT_FIVE '' 'if the tree has the option'
is "$(why FAKE_CAR | grep -c 'removed from the kernel by 6.60')" 1 'a removed option is reported as removed'
is "$(why FAKE_CRADLE | grep -c 'not in the kernel before 7.1')" 1 'and later ones'
becomes FAKE_NETS '' 'a name that the record has is not a slip'
becomes FAKE_BLC '' 'in any series'
for slip in FAKE_RNG FAKE_RRING FAKE_RIMG FAKE_RIGN; do
	becomes "$slip" FAKE_RING "$slip is a slip"
done
for name in FAKE_RANGE NAT FAKE_GNIR AKE_RINGS; do
	becomes "$name" '' "$name is not"
done
becomes ONE_CARD AT_ONE_CARD 'a name may lack a prefix that only one option has'
is "$(why S390_FAKE | grep -c 'arch/s390/Kconfig:1, which this architecture does not read')" 1 \
	'an option of another architecture has its place'
is "$(why S390_FAKE | grep -c nearest)" 0 'and no other name'
for bad in 'rename A B' 'removed 6.1' 'went 6.1 A' x; do
	echo "$bad" >"$T/record"
	why NET >"$T/out"
	is "$? $(grep -c 'record:1: .*\[bad-record\]' "$T/out")" '2 1' "'$bad' is refused"
done

# ---- the record of names, from two trees ----------------------------------------
mkdir -p "$T/a/drivers" "$T/b/drivers"
cat >"$T/a/Kconfig" <<'E2'
config HELPED
	bool "Old words"
	help
	  Compile the kernel with an option that guards against what
	  the processor does of itself. The kernel may run slower.

config PROMPTED
	tristate "A prompt that only one option has"
config BUILT
	tristate "Built"
config MERGED
	bool
config TRANS
	bool "Passed on by default"
config LENT
	bool "Lent"
	help
	  Nothing else has these very words, which are in its help, of which it has some, and it says more.
config LOST
	bool "Lost"
	help
	  To compile this driver as a module, choose M here.
config STAYS
	bool "Stays"
	help
	  To compile this driver as a module, choose M here.
config TWIN_ONE
	bool "Support for the twin"
config TWIN_TWO
	bool "Support for the twin"
E2
cat >"$T/b/Kconfig" <<'E2'
config NEW_HELPED
	bool "New words"
	help
	  Compile the kernel with an option that guards
	  against what the processor does of itself. The kernel may run slower.
config NEW_PROMPTED
	tristate "A prompt that only one option has"
config NEW_BUILT
	tristate "Other"
config STAYS
	bool "Stays"
	help
	  To compile this driver as a module, choose M here.
config TRANS
	bool
	transitional
config NEW_TRANS
	bool "Here"
	default TRANS
config LENT_NEW
	bool "Borrowed"
	help
	  Nothing else has these very words, which are in its help, of which it has some, and its text is new.
config TWIN
	bool "Support for the twin"
E2
cat >"$T/a/drivers/Makefile" <<'E2'
obj-$(CONFIG_BUILT) += one.o \
	two.o
obj-$(CONFIG_MERGED) += three.o
obj-$(CONFIG_STAYS) += four.o
E2
cat >"$T/b/drivers/Makefile" <<'E2'
obj-$(CONFIG_NEW_BUILT) += one.o two.o
obj-$(CONFIG_STAYS) += three.o four.o
E2
"$KCONF" renames "6.8=$T/a" "6.9=$T/b" >"$T/record"
is "$(grep '^rename' "$T/record" | cut -d' ' -f 2-5 | tr '\n' '|')" \
	'BUILT NEW_BUILT 6.9 objects|HELPED NEW_HELPED 6.9 help|LENT LENT_NEW 6.9 words|MERGED STAYS 6.9 objects|PROMPTED NEW_PROMPTED 6.9 prompt|TRANS NEW_TRANS 6.9 transitional|' \
	'a rename is found by help, prompt, words, objects, or a transitional name'
is "$(grep '^removed\|^new' "$T/record" | tr '\n' '|')" \
	'removed 6.9 LOST TWIN_ONE TWIN_TWO|new 6.9 LENT_NEW NEW_BUILT NEW_HELPED NEW_PROMPTED NEW_TRANS TWIN|' \
	'and not by evidence that several options share'
why X >/dev/null
is $? 1 'the record can be read'
is "$(grep -c '^rename \(PAGE_TABLE_ISOLATION\|RETPOLINE\|RETHUNK\|CPU_UNRET_ENTRY\|CPU_IBPB_ENTRY\|CPU_IBRS_ENTRY\|CPU_SRSO\|SLS\|GDS_FORCE_MITIGATION\) MITIGATION_' configs/renames)" 9 \
	'the renames of mitigations in 6.9 are in the committed record'

# The record is of the releases that are locked, as far as their trees are here.
set --
for lock in kernel/*/release; do
	series=${lock#kernel/} && series=${series%/release}
	tree=${TREE%/*/linux}/$series/linux
	release=$(sed -n 's/^version  *//p' "$lock")
	[ "$(sed -n 's/^VERSION = //p; s/^PATCHLEVEL = //p; s/^SUBLEVEL = //p' "$tree/Makefile" 2>/dev/null | paste -sd.)" = "$release" ] ||
		missing="${missing-} $release"
	set -- "$@" "$series=$tree"
done
if [ -n "${missing-}" ]; then
	skip 'configs/renames is fresh' "NO TREE OF$missing"
	finish
fi
# shellcheck disable=SC2046 # words
"$KCONF" renames $(printf '%s\n' "$@" | sort -V) >"$T/fresh"
check "configs/renames is fresh; 'make renames' renews it" cmp "$T/fresh" configs/renames
finish
