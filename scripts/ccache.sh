#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ccache.sh COMPILER ARGUMENT...: runs the compiler by ccache. make calls it with CC="ccache.sh gcc",
# and the source last. ccache in depend mode tracks a file that is #included, but not one that the
# assembler reads: it would return the object with an older certificate, config or vDSO. Such a
# source is compiled without ccache.
for last; do :; done
case $last in
*.[cS])
	! grep -qF .incbin "$last" || CCACHE_DISABLE=1 exec "$@"
	;;
esac
exec ccache "$@"
