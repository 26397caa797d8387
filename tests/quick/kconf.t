#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Fragments are read strictly, resolved through the tree's own Kconfig, and proven.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1

# frag NAME: a fragment from standard input, after a licence line.
frag() {
	{ echo '# SPDX-License-Identifier: GPL-2.0-only'; echo; cat; } >"$T/$1.config"
}

lint() {
	"$KCONF" lint --arch x86_64 --release 6.99.1 "$@"
}

resolve() {
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 \
		--out "$T/config" --cache "$T/probes" "$@"
}

# ---- reading --------------------------------------------------------------------
frag good <<'E2'
# The guest talks to the world.
CONFIG_NET=y
CONFIG_FAKE_RING=64

# Nothing needs a local version, and this one has quotes in it.
#: since 6.1
#: until 7.0
#: arch x86_64 arm64
CONFIG_LOCALVERSION="-a\"b"

# Another arch's, and an older release's, are no requests here.
#: arch arm64
CONFIG_NO_SUCH_OPTION=y
E2
check "a good fragment is taken" lint "base:$T/good.config"

# bad LINE PATTERN NAME: the fragment on standard input is refused at that line.
bad() {
	frag bad
	refuses 2 "bad.config:$1: .*$2" "$3" lint "base:$T/bad.config"
}
bad 3 'has no reason' 'an option without a reason is refused' <<'E2'
CONFIG_NET=y
E2
bad 4 'has no reason' 'a blank comment is no reason' <<'E2'
#
CONFIG_NET=y
E2
bad 5 'repeats .*bad.config:4' 'a repeated request is refused, both places named' <<'E2'
# Why.
CONFIG_NET=y
CONFIG_NET=y
E2
bad 5 'contradicts .*bad.config:4' 'a contradicting request is refused' <<'E2'
# Why.
CONFIG_NET=y
# CONFIG_NET is not set
E2
bad 4 "unknown directive 'untill'" 'an unknown directive is refused' <<'E2'
# Why.
#: untill 6.12
CONFIG_NET=y
E2
bad 4 'a waiver is' 'an empty waiver is refused' <<'E2'
# Why.
#: waive
CONFIG_NET=y
E2
bad 4 'a waiver is' 'a waiver without a reason is refused' <<'E2'
# Why.
#: waive NET until=7.0 somebody
CONFIG_NET=y
E2
bad 4 'expired with 6.12' 'an expired waiver is refused' <<'E2'
# Why.
#: waive NET until=6.12 somebody it is late
CONFIG_NET=y
E2
bad 4 'takes one series' 'a limit that is no release is refused' <<'E2'
# Why.
#: since yesterday
CONFIG_NET=y
E2
bad 4 'neither an option' 'a line that is not understood is refused' <<'E2'
# Why.
NET=y
E2
bad 4 'is not set' 'a misspelt "is not set" is refused' <<'E2'
# Why.
# CONFIG_NET is not wanted
E2
bad 4 'CONFIG_NET=n' 'CONFIG_X=n is refused' <<'E2'
# Why.
CONFIG_NET=n
E2
bad 4 'no value' 'a value that no option has is refused' <<'E2'
# Why.
CONFIG_NET=yes
E2
bad 4 'no value' 'an unclosed string is refused' <<'E2'
# Why.
CONFIG_LOCALVERSION="-x
E2
bad 5 'directives without an option' 'directives without an option are refused' <<'E2'
# Why.
#: arch x86_64

E2
bad 5 'after the options' 'a comment after the options is refused' <<'E2'
# Why.
CONFIG_NET=y
# More.
E2
printf '# Why.\nCONFIG_N\0ET=y\n' >"$T/nul.config"
refuses 2 'nul.config:2: .*NUL' 'a NUL byte is refused' lint "base:$T/nul.config"
refuses 2 'none.config: No such file' 'a missing fragment is refused' lint "base:$T/none.config"
refuses 2 'LAYER:FILE' 'an unknown layer is refused' lint "bas:$T/good.config"

frag board <<'E2'
# This board has no network.
# CONFIG_NET is not set
E2
refuses 2 'board.config:4: .*contradicts .*good.config:4.*override' \
	'a higher layer does not override by accident' \
	lint "base:$T/good.config" "board:$T/board.config"
frag board <<'E2'
# This board has no network.
#: override
# CONFIG_NET is not set
E2
check 'a higher layer overrides on purpose' lint "base:$T/good.config" "board:$T/board.config"
refuses 2 'contradicts' 'peers do not override each other' \
	lint "common:$T/good.config" "common:$T/board.config"

# ---- resolving ------------------------------------------------------------------
frag ask <<'E2'
# Everything here can be had.
CONFIG_NET=y
CONFIG_MODULES=y
CONFIG_FAKE_NET=m
CONFIG_FAKE_RING=64
CONFIG_FAKE_ZSTD=y
CONFIG_LOCALVERSION="-a\"b"
# CONFIG_FAKE_BLK is not set
E2
check 'requests that can be had hold' resolve --report "$T/proof" "base:$T/ask.config"
is "$(tail -n 1 "$T/proof")" \
	'7 requests from 1 fragments on x86_64 6.99.1: 7 hold, 0 excused, 0 lost' 'the proof counts them'
