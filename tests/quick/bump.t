#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make bump between two fake releases: a patch of each fate, options that change, and bad input.
# shellcheck disable=SC2317,SC2016 # as it stands
. tests/lib.sh
BIN=$(realpath "${BIN:?}")
. tests/lib/fake/pipeline.sh
command -v gpg >/dev/null || {
	skip 'make bump' 'NO GPG'
	finish
}

# ---- a signer, and the next release ---------------------------------------------
GNUPGHOME=$T/gpg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all 2>/dev/null; chmod -R u+rwX "$T" 2>/dev/null; rm -rf "$T"' EXIT
gpg --batch --quiet --passphrase '' --quick-gen-key 'g <g@keelson.invalid>' ed25519 sign never 2>/dev/null
fpr=$(gpg --batch --with-colons --list-keys 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)
mkdir "$T/kernel/keys"
gpg --batch --quiet --armor --export "$fpr" >"$T/kernel/keys/$fpr.asc"
sed -i "s/^signer .*/signer $fpr/" "$T/kernel/6.99/release"

old=$T/linux-6.99.1 new=$T/two/linux-6.99.2
# Files of 60 lines, for the patches.
for f in moves taken fails breaks same; do
	seq 1 60 | sed "s,.*,int ${f}_&;," >"$old/src/$f.c"
done
printf 'config X86_64\n\tdef_bool y\n' >>"$old/Kconfig"
# x86_64 does not compile it.
mkdir -p "$old/arch/s390"
printf 'int s390_1 = S390;\nint s390_2;\n' >"$old/arch/s390/other.c"
tar -C "$T" --mtime=2024-02-29T12:00:00Z -cJf "$T/linux-6.99.1.tar.xz" linux-6.99.1
sed -i "s/^\(origin kernel.org [^ ]*\) .*/\1 $(sha256sum <"$T/linux-6.99.1.tar.xz" | cut -d ' ' -f 1)/" "$T/kernel/6.99/release"
mkdir "$T/two"
cp -R "$old" "$new"
sed -i 's/^SUBLEVEL = .*/SUBLEVEL = 2/' "$new/Makefile"
sed -i '1i int first;\nint second;' "$new/src/moves.c"
# Upstream took it, and changed the lines around it.
sed -i 's/int taken_30;/int taken_thirty_and_more;/; s/int taken_29;/long taken_29;/' "$new/src/taken.c"
sed -i 's/int fails_30;/long fails_30;/' "$new/src/fails.c"
printf 'config EMPTY\n\tstring "A text"\n' >>"$new/Kconfig"
printf 'config COMES\n\tbool "It is new"\n\thelp\n\t  Words about it.\nconfig FOLLOWS\n\tdef_bool NET\n' >>"$new/Kconfig"
sed -i '/^config FAKE_RING/,/^$/ s/default 256/default 512/' "$new/Kconfig"

# patch_of NAME FILE SED [COMMIT]: a patch of what SED makes of FILE of the old release; COMMIT is
# that of upstream's 7.0
patch_of() {
	sed "$3" "$old/$2" >"$T/edited"
	{
		printf '%s\n' 'From: A Tester <tester@keelson.invalid>' 'Date: Thu, 29 Feb 2024 12:00:00 +0000' \
			'Subject: [PATCH] fake: change it' ''
		[ -z "${4-}" ] || printf '%s\n' "commit $4 upstream." ''
		printf '%s\n' 'Signed-off-by: A Tester <tester@keelson.invalid>'
		if [ -n "${4-}" ]; then
			printf '%s\n' '[ us: as it is ]' "Upstream: accepted in 7.0, commit $4" \
				'Signed-off-by: Us <us@keelson.invalid>'
		else
			echo 'Upstream: not suitable, it has no upstream'
		fi
		printf '%s\n' --- '' "diff --git a/$2 b/$2"
		diff -u --label "a/$2" --label "b/$2" "$old/$2" "$T/edited"
	} >"$T/patches/6.99/$1"
	printf '\n# Why %s.\n%s\n' "$1" "$1" >>"$T/patches/6.99/series"
}
patch_of same.patch src/same.c 's/int same_30;/int same_thirty;/'
patch_of moves.patch src/moves.c 's/int moves_30;/int moves_thirty;/'
patch_of taken.patch src/taken.c 's/int taken_30;/int taken_thirty_and_more;/' 0123456789abcdef0123456789abcdef01234567

