# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v board=FILE -v cmdline=TEXT -f needs.awk NEEDS CONFIG
#
# Holds a .config against NEEDS (configs/needs tells its form): exit status 1 and a line for
# each option that a board with this command line cannot start without.
function complain(text) {
	print board ": " text >"/dev/stderr"
	bad = 1
}
FNR == NR {
	if (/^#/ || !NF)
		next
	n++
	word[n] = $1
	options[n] = $2
	$1 = $2 = ""
	what[n] = substr($0, 3)
	next
}
/^CONFIG_[A-Za-z0-9_]*=m$/ { module[substr($0, 8, length - 9)] = 1 }
/^CONFIG_[A-Za-z0-9_]*=y$/ { on[substr($0, 8, length - 9)] = 1 }
END {
	if (" " cmdline !~ / console=/)
		complain("CMDLINE names no console=; nobody would hear what the kernel says")
	for (i = 1; i <= n; i++) {
		if (word[i] != "*" && !index(" " cmdline, " " word[i]))
			continue
		met = 0
		count = split(options[i], option, ",")
		for (j = 1; j <= count; j++)
			met = met || option[j] in on
		if (!met)
			complain((word[i] == "*" ? "" : word[i] "... ") "needs CONFIG_" option[1] \
				"=y, which is " (option[1] in module ? "a module: " : "off: ") what[i] "; ask for it in a fragment, or take one that does")
	}
	exit bad
}
