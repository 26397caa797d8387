#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two fake releases with a renamed, a removed, a new, a redefined option and a choice that flips.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}"

mkdir "$T/old" "$T/new"
sh tests/lib/fake/mktree.sh "$TREE" "$T/old"
sh tests/lib/fake/mktree.sh "$TREE" "$T/new"
A=$T/old/linux-6.99.1 B=$T/new/linux-6.99.1
printf 'config OLD_NAME\n\tbool "Some prompt that is long enough"\nconfig GOES\n\tbool "It is removed"\n' >>"$A/Kconfig"
printf 'config NEW_NAME\n\tbool "Some prompt that is long enough"\nconfig COMES\n\tdef_bool y\n\tprompt "It is new"\n\thelp\n\t  Its help.\n' >>"$B/Kconfig"
printf 'config FOLLOWS\n\tdef_bool NET\nconfig UNSEEN\n\tbool "Not offered"\n\tdepends on FAKE_GATE\n' >>"$B/Kconfig"
sed -i '/^config FAKE_RING/,/^$/ s/default 256/default 512/; /^config FAKE_NET$/,/^$/ s/depends on NET/depends on NET \&\& MODULES/; /^config FAKE_LOUD/,/^config/ s/bool "Changes/tristate "Changes/' "$B/Kconfig"
# The default of the choice is its first option.
sed -i '/^config FAKE_GZIP/,/^$/d; /^config FAKE_ZSTD/,/^$/d' "$B/Kconfig"
sed -i 's/^\tprompt "Compression"/&\n\nconfig FAKE_ZSTD\n\tbool "zstd"\n\nconfig FAKE_GZIP\n\tbool "gzip"\n/' "$B/Kconfig"
printf '# Why.\nCONFIG_NET=y\nCONFIG_MODULES=y\nCONFIG_FAKE_NET=m\n' >"$T/ours.config"
printf '# Why.\nCONFIG_FAKE_GATE=y\n' >"$T/more.config"
"$KCONF" renames "6.98=$A" "6.99=$B" >"$T/record"

# table TREE BOARD FILE FRAGMENT...
table() {
	_tree=$1 _board=$2 _file=$3
	shift 3
	"$KCONF" table --board "$_board" --out "$_file" --tree "$_tree" --release 6.99.1 --arch x86_64 --srcarch x86 \
		--cache "$_tree.probes" "$@"
}
check 'kconf table writes the options of a board' table "$A" one "$T/a1" "base:$T/ours.config"
table "$B" one "$T/b1" "base:$T/ours.config"
table "$A" two "$T/a2" "base:$T/ours.config" "base:$T/more.config"
table "$B" two "$T/b2" "base:$T/ours.config" "base:$T/more.config"
# compare ARGUMENT...: in $T/text
compare() {
	"$KCONF" compare --renames "$T/record" "$@" >"$T/text" 2>"$T/err"
}
compare "$T/a1" "$T/a1"
is "$? $(cat "$T/text")" '0 0 differences on 1 boards' 'a table differs in nothing from itself'
compare --json "$T/json" "$T/a1" "$T/b1" "$T/a2" "$T/b2"
is $? 1 'differences are exit status 1'
# shown LINE WHY
shown() {
	check "$2" grep -Fxq -e "$1" "$T/text"
}
shown '  OLD_NAME -> NEW_NAME, evidence: prompt' 'a renamed option, with the proof'
shown '  GOES=n  Kconfig  "It is removed"' 'a removed one'
shown '  COMES=n  Kconfig  "It is new"  default y' 'a new one, with prompt and default'
shown '  FOLLOWS=y (default Kconfig)  Kconfig  default NET' 'one that is enabled has the source of its value'
is "$(grep -c '^  \(OLD_NAME\|NEW_NAME\)=' "$T/text")" 0 'a renamed one is neither removed nor new'
shown "  FAKE_RING default: '256' -> '512'" 'another default'
shown "  FAKE_NET depends: 'NET' -> 'NET && MODULES'" 'other dependencies'
shown "  FAKE_LOUD type: 'bool' -> 'tristate'" 'another type'
shown '  "Compression": FAKE_GZIP -> FAKE_ZSTD' 'a choice that flips'
is "$(sed -n '/^enabled/,/^[a-z]/ s/^  \(FOLLOWS=y\).*/\1/p' "$T/text")" FOLLOWS=y 'an option that is enabled without a request'
shown '  UNSEEN=n  Kconfig  "Not offered"  [two]' 'the boards are named where not all have it'
is "$(grep -c 'UNSEEN.*one' "$T/text")" 0 'an option that a board is not offered is not listed'
compare --all "$T/a1" "$T/b1"
is "$(grep -c '^  UNSEEN=n' "$T/text")" 1 'but with --all'
is "$(perl -MJSON::PP -0777 -ne 'print join ",", map { "$_->{kind} $_->{option}{help} @{$_->{boards}}" } grep { $_->{name} eq "COMES" } @{decode_json($_)}' "$T/json")" \
	'new Its help. one two' 'the JSON has the help, and the boards'

# ---- files that are not tables --------------------------------------------------------
for bad in '' '{' '[]' '{"table":2}' '{"table":1,"board":"one","release":"6.1","options":[]}' \
	'{"table":1,"board":1,"release":"6.1","options":{}}' \
	'{"table":1,"board":"one","release":"6.1","options":{"A":{"type":"bool"}}}' \
	'{"table":1,"board":"one","release":"6.1","options":{"A":{"type":"bool","defaults":[["y"]]}}}' \
	'{"table":1,"board":"one","release":"6.1","options":{"A":{"type":"bool","defaults":[],"help":1}}}'; do
	printf '%s' "$bad" >"$T/bad"
	refuses 2 '/bad:?[0-9]*:.*\[bad-table\]' "'$bad' is refused" "$KCONF" compare "$T/a1" "$T/bad"
done
refuses 2 '\[other-board\]' 'so are the tables of two boards' "$KCONF" compare "$T/a1" "$T/b2"
refuses 2 '\[unreadable\]' 'and one that does not exist' "$KCONF" compare "$T/a1" "$T/none"
refuses 2 '' 'and a single table' "$KCONF" compare "$T/a1"

# ---- the committed record -------------------------------------------------------
# judged KIND...: the pairs of the hand-made list with these
judged() {
	for _kind; do
		sed -n "s,^$_kind ,,p" tests/lib/data/renames
	done | sort
}
grep '^rename' configs/renames | cut -d ' ' -f 2,3 | sort >"$T/proposed"
judged known same merged false | comm -12 - "$T/proposed" >"$T/judged"
judged known >"$T/known"
is "$(($(wc -l <"$T/known") >= 15)) $(comm -23 "$T/known" "$T/proposed")" '1 ' 'of the renames that are known from upstream, 15 or more are found'
is "$(judged missed | comm -12 - "$T/proposed")" '' 'the others are not in the record'
is "$(($(judged false | comm -12 - "$T/judged" | wc -l) * 10 <= $(wc -l <"$T/judged") && $(wc -l <"$T/judged") >= 90))" 1 'of 90 or more that were judged, at most one in ten is false'
# The record lists the options that a series adds.
awk '$1 == "new" { for (i = 3; i <= NF; i++) new[$2 " " $i] = 1 }
	$1 == "rename" { in_series[$2 " " $3] = $4 " " $3 }
	END { for (pair in in_series) if (in_series[pair] in new) print pair }' configs/renames | sort >"$T/added"
is "$(judged known same | comm -12 - "$T/judged" | comm -23 - "$T/added")$(judged merged | comm -12 - "$T/added")" '' 'only merged options existed before'
finish
