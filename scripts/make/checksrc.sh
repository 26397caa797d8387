#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# checksrc.sh --target=TRIPLET FLAG... FILE: Kbuild runs it on each source as CHECK. It runs sparse
# and clang's analyzer. TRIPLET is that of the kernel's compiler; empty for this machine's. The
# exit status is not 0 if either finds something.
set -u
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
triplet=${1#--target=}
shift
for file in "$@"; do :; done
# 7.2 uses typeof_unqual, and the length of a string as a constant. sparse 0.6.4 supports neither,
# and clang 14 not the first. These substitutes do for an analysis.
set -- -D__typeof_unqual__=__typeof__ "$@"
sparse -Wsparse-error '-D__builtin_strlen(s)=(sizeof(s) - 1)' "$@" || exit

# clang gets those of gcc's flags that affect the meaning of the source.
n=$#
while [ "$n" -gt 0 ]; do
	case $1 in
	-include | -isystem)
		set -- "$@" "$1" "$2"
		shift
		n=$((n - 1))
		;;
	-[IDU]* | -std=* | -nostdinc | -fms-extensions | -fshort-wchar | -f*signed-char) set -- "$@" "$1" ;;
	esac
	shift
	n=$((n - 1))
done
# Disabled checks: x86 names registers by variables that are set to themselves (PVOP_CALL_ARGS), and
# s390x has a processor's data at address 0, until 6.10 also for the compiler (S390_lowcore).
checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*,-clang-analyzer-core.uninitialized.Assign'
case $triplet in s390x-*) checks=$checks,-clang-analyzer-core.NullDereference ;; esac
set -- ${triplet:+"--target=$triplet"} -xc "$@" -- '--warnings-as-errors=*' "--checks=$checks" "$file"
exec "$scripts/make/tidy.sh" "$@"
