#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kaudit cve: each rule of the version logic, the evidence, formats, and damaged records.
. tests/lib.sh
kaudit=$BIN/kaudit

a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
c=cccccccccccccccccccccccccccccccccccccccc
v=$T/vulns y=$T/vulns/cve/published/2099
# fresh: no records
fresh() {
	rm -rf "$v"
	mkdir -p "$y"
}
# row STATUS FROM [below|to END [TYPE]]: of "versions"
row() {
	printf '{"status": "%s", "version": "%s"' "$1" "$2"
	case ${3:-} in
	below) printf ', "lessThan": "%s"' "$4" ;;
	to) printf ', "lessThanOrEqual": "%s"' "$4" ;;
	esac
	[ $# -lt 4 ] || printf ', "versionType": "%s"' "${5:-semver}"
	printf '}'
}
# rows ROW...: with commas, after the files of $files
files='"net/a.c"' meta=''
block() {
	printf '{"product": "Linux", "programFiles": [%s], "defaultStatus": "%s", "versions": [' "$files" "$1"
	shift
	sep=''
	for r; do
		printf '%s%s' "$sep" "$r"
		sep=,
	done
	printf ']}'
}
# record NUMBER BLOCK...
record() {
	n=$1
	shift
	{
		printf '{"cveMetadata": {"cveId": "CVE-2099-%s", "state": "PUBLISHED"%s}, "containers": {"cna": {"title": "a defect", "affected": [' \
			"$n" "$meta"
		sep=''
		for r; do
			printf '%s%s' "$sep" "$r"
			sep=,
		done
		printf ']}}}\n'
	} >"$y/CVE-2099-$n.json"
}
# cve RELEASE OPTION...
cve() {
	r=$1
	shift
	"$kaudit" cve --vulns "$v" --release "$r" --fail-on none "$@"
}
# status: of the only CVE, and the release of it
status() {
	cve "$@" --sources "$T/sources" --format json | jq -r '.cves[0] | .status + " " + (.release // "none")'
}
printf 'include/net/a.h\nnet/a.c\n' >"$T/sources"

# ---- releases ----------------------------------------------------------------------
# Introduced in 5.10, fixed in 6.12.30 and 6.15.
fresh
git=$(block unaffected "$(row affected $a below $b git)" "$(row affected $a below $c git)")
main=$(block affected "$(row affected 5.10)" "$(row unaffected 0 below 5.10)" "$(row unaffected 6.12.30 to '6.12.*')" \
	"$(row unaffected 6.15 to '*' original_commit_for_fix)")
record 0001 "$git" "$main"
printf '# dyad\n5.10:%s:6.12.30:%s\n5.10:%s:6.15:%s\n' $a $b $a $c >"$y/CVE-2099-0001.dyad"
is "$(status 5.9.16)" 'not-affected 5.10' 'before the release that has the defect first'
is "$(status 5.10)" 'open 6.12.30' 'that release itself'
is "$(status 5.10.200)" 'open 6.12.30' 'an older series without a fix'
is "$(status 6.12.29)" 'open 6.12.30' 'the last release before the fix of its series'
is "$(status 6.12.30)" 'fixed 6.12.30' 'the release with the fix of its series'
is "$(status 6.12.107)" 'fixed 6.12.30' 'a later one of it, which sorts as a number'
is "$(status 6.12)" 'open 6.12.30' 'the first of the series'
is "$(status 6.13.1)" 'open 6.15' 'the fix of an older series does not count'
is "$(status 6.14.11)" 'open 6.15' 'nor does one of a later release'
is "$(status 6.15)" 'fixed 6.15' 'the mainline release with the fix'
is "$(status 6.18.15)" 'fixed 6.15' 'every later series'
is "$(status 7.2.8)" 'fixed 6.15' 'also of the next number'
is "$(cve 6.12.107 --format json | jq -r '.cves[0].commit')" $b 'the commit of the series is the evidence'
is "$(cve 7.0 --format json | jq -r '.cves[0].commit')" $c 'or that of mainline'
is "$(cve 5.4 --format json | jq -r '.cves[0].evidence')" "introduced in 5.10 by $a" 'or the one that added the defect'

# A backport of the defect: ranges of affected releases among the commits.
fresh
record 0001 "$(block unaffected "$(row affected $a below $b git)" "$(row affected 5.4.53 below 5.4.244)" "$(row affected 4.9.248 below 4.10)")" \
	"$(block affected "$(row affected 5.8)" "$(row unaffected 0 below 5.8)" "$(row unaffected 5.4.244 to '5.4.*')" "$(row unaffected 6.4 to '*' original_commit_for_fix)")"
