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
tar -C "$T" --mtime=2024-02-29T12:00:00Z -cJf "$T/linux-6.99.1.tar.xz" linux-6.99.1
sed -i "s/^\(origin kernel.org [^ ]*\) .*/\1 $(sha256sum <"$T/linux-6.99.1.tar.xz" | cut -d ' ' -f 1)/" "$T/kernel/6.99/release"
mkdir "$T/two"
cp -R "$old" "$new"
sed -i 's/^SUBLEVEL = .*/SUBLEVEL = 2/' "$new/Makefile"
sed -i '1i int first;\nint second;' "$new/src/moves.c"
# Upstream took it, and changed the lines around it.
sed -i 's/int taken_30;/int taken_thirty_and_more;/; s/int taken_29;/long taken_29;/' "$new/src/taken.c"
sed -i 's/int fails_30;/long fails_30;/' "$new/src/fails.c"
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
shown '^- `COMES=n`: It is new<br>Words about it' 'a new option, with its help'
shown '^- `FOLLOWS=y`, by default Kconfig, default NET' 'one that is enabled, and why'
shown '`FAKE_RING` default: `512` was `256`' 'another default'
shown '^- .* requests from .* 0 lost' 'the proof of each board'
is "$(perl -MJSON::PP -0777 -ne '$r = decode_json($_); print $r->{verdict}{merge} ? 1 : 0, " ", scalar @{$r->{patches}}' "$R.json")" '1 3' 'the JSON has the same'
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
is "$(grep -v '^#' "$T/patches/6.99/series" | tr -s '\n' ' ')" ' same.patch moves.patch ' 'the series has the patches that it needs'
check 'a patch that upstream has is removed' [ ! -e "$T/patches/6.99/taken.patch" ]
check 'and its reason' sh -c "! grep -q 'Why taken' '$T/patches/6.99/series'"
check 'the resolved config is renewed' grep -q '^CONFIG_FOLLOWS=y' "$T/configs/resolved/6.99/x86_64-fake.config"
cp "$org/linux-6.99.2.tar.xz" "$T/"
check 'the tree can be made' mk "$T/out" patches
is "$(tail -n 1 "$T/.out")" '2 patches apply, 0 do not' 'and the patches apply'
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
is "$(grep -v '^#' "$T/patches/7.0/series" | tr -s '\n' ' ') $(find "$T/patches/7.0" -type f -printf "%f\n" | sort | tr '\n' ' ')" ' moves.patch  moves.patch series ' 'the patches that it needs'
check 'and its resolved configs' grep -q '^CONFIG_FOLLOWS=y' "$T/configs/resolved/7.0/x86_64-fake.config"
is "$(grep -v '^#' "$T/patches/6.99/series" | tr -s '\n' ' ')" ' same.patch moves.patch ' 'the series before it stays as it is'
git -C "$T" add kernel configs patches
git -C "$T" -c user.name=t -c user.email=t@keelson.invalid commit -qm series

# ---- a journal stops other goals ------------------------------------------------
printf 'commit\n' >"$T/out/bump/journal"
refuses 2 '\[journal\]' 'no other goal runs while an install is not complete' mk "$T/out" config
check 'the next bump completes it' bump SERIES=6.99
check 'and the goals run again' mk "$T/out" config
finish
