#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make cve: the release, the compiled files and the patches of a board, the date of the data, and
# the gate. On the fake tree. tests/tools/kaudit-cve.t has the version logic.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}"
BIN=$(realpath "${BIN:?}")
. tests/lib/fake/pipeline.sh

v=$T/vulns commit=cccccccccccccccccccccccccccccccccccccccc
mkdir -p "$v/cve/published/2099"
# record NUMBER FILE FIXED [COMMIT]: introduced in 6.1
record() {
	cat >"$v/cve/published/2099/CVE-2099-$1.json" <<E2
{"cveMetadata": {"cveId": "CVE-2099-$1", "state": "PUBLISHED"}, "containers": {"cna": {"title": "defect $1", "affected": [
 {"programFiles": ["$2"], "defaultStatus": "unaffected", "versions": [{"version": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "lessThan": "${4:-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}", "status": "affected", "versionType": "git"}]},
 {"programFiles": ["$2"], "defaultStatus": "affected", "versions": [{"version": "0", "lessThan": "6.1", "status": "unaffected"},
  {"version": "$3", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "original_commit_for_fix"}]}]}}}
E2
}
record 0001 net/a.c 7.5
record 0002 net/b.c 7.5
record 0003 net/a.c 6.99.1
record 0004 net/a.c 7.5 $commit
said=$T/said
# prints STATUS PATTERN NAME [KNOB...]: of make cve
prints() {
	_want=$1 _pattern=$2 _name=$3
	shift 3
	mk "$T/out" -s cve VULNS="$v" "$@" >"$said" 2>&1
	is "$? $(grep -Eqe "$_pattern" "$said" && echo found || tail -n 5 "$said")" "$_want found" "$_name"
}
prints 2 'data of an unknown date: 0 open, 3 undecided, 0 not compiled, 0 patched, 1 fixed' 'before a build all is undecided, which fails'
check 'and it says why' grep -q '\[no-sources\].*build the image' "$said"
prints 0 '3 undecided' 'FAIL_ON=compiled passes' FAIL_ON=compiled
mkdir -p "$T/out/6.99/x86_64-fake"
echo net/a.c >"$T/out/6.99/x86_64-fake/sources"
prints 2 '6.99/x86_64-fake 6.99.1: 4 CVEs.* 2 open, 0 undecided, 1 not compiled, 0 patched, 1 fixed' 'the compiled files of the board decide'
prints 0 '2 open' 'FAIL_ON=none only reports' FAIL_ON=none
prints 0 '^6.2.1 to 6.99.1 closes 1: CVE-2099-0003$' 'FROM= lists what a bump closes' FROM=6.2.1 FAIL_ON=none
prints 0 '"status": "not-compiled"' 'FORMAT=json' FORMAT=json FAIL_ON=none
prints 0 '"not_affected"' 'FORMAT=openvex' FORMAT=openvex FAIL_ON=none
prints 0 '"specVersion": "1.6"' 'FORMAT=cyclonedx' FORMAT=cyclonedx FAIL_ON=none

# A patch of the series that is the fix.
cat >"$T/patches/6.99/0001-net-fix.patch" <<E2
From $commit Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Date: Mon, 6 Oct 2025 10:00:00 +0000
Subject: [PATCH] net: fix it

commit $commit upstream.

A text.

Signed-off-by: A <a@example.org>
[ B: no change ]
Upstream: accepted in 7.5, commit $commit
Signed-off-by: B <b@example.org>
---
 net/a.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/net/a.c b/net/a.c
index 1111111..2222222 100644
--- a/net/a.c
+++ b/net/a.c
@@ -1 +1 @@
-a
+b
-- 
2.39.5
E2
prints 2 '1 open, 0 undecided, 1 not compiled, 1 patched' 'a patch that is the fix closes it'
check 'and is the evidence' grep -q "patch 0001-net-fix.patch has the fix $commit" "$said"
sed -i 's/^Upstream:.*/Upstream: perhaps/' "$T/patches/6.99/0001-net-fix.patch"
refuses 2 '\[bad-upstream\]' 'a patch that patchck refuses stops it' mk "$T/out" -s cve VULNS="$v"
rm "$T/patches/6.99/0001-net-fix.patch"

