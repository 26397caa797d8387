#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# report.sh README SERIES RELEASE ARCH BOARD BUILD MACHINE...
#
# Renews the table between README's two "figures" comments from what BUILD holds: the
# image, and the report of the last boot of each MACHINE.
set -eu
LC_ALL=C
export LC_ALL

readme=$1 series=$2 release=$3 arch=$4 board=$5 build=$6
shift 6

die() {
	echo "report: $1" >&2
	exit 2
}

# MB of 1,000,000 bytes, as disks and registries count.
mb() {
	awk -v n="$1" 'BEGIN { printf "%.2f MB", n / 1e6 }'
}

rows() {
	kernel=$(stat -c %s "$build/stage/kernel")
	image=$(find "$build/image/" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
	modules=$(find "$build/modules" -name '*.ko' | wc -l)
	options=$(grep -c '=[ym]$' "$build/config")
	echo '| kernel | board | options on | kernel file | modules | whole image | machine | time to init | memory used |'
	echo '|---|---|---|---|---|---|---|---|---|'
	for machine in "$@"; do
		report=$build/boot/$machine/report
		[ -s "$report" ] || die "$report: missing; 'make report' boots that machine"
		awk -v head="| $release ($series) | $arch $board | $options | $(mb "$kernel") | $modules | $(mb "$image")" \
			-v machine="$machine" '
		/^init / { init = $2 }
		/^memory / { memory = $2; given = $(NF - 4) }
		/^verdict / { verdict = $2 }
		END {
			if (verdict != "held") exit 1
			printf "%s | %s | %s ms | %s MiB |\n", head, machine, init, memory
		}' "$report" || die "$report: the boot did not hold; no figure of it is worth a table"
	done
}

rows "$@" >"$build/report.md"
awk -v table="$build/report.md" '
/^<!-- figures: / { print; while ((getline line <table) > 0) print line; skip = found = 1; next }
/^<!-- end of figures -->/ { skip = 0 }
!skip { print }
END { exit !found || skip }' "$readme" >"$readme.tmp" || {
	rm -f "$readme.tmp"
	die "$readme: no '<!-- figures: ... -->' and '<!-- end of figures -->' lines to write between"
}
if cmp -s "$readme.tmp" "$readme"; then rm "$readme.tmp"; else mv "$readme.tmp" "$readme"; fi
cat "$build/report.md"
