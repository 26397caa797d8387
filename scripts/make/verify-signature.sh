#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# verify-signature.sh LAYOUT: verifies what sign.sh wrote in LAYOUT.signed, and the layout itself.
# Takes from the environment KIMAGE; COSIGN_PUB, a public key in PEM, or nothing; MINISIGN_PUB, a
# public key of minisign's, or nothing. Each signature that a key is given for must exist.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "verify-signature: $1" >&2
	exit "${2:-1}"
}

[ -n "$COSIGN_PUB$MINISIGN_PUB" ] || die 'COSIGN_PUB and MINISIGN_PUB are missing [knob-missing]: expected one of them, or both' 2
layout=$(realpath -- "$1") || exit 2
signed=$layout.signed
[ -d "$signed" ] || die "$signed: does not exist [not-signed]; run make sign LAYOUT=$1" 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
"$KIMAGE" verify "$layout" >/dev/null || die "$layout: is not as it was written [damaged]"

if [ -n "$COSIGN_PUB" ]; then
	openssl pkey -pubin -in "$COSIGN_PUB" -noout 2>/dev/null || die "$COSIGN_PUB: is not a public key in PEM [bad-key]" 2
	"$KIMAGE" signature "$layout" --payload "$work/payload" --signature "$work/raw" --load "$signed/signature" || exit
	openssl dgst -sha256 -verify "$COSIGN_PUB" -signature "$work/raw" "$work/payload" >"$work/log" 2>&1 ||
		die "$signed/signature: is not by the key $COSIGN_PUB, or not over this payload [bad-signature]"
	echo "verify-signature: $signed/signature: the image's digest is signed by $COSIGN_PUB"
fi
if [ -n "$MINISIGN_PUB" ]; then
	command -v minisign >/dev/null || die "minisign is missing [no-minisign]; 'make setup' installs it" 2
	for file in SHA256SUMS provenance.json; do
		minisign -Vq -p "$MINISIGN_PUB" -m "$signed/$file" -x "$signed/$file.minisig" >"$work/log" 2>&1 ||
			die "$signed/$file: has no valid signature by $MINISIGN_PUB [bad-signature]: $(tail -n 1 "$work/log")"
	done
	# The list must have all files, no more and no fewer.
	(cd "$layout" && find oci-layout index.json blobs -type f | sort | tr '\n' '\0' | xargs -0 sha256sum) | cmp -s - "$signed/SHA256SUMS" ||
		die "$layout: has other files than $signed/SHA256SUMS [other-files]"
	"$KIMAGE" provenance "$layout" | cmp -s - "$signed/provenance.json" ||
		die "$signed/provenance.json: is not that of the image [other-image]"
	echo "verify-signature: $signed: the layout's files and the provenance are signed by $MINISIGN_PUB"
fi
