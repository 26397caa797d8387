#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# report.sh PAGE OUT CONFIGS KERNELS SERIES/ARCH-BOARD=MACHINE[,MACHINE...]...
#
# Renews the table between PAGE's two "figures" comments from what OUT has of each build:
# the image, and the report of the last boot of each MACHINE of its board. What is
# there of the other boards stays, of the releases that are still ours.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

page=$1 out=$2 configs=$3 kernels=$4
shift 4

die() {
	echo "report: $1" >&2
	exit 2
}

# MB of 1,000,000 bytes, as disks and registries count.
mb() {
	awk -v n="$1" 'BEGIN { printf "%.2f MB", n / 1e6 }'
}

# rows SERIES/ARCH-BOARD=MACHINE[,MACHINE...]
rows() {
	machines=$(echo "${1#*=}" | tr , ' ')
	set -- "${1%%=*}"
	build=$out/$1 series=${1%%/*} board=${1#*/}
	arch=${board%%-*} board=${board#*-}
	release=$(cat "$build/stage/release")
	release=${release%%-*}
	kernel=$(stat -c %s "$build/stage/kernel") packed=$(cat "$build/packed")
	file=$(mb "$kernel")
	[ "$packed" -eq "$kernel" ] || file="$file, packed $(mb "$packed")"
	image=$(find "$build/image/" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
	modules=$(find "$build/modules" -name '*.ko' | wc -l)
	options=$(grep -c '=[ym]$' "$build/config")
	for machine in $machines; do
		report=$build/boot/$machine/report
		[ -s "$report" ] || die "$report: missing; 'make report' boots that machine"
		awk -v head="| $release ($series) | $arch $board | $options | $file | $modules | $(mb "$image")" \
			-v machine="$machine" '
		/^init / { init = $2 }
		/^memory / { memory = $2 + $8 }
		/^[a-z]/ { devices = /^devices/ }
		devices && / ok / && !/ settings ok/ { some = 1 }
		/^verdict / { verdict = $2 }
		END {
			if (verdict != "held") exit 1
			if (!some) machine = machine ", without the devices it is for"
			printf "%s | %s | %s ms | %.1f MiB |\n", head, machine, init, memory
		}' "$report" || die "$report: the boot did not hold; no figure of it is worth a table"
	done
}

# kept SERIES/ARCH-BOARD=MACHINE...: the rows of PAGE for others than these
kept() {
	sed -n '/^<!-- figures: /,/^<!-- end of figures -->/{ /^| [0-9]/p; }' "$page" |
		while read -r row; do
			IFS=' ()' read -r _ release series _ arch board _ <<-E
				$row
			E
			case " $* " in *" $series/$arch-$board="*) continue ;; esac
			[ ! -f "$configs/boards/$arch/$board.board" ] ||
				! grep -qsx "version  *$release" "$kernels/$series/release" || echo "$row"
		done
}

table=$out/report.md
{
	kept "$@"
	for built; do
		rows "$built"
	done
} >"$table.rows"
{
	echo '| kernel | board | options on | kernel file | modules | whole image | machine | time to init | memory gone |'
	echo '|---|---|---|---|---|---|---|---|---|'
	sort -s -t '|' -k 2,2V -k 3,3 "$table.rows"
} >"$table"
rm "$table.rows"
awk -v table="$table" '
/^<!-- figures: / { print; while ((getline line <table) > 0) print line; skip = found = 1; next }
/^<!-- end of figures -->/ { skip = 0 }
!skip { print }
END { exit !found || skip }' "$page" >"$page.tmp" || {
	rm -f "$page.tmp"
	die "$page: no '<!-- figures: ... -->' and '<!-- end of figures -->' lines to write between"
}
if cmp -s "$page.tmp" "$page"; then rm "$page.tmp"; else mv "$page.tmp" "$page"; fi
cat "$table"
