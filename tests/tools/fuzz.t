#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The targets of 'make fuzz': each reads its corpus, and build.sh and run.sh report a fault.
. tests/lib.sh

cat >"$T/main.c" <<'EOF'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	static uint8_t data[1 << 16];

	for (int i = 1; i < argc; i++) {
		FILE *in = fopen(argv[i], "r");

		if (!in)
			return 2;
		LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof(data), in));
		fclose(in);
	}
	return 0;
}
EOF

# Those of kimage and others beside ours are added automatically.
for target in tests/fuzz/*.c; do
	target=${target##*/}
	target=${target%.c}
	check "$target is made" env CC=gcc MAIN="$T/main.c" tests/fuzz/build.sh "$target" "$T/$target"
	set -- tests/fuzz/corpus/"$target"/*
	check "it has a corpus" test -f "$1"
	check "which it reads" env ASAN_OPTIONS=detect_leaks=0 sh -c 'exec "$@" >/dev/null' sh "$T/$target" "$@"
done

refuses 2 '\[bad-target\]' 'a name that is not valid is refused' tests/fuzz/build.sh '../x' "$T/x"
refuses 2 '\[no-target\]' 'so is one that there is not' tests/fuzz/build.sh none "$T/x"
mkdir -p "$T/top/tests/fuzz/corpus/faulty"
cp tests/fuzz/*.sh "$T/top/tests/fuzz"
cd "$T/top" || exit 2
printf '// fuzz: sources none.c\n' >tests/fuzz/empty.c
refuses 2 '\[bad-target\]' 'and one without sources' tests/fuzz/build.sh empty "$T/x"
printf '// fuzz: sources other.c; libs no-such-library\n' >tests/fuzz/empty.c
printf 'int other(int n);\nint other(int n)\n{\n\treturn n;\n}\n' >other.c
refuses 2 '\[missing-library\]' 'or whose libs are not installed' tests/fuzz/build.sh empty "$T/x"

if command -v clang >/dev/null && echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' >"$T/c.c" &&
	clang -w -fsanitize=fuzzer -o "$T/c" "$T/c.c" 2>/dev/null; then
	cat >tests/fuzz/faulty.c <<'EOF'
// fuzz: sources other.c
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && *data == 'x')
		abort();
	return 0;
}
EOF
	printf 'xyz' >tests/fuzz/corpus/faulty/seed
	refuses 1 'faulty: .*\[fuzz-found\]: out/found/faulty/crash-[0-9a-f]*; run out/faulty out/' \
		'a fault is reported, with its input' env TIME=5 tests/fuzz/run.sh faulty out
	sed -i 's/abort()/return 0/' tests/fuzz/faulty.c
	check 'one that is mended is not' env TIME=1 tests/fuzz/run.sh faulty out
	is "$(sed 's/[0-9][0-9]* runs, [0-9][0-9]* edges/N/' "$T/.out")" 'fuzz: faulty: N, nothing found' 'how much was tried'
	refuses 2 '\[bad-number\]' 'a time that is not a number' env TIME=soon tests/fuzz/run.sh faulty out
else
	skip 'a fault is reported' "clang's libFuzzer is not installed"
fi
finish
