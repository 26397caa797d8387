#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# key.sh [--stale] [-- FILE TEXT [INPUT...]]...
#
# FILE is the key of a stage: TEXT and the SHA-256 of every input; of an input that is a
# key itself, made before, the lines. It is written only when that changes, so make's own
# comparison of times does the rest: a file that is touched but not changed rebuilds nothing.
# Two keys can be compared with diff. Of two makes at once that find it missing, one writes it:
# a second time would be a newer one.
#
# --stale writes nothing: it prints each FILE that would change. Each make waits for this, so one
# process hashes all inputs, and one compares all keys.
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"
set -uf
IFS='
'

stale=''
[ "${1-}" != --stale ] || {
	stale=1
	shift
}
inputs='' skip=0
for word; do
	case $skip:$word in
	0:--) skip=2 ;;
	0:*.key) ;;
	0:*) inputs=$inputs$word$IFS ;;
	*) skip=$((skip - 1)) ;; # FILE and TEXT
	esac
done
# shellcheck disable=SC2016,SC2086 # awk's; into lines
sha256sum -- $inputs | awk -v stale="$stale" '
function fail(why) {
	print "key: " why | "cat >&2"
	exit 2
}
function quoted(s) {
	gsub(/\047/, "\047\\\047\047", s)
	return "\047" s "\047"
}
function lines_of(file,   s, line) {
	while ((getline line <file) > 0)
		s = s line "\n"
	close(file)
	return s
}
# A result of a key that is newer than one that is written now has a time in the future.
function made(file) {
	sub(/\.key$/, "", file)
	return quoted(file) " " quoted(file ".ok")
}
function put(file, content,   dir, to) {
	dir = file
	sub(/\/[^\/]*$/, "", dir)
	to = "mkdir -p " quoted(dir) " && exec 9<" quoted(dir) " && flock 9 && cat >" quoted(file ".tmp") \
		" && if cmp -s " quoted(file ".tmp") " " quoted(file) "; then rm " quoted(file ".tmp") \
		"; else mv " quoted(file ".tmp") " " quoted(file) " && { find " made(file) \
		" -maxdepth 0 -type f -newer " quoted(file) " -delete 2>/dev/null; :; }; fi"
	printf "%s", content | to
	if (close(to))
		fail(file " cannot be written; is the disk full, or " dir " read-only?")
}
BEGIN {
	while ((getline line <"-") > 0)
		sum[substr(line, 67)] = line
	for (i = 1; i < ARGC; ) {
		file = ARGV[i + 1]
		new = ARGV[i + 2] "\n"
		for (i += 3; i < ARGC && ARGV[i] != "--"; i++) {
			if (ARGV[i] ~ /\.key$/)
				new = new (ARGV[i] in made_now ? made_now[ARGV[i]] : lines_of(ARGV[i]))
			else if (ARGV[i] in sum)
				new = new sum[ARGV[i]] "\n"
			else
				fail(ARGV[i] ", which " file " depends on, cannot be read")
		}
		made_now[file] = new
		if (new != lines_of(file)) {
			if (stale)
				print file
			else
				put(file, new)
		}
	}
}' "$@"
