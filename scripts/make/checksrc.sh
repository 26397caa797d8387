#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# checksrc.sh --target=TRIPLET FLAG... FILE: what Kbuild runs on each source as CHECK: sparse,
# and clang's analyzer. TRIPLET is that of the kernel's compiler; empty for this machine's. The
# exit status is not 0 if either finds something.
set -u
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
triplet=${1#--target=}
shift
for file in "$@"; do :; done
# Kbuild of 7.2 asks sparse for a type without its qualifiers, and for the length of a string
# as a constant. Neither is in 0.6.4, clang 14 lacks the first, and what judges can do without.
set -- -D__typeof_unqual__=__typeof__ "$@"
sparse -Wsparse-error '-D__builtin_strlen(s)=(sizeof(s) - 1)' "$@" || exit

# Of gcc's flags clang gets those that say what the source is.
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
# Skipped: x86 names registers by variables that are set to themselves (PVOP_CALL_ARGS), and
# what s390x keeps of a processor is at address 0, until 6.10 for the compiler, too (S390_lowcore).
checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*,-clang-analyzer-core.uninitialized.Assign'
case $triplet in s390x-*) checks=$checks,-clang-analyzer-core.NullDereference ;; esac
set -- ${triplet:+"--target=$triplet"} -xc "$@" -- '--warnings-as-errors=*' "--checks=$checks" "$file"
exec "$scripts/make/tidy.sh" "$@"