patch_of arch.patch arch/s390/other.c 's/int s390_2;/int s390_two;/'
mkdir "$T/configs/policy"
cat >"$T/configs/policy/fake.policy" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

rule fake-ring recommended
check FAKE_RING=256
why A larger ring wastes <memory>.
ref none
pass FAKE_RING=256
fail FAKE_RING=512

rule fake-blk required
check FAKE_BLK=y|m
why A guest has a disk.
ref none
pass FAKE_BLK=m
fail FAKE_BLK=n
E2

# offer VERSION: at kernel.org, signed
org=$T/org/v6.x
mkdir -p "$org"
offer() {
	tar -C "$new/.." --mtime=2024-03-31T12:00:00Z -cJf "$org/linux-6.99.2.tar.xz" linux-6.99.2
	(cd "$org" && sha256sum linux-*.tar.xz) >"$T/sums"
	rm -f "$org/sha256sums.asc"
	gpg --batch --quiet --clearsign -o "$org/sha256sums.asc" "$T/sums" 2>/dev/null
}
offer
# bump ARGUMENT...
bump() {
	env KERNEL_ORG="file://$T/org" DEBIAN_MIRROR="file://$T/none" make KERNELS="$T/kernel" CONFIGS="$T/configs" \
		PATCHES="$T/patches" MODULES="$T/modules" OUT="$T/out" DL="$T/out/dl" BIN="$BIN" BOARD=fake SIGN_KEY="$T/key.pem" \
		KERNEL_DIR="$T" KERNEL_MIRROR= JOBS=2 V= bump "$@"
}
# state: all that a bump may change
state() {
	find "$T/kernel" "$T/configs" "$T/patches" -type f -exec sha256sum {} + | sort
}
mk "$T/out" resolved >"$T/made" 2>&1 || diag <"$T/made"
git -C "$T" init -q
git -C "$T" add kernel configs patches
git -C "$T" -c user.name=t -c user.email=t@keelson.invalid commit -qm begin
state >"$T/before"
unchanged() {
	state >"$T/now"
	is "$(diff "$T/before" "$T/now")" '' "$1: nothing has changed"
}

