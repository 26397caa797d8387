#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The page of an audit: complete in one file, text of others is text, and a browser runs its script
# and no other. Without chromium the last part is skipped.
. tests/lib.sh
kaudit=$BIN/kaudit
evil='<script>document.title="TAKEN"</script>"><img src=x onerror=x(1)>&amp;'

cat >"$T/config" <<E2
#
# Linux/x86 6.12.107 Kernel Configuration
#
CONFIG_X86_64=y
CONFIG_A=y
CONFIG_B=n
CONFIG_TEXT="$(printf %s "$evil" | sed 's/"/\\"/g')"
CONFIG_<b>=y
E2
# rule ID LEVEL CHECK PASS FAIL [LINE]
rule() {
	printf 'rule %s %s\ncheck %s\nwhy A reason %s.\nref a test %s\ncost %s\npass %s\nfail %s\n%s\n\n' "$1" "$2" "$3" "$evil" "$evil" \
		"$evil" "$4" "$5" "${6:-}"
}
{
	rule p-pass required A=y A=y A=n
	rule p-fail recommended B=y B=y B=n
	rule p-text recommended 'TEXT="<i>"' 'TEXT=<i>' TEXT=b
	rule p-waived required 'C=y and A=y' 'C=y A=y' C=n
	rule p-when required B=y B=y B=n 'when C=y'
} >"$T/p.policy"
jevil=$(printf '%s' "$evil" | sed 's/"/\\"/g')'\u001b[2J'
cat >"$T/attain" <<E2
{"wants": {"B=y": {"symbol": "B", "value": "n", "code": "held", "asked": {"value": "n", "file": "configs/$jevil", "line": 7, "reason": "$jevil"},
  "fix": {"works": true, "set": ["$jevil"], "changes": 0, "lost": 0}}},
 "waivers": [{"rule": "p-waived", "until": "7.0", "owner": "team", "reason": "$jevil", "file": "configs/w.config", "line": 3}]}
E2
cat >"$T/resolved" <<'E2'
CONFIG_X86_64=y # select <u>WHO</u>
CONFIG_A=y # asked configs/<u>.config
E2
# page OPTION...: into $T/page.html
page() {
	"$kaudit" check --format html --config "$T/config" --attain "$T/attain" --resolved "$T/resolved" --title "T $evil" \
		--image "sha256:$evil" --cve "2026-11-30 $evil" --again "make $evil" "$@" "$T/p.policy" >"$T/page.html" 2>"$T/err"
}
page
is "$?" 0 'a page is written, and waived rules fail no gate'
page --fail-on recommended
is "$?" 1 'with the exit status of other formats'
is "$(sed -n 's/^<p class="verdict \([a-z]*\)">\([A-Z]*\): \(.*\)\. Failed: .*/\1 \2 \3/p' "$T/page.html")" \
	'fail FAIL a required or recommended rule fails' 'and with the verdict'
sed 's/"p-waived"/"p-pass"/' "$T/attain" >"$T/stale"
"$kaudit" check --format html --config "$T/config" --attain "$T/stale" --fail-on none "$T/p.policy" >"$T/stale.html" 2>"$T/err"
is "$? $(grep -c 'class="verdict fail">FAIL: 1 waivers' "$T/stale.html")" '1 1' 'which a stale waiver makes a failure, too'
page

# ---- text of others -----------------------------------------------------------------
# body: the page without its style and script
body() {
	sed '/^<style>$/,/^<\/style>/d; /^<script>/,$d' "$T/page.html"
}
for tag in img i u script; do
	is "$(body | grep -c "<${tag}[ >]")" 0 "no tag <$tag> of another text"
done
is "$(body | sed 's/<b>[0-9]*<\/b>//g' | grep -c '<b>')" 0 'no tag <b> but around counts'
is "$(grep -c '<script' "$T/page.html")" 1 'one script, the page'"'"'s own'
is "$(grep -c "$(printf '\033')" "$T/page.html")" 0 'no control character'
check 'all of it is shown' grep -q '&#60;script&#62;document.title=&#34;TAKEN&#34;&#60;/script&#62;&#34;&#62;&#60;img src=x' "$T/page.html"
is "$(body | grep -Ec '<[^>]* (src|style|on[a-z]+)=|<(link|iframe|object|base)')" 0 'nothing is loaded, and no attribute has a script'
is "$(grep -Eci '@import|url\(|fetch\(|xmlhttp|innerhtml|eval' "$T/page.html")" 0 'not by the style or the script either'
# hash of the script: the text between the tags, without a line feed at its end added by sed
hash=$(awk '/^<script>/ { on = 1; sub(/^<script>/, "") } /^<\/script>/ { on = 0 } on' "$T/page.html" | openssl dgst -sha256 -binary | openssl base64)
check 'the policy for browsers names the script by its hash' grep -qF "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-$hash'" \
	"$T/page.html"

# ---- its head and rows ------------------------------------------------------------------------
# before PATTERN PATTERN: the first line of one is above that of the other
before() {
	one=$(grep -n -m 1 -e "$1" "$T/page.html") two=$(grep -n -m 1 -e "$2" "$T/page.html")
	[ -n "$one" ] && [ -n "$two" ] && [ "${one%%:*}" -lt "${two%%:*}" ]
}
for first in 'class="verdict' '<dt>Image</dt><dd><code>sha256:' 'SHA-256</dt><dd>' 'CVEs</dt><dd><code>2026' 'This page again</dt><dd><code>make ' \
	'id="waivers"'; do
	check "first: $first" before "$first" '<details'
