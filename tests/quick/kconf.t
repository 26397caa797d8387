#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Fragments are read strictly, resolved through the tree's own Kconfig, and proven.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1

# frag NAME: a fragment from standard input, after a licence line.
frag() {
	{ echo '# SPDX-License-Identifier: GPL-2.0-only'; echo; cat; } >"$T/$1.config"
}

lint() {
	"$KCONF" lint --arch x86_64 --archs arm64,riscv64,s390x,x86_64 --release 6.99.1 "$@"
}

resolve() {
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --archs arm64,x86_64 \
		--srcarch x86 --out "$T/config" --cache "$T/probes" "$@"
}

# ---- reading --------------------------------------------------------------------
frag good <<'E2'
# The guest talks to the world.
CONFIG_NET=y
CONFIG_FAKE_RING=64

# A text with quotes in it; CONFIG_NET is only named here, and CONFIG_FAKE_TEXT is set.
#: since 6.1
#: until 7.0
#: not-arch s390x arm64 keeps no such text
CONFIG_FAKE_TEXT="-a\"b"
E2
frag elsewhere <<'E2'
# Another arch's, and an older release's, do not count as requests here.
#: arch arm64 s390x
CONFIG_NO_SUCH_OPTION=y
E2
check "a good fragment is taken" lint "base:$T/good.config" "board:$T/elsewhere.config"

# bad LINE CODE NAME [LAYER]: the fragment on standard input is refused at that line, and no
# other.
bad() {
	frag bad
	refuses 2 "bad.config:$1: .*\\[$2\\]" "$3" lint "${4:-base}:$T/bad.config"
	is "$(grep -c . "$T/.err")" 1 "$3: with one message"
}
bad 3 no-reason 'an option without a reason is refused' <<'E2'
CONFIG_NET=y
E2
bad 4 no-reason 'a blank comment is not a reason' <<'E2'
#
CONFIG_NET=y
E2
bad 5 repeated-request 'a repeated request is refused, both places named' <<'E2'
# Why.
CONFIG_NET=y
CONFIG_NET=y
E2
bad 5 contradicting-request 'a contradicting request is refused' <<'E2'
# Why.
CONFIG_NET=y
# CONFIG_NET is not set
E2
bad 4 unknown-directive 'an unknown directive is refused' <<'E2'
# Why.
#: untill 6.12
CONFIG_NET=y
E2
bad 4 bad-waiver 'an empty waiver is refused' <<'E2'
# Why.
#: waive
CONFIG_NET=y
E2
bad 4 bad-waiver 'a waiver without a reason is refused' <<'E2'
# Why.
#: waive NET until=7.0 alice
CONFIG_NET=y
E2
bad 5 expired 'an expired waiver is refused' <<'E2'
# Why.
#: waive NET until=6.12 alice it is late
CONFIG_NET=y
E2
bad 4 bad-directive 'a limit that is not a release is refused' <<'E2'
# Why.
#: since yesterday
CONFIG_NET=y
E2
bad 4 not-understood 'a line that is not understood is refused' <<'E2'
# Why.
NET=y
E2
bad 4 near-option 'a misspelt "is not set" is refused' <<'E2'
# Why.
# CONFIG_NET is not wanted
E2
bad 4 not-n 'CONFIG_X=n is refused' <<'E2'
# Why.
CONFIG_NET=n
E2
bad 4 bad-value 'a value that no option has is refused' <<'E2'
# Why.
CONFIG_NET=yes
E2
bad 4 bad-value 'an unclosed string is refused' <<'E2'
# Why.
CONFIG_LOCALVERSION="-x
E2
bad 5 no-option 'directives without an option are refused' <<'E2'
# Why.
#: since 6.1

E2
bad 5 comment-after-options 'a comment after the options is refused' <<'E2'
# Why.
CONFIG_NET=y
# More.
E2
# Lines that were meant as an option or a directive. The first part of each is the code.
while IFS='|' read -r code text; do
	printf '# SPDX-License-Identifier: GPL-2.0-only\n\n# Why.\n%b\nCONFIG_NET=y\n' "$text" >"$T/bad.config"
	refuses 2 "bad.config:4: .*\\[$code\\]" "'$text' is refused" lint "base:$T/bad.config"
	is "$(grep -c . "$T/.err")" 1 "'$text': with one message"