# ---- what can be merged ---------------------------------------------------------
check 'DRY=1 reports' bump SERIES=6.99 DRY=1
cp "$T/.out" "$T/said"
unchanged 'DRY=1'
R=$T/out/bump/6.99.1-6.99.2
# shown LINE NAME
shown() {
	check "$2" grep -Eq -e "$1" "$R.md"
}
is "$(sed -n 3p "$R.md")" '**Can be merged**: yes  ' 'the verdict comes first'
shown '^\| same.patch \| applies \|' 'a patch that applies'
shown '^\| moves.patch \| refreshed \| moved by 2 lines' 'one at an offset'
shown '^\| taken.patch \| upstream \| by content: 1 of 1 changes are upstream; commit 0123456789ab of 7.0' 'one that upstream has, with the release that took it'
shown "trusted: kernel.org sums signed by $fpr" 'how the release was verified'
shown '^- `COMES` is n: It is new<br>Words about it' 'a new option, with its help'
shown '^- `FOLLOWS` is y, by default Kconfig, default NET' 'one that is enabled, and why'
is "$(sed -n '/^<details/h; /`COMES`/ { x; s/.*summary>\(.*\):.*/\1/p }; /^- `EMPTY`/ { x; s/.*summary>\(.*\):.*/\1/p }' "$R.md" | sort | tr '\n' '|')" 'new texts and numbers|new, and disabled|' 'each in its list'
is "$(grep -c '^- `FOLLOWS`' "$R.md") $(grep -c '^- `EMPTY`' "$R.md") $(grep -c '^- `EMPTY` is not set: A text' "$R.md")" '1 1 1' 'each once, and the text is not enabled'
shown '`FAKE_RING` default: `512` was `256`' 'another default'
shown '^- 6.99.1 of 2024-02-29 to 6.99.2 of 2024-03-31, 31 days$' 'the dates of both releases'
shown '^- releases skipped: none$' 'the releases in between'
shown '^- end of life: 2030-12-31, in [0-9]+ days$' 'the end of life'
shown '^\| arch.patch \| applies \|' 'a patch of another architecture applies'
shown 'not compiled by x86_64-fake, so not tried: arch/s390/other.c' 'and its file is not compiled'
shown '^- `fake-ring` \(recommended\): fail was pass; CONFIG_FAKE_RING=256: it is 512. A larger ring wastes &lt;memory>.' 'a rule of a policy that fails now'
is "$(grep -c '^- `fake-blk`' "$R.md")" 0 'but none that passes as before'
shown '[*]Needs a decision.*other rules of policies that fail now: 1' 'the rule is in the verdict'
shown '[*]Could not be checked.*CVEs: give VULNS=' 'CVEs need data'
shown '^- .* requests from .* 0 lost' 'the proof of each board'
is "$(perl -MJSON::PP -0777 -ne '$r = decode_json($_); print $r->{verdict}{merge} ? 1 : 0, " ", scalar @{$r->{patches}}, " $r->{policies}[0]{rule}"' "$R.json")" '1 4 fake-ring' 'the JSON has the same'
check 'BUILD=1 builds the images' bump SERIES=6.99 DRY=1 BUILD=1
shown '^- x86_64-fake: kernel [0-9]+ bytes, was not built$' 'and the report has their sizes'

# ---- what can't be --------------------------------------------------------------
patch_of fails.patch src/fails.c 's/int fails_30;/int fails_thirty;/'
patch_of breaks.patch src/breaks.c 's/int breaks_30;/int breaks_thirty = wrong;/'
git -C "$T" add patches
git -C "$T" -c user.name=t -c user.email=t@keelson.invalid commit -qm more
state >"$T/before"
refuses 2 '\[not-mergeable\]' 'a patch that fails is not merged' bump SERIES=6.99
unchanged 'such a bump'
shown '^\| fails.patch \| fails \|' 'it is in the report'
shown '^-int fails_30;$' 'with the conflict'
shown "patch -d $T/out/bump/6.99/out/6.99/linux -p1 --merge &lt;$T/patches/6.99/fails.patch|--merge <$T/patches/6.99/fails.patch" 'and the command that opens it'
shown '^breaks.patch: src/breaks.c does not compile' 'one that applies, and breaks the file'
shown "error: .*wrong" 'with the error'
git -C "$T" reset -q --hard HEAD~1
mkdir -p "$T/modules/mine"
echo 'obj-m := a.o' >"$T/modules/mine/Kbuild"
echo 'int a = renamed_upstream;' >"$T/modules/mine/a.c"
refuses 2 '\[not-mergeable\]' 'nor is a module that we have that does not compile' bump SERIES=6.99
shown 'our module: .*/modules/mine does not compile' 'which the report names'
rm -rf "$T/modules"
printf '\n# Why not.\nCONFIG_FAKE_GONE=y\n' >>"$T/configs/common/net.config"
printf 'config FAKE_GONE\n\tbool "It is removed"\n' >>"$old/Kconfig"
refuses 2 '\[not-mergeable\]' 'nor is a lost request' bump SERIES=6.99
shown 'CONFIG_FAKE_GONE=y LOST' 'which the report has'
is "$(grep -c '^every board:$' "$R.md")" 1 'once for all boards'
shown 'policies: requests are lost in 6.99.[12]: x86_64-fake' 'policies are not checked then, which is said'
# pasted: what the report has for the end of a file
pasted() {
	sed -n '/^## To paste/,$ { /^<pre>/,/^<\/pre>/ { /pre>/d; s/&lt;/</g; s/&amp;/\&/g; p } }' "$R.md"
}
{ echo && pasted; } >>"$T/configs/common/net.config"
is "$(tail -n 4 "$T/configs/common/net.config" | tr '\n' '|')" '# FAKE_GONE is lost in 6.99.2: it is unknown [unknown-symbol]|#: since 6.99|#: until 6.100|#: waive FAKE_GONE until=6.99.12 OWNER REASON|' 'and a waiver to paste'
check 'with that the loss is accepted' bump SERIES=6.99 DRY=1
shown 'waived by OWNER until 6.99.12: REASON' 'which the report has'
sed -i 's/^#: waive FAKE_GONE until=6.99.12/#: waive FAKE_GONE until=6.99.2/' "$T/configs/common/net.config"
refuses 2 '\[not-mergeable\]' 'until it expires' bump SERIES=6.99
shown '[*]Can be merged.*waivers and overrides that have expired: 1' 'which the verdict says'
shown 'net.config:[0-9]*: the waiver expired with 6.99.2 \[expired\]' 'and the report, with its place'
git -C "$T" checkout -q configs
printf '\n# It holds.\n#: waive NET until=7.0 tester no reason\n\n# It passes.\n#: waive-rule fake-blk until=7.0 tester no reason\n' >>"$T/configs/common/net.config"
refuses 2 '\[not-mergeable\]' 'nor is a stale waiver' bump SERIES=6.99
shown 'net.config:[0-9]*: the waiver for NET is not needed \[stale-waiver\]; remove it' 'which the report has'
git -C "$T" checkout -q configs
printf '\n# It passes.\n#: waive-rule fake-blk until=7.0 tester no reason\n' >>"$T/configs/common/net.config"
check 'the stale waiver of a rule' bump SERIES=6.99 DRY=1
shown 'net.config:[0-9]*: the waiver of fake-blk is not needed \[stale-waiver\]; remove it' 'is reported too'
git -C "$T" checkout -q configs
state >"$T/before"