is "$(status 5.4.52)" 'not-affected 5.4.53' 'before the backport of a defect'
is "$(status 5.4.53)" 'open 5.4.244' 'after it, though mainline had the defect later'
is "$(status 5.4.244)" 'fixed 5.4.244' 'until the fix of that series'
is "$(status 4.9.300)" 'open 5.4.244' 'a series that ended with the defect'
is "$(status 5.7.1)" 'not-affected 5.8' 'a series without the backport'
fresh
record 0001 "$(block unaffected "$(row affected $a below $b git)")" "$(block unaffected "$(row affected 6.1.93 below 6.1.95)" "$(row affected 6.6.33 below 6.6.35)")"
is "$(status 6.1.94)" 'open 6.1.95' 'only stable series had the defect'
is "$(status 6.1.95)" 'fixed 6.1.95' 'until their fix'
is "$(status 6.6.32)" 'not-affected 6.6.33' 'or not yet'
is "$(status 6.12.1)" 'not-affected none' 'and others never'
fresh
record 0001 "$(block affected "$(row affected 2.6.12)" "$(row unaffected 0 below 2.6.12)")"
is "$(status 6.12.107)" 'open none' 'without a fix every later release is open'
is "$(status 2.6.11.7)" 'not-affected 2.6.12' 'a release of 2.6'
fresh
record 0001 "$(block affected "$(row affected 6.10)" "$(row unaffected 0 below 6.10)" "$(row unaffected 6.10 to '*' original_commit_for_fix)")"
is "$(status 6.10)" 'fixed 6.10' 'a defect that came and went in one release'
fresh
record 0001 "$(block unaffected "$(row affected 6.3.1)")"
is "$(status 6.3.1)" 'open none' 'a single release'
is "$(status 6.3.2)" 'not-affected none' 'and not the next'
fresh
record 0001 "$(block unaffected "$(row affected 6.1 to 6.1.7)")"
is "$(status 6.1.7)" 'open none' 'a range that has its end'
is "$(status 6.1.8)" 'not-affected none' 'and ends there'
for bad in 6 6.x 6.12.* '' 6.12-rc1 6..1; do
	refuses 2 '\[bad-release\]' "'$bad' is not a release" cve "$bad"
done

# ---- evidence ----------------------------------------------------------------------
# touched FILES: the status of a record whose fix changes them
open=$(row affected 6.1)
touched() {
	files=$1
	fresh
	record 0001 "$(block affected "$open")"
	files='"net/a.c"'
	cve 6.12.1 --sources "$T/sources" --format json | jq -r '.cves[0] | .status + " " + (.file // "none")'
}
is "$(touched '"net/b.c", "net/a.c"')" 'open net/a.c' 'one compiled file is enough'
is "$(touched '"net/b.c"')" 'not-compiled none' 'no file is compiled'
is "$(touched '"include/net/a.h"')" 'open include/net/a.h' 'a header that was read'
is "$(touched '"include/net/b.h"')" 'not-compiled none' 'a header that was not'
is "$(touched '"net/Kconfig", "net/b.c"')" 'undecided net/Kconfig' 'a list cannot decide on a Kconfig file'
is "$(touched '"tools/x.sh", "net/b.c"')" 'not-compiled none' 'tools are not in a kernel'
is "$(touched '')" 'undecided none' 'a record without a file'
grep -v '\.h$' "$T/sources" >"$T/sources.c" && mv "$T/sources.c" "$T/sources"
is "$(touched '"include/net/b.h"')" 'undecided include/net/b.h' 'a list without headers cannot decide on one'
fresh
record 0001 "$git" "$main"
is "$(cve 6.12.1 --format json | jq -r '.cves[0] | .status + ": " + .evidence')" \
	'undecided: unknown: no list of compiled files; build the image; fixed in 6.12.30' 'without a list all is undecided'
echo "$c 0001-fix.patch" >"$T/patches"
is "$(cve 6.12.1 --patches "$T/patches" --format json | jq -r '.cves[0] | .status + ": " + .evidence')" \
	"patched: patch 0001-fix.patch has the fix $c" 'a patch that has the fix of any tree closes it'
