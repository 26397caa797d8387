#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a person meets who keeps the project going: failed builds, on a fake kernel tree.
# shellcheck disable=SC2016 # as it stands
. tests/lib.sh
. tests/lib/fake/pipeline.sh

# ---- a build that fails ---------------------------------------------------------
mk "$T/out" image >"$T/made" 2>&1 || diag <"$T/made"
B=$T/out/6.99/x86_64-fake
is "$(grep -c '^  [A-Z]' "$B/stage.log")" "$(cat "$B/stage.steps")" 'a whole build counts its steps'
cat >"$T/patches/6.99/0001-broken.patch" <<'E2'
From: A Tester <tester@keelson.invalid>
Date: Thu, 29 Feb 2024 12:00:00 +0000
Subject: [PATCH] fake: do not compile

Upstream: not suitable, there is no upstream
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

# Our own modules: errors name the copy that is compiled, or by the path from there.
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