# ---- bad input ------------------------------------------------------------------
refuses 2 '\[other-series\]' 'TO of another series is refused' bump SERIES=6.99 TO=6.98.1
refuses 2 '\[knob-value\]' 'TO that is not a release too' bump SERIES=6.99 TO=6.99-rc1
refuses 2 '\[knob-missing\]' 'and no series' make bump
refuses 2 '\[downgrade\]' 'a downgrade is refused' bump SERIES=6.99 TO=6.99.0
refuses 2 '\[no-origin\]' 'a release that no origin has' bump SERIES=6.99 TO=6.99.7
mv "$org/sha256sums.asc" "$T/asc"
{ cat "$T/asc" && echo x; } >"$org/sha256sums.asc"
refuses 2 '\[unsigned-text\]' 'sums with text outside the signed part' bump SERIES=6.99
rm "$org/sha256sums.asc"
refuses 2 '\[no-release\]' 'no network' bump SERIES=6.99
mv "$T/asc" "$org/sha256sums.asc"
echo '# mine' >>"$T/kernel/6.99/release"
refuses 2 'release: .*\[uncommitted\]' 'uncommitted changes of the lock' bump SERIES=6.99
git -C "$T" checkout -q kernel
echo '# mine' >>"$T/configs/resolved/6.99/x86_64-fake.config"
refuses 2 'x86_64-fake.config: .*\[uncommitted\]' 'uncommitted changes of another file that it writes' bump SERIES=6.99
git -C "$T" checkout -q configs
unchanged 'each of these'
mkdir -p "$T/out/bump"
flock "$T/out/bump/.lock" sleep 3 &
sleep 0.2
refuses 2 '\[bump-running\]' 'two bumps at once' bump SERIES=6.99
wait

# ---- the report, of facts ---------------------------------------------------------
F=$T/facts
mkdir -p "$F/proofs" "$F/audits"
printf '%s\n' 'from 6.18.15' 'fromdate 2026-02-27T21:05:10Z' 'version 6.19.6' 'date 2026-03-04T12:23:57Z' 'eol 2026-05-01, 30 days ago [eol]' \
	'skipped 6, 6.19 to 6.19.5' 'listed debian 6.19.2' 'listed debian 6.19.5' 'listed kernel.org 6.19.4' 'configs configs' >"$F/trust"
