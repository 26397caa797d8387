#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kaudit: rules, their examples, verdicts and formats, without a kernel tree.
. tests/lib.sh
kaudit=$BIN/kaudit

# policy NAME: rules from standard input
policy() {
	cat >"$T/$1.policy"
}
# rule CHECK PASS FAIL [LINE...]: one whole rule
rule() {
	printf 'rule %s %s\ncheck %s\nwhy A reason.\nref a test\npass %s\nfail %s\n' "${id:-one}" "${level:-required}" \
		"$1" "$2" "$3"
	shift 3
	for line; do echo "$line"; done
	echo
}
lint() {
	"$kaudit" lint "$T/p.policy"
}
cat >"$T/config" <<'E2'
#
# Linux/x86 6.12.107 Kernel Configuration
#
CONFIG_X86_64=y
CONFIG_A=y
CONFIG_M=m
# CONFIG_OFF is not set
CONFIG_N=65536
CONFIG_LSM="landlock,lockdown,yama"
E2
# verdicts OPTION...: of $T/p.policy for the config above; verdict prints them
verdicts() {
	"$kaudit" check --config "$T/config" --fail-on none --format json "$@" "$T/p.policy" >"$T/json" 2>"$T/err"
}
verdict() {
	sed -n 's/^ *"verdict": "\(.*\)",*$/\1/p' "$T/json" | tr '\n' ' '
}

# ---- expressions ------------------------------------------------------------------
# holds CHECK EXAMPLES OPTION...: the examples are right, and the config's verdict is $want
holds() {
	printf 'rule one required\ncheck %s\nwhy w\nref r\n%s\n' "$1" "$2" >"$T/p.policy"
	check "the examples of '$1' are right" lint
	shift 2
	verdicts "$@"
	is "$(verdict)" "${want:-pass} " "which is $want"
}
want=pass
holds 'A=y' 'pass A=y
fail A=m
fail none'
holds 'A=y|m and M=y|m' 'pass A=m M=y
fail A=n M=y
fail M=y'
holds 'OFF=n and GHOST=n' 'pass OFF=n
pass none
fail GHOST=m'
holds 'OFF!=y and not (A=n or M=n)' 'pass A=y M=m
fail A=y M=m OFF=y
fail M=y'
holds 'A=n or N>=32768 and N<=0x10000' 'pass N=65536 A=y
pass N=0x8000 A=y
fail N=65537 A=y
fail N=word A=y'
holds 'LSM has yama and not LSM has am and LSM present' 'pass LSM=yama
pass LSM=a,yama,b
fail LSM=yamas
fail LSM=yama,am'
holds 'cmdline quiet present and cmdline a.b=1|2 and sysctl kernel.x=3' 'pass cmdline:quiet cmdline:a.b=2 sysctl:kernel.x=3
fail cmdline:a.b=2 sysctl:kernel.x=3
fail cmdline:quiet cmdline:a.b=2' --cmdline 'quiet a.b=9 a.b=1 sysctl.kernel.x=3'
want=unknown
holds 'cmdline quiet present' 'pass cmdline:quiet
fail none'
holds 'sysctl kernel.x=1 and A=y' 'pass sysctl:kernel.x=1 A=y
fail A=y'
holds 'not cmdline quiet present' 'pass none
fail cmdline:quiet'
want=fail
holds 'sysctl kernel.x=1 and A=n' 'pass sysctl:kernel.x=1
fail A=y'
holds 'sysctl kernel.x=1' 'pass sysctl:kernel.x=1
fail none' --cmdline ''
printf '# a comment\n\nkernel.x = 1\n' >"$T/sysctl"
want=pass
holds 'sysctl kernel.x=1' 'pass sysctl:kernel.x=1
fail none' --sysctl "$T/sysctl"

