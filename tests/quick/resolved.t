#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Reports on resolved configs: differences, surface. tests/config/fresh.t checks the committed
# ones against the fragments.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"
: "${SESSION:?options of kconf for the board}" "${LAYERED:?its fragments}" "${RESOLVED:?the committed file}"
probes=${RESOLVED%-*}.probes

# shellcheck disable=SC2086 # SESSION and LAYERED are lists
resolve() {
	"$KCONF" resolve $SESSION --report "$T/proof" "$@"
}

printf '# A reason.\n#: override\n# CONFIG_NET_SCH_FQ is not set\n' >"$T/more.config"
# shellcheck disable=SC2086
resolve --probes "$probes" --resolved "$T/changed" $LAYERED "board:$T/more.config"
refuses 1 '' 'a change of a fragment would be seen' sh -c "cmp -s '$RESOLVED' '$T/changed' || { echo >&2; exit 1; }"
printf '# A reason.\nCONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE="file \\"a.c\\" \\\\ +p"\n' >"$T/string.config"
# shellcheck disable=SC2086 # words are meant to split
resolve --probes "$probes" --resolved "$T/string" $LAYERED "board:$T/string.config"
is "$(sed -n 's/  *#.*//; /^CONFIG_CMDLINE=/p' "$T/string")" 'CONFIG_CMDLINE="file \"a.c\" \\ +p"' \
	'a string is written as .config has it'

is "$(grep -v "^#" "$RESOLVED" | sort -c -t= -k1,1 2>&1; grep -vc '^#\|^CONFIG_[A-Za-z0-9_]*=.* # [a-z]' "$RESOLVED")" 0 \
	'a line is an option, its value and its origin, sorted'
is "$(grep -c '^CONFIG_\(CC_VERSION_TEXT\|GCC_VERSION\|CC_HAS_[A-Z]*\|AS_VERSION\|LD_VERSION\)=' "$RESOLVED")" 0 \
	'none depends on the compiler'
is "$(grep -c '/' "$probes" | awk '{ print ($1 > 0) }') $(grep -c "^$TREE\|	.*$TREE" "$probes")" '1 0' \
	"and no answer of where the tree is"

# ---- differences ----------------------------------------------------------------
"$KCONF" diff "$RESOLVED" "$T/changed" >"$T/out"
is $? 1 'a difference is a finding'
is "$(sed -n '1p;2p' "$T/out" | cut -c 1-25)" "requested: a fragment req
  - NET_SCH_FQ=m  [asked " 'a removed request is of the first kind'
check 'no difference is none' "$KCONF" diff "$RESOLVED" "$RESOLVED"

cat >"$T/a" <<'E2'
CONFIG_A=y # asked x
CONFIG_CHOICE_A=y # choice
CONFIG_RETPOLINE=y # default arch/Kconfig
CONFIG_SEL=y # select A
CONFIG_TEXT="a # b" # default init/Kconfig
E2
cat >"$T/b" <<'E2'
CONFIG_A=m # asked x
CONFIG_CHOICE_B=y # choice
CONFIG_MITIGATION_RETPOLINE=y # default arch/Kconfig
CONFIG_TEXT="a # c" # default init/Kconfig
E2
"$KCONF" diff "$T/a" "$T/b" >"$T/out"
is "$(sed 's/:.*//; s/  \[.*//' "$T/out" | tr '\n' '|')" \
	'requested|  ~ A|renamed|  > RETPOLINE -> MITIGATION_RETPOLINE (y)|default|  - CHOICE_A=y|  + CHOICE_B=y|  ~ TEXT|selected|  - SEL=y|5 options enabled before, 4 after, 6 differences|' \
	'each difference is listed by its kind'
echo 'CONFIG_A' >"$T/bad"
refuses 2 "bad:1: 'CONFIG_A'" 'an invalid line is refused, with its place' "$KCONF" diff "$T/bad" "$T/a"
echo 'CONFIG_A=y # because' >"$T/bad"
refuses 2 "bad:1: " 'so is an invalid origin' "$KCONF" diff "$T/a" "$T/bad"
refuses 2 'none: No such file' 'and no file' "$KCONF" diff "$T/a" "$T/none"

# ---- surface --------------------------------------------------------------------
"$KCONF" surface "$T/a" >"$T/out"
is "$(tail -n 1 "$T/out")" '4 of 5 options are enabled without a request: 1 select 1 choice 2 default' \
	'options without a request are counted'
is "$(grep -c '  SEL=y' "$T/out")" 1 'and listed'

cat >"$T/sizes" <<'E2'
{ "options": [ { "name": "A", "vmlinux": { "total": 900 } },
  { "name": "TEXT", "vmlinux": { "total": 40 }, "modules": { "total": 30 } },
  { "name": "SEL", "vmlinux": { "total": 5 } } ] }
E2
"$KCONF" surface --sizes "$T/sizes" "$T/a" >"$T/out"
is "$(sed 's/^ *//' "$T/out" | head -n 3 | tr '\n' '|')" \
	'70  TEXT="a # b"  [default init/Kconfig]|5  SEL=y  [select A]|75  bytes that no fragment requests|' 'by bytes, where they are known'
echo '{}' >"$T/sizes"
refuses 2 "sizes: has no options; 'make size'" 'an invalid file of sizes is refused' \
	"$KCONF" surface --sizes "$T/sizes" "$T/a"

finish
