#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Kconfig's probes run the compiler once, and again as soon as another answer is possible. The
# answers can be recorded, and read from the record.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1

cat >"$T/ask.config" <<'E2'
# The guest talks to the world.
CONFIG_NET=y
E2

# A compiler that counts how often it is asked.
mkdir "$T/bin"
cc() {
	cat >"$T/bin/$1" <<-E2
		#!/bin/sh
		echo asked >>'$T/asked'
		$2
		exec gcc "\$@"
	E2
	chmod +x "$T/bin/$1"
}
cc mycc ''
PATH=$T/bin:$PATH

resolve() {
	: >"$T/asked"
	"$KCONF" resolve --tree "$fake" --release 6.99.1 --arch x86_64 --srcarch x86 --cc mycc \
		--out "$T/config" --report "$T/proof" "$@" "base:$T/ask.config"
}
asked() {
	wc -l <"$T/asked"
}
has() {
	grep -q "^CONFIG_$1=y" "$T/config"
}

check 'without a cache the compiler is asked' resolve
is "$(asked)" 5 'each question, its version, and twice whether it can write'
check 'with a new cache it is too' resolve --cache "$T/cache"
check 'its use' has CC_HAS_PIC
check 'then it answers' resolve --cache "$T/cache"
is "$(asked)" 0 'and the compiler is not asked'
check 'the result is the same' has CC_HAS_PIC

: >"$T/nope.h"
resolve --cache "$T/cache"
check 'a question that is not for the compiler is asked each time' has HOST_HAS_NOPE
rm "$T/nope.h"
resolve --cache "$T/cache"
refuses 1 '' 'and after a change back' sh -c "grep -q ^CONFIG_HOST_HAS_NOPE=y '$T/config' || { echo >&2; exit 1; }"

# Everything that could change an answer.
cc mycc '# another file of the same name'
resolve --cache "$T/cache"
check 'a compiler that was replaced is asked again' [ "$(asked)" -ge 3 ]
resolve --cache "$T/cache"
is "$(asked)" 0 'once'
touch "$T/bin/mycc"
resolve --cache "$T/cache"
check 'one that was touched too' [ "$(asked)" -ge 3 ]
mkdir "$T/first"
cp "$T/bin/mycc" "$T/first/mycc"
PATH=$T/first:$PATH
resolve --cache "$T/cache"
check 'and one that hides the other in PATH' [ "$(asked)" -ge 3 ]
HOME=$T resolve --cache "$T/cache"
check 'or has another of the variables that reach it' [ "$(asked)" -ge 3 ]
resolve --cache "$T/cache"
CPATH=$T GCC_EXEC_PREFIX=$T/ TMPDIR=$T/none resolve --cache "$T/cache"
is "$(asked)" 0 'others do not reach it'
mkdir "$T/include"
cc mycc "case \$1 in -E) set -- -isystem '$T/include' \"\$@\" ;; esac"
mv "$T/bin/mycc" "$T/first/mycc"
resolve --cache "$T/cache"
: >"$T/include/new.h"
resolve --cache "$T/cache"
check 'one that finds another file where it looks is asked again' [ "$(asked)" -ge 3 ]
resolve --cache "$T/cache"
: >"$fake/scripts/as-version.sh"
resolve --cache "$T/cache"
check 'a script of the tree that is new counts as well' [ "$(asked)" -ge 3 ]
sed 's/^processor: .*/&, another/' "$T/cache" >"$T/there"
resolve --cache "$T/there"
check 'a compiler that may ask the processor is asked again on another' [ "$(asked)" -ge 3 ]
rm "$T/first/mycc"
# shellcheck disable=SC2016 # the compiler's, not ours
cc mycc 'case $* in *-fno-such-option*) exit 0 ;; esac'
resolve --cache "$T/cache"
check 'a compiler that can more gives a config that has more' has CC_HAS_NOPE

printf 'garbage\n' >"$T/cache"
check 'a file that is not a cache is made anew' resolve --cache "$T/cache"
head -c 700 "$T/cache" >"$T/half"
check 'so is half a cache' resolve --cache "$T/half"
check 'a cache that cannot be written is done without' resolve --cache "$T/none/cache"

# ---- records --------------------------------------------------------------------
check 'the answers can be recorded' resolve --record "$T/record"
cp "$T/config" "$T/before"
rm "$T/bin/mycc"
check 'and replayed with no compiler there' resolve --probes "$T/record" --record "$T/again"
check 'to the same config' cmp "$T/before" "$T/config"
check 'and the same record' cmp "$T/record" "$T/again"
grep -v -e '-fpic' "$T/record" >"$T/less"
refuses 2 'no answer to a question.*make resolved|make resolved' 'a question that is not in it is an error' \
	resolve --probes "$T/less"