# ---- where a rule applies -----------------------------------------------------------
na() {
	rule 'A=n' 'A=n' 'A=y' "$1" | policy p
	verdicts
	is "$(verdict)$(sed -n 's/^ *"because": "\(.*\)",*$/\1/p' "$T/json")" "not-applicable $2" "$1: does not apply"
}
na 'arch arm64 s390x' 'other arch: for arm64, s390x'
na 'since 6.18 it is new' 'since 6.18: it is new'
na 'until 6.12 it went' 'until 6.12: it went'
na 'always x86_64' 'always on: no configuration of x86_64 fails it'
na 'when M=y' 'only when M=y'
for line in 'arch arm64 x86_64' 'since 6.12' 'since 6.12.107' 'until 6.12.108' 'until 6.18' 'when M=m'; do
	rule 'A=n' 'A=n' 'A=y' "$line" | policy p
	verdicts
	is "$(verdict)" 'fail ' "$line: applies"
done

# ---- bad policies ----------------------------------------------------------------------
# bad CODE TEXT: a policy with TEXT is refused, by the line
bad() {
	printf '%b' "$2" >"$T/p.policy"
	refuses 1 "p.policy:[0-9]+: .*\[$1\]" "a policy is refused [$1]: $(printf %s "$2" | cut -c 1-60)" lint
	refuses 2 "\[$1\]" 'and no config is checked by it' "$kaudit" check --config "$T/config" "$T/p.policy"
}
good='why w\nref r\npass A=y\nfail A=n\n'
for op in 'A ~ y' 'A' 'A==y' 'A=y B=y' 'A is y' 'A<y' 'A=y xor B=y'; do
	bad '(bad-operator|no-value|no-number)' "rule one required\ncheck $op\n$good"
done
bad bad-name "rule one required\ncheck CONFIG_A=y\n$good"
bad bad-name "rule one required\ncheck A=y and\n$good"
bad no-bracket "rule one required\ncheck (A=y\n$good"
bad open-quote "rule one required\ncheck A=\"y\n$good"
bad no-number "rule one required\ncheck A>=few\n$good"
bad deep "rule one required\ncheck $(printf '%40s' '' | tr ' ' '(')A=y\n$good"
bad duplicate-id "rule one required\ncheck A=y\n$good\nrule one required\ncheck A=y\n$good"
bad bad-id "rule o.ne required\ncheck A=y\n$good"
bad bad-level "rule one strict\ncheck A=y\n$good"
bad bad-level "rule one\ncheck A=y\n$good"
bad empty-reason "rule one required\ncheck A=y\nref r\npass A=y\nfail A=n\n"
bad empty-reason "rule one required\ncheck A=y\nwhy\nref r\npass A=y\nfail A=n\n"
bad no-reference "rule one required\ncheck A=y\nwhy w\npass A=y\nfail A=n\n"
bad no-check "rule one required\n$good"
bad no-example "rule one required\ncheck A=y\nwhy w\nref r\npass A=y\n"
bad no-example "rule one required\ncheck A=y\nwhy w\nref r\nfail A=n\n"
bad wrong-way "rule one required\ncheck A=n\n$good"
bad bad-example "rule one required\ncheck A=y\nwhy w\nref r\npass A=y\nfail A\n"
bad unknown-arch "rule one required\ncheck A=y\narch vax\n$good"
bad bad-release "rule one required\ncheck A=y\nsince soon\n$good"
bad empty-range "rule one required\ncheck A=y\nsince 6.12\nuntil 6.1\n$good"
bad bad-always "rule one required\ncheck A=y\narch arm64\nalways x86_64\n$good"
bad unknown-key "rule one required\ncheck A=y\nbecause x\n$good"
bad duplicate-key "rule one required\ncheck A=y\ncheck A=y\n$good"
bad no-rule "check A=y\n"
bad no-rule "rule one required\ncheck A=y\n$good\nwhy more\n"
bad control-character "rule one required\ncheck A=y\nwhy \033[2J\n$good"
printf 'rule\0one' >"$T/p.policy"
refuses 1 '\[unreadable\]' 'so is one with a NUL byte' lint
refuses 1 'none.policy: .*\[unreadable\]' 'and one that does not exist' "$kaudit" lint "$T/none.policy"

