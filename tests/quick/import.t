#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kconf import: any .config to a fragment, on the fake tree.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake="--tree $T/linux-6.99.1 --release 6.99.1 --arch x86_64 --srcarch x86 --cache $T/probes"

cat >"$T/ours.config" <<'E2'
# The guest talks to the world.
CONFIG_NET=y
CONFIG_FAKE_RING=64
# CONFIG_FAKE_LOUD is not set
E2

# import CONFIG [OPTION...]: to $T/fragment and $T/said
import() {
	# shellcheck disable=SC2086 # words are meant to split
	"$KCONF" import $fake --config "$@" "base:$T/ours.config" >"$T/fragment" 2>"$T/said"
}

# requests: of the fragment, in one line
requests() {
	grep -v '^# [^C]\|^#:' "$T/fragment" | grep . | tr '\n' ' '
}

# said PATTERN: how many lines of the report match
said() {
	grep -c -e "$1" "$T/said"
}

# ---- the reader: lines as Kconfig reads them, the others by number ---------------
head='# Automatically generated file; DO NOT EDIT.
CONFIG_NET=y
CONFIG_MODULES=y'

# takes LINE REQUESTS: the requests that a line gives
takes() {
	printf '%s\n%b' "$head" "$1" >"$T/line"
	import "$T/line"
	is "$(requests | sed 's/CONFIG_MODULES=y //')$(said 'line:4: .*\[\(unread-line\|bad-value\)\]')" "$2" \
		"$(echo "$1" | tr -c '[:print:]' ' '): $([ "$2" = 1 ] && echo named || echo read as Kconfig does)"
}
takes 'CONFIG_FAKE_BLK=m\n' 'CONFIG_FAKE_BLK=m 0'
takes 'CONFIG_FAKE_BLK=m \n' 'CONFIG_FAKE_BLK=m 0'
takes 'CONFIG_FAKE_BLK=m\t\r\n' 'CONFIG_FAKE_BLK=m 0'
takes 'CONFIG_FAKE_BLK=m' 'CONFIG_FAKE_BLK=m 0'
takes 'CONFIG_FAKE_BLK=yes\n' 'CONFIG_FAKE_BLK=y 0'
takes 'CONFIG_FAKE_BLK=m # the disk\n' 'CONFIG_FAKE_BLK=m 0'
is "$(said 'line:4: .*\[text-after-value\]')" 1 'and the text after its value is named'
takes 'CONFIG_LOCALVERSION="-a # b" # c\n' 'CONFIG_LOCALVERSION="-a # b" 0'
for line in ' CONFIG_FAKE_BLK=m' '\tCONFIG_FAKE_BLK=m' 'export CONFIG_FAKE_BLK=m' 'CONFIG_FAKE_BLK =m' \
	'CONFIG_FAKE_BLK: m' 'FAKE_BLK=m' '+CONFIG_FAKE_BLK=m' 'CONFIG_FAKE_BLK=' 'CONFIG_FAKE_BLK=Y' \
	'CONFIG_LOCALVERSION="-a' 'CONFIG_LOCALVERSION=-a' '#CONFIG_FAKE_BLK is not set' \
	'#  CONFIG_FAKE_BLK is not set' '# CONFIG_FAKE_BLK is not set ' ' # CONFIG_FAKE_BLK is not set'; do
	takes "$line\n" 1
done
is "$(said '[^ -~]')" 0 'a report has nothing in it that a terminal might obey'
takes '# CONFIG_FAKE_BLK is not set\n' 0
takes '# CONFIG_FAKE_BLK=m\n' 0
takes '   \n' 0

printf '\357\273\277CONFIG_FAKE_BLK=m\n%s\n' "$head" >"$T/bom"
import "$T/bom"
is "$? $(requests)" '1 CONFIG_MODULES=y ' 'the option after a byte order mark is not read, as Kconfig does not'
is "$(said '\[byte-order-mark\]') $(said 'bom:1: .*FAKE_BLK=m.*\[unread-line\]')" '1 1' 'and both are named'
printf '%s\nCONFIG_FAKE_BLK=m\n' "$head" | sed 's/$/\r/' >"$T/crlf"
import "$T/crlf"
is "$? $(requests) $(said '\[crlf\]')" '0 CONFIG_MODULES=y CONFIG_FAKE_BLK=m  1' 'lines in CR LF are read, and named'
{ echo "$head"; yes ' CONFIG_FAKE_BLK=m' | head -n 500; } >"$T/many"
import "$T/many"
is "$? $(said '\[unread-line\]')" '1 21' 'of many such lines the first are named, and the rest counted'

