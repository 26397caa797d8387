#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage beside tar, gzip and sha256sum, which do less: on the same files, interleaved.
set -eu
: "${BIN:?}" "${BUILD:?}" "${EPOCH:?}" "${JOBS:?}"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export T JOBS
cp "$BUILD/stage/kernel" "$BUILD/stage/System.map" "$BUILD/config" "$BUILD/cmdline" "$T"
cp -R "$BUILD/modules/lib" "$T/lib"

# The same by a script: modules to kernel.tar, all of it to a layer, both digests.
cat >"$T/by-hand" <<'EOF'
set -e
cd "$T"
tar="tar --sort=name --owner=0 --group=0 --mtime=@0"
$tar -cf kernel.tar lib
$tar -cf layer.tar kernel System.map config cmdline kernel.tar
sha256sum layer.tar
gzip -6nc layer.tar >layer.tar.gz
sha256sum layer.tar.gz
EOF
# timed NAME COMMAND...: adds "SECONDS USER SYSTEM KIB" to $T/NAME
timed() {
	_to=$T/$1
	shift
	/usr/bin/time -a -o "$_to" -f '%e %U %S %M' "$@" >/dev/null
}
pack() { # THREADS
	timed "$1" "$BIN/kimage" pack --layout "$T/image" --ref docker.io/keelson/bench:1 \
		--platform linux/amd64 --created "$EPOCH" --format bzImage --file kernel="$T/kernel" \
		--file config="$T/config" --file System.map="$T/System.map" --file cmdline="$T/cmdline" \
		--modules "$BUILD/modules" --meta "$BUILD/meta" -j "$1"
}
for _ in 1 2 3 4 5; do
	pack 1
	pack "$JOBS"
	timed hand sh "$T/by-hand"
done
# Of each figure the best; kimage's includes verifying the image.
# shellcheck disable=SC2046 # words are meant to split
awk '
FNR == 1 { name[++n] = FILENAME; sub(/.*\//, "", name[n]) }
FNR == 1 || $1 < wall[n] { wall[n] = $1 }
FNR == 1 || $2 + $3 < cpu[n] { cpu[n] = $2 + $3 }
$4 > peak[n] { peak[n] = $4 }
END {
	for (i = 1; i <= n; i++) {
		what = name[i] == "hand" ? "tar, gzip -6, sha256sum" : "kimage pack -j" name[i]
		printf "kimage  %-24s %5.2f s, %5.2f s of CPU, %3d MiB at the peak, %.2f of the time by hand\n", \
			what, wall[i], cpu[i], peak[i] / 1024, wall[i] / wall[n]
	}
}' "$T/1" $([ "$JOBS" = 1 ] || echo "$T/$JOBS") "$T/hand"