# ---- bad kernels -----------------------------------------------------------------------
rule 'A=y' 'A=y' 'A=n' | policy p
# kernel STATUS CODE NAME [OPTION...]: $T/k is refused
kernel() {
	_want=$1 _code=$2 _name=$3
	shift 3
	refuses "$_want" "k: .*\[$_code\]" "$_name" "$kaudit" check --config "$T/k" "$@" "$T/p.policy"
}
sed '/X86_64/d' "$T/config" >"$T/k"
kernel 2 unknown-arch 'a config of no known architecture is refused'
cp "$T/config" "$T/k"
kernel 2 other-arch 'so is one of another than was meant' --arch arm64
sed '/Linux/d' "$T/config" >"$T/k"
kernel 2 no-release 'one without its release'
check 'unless that is given' "$kaudit" check --config "$T/k" --release 6.12.1 "$T/p.policy"
kernel 2 no-release 'as a release' --release six
echo 'no option' >"$T/k"
kernel 2 no-option 'a file without an option'
printf 'CONFIG_A=y\0' >"$T/k"
kernel 2 not-text 'a binary file'
printf '\037\213\010\0\0\0\0' >"$T/k"
kernel 2 bad-gzip 'a damaged file of gzip'
gzip -c "$T/config" | head -c 100 >"$T/k"
kernel 2 bad-gzip 'and one that is cut short'
gzip -c "$T/config" >"$T/k"
check '/proc/config.gz is read' "$kaudit" check --config "$T/k" "$T/p.policy"
# vmlinux, and a kernel whose loader unpacks it
{ printf '\177ELF%600s' '' && printf IKCFG_ST && gzip -c "$T/config" && printf 'IKCFG_ED%99s' ''; } >"$T/vmlinux"
cp "$T/vmlinux" "$T/k"
check 'and the config in a vmlinux' "$kaudit" check --config "$T/k" "$T/p.policy"
{ printf 'MZ%600s' '' && printf '\037\213\010' && gzip -c "$T/vmlinux" && printf 'end'; } >"$T/k"
check 'and in a kernel that gzip packed' "$kaudit" check --config "$T/k" "$T/p.policy"
{ printf 'MZ%600s' '' && gzip -c "$T/config"; } >"$T/k"
kernel 2 no-ikconfig 'a kernel without its config is refused'
{ printf '\177ELF%600s' '' && printf IKCFG_ST && head -c 17000000 /dev/zero | gzip -c; } >"$T/k"
kernel 2 no-ikconfig 'and one whose config is larger than any'
{ printf 'MZ%600s' '' && printf '\050\265\057\375%99s' ''; } >"$T/k"
kernel 2 compression 'so is one that another program packed, by its name'

# ---- levels and formats ------------------------------------------------------------------
{
	id=a level=required rule 'OFF=y' 'OFF=y' 'OFF=n'
	id=b level=recommended rule 'GHOST=y' 'GHOST=y' 'GHOST=n' 'cost One per cent.'
	id=c level=tradeoff rule 'A=n' 'A=n' 'A=y'
	id=d rule 'A=y' 'A=y' 'A=n'
} | sed 's/A reason/A | <b>reason<\/b>/' | policy p
# gate STATUS FAIL_ON
gate() {
	"$kaudit" check --config "$T/config" --fail-on "$2" "$T/$3.policy" >"$T/text" 2>"$T/err"
	is "$?" "$1" "--fail-on $2: exit status $1 ($3)"
}
gate 1 required p
gate 1 recommended p
gate 0 none p
sed -i '/^rule a/,/^$/d' "$T/p.policy"
gate 0 required p
gate 1 recommended p
sed '/^rule b/,/^$/d' "$T/p.policy" >"$T/q.policy"
gate 0 recommended q
refuses 2 '\[bad-level\]' 'another level is refused' "$kaudit" check --config "$T/config" --fail-on tradeoff "$T/p.policy"
refuses 2 '\[bad-format\]' 'so is another format' "$kaudit" check --config "$T/config" --format html5 "$T/p.policy"
refuses 2 '\[unknown-policy\]' 'and a policy that was not given' "$kaudit" check --config "$T/config" --policy q "$T/p.policy"

