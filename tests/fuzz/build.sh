#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# build.sh TARGET PROGRAM: compiles tests/fuzz/TARGET.c for libFuzzer, with the sanitizers.
#
# A target's first lines declare, after "// fuzz:", its needs; each may be repeated:
#
#   // fuzz: sources FILE...; libs MODULE...; options OPTION...
#
# FILEs are C files below the checkout, also as patterns, MODULEs are pkg-config's, OPTIONs the
# compiler's. Each directory of a FILE is searched for headers. CC=gcc MAIN=FILE in the
# environment makes a program of the target and FILE, which has main(), without libFuzzer.
set -u

die() {
	echo "fuzz: $*" >&2
	exit 2
}

case ${1:-} in '' | *[!a-z0-9_]*) die "not a valid target [bad-target]: expected letters a-z, digits and _, got '${1:-}'" ;; esac
[ $# -eq 2 ] || die "usage: build.sh TARGET PROGRAM [usage]"
target=tests/fuzz/$1.c program=$2
[ -f "$target" ] || die "$target: no such target [no-target]"

# declared KEY: its words, of all lines
declared() {
	sed -n 's|^// fuzz: *||p' "$target" | tr ';' '\n' | sed -n "s/^ *$1  *//p" | tr '\n' ' '
}

# shellcheck disable=SC2046 # words and patterns are meant to split
set -- $(declared sources)
[ -f "${1:-}" ] || die "$target: has no line '// fuzz: sources FILE...' with files that exist [bad-target]"
for file; do set -- "$@" "-I${file%/*}"; done
modules=$(declared libs)
# shellcheck disable=SC2086
[ -z "$modules" ] || modules=$(pkg-config --cflags --libs $modules) || die "$target: pkg-config has not all of its libs [missing-library]"
sanitizers=address,undefined
[ -n "${MAIN:-}" ] || sanitizers=fuzzer,$sanitizers
mkdir -p "$(dirname "$program")" || exit 2
# shellcheck disable=SC2046,SC2086
${CC:-clang} -std=gnu11 -D_GNU_SOURCE -O1 -g -fsanitize=$sanitizers -fno-sanitize-recover=all \
	-o "$program.tmp" "$target" ${MAIN:-} "$@" $(declared options) $modules && mv "$program.tmp" "$program"