is "$(grep -c '^CONFIG_FAKE_VIRTIO=m\|^CONFIG_FAKE_RING=64\|^CONFIG_LOCALVERSION="-a\\"b"' "$T/config")" 3 \
	'they stand in the config, and what they select'

# The tree's own conf, from the same sources, must agree to the byte.
mkdir "$T/conf" && sed -n '/CONFIG_/p' "$T/ask.config" >"$T/allconfig"
k=$fake/scripts/kconfig
if flex -o "$T/conf/lexer.lex.c" -L "$k/lexer.l" &&
	bison -o "$T/conf/parser.tab.c" --defines="$T/conf/parser.tab.h" -t -l "$k/parser.y" &&
	gcc -w -I"$k" -I"$fake/scripts/include" -I"$T/conf" -o "$T/conf/conf" "$k/conf.c" \
		"$k/confdata.c" "$k/expr.c" "$k/menu.c" "$k/preprocess.c" "$k/symbol.c" "$k/util.c" \
		"$T/conf/lexer.lex.c" "$T/conf/parser.tab.c"; then
	(cd "$T/conf" && srctree=$fake KERNELVERSION=6.99.1 ARCH=x86_64 SRCARCH=x86 CC=gcc \
		KCONFIG_ALLCONFIG=$T/allconfig ./conf -s --allnoconfig Kconfig)
	check "the result is byte for byte the tree's own" cmp "$T/config" "$T/conf/.config"
	cp "$T/config" "$T/conf/.config"
	(cd "$T/conf" && srctree=$fake KERNELVERSION=6.99.1 ARCH=x86_64 SRCARCH=x86 CC=gcc ./conf -s --olddefconfig Kconfig)
	check 'olddefconfig leaves it as it is' cmp "$T/config" "$T/conf/.config"
else
	not_ok "the tree's own conf can be built"
fi

touch -d '2001-01-01' "$T/config"
resolve --report "$T/proof" "base:$T/ask.config"
is "$(date -r "$T/config" +%Y)" 2001 'an unchanged result keeps its time'

# lost CODE PATTERN NAME: the fragment on standard input loses its last line.
lost() {
	frag lost
	rm -f "$T/config"
	n=$(wc -l <"$T/lost.config")
	refuses 1 "lost.config:$n: .*LOST.*\[$1\]" "$3" resolve "base:$T/lost.config"
	resolve "base:$T/lost.config" 2>&1 | grep -Eq -e "$2" || not_ok "$3: says $2"
	[ ! -e "$T/config" ] || not_ok "$3: no config is left behind"
}
lost unmet-dependency 'unmet: NET\[=n\]' 'an unmet dependency loses, and is named' <<'E2'
# Why.
CONFIG_FAKE_NET=y
E2
lost unknown-symbol 'nearest name: MITIGATION_FAKE' 'a renamed option loses, and the new name is found' <<'E2'
# Why.
CONFIG_FAKE=y
E2
sed -i 's/CONFIG_FAKE=y/CONFIG_MITIGATION_FAK=y/' "$T/lost.config"
refuses 1 'nearest name: MITIGATION_FAKE' 'a misspelt option loses, and the right name is found' \
	resolve "base:$T/lost.config"
lost no-prompt 'defined at' 'an option without a prompt cannot be asked for' <<'E2'
# Why.
CONFIG_FAKE_VIRTIO=y
E2
lost forced-by-select 'selected by FAKE_BLK' 'an option that something selects comes back' <<'E2'
# Why.
CONFIG_FAKE_BLK=y
# CONFIG_FAKE_VIRTIO is not set
E2
lost bad-value 'change .*:4 to: CONFIG_NET=y' 'what can be no module is to be requested as a whole' <<'E2'
# Why.
CONFIG_NET=m
E2
lost forced-by-select 'change .*:6 to: CONFIG_FAKE_VIRTIO=y' 'so is what something built in selects' <<'E2'
# Why.
CONFIG_MODULES=y
CONFIG_FAKE_BLK=y
CONFIG_FAKE_VIRTIO=m
E2
lost m-became-y '' 'a module becomes built-in without module support' <<'E2'
# Why.
CONFIG_FAKE_BLK=m
E2
lost out-of-range 'allowed:.*1024' 'a number out of range loses' <<'E2'
# Why.
CONFIG_FAKE_RING=4096
E2