printf '%s\nCONFIG_FAKE_BLK=m\n' "$head" | gzip >"$T/config.gz"
import "$T/config.gz"
is "$? $(requests)" '0 CONFIG_MODULES=y CONFIG_FAKE_BLK=m ' '/proc/config.gz is read'
{ echo "$head" | gzip; echo CONFIG_FAKE_BLK=m | gzip; } >"$T/two.gz"
import "$T/two.gz"
is "$? $(requests)" '0 CONFIG_MODULES=y CONFIG_FAKE_BLK=m ' 'and a file of two members'
import /dev/stdin <"$T/config.gz"
is "$?" 0 'from a pipe, too'

# refused NAME CODE: the file of that name
refused() {
	import "$T/$1"
	is "$? $(said "$1: .*\[$2\]")" '2 1' "$1 is refused as $2"
}
: >"$T/empty"
refused empty no-option
head -c 40 "$T/config.gz" >"$T/short.gz"
refused short.gz bad-gzip
head -c 17000000 /dev/zero | gzip >"$T/bomb.gz"
refused bomb.gz too-large
head -c 17000000 /dev/zero >"$T/large"
refused large too-large
printf 'CONFIG_NET=y\n\000\n' >"$T/nul"
refused nul not-text
printf '\377\376C\000O\000N\000F\000' >"$T/utf16"
refused utf16 not-text
printf '\3757zXZ\000' >"$T/config.xz"
refused config.xz not-text


# ---- the fragment ---------------------------------------------------------------
# More of a tree: a choice and a gate that ours decides, options that exclude others, and values.
cat >>"$T/linux-6.99.1/Kconfig" <<'E2'
choice
	prompt "Stack"
config FAKE_STACK_ZERO
	bool "Zero"
config FAKE_STACK_NONE
	bool "None"
endchoice

config FAKE_CORE
	tristate "Core"
config FAKE_PART
	tristate "Part"
	depends on FAKE_CORE
config FAKE_PULL
	tristate "Pulls the core in"
	select FAKE_CORE
config FAKE_FORCE
	bool "Forces the core"
	select FAKE_CORE
config FAKE_LOCKED
	bool "Locked"
	depends on !FAKE_OPEN
config FAKE_OPEN
	bool "Open"
config FAKE_NAME
	string "Name"
config FAKE_WINDOW
	hex "Window"
	default 0x10
config FAKE_FOLLOWS
	int
	default 7 if FAKE_OPEN
	default 8
config FAKE_A
	bool "A"
	depends on FAKE_GATE
config FAKE_B
	bool "B"
	depends on FAKE_A
config FAKE_WELD
	bool "Weld"
	depends on FAKE_RARE || COMPILE_TEST
config FAKE_NEVER
	bool "Never"
	depends on FAKE_FARAWAY || COMPILE_TEST
config FAKE_LOCAL
	bool "On this machine"
	depends on FAKE_FARAWAY && FAKE_GATE
config FAKE_NEARBY
	bool "Also there only"
	depends on FAKE_RARE && FAKE_FARAWAY
config FAKE_RARE
	bool "Rare"
config COMPILE_TEST
	bool "Compile test"
E2
cat >>"$T/ours.config" <<'E2'

# Programs find no old data on the stack.
CONFIG_FAKE_STACK_ZERO=y

# The core is a module, since few need it, and nothing opens it.
CONFIG_MODULES=y
CONFIG_FAKE_CORE=m
CONFIG_FAKE_LOCKED=y
E2

# holds NAME [VALUE]: with reasons, the fragment of the last import holds as a flavour
holds() {
	sed 's/^$/\n# A reason./' "$T/fragment" >"$T/reasoned.config"
	# shellcheck disable=SC2086
	check "$1" "$KCONF" resolve $fake --out "$T/out" "base:$T/ours.config" "flavour:$T/reasoned.config"
}

