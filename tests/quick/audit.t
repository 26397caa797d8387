#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Audits with a kernel tree: who set an option, whether it can have another value, the waivers of
# fragments, the lint of rules, and make audit. On the fake tree.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}" "${BUILD:?}"
BIN=$(realpath "${BIN:?}")
. tests/lib/fake/pipeline.sh

fake="--tree $T/linux-6.99.1 --release 6.99.1 --arch x86_64 --srcarch x86 --cache $T/probes"
# Its configs are as those of Linux: with the release, and the option of the architecture.
# shellcheck disable=SC2016 # make's
sed -i 's,^mainmenu .*,mainmenu "Linux/$(ARCH) $(KERNELVERSION) Kernel Configuration",' "$T/linux-6.99.1/Kconfig"
cat >>"$T/linux-6.99.1/Kconfig" <<'E2'
config X86_64
	def_bool y
	select A_FORCED
config A_FORCED
	bool "Selected always"
config A_ON
	bool "Enabled by default"
	default y
config A_NEEDY
	bool "Needs a quiet kernel"
	depends on FAKE_QUIET
E2
cat >"$T/base.config" <<'E2'
# The guest has a network.
CONFIG_NET=y
# CONFIG_FAKE_LOUD is not set

# A rule that has to wait.
#: waive-rule fake-tables until=7.0 tester no machine needs tables yet

# And one of a later release.
#: since 7.0
#: waive-rule fake-later until=7.1 tester not yet

# A size.
#: waive-rule fake-ring until=7.0 tester small machines
CONFIG_FAKE_RING=64
E2

