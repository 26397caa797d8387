#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sign.sh LAYOUT: signs the image of a layout, in LAYOUT.signed beside it:
#
#   provenance.json          what the image was made from
#   SHA256SUMS               the files of the layout, for `sha256sum -c` in it
#   signature                a layout with a signature of the image's digest, as cosign stores it:
#                            copied to the tag that it names, `cosign verify --key` finds it
#   SHA256SUMS.minisig, provenance.json.minisig
#                            signatures in minisign's format
#
# Takes from the environment KIMAGE; COSIGN_KEY, an EC key on P-256 in PEM or a PKCS #11 URI, or
# nothing; MINISIGN_KEY, a file of minisign's, or nothing. The finished image stays as it is.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "sign: $1" >&2
	exit "${2:-2}"
}

[ -n "$COSIGN_KEY$MINISIGN_KEY" ] || die "COSIGN_KEY and MINISIGN_KEY are missing [knob-missing]: expected one of them, or both"
[ -z "$MINISIGN_KEY" ] || command -v minisign >/dev/null || die "minisign is missing [no-minisign]; 'make setup' installs it"
layout=$(realpath -- "$1") || exit 2
dest=$layout.signed
work=$dest.tmp
"$KIMAGE" verify "$layout" >/dev/null
rm -rf "$work"
mkdir -p "$work"
"$KIMAGE" provenance "$layout" >"$work/provenance.json"
(cd "$layout" && find oci-layout index.json blobs -type f | sort | tr '\n' '\0' | xargs -0 sha256sum) >"$work/SHA256SUMS"

# sign OPTION...: openssl's signature over the payload
sign() {
	case $COSIGN_KEY in pkcs11:*) set -- -engine pkcs11 -keyform engine "$@" ;; esac
	openssl dgst -sha256 -sign "$COSIGN_KEY" "$@" "$work/payload"
}
if [ -n "$COSIGN_KEY" ]; then
	case $COSIGN_KEY in
	pkcs11:*) ;;
	*)
		openssl pkey -in "$COSIGN_KEY" -noout -text 2>/dev/null | grep -q '^ASN1 OID: prime256v1' ||
			die "$COSIGN_KEY: is not a private key on the curve P-256 [bad-key]: expected one of 'openssl ecparam -name prime256v1 -genkey -noout'"
		;;
	esac
	"$KIMAGE" signature "$layout" --payload "$work/payload"
	sign -out "$work/raw" 2>"$work/log" ||
		die "$COSIGN_KEY: openssl cannot sign with it [bad-key]: $(tail -n 1 "$work/log")"
	"$KIMAGE" signature "$layout" --payload "$work/payload" --signature "$work/raw" --store "$work/signature"
	rm "$work/payload" "$work/raw" "$work/log"
fi
if [ -n "$MINISIGN_KEY" ]; then
	digest=$(sed -n 's/.*"digest":"\(sha256:[0-9a-f]*\)".*/\1/p' "$layout/index.json")
	for file in SHA256SUMS provenance.json; do
		minisign -S -s "$MINISIGN_KEY" -m "$work/$file" -x "$work/$file.minisig" -c 'signature of a Keelson image' -t "$file of $digest" >/dev/null ||
			die "$MINISIGN_KEY: minisign cannot sign with it [bad-key]"
	done
fi
rm -rf "$dest"
mv "$work" "$dest"
echo "sign: $dest: signed ${COSIGN_KEY:+for cosign }${COSIGN_KEY:+${MINISIGN_KEY:+and }}${MINISIGN_KEY:+for minisign}"
