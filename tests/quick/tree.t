#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tree.sh on a tarball of a few files: what it applies, what it refuses, and what a
# killed run leaves behind.
# shellcheck disable=SC2016,SC2317
. tests/lib.sh

D="$T/a dir"
src=$D/source
dest=$D/out/linux
P=$D/patches/6.12
mkdir "$D"

# The release: a tree of its own, so that its diffs can be taken from git-less copies.
release() {
	mkdir -p "$T/r/linux-6.12.107/net"
	(
		cd "$T/r/linux-6.12.107" || exit 1
		printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 107\nEXTRAVERSION =\n' >Makefile
		seq 1 40 >net/a.c
		seq 1 40 >net/b.c
		printf 'first\nlast' >noeol
		chmod 755 noeol
	)
	(cd "$T/r" && tar -cJf "$D/linux.tar.xz" linux-6.12.107)
	lock "$D/linux.tar.xz"
}

lock() {
	printf 'file %s\nsha256 %s\norigin test\n' "$1" "$(sha256sum <"$1" | cut -d' ' -f1)" >"$src"
}

# mail NAME [UPSTREAM]: a patch in a mail, its diff from standard input.
mail() {
	cat >"$P/$1" <<-END
	From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
	From: A Developer <dev@localhost.localdomain>
	Date: Mon, 23 Nov 2026 12:00:00 +0000
	Subject: [PATCH] net: a long subject,
	 folded

	Why. The text may quote a diff, which nobody applies:

	  --- ../../x
	  +++ ../../x

	Upstream: ${2:-not suitable, for the tests only}
	Signed-off-by: A Developer <dev@localhost.localdomain>
	---
	 net/a.c | 2 +-

	END
	cat >>"$P/$1"
	printf -- '-- \n2.39.5\n\n' >>"$P/$1"
}

# edit FILE LINE NEW: a diff that makes NEW of line LINE of a file of 40 numbers.
edit() {
	cat <<-END
	diff --git a/$1 b/$1
	index 0123456..89abcde 100644
	--- a/$1
	+++ b/$1
	@@ -$(($2 - 1)),3 +$(($2 - 1)),3 @@ context
	 $(($2 - 1))
	-$2
	+$3
	 $(($2 + 1))
	END
}

# fresh [PATCH...]: an empty patch directory with such a series.
fresh() {
	rm -rf "$P"
	mkdir -p "$P"
	for f; do
		echo "$f"
	done >"$P/series"
}

make_tree() {
	scripts/tree.sh "$src" "$P" "$dest" 6.12.107
}

lint() {
	scripts/tree.sh --lint "$P"
}