echo "$a 0001-fix.patch" >"$T/patches"
is "$(cve 6.12.1 --patches "$T/patches" --format json | jq -r '.cves[0].status')" undecided 'but not the commit that added the defect'
echo "$a" >"$T/patches"
refuses 2 'patches:1: .*\[bad-line\]' 'a list of patches without names is refused' cve 6.12.1 --patches "$T/patches"
: >"$T/empty"
refuses 2 '\[empty-list\]' 'an empty list of files is refused' cve 6.12.1 --sources "$T/empty"
refuses 2 '\[unreadable\]' 'one that does not exist, too' cve 6.12.1 --sources "$T/none"

# ---- a bump ------------------------------------------------------------------------
record 0002 "$(block affected "$(row affected 6.12.40)" "$(row unaffected 0 below 6.12.40)")"
cve 6.12.50 --from 6.12.1 --sources "$T/sources" --format json >"$T/json"
is "$(jq -c '[.closed, .opened]' "$T/json")" '[["CVE-2099-0001"],["CVE-2099-0002"]]' '--from: closed and opened'
is "$(cve 6.12.50 --from 6.12.1 | grep -c '^6.12.1 to 6.12.50 \(closes\|opens\) 1: CVE-2099-000[12]$')" 2 'also as text'
refuses 2 '\[bad-release\]' 'from another text than a release' cve 6.12.50 --from soon

# ---- the gate ----------------------------------------------------------------------
gate() {
	"$kaudit" cve --vulns "$v" --release 6.12.1 "$@" >"$T/out" 2>"$T/err"
	echo $?
}
is "$(gate --sources "$T/sources")" 1 'an open CVE is a finding'
is "$(gate)" 1 'an undecided one, too'
is "$(gate --fail-on compiled)" 0 'unless only compiled ones count'
is "$(gate --fail-on compiled --sources "$T/sources")" 1 'which they do'
is "$(gate --fail-on none --sources "$T/sources")" 0 'or none'
echo net/z.c >"$T/z"
is "$(gate --sources "$T/z")" 0 'a CVE in a file that is not compiled does not count'
refuses 2 '\[bad-level\]' 'another level is refused' cve 6.1 --fail-on all
refuses 2 '\[bad-format\]' 'another format' cve 6.1 --format xml
refuses 2 '\[bad-date\]' 'a date that is not valid' cve 6.1 --date yesterday
refuses 2 'usage' 'neither a release nor an image' "$kaudit" cve --vulns "$v"
echo '{"version": "6.12.1"}' >"$T/kernel.json"
check 'an image has its release' sh -c "'$kaudit' cve --vulns '$v' --about '$T/kernel.json' --fail-on none | grep -q 'linux 6.12.1: 2 CVEs'"
echo '{}' >"$T/kernel.json"
refuses 2 '\[bad-json\]' 'another file has not' "$kaudit" cve --vulns "$v" --about "$T/kernel.json"

# ---- formats -----------------------------------------------------------------------
fresh
record 0001 "$git" "$main"
files='"net/z.c"'
record 0002 "$(block affected "$open")"
files='"net/Kconfig"'
record 0003 "$(block affected "$open")"
files='"net/a.c"'
record 0004 "$(block affected "$(row affected 7.0)" "$(row unaffected 0 below 7.0)")"
record 0005 "$(block affected "$open" "$(row unaffected 6.2 to '*' original_commit_for_fix)")"
record 0006 "$(block unaffected "$(row affected $b below $a git)")" "$(block affected "$open")"
echo "$a 0001-fix.patch" >"$T/patches"
# vex FORMAT
vex() {
	cve 6.12.1 --sources "$T/sources" --patches "$T/patches" --date 2026-11-30 --format "$1" >"$T/vex"
}
vex openvex
is "$(jq -c '[.statements[].status]' "$T/vex")" '["affected","not_affected","under_investigation","not_affected","fixed","fixed"]' 'OpenVEX: the status of each'
is "$(jq -c '[."@context", .timestamp, .version, (.author | length > 0), (."@id" | length > 0)]' "$T/vex")" \
	'["https://openvex.dev/ns/v0.2.0","2026-11-30T00:00:00Z",1,true,true]' 'what a document must have'
is "$(jq '[.statements[] | select(.status == "affected" and (.action_statement | not) or .status == "not_affected" and (.justification | not) or (.vulnerability.name | not) or (.products[0]."@id" | not) or (.status_notes | not))] | length' "$T/vex")" \
	0 'and each statement, with its evidence'
