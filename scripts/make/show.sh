#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# show.sh B LOCK SOURCE CERT: the image in the board's directory B: the release, how its source
# was verified, patches, config, signer, exceptions, image. $BIN has fetch and kimage. The image's
# kernel.json has the same for a machine to read: kimage extract.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
b=$1 lock=$2 source_file=$3 cert=$4

[ -s "$b/meta" ] && [ -s "$b/image.line" ] && [ -e "$b/image.stamp" ] || {
	echo "show: $b: no image [not-built]; run make image" >&2
	exit 2
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
# The image's kernel.json is the source.
"$BIN/kimage" extract "$b/image" --to "$tmp" kernel.json config >/dev/null

meta() {
	sed -n "s/^$1 //p" "$b/meta"
}
# json KEY: a text of kernel.json
json() {
	grep -o "\"$1\": *\"[^\"]*\"" "$tmp/kernel.json" | sed 's/.*: *"\(.*\)"$/\1/; q'
}
line() {
	printf '%-11s%s\n' "$@" | tr -c ' -~\n' '?'
}
lock() {
	"$BIN/fetch" --get "$lock" "$1"
}

line release "$(meta release)"
line "" "Linux $(meta version) of $(lock date | cut -c -10), supported to $(lock eol)"
sha256=$(meta source_sha256)
line source "$(meta source_file) from $(meta source_origin)"
line "" "SHA-256 $sha256"
if grep -qF -e "$sha256" "$lock"; then
	line "" "verified by that hash in $lock"
else
	line "" "verified by the signature of $(lock signer)"
fi
[ "$(sed -n 's/^sha256 //p' "$source_file")" = "$sha256" ] ||
	line "" "$source_file has another one now [stale]; run make image"
line toolchain "$(meta toolchain)"

patches=$(meta patch)
line patches "$(printf '%s' "$patches" | grep -c .)"
printf '%s\n' "$patches" | while read -r name _; do
	[ -z "$name" ] || line "" "$name"
done

line config "SHA-256 $(sha256sum <"$tmp/config" | cut -d ' ' -f 1)"
cmp -s "$tmp/config" "$b/config" || line "" "$b/config is another one now [stale]; run make image"
exceptions=$(meta exception)
line exceptions "$(printf '%s' "$exceptions" | grep -c .)"
printf '%s\n' "$exceptions" | while IFS= read -r text; do
	[ -z "$text" ] || line "" "$text"
done

line modules "$(find "$b/modules" -name '*.ko' | wc -l)"
if grep -q '^CONFIG_MODULE_SIG=y' "$tmp/config"; then
	signer=$(meta signer | sed 's/^sha256 //')
	line "" "signed; certificate SHA-256 $signer"
	# The certificate in OUT may have changed since.
	now=$(openssl x509 -in "$cert" -noout -fingerprint -sha256 2>/dev/null | tr -d : | sed 's/.*=//')
	if [ "$now" = "$signer" ]; then
		line "" "$cert, valid to $(openssl x509 -in "$cert" -noout -enddate | sed 's/.*=//')"
	else
		line "" "$cert does not exist or is another one now [stale]; run make image"
	fi
fi

line image "$b/image, built $(date -r "$b/image.stamp" '+%F %T') UTC"
sed -n 's/.* digest \([^ ]*\) size \(.*\)/\1\n\2/p' "$b/image.line" | {
	read -r digest
	read -r sizes
	line "" "$digest"
	line "" "bytes: $sizes"
}
line rebuild "$(json rebuild)"
