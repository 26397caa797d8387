# SPDX-License-Identifier: GPL-2.0-only
#
# awk -f help.awk FILE...: what `make help` prints of the makefiles. A line `##@ GROUP` begins a
# group, and a line `GOAL...: [PREREQUISITES] ## TEXT` is an entry of it.

BEGIN {
	print "make [GOAL...] [KNOB=VALUE...]"
	print ""
	print "  make                          build the image of the default board"
	print "  make boot BOARD=metal         build the image of a board, and boot it in QEMU"
	print "  make config SERIES=6.18       resolve a config, and prove every request"
	print "  make why SYMBOL=VIRTIO_NET    show why an option has its value"
	print "  make diff                     show the effect of an edited fragment"
	print "  make check-quick              run the tests that need no built kernel"
	print ""
}

FNR == 1 { group = "maintain" }
/^##@ / { group = $2 }
/^[a-z][a-z_. -]*:[^#]* ## / {
	at = index($0, ":")
	sub(/:[^#]* ## /, ":")
	text[group] = text[group] sprintf("  %-15s %s\n", substr($0, 1, at - 1), substr($0, at + 1))
}

END {
	n = split("Build Understand Change Verify Maintain", name, " ")
	for (i = 1; i <= n; i++)
		printf "%s:\n%s\n", name[i], text[tolower(name[i])]
}
