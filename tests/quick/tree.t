#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tree.sh on a tarball of a few files: the patches that it applies, those that it refuses, and the
# files that a killed run leaves behind.
# shellcheck disable=SC2016,SC2317
. tests/lib.sh

D="$T/a dir"
src=$D/source
dest=$D/out/linux
P=$D/patches/6.12
mkdir "$D"

# The release: a separate tree, so that its diffs can be taken from git-less copies.
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

	Why. The text may quote a diff, which is not applied:

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

# sums DIR: the files of a tree with modes and contents, but not their times.
sums() {
	(cd "$1" && find . -printf '%P %y %m\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

left() {
	(cd "$D/out" && ls -A)
}

no_tree() {
	is "$(left)" "${2-}linux.lock" "$1: nothing is left that passes for a tree"
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
	'submitted https://lore.example/r/2'
check 'patches apply in the order of the series, over an older tree' make_tree
is "$(sed -n 10p "$dest/net/a.c")" zehn 'the second one applies to the result of the first'

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
seq 1 40 | sed 's/^/-/' >"$T/removed"
sed -i "/^@@ -1,40/r $T/removed" "$P/0001-all.patch"
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
refuses 0 'tree: 0001-off.patch: net/a.c: hunk #1 .* 3 lines.*\[offset\]' \
	'and is reported in a line' make_tree

# ---- patches that do not apply -----------------------------------------------------
rm -rf "$dest"
fresh 0001-ok.patch 0002-fuzz.patch
edit net/b.c 5 five | mail 0001-ok.patch
{
	edit net/a.c 10 ten
	edit net/a.c 30 thirty | sed '1,4d; s/^ 29/ other/'
} | mail 0002-fuzz.patch
refuses 1 'tree: 0002-fuzz.patch: net/a.c: hunk #2 .* 29 \[hunk-failed\]' \
	'a hunk that would need fuzz is refused' make_tree
cp "$T/.err" "$T/err"
check 'its reject is shown' grep -q '^+thirty' "$T/err"
no_tree 'a failed patch' "linux.failed
"
failed=$dest.failed
check 'the tree that it was tried on is kept, and the command to rebase it' \
	grep -q "cd $failed && patch -p1 --merge <.*/0002-fuzz.patch'" "$T/err"
is "$(sed -n 5p "$failed/net/b.c")" five 'with the patches before it'
is "$(sed -n 10p "$failed/net/a.c")" 10 'and without its hunks'

# ---- again, after a failure ----------------------------------------------------------
mkdir "$T/notar"
printf '#!/bin/sh\nexit 1\n' >"$T/notar/tar"
chmod +x "$T/notar/tar"
no_tar() {
	env PATH="$T/notar:$PATH" "$@"
}
retry() {
	no_tar scripts/tree.sh "$src" "$P" "$dest" 6.12.107
}
refuses 1 '\[not-applied\]' 'another run fails as the first, and unpacks nothing' retry
no_tree 'which' "linux.failed
"
edit net/a.c 10 ten | mail 0002-fuzz.patch
check 'with the patch mended, one makes the tree, and unpacks nothing' retry
is "$(sed -n 10p "$dest/net/a.c"; sed -n 5p "$dest/net/b.c")" "ten
five" 'with all patches'
is "$(left)" 'linux
linux.lock' 'and the failed one goes'
sums "$dest" >"$T/whole"
rm -rf "$dest"
make_tree
is "$(sums "$dest" | cmp - "$T/whole" 2>&1)" '' 'it is as from the tarball'

# creates, deletes and renames, all taken back
fresh 0001-moves.patch 0002-none.patch
mail 0001-moves.patch <<'END'
diff --git a/new/dir/x b/new/dir/x
new file mode 100644
--- /dev/null
+++ b/new/dir/x
@@ -0,0 +1 @@
+x
diff --git a/net/b.c b/lib/c.c
similarity index 100%
rename from net/b.c
rename to lib/c.c
END
edit net/none.c 10 ten | mail 0002-none.patch
refuses 1 '\[not-applied\]' 'a patch after one that creates and renames fails' make_tree
check 'the tree that is kept has these' [ -f "$failed/lib/c.c" ]
fresh
check 'one without patches is made of it' retry
is "$(sums "$dest")" "$(sums "$T/r/linux-6.12.107")" 'it is the release as it is'

fresh 0002-none.patch
edit net/none.c 10 ten | mail 0002-none.patch
refuses 1 '\[not-applied\]' 'it fails once more' make_tree
echo mine >>"$failed/net/b.c"
refuses 1 '\[failed-tree-edited\]' 'a tree that was edited is kept as it is' make_tree
is "$(tail -n 1 "$failed/net/b.c")" mine 'with the edit'
fresh
check 'no tree is made of it' make_tree
is "$(sums "$dest")" "$(sums "$T/r/linux-6.12.107")" 'but of the tarball'
is "$(tail -n 1 "$failed/net/b.c")" mine 'and it stays'
rm -rf "$failed" "$dest"
PRISTINE=$D/pristine
export PRISTINE
fresh 0001-a.patch
edit net/a.c 10 ten | mail 0001-a.patch
make_tree
unset PRISTINE
is "$(sed -n 10p "$D/pristine/files/net/a.c") $(cat "$D/pristine/list")" '10 net/a.c' 'PRISTINE gets the files before the patches'
rm -rf "$dest" "$D/pristine"

fresh 0001-nofile.patch
edit net/none.c 10 ten | mail 0001-nofile.patch
refuses 1 '0001-nofile.patch: net/none.c: .*\[no-file\]' \
	'a patch to a file that is not there is refused' make_tree

fresh 0001-a.patch 0002-again.patch
edit net/a.c 10 ten | tee "$T/d" | mail 0001-a.patch
mail 0002-again.patch <"$T/d"
refuses 1 '0002-again.patch: net/a.c: .*\[already-applied\]' \
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
refuses 1 'net/a.c: cannot create it \[wrong-file\]' 'a new file never replaces one' make_tree

fresh 0001-mv.patch
mail 0001-mv.patch <<'END'
diff --git a/net/none.c b/net/other.c
similarity index 100%
rename from net/none.c
rename to net/other.c
END
refuses 1 '0001-mv.patch .*\[not-applied\]' 'a rename of a file that is not there is refused' make_tree
no_tree 'all of these' "linux.failed
"
rm -r "$failed"

# ---- the tarball -------------------------------------------------------------------
fresh
cp "$src" "$T/good"
printf x >>"$D/linux.tar.xz"
refuses 1 "$D/linux.tar.xz: .*\[wrong-hash\]" \
	'a tarball that changed in the cache is refused' make_tree
sed "s|^file .*|file $T/none.tar.xz|" "$T/good" >"$src"
refuses 2 'none.tar.xz: .*\[no-tarball\]' 'so is a removed one' make_tree
cp "$T/good" "$src"
truncate -s -1 "$D/linux.tar.xz"
refuses 1 'holds Linux 6.12.107 \[wrong-version\]: .*6.12.99' 'so is another version' \
	scripts/tree.sh "$src" "$P" "$dest" 6.12.99
tar -cJf "$T/two.tar.xz" -C "$T/r/linux-6.12.107" Makefile net
lock "$T/two.tar.xz"
refuses 1 'two.tar.xz: .*\[bad-tarball\]' 'so is a tarball of more than one directory' make_tree
head -c 300 "$T/two.tar.xz" >"$T/short.tar.xz"
lock "$T/short.tar.xz"
refuses 2 "short.tar.xz: .*\[bad-tarball\]" "so is one that tar can't read" make_tree
is "$(grep -vc "^tree: " "$T/.err")" 2 "and of tar's words two lines are enough"
echo 'hash x' >"$src"
refuses 2 '"hash" \[bad-source\]' 'a source file with another key is refused' make_tree
cp "$T/good" "$src"
no_tree 'a bad tarball'
refuses 2 '\[usage\]' 'arguments that make no sense get the usage' scripts/tree.sh "$src" "$P"

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
bad=
cp "$P/0002-b.patch" "$T/kept.patch"
for n in 02 05 10 15 20 25 30; do
	rm -rf "$dest"
	sed 's/^ 9$/ other/' "$T/kept.patch" >"$P/0002-b.patch"
	! make_tree 2>/dev/null || bad="$bad made:$n"
	cp "$T/kept.patch" "$P/0002-b.patch"
	setsid scripts/tree.sh "$src" "$P" "$dest" 6.12.107 &
	pid=$!
	sleep "0.$n"
	kill -KILL "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	make_tree && sums "$dest" | cmp -s - "$T/whole" || bad="$bad rerun:$n"
	[ "$(left | wc -l)" -eq 2 ] || bad="$bad left:$n"
done
is "$bad" '' 'nor does one that begins with a failed tree'
mkdir -p "$dest.tmp/x/linux-6.12.107" "$dest.old/net"
: >"$dest.tmp/x/linux-6.12.107/stale"
check 'the files that a killed run left are removed' make_tree
is "$(left | wc -l)" 2 'all of it'
check 'and none of it gets into the tree' sh -c "! test -e '$dest/stale'"

# ---- lint: the series -----------------------------------------------------------------
fresh
rm "$P/series"
refuses 1 '6.12/series: .*\[no-series\]' 'no series is refused' lint
fresh 0001-a.patch 0003-c.patch
edit net/a.c 10 ten | tee "$T/d" | mail 0001-a.patch
cp "$P/0001-a.patch" "$T/good.patch"
refuses 1 'tree: .*6.12/series:2: 0003-c.patch .*\[no-patch\]' \
	'a patch that is not there is refused' lint
fresh
cp "$T/good.patch" "$P/0001-a.patch"
refuses 1 'tree: .*6.12/0001-a.patch: .*series \[not-listed\]' \
	'a patch that is in no series is refused' lint
check 'and no tree is made with it' \
	sh -c "! scripts/tree.sh '$src' '$P' '$dest' 6.12.107 2>/dev/null"
fresh 0001-a.patch 0001-a.patch
cp "$T/good.patch" "$P/0001-a.patch"
refuses 1 'series:2: 0001-a.patch .*\[listed-twice\]' 'a patch that is listed twice is refused' lint
for line in '../0001-a.patch' '0001-a.patch 0002-b.patch' '-R'; do
	fresh
	printf '# x\n%s\n' "$line" >"$P/series"
	refuses 1 'series:2: .*\[bad-name\]' "\"$line\" is not a line of a series" lint
done
fresh
printf '0001-a.patch\r\n' >"$P/series"
refuses 1 'series:1: .*\[crlf\]' 'a series whose lines end in CR LF is refused as that' lint
printf '\357\273\2770001-a.patch\n' >"$P/series"
refuses 1 'series:1: .*\[bom\]' 'so is one with a byte order mark' lint

# ---- lint: each patch -----------------------------------------------------------------
# spoilt CODE WHAT SED: the good patch, after SED, is refused with CODE.
good=$T/good.patch
spoilt() {
	fresh 0001-a.patch
	sed "$3" "$good" >"$P/0001-a.patch"
	refuses 1 "^patchck: .*/0001-a.patch:[0-9]+: .*\[$1\]" "$2 is refused" lint
}

fresh 0001-a.patch
cp "$T/good.patch" "$P"
mv "$P/good.patch" "$P/0001-a.patch"
check 'a good patch passes' lint
spoilt no-author 'no author' '/^From: /d'
spoilt no-date 'no date' '/^Date:/d'
spoilt no-subject 'no subject' 's/^Subject:.*/Subject:/'
spoilt no-sign-off 'no sign-off' '/^Signed-off-by:/d'
spoilt no-sign-off 'a sign-off without a name' 's/^Signed-off-by:.*/Signed-off-by: <dev@x>/'
spoilt no-sign-off 'a sign-off that git am would not see' \
	'/^Signed-off-by:/d; s/^---$/&\nSigned-off-by: A <a@x>/'
spoilt no-upstream 'no upstream status' '/^Upstream:/d'
spoilt no-upstream 'a second upstream status' 's/^Upstream:.*/&\n&/'
spoilt bad-upstream 'an upstream status of another form' \
	's/^Upstream:.*/Upstream: perhaps/'
spoilt bad-upstream 'a commit id of 12 digits' \
	's/^Upstream:.*/Upstream: accepted in 6.16, commit 0123456789ab/'
spoilt bad-upstream 'a submission without a link' \
	's/^Upstream:.*/Upstream: submitted soon/'
spoilt bad-upstream 'an unfit patch without a reason' \
	's/^Upstream:.*/Upstream: not suitable,/'

# ---- lint: a patch of another author ------------------------------------------------------
id=0123456789abcdef0123456789abcdef01234567
good=$T/theirs.patch
sed "s/^Why\\..*/commit $id upstream.\n\n&/
	s/^Upstream:.*/Signed-off-by: \"A Developer\" <dev@localhost.localdomain>\n[ us: as it is ]\nUpstream: accepted in 6.16, commit $id/
	s/^Signed-off-by: A Dev.*/Signed-off-by: Us <us@localhost.localdomain>/" "$T/good.patch" >"$good"
fresh 0001-a.patch
cp "$good" "$P/0001-a.patch"
check 'a patch that upstream has accepted passes in its form' lint
spoilt no-commit-line 'one without the commit' '/^commit /d'
spoilt no-commit-line 'one with another commit' '/^commit /s/01/10/'
spoilt no-commit-line 'one whose text begins otherwise' 's/^commit /Why.\n\n&/'
spoilt no-note 'one without what was adapted' '/^\[ us/d'
spoilt author-not-signed 'one that its author has not signed off' '/^Signed-off-by: "A Dev/d'
spoilt author-not-signed 'one in another name' 's/^From: .*/From: Another <other@x>/'
spoilt backport-not-signed 'one that who carries it has not signed off' '/^Signed-off-by: Us/d'
spoilt bad-upstream 'one whose author is known to some' 's/^Upstream:.*/&, author perhaps/'
fresh 0001-a.patch
sed '/^Signed-off-by: [^U]/d; /^From: /s/ .*/ Us <us@localhost.localdomain>/
	s/^Upstream:.*/&, author unknown/' "$good" >"$P/0001-a.patch"
check 'one whose author is unknown has none to sign it off' lint
good=$T/good.patch

# ---- lint: the mail and its diffs -----------------------------------------------------------
spoilt encoding 'a mail in base64' 's/^Date:.*/&\nContent-Transfer-Encoding: base64/'
spoilt not-a-mail 'a bare diff' '1,/^---$/d; /^ net/d; /./!d'
spoilt not-a-git-diff 'a diff without its git line' '/^diff --git/d'
spoilt no-diff 'a mail without a diff' '/^diff --git/,$d'
spoilt path-differs 'a target outside the tree' 's|^+++ .*|+++ b/../../x|'
spoilt path-outside 'a path with ..' 's|net/a.c|net/../../x|'
spoilt path-differs 'an absolute path' 's|^+++ .*|+++ /etc/x|'
spoilt path-outside 'an absolute path below a/ and b/' 's|net/a.c|/etc/x|'
spoilt path-outside 'a path into .git' 's|net/a.c|.git/config|'
spoilt path-outside 'a rename to a path outside' \
	's|^index.*|rename from net/a.c\nrename to ../x|'
spoilt mode 'a symbolic link' 's/^index.*/new file mode 120000/'
spoilt not-a-git-diff 'a binary diff' 's/^--- a.*/GIT binary patch/'
spoilt short-hunk 'a hunk of too few lines' 's/^@@ -9,3 +9,3/@@ -9,9 +9,9/'
spoilt not-a-git-diff 'a hunk of too many lines' 's/^@@ -9,3 +9,3/@@ -9,2 +9,2/'
spoilt short-hunk 'a patch that is cut off' '/^ 11$/,$d'
spoilt second-patch 'a second mail in the file' 's/^2.39.5/&\nFrom 01 Mon\n/'
spoilt not-a-git-diff 'an ed script' 's/^@@ .*/1d/'
spoilt crlf 'a patch whose lines end in CR LF' 's/$/\r/'
is "$(grep -c '' "$T/.err")" 1 'with no other message'
spoilt crlf 'a header in CR LF' '1,/^$/s/$/\r/'
spoilt crlf 'a text in CR LF' '/^Signed-off-by/s/$/\r/'
spoilt crlf 'the names of a diff in CR LF' '/^+++ /s/$/\r/'
spoilt bom 'a byte order mark' '1s/^/\xef\xbb\xbf/'
fresh 0001-crlf.patch
edit net/a.c 10 ten | sed 's/^+ten/&\r/' | mail 0001-crlf.patch
check 'but a file may have such lines' make_tree
is "$(sed -n 10p "$dest/net/a.c" | od -An -c | tr -d ' ')" 'ten\r\n' 'and gets them'

# ---- bytes that a terminal must not act on ------------------------------------------
# quiet NAME: the message of the last refusal has no control character.
quiet() {
	tr -d '\000-\010\013-\037\177-\237' <"$T/.err" >"$T/quiet"
	is "$(cmp "$T/quiet" "$T/.err" 2>&1)" '' "$1"
}
esc=$(printf '\033]0;x\007\233\302\233')
spoilt path-outside 'a path with escapes' "s|net/a.c|net/${esc}a.c|"
quiet 'and shown without them'
spoilt encoding 'an encoding with escapes' "s/^Date:.*/&\nContent-Transfer-Encoding: $esc/"
quiet 'and shown without them'
spoilt mode 'a mode with escapes' "s/^index.*/new file mode 1$esc/"
quiet 'and shown without them'
fresh 0001-a.patch
edit net/a.c 10 "$esc" | sed 's/^ 9/ other/' | mail 0001-a.patch
refuses 1 '0001-a.patch.*\[not-applied\]' 'a hunk with escapes that does not apply is refused' make_tree
quiet 'and shown without them'
fresh "$esc.patch"
refuses 1 'series:1: .*\[bad-name\]' 'a name with escapes in a series is refused' lint
quiet 'and shown without them'
fresh
: >"$P/$esc
tree: x.patch"
refuses 1 '6.12/.*\[not-listed\]' 'a file with escapes and a line end in its name is refused' lint
quiet 'and shown without them'
is "$(grep -c '' "$T/.err")" 1 'in one line'
fresh
mkdir "$T/x"
echo x >"$T/x/$esc"
mkdir "$T/x/dir" && echo y >"$T/x/dir/y"
# A member and a directory of one name: tar names it when it cannot make both.
tar -cf "$T/esc.tar" -C "$T" --transform "s|x/dir|x/$esc|" x/dir x
xz -c "$T/esc.tar" >"$T/short.tar.xz"
lock "$T/short.tar.xz"
refuses 2 '\[bad-tarball\]' "tar's message about a broken tarball is printed" env TAR_OPTIONS=--quoting-style=literal \
	scripts/tree.sh "$src" "$P" "$dest" 6.12.107
quiet 'without escapes'
cp "$T/good" "$src"

for series in patches/*; do
	check "$series: our own patches keep the rules" scripts/tree.sh --lint "$series"
done
finish