done <<'E2'
near-option|#CONFIG_FAKE_BLK is not set
near-option|#  CONFIG_FAKE_BLK is not set
near-option|#\tCONFIG_FAKE_BLK is not set
near-option|## CONFIG_FAKE_BLK is not set
near-option|# CONFIG_FAKE_BLK is not  set
near-option|# CONFIG_FAKE_BLK is not set.
near-option|# CONFIG_FAKE_BLK  is not set
near-option|# config_fake_blk is not set
near-option|# CONFIG_FAKE_BLK=y
near-option|#CONFIG_FAKE_BLK=y
near-option|# FAKE_BLK is not set
near-option|#\0302\0240CONFIG_FAKE_BLK is not set
near-option|#\0342\0200\0213 CONFIG_FAKE_BLK is not set
near-directive|# : since 99.1
near-directive|##: since 99.1
near-directive|#\t: since 99.1
near-directive|# #: since 99.1
near-directive|# since 99.1
near-directive|# until 6.1
near-directive|# since: 99.1
near-directive|# override
near-directive|#\0302\0240: since 99.1
near-directive|# arch s390x
near-directive|# arch arm64 s390x
near-directive|# not-arch x86_64 it has none
near-directive|# waive NET until=7.0 alice it is late
not-understood| #: since 99.1
not-understood|\t# CONFIG_FAKE_BLK is not set
not-understood|  CONFIG_FAKE_BLK=m
not-understood|export CONFIG_FAKE_BLK=m
not-understood|CONFIG_FAKE_BLK is not set
not-understood|config_fake_blk=m
bad-name|CONFIG_FAKE_BLK = m
bad-name|CONFIG_FAKE-BLK=m
bad-value|CONFIG_FAKE_BLK=
bad-value|CONFIG_FAKE_BLK=M
bad-value|CONFIG_FAKE_BLK=m # words
bad-value|CONFIG_FAKE_BLK=m\0302\0240
bad-value|CONFIG_FAKE_RING=-0x10
bad-value|CONFIG_FAKE_RING=6 4
bad-value|CONFIG_FAKE_BLK=m\rCONFIG_FAKE_NET=y
control-character|# Two lines of an old Mac.\rCONFIG_FAKE_BLK=m
control-character|# A colour \0033[31m
E2
printf '# Why\302\240not.\n#  Indented. Both CONFIG_NET and since 6.1 are only named.\n# Set is not set yet; override is a word: until then.\nCONFIG_NET=y\n' >"$T/prose.config"
check 'prose that names options and directives is taken' lint "base:$T/prose.config"
printf '# Why.\nCONFIG_FAKE_BLK=m\302\240\n' >"$T/nbsp.config"
refuses 2 'm\\xc2\\xa0' 'a character that no terminal shows is escaped' lint "base:$T/nbsp.config"

# Marks and line ends of other systems.
printf '\357\273\277# Why.\nCONFIG_NET=y\n' >"$T/mark.config"
refuses 2 'mark.config:1: .*\[bom\]' 'a byte order mark is named' lint "base:$T/mark.config"
is "$(grep -c . "$T/.err")" 1 'and the line after it is read'
printf '# Why.\nCONFIG_NET=y\n\n\357\273\277# More.\nCONFIG_FAKE_BLK=m\n' >"$T/mark.config"
refuses 2 'mark.config:4: .*\[bom\]' 'so is one of a file that was appended' lint "base:$T/mark.config"
printf '# Why.\nCONFIG_NET=y\n' | iconv -t UTF-16 >"$T/wide.config"
refuses 2 'wide.config:1: .*UTF-16.*\[bom\]' 'and one of UTF-16' lint "base:$T/wide.config"
is "$(grep -c . "$T/.err")" 1 'with one message'
printf '# Why.\r\n#: since 6.1\r\nCONFIG_NET=y\r\n\r\n# So.\r\n# CONFIG_FAKE_BLK is not set\r\n' >"$T/crlf.config"
check 'CRLF is taken, as Kconfig does' lint "base:$T/crlf.config"
is "$(grep -c 'crlf.config:1: .*\[crlf\]' "$T/.err") $(grep -c . "$T/.err")" '1 1' 'and named once'