# What kconf attain prints, in short.
cat >"$T/attain" <<'E2'
{"arch": "x86_64", "release": "6.12.107",
 "wants": {
  "GHOST=y": {"symbol": "GHOST", "value": "n", "code": "not-asked",
   "fix": {"works": true, "set": ["CONFIG_GHOST=y"], "changes": 2, "lost": 0}},
  "A=n": {"symbol": "A", "value": "y", "asked": {"value": "y", "file": "configs/x.config", "line": 7,
   "reason": "A machine\u001b[2J needs it."}, "code": "held",
   "fix": {"works": true, "set": ["# CONFIG_A is not set"], "changes": 0, "lost": 1, "first_lost": ["B"],
    "change": [{"value": "y", "file": "configs/x.config", "at": 7}]}}},
 "waivers": [{"rule": "b", "until": "6.18", "owner": "team", "reason": "A test.", "file": "configs/y.config", "line": 3}]}
E2
attained() {
	"$kaudit" check --config "$T/config" --attain "$T/attain" --fail-on "$@" "$T/p.policy"
}
attained recommended >"$T/text" 2>"$T/err"
is "$?" 0 'a waived rule fails no gate'
check 'and is reported, with its end, owner and reason' grep -q 'WAIVED recommended b  configs/y.config:3: until 6.18 by team: A test.' "$T/text"
check 'a failure is reported by the line that requests it' grep -q '^FAIL tradeoff c  configs/x.config:7$' "$T/text"
check 'with the request' grep -q 'set by: requested as y at configs/x.config:7: A machine.x1b.2J needs it' "$T/text"
check 'and the effect of another' grep -q 'available: # CONFIG_A is not set, in place of y at configs/x.config:7; tried: other options that change: 0, requests lost: 1 (B)' "$T/text"
check 'the last line has the counts' sh -c "tail -n 1 '$T/text' | grep -q '^audit: .*: 3 rules, 1 fail: 0 required, 0 recommended, 1 tradeoff; 1 waived, 0 unknown$'"
is "$("$kaudit" check --config "$T/config" --wants "$T/p.policy" | tr '\n' ' ')" 'GHOST=y A=n ' 'the wants are those of failed rules'
sed 's/"rule": "b"/"rule": "d"/' "$T/attain" >"$T/attain.d"
refuses 1 'configs/y.config:3: .*\[stale-waiver\]' 'a waiver that excuses no failure is a finding' \
	"$kaudit" check --config "$T/config" --attain "$T/attain.d" "$T/p.policy"
sed 's/"rule": "b"/"rule": "x"/' "$T/attain" >"$T/attain.x"
refuses 1 '\[unknown-rule\]' 'so is one of no rule' "$kaudit" check --config "$T/config" --attain "$T/attain.x" "$T/p.policy"
for json in '{' '[]' '{}' '{"wants": {}, "waivers": [{"rule": "b"}]}' '{"wants": {}, "wants": {}}'; do
	echo "$json" >"$T/attain.bad"
	refuses 2 '\[bad-json\]' "$json is refused" "$kaudit" check --config "$T/config" --attain "$T/attain.bad" "$T/p.policy"