# ---- values -----------------------------------------------------------------------
# What the config has of an option after its request, and the code of the loss or 'held'.
while read -r request config code; do
	printf '# Values.\nCONFIG_FAKE_VALUES=y\nCONFIG_%s\n' "$request" >"$T/value.config"
	rm -f "$T/config"
	resolve "base:$T/value.config" 2>"$T/said"
	status=$?
	if [ "$code" = held ]; then
		is "$status $(grep -Fxc "CONFIG_$config" "$T/config")" '0 1' "$request holds, as $config"
	else
		is "$status $(grep -c "value.config:3: .*LOST: it is ${config#*=} \[$code\]" "$T/said")" '1 1' \
			"$request is lost, to $config"
	fi
done <<'E2'
FAKE_COUNT=17 FAKE_COUNT=17 held
FAKE_COUNT=0 FAKE_COUNT=0 held
FAKE_COUNT=-17 FAKE_COUNT=-17 held
FAKE_COUNT=0x10 FAKE_COUNT=16 bad-value
FAKE_COUNT=0x11 FAKE_COUNT=16 bad-value
FAKE_COUNT="16" FAKE_COUNT=16 bad-value
FAKE_COUNT=y FAKE_COUNT=16 bad-value
FAKE_ZERO=0x10 FAKE_ZERO=0 bad-value
FAKE_FIXED=0xffffffff81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_FIXED=0xFFFFFFFF81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_FIXED=0xffffffff82000000 FAKE_FIXED=0xffffffff81000000 no-prompt
FAKE_NICE=-20 FAKE_NICE=-20 held
FAKE_NICE=5 FAKE_NICE=5 held
FAKE_NICE=-21 FAKE_NICE=-20 out-of-range
FAKE_NICE=20 FAKE_NICE=19 out-of-range
FAKE_NICE=9223372036854775827 FAKE_NICE=19 out-of-range
FAKE_RING=1024 FAKE_RING=1024 held
FAKE_RING=1025 FAKE_RING=1024 out-of-range
FAKE_HEX=0x200000 FAKE_HEX=0x200000 held
FAKE_HEX=200000 FAKE_HEX=200000 held
FAKE_HEX=0x0000aB FAKE_HEX=0x0000aB held
FAKE_HEX=0X10 FAKE_HEX=0X10 held
FAKE_HEX=-1 FAKE_HEX=0x100000 bad-value
FAKE_HEX="0x100000" FAKE_HEX=0x100000 bad-value
FAKE_BARE=0x10 FAKE_BARE=0x10 held
FAKE_BARE=16 FAKE_BARE=16 held
FAKE_HIGH=0xffffffff82000000 FAKE_HIGH=0xffffffff82000000 held
FAKE_HIGH=0x1000 FAKE_HIGH=0xffffffff80000000 out-of-range
FAKE_PAGE=0x3000 FAKE_PAGE=0x3000 held
FAKE_PAGE=4096 FAKE_PAGE=4096 held
FAKE_PAGE=0x9000 FAKE_PAGE=0x8000 out-of-range
FAKE_TEXT="" FAKE_TEXT="" held
FAKE_TEXT="wörter" FAKE_TEXT="wörter" held
FAKE_TEXT="a\"b\\c" FAKE_TEXT="a\"b\\c" held
FAKE_TEXT=5 FAKE_TEXT=words bad-value
FAKE_TEXT=y FAKE_TEXT=words bad-value
FAKE_BLK="m" FAKE_BLK=n bad-value
FAKE_BLK=5 FAKE_BLK=n bad-value
E2
lost no-prompt 'it is sha512' 'a text that follows from others is lost if it is another' <<'E2'
# Why.
CONFIG_MODULES=y
CONFIG_MODULE_SIG=y
CONFIG_MODULE_SIG_HASH="sha256"
E2

frag choice <<'E2'
# Kconfig takes the last of these.
CONFIG_FAKE_GZIP=y
CONFIG_FAKE_ZSTD=y
E2
refuses 1 'choice.config:4: .*LOST.*choice-other-member' 'of two members of a choice one loses' \
	resolve "base:$T/choice.config"

frag optional <<'E2'
# Only some compilers can.
#: optional needs a compiler that can
CONFIG_FAKE_NET=y
E2
check 'an optional request may be missing' resolve --report "$T/proof" "base:$T/optional.config"
is "$(grep -c 'optional: needs a compiler' "$T/proof")" 1 'and the proof says so'
frag waived <<'E2'
# Wanted, and lost for now.
#: waive FAKE_NET until=7.0 tester its dependency is being reworked
CONFIG_FAKE_NET=y
E2
check 'a waived loss passes' resolve --report "$T/proof" "base:$T/waived.config"
frag unneeded <<'E2'
# Held without help.
#: waive NET until=7.0 tester no reason
CONFIG_NET=y
E2
refuses 1 'waiver for NET is not needed' 'a waiver that nothing needs is refused' \
	resolve "base:$T/unneeded.config"
refuses 2 'compiler .*no-such-gcc' 'a missing compiler is named' \
	resolve --cross no-such- "base:$T/ask.config"
refuses 2 'cannot be written' 'a config that cannot be written is an error' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 \
	--out "$T/ask.config/config" "base:$T/ask.config"
finish