# ---- architectures and releases ---------------------------------------------------
bad 4 unknown-arch 'an unknown architecture is refused' board <<'E2'
# Why.
#: arch bananas
CONFIG_NET=y
E2
bad 4 unknown-arch 'one among known ones is' board <<'E2'
# Why.
#: arch x86_64 amd64
CONFIG_NET=y
E2
bad 4 unknown-arch 'so it is in an exclusion' <<'E2'
# Why.
#: not-arch s390 has none
CONFIG_NET=y
E2
frag s390x <<'E2'
# Why.
#: arch s390x
CONFIG_NET=y
E2
refuses 2 '\[unknown-arch\]' 'without a list, only the architecture itself is known' \
	"$KCONF" lint --arch x86_64 --release 6.99.1 "board:$T/s390x.config"
bad 4 base-arch-list 'the base lists no architectures' <<'E2'
# Why.
#: arch x86_64
CONFIG_NET=y
E2
bad 4 bad-directive 'an exclusion has a reason' <<'E2'
# Why.
#: not-arch s390x arm64
CONFIG_NET=y
E2
bad 4 bad-directive 'and an architecture' <<'E2'
# Why.
#: not-arch
CONFIG_NET=y
E2
bad 5 bad-directive 'architectures are listed once' board <<'E2'
# Why.
#: arch x86_64
#: arch arm64
CONFIG_NET=y
E2
bad 5 bad-directive 'a limit stands once' <<'E2'
# Why.
#: since 6.1
#: since 6.2
CONFIG_NET=y
E2
bad 6 empty-range 'limits that leave nothing are refused' <<'E2'
# Why.
#: since 7.0
#: until 6.12
CONFIG_NET=y
E2
bad 6 empty-range 'also within a series' <<'E2'
# Why.
#: since 6.12.5
#: until 6.12
CONFIG_NET=y
E2
# Limits: from the first named, up to and without the second.
frag limits <<'E2'
# Why.
#: since 6.99
#: until 6.99.1
CONFIG_NO_SUCH_1=y

# Why.
#: since 6.99.2
CONFIG_NO_SUCH_2=y

# Why.
#: not-arch arm64 x86_64 has none
CONFIG_NO_SUCH_3=y

# Why.
#: not-arch x86_64 has none
#: until 6.99
CONFIG_NO_SUCH_4=y

# Why.
#: since 6.99.1
#: until 6.99.2
#: not-arch arm64 it has no network
CONFIG_NET=y
E2
resolve "base:$T/limits.config" 2>"$T/said"
is "$(tail -n 2 "$T/said" | tr '\n' '|')" \
	'secure base: 1 requests apply, 1 not on this arch (not-arch), 3 not in this release (since, until); 0 base requests overridden|1 requests from 1 fragments on x86_64 6.99.1: 1 hold, 0 excused, 0 lost|' \
	'the proof counts the requests of the base that do not apply'

# ---- the local version ------------------------------------------------------------
long=$(printf %058d 0)
while IFS= read -r value; do
	printf '# Why.\nCONFIG_LOCALVERSION="%s"\n' "$value" >"$T/local.config"
	refuses 2 'local.config:2: .*\[bad-localversion\]' "a local version '$value' is refused" \
		lint "base:$T/local.config"