# A checkout has a date.
git -C "$v" init -q
git -C "$v" -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m data
prints 2 "data of $(git -C "$v" log -1 --format=%cI | sed 's/[+]/[+]/'): " 'the date of a checkout is that of its commit'
echo '{' >"$v/cve/published/2099/CVE-2099-0005.json"
prints 2 'CVE-2099-0005.json: .*\[bad-json\]' 'a damaged record is named'
check 'and counted' grep -q '1 damaged$' "$said"
check 'and the result is not complete' grep -q '\[damaged\]' "$said"
rm "$v/cve/published/2099/CVE-2099-0005.json"

# ---- arguments ---------------------------------------------------------------------
refuses 2 'Error' 'an image that does not exist is refused' mk "$T/out" -s cve VULNS="$v" LAYOUT="$T/none"
refuses 2 '\[knob-missing\].*git clone' 'without data, the command that gets it' mk "$T/out" cve
refuses 2 '\[no-data\].*git clone' 'a directory without data, too' mk "$T/out" -s cve VULNS="$T/configs"
refuses 2 '\[knob-path\]' 'a path with a quote is refused' mk "$T/out" cve VULNS="a'b"
for bad in FORMAT=sarif FAIL_ON=required; do
	refuses 2 '\[unknown-value\]' "$bad is of an audit" mk "$T/out" cve VULNS="$v" "$bad"
done
# shellcheck disable=SC2016 # make's
refuses 2 '\[bad-release\]' 'FROM= is not a release' mk "$T/out" -s cve VULNS="$v" FROM='$(touch x)'

# ---- real records ------------------------------------------------------------------
# A .dyad has the same facts in another form: pairs of releases. In mainline a release has two
# numbers, or begins with 2.6; a release of a stable series counts for this series alone.
real=../shared/data/vulns
by_dyad() {
	find "$real" -name '*.dyad' -exec awk -v release="$1" '
		function value(text, p) { split(text, p, "."); return p[1] * 1e9 + p[2] * 1e6 + p[3] * 1e3 + p[4] }
		function series(text, p) { split(text, p, "."); return p[1] "." p[2] }
		function mainline(text) { return text ~ /^2\.6/ || text !~ /[.].*[.]/ }
		function counts(text) { return value(text) <= value(release) && (mainline(text) || series(text) == series(release)) }
		function settle(i, j, fixed, open) {
			for (i in from) {
				if (!counts(from[i]))
					continue
				fixed = 0
				for (j in from)
					fixed = fixed || (by[j] == by[i] && to[j] != "0" && counts(to[j]))
				open = open || !fixed
			}
			sub(/.*\//, "", name)
			sub(/[.]dyad/, "", name)
			if (open)
				print name
			split("", from); split("", by); split("", to)
		}
		FNR == 1 && NR > 1 { settle() }
		{ name = FILENAME }
		!/^#/ { split($0, f, ":"); from[FNR] = f[1]; by[FNR] = f[2]; to[FNR] = f[3] }
		END { settle() }' {} + | sort
}
if [ -d "$real/cve" ]; then
	for release in 5.10.180 6.1.187 6.12.57 6.12.107 6.18.15 7.2.8; do
		"$BIN/kaudit" cve --vulns "$real" --release $release --fail-on none --format json |
			jq -r '.cves[] | select(.status == "undecided").id' | sort >"$T/open"
		by_dyad $release >"$T/dyad"
		check "real records on $release: $(wc -l <"$T/open") open, as the pairs of commits say" cmp "$T/open" "$T/dyad"
	done
else
	skip 'real records' "$real does not exist"
fi
finish
