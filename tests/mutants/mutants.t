#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The quick tests of kconf find each fault of tests/mutants/faults, put into a copy of its
# sources. FAULT=N tries only that one.
. tests/lib.sh
: "${TREE:?a kernel tree, for its Kconfig}" "${SESSION:?}" "${LAYERED:?}" "${RESOLVED:?}"
quick="tests/quick/kconf.t tests/quick/import.t tests/quick/why.t tests/quick/probes.t tests/quick/resolved.t"

# One directory for each fault: its name, file and sed expression; 0 has none.
mkdir "$T/0" && echo 'no fault' >"$T/0/name" && : >"$T/0/file"
awk -v to="$T" '
	/^#/ || !NF { name = ""; next }
	name == "" { name = $0; next }
	{
		dir = to "/" ++n
		system("mkdir " dir)
		print name >(dir "/name")
		print $1 >(dir "/file")
		sub(/^[^ ]* /, "")
		print >(dir "/sed")
		name = ""
	}' tests/mutants/faults

# Builds and tests the copy in the directory $1; the outcome, a word, goes to its file "outcome".
cat >"$T/try" <<'E2'
d=$1 file=
cp -R scripts/kconf scripts/lib scripts/env.sh scripts/environment.h "$d"
read -r file <"$d/file" || :
outcome=survived
if [ -n "$file" ]; then
	sed -i -f "$d/sed" "$d/kconf/$file"
	cmp -s "scripts/kconf/$file" "$d/kconf/$file" && echo stale >"$d/outcome" && exit
fi
mkdir "$d/cache" "$d/tmp" "$d/bin" && : >"$d/key"
HOSTCC=${HOSTCC:-gcc} CFLAGS='-D_GNU_SOURCE -O0 -w -Iscripts/lib' \
	sh "$d/kconf/build.sh" "$TREE" "$d/key" "$d/cache" "$d/bin/kconf" >"$d/log" 2>&1 ||
	{ echo unbuilt >"$d/outcome"; exit; }
for t in $quick; do
	TMPDIR=$d/tmp KCONF=$d/bin/kconf timeout 300 sh "$t" >"$d/log" 2>&1 || { outcome=found; break; }
done
echo $outcome >"$d/outcome"
E2
export quick TREE
for d in "$T/"[0-9]*; do
	[ "$d" = "$T/${FAULT:-${d##*/}}" ] && echo "$d"
done | xargs -P "${JOBS:-2}" -n 1 sh "$T/try"

n=0
while [ -d "$T/$n" ]; do
	outcome=$(cat "$T/$n/outcome" 2>/dev/null)
	case $n:$outcome in
	*:) ;;
	0:survived) ok 'the tests pass without a fault' ;;
	0:*) not_ok 'the tests pass without a fault' && diag <"$T/0/log" ;;
	*:found) ok "$n: a test finds that $(cat "$T/$n/name")" ;;
	*:stale) not_ok "$n: $(cat "$T/$n/file") has the line for: $(cat "$T/$n/name")" ;;
	*:unbuilt) not_ok "$n: kconf can be built so that $(cat "$T/$n/name")" && diag <"$T/$n/log" ;;
	*) not_ok "$n: a test finds that $(cat "$T/$n/name")" ;;
	esac
	n=$((n + 1))
done
finish
