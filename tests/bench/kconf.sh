#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kconf beside the kernel's own tools, on the board's requests in one tree: resolving them
# (and proving each) with the compiler's answers at hand, `make olddefconfig` on the
# result, merge_config.sh with two fragments; a report of 30 lost requests, each with a
# tried remedy; and all boards of all architectures of the series.
set -eu
: "${KCONF:?}" "${TREE:?}" "${KARCH:?}" "${BUILD:?}" "${SESSION:?}" "${LAYERED:?}" "${CROSS?}" "${MK:?}" "${SERIES_BOARDS:?}"

T=$(mktemp -d "${TMPDIR:-/tmp}/keelson-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
now() {
	date +%s%N | cut -b 1-13
}

# take COMMAND: how long it takes, in ms, to $T/COMMAND.ms if that is the least so far
take() {
	start=$(now)
	"$1" >"$T/log" 2>&1 || { tail -n 5 "$T/log" >&2; exit 2; }
	took=$(($(now) - start))
	[ "$took" -ge "$(cat "$T/$1.ms" 2>/dev/null || echo 999999)" ] || echo "$took" >"$T/$1.ms"
}

# shellcheck disable=SC2086 # lists
resolve() {
	"$KCONF" resolve $SESSION --cache "$T/cache" --out "$T/config" --report "$T/proof" $LAYERED
}

olddefconfig() {
	cp "$BUILD/config" "$T/obj/.config"
	make -s -C "$TREE" O="$T/obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" LOCALVERSION= \
		RUSTC=false BINDGEN=false PAHOLE=false olddefconfig
}

merge() {
	(cd "$TREE" && RUSTC=false BINDGEN=false PAHOLE=false ARCH="$KARCH" CROSS_COMPILE="$CROSS" \
		scripts/kconfig/merge_config.sh -n -O "$T/obj" "$T/one" "$T/two")
}

# Options that depend on one without a request.
hanging() {
	printf '# Lost, all of them.\n'
	for name in SND SND_HDA_INTEL SND_USB_AUDIO DRM_I915 DRM_RADEON DRM_AMDGPU DRM_NOUVEAU DRM_VIRTIO_GPU \
		USB_STORAGE USB_ACM USB_SERIAL_FTDI_SIO USB_HID USB_NET_AX88179_178A CFG80211_WEXT MAC80211_MESH \
		ATH9K RT2X00 BT_HCIBTUSB BT_RFCOMM NFSD_V4 NFS_V4_1 CIFS_DFS_UPCALL \
		MEDIA_USB_SUPPORT VIDEO_DEV SCSI_VIRTIO BLK_DEV_SD INFINIBAND_IPOIB NUMA_BALANCING \
		BTRFS_FS_POSIX_ACL XFS_QUOTA; do
		echo "CONFIG_$name=y"
	done
}

mkdir "$T/obj"
for word in $LAYERED; do
	grep -E '^CONFIG_|^# CONFIG_.* is not set' "${word#*:}"
done >"$T/requests"
sed -n '1~2p' "$T/requests" >"$T/one"
sed -n '2~2p' "$T/requests" >"$T/two"
hanging >"$T/hanging.config"
# shellcheck disable=SC2086
lost() {
	"$KCONF" resolve $SESSION --cache "$T/cache" --report "$T/lost" $LAYERED "board:$T/hanging.config" || [ $? -eq 1 ]
}

# For each architecture one process, which parses the tree once for all of its boards.
for job in $SERIES_BOARDS; do
	arch=${job#*/} arch=${arch%%-*} board=${job#*/*-}
	$MK -s "ARCH=$arch" "BOARD=$board" session >"$T/session"
	next=--next
	[ -e "$T/$arch.boards" ] || next=$(sed -n 1p "$T/session")
	echo "$next --report $T/$arch.proof $(sed -n 2p "$T/session")" >>"$T/$arch.boards"
done
# shellcheck disable=SC2046
all_boards() {
	for boards in "$T"/*.boards; do
		"$KCONF" resolve $(cat "$boards") --cache "$boards.cache"
	done
}

resolve
all_boards
olddefconfig
# In turns, since machines are now fast and now slow.
for _ in 1 2 3 4 5; do
	for what in resolve olddefconfig resolve merge resolve lost resolve all_boards; do
		take $what
	done
done
cat "$T/resolve.ms" "$T/olddefconfig.ms" "$T/merge.ms" "$T/lost.ms" "$T/all_boards.ms" |
	awk -v requests="$(sed -n '$s/ .*//p' "$T/proof")" -v lost="$(grep -c LOST "$T/lost")" \
		-v tried="$(grep -c '(tried' "$T/lost")" -v boards="$(echo "$SERIES_BOARDS" | wc -w)" '
		{ ms[NR] = $1 }
		END {
			printf "kconf   resolve and prove %d requests: %d ms\n", requests, ms[1]
			printf "kconf   make olddefconfig: %d ms, %.1f times as long (goal: 8)\n", ms[2], ms[2] / ms[1]
			printf "kconf   merge_config.sh, two fragments: %d ms, %.1f times as long (goal: 15)\n", ms[3], ms[3] / ms[1]
			printf "kconf   report of %d lost requests, %d remedies tried: %d ms, %.2f of olddefconfig (goal: under 1)\n",
				lost, tried, ms[4], ms[4] / ms[2]
			printf "kconf   all %d boards of the series: %d ms, %.2f of olddefconfig (goal: under 2)\n",
				boards, ms[5], ms[5] / ms[2]
		}'
