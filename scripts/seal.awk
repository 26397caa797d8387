# SPDX-License-Identifier: GPL-2.0-only
#
# awk [-v stale='KEY...'] -f seal.awk OUT STAMP...: which of the stamps of stage.sh can be wrong, one a line. Each
# make waits for this, so it hashes nothing: it compares recorded keys with the keys, hashes with
# the hashes of other stamps, and sizes and times with the files'. stage.sh looks closer then.
# A stamp comes after those that its stage depends on. make is about to write the stale keys.

function quoted(s) {
	gsub(/\047/, "\047\\\047\047", s)
	return "\047" s "\047"
}

function path_of(name) {
	return name ~ /^%\// ? out substr(name, 2) : name ~ /^\// ? name : dir "/" name
}

# The lines of FILE that a stamp records of a key.
function text_of(file,   s, line) {
	while ((getline line <file) > 0)
		if (line !~ /^file /)
			s = s line "\n"
	close(file)
	return s
}

function end_key() {
	if (key != "" && text_of(key) != text)
		bad = 1
	key = text = ""
}

# STAMP depends on PATH: on a stamp, or on what one records.
function depends(path) {
	needs[stamp, ++n_needs[stamp]] = path
}

function read_stamp(   line, word, n, path, status) {
	dir = stamp
	sub(/\/[^\/]*$/, "", dir)
	bad = sealed = 0
	while ((status = (getline line <stamp)) > 0) {
		n = split(line, word, " ")
		if (line !~ /^\| /)
			end_key()
		if (line ~ /^\| /)
			text = text substr(line, 3) "\n"
		else if (word[1] == "key")
			depends(key = path_of(substr(line, 5)))
		else if (word[1] == "from" || word[1] == "after") {
			path = path_of(substr(line, length(word[1]) + 67))
			depends(path)
			if (path in hash ? hash[path] != word[2] : word[1] == "after")
				bad = 1
		} else if (word[1] == "root") {
			path = path_of(substr(line, 6))
			roots = roots " " quoted(path)
			owner[path] = stamp
		} else if (word[1] == "sum") {
			hash[stamp] = word[2]
			sealed = 1
		} else if (word[1] == "stat" || word[1] == "seen") {
			path = path_of(substr(line, length(word[1]) + length(word[2]) + length(word[3]) + length(word[4]) + 5))
			found[path] = word[2] " " word[3] " " word[4]
			if (word[1] == "stat")
				owner[path] = stamp
			else
				roots = roots " " quoted(path)
			of[path] = stamp
		} else if (word[1] ~ /^[0-9a-f]+$/ && length(word[1]) == 64) {
			path = path_of(substr(line, 67))
			hash[path] = word[1]
			owner[path] = stamp
		}
	}
	end_key()
	wrong[stamp] = bad || !sealed
	if (status >= 0)
		close(stamp)
}

BEGIN {
	out = ARGV[1]
	for (i = split(stale, word, " "); i > 0; i--)
		wrong[word[i]] = 1
	for (i = 2; i < ARGC; i++) {
		stamp = ARGV[i]
		read_stamp()
	}
	find = "find -H" roots " -type f -printf \047%H\\n%p\\n%s %T@ %C@\\n\047 2>/dev/null"
	while (roots != "" && (find | getline root) > 0) {
		find | getline path
		find | getline stat
		if (found[path] != stat)
			wrong[path in of ? of[path] : owner[root]] = 1
		delete found[path]
	}
	for (path in found)
		if (path in of)
			wrong[of[path]] = 1
	for (i = 2; i < ARGC; i++) {
		stamp = ARGV[i]
		for (j = 1; j <= n_needs[stamp]; j++) {
			path = needs[stamp, j]
			if (wrong[path] || path in owner && wrong[owner[path]])
				wrong[stamp] = 1
		}
		if (wrong[stamp])
			print stamp
	}
}
