# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# TAP helpers for the shell tests, which run from the top of the checkout:
#
#   . tests/lib.sh
#   check "what must hold" command args...          the command must exit 0
#   refuses STATUS PATTERN "refusal" command args...
#                                                   it must exit with STATUS and
#                                                   say PATTERN (an ERE) on stderr
#   is GOT WANTED "what must be equal"
#   skip "what was not checked" "why"
#   finish                                          prints the plan; the last line
#
# $T is a directory of the test's own, removed at exit. $BIN holds the tools.

set -u
LC_ALL=C
TZ=UTC
export LC_ALL TZ
BIN=${BIN:-out/bin}
T=$(mktemp -d "${TMPDIR:-/tmp}/keelson-test.XXXXXX") || exit 2
trap 'chmod -R u+rwX "$T" 2>/dev/null; rm -rf "$T"' EXIT
trap 'exit 130' HUP INT TERM
tests_run=0
tests_failed=0

ok() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1"
}

# Failures are printed on stderr, since prove does not print TAP's comments.
not_ok() {
	tests_run=$((tests_run + 1))
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - $1"
	echo "# $0: not ok $tests_run - $1" >&2
}

# The last lines of a failed command's output, as TAP comments.
diag() {
	tail -n 40 | sed 's/^/# /' >&2
}

# Prints on stderr too.
skip() {
	tests_run=$((tests_run + 1))
	echo "# skipped: $1: $2" >&2
	echo "ok $tests_run - $1 # SKIP $2"
}

check() {
	_name=$1
	shift
	if "$@" >"$T/.out" 2>"$T/.err"; then
		ok "$_name"
	else
		_st=$?
		not_ok "$_name"
		echo "# exit status $_st: $*" >&2
		cat "$T/.out" "$T/.err" | diag
	fi
}

refuses() {
	_want=$1
	_pattern=$2
	_name=$3
	shift 3
	"$@" >"$T/.out" 2>"$T/.err"
	_st=$?
	if [ "$_st" -eq "$_want" ] && grep -Eq -e "$_pattern" "$T/.err"; then
		ok "$_name"
	else
		not_ok "$_name"
		echo "# exit status $_st, wanted $_want and a message like: $_pattern" >&2
		cat "$T/.out" "$T/.err" | diag
	fi
}

is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		printf 'got:    %s\nwanted: %s\n' "$1" "$2" | diag
	fi
}

finish() {
	echo "1..$tests_run"
	[ "$tests_failed" -eq 0 ]
	exit
}
