#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# checksrc.sh: sparse and clang's analyzer each refuse the faults that they look for.
. tests/lib.sh

judge() {
	scripts/make/checksrc.sh --target= -std=gnu11 -include "$T/some.h" -Os -mfunction-return=thunk-extern "-D_NAME='\"name\"'" "$T/$1.c"
}
cat >"$T/some.h" <<'END'
#ifdef __CHECKER__
#define __user __attribute__((noderef, address_space(1)))
#else
#define __user
#endif
END
echo 'int f(const int *at); int f(const int *at) { return at ? *at : 0; }' >"$T/good.c"
echo 'int f(const int __user *at); int f(const int __user *at) { return *at; }' >"$T/user.c"
echo 'int f(const int *at); int f(const int *at) { return at ? 0 : *at; }' >"$T/null.c"
check 'right code passes' judge good
refuses 1 'user.c:1:.*dereference of noderef' 'sparse finds a direct use of a user pointer' judge user
refuses 1 'null.c:1:.*Dereference of null pointer.*core.NullDereference' 'the analyzer finds the use of a null pointer' judge null
finish
