# SPDX-License-Identifier: GPL-2.0-only
#
# awk -f nearest.awk WORD CANDIDATE...: prints the candidate that WORD was most likely meant
# to be, or nothing. Case does not count, nor does the end of a long candidate.

function min(a, b) {
	return a < b ? a : b
}

# Edits from a to b: a character more, less, another, or two exchanged.
function distance(a, b,   i, j, d) {
	for (i = 0; i <= length(a); i++)
		d[i, 0] = i
	for (j = 0; j <= length(b); j++)
		d[0, j] = j
	for (i = 1; i <= length(a); i++)
		for (j = 1; j <= length(b); j++) {
			d[i, j] = min(min(d[i - 1, j], d[i, j - 1]) + 1,
				d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
			if (i > 1 && j > 1 && substr(a, i - 1, 2) == substr(b, j, 1) substr(b, j - 1, 1))
				d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
		}
	return d[length(a), length(b)]
}

BEGIN {
	word = tolower(ARGV[1])
	least = int((length(word) + 2) / 3) + 1
	for (n = 2; n < ARGC; n++) {
		name = tolower(ARGV[n])
		edits = length(word) > 2 && index(name, word) == 1 ? (length(name) > length(word)) : distance(word, name)
		if (edits < least) {
			least = edits
			nearest = ARGV[n]
		}
	}
	if (nearest != "")
		print nearest
}
