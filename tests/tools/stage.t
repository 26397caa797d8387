#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stage: keys of what results depend on, and stamps that seal the results.
# shellcheck disable=SC2016 # another shell's own
. tests/lib.sh
stage=$(realpath "$BIN/stage")
cd "$T" || exit
mkdir -p out/b src
echo one >src/a
echo two >src/b

# ---- keys -----------------------------------------------------------------------
check 'a key is written' "$stage" key out/b/x.key 'a text' src/a src/b
is "$(cat out/b/x.key)" "a text
$(sha256sum src/a src/b)" 'with its text and the hash of each input'
touch -d yesterday out/b/x.key
"$stage" key out/b/x.key 'a text' src/a src/b
is "$(find out/b/x.key -mtime +0 | wc -l)" 1 'it is left unchanged if it has this text'
check 'a key may be an input' "$stage" key out/b/y.key text out/b/x.key
is "$(cat out/b/y.key)" "text
$(cat out/b/x.key)" 'by its lines'
touch -d tomorrow out/b/x
"$stage" key out/b/x.key other src/a
is "$(ls out/b)" 'x.key
y.key' 'a result that is newer than a new key is removed'
refuses 2 '^stage: src/none: .*\[unreadable\].*out/b/x.key' 'an input that is missing is an error' "$stage" key out/b/x.key text src/none
refuses 2 '\[unwritable\]' 'so is a directory that is a file' "$stage" key src/a/x.key text
refuses 2 '\[usage\]' 'a key has a text' "$stage" key out/b/x.key

# ---- run ------------------------------------------------------------------------
"$stage" key out/b/x.key text src/a
mkdir -p out/b/dir
# become: the stage of which src/b is an input, and its command; made: as another process
become() {
	exec "$stage" run --label MAKE --text it out out/b/x.stamp out/b/lock key out/b/x.key from src/b - makes out/b/dir "$@"
}
made() {
	(become "$@")
}
write() {
	made -- sh -c 'echo ran >>log; cat src/b >out/b/dir/r; echo more >out/b/dir/s'
}
is "$(write)" '  MAKE    it' 'a stage runs, with its label'
is "$(grep -c '^root dir$' out/b/x.stamp) $(sed -n 's/^sum //p' out/b/x.stamp)" \
	"1 $(cd out/b && sha256sum dir/r dir/s | sha256sum | cut -d ' ' -f 1)" 'its stamp has the sum of the results'
is "$(grep '^from' out/b/x.stamp)" "from $(sha256sum <src/b | cut -d ' ' -f 1) ./src/b" 'and the hash of an input'
is "$(cd out/b && find dir -type f -printf 'stat %s %T@ %C@ %p\n' | sort -k 5)" "$(grep '^stat' out/b/x.stamp)" 'and size and times of each'
check 'again it has nothing to do' write
touch src/b out/b/dir/r
check 'nor if times change' write
is "$(cat log)" ran 'so its command ran once'
echo more >src/b
write >"$T/shown"
is "$(wc -l <log)" 2 'another content of an input runs it'
echo by hand >out/b/dir/r
refuses 0 '^stage: out/b/dir/r: .*\[changed-output\]: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}; making it again$' \
	'a changed result is reported' write
is "$(wc -l <log) $(cat out/b/dir/r)" '3 more' 'and made again'
rm out/b/dir/r
refuses 0 'dir/r: .*\[changed-output\].*got no file' 'so is one that is removed' write
: >out/b/dir/t
refuses 0 'dir/t: .*\[changed-output\]: expected no such file' 'and one that the stage did not make' write
rm out/b/dir/t
write >"$T/shown" 2>&1
for i in 1 2 3 4 5 6 7 8; do : >"out/b/dir/more$i"; done
refuses 0 '^stage: out/b: 3 more files .*\[changed-output\]' 'of many, five are named' write
rm out/b/dir/more*
write >"$T/shown" 2>&1

# ---- a command that fails -------------------------------------------------------
echo again >src/b
refuses 7 no 'a command that fails has its status' made -- sh -c 'echo no >&2; exit 7'
is "$(ls out/b/*.stamp* 2>/dev/null)" '' 'and leaves no stamp'
refuses 2 '\[no-command\]' 'so has one that cannot be run' made -- ./none
write >"$T/shown"
refuses 2 '\[usage\]' 'a stage has a command' made
refuses 2 '^stage: makse: .*\[usage\]' 'an input has a known kind' "$stage" run out out/b/z.stamp out/b/lock makse x -- true
refuses 2 '\[usage\]' 'a result is below the directory of its stamp' "$stage" run out out/b/z.stamp out/b/lock makes src/r -- true
refuses 2 '^stage: src/none: .*\[unreadable\]' 'an input can be read' "$stage" run out out/b/z.stamp out/b/lock from src/none - -- true
is "$(env -i PATH="$PATH" FOO=bar TERM=x HOME= "$stage" run out out/b/e.stamp out/b/lock makes out/b/e -- env | grep '^[A-Z_]*=' | sed '/^PATH=/d' | sort | tr '\n' ' ')" \
	'HOME=/ LC_ALL=C TERM=x TZ=UTC ' 'a command has the listed variables only'