done
attained none --format md >"$T/md"
is "$(grep -c '^| b | recommended\|^| c | tradeoff' "$T/md")" 2 'Markdown has a row for each'
is "$(grep -c '<b>' "$T/md")" 0 'and no text of it is obeyed'
attained none --format sarif >"$T/sarif"
if command -v jq >/dev/null; then
	attained none --format json >"$T/json"
	is "$(jq -r '[.verdicts[] | .rule + "=" + .verdict] | join(" ")' "$T/json")" 'b=waived c=fail d=pass' 'JSON has each verdict'
	is "$(jq -r '.verdicts[1].reasons[0] | .attainable + " " + .value' "$T/json")" 'loses-requests y' 'and why'
	# What the schema of SARIF 2.1.0 requires of each object that is used here.
	is "$(jq -r '.version, (.runs | length), (.runs[0].tool.driver.name), (.["$schema"] | test("sarif-schema-2.1.0"))' "$T/sarif" |
		tr '\n' ' ')" '2.1.0 1 kaudit true ' 'SARIF has version, run, tool and schema'
	is "$(jq '[.runs[0].tool.driver.rules[] | .id, .shortDescription.text, .fullDescription.text | type == "string"] | all' "$T/sarif")" \
		true 'each rule has an id and texts'
	is "$(jq '.runs[0] as $r | [$r.results[] | (.message.text | type == "string") and (.level | IN("none", "note", "warning", "error")) and
		(.kind == "fail") and ($r.tool.driver.rules[.ruleIndex].id == .ruleId) and
		(.locations[0].physicalLocation | (.artifactLocation.uri | type == "string") and .region.startLine >= 1)] | all' "$T/sarif")" \
		true 'each result has a message, a level, its rule and a place'
	is "$(jq -r '.runs[0].results[] | .ruleId + " " + (.locations[0].physicalLocation | .artifactLocation.uri + ":" + (.region.startLine | tostring)) +
		" " + (.suppressions[0].status // "")' "$T/sarif" | sed "s,$T/,," | tr '\n' ';')" \
		'b p.policy:1 accepted;c configs/x.config:7 ;' 'which is the fragment, or the rule where no fragment requests the value'
else
	skip 'JSON and SARIF' 'NO JQ'
fi

# ---- the lint by trees -----------------------------------------------------------------------
cat >"$T/new" <<'E2'
arch x86_64 6.12.107
A bool any
FIXED bool on
LOST bool off
M tristate any
N integer any
LSM string any
E2
sed 's/6.12.107/6.1.187/; /^A /d; $a\
OLD bool any' "$T/new" >"$T/old"
sed 's/x86_64/arm64/' "$T/new" >"$T/arm"
# linted CODE RULE-LINES...: CODE is said of a rule, or nothing if it is empty
linted() {
	_code=$1 _check=$2 _pass=$3 _fail=$4
	shift 4
	rule "$_check" "$_pass" "$_fail" "$@" | policy p
	if [ -n "$_code" ]; then
		refuses 1 "p.policy:1: one: .*\[$_code\]" "'$_check' $*: [$_code]" \
			"$kaudit" lint --symbols "$T/new" --symbols "$T/old" --symbols "$T/arm" "$T/p.policy"
	else
		check "'$_check' $*: can pass and fail" \
			"$kaudit" lint --symbols "$T/new" --symbols "$T/old" --symbols "$T/arm" "$T/p.policy"
	fi
}
linted '' 'M=y' 'M=y' 'M=m'
linted '' 'M=m' 'M=m' 'M=y'
linted '' 'N>=5 and LSM has yama' 'N=5 LSM=yama' 'none'
linted unknown-name 'GHOST=n' 'none' 'GHOST=y'
linted unknown-name 'OLD=n' 'none' 'OLD=y' 'since 6.12'
linted never-passes 'A=y' 'A=y' 'A=n'
linted '' 'A=y' 'A=y' 'A=n' 'since 6.12'
linted '' 'A=y or OLD=y' 'A=y' 'none' 'arch x86_64'
linted never-fails 'LOST=n' 'none' 'LOST=y'
linted never-passes 'LOST=y' 'LOST=y' 'none'
linted never-fails 'FIXED=y' 'FIXED=y' 'none'
linted never-applies 'FIXED=y' 'FIXED=y' 'none' 'always arm64 x86_64'
linted not-always 'M=y' 'M=y' 'none' 'always arm64'
linted never-passes 'A=m' 'A=m' 'none' 'since 6.12'
linted never-passes 'N=y' 'N=y' 'none'
linted never-applies 'A=y' 'A=y' 'none' 'since 7.0'
linted unknown-name 'M=y' 'M=y' 'none' 'when GHOST=y'
echo 'A bool' >"$T/bad"
refuses 2 '\[bad-symbols\]' 'another file is not taken for options' "$kaudit" lint --symbols "$T/bad" "$T/p.policy"

# ---- our own policies --------------------------------------------------------------------------
check 'each example of our rules is right' "$kaudit" lint configs/policy/*.policy
for set in secure surface container guest kspp anssi; do
	is "$(grep -c "^rule $set-" "configs/policy/$set.policy")" "$(grep -c '^rule ' "configs/policy/$set.policy")" "ids of $set begin with its name"
done
finish
