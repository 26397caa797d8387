#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A module that a user wrote compiles with the kit alone, is signed, and loads in the guest.
. tests/lib/boot.sh
BIN=$(realpath "${BIN:?}")

if ! grep -q '^CONFIG_MODULES=y' "$BUILD/config"; then
	skip 'a user builds a module' 'the kernel has no modules'
	finish
fi
mkdir "$T/hello"
echo 'obj-m := hello.o' >"$T/hello/Makefile"
cat >"$T/hello/hello.c" <<'E2'
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init hello_init(void)
{
	pr_info("hello: the kit built this\n");
	return 0;
}

static void __exit hello_exit(void)
{
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("A module of a user");
MODULE_LICENSE("GPL");
E2
check 'the kit is packed' mk kernel-dev
check 'a module is built with it' mk module DIR="$T/hello"
work=$BUILD/module/hello
check 'the guest loads it, signed' mk boot \
	BOOT_ARGS="--add $work/module.tar --modules hello --allow scripts/guest/ours.allow"
is "$(grep -c 'hello: the kit built this' "$BUILD/boot/$FIRST/console.log")" 1 'and it runs'
report "$FIRST"

# Of the image alone, in a place that knows nothing of the build.
check 'the image NAME-dev is enough' mk module DIR="$T/hello" KIT="$BUILD/dev-image"
check 'for the same module' diff -r "$work/image" "${BUILD%/*/*}/module/hello/image"
rm -rf "${BUILD%/*/*}/module/hello"
finish
