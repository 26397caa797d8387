#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kconf import: anybody's .config to a fragment, on the fake tree.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}"

sh tests/fake/mktree.sh "$TREE" "$T"
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

# ---- the reader: what Kconfig takes, and the rest by its line -------------------
head='# Automatically generated file; DO NOT EDIT.
CONFIG_NET=y
CONFIG_MODULES=y'

# takes LINE REQUESTS: what becomes of a line
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
is "$(said 'line:4: .*\[text-after-value\]')" 1 'and what follows its value is named'
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

cat >"$T/dot" <<'E2'
# Linux/x86 5.4 Kernel Configuration
CONFIG_NET=y
CONFIG_MODULES=y
CONFIG_FAKE_VIRTIO=m
CONFIG_FAKE_BLK=m
CONFIG_FAKE_TABLES=m
CONFIG_FAKE_RING=128
CONFIG_FAKE_GZIP=y
CONFIG_LOCALVERSION="-x \"y\""
CONFIG_GONE=y
E2
import "$T/dot"
is $? 1 'a config that loses something is a finding'
is "$(grep -v '^#' "$T/fragment" | grep . | tr '\n' ' ')" \
	'CONFIG_LOCALVERSION="-x \"y\"" CONFIG_MODULES=y CONFIG_FAKE_BLK=m ' \
	'what ours lacks is asked for, and no more: no select, no default, nothing that ours settles'
is "$(grep -c 'dot:6: CONFIG_FAKE_TABLES=m is lost \[unmet-dependency\]' "$T/said")" 1 'what is lost has its place'
is "$(grep -c 'ask for: CONFIG_FAKE_GATE=y CONFIG_FAKE_TABLES=y' "$T/said")" 1 'and what would bring it'
is "$(tail -n 1 "$T/said")" \
	"kconf: of $T/dot, 1 options are lost that this tree has and 1 that it has not; 0 are off by request, 0 follow from others" 'counted'
{ cat "$T/ours.config"; echo; cat "$T/fragment"; } >"$T/both.config"
refuses 2 'has no reason' 'it passes only once reasons are written' \
	"$KCONF" lint --arch x86_64 --release 6.99.1 "base:$T/both.config"
sed 's/^$/\n# A reason./' "$T/both.config" >"$T/reasoned.config"
check 'and then holds' "$KCONF" resolve --tree "$T/linux-6.99.1" --release 6.99.1 --arch x86_64 \
	--srcarch x86 "base:$T/reasoned.config"

{ cat "$T/dot"; echo CONFIG_FAKE_LOUD=y; } >"$T/loud"
import "$T/loud"
is "$(grep -c "loud:11: CONFIG_FAKE_LOUD=y is off by request of $T/ours.config:4: The guest" "$T/said")" 1 \
	'what ours has off on purpose is told as that'

# What somebody changed in the kernel's menus.
sed 's/^CONFIG_NET=y/# CONFIG_NET is not set/; /FAKE_TABLES\|GONE/d' "$T/dot" >"$T/menu"
import "$T/menu" --exact
is $? 0 'a config that came from this tree loses nothing'
is "$(sed -n '/override/,$p' "$T/fragment" | tr '\n' ' ')" \
	'#: override # CONFIG_NET is not set CONFIG_FAKE_RING=128 ' 'what ours has otherwise is overridden'
: >"$T/empty"
import "$T/empty"
is "$? $(grep -c 'empty: holds no option' "$T/said")" '2 1' 'an empty file is no config'

finish