printf 'x86_64-a\t1\nx86_64-b\t0\narm64-c\t0\nx86_64-a-debug\t1\n' >"$F/boards"
for b in x86_64-a x86_64-a-debug; do
	printf '%s\n' 'configs/common/a.config:3: CONFIG_ONE=y LOST: it is n [unmet-dependency]' '    unmet: X[=n]' \
		'configs/base/b.config:4: CONFIG_TWO=m LOST: it is n <why>' \
		'configs/common/a.config:9: CONFIG_THREE=y optional, lost: it is n [x]' '9 requests from 3 fragments: 6 hold, 1 excused, 2 lost' >"$F/proofs/$b"
done
for b in x86_64-b arm64-c; do
	echo '9 requests from 3 fragments: 9 hold, 0 excused, 0 lost' >"$F/proofs/$b"
done
echo 'CVE-2026-0001 <open>' >"$F/cves"
# verdicts FILE VERDICT: of a required rule
verdicts() {
	printf '{"verdicts": [{"rule": "r", "level": "required", "verdict": "%s", "why": "W"}]}' "$2" >"$F/audits/$1"
}
verdicts x86_64-b.old pass
verdicts x86_64-b.new fail
verdicts arm64-c.old not-applicable
verdicts arm64-c.new pass
R=$F/report
"$BIN/bump" report "$F" "$R"
is $? 1 'such facts can not be merged'
shown '[*]Can be merged.*: no: .*required rules of policies that fail now: 1' 'for a required rule that fails'
shown '[*]Needs a decision.*the series is past its end of life' 'the end of life is in the verdict'
shown '^- releases skipped: 6, 6.19 to 6.19.5; debian lists 6.19.2, 6.19.5; kernel.org lists 6.19.4 .no list has their dates.$' 'the skipped releases, by origin'
shown '^Boards checked: 2. Verdicts of rules that differ: 1.$' 'to pass, or not to apply, is the same'
shown '^CVE-2026-0001 &lt;open>$' 'the CVEs are in it'
sed -n '/^## To paste/,$p' "$R.md" >"$T/pasted"
is "$(grep -v '^$' "$T/pasted" | tr '\n' '|')" '## To paste|To accept the losses for 10 releases, append to configs/common/a.config with an owner and a reason, after an empty line:|<pre>|# ONE is lost in 6.19.6: it is n [unmet-dependency]|#: since 6.19|#: until 6.20|#: arch x86_64|#: waive ONE until=6.19.16 OWNER REASON|</pre>|To accept the losses for 10 releases, append to configs/base/b.config with an owner and a reason, after an empty line:|<pre>|# TWO is lost in 6.19.6: it is n &lt;why>|#: since 6.19|#: until 6.20|#: not-arch arm64 the request holds there|#: waive TWO until=6.19.16 OWNER REASON|</pre>|Or, if 6.19 is not for this board, at the end of configs/boards/x86_64/a.board:|<pre>|# REASON|EXCEPT += 6.19|</pre>|' \
	'waivers for the architectures that need them, and EXCEPT of boards, but not of flavours'
for bad in '{' '[]' '{"verdicts": 1}'; do
	echo "$bad" >"$F/audits/x86_64-b.new"
	refuses 2 'x86_64-b.new.*\[bad-facts\]' "'$bad' is not an audit" "$BIN/bump" report "$F" "$F/report"
done

