#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A maintainer's cases: failed builds, and patches that do not apply, on a fake kernel tree.
# shellcheck disable=SC2016 # as it stands
. tests/lib.sh
. tests/lib/fake/pipeline.sh

refuses 2 '\[not-built\]' 'make show of a board that is not built' mk "$T/out" show
# ---- a build that fails ---------------------------------------------------------
mk "$T/out" image >"$T/made" 2>&1 || diag <"$T/made"
B=$T/out/6.99/x86_64-fake
is "$(grep -c '^  [A-Z]' "$B/stage.log")" "$(cat "$B/stage.steps")" 'a whole build counts its steps'

# ---- make show ------------------------------------------------------------------
prints "^ .*$(sed -n 's/^sha256 //p' "$T/out/6.99/source")" 'make show has the hash of the source' show
# shown PATTERN NAME: a line of it
shown() {
	check "$2" grep -Eq -e "$1" "$T/printed"
}
shown 'verified by that hash in .*/kernel/6.99/release' 'and how it was verified'
shown "certificate SHA-256 $(openssl x509 -in "$T/out/signer.pem" -noout -fingerprint -sha256 | tr -d : | sed 's/.*=//')\$" 'the signer'
shown "^config .*$(sha256sum <"$B/config" | cut -d ' ' -f 1)" 'the hash of the config'
shown "^ *$(digest "$T/out")\$" 'the digest of the image'
shown '^rebuild .*make image ARCH=x86_64 SERIES=6.99 BOARD=fake$' 'and how to build it again'
is "$(grep -c '\[stale\]' "$T/printed")" 0 'no part is stale'
cp "$B/config" "$T/config"
echo '# edited' >>"$B/config"
prints 'config.*\[stale\]' 'a config that was edited since is' show
cp "$T/config" "$B/config"

# ---- compile_commands.json ------------------------------------------------------
mkdir -p "$T/own/mine" "$T/copies/mine" "$T/tree"
: >"$T/own/mine/a.c"
printf 'savedcmd_%s := gcc -DNAME=\047"a b"\047 -DCOST=$$1 -c %s/mine/a.c ; x\n\nsource_x := y\n' \
	"$T/copies/mine/a.o" "$(cd "$T/copies" && pwd -P)" >"$T/copies/mine/.a.o.cmd"
env CFLAGS='-O2' HOSTCC=gcc TREE="$T/tree" OBJ="$T/tree" OWN="$T/own" COPIES="$T/copies" \
	scripts/make/compile-commands.sh "$T/commands.json" kconf bootlog:jansson >"$T/printed"
is "$(perl -MJSON::PP -0777 -ne 'for (@{decode_json($_)}) { print "$_->{file}\n" if $_->{file} =~ /main.c$/;
	print "$_->{file} $_->{command}\n" if $_->{file} =~ /mine.a.c$/ }' "$T/commands.json")" \
	"scripts/kconf/main.c
scripts/guest/bootlog/main.c
$T/own/mine/a.c gcc -DNAME='\"a b\"' -DCOST=\$1 -c $T/own/mine/a.c" 'compile_commands.json has the tools, and modules by their sources'

cat >"$T/patches/6.99/0001-broken.patch" <<'E2'
From: A Tester <tester@keelson.invalid>
Date: Thu, 29 Feb 2024 12:00:00 +0000
Subject: [PATCH] fake: do not compile

Upstream: not suitable, it has no upstream
Signed-off-by: A Tester <tester@keelson.invalid>
---
 src/kernel.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/src/kernel.c b/src/kernel.c
index 1111111..2222222 100644
--- a/src/kernel.c
+++ b/src/kernel.c
@@ -1,6 +1,6 @@
 /* SPDX-License-Identifier: GPL-2.0-only */
 #ifdef LOUD
 const char banner[] = "loud " __FILE__;
 #else
-const char banner[] = "quiet " __FILE__;
+const char banner[] = nothing;
 #endif
E2
echo 0001-broken.patch >"$T/patches/6.99/series"
refuses 2 '^progress: src/kernel.c:5:[0-9]+: error: .*\[build-failed\]; run make image ARCH=x86_64 SERIES=6.99 BOARD=fake OUT='"$T"'/out V=1$' \
	'a failed build ends with the first error and the command' mk "$T/out" image
is "$(grep -c "full log: $B/stage.log" "$T/.err")" 1 'and the path of the log'
: >"$T/patches/6.99/series"
rm "$T/patches/6.99/0001-broken.patch"

