#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's trial of the kernel tree's own tests of vsock (scripts/guest/init/suite.c), with a
# fake program in their place: each failure there is reported, with its place.
# shellcheck disable=SC2317 # functions that check calls
. tests/lib.sh

# The parts of the guest's init that the trial uses.
cat >"$T/init.c" <<'EOF2'
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "guest.h"

void record(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	puts("");
	fflush(stdout);
}

char *slurp(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *in = fopen(path, "r");

	if (in)
		return text[fread(text, 1, 65535, in)] = '\0', text;
	free(text);
	return NULL;
}

char *slurpf(const char *fmt, ...)
{
	char path[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	return slurp(path);
}

int main(void)
{
	return !prove_suite();
}
EOF2
gcc -std=c11 -D_GNU_SOURCE -Iscripts/guest/init -DPROGRAM="\"$T/vsock_test\"" -DPATIENCE=2 -DGRACE=1 \
	-o "$T/init" "$T/init.c" scripts/guest/init/suite.c scripts/guest/init/trial.c || exit 2
check 'without the tests there is nothing to try' sh -c "! $T/init"

# Each end runs the file of its name.
cat >"$T/vsock_test" <<'EOF2'
#!/bin/sh
case " $* " in
*' --list '*) printf 'ID\tTest name\n0\tone\n1\ttwo - 2\n'; exit 1 ;;
*' --mode=server '*) echo 'Control socket listening on 127.0.0.1:1234'; . "${0%/*}/server" ;;
*' --mode=client '*) . "${0%/*}/client" ;;
esac
EOF2
chmod 755 "$T/vsock_test"
all='printf "0 - one...ok\n1 - two - 2...ok\nAll tests have been executed. Waiting other peer...ok\n"'
first='printf "0 - one...ok\n1 - two - 2..."'
missed='echo "unexpected EOF on control socket" >&2; exit 1'

# says RECORD NAME CLIENT SERVER: with these two ends
says() {
	echo "$3" >"$T/client"
	echo "$4" >"$T/server"
	is "$("$T/init")" "device vsock-suite $1" "$2"
}

says 'ok 2 tests' 'all tests pass' "$all" "$all"
says 'ok 1 tests' 'one may be skipped' 'printf "0 - one...skipped\n1 - two - 2...ok\n"' \
	'printf "0 - one...skipped\n1 - two - 2...ok\n"'
says 'ok 2 tests' 'an end may warn' 'printf "0 - one...No transports\nok\n1 - two - 2...ok\n"' "$all"
says "fail 1 - two - 2: the client exits with 1, 'recv: no'; the server exits with 1, 'unexpected EOF on control socket'" \
	'a test fails at the client' "$first; echo 'recv: no' >&2; exit 1" "$first; $missed"
says "fail 0 - one: the client exits with 1, 'unexpected EOF on control socket'; the server exits with 1, 'bind: no'" \
	'or at the server, and the client is at the next' "$first; $missed" 'printf "0 - one..."; echo "bind: no"; exit 1'
says "fail 1 - two - 2: the client dies of signal 11, ''; the server exits with 1, 'unexpected EOF on control socket'" \
	'an end dies' "$first; kill -SEGV \$\$" "$first; $missed"
last='All tests have been executed. Waiting other peer...ok'
says "fail no test: the client exits with 3, '$last'; the server exits with 0, '$last'" \
	'the client fails after all tests' "$all; exit 3" "$all"
says "fail no test: the client exits with 0, '$last'; the server exits with 3, '$last'" \
	'or the server' "$all" "$all; exit 3"
says "fail 1 - two - 2: the client exits with 0, ''; the server exits with 0, ''" \
	'a test has no end' "$first" "$first"
says "fail 1 - two - 2: the client does not end, ''; the server does not end, ''" 'both hang' \
	"$first; exec sleep 60" "$first; exec sleep 60"
says "fail 1 - two - 2: the client exits with 1, 'connect: no'; the server does not end, 'Control socket listening on 127.0.0.1:1234'" \
	'one hangs' \
	"$first; echo 'connect: no'; exit 1" 'exec sleep 60'
says 'fail of 2 tests 0 pass and 0 are skipped, at the server 0 and 0' 'no test runs' : :
says 'fail of 2 tests 0 pass and 2 are skipped, at the server 0 and 2' 'all are skipped' \
	'printf "0 - one...skipped\n1 - two - 2...skipped\n"' 'printf "0 - one...skipped\n1 - two - 2...skipped\n"'
says 'fail of 2 tests 1 pass and 0 are skipped, at the server 1 and 0' 'a test is skipped' \
	'echo "0 - one...ok"' 'echo "0 - one...ok"'
says 'fail of 2 tests 2 pass and 0 are skipped, at the server 1 and 0' 'or at the server' \
	"$all" 'echo "0 - one...ok"'
chmod 644 "$T/vsock_test"
check 'a program that cannot be run' sh -c "$T/init | grep -q 'vsock-suite fail no test: .*exits with 127'"
finish