is "$(jq -r '.statements[0].status_notes' "$T/vex")" 'net/a.c is compiled; fixed in 6.12.30' 'file and release'
vex cyclonedx
is "$(jq -c '[.vulnerabilities[].analysis.state]' "$T/vex")" '["exploitable","not_affected","in_triage","not_affected","resolved","resolved_with_pedigree"]' 'CycloneDX: the state of each'
is "$(jq -c '[.bomFormat, .specVersion, .metadata.component."bom-ref" == .vulnerabilities[0].affects[0].ref, .metadata.timestamp]' "$T/vex")" \
	'["CycloneDX","1.6",true,"2026-11-30T00:00:00Z"]' 'its frame'
meta=', "dateUpdated": "2026-10-01T10:00:00.000"'
record 0007 "$main"
meta=', "dateUpdated": "2026-10-02T10:00:00.000"'
record 0008 "$main"
meta=''
check 'the date of the data is that of the newest record' sh -c "'$kaudit' cve --vulns '$v' --release 6.1 --fail-on none | grep -q 'data of 2026-10-02T10:00:00.000: '"
is "$(cve 6.1 --format openvex | jq -r .timestamp)" 2026-10-02T10:00:00.000Z 'in UTC'

# ---- damaged records ---------------------------------------------------------------
# damaged CODE NAME: CVE-2099-0009.json, which was written, is named and counted
damaged() {
	refuses 2 "CVE-2099-0009.json: .*\[$1\]" "$2" "$kaudit" cve --vulns "$v" --release 6.1
	is "$(cve 6.1 --format json 2>"$T/err" | jq -c '[.counts.damaged, (.damaged | length), (.cves | length)]')" '[1,1,1]' '  it is counted'
}
fresh
record 0001 "$main"
head -c 200 "$y/CVE-2099-0001.json" >"$y/CVE-2099-0009.json"
damaged bad-json 'a record that was cut'
is "$(cve 6.1 >"$T/out" 2>"$T/err"; echo $?)" 0 '--fail-on none reports without it'
: >"$y/CVE-2099-0009.json"
damaged bad-json 'an empty one'
echo '[]' >"$y/CVE-2099-0009.json"
damaged no-id 'one without a number'
sed 's/"state"/"cveId": "CVE-2099-0009", "state"/' "$y/CVE-2099-0001.json" >"$y/CVE-2099-0009.json"
damaged bad-json 'a duplicate key'
cp "$y/CVE-2099-0001.json" "$y/CVE-2099-0009.json"
damaged other-id 'one with the number of another'
record 0009
damaged no-affected 'one without products'
record 0009 "$(block affected)"
damaged no-releases 'without releases'
record 0009 '{"defaultStatus": "affected"}'
damaged no-versions 'without versions'
record 0009 "$(block perhaps "$open")"
damaged bad-status 'with another status'
record 0009 "$(block affected "$(row unknown 6.1)")"
damaged bad-version 'also of a version'
record 0009 "$(block affected "$(row affected 6.1 below 6.2 rpm)")"
damaged bad-version 'with another type of version'
record 0009 "$(block affected "$(row affected six)")"
damaged bad-range 'with a release that is not valid'
record 0009 "$(block affected "$(row affected 6.1 below x)")"
damaged bad-range 'or ends at none'
record 0009 "$(block affected "$(row affected $a below 12 git)" "$open")"
damaged bad-commit 'with half a commit'
files='1'
record 0009 "$(block affected "$open")"
files='"net/a.c"'
damaged bad-file 'with a file that is not text'
record 0009 "$(block affected "$open")"
echo 6.1:$a >"$y/CVE-2099-0009.dyad"
damaged bad-dyad 'with a .dyad that was cut'
rm "$y/CVE-2099-0009.dyad"
rm "$y/CVE-2099-0009.json"
mkfifo "$y/CVE-2099-0009.json"
check 'a pipe does not block it' timeout 10 "$kaudit" cve --vulns "$v" --release 5.4
rm "$y/CVE-2099-0009.json"
record 0009 "$main"
sed -i 's/PUBLISHED/REJECTED/' "$y/CVE-2099-0009.json"
is "$(cve 6.1 --format json | jq -c '[.counts.rejected, (.cves | length)]')" '[1,1]' 'a rejected record is counted, and no more'
refuses 2 '\[no-data\].*git clone' 'no data: the command that gets it' "$kaudit" cve --vulns "$T" --release 6.1
sed -i 's/a defect/\\u001b[31m defect/' "$y/CVE-2099-0001.json"
check 'a title cannot control a terminal' sh -c "'$kaudit' cve --vulns '$v' --release 6.1 --fail-on none | grep -q 'CVE-2099-0001  .x1b.31m defect'"
finish