mkdir out/b/n
: >"out/b/n/name
x"
refuses 2 '\[bad-stamp\]' 'a result has no line end in its name' "$stage" run out out/b/n.stamp out/b/lock makes out/b/n -- true
rm -r out/b/n

# ---- results of other stages ----------------------------------------------------
next() {
	"$stage" run out out/c/y.stamp out/b/lock after out/b/x.stamp from out/b/dir/s out/b/x.stamp makes out/c/y -- cp out/b/dir/r out/c/y
}
check 'a stage takes results of another' next
is "$(grep -c "^after $(sed -n 's/^sum //p' out/b/x.stamp) %/b/x.stamp$" out/c/y.stamp)" 1 'whose sum it records'
echo by hand >out/b/dir/r
rm out/c/y
refuses 1 '^stage: out/b/dir/r: .*\[changed-output\].*; run make again' 'not one that is changed' next
check 'whose stamp is removed' [ ! -e out/b/x.stamp ]
refuses 1 '^stage: out/b/x.stamp: is missing or not complete \[changed-output\]' 'nor without its stamp' next
write >"$T/shown"
check 'until that is made again' next

# ---- which can be wrong ---------------------------------------------------------
stale() {
	"$stage" stale out out/b/x.stamp out/c/y.stamp -- out/b/x.key text src/a "$@"
}
is "$(stale)" '' 'a settled tree has nothing stale'
is "$(stale -- out/c/z.key 'a text')" out/c/z.key 'a missing key is stale'
echo other >src/a
is "$(stale | tr '\n' ' ')" 'out/b/x.key out/b/x.stamp out/c/y.stamp ' 'a changed source makes key and stamps stale'
echo one >src/a
touch out/b/dir/r
is "$(stale | tr '\n' ' ')" 'out/b/x.stamp out/c/y.stamp ' 'so does a touched result, until a closer look'
write
is "$(stale)" '' 'which finds it the same'
touch src/b
is "$(stale | tr '\n' ' ')" 'out/b/x.stamp out/c/y.stamp ' 'a touched input is seen'
write
: >out/b/dir/new
is "$(stale | head -n 1)" out/b/x.stamp 'a file that no stage made too'
rm out/b/dir/new
sed -i "s/^after ./after 0/; s/^after 0\(.\{64\}\)$/&/" out/c/y.stamp
is "$(stale)" out/c/y.stamp "another stage's sum that differs too"
next
for edit in '/^sum /d' '$s/.*/stat 1 2/' '1s/.*/key /' '$s/^stat/sta/' 's,^root .*,root ../x,;s,^root .*,root /etc,' 's,^root .*,root ./src,' 's/^from ./from x/'; do
	cp out/b/x.stamp "$T/good"
	sed -i "$edit" out/b/x.stamp
	is "$(stale | head -n 1)" out/b/x.stamp "a stamp after sed '$edit' is not trusted"
	cp "$T/good" out/b/x.stamp
done
printf '\0a\n' >>out/b/x.stamp
is "$(stale | head -n 1)" out/b/x.stamp 'nor is one with a NUL'
rm out/b/x.stamp
is "$(stale | tr '\n' ' ')" 'out/b/x.stamp out/c/y.stamp ' 'nor is one that is missing'
refuses 2 '\[unreadable\]' 'a source that is missing is an error' "$stage" stale out -- out/b/x.key text src/none
refuses 2 '\[usage\]' 'a key needs a text' "$stage" stale out -- out/b/x.key

# ---- kill -9, and two at once ---------------------------------------------------
write >"$T/shown" 2>&1
echo new >src/b
become -- sh -c 'echo half >out/b/dir/r; : >started; sleep 1; echo late >>out/b/dir/r' >"$T/shown" 2>&1 &
until [ -e started ]; do sleep 0.05; done
kill -9 $!
wait
check 'killed, a stage has no stamp' [ ! -e out/b/x.stamp ]
write >"$T/shown" 2>&1
is "$(grep -c '^  WAIT    for another make that builds in out/b' "$T/shown") $(cat out/b/dir/r)" '1 new' \
	'its command still has the lock, and the next waits for its end'
: >log
for i in 1 2 3 4; do
	echo "$i" >src/b
	write >"$T/shown.1" 2>&1 &
	write >"$T/shown.2" 2>&1
	wait
done
is "$(wc -l <log)" 4 'of two at once, one runs the command'
echo 5 >src/b
become -- sh -c 'trap "echo >ended; exit 0" TERM; : >begun; i=0; while [ $((i += 1)) -lt 200 ]; do sleep 0.05; done' >"$T/shown" 2>&1 &
until [ -e begun ]; do sleep 0.05; done
kill $!
wait $!
is "$? $(ls ended)" '130 ended' 'a signal ends the command, and the stage after it'
finish
