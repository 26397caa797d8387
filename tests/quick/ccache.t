#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The compiler by ccache in depend mode, as Kbuild runs it: the objects that it must not keep.
. tests/lib.sh

command -v ccache >/dev/null || {
	skip 'ccache gives no stale object' 'ccache is not installed'
	finish
}
export CCACHE_DIR="$T/cache" CCACHE_DEPEND=1 CCACHE_NOHASHDIR=1
unset CCACHE_DISABLE CCACHE_READONLY

# compile SOURCE: to out.o, and how many objects ccache had by then, to $hits
compile() {
	scripts/ccache.sh gcc -Wp,-MMD,"$T/d" "-I$T" "-Wa,-I$T" -c -o "$T/out.o" "$T/$1" || return
	hits=$(ccache --print-stats | awk '$1 ~ /^(direct|preprocessed)_cache_hit$/ { n += $2 } END { print n + 0 }')
}
has() {
	compile "$1" && objcopy -O binary -j .rodata "$T/out.o" "$T/out" && [ "$(cat "$T/out")" = "$2" ]
}

printf '#include "value.h"\n__asm__(".section .rodata; .ascii \\"" VALUE "\\"");\n' >"$T/plain.c"
echo '#define VALUE "old"' >"$T/value.h"
touch -d '1 minute ago' "$T/plain.c" "$T/value.h"
check 'a file is compiled' has plain.c old
check 'and again' has plain.c old
is "$hits" 1 'and ccache saves the second compilation'
echo '#define VALUE "new"' >"$T/value.h"
touch -d '1 minute ago' "$T/value.h"
check 'but not when an included file was changed' has plain.c new

printf '.section .rodata\n.incbin "data"\n' >"$T/incbin.S"
printf '__asm__(".section .rodata; .incbin \\"data\\"");\n' >"$T/incbin.c"
for f in incbin.S incbin.c; do
	printf old >"$T/data"
	check "$f takes its data" has $f old
	printf new >"$T/data"
	check "$f takes its data when it was changed" has $f new
done
is "$hits" 1 'ccache was not used for those'
refuses 1 'nowhere' "the compiler's message is printed" scripts/ccache.sh gcc -c -o "$T/out.o" "$T/nowhere.c"
finish