# sums DIR: all that a tree is, but its times.
sums() {
	(cd "$1" && find . -printf '%P %y %m\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

left() {
	(cd "$D/out" && ls -A)
}

no_tree() {
	is "$(left)" linux.lock "$1: nothing is left that passes for a tree"
}

release

# ---- trees that are made ----------------------------------------------------------
fresh
check 'an empty series is legal' make_tree
is "$(sums "$dest")" "$(sums "$T/r/linux-6.12.107")" 'it gives the release as it is'
is "$(left)" 'linux
linux.lock' 'and no other file but the lock'

fresh
printf '# why\n\n0001-a.patch # a comment\n\t\n0002-b.patch' >"$P/series"
edit net/a.c 10 ten | mail 0001-a.patch
edit net/a.c 10 zehn | sed 's/^-10/-ten/' | mail 0002-b.patch \
	'accepted in 6.16, commit 0123456789abcdef0123456789abcdef01234567'
check 'patches apply in the order of the series, over an older tree' make_tree
is "$(sed -n 10p "$dest/net/a.c")" zehn 'the second one sees what the first did'

fresh 0001-all.patch
mail 0001-all.patch 'submitted https://lore.example/r/1' <<'END'
diff --git a/dir/new.c b/dir/new.c
new file mode 100755
index 0000000..0123456
--- /dev/null
+++ b/dir/new.c
@@ -0,0 +1,2 @@
+-- much like a signature
+new
diff --git a/net/a.c b/net/a.c
deleted file mode 100644
index 0123456..0000000
--- a/net/a.c
+++ /dev/null
@@ -1,40 +0,0 @@
END
seq 1 40 | sed 's/^/-/' >"$T/gone"
sed -i "/^@@ -1,40/r $T/gone" "$P/0001-all.patch"
sed -i '/^-- $/,$d' "$P/0001-all.patch"
cat >>"$P/0001-all.patch" <<'END'
diff --git a/net/b.c b/net/c.c
similarity index 95%
rename from net/b.c
rename to net/c.c
index 0123456..89abcde 100644
--- a/net/b.c
+++ b/net/c.c
@@ -1,3 +1,3 @@
-1
+-- 1
 2
 3
diff --git a/noeol b/noeol
old mode 100755
new mode 100644
index 0123456..89abcde
--- a/noeol
+++ b/noeol
@@ -1,2 +1,3 @@
 first
-last
\ No newline at end of file
+last
+end
\ No newline at end of file
END
truncate -s -1 "$P/0001-all.patch"
check 'a patch creates, deletes, renames and changes modes; nothing ends in a newline' make_tree
is "$(cd "$dest" && find . -type f -printf '%P %m\n' | sort)" 'Makefile 644
dir/new.c 755
net/c.c 644
noeol 644' 'the files are those it says'
is "$(cat "$dest/dir/new.c"; sed -n 1p "$dest/net/c.c"; cat "$dest/noeol")" \
	'-- much like a signature
new
-- 1
first
last
end' 'and so is their content'

fresh 0001-off.patch
edit net/a.c 20 twenty | sed 's/@@ -19,3 +19,3/@@ -16,3 +16,3/' | mail 0001-off.patch
check 'a hunk at an offset passes' make_tree
refuses 0 'tree: 0001-off.patch: net/a.c: hunk #1 is off by 3 lines' \
	'and is reported in a line' make_tree

# ---- what does not apply -----------------------------------------------------------
rm -rf "$dest"
fresh 0001-ok.patch 0002-fuzz.patch
edit net/b.c 5 five | mail 0001-ok.patch
{
	edit net/a.c 10 ten
	edit net/a.c 30 thirty | sed '1,4d; s/^ 29/ other/'
} | mail 0002-fuzz.patch
refuses 1 'tree: 0002-fuzz.patch: net/a.c: hunk #2 does not apply at line 29' \
	'a hunk that would need fuzz is refused' make_tree
cp "$T/.err" "$T/err"
check 'its reject is shown' grep -q '^+thirty' "$T/err"
no_tree 'a failed patch'

fresh 0001-nofile.patch
edit net/none.c 10 ten | mail 0001-nofile.patch
refuses 1 '0001-nofile.patch: net/none.c: not in the tree' \
	'a patch to a file that is not there is refused' make_tree

fresh 0001-a.patch 0002-again.patch
edit net/a.c 10 ten | tee "$T/d" | mail 0001-a.patch
mail 0002-again.patch <"$T/d"
refuses 1 '0002-again.patch: net/a.c: is in the release already' \
	'a patch that is in already is refused' make_tree

fresh 0001-new.patch
mail 0001-new.patch <<'END'
diff --git a/net/a.c b/net/a.c
new file mode 100644
--- /dev/null
+++ b/net/a.c
@@ -0,0 +1 @@
+x
END
refuses 1 'net/a.c: cannot create it: it already exists' 'a new file never replaces one' make_tree

fresh 0001-mv.patch
mail 0001-mv.patch <<'END'
diff --git a/net/none.c b/net/other.c
similarity index 100%
rename from net/none.c
rename to net/other.c
END
refuses 1 '0001-mv.patch does not apply' 'a rename of a file that is not there is refused' make_tree
no_tree 'all of these'

# ---- the tarball -------------------------------------------------------------------
fresh
cp "$src" "$T/good"
printf x >>"$D/linux.tar.xz"
refuses 1 "$D/linux.tar.xz: the cache is corrupt .*; delete it and fetch again" \
	'a tarball that changed in the cache is refused' make_tree
sed "s|^file .*|file $T/none.tar.xz|" "$T/good" >"$src"
refuses 2 'none.tar.xz: cannot be read; fetch it again' 'so is one that is gone' make_tree
cp "$T/good" "$src"
truncate -s -1 "$D/linux.tar.xz"
refuses 1 'holds Linux 6.12.107, not 6.12.99; the release lock' 'so is another version' \
	scripts/tree.sh "$src" "$P" "$dest" 6.12.99
tar -cJf "$T/two.tar.xz" -C "$T/r/linux-6.12.107" Makefile net
lock "$T/two.tar.xz"
refuses 1 'not one directory at its top' 'so is a tarball of more than one directory' make_tree
head -c 300 "$T/two.tar.xz" >"$T/short.tar.xz"
lock "$T/short.tar.xz"
refuses 2 "short.tar.xz: cannot be unpacked" "so is one that tar can't read" make_tree
is "$(grep -vc "^tree: " "$T/.err")" 2 "and of tar's words two lines are enough"
echo 'hash x' >"$src"
refuses 2 '"hash" is not known' 'a source file with another key is refused' make_tree
cp "$T/good" "$src"
no_tree 'a bad tarball'
refuses 2 'usage' 'arguments that make no sense get the usage' scripts/tree.sh "$src" "$P"

# ---- kill -9 -------------------------------------------------------------------------
fresh 0001-a.patch 0002-b.patch
edit net/a.c 10 ten | mail 0001-a.patch
edit net/b.c 10 ten | mail 0002-b.patch
make_tree && sums "$dest" >"$T/whole"
bad=
for n in 05 10 15 20 25 30 40 50; do
	rm -rf "$dest"
	# Its own process group, so that its children die with it.
	setsid scripts/tree.sh "$src" "$P" "$dest" 6.12.107 &
	pid=$!
	sleep "0.0$n"
	kill -KILL "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	if [ -e "$dest" ]; then
		sums "$dest" | cmp -s - "$T/whole" || bad="$bad half:$n"
	fi
	make_tree && sums "$dest" | cmp -s - "$T/whole" || bad="$bad rerun:$n"
	[ "$(left | wc -l)" -eq 2 ] || bad="$bad left:$n"
done
is "$bad" '' 'a run that was killed leaves no half tree, and the next one is whole'
mkdir -p "$dest.tmp/x/linux-6.12.107" "$dest.old/net"
: >"$dest.tmp/x/linux-6.12.107/stale"
check 'what a killed run left is removed' make_tree
is "$(left | wc -l)" 2 'all of it'
check 'and none of it gets into the tree' sh -c "! test -e '$dest/stale'"

# ---- lint: the series -----------------------------------------------------------------
fresh
rm "$P/series"
refuses 1 '6.12/series: missing; an empty one is legal' 'no series is refused' lint
fresh 0001-a.patch 0003-c.patch
edit net/a.c 10 ten | tee "$T/d" | mail 0001-a.patch
cp "$P/0001-a.patch" "$T/good.patch"
refuses 1 'tree: .*6.12/series:2: 0003-c.patch is missing' \
	'a patch that is not there is refused' lint
fresh
cp "$T/good.patch" "$P/0001-a.patch"
refuses 1 'tree: .*6.12/0001-a.patch: not in .*series' \
	'a patch that is in no series is refused' lint
check 'and no tree is made with it' \
	sh -c "! scripts/tree.sh '$src' '$P' '$dest' 6.12.107 2>/dev/null"
fresh 0001-a.patch 0001-a.patch
cp "$T/good.patch" "$P/0001-a.patch"
refuses 1 'series:2: 0001-a.patch is listed twice' 'a patch that is listed twice is refused' lint
for line in '../0001-a.patch' '0001-a.patch 0002-b.patch' '-R'; do
	fresh
	printf '# x\n%s\n' "$line" >"$P/series"
	refuses 1 'series:2: .*one plain file name a line' "\"$line\" is no line of a series" lint
done

# ---- lint: each patch -----------------------------------------------------------------
# spoilt PATTERN WHAT SED: the good patch, after SED, is refused with PATTERN.
spoilt() {
	fresh 0001-a.patch
	sed "$3" "$T/good.patch" >"$P/0001-a.patch"
	refuses 1 "tree: .*/0001-a.patch:[0-9]+: $1" "$2 is refused" lint
}

fresh 0001-a.patch
cp "$T/good.patch" "$P"
mv "$P/good.patch" "$P/0001-a.patch"
check 'a good patch passes' lint
spoilt 'no "From: Name <mail>"' 'no author' '/^From: /d'
spoilt 'no "Date:"' 'no date' '/^Date:/d'
spoilt 'no "Subject:"' 'no subject' 's/^Subject:.*/Subject:/'
spoilt 'no "Signed-off-by' 'no sign-off' '/^Signed-off-by:/d'
spoilt 'no "Signed-off-by' 'a sign-off without a name' 's/^Signed-off-by:.*/Signed-off-by: <dev@x>/'
spoilt 'no "Signed-off-by' 'a sign-off that git am would not see' \
	'/^Signed-off-by:/d; s/^---$/&\nSigned-off-by: A <a@x>/'
spoilt 'not one "Upstream:"' 'no upstream status' '/^Upstream:/d'
spoilt 'not one "Upstream:"' 'a second upstream status' 's/^Upstream:.*/&\n&/'
spoilt 'not "Upstream: accepted in' 'an upstream status of another form' \
	's/^Upstream:.*/Upstream: perhaps/'
spoilt 'not "Upstream: accepted in' 'a commit id of 12 digits' \
	's/^Upstream:.*/Upstream: accepted in 6.16, commit 0123456789ab/'
spoilt 'not "Upstream: accepted in' 'a submission without a link' \
	's/^Upstream:.*/Upstream: submitted soon/'
spoilt 'not "Upstream: accepted in' 'an unfit patch without a reason' \
	's/^Upstream:.*/Upstream: not suitable,/'
spoilt 'a mail in base64' 'a mail in base64' 's/^Date:.*/&\nContent-Transfer-Encoding: base64/'
spoilt 'no mail header' 'a bare diff' '1,/^---$/d; /^ net/d; /./!d'
spoilt 'not a line of a text diff' 'a diff without its git line' '/^diff --git/d'
spoilt 'no diff in it' 'a mail without a diff' '/^diff --git/,$d'
spoilt '"b/../../x" is not the b/ file' 'a target outside the tree' 's|^+++ .*|+++ b/../../x|'
spoilt '"net/../../x" is no plain path' 'a path with ..' 's|net/a.c|net/../../x|'
spoilt '"/etc/x" is not the b/ file' 'an absolute path' 's|^+++ .*|+++ /etc/x|'
spoilt '"/etc/x" is no plain path' 'an absolute path below a/ and b/' 's|net/a.c|/etc/x|'
spoilt '".git/config" is no plain path' 'a path into .git' 's|net/a.c|.git/config|'
spoilt '"../x" is no plain path' 'a rename to a path outside' \
	's|^index.*|rename from net/a.c\nrename to ../x|'
spoilt 'mode 120000; only plain files' 'a symbolic link' 's/^index.*/new file mode 120000/'
spoilt 'not a line of a text diff' 'a binary diff' 's/^--- a.*/GIT binary patch/'
spoilt 'the hunk above ends too early' 'a hunk of too few lines' 's/^@@ -9,3 +9,3/@@ -9,9 +9,9/'
spoilt 'not a line of a text diff' 'a hunk of too many lines' 's/^@@ -9,3 +9,3/@@ -9,2 +9,2/'
spoilt 'the last hunk is cut short' 'a patch that is cut off' '/^ 11$/,$d'
spoilt 'more after the end of the patch' 'a second mail in the file' 's/^2.39.5/&\nFrom 01 Mon\n/'
spoilt 'not a line of a text diff' 'an ed script' 's/^@@ .*/1d/'

for series in patches/*; do
	check "$series: our own patches keep the rules" scripts/tree.sh --lint "$series"
done
finish
