#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# signer.sh KEY CERTIFICATE: extracts the certificate from KEY, a PEM file with both, for the kernel.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

openssl x509 -in "$1" -out "$2.tmp" || {
	rm -f "$2.tmp"
	echo "signer: $1: holds no certificate [no-certificate]: expected an RSA key and its certificate in one PEM file; give such a one as SIGN_KEY" >&2
	exit 1
}
mv "$2.tmp" "$2"