done <<E2
-my kernel
-a/b
-\$(id)
-\${HOME}
-\`id\`
-a\\"b
-a'b
-a;b
-a:b
-a%b
-ü
$long$long
-$long
E2
printf '# Why.\nCONFIG_LOCALVERSION="%s"\n' "$long" >"$T/local.config"
check '64 characters with the release are taken' lint "base:$T/local.config"
printf '# Why.\nCONFIG_LOCALVERSION="-a.b_c+d~1"\n' >"$T/local.config"
check 'so are the marks that releases have' lint "base:$T/local.config"
printf '# Why.\nCONFIG_LOCALVERSION=""\n' >"$T/local.config"
check 'and none' lint "base:$T/local.config"

printf '# Why.\nCONFIG_N\0ET=y\n' >"$T/nul.config"
refuses 2 'nul.config:2: .*\[nul-byte\]' 'a NUL byte is refused' lint "base:$T/nul.config"
refuses 2 'none.config: No such file.*\[cannot-read\]' 'a missing fragment is refused' lint "base:$T/none.config"
refuses 2 '\[unknown-layer\]' 'an unknown layer is refused' lint "bas:$T/good.config"

frag board <<'E2'
# This board has no network.
# CONFIG_NET is not set
E2
refuses 2 'board.config:4: .*good.config:4.*\[contradicting-request\]' \
	'a higher layer does not override by accident' \
	lint "common:$T/good.config" "board:$T/board.config"
frag board <<'E2'
# This board has no network.
#: override
# CONFIG_NET is not set
E2
check 'a higher layer overrides on purpose' lint "common:$T/good.config" "board:$T/board.config"
refuses 2 '\[contradicting-request\]' 'peers do not override each other' \
	lint "common:$T/good.config" "common:$T/board.config"

# The base is overridden by an owner, for a time, and for a reason.
over() {
	refuses 2 "$1" "$2" lint "base:$T/good.config" "board:$T/board.config"
}
over 'board.config:5: .*good.config:4.*\[base-override\]' 'a request of the base is not overridden by a word'
frag board <<'E2'
# This board may lack it.
#: override
#: optional some have none
CONFIG_NET=y
E2
over 'board.config:6: .*\[base-override\]' 'nor made optional'
frag board <<'E2'
# This board has no network.
#: override until=7.0 tester it has no wires
# CONFIG_NET is not set
E2
check 'it is with owner, reason and end' lint "base:$T/good.config" "board:$T/board.config"
frag flavour <<'E2'
# This one has it again.
#: override
CONFIG_NET=y
E2
check 'a request of the base may come back' lint "base:$T/good.config" "board:$T/board.config" "flavour:$T/flavour.config"
frag flavour <<'E2'
# This one as well.
#: override
# CONFIG_NET is not set
E2
refuses 2 'flavour.config:5: .*\[base-override\]' 'one exception does not stand for another' \
	lint "base:$T/good.config" "board:$T/board.config" "flavour:$T/flavour.config"
frag common <<'E2'
# These boards have no network either.
#: override until=7.0 tester they have no wires
# CONFIG_NET is not set
E2
refuses 2 'flavour.config:5: .*\[base-override\]' 'nor do two' lint "base:$T/good.config" \
	"common:$T/common.config" "board:$T/board.config" "flavour:$T/flavour.config"
frag board <<'E2'
# This board has no network.
#: override until=6.99 tester it has no wires
# CONFIG_NET is not set
E2
over 'board.config:5: .*\[expired\]' 'an exception expires'
frag board <<'E2'
# This board has no network.
#: override until=7.0 tester
# CONFIG_NET is not set
E2
over 'board.config:4: .*\[bad-directive\]' 'it has a reason'
frag board <<'E2'
# This board has a disk.
#: override until=7.0 tester it has a disk
CONFIG_FAKE_BLK=y
E2
over 'board.config:3: .*\[stale-override\]' 'and is of a request of the base'
frag good2 <<'E2'
# Newer ones have a disk.
#: since 7.0
# CONFIG_FAKE_BLK is not set
E2
check 'or of one that the base has elsewhere' \
	lint "base:$T/good.config" "base:$T/good2.config" "board:$T/board.config"
bad 4 bad-directive 'the base itself overrides nothing' <<'E2'
# Why.
#: override
CONFIG_NET=y
E2

# ---- resolving ------------------------------------------------------------------
frag ask <<'E2'
# Everything here is available.
CONFIG_NET=y
CONFIG_MODULES=y
CONFIG_FAKE_NET=m
CONFIG_FAKE_RING=64
CONFIG_FAKE_ZSTD=y
CONFIG_FAKE_VALUES=y
CONFIG_FAKE_TEXT="-a\"b"
# CONFIG_FAKE_BLK is not set
E2
check 'available requests hold' resolve --report "$T/proof" "base:$T/ask.config"
is "$(tail -n 1 "$T/proof")" \
	'8 requests from 1 fragments on x86_64 6.99.1: 8 hold, 0 excused, 0 lost' 'the proof counts them'
is "$(grep -c '^CONFIG_FAKE_VIRTIO=m\|^CONFIG_FAKE_RING=64\|^CONFIG_FAKE_TEXT="-a\\"b"' "$T/config")" 3 \
	'they are in the config, and the options that they select'

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
lost no-prompt 'defined at' 'an option without a prompt cannot be requested' <<'E2'
# Why.
CONFIG_FAKE_VIRTIO=y
E2
lost forced-by-select 'selected by FAKE_BLK' 'an option that something selects comes back' <<'E2'
# Why.
CONFIG_FAKE_BLK=y
# CONFIG_FAKE_VIRTIO is not set
E2
lost bad-value 'change .*:4 to: CONFIG_NET=y' 'advice for an option that cannot be a module is y' <<'E2'
# Why.
CONFIG_NET=m
E2
lost forced-by-select 'change .*:6 to: CONFIG_FAKE_VIRTIO=y' 'so is advice for an option that a built-in option selects' <<'E2'
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
# The request of an option, its value in the config, and the code of the loss or 'held'.
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
FAKE_COUNT=18446744073709551617 FAKE_COUNT=18446744073709551617 held
FAKE_COUNT=0x10 FAKE_COUNT=16 bad-value
FAKE_COUNT=0x11 FAKE_COUNT=16 bad-value
FAKE_COUNT=016 FAKE_COUNT=16 bad-value
FAKE_COUNT=10a FAKE_COUNT=16 bad-value
FAKE_COUNT="16" FAKE_COUNT=16 bad-value
FAKE_COUNT=y FAKE_COUNT=16 bad-value
FAKE_ZERO=0x10 FAKE_ZERO=0 bad-value
FAKE_FIXED=0xffffffff81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_FIXED=0xFFFFFFFF81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_FIXED=ffffffff81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_FIXED=0x00ffffffff81000000 FAKE_FIXED=0xffffffff81000000 held
FAKE_BELOW=-5 FAKE_BELOW=-5 held
FAKE_BELOW=5 FAKE_BELOW=-5 no-prompt
FAKE_FIXED=0xffffffff82000000 FAKE_FIXED=0xffffffff81000000 no-prompt
FAKE_NICE=-20 FAKE_NICE=-20 held
FAKE_NICE=5 FAKE_NICE=5 held
FAKE_NICE=-21 FAKE_NICE=-20 out-of-range
FAKE_NICE=20 FAKE_NICE=19 out-of-range
FAKE_NICE=-05 FAKE_NICE=-5 bad-value
FAKE_NICE=9223372036854775827 FAKE_NICE=19 out-of-range
FAKE_RING=1024 FAKE_RING=1024 held
FAKE_RING=1025 FAKE_RING=1024 out-of-range
FAKE_HEX=0x200000 FAKE_HEX=0x200000 held
FAKE_HEX=200000 FAKE_HEX=200000 held
FAKE_HEX=0x0000aB FAKE_HEX=0x0000aB held
FAKE_HEX=0X10 FAKE_HEX=0X10 held
FAKE_HEX=face FAKE_HEX=face held
FAKE_HEX=0x123456789abcdef0123 FAKE_HEX=0x123456789abcdef0123 held
FAKE_HEX=-1 FAKE_HEX=0x100000 bad-value
FAKE_HEX="0x100000" FAKE_HEX=0x100000 bad-value
FAKE_BARE=0x10 FAKE_BARE=0x10 held
FAKE_BARE=16 FAKE_BARE=16 held
FAKE_HIGH=0xffffffff82000000 FAKE_HIGH=0xffffffff82000000 held
FAKE_HIGH=0x1000 FAKE_HIGH=0xffffffff80000000 out-of-range
FAKE_PAGE=0x3000 FAKE_PAGE=0x3000 held
FAKE_PAGE=4096 FAKE_PAGE=4096 held
FAKE_PAGE=0x9000 FAKE_PAGE=0x8000 out-of-range
FAKE_PAGE=0xffffffffffffffff1000 FAKE_PAGE=0x8000 out-of-range
FAKE_TEXT="" FAKE_TEXT="" held
FAKE_TEXT="wörter" FAKE_TEXT="wörter" held
FAKE_TEXT="a\"b\\c" FAKE_TEXT="a\"b\\c" held
FAKE_TEXT=face FAKE_TEXT=words bad-value
FAKE_TEXT=5 FAKE_TEXT=words bad-value
FAKE_TEXT=y FAKE_TEXT=words bad-value
FAKE_BLK="m" FAKE_BLK=n bad-value
FAKE_BLK=5 FAKE_BLK=n bad-value
NET=face NET=n bad-value
E2
lost not-visible 'unmet: FAKE_VALUES' 'a number that cannot be seen is lost' <<'E2'
# Why.
CONFIG_FAKE_COUNT=17
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
frag alone <<'E2'
# Wanted, and lost for now.
CONFIG_FAKE_NET=y

# It is lost in one series only.
#: since 6.99
#: until 7.0
#: waive FAKE_NET until=6.99.9 tester its dependency is being reworked

# Not yet.
#: since 7.1
#: waive NET until=7.2 tester it will be lost
E2
check 'a waiver may be a paragraph without options, for some releases' resolve --report "$T/proof" "base:$T/alone.config"
is "$(grep -c 'waived by tester until 6.99.9' "$T/proof")" 1 'and the proof names it'
frag unneeded <<'E2'
# Held without help.
#: waive NET until=7.0 tester no reason
CONFIG_NET=y
E2
refuses 1 'unneeded.config:4: .*NET.*\[stale-waiver\]' 'a waiver that nothing needs is refused' \
	resolve "base:$T/unneeded.config"

# Of two boards, one that loses decides.
refuses 1 'lost.config:[0-9]*: .*LOST' 'the worst of several boards is the exit status' \
	resolve "common:$T/lost.config" --next "base:$T/ask.config"

# ---- what a board needs ------------------------------------------------------------
frag booted <<'E2'
# It has a network.
CONFIG_NET=y
CONFIG_MODULES=y
CONFIG_FAKE_NET=m
CONFIG_LOCALVERSION="-one"
E2
cat >"$T/needs" <<'E2'
# A comment.

console=net  FAKE_BLK,NET   the console
root=/dev/vd FAKE_NET       the root device
*	MODULES  loading
E2
# needs CMDLINE [OPTION...]: with another config
needs() {
	_cmdline=$1
	shift
	rm -f "$T/needed"
	resolve --out "$T/needed" --report "$T/proof" --board b.board --needs "$T/needs" --cmdline "$_cmdline" "$@" "base:$T/booted.config"
}
check 'a board that can start is resolved' needs 'quiet console=net0 root=/dev/sda'
check 'and its config written' [ -s "$T/needed" ]
is "$(needs console=net --print)" "$(sed 's/^/          /' "$T/proof")" 'with --print the proof is printed too, as a stage prints it'
refuses 1 '^kconf: b.board: root=/dev/vd... needs CONFIG_FAKE_NET=y, which is a module: the root device \[board-needs\]' \
	'a module is not built in' needs 'console=net root=/dev/vda'
check 'no config is written then' [ ! -e "$T/needed" ]
refuses 1 '^kconf: b.board: CMDLINE .*\[no-console\]' 'a board has a console' needs 'quiet noconsole=net'
sed -i 's/FAKE_BLK,NET/FAKE_BLK,FAKE_NET/; s/MODULES/FAKE_NOSUCH/' "$T/needs"
refuses 1 'console=net... needs CONFIG_FAKE_BLK=y, which is disabled: the console' 'one option of several must be built in' needs console=net
is "$(grep -c 'b.board: needs CONFIG_FAKE_NOSUCH=y, which is disabled: loading' "$T/.err")" 1 'and those that any board needs'
for line in 'console=' 'console= NET' 'console= NET ' 'console= NET,,MODULES why' 'console= net? why' 'console= NET, why' \
	"$(printf 'console= NET why\033[1m')"; do
	printf '# one\n%s\n' "$line" >"$T/needs"
	refuses 2 "needs:2: .*\\[bad-need\\]: expected WORD OPTION" "'$line' is not a need" needs console=net
done
printf '# one\nconsole= NET why\0\n' >"$T/needs"
refuses 2 'needs:2: .*\[bad-need\]' 'nor is one with a NUL' needs console=net
rm "$T/needs"
refuses 2 'needs: .*\[no-file\]' 'a file that is missing is an error' needs console=net
printf 'console= NET why' >"$T/needs"
echo 'CONFIG_LOCALVERSION="-two"' >"$T/two"
check 'a board with its own LOCALVERSION is resolved' needs console=net --other "$T/two"
echo 'CONFIG_LOCALVERSION="-one"' >>"$T/two"
refuses 1 '^kconf: b.board: LOCALVERSION "-one" .*/two \[board-localversion\]' "another board's is refused" needs console=net --other "$T/two"
refuses 2 'none: .*\[no-file\]' 'and their fragments are read' needs console=net --other "$T/none"

# ---- exceptions -------------------------------------------------------------------
frag base <<'E2'
# The guest talks to the world, both ways.
CONFIG_NET=y
CONFIG_FAKE_VALUES=y
CONFIG_FAKE_TEXT="words"
E2
frag board <<'E2'
# This board has no network, and other words.
#: override until=7.0 tester it has no wires
# CONFIG_NET is not set
CONFIG_FAKE_TEXT="other words"

# It would like this, though.
#: waive FAKE_NET until=7.1 alice its dependency is overridden
CONFIG_FAKE_NET=y

# No other arch's waiver counts here.
#: arch arm64
#: waive NET until=6.1 alice it went away
CONFIG_NO_SUCH=y
E2
check 'exceptions are written' resolve --report "$T/proof" --exceptions "$T/exceptions" \
	"base:$T/base.config" "board:$T/board.config"
cat >>"$T/base.config" <<'E2'

# Not available here.
CONFIG_FAKE_FOREIGN=y
E2
sed 's/waive NET/waive FAKE_FOREIGN/' "$T/board.config" >"$T/other.config"
refuses 1 'base.config:9: CONFIG_FAKE_FOREIGN=y LOST' "another architecture's waiver excuses nothing" \
	resolve "base:$T/base.config" "board:$T/other.config"
is "$(sed "s,$T/,,g" "$T/exceptions")" 'override CONFIG_NET=n board.config:5 until=7.0 tester it has no wires
override CONFIG_FAKE_TEXT="other words" board.config:6 until=7.0 tester it has no wires
waiver CONFIG_FAKE_NET=y board.config:9 until=7.1 alice its dependency is overridden' 'each with its place and owner'
is "$(tail -n 2 "$T/proof" | head -n 1 | grep -o '[0-9]* base requests overridden')" '2 base requests overridden' 'the proof counts them'
is "$(grep -c 'board.config:[56]: CONFIG_.* overrides .*base.config:[46] \|overridden by tester until 7.0: it has no wires' "$T/proof")" 4 \
	'and names both places, owner, end and reason'
sed -i '/Not available here/,$d' "$T/base.config"
touch -d '2001-01-01' "$T/exceptions"
resolve --report "$T/proof" --exceptions "$T/exceptions" "base:$T/base.config" "board:$T/board.config"
is "$(date -r "$T/exceptions" +%Y)" 2001 'unchanged exceptions keep their time'

refuses 2 'compiler .*no-such-gcc' 'a missing compiler is named' \
	resolve --cross no-such- "base:$T/ask.config"
refuses 2 'cannot be written' 'a config that cannot be written is an error' \
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 \
	--out "$T/ask.config/config" "base:$T/ask.config"
finish
