#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The lint of words: one more phrase of docs/STYLE.md's left column fails it, in prose as in code.
. tests/lib.sh

# lint FILE TEXT: of a copy of the checkout, with TEXT at the end of FILE
lint() {
	rm -rf "$T/copy"
	mkdir "$T/copy"
	cp -R Makefile .ci README.md configs docs kernel modules patches scripts tests "$T/copy"
	(
		cd "$T/copy" && tests/lint/words.sh | awk '{ n += $1 } END { print n + 0 }' >tests/lint/words.count
	)
	printf '%s\n' "$2" >>"$T/copy/$1"
	"$T/copy/tests/lint/words.sh" tests/lint/words.count
}

check 'the checkout passes' tests/lint/words.sh tests/lint/words.count
check 'plain words pass' lint README.md 'The report names the option that it enables.'
refuses 1 '\[words\]' 'one more in prose' lint README.md 'It does not hold.'
refuses 1 '\[words\]' 'one more at the start of a sentence' lint docs/kconf.1 'As things are, no.'
refuses 1 '\[words\]' 'one more in a message' lint scripts/kconf/main.c '/* "is not there, as things are" */'
refuses 1 '\[words\]' 'one more in a manual page that is new' lint docs/new.1 'Goes by name.'
check 'texts of others do not count' lint patches/6.12/new.patch 'It does not hold.'
check 'nor do generated ones' lint configs/renames 'removed 6.12 brought'
refuses 2 '\[bad-count\]' 'a count that is not a number' lint tests/lint/words.count many
check 'the table is missing' sh -c "sed -i '/Instead of/d' '$T/copy/docs/STYLE.md'"
refuses 2 '\[no-words\]' 'a table that is missing' "$T/copy/tests/lint/words.sh" tests/lint/words.count
finish