# ---- the install: all of it, or nothing -----------------------------------------
I=$T/install
fresh() {
	rm -rf "$I" && mkdir -p "$I/to/sub" "$I/from"
	for n in 1 2 3 4 5 6 7 8 9; do
		head -c 200000 /dev/zero | tr '\0' "$n" >"$I/from/$n"
		echo "old $n" >"$I/to/$n"
		printf 'write\t%s\t%s\n' "$I/from/$n" "$I/to/$n"
	done >"$I/plan"
	echo old >"$I/to/removed"
	printf 'remove\t%s\nwrite\t%s\t%s\n' "$I/to/removed" "$I/from/1" "$I/to/new/dir/file" >>"$I/plan"
}
sums() {
	(cd "$I/to" && find . -type f -exec sha256sum {} + | sort)
}
fresh
sums >"$T/old.sums"
check 'bump install writes and removes' "$BIN/bump" install "$I/plan" "$I/journal"
sums >"$T/new.sums"
is "$(find "$I/to" -type f | wc -l) $(cmp "$I/to/new/dir/file" "$I/from/1" && echo same) $(find "$I" -name "journal*")" '10 same ' 'all of the plan, and no journal is left'
# A full disk: no file may have that size.
fresh
refuses 2 '\[unwritable\].*no file was changed' 'a full disk' sh -c "ulimit -f 100; trap '' XFSZ; exec '$BIN/bump' install '$I/plan' '$I/journal'"
is "$(sums | diff - "$T/old.sums")$(find "$I" -name '*.bump' -o -name 'journal*')" '' 'changes nothing, and leaves nothing'
for bad in 'write	a' 'remove	a	b' x 'write	a	b	c'; do
	echo "$bad" >"$I/bad"
	refuses 2 'bad:1: .*\[bad-plan\]' "'$bad' is not a plan" "$BIN/bump" install "$I/bad" "$I/journal"
done
echo begin >"$I/bad"
refuses 2 'bad:1: .*\[bad-plan\]' 'nor is that a journal' "$BIN/bump" recover "$I/bad"
# Every system call is a moment: a journal of either state, with a part of the copies renamed.
bad='' finished=0
for n in 1 2 3 4 5 6 7 8 9; do
	fresh
	{ echo commit && cat "$I/plan"; } >"$I/journal"
	mkdir -p "$I/to/new/dir"
	cp "$I/from/1" "$I/to/new/dir/file.bump"
	for i in 1 2 3 4 5 6 7 8 9; do
		cp "$I/from/$i" "$I/to/$i.bump"
		[ "$i" -gt "$n" ] || mv "$I/to/$i.bump" "$I/to/$i"
	done
	"$BIN/bump" recover "$I/journal" 2>/dev/null
	sums | cmp -s - "$T/new.sums" || bad="$bad commit:$n"
	fresh
	{ echo prepare && cat "$I/plan"; } >"$I/journal"
	for i in 1 2 3 4 5 6 7 8 9; do
		[ "$i" -gt "$n" ] || cp "$I/from/$i" "$I/to/$i.bump"
	done
	"$BIN/bump" recover "$I/journal" 2>/dev/null
	sums | cmp -s - "$T/old.sums" || bad="$bad prepare:$n"
done
is "$bad" '' 'recover completes an install that was committed, and takes another back'

# ---- kill -9 at ten moments, then the real thing --------------------------------
unchanged 'before the kills'
bad=''
for n in 1 2 3 4 5 6 7 8 9 10; do
	setsid env KERNEL_ORG="file://$T/org" DEBIAN_MIRROR="file://$T/none" make KERNELS="$T/kernel" CONFIGS="$T/configs" \
		PATCHES="$T/patches" MODULES="$T/modules" OUT="$T/out" DL="$T/out/dl" BIN="$BIN" BOARD=fake SIGN_KEY="$T/key.pem" \
		KERNEL_DIR="$T" KERNEL_MIRROR= JOBS=2 V= bump SERIES=6.99 >/dev/null 2>&1 &
	pid=$!
	sleep "$(awk -v n="$n" -v seed="${SEED:-$$}" 'BEGIN { srand(seed + n); print rand() * 2.5 }')"
	kill -KILL "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ ! -e "$T/out/bump/journal" ] || "$BIN/bump" recover "$T/out/bump/journal" 2>/dev/null
	state >"$T/now"
	cmp -s "$T/now" "$T/before" || {
		[ "$(sed -n 's/^version //p' "$T/kernel/6.99/release")" = 6.99.2 ] && [ ! -e "$T/patches/6.99/taken.patch" ] &&
			grep -q FOLLOWS "$T/configs/resolved/6.99/x86_64-fake.config" || bad="$bad half:$n"
		finished=$((finished + 1))
		git -C "$T" checkout -q . && git -C "$T" clean -qfd kernel configs patches && state >"$T/before"
	}