# ---- make patches ---------------------------------------------------------------
# patch NAME FILE SED [SED2]: a patch that changes FILE of the release as SED does; SED2 edits the diff
patch() {
	sed "$3" "$T/linux-6.99.1/$2" >"$T/edited"
	{
		printf '%s\n' 'From: A Tester <tester@keelson.invalid>' 'Date: Thu, 29 Feb 2024 12:00:00 +0000' \
			'Subject: [PATCH] fake: change it' '' 'Upstream: not suitable, it has no upstream' \
			'Signed-off-by: A Tester <tester@keelson.invalid>' --- '' "diff --git a/$2 b/$2"
		diff -u --label "a/$2" --label "b/$2" "$T/linux-6.99.1/$2" "$T/edited" | sed "${4-}"
	} >"$T/patches/6.99/$1"
	echo "$1" >>"$T/patches/6.99/series"
}
# row PATCH: its status
row() {
	sed -n "s/^6.99 *$1 *//p" "$T/.out"
}
rm -rf "$T/patches/6.99"/* "$T/out/6.99/pristine"
patch 1.patch Kconfig 's/Networking/Nets/'
patch 2.patch Kconfig 's/Loadable modules/Mods/' 's/@@ -\([0-9]*\),\([0-9]*\) +[0-9]*,/@@ -1\1,\2 +1\1,/'
check 'make patches passes where all apply' mk "$T/out" patches
is "$(row 1.patch)" applies 'a patch that applies'
is "$(row 2.patch | cut -c -8)" 'offset -' 'a patch at an offset'
patch 3.patch src/kernel.c 's/quiet/silent/' 's/^-const/-var/'
patch 4.patch src/fake_net.c 's/license=GPL/license=BSD/' 's/^-\(.*\)license=GPL/-\1license=MIT/; s/^+\(.*\)license=BSD/+\1license=GPL/'
patch 5.patch src/kernel.c 's/quiet/low/'
refuses 2 '' 'make patches fails where one does not apply' mk "$T/out" patches
is "$(row 3.patch)" 'fails: src/kernel.c hunk 1 [hunk-failed]' 'which names file and hunk'
is "$(row 4.patch)" 'upstream has it [already-applied]' 'a patch that the release has'
is "$(row 5.patch)" applies 'a patch after one that fails is tried without that'
is "$(tail -n 1 "$T/.out")" '3 patches apply, 2 do not' 'the last line counts them'
# tar unpacks nothing when the files are known.
mkdir "$T/notar"
printf '#!/bin/sh\nexit 1\n' >"$T/notar/tar"
chmod +x "$T/notar/tar"
refuses 2 '' 'the next try' env PATH="$T/notar:$PATH" make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" \
	OUT="$T/out" DL="$T/out/dl" BIN="$BIN" SERIES=6.99 BOARD=fake SIGN_KEY="$T/key.pem" patches
is "$(tail -n 1 "$T/.out")" '3 patches apply, 2 do not' 'unpacks nothing'
echo x >>"$T/patches/6.99/1.patch"
echo 'diff --git' >>"$T/patches/6.99/1.patch"
refuses 2 '1.patch:[0-9]*: .*\[' 'a patch that is not valid' mk "$T/out" patches
rm -rf "$T/patches/6.99"/*
: >"$T/patches/6.99/series"

# ---- our own modules ------------------------------------------------------------
# Errors name the copy that is compiled, or by the path from there.
own_fails() {
	rm -rf "$T/own"
	mkdir -p "$T/own/tree/obj" "$T/own/stage/modules/lib/modules/6.99.1" "$T/own/modules/mine"
	: >"$T/own/tree/obj/.config"
	# shellcheck disable=SC2086 # as make expands it
	printf 'modules:\n\t@echo "%s: error: no" >&2; exit 1\n' "$1" >"$T/own/tree/Makefile"
	env TREE="$T/own/tree" OBJ="$T/own/tree/obj" STAGE="$T/own/stage" OWN="$T/own/modules" DEST="$T/own/dest" \
		SIGN_KEY="$T/key.pem" KARCH=x86_64 CROSS='' EPOCH=0 JOBS=1 PROGRESS="$BIN/progress" LABEL=MODULES \
		AGAIN='make image' V='' scripts/modules.sh
}
for file in '$(M)/mine/a.c:1:2' 'mine/a.c:1:2'; do
	refuses 1 "^progress: $T/own/modules/mine/a.c:1:2: error: no \[build-failed\]; run make image\$" \
		"an error in $file names the source" own_fails "$file"
done
finish