echo nonsense >>"$T/less"
refuses 2 "less:[0-9]+: 'nonsense'" 'so is an invalid line' resolve --probes "$T/less"
refuses 2 'none: No such file' 'and no file' resolve --probes "$T/none"

# clang gets options by which unknown ones are errors; gcc would not take that. Its
# answers are still to the same questions.
cc mycc "echo \"\$*\" >>'$T/args'; case \$* in *-fintegrated-as*) shift; exec gcc -fpic -S -x c /dev/null -o /dev/null ;; \\
	*--version*) echo 'toy clang version 1'; exit ;; esac"
resolve --record "$T/clang"
is "$(grep -c -e '-Werror=unknown-warning-option' "$T/args")" 2 'clang is asked as Kbuild asks it'
"$KCONF" probes "$T/record" "$T/clang" >"$T/out"
is "$(tail -n 1 "$T/out")" '5 questions, 1 answered differently' 'which makes no other questions of them'
rm "$T/bin/mycc"

sed '/-fno-such-option/s/^y/n/' "$T/record" >"$T/other"
"$KCONF" probes "$T/record" "$T/other" >"$T/out"
is $? 1 'two records that differ are a finding'
is "$(grep -c '^y -> n: .*-fno-such-option' "$T/out")" 1 'and the question is named'
check 'two that do not are none' "$KCONF" probes "$T/record" "$T/again"
sort -r "$T/record" >"$T/other"
refuses 2 'other:[0-9]+: not sorted' 'a record that was edited out of order is refused' \
	"$KCONF" probes "$T/record" "$T/other"

# ---- a compiler that cannot write -------------------------------------------------
# It answers "n" to every question.
cc mycc ''
cp "$T/bin/mycc" "$T/first/mycc"
resolve --record "$T/want"
for tmp in "$T/none" "$T/ask.config" /proc; do
	TMPDIR=$tmp resolve --cache "$T/$$.cache" --record "$T/again"
	check "TMPDIR=$tmp changes no answer" cmp "$T/want" "$T/again"
	rm -f "$T/$$.cache"
done
# in_tmp OPTIONS SCRIPT ARGS...: SCRIPT with another file system at /tmp, and $T elsewhere
in_tmp() {
	_options=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c 'mount --bind "$1" /mnt && mount -t tmpfs -o "$2" tmpfs /tmp && shift 2 && exec "$@"' \
		sh "$T" "$_options" "$@"
}
cp "$KCONF" "$T/kconf"
mounted() {
	in_tmp "$1" env PATH="/mnt/bin:$PATH" /mnt/kconf resolve --tree /mnt/linux-6.99.1 --release 6.99.1 --arch x86_64 \
		--srcarch x86 --cc mycc --cache /mnt/tmp.cache --out /mnt/tmp.config --record /mnt/tmp.record base:/mnt/ask.config
}
if in_tmp size=4m true 2>/dev/null; then
	refuses 2 '\[probe-dir\]' 'a /tmp that is full is reported' mounted size=16k
	check 'and nothing is kept of it' [ ! -e "$T/tmp.cache" ]
	refuses 2 '\[probe-dir\]' 'so is one that is not writable' mounted ro,size=1m
	check 'one that programs cannot run in will do' mounted noexec,size=4m
	check 'with the same answers' cmp "$T/want" "$T/tmp.record"
else
	skip 'a /tmp that is full' 'this user cannot mount'
fi
# Asked, but killed before it answers.
# shellcheck disable=SC2016 # the compiler's, not ours
cc mycc 'case "$*" in *-fpic*) kill -9 $PPID ;; esac'
cp "$T/bin/mycc" "$T/first/mycc"
refuses 2 '\[probe-failed\]' 'a question that is not answered is an error' resolve --cache "$T/killed"
check 'and nothing is kept of it' [ ! -e "$T/killed" ]
rm "$T/first/mycc"

# ---- nothing is left behind -------------------------------------------------------
cc mycc "pwd >'$T/where'"
removed() {
	[ -s "$T/where" ] && [ ! -e "$(cat "$T/where")" ]
}
check 'the compiler is asked somewhere' resolve
check 'the directory is removed afterwards' removed
rm "$T/where"
echo endmenu >>"$fake/Kconfig"
refuses 1 "Kconfig:[0-9]+:.*'endmenu'|Kconfig:[0-9]+: syntax error" "a tree that Kconfig's parser gives up on" resolve
check 'also then' removed
finish
