#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# On the real tree: the config that kconf resolves is to the byte the one of the tree's own make for
# the same requests, and trials of remedies leave nothing behind in it.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?its tree}" "${BUILD:?}" "${SESSION:?}" "${LAYERED:?}" "${KARCH:?}" "${CROSS?}"

kbuild() {
	make -s -C "$TREE" O="$T/obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" LOCALVERSION= \
		RUSTC=false BINDGEN=false PAHOLE=false "$@"
}

# option NAME: its value in $SESSION
option() {
	echo "$SESSION" | sed "s/.*--$1 \([^ ]*\).*/\1/"
}

# The board's requests, as far as they apply to this arch and release; a request of a higher
# layer replaces those that it overrides.
for word in $LAYERED; do
	awk -v RS= -v arch="$(option arch)" -v archs="$(option archs)" -v release="$(option release)" '
	function n(r, part) { split(r, part, "."); return part[1] * 1e6 + part[2] * 1e3 + part[3] }
	{
		keep = 1
		lines = split($0, line, "\n")
		for (i = 1; i <= lines; i++) {
			split(line[i], word, " ")
			if (line[i] ~ /^#: arch /) keep = keep && index(line[i] " ", " " arch " ")
			if (line[i] ~ /^#: not-arch /)
				for (w = 3; index("," archs ",", "," word[w] ","); w++) keep = keep && word[w] != arch
			if (line[i] ~ /^#: since /) keep = keep && n(word[3]) <= n(release)
			if (line[i] ~ /^#: until /) keep = keep && n(release) < n(word[3])
		}
		if (keep) print
	}' "${word#*:}"
done | grep -E '^CONFIG_|^# CONFIG_.* is not set' | awk '
	{ name = $0; sub(/^# /, "", name); sub(/[ =].*/, "", name) }
	!(name in said) { order[++n] = name }
	{ said[name] = $0 }
	END { for (i = 1; i <= n; i++) print said[order[i]] }' >"$T/requests"
is "$(wc -l <"$T/requests") requests" "$(sed -n 's/ requests from .*//p' "$BUILD/config.proof") requests" \
	'the requests are those that were proven'
mkdir "$T/obj"
check 'the tree resolves them' kbuild KCONFIG_ALLCONFIG="$T/requests" allnoconfig
check 'to the config of kconf, byte for byte' cmp "$BUILD/config" "$T/obj/.config"
check 'and olddefconfig' kbuild olddefconfig
check 'leaves it unchanged' cmp "$BUILD/config" "$T/obj/.config"

# Requests that depend on an option without a request: the process that writes the config tries
# each remedy first.
{
	echo '# If available.'
	echo '#: optional a test'
	for name in NFSD_V4 CIFS_DFS_UPCALL F2FS_FS_SECURITY INFINIBAND_IPOIB JFS_SECURITY UBIFS_FS_SECURITY; do
		echo "CONFIG_$name=y"
	done
} >"$T/hanging.config"
# shellcheck disable=SC2086 # lists
check 'requests that cannot hold are excused' "$KCONF" resolve $SESSION --out "$T/config" \
	--report "$T/proof" $LAYERED "board:$T/hanging.config"
is "$(($(grep -c 'tried: [0-9]* other option' "$T/proof") >= 3))" 1 'remedies were tried'
check 'and the config is that of the board' cmp "$BUILD/config" "$T/config"
finish
