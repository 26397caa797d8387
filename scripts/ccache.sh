#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ccache.sh COMPILER ARGUMENT...: has ccache run the compiler, as a make that takes
# CC="ccache.sh gcc" would run it, with the source last. ccache in depend mode knows a
# file that is #included, but not one that the assembler reads: it would give
# the object with an older certificate, config or vDSO. Such a source is compiled anew.
for last; do :; done
case $last in
*.[cS])
	! grep -qF .incbin "$last" || CCACHE_DISABLE=1 exec "$@"
	;;
esac
exec ccache "$@"