done
is "$bad" '' 'a bump that is killed leaves the checkout as it was, or bumped'
check 'the next one passes' bump SERIES=6.99
is "$("$BIN/fetch" --get "$T/kernel/6.99/release" version)" 6.99.2 'the lock has the release'
is "$(grep -v '^#' "$T/patches/6.99/series" | tr -s '\n' ' ')" ' same.patch moves.patch arch.patch ' 'the series has the patches that it needs'
check 'a patch that upstream has is removed' [ ! -e "$T/patches/6.99/taken.patch" ]
check 'and its reason' sh -c "! grep -q 'Why taken' '$T/patches/6.99/series'"
check 'the resolved config is renewed' grep -q '^CONFIG_FOLLOWS=y' "$T/configs/resolved/6.99/x86_64-fake.config"
cp "$org/linux-6.99.2.tar.xz" "$T/"
check 'the tree can be made' mk "$T/out" patches
is "$(tail -n 1 "$T/.out")" '3 patches apply, 0 do not' 'and the patches apply'
is "$(grep -c offset "$T/.out")" 0 'at no offset'
git -C "$T" -c user.name=t -c user.email=t@keelson.invalid commit -qam bumped
check 'then no newer one exists' bump SERIES=6.99
is "$(grep -c '6.99.2 is the newest release' "$T/.out")" 1 'which is said'

# ---- a new series ---------------------------------------------------------------
cp -R "$new" "$T/two/linux-7.0.1"
sed -i 's/^VERSION = .*/VERSION = 7/; s/^PATCHLEVEL = .*/PATCHLEVEL = 0/; s/^SUBLEVEL = .*/SUBLEVEL = 1/' "$T/two/linux-7.0.1/Makefile"
sed -i 's/int same_30;/int same_thirty;/' "$T/two/linux-7.0.1/src/same.c"
mkdir "$T/org/v7.x"
tar -C "$T/two" --mtime=2024-04-30T12:00:00Z -cJf "$T/org/v7.x/linux-7.0.1.tar.xz" linux-7.0.1
(cd "$T/org/v7.x" && sha256sum linux-*.tar.xz) >"$T/sums"
gpg --batch --quiet --clearsign -o "$T/org/v7.x/sha256sums.asc" "$T/sums" 2>/dev/null
refuses 2 '\[other-series\]' 'TO of another series than NEW is refused' bump SERIES=6.99 NEW=7.0 TO=7.1.1
refuses 2 '\[series-exists\]' 'and a series that exists' bump SERIES=6.99 NEW=6.99
refuses 2 '\[not-a-series\]' 'and a release' bump SERIES=6.99 NEW=7.0.1
check 'NEW= begins a series' bump SERIES=6.99 NEW=7.0
is "$("$BIN/fetch" --get "$T/kernel/7.0/release" version) $("$BIN/fetch" --get "$T/kernel/7.0/release" eol)" '7.0.1 -' 'with its lock'
is "$(grep -v '^#' "$T/patches/7.0/series" | tr -s '\n' ' ') $(find "$T/patches/7.0" -type f -printf "%f\n" | sort | tr '\n' ' ')" ' moves.patch arch.patch  arch.patch moves.patch series ' 'the patches that it needs'
check 'and its resolved configs' grep -q '^CONFIG_FOLLOWS=y' "$T/configs/resolved/7.0/x86_64-fake.config"
is "$(grep -v '^#' "$T/patches/6.99/series" | tr -s '\n' ' ')" ' same.patch moves.patch arch.patch ' 'the series before it stays as it is'
git -C "$T" add kernel configs patches
git -C "$T" -c user.name=t -c user.email=t@keelson.invalid commit -qm series

# ---- a journal stops other goals ------------------------------------------------
printf 'commit\n' >"$T/out/bump/journal"
refuses 2 '\[journal\]' 'no other goal runs while an install is not complete' mk "$T/out" config
check 'the next bump completes it' bump SERIES=6.99
check 'and the goals run again' mk "$T/out" config
finish