done
check 'the hash is that of the configuration' grep -q "<code>$(sha256sum <"$T/config" | cut -d ' ' -f 1)</code>" "$T/page.html"
cp "$T/page.html" "$T/plain.html"
cp "$T/config" "$T/kept"
gzip -c "$T/kept" >"$T/config"
page
check 'also if it was packed: the page is the same' cmp "$T/page.html" "$T/plain.html"
cp "$T/kept" "$T/config"
for id in r-p-pass r-p-fail r-p-text r-p-waived r-p-when o-A o-B o-C o-TEXT; do
	is "$(grep -c "<details[^>]* id=\"$id\"" "$T/page.html")" 1 "a row for $id"
done
is "$(grep -o 'href="#[^"]*"' "$T/page.html" | sed 's/href="#\(.*\)"/\1/' | sort -u | while read -r id; do
	grep -qF "id=\"$id\"" "$T/page.html" || echo "$id"
done)" 'o-&#60;u&#62;WHO&#60;/u&#62;' 'each link has its target, but to an option that the config lacks'
check 'who set an option' grep -q 'requested in <code>configs/&#60;u&#62;.config</code>' "$T/page.html"
check 'and the rules that name it' grep -q '<dt>Rules</dt><dd><a href="#r-p-pass"><code>p-pass</code></a> pass, <a href="#r-p-waived"' "$T/page.html"
check 'who set the value of a failure' grep -q 'requested as n at configs/' "$T/page.html"
check 'and how it is changed' grep -q 'available: &#60;script' "$T/page.html"
"$kaudit" check --format html --fail-on none --config "$T/config" "$T/p.policy" >"$T/bare.html" 2>"$T/err"
for text in 'no image: this' 'no data: VULNS= names it' 'again</dt><dd>not given' 'Who set them is not known'; do
	check "unknown facts are named: $text" grep -q "$text" "$T/bare.html"
done
is "$(grep -c '<form id="filter" hidden>' "$T/page.html") $(grep -c '<details[^>]* hidden' "$T/page.html")" '1 0' \
	'without a script the filter is hidden, and each row is shown'
refuses 2 'p.policy:1: ' 'another file is not taken for origins' \
	"$kaudit" check --format html --config "$T/config" --resolved "$T/p.policy" "$T/p.policy"

# ---- its size -------------------------------------------------------------------------------
# sized OPTIONS: the bytes of a page with all our rules and OPTIONS options more
sized() {
	{
		cat "$T/config"
		seq -f 'CONFIG_AN_OPTION_OF_A_DISTRIBUTION_%05.0f=m' "$1"
	} >"$T/large"
	"$kaudit" check --format html --fail-on none --config "$T/large" configs/policy/*.policy >"$T/large.html" 2>"$T/err"
	wc -c <"$T/large.html"
}
check 'a page of 8,000 options and all our rules has less than 2 MB' [ "$(sized 8000)" -lt 2000000 ]

# ---- in a browser ---------------------------------------------------------------------------------
# chrome OPTION...
chrome() {
	HOME=$T timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$T/chromium" --host-resolver-rules='MAP * ~NOTFOUND' "$@" 2>"$T/err"
}
# browse FILE OPTION...: the document, after its script has run, in $T/dom
browse() {
	_url=$1
	shift
	chrome "$@" --dump-dom "file://$_url" >"$T/dom"
}
# filtered PREFIX SCRIPT: the shown rows after it, of options (o-) or rules (r-). The page's policy for
# browsers would refuse the script, so it is removed.
filtered() {
	sed "/^<meta http-equiv=/d; s,^</body>,<script>$2;apply()</script>&," "$T/page.html" >"$T/filtered.html"
	browse "$T/filtered.html"
	grep -o '<details[^>]*>' "$T/dom" | grep -v ' hidden=' | sed -n "s/.* id=\"\($1[^\"]*\)\".*/\1/p" | tr '\n' ' '
}
if command -v chromium >/dev/null; then
	browse "$T/page.html"
	is "$? $(grep -c '<form id="filter">' "$T/dom")" '0 1' 'the script shows the filter'
	is "$(grep -c '<title>Audit of T ' "$T/dom")" 1 'and no text of others was run'
	sed 's,^</body>,<script>document.title="TAKEN"</script>&,' "$T/page.html" >"$T/taken.html"
	browse "$T/taken.html"
	is "$(grep -c '<title>TAKEN' "$T/dom")" 0 'a script that was added to the page is not run'
	sed '/^<meta http-equiv=/d' "$T/taken.html" >"$T/open.html"
	browse "$T/open.html"
	is "$(grep -c '<title>TAKEN' "$T/dom")" 1 'since the policy of the page refuses it'
	browse "$T/page.html#r-p-when"
	is "$(grep -c '<details[^>]* id="r-p-when" open=' "$T/dom")" 1 'a link opens its row'
	is "$(filtered r- 'form.v.value="waived"')" 'r-p-waived ' 'the filter has verdicts'
	is "$(filtered r- 'form.l.value="recommended"')" 'r-p-fail r-p-text ' 'levels'
	is "$(filtered o- 'form.o.value="asked"')" 'o-A ' 'origins'
	is "$(filtered r- 'form.q.value="P-WHEN only"')" 'r-p-when ' 'and words: a row has all of them'
	is "$(filtered '' 'form.q.value="no such word"')" '' 'or nothing is shown'
	chrome --hide-scrollbars --window-size=1280,1600 --screenshot="$T/page.png" "file://$T/large.html" >/dev/null
	check 'its picture is not blank' [ "$(wc -c <"$T/page.png")" -gt 50000 ]
else
	skip 'the page in a browser' 'NO CHROMIUM'
fi
finish
