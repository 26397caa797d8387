#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# progress: counts the steps of Kbuild, keeps all output, prints by time, reports the first error.
# shellcheck disable=SC2016 # another shell's own
. tests/lib.sh

p() {
	"$BIN/progress" --label BUILD --log "$T/log" "$@"
}
check 'a command runs' p --count "$T/count" --steps 3 -- sh -c 'echo "  CC      a.o"
	echo "0000000000000000 R_RISCV_NONE"; echo "  LD [M]  a.ko" >&2; echo "make: Leaving"'
is "$(cat "$T/count")" 2 'steps are counted, remarks are not'
is "$(grep -c . "$T/log")" 4 'all is in the log'
is "$(p -- echo out 2>/dev/null)" '' 'and nothing of it on standard output'

# ---- a failure -----------------------------------------------------------------------
rm "$T/count"
refuses 7 'a.c:1: error: no' 'a failure has its status, and its first errors are shown' \
	p --count "$T/count" -- sh -c 'echo "a.c:1: error: no"; exit 7'
is "$(tail -n 1 "$T/.err" | cut -c -46)" 'progress: a.c:1: error: no [build-failed]; run' 'the last line has the error and the command'
is "$(grep -c "full log: $T/log" "$T/.err")" 1 'the log is named'
check 'it is not counted' [ ! -e "$T/count" ]

# With -j, others go on for hundreds of lines.
p --again 'make image V=1' --file ../=out/linux/ --file /x/=modules/ -- sh -c 'echo "make[3]: *** Waiting for unfinished jobs"
	seq -f "  CC      d/%g.o" 300; echo "../net/a.c:3:1: error: the first"
	seq -f "  CC      e/%g.o" 300; echo "/x/b.c:4:1: error: the second"; echo "make: *** [a.o] Error 1"; exit 2' 2>"$T/shown"
is "$(tail -n 1 "$T/shown")" 'progress: out/linux/net/a.c:3:1: error: the first [build-failed]; run make image V=1' \
	'of many lines the first error is the last, with the file as the user knows it'
is "$(grep -c '^modules/b.c:4:1: ' "$T/shown")" 1 'the others are above it'
for line in 'a.S:1: Error: no such instruction' 'ERROR: modpost: "x" undefined!' "ld: a.o: undefined reference to x" \
	"make: *** No rule to make target 'x'.  Stop." 'gcc: fatal error: Killed signal terminated program cc1'; do
	p -- sh -c 'echo "make[1]: *** [early] Error 2"; printf "%s\n" "$1"; exit 1' sh "$line" 2>"$T/shown"
	is "$(tail -n 1 "$T/shown" | sed 's/ \[build-failed\].*//')" "progress: $line" "$line"
done
p -- sh -c 'exit 3' 2>"$T/shown"
is "$(tail -n 1 "$T/shown")" "progress: sh: exited with status 3 [build-failed]; run sh -c 'exit 3'" 'without an error, its status'
p -- sh -c 'printf "a.c:1: error: \033]0;x\007 \233 \302\233 \303\274\r\n"; exit 1' 2>"$T/shown"
is "$(grep -a '^a' "$T/shown")" 'a.c:1: error: ?]0;x? ? ?? ü?' 'without bytes that a terminal may act on'
is "$(tail -n 1 "$T/shown" | cut -c -39)" 'progress: a.c:1: error: ?]0;x? ? ?? ü?' 'nor has the last line'
is "$(grep -ac "$(printf '\033')" "$T/log")" 1 'which the log keeps'
check 'a line without an end, as long as can be' p -- sh -c 'head -c 300000 /dev/zero | tr "\0" x'
is "$(wc -c <"$T/log")" 300000 'is kept whole'

# ---- by time -------------------------------------------------------------------------
p --every 1 --steps '~100' -- sh -c 'echo "  HOSTCC  a"; sleep 7' 2>"$T/shown"
check 'a command that prints nothing is shown all the same' [ "$(grep -c elapsed "$T/shown")" -ge 5 ]
is "$(sed -n '1s/,.*//p' "$T/shown")" '  BUILD   1 of about 100 steps' 'with the estimate'
is "$(grep -c ' left' "$T/shown")" 0 'but without a time left, which the first steps do not measure'
check 'a long step is named' grep -q 'elapsed, now HOSTCC a$' "$T/shown"
p --every 1 --steps 20 -- sh -c 'seq -f "  CC      %g.o" 10; sleep 7' 2>"$T/shown"
check 'half of the steps are a measure' grep -Eq '10 of 20 steps, 50 %, 0:0[5-7] left, 0:0[5-7] elapsed' "$T/shown"
p --every 1 --steps '~5' -- sh -c 'seq -f "  CC      %g.o" 10; sleep 2' 2>"$T/shown"
is "$(sed -n '1s/, .*//p' "$T/shown")" '  BUILD   10 steps' 'an estimate that was too low is not shown'
p --every 1 -- sleep 2 2>"$T/shown"
is "$(sed -n '1s/ *0:0[12]//p' "$T/shown")" '  BUILD elapsed' 'without steps there is the time'

# ---- refusals ------------------------------------------------------------------------
refuses 2 'none/log: .*\[unwritable\]' 'a log that cannot be written' \
	"$BIN/progress" --label B --log "$T/none/log" -- true
refuses 127 'no-such-command: .*\[no-command\]' 'a command that is not there' p -- no-such-command
refuses 2 '\[usage\]' 'no command' p --
for odd in '--steps x' '--steps -1' '--every 0' '--file x' '--steps 99999999999999999999'; do
	# shellcheck disable=SC2086 # words are meant to split
	refuses 2 '\[(usage|bad-number)\]' "$odd" p $odd -- true
done
check '--help' sh -c '"$BIN/progress" --help | grep -q "^usage: progress"'
finish
