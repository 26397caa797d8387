#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# progress: counts what Kbuild does, keeps all that it says, tells why it failed.
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
rm "$T/count"
refuses 7 'a.c:1: error: no' 'a failure has its status, and its first errors are shown' \
	p --count "$T/count" -- sh -c 'echo "a.c:1: error: no"; exit 7'
is "$(grep -c '\[failed\]' "$T/.err")" 1 'with what failed'
p -- sh -c 'printf "a.c:1: error: \033]0;x\007 \233 \302\233 \303\274\r\n"; exit 1' 2>"$T/shown"
is "$(grep -a '^a' "$T/shown")" 'a.c:1: error: ?]0;x? ? ?? ü?' 'without what a terminal may act on'
is "$(grep -ac "$(printf '\033')" "$T/log")" 1 'which the log keeps'
check 'it is not counted' [ ! -e "$T/count" ]
refuses 2 'none/log: .*\[unwritable\]' 'a log that cannot be written' \
	"$BIN/progress" --label B --log "$T/none/log" -- true
refuses 127 'no-such-command: .*\[no-command\]' 'a command that is not there' p -- no-such-command
refuses 2 '\[usage\]' 'no command' p --
check '--help' sh -c '"$BIN/progress" --help | grep -q "^usage: progress"'
finish