# ---- kconf attain -------------------------------------------------------------------
# attain WANT: its facts, and FACT as jq has it, are in $T/facts
attain() {
	echo "$1" >"$T/wants"
	# shellcheck disable=SC2086 # words are meant to split
	"$KCONF" attain $fake --wants "$T/wants" "base:$T/base.config" >"$T/facts" 2>"$T/err"
}
# has WANT PATTERN... NAME: the facts have each pattern
has() {
	attain "$1"
	shift
	while [ $# -gt 1 ]; do
		grep -q -e "$1" "$T/facts" || { not_ok "$2" && diag <"$T/facts" && return; }
		shift
	done
	ok "$1"
}
has FAKE_TABLES=on '"CONFIG_FAKE_GATE=y"' '"CONFIG_FAKE_TABLES=[my]"' '"works": true' 'an option behind a gate: both lines'
has FAKE_LOUD=y '"works": true' '"at": 3' '"lost": 0' 'a refused one: the request that would be replaced'
has NET=n '"works": true' '"# CONFIG_NET is not set"' 'an enabled one can be disabled'
has FAKE_CC=y '"works": false' '"refusal"' 'the compiler refuses one'
has S390_FAKE=y '"other-arch-only"' 'another architecture has one'
has GHOST=y '"unknown-symbol"' 'no architecture has one'
has GHOST=n '"met": true' 'which is n, then'
has NET=y '"met": true' 'a value that holds is met'
is "$(grep -c '"fix"' "$T/facts")" 0 'and nothing is tried for it'
has FAKE_RING=128 '"works": true' '"CONFIG_FAKE_RING=128"' 'a number'
has FAKE_RING=9 '"works": false' 'but not one out of range'
has LOCALVERSION=-x '"works": true' 'a string'
has HAVE_CANARY=y '"works": false' 'one without a prompt'
has FAKE_RING=y '"symbol": "FAKE_RING"' 'a value of another type'
is "$(grep -c '"rule": "fake-' "$T/facts")" 2 'the waivers are listed, also one without an option'
attain NET
is "$? $(grep -c '\[bad-line\]' "$T/err")" '2 1' 'a want without a value is refused'
# refused CODE DIRECTIVE [OPTION]: a fragment with them is refused
refused() {
	printf '# A network.\n%s\n%s\n' "$2" "${3-CONFIG_NET=y}" >"$T/bad.config"
	# shellcheck disable=SC2086
	refuses 2 "bad.config:[0-9]*: .*\[$1\]" "$2 [$1]" "$KCONF" attain $fake --wants "$T/wants" "base:$T/bad.config"
}
echo NET=y >"$T/wants"
refused bad-waiver '#: waive-rule fake-x until=7.0 tester'
refused bad-waiver '#: waive-rule fa%ke until=7.0 tester a reason'
refused bad-waiver '#: waive-rule fake-x soon tester a reason'
refused expired '#: waive-rule fake-x until=6.5 tester a reason'
refused expired '#: waive-rule fake-x until=6.5 tester a reason' ''
refused expired '#: waive NET until=6.5 tester a reason' ''

# ---- kconf symbols ---------------------------------------------------------------------
# shellcheck disable=SC2086
"$KCONF" symbols $fake >"$T/symbols" 2>"$T/err"
is "$?" 0 'the options of a tree are listed'
for line in 'arch x86_64 6.99.1' 'NET bool any' 'FAKE_BLK tristate any' 'FAKE_VIRTIO tristate any' 'FAKE_RING integer any' '64BIT bool on' 'A_FORCED bool on' 'A_ON bool any' \
	'FAKE_FOREIGN bool off' 'FAKE_CC bool any' 'CC_HAS_NOPE bool any' 'CC_HAS_PIC bool any' 'FAKE_AUTO bool any' \
	'FAKE_GZIP bool any' 'HAVE_CANARY bool any' 'MODULE_SIG_HASH string any'; do
	check "$line" grep -qx "$line" "$T/symbols"
done
check 'but no option of another architecture' sh -c "! grep -q S390_FAKE '$T/symbols'"

# ---- make audit ------------------------------------------------------------------------
said=$T/said
# prints PATTERN NAME GOAL...: the goal ends well, and prints a line like PATTERN
prints() {
	_pattern=$1 _name=$2
	shift 2
	mk "$T/out" -s "$@" >"$said" 2>&1
	is "$? $(grep -Eqe "$_pattern" "$said" && echo found || tail -n 5 "$said")" '0 found' "$_name"
}
mkdir "$T/configs/policy"
sed -i 's/^refuse FAKE_RING/& A_ON A_FORCED/' "$T/configs/defaults"
# rule ID LEVEL CHECK PASS FAIL [LINE]
rule() {
	printf 'rule %s %s\ncheck %s\npass %s\nfail %s\nwhy A test.\nref a test\n%s\n\n' "$1" "$2" "$3" "$4" "$5" "${6:-}"
}
tar -C "$T" --mtime=2024-02-29T12:00:00Z -cJf "$T/linux-6.99.1.tar.xz" linux-6.99.1
sed -i "s/[0-9a-f]\{64\}/$(sha256sum <"$T/linux-6.99.1.tar.xz" | cut -d ' ' -f 1)/" "$T/kernel/6.99/release"
{
	rule fake-net required NET=y NET=y NET=n
	rule fake-console required 'cmdline console present' cmdline:console none
	rule fake-loud recommended FAKE_LOUD=y FAKE_LOUD=y none
} >"$T/configs/policy/fake.policy"
printf '%s\n' "$(rule more-foreign required FAKE_FOREIGN=y FAKE_FOREIGN=y none)" >"$T/configs/policy/more.policy"
prints '^audit: 6.99/x86_64-fake: 3 rules, 1 fail: 0 required' 'make audit passes where no required rule fails' audit POLICY=fake
check 'and shows how a recommended one is had' grep -q 'available: CONFIG_FAKE_LOUD=y; tried' "$said"
refuses 2 'FAIL|Error' 'FAIL_ON=recommended does not' mk "$T/out" -s audit POLICY=fake FAIL_ON=recommended
mk "$T/out" -s audit >"$said" 2>&1
is "$?" 2 'nor does one with a required rule that fails'
check 'which is reported first' sh -c "grep '^FAIL' '$said' | head -n 1 | grep -q 'FAIL required more-foreign'"
printf '\n# It has to wait.\n#: waive-rule more-foreign until=7.0 tester no such machine\n' >>"$T/configs/common/net.config"
prints '^WAIVED required more-foreign .*configs/common/net.config:[0-9]*: until 7.0 by tester: no such machine$' \
	'but a fragment may waive it' audit
rm "$T/configs/policy/more.policy"
mk "$T/out" -s audit >"$said" 2>&1
is "$? $(grep -c '\[unknown-rule\]' "$said")" '2 1' 'a waiver of a rule that does not exist is a finding'
sed -i '/It has to wait/,$d' "$T/configs/common/net.config"
prints '"version": "2.1.0"' 'FORMAT=sarif prints SARIF' audit FORMAT=sarif
prints '^audit: the page is .*6.99/x86_64-fake/audit.html$' 'FORMAT=html writes a page' audit FORMAT=html POLICY=fake FAIL_ON=required
page=$T/out/6.99/x86_64-fake/audit.html
check 'with the command that makes it' grep -qF '<code>make audit FORMAT=html POLICY=fake FAIL_ON=required SERIES=6.99 ARCH=x86_64 BOARD=fake</code>' "$page"
check 'who set each option' grep -q '<dt>Set by</dt><dd>requested in <code>.*configs/' "$page"
check 'and no image yet' grep -q 'no image: this is' "$page"
check 'nor data of CVEs, and how to name it' grep -q 'no data: VULNS= names it' "$page"
mkdir -p "$T/vulns/cve/published/2099"
cat >"$T/vulns/cve/published/2099/CVE-2099-0001.json" <<'E2'
{"cveMetadata": {"cveId": "CVE-2099-0001", "state": "PUBLISHED", "dateUpdated": "2099-01-02T00:00:00Z"},
 "containers": {"cna": {"title": "a defect", "affected": [{"programFiles": ["net/a.c"], "defaultStatus": "affected",
  "versions": [{"version": "0", "lessThan": "6.1", "status": "unaffected"},
   {"version": "7.5", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "original_commit_for_fix"}]}]}}}
E2
check 'with VULNS= it has their count' mk "$T/out" -s audit FORMAT=html POLICY=fake VULNS="$T/vulns"
check 'and the date of the data' grep -q 'CVEs</dt><dd><code>1 CVEs, data of 2099-01-02.*: 0 open, 1 undecided' "$page"
refuses 2 'Error' 'a page does not hide a failure from make' mk "$T/out" -s audit FORMAT=html FAIL_ON=recommended
for bad in FORMAT=html5 FAIL_ON=never POLICY=none 'POLICY=fake none'; do
	refuses 2 '\[unknown-value\]' "$bad is refused" mk "$T/out" audit "$bad"
done
refuses 2 '\[two-kernels\]' 'two kernels are refused' mk "$T/out" audit CONFIG=a VMLINUZ=b
cp "$T/out/6.99/x86_64-fake/config" "$T/foreign"
prints '^audit: x86_64 6.99.1 .*foreign: 3 rules, 1 fail.*1 unknown$' 'another .config is audited without a tree' audit CONFIG="$T/foreign"
check 'and reports that availability is unknown' grep -q 'unknown whether it is available' "$said"
refuses 2 '\[unreadable\]' 'a kernel file that does not exist is refused' mk "$T/out" audit VMLINUZ="$T/none"
check 'an image is built' mk "$T/out" -s image
prints '^audit: .*image: 3 rules, 1 fail: 0 required, 1 recommended, 0 tradeoff; 0 waived, 0 unknown$' 'and audited, with its command line' \
	audit LAYOUT="$T/out/6.99/x86_64-fake/image"
check 'its page is written' mk "$T/out" -s audit FORMAT=html LAYOUT="$T/out/6.99/x86_64-fake/image"
digest=$("$BIN/kimage" show "$T/out/6.99/x86_64-fake/image" | sed -n 's/^digest  *//p')
check 'with its digest' grep -q "<dt>Image</dt><dd><code>${digest:?}</code>" "$T/out/audit/audit.html"
check "and the board's page is written" mk "$T/out" -s audit FORMAT=html
check 'with it too, now that the image is built' grep -q "<dt>Image</dt><dd><code>$digest</code>" "$page"
cp "$T/configs/common/net.config" "$T/net.config"
printf '\n# A banner.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
mk "$T/out" -s audit FORMAT=html >"$said" 2>&1
check 'but not once the configuration is another' grep -q 'no image: this is' "$page"
cp "$T/net.config" "$T/configs/common/net.config"
prints '1 kernels: 0 errors' 'the rules are checked by the tree' check-policies
rule fake-typo required FAKE_LOWD=y FAKE_LOWD=y none >>"$T/configs/policy/fake.policy"
refuses 2 'fake-typo: .*\[unknown-name\]' 'a slip in a name is found' mk "$T/out" -s check-policies
rm -r "$T/configs/policy"
refuses 2 '\[no-policy\]' 'without policies no config is audited' mk "$T/out" audit

# ---- our own -----------------------------------------------------------------------------
check "$BUILD passes every required rule" "$BIN/kaudit" check --config "$BUILD/config" \
	--cmdline "page_alloc.shuffle=1 $(sed '/^#/d' configs/base/cmdline | tr '\n' ' ')" configs/policy/*.policy
finish
