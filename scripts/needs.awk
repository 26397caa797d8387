# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v board=FILE -f needs.awk NEEDS CONFIG [FRAGMENT...]
#
# Holds a .config against NEEDS (configs/needs has its form) and CMDLINE of the environment:
# exit status 1 and a line for each option that a board with this command line cannot start
# without. FRAGMENTs are those of the other boards, whose LOCALVERSION must be another.
function complain(text) {
	print board ": " text >"/dev/stderr"
	bad = 1
}
function value(line) {
	sub(/^[^=]*=/, "", line)
	return line
}
BEGIN { cmdline = ENVIRON["CMDLINE"] }
FILENAME == ARGV[1] {
	if (/^#/ || !NF)
		next
	n++
	word[n] = $1
	options[n] = $2
	$1 = $2 = ""
	what[n] = substr($0, 3)
	next
}
FILENAME == ARGV[2] && /^CONFIG_LOCALVERSION=/ { localversion = value($0) }
FILENAME != ARGV[2] && /^CONFIG_LOCALVERSION=/ && value($0) == localversion {
	complain("LOCALVERSION " localversion " is that of " FILENAME " [board-localversion]: expected " \
		"another in the board's fragment, since both kernels would have the same modules' directory")
}
FILENAME != ARGV[2] { next }
/^CONFIG_[A-Za-z0-9_]*=m$/ { module[substr($0, 8, length - 9)] = 1 }
/^CONFIG_[A-Za-z0-9_]*=y$/ { on[substr($0, 8, length - 9)] = 1 }
END {
	if (n && " " cmdline !~ / console=/)
		complain("CMDLINE names no console= [no-console]: no one would see the kernel's messages")
	for (i = 1; i <= n; i++) {
		if (word[i] != "*" && !index(" " cmdline, " " word[i]))
			continue
		met = 0
		count = split(options[i], option, ",")
		for (j = 1; j <= count; j++)
			met = met || option[j] in on
		if (!met)
			complain((word[i] == "*" ? "" : word[i] "... ") "needs CONFIG_" option[1] \
				"=y, which is " (option[1] in module ? "a module: " : "off: ") what[i] \
				" [board-needs]; request it in a fragment, or take one that does")
	}
	exit bad
}