# theirs LINE...: a whole .config of those options
theirs() {
	{ echo "$head" && printf '%s\n' "$@"; } >"$T/dot"
}

theirs CONFIG_FAKE_VIRTIO=m CONFIG_FAKE_BLK=m CONFIG_FAKE_TABLES=m CONFIG_FAKE_RING=128 CONFIG_FAKE_GZIP=y \
	'CONFIG_FAKE_NAME="-x \"y\""' CONFIG_GONE=y
import "$T/dot"
is $? 1 'a config that loses something is a finding'
is "$(requests)" 'CONFIG_FAKE_BLK=m CONFIG_FAKE_NAME="-x \"y\"" ' \
	'only options that ours lacks are requested: no select, no default, none that ours settles'
{ cat "$T/ours.config"; echo; cat "$T/fragment"; } >"$T/both.config"
refuses 2 '\[no-reason\]' 'it passes only once reasons are written' \
	"$KCONF" lint --arch x86_64 --release 6.99.1 "base:$T/both.config"
holds 'and then holds'

# Options that make a request of the fragments fail: by a choice, a select, or a dependency.
theirs CONFIG_FAKE_STACK_NONE=y CONFIG_FAKE_PULL=y CONFIG_FAKE_FORCE=y CONFIG_FAKE_OPEN=y CONFIG_FAKE_BLK=m
import "$T/dot"
is "$? $(requests)" '1 CONFIG_FAKE_BLK=m CONFIG_FAKE_PULL=m ' 'the fragment omits options that make a request of the fragments fail'
holds 'which holds'
for name in STACK_NONE:STACK_ZERO=y FORCE:CORE=m OPEN:LOCKED=y; do
	is "$(said "CONFIG_FAKE_${name%:*}=y .*\[conflict\].* CONFIG_FAKE_${name#*:} of $T/ours.config:[0-9]* ")" 1 \
		"FAKE_${name%:*} is named, with the request that it would make fail"
done
theirs CONFIG_FAKE_PULL=y CONFIG_FAKE_PART=y
import "$T/dot"
is "$(requests)" 'CONFIG_FAKE_PART=m CONFIG_FAKE_PULL=m ' 'an option that cannot be built in is a module'
holds 'which holds too'
is "$(said 'FAKE_PULL=y is m here \[conflict\]') $(said 'modules instead of built in \[limited-to-m\]: it needs FAKE_CORE$')" '1 1' 'and that is reported'

# Options that ours overrules.
theirs CONFIG_FAKE_LOUD=y CONFIG_FAKE_CORE=y CONFIG_FAKE_RING=128
import "$T/dot"
is "$? $(requests)" '0 ' 'an option that ours requests otherwise keeps that value'
is "$(sed -n "/by request of .*ours.config:1 \[overruled\]: The guest/,/^kconf/{s/^    //p;}" "$T/said" | tr '\n' ' ')" \
	'FAKE_RING=64(128) FAKE_LOUD=n(y) ' 'values and options, by paragraphs with their reasons'
is "$(said '^    FAKE_CORE=m(y)')" 1 'and modules that were built in'
is "$(tail -n 1 "$T/said" | grep -c ' 0 options of this tree are lost.* 3 are overruled ')" 1 'and they are counted'
theirs CONFIG_FAKE_LOUD=n 'CONFIG_FAKE_NAME="a'"$(printf '\033')"'b"' CONFIG_FAKE_WINDOW=0x20 CONFIG_FAKE_FOLLOWS=7
import "$T/dot"
is "$(requests | tr -d '\033')" 'CONFIG_FAKE_NAME="ab" CONFIG_FAKE_WINDOW=0x20 ' 'values of each type are taken'
holds 'and hold'
is "$(said 'FAKE_FOLLOWS=8(7)')" 1 'a value that follows from others is reported'

theirs 'CONFIG_FAKE_NAME=""' CONFIG_FAKE_WINDOW=0x10 CONFIG_FAKE_GZIP=y
import "$T/dot"
is "$(requests)" '' 'values that are so by default are not requested'

# A whole .config from the tree's menus.
theirs '# CONFIG_NET is not set' CONFIG_FAKE_RING=128 '# CONFIG_FAKE_STACK_ZERO is not set' CONFIG_FAKE_STACK_NONE=y \
	CONFIG_FAKE_CORE=m CONFIG_FAKE_OPEN=y
sed -i /NET=y/d "$T/dot"
import "$T/dot" --exact
is $? 0 'a config that came from this tree loses nothing'
is "$(sed -n '/^#: override/,$p' "$T/fragment" | tr '\n' ' ')" \
	'#: override until=6.100 OWNER REASON # CONFIG_NET is not set CONFIG_FAKE_RING=128 # CONFIG_FAKE_STACK_ZERO is not set # CONFIG_FAKE_LOCKED is not set ' \
	'our other requests are overridden, and those that fail with them'
is "$(grep -c '^# NET=y is the request of .*ours.config:2: The guest' "$T/fragment")" 1 'with its place and reason'
sed 's/^$/\n# A reason./' "$T/fragment" >"$T/reasoned.config"
holds 'which holds'

# ---- fragments, and files without modules ---------------------------------------
printf 'CONFIG_FAKE_BLK=m\nCONFIG_FAKE_A=y\n' >"$T/bare"
import "$T/bare"
is "$? $(requests) $(said ' 2 options .*\[fragment\]')" '1 CONFIG_FAKE_BLK=m  1' 'a fragment is resolved over ours, and said to be one'
is "$(said 'request in the fragment.* CONFIG_FAKE_GATE=y$')" 1 'and its dependency is reported'
printf '# CONFIG_NET is not set\n' >"$T/bare"
import "$T/bare"
is "$? $(said '^    NET=y(n)')" '0 1' 'an option that a fragment disables, and ours enables, is reported'
printf '# Linux/x86 6.99.1 Kernel Configuration\nCONFIG_NET=y\nCONFIG_FAKE_BLK=m\n' >"$T/dot"
import "$T/dot"
is "$? $(requests) $(said 'CONFIG_MODULES=y of .*ours.config:10 \|\[no-modules\]')" '0 CONFIG_FAKE_BLK=m  1' \
	'a .config that does not name MODULES has those of the fragments'
printf '# Linux/x86 6.99.1 Kernel Configuration\n# CONFIG_MODULES is not set\nCONFIG_FAKE_BLK=m\n' >"$T/dot"
import "$T/dot"
is "$(requests) $(said '\[no-modules\]')" 'CONFIG_FAKE_BLK=y  1' 'and modules without MODULES become built in, with a report'

# ---- losses, by gates -----------------------------------------------------------
# The file is of a tree without the gate, and where other things came by default.
theirs CONFIG_FAKE_A=y CONFIG_FAKE_B=y CONFIG_FAKE_FILTER=m CONFIG_FAKE_TABLES=m CONFIG_FAKE_CC=y CONFIG_FAKE_WELD=y \
	CONFIG_FAKE_NEVER=y CONFIG_FAKE_LOCAL=y CONFIG_FAKE_NEARBY=y CONFIG_FAKE_AUTO=y CONFIG_FAKE_QUIET=y
import "$T/dot"
is "$(said '4 options are lost \[unmet-dependency\]: they need FAKE_GATE$')" 1 'options behind one gate are listed together'
is "$(said '^    FAKE_A FAKE_B FAKE_FILTER FAKE_TABLES$')" 1 'by name'
is "$(said 'FAKE_GATE: no fragment requests it, at Kconfig:')" 1 'below the gate'
is "$(said 'request in the fragment, .* CONFIG_FAKE_GATE=y$') $(said 'tried: 4 of 4 are enabled then; 0 requests are lost')" \
	'1 1' 'with the lines that open it, tried'
is "$(said '\[no-prompt\]') $(said '^    FAKE_AUTO$')" '1 1' 'options without a prompt are in a list'
is "$(said 'it needs CC_HAS_NOPE$')" 1 'so is a feature that the compiler lacks'
is "$(said 'it needs FAKE_RARE$')" 1 'an option for compile tests has its other gate'
is "$(said '3 options are lost .* they need FAKE_FARAWAY$') $(said '^    FAKE_NEVER FAKE_LOCAL FAKE_NEARBY$')" '1 1' \
	'a gate that nothing opens is named in place of all others'
is "$(said COMPILE_TEST)" 0 'and compile tests are never advised'
is "$(grep -c . "$T/fragment") $(said '#: until\|#: since')" '2 0' 'remedies are for an import'
for i in $(seq 300); do
	printf 'config FAKE_MANY%d\n\tbool "Many"\n\tdepends on FAKE_GATE\n' "$i" >>"$T/linux-6.99.1/Kconfig"
	echo "CONFIG_FAKE_MANY$i=y"
done >"$T/many"
{ echo "$head"; cat "$T/many"; } >"$T/dot"
import "$T/dot"
is "$(said '300 options are lost') $(($(wc -l <"$T/said") < 70))" '1 1' 'hundreds of them take a page'

# ---- names ----------------------------------------------------------------------
cat >"$T/renames" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only
rename FAKE_OLDCORE FAKE_PULL 6.50 help Kconfig
rename FAKE_WINDOW FAKE_LATER 7.1 help Kconfig
rename MIT_ONE PRE_MIT_ONE 6.50 help Kconfig
rename MIT_TWO PRE_MIT_TWO 6.50 help Kconfig
rename MIT_THREE PRE_MIT_THREE 6.50 prompt Kconfig
removed 6.60 FAKE_GRAVE FAKE_OPEM
new 7.1 FAKE_CRADLE
E2
printf 'config PRE_MIT_FOUR\n\tbool "Four"\n' >>"$T/linux-6.99.1/Kconfig"
names="--renames $T/renames"
theirs CONFIG_FAKE_OLDCORE=m CONFIG_FAKE_LATER=0x30 CONFIG_MIT_FOUR=y CONFIG_FAKE_GRAVE=y CONFIG_FAKE_OPEM=y \
	CONFIG_FAKE_CRADLE=y CONFIG_S390_FAKE=y CONFIG_FAKE_BLKS=y CONFIG_X25=y
# shellcheck disable=SC2086
import "$T/dot" $names
is "$(requests)" 'CONFIG_FAKE_PULL=m CONFIG_FAKE_WINDOW=0x30 CONFIG_PRE_MIT_FOUR=y ' 'options are taken by their names here'
holds 'and hold'
for pair in 'OLDCORE=m:FAKE_PULL:help' 'LATER=0x30:FAKE_WINDOW:help' 'FOUR=y:PRE_MIT_FOUR:prefix'; do
	new=${pair#*:}
	is "$(said "_${pair%%:*} is CONFIG_${new%:*} here \[renamed\].*evidence: ${pair##*:}")" 1 "${new%:*} is found by evidence"
done
is "$(said 'by 6.60 \[removed\]') $(said '^    FAKE_GRAVE FAKE_OPEM$')" '1 1' 'a removed option is reported as removed, and not as a typing error'
is "$(said 'before 7.1 \[newer\]') $(said '^    FAKE_CRADLE$')" '1 1' 'and options that came later'
is "$(said '\[other-arch-only\]') $(said '^    S390_FAKE$')" '1 1' 'and options of another architecture'
is "$(said '\[unknown-symbol\]') $(said '^    FAKE_BLKS X25$')" '1 1' 'the rest is not in this release: a file that Kconfig wrote has no typing errors'
printf 'CONFIG_FAKE_BLKS=y\nCONFIG_FAKE_VIRTOI=y\nCONFIG_NETT=y\n' >"$T/bare"
import "$T/bare"
is "$(said 'FAKE_BLKS=y .*\[unknown-symbol\].*nearest name: FAKE_BLK,') $(said 'FAKE_VIRTOI=y .*nearest name: FAKE_VIRTIO,') $(said 'nearest name: NET,')" \
	'1 1 0' "a person's file has them: one letter, or two in another order, in a long name"
echo 'renamed FAKE' >"$T/renames"
# shellcheck disable=SC2086
import "$T/bare" $names
is "$? $(said 'renames:1: .*\[bad-record\]')" '2 1' 'a record of names that is not one is refused'

finish
