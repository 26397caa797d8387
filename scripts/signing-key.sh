#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# signing-key.sh FILE: makes the key that signs this user's kernel modules, once: an
# RSA key with its certificate, in one PEM file that only its owner can read. It is the
# user's, not the checkout's: every checkout of that user builds the same image with it. An
# existing file is left alone.
#
# The certificate is not self-signed: the kernel would verify that signature at each boot, and run
# modprobe twice for the algorithm, without any gain. A key that is thrown away signs it.
#
# Each kernel of this user contains it, so it names neither the user nor the machine. The kernel
# finds keys by the hash of their public part, so all may have the same name.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"
umask 077

file=$1
[ ! -s "$file" ] || exit 0
mkdir -p "$(dirname "$file")"
tmp=$(mktemp -d "$file.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/extensions" <<'EXT'
basicConstraints=critical,CA:FALSE
keyUsage=digitalSignature
subjectKeyIdentifier=hash
EXT
{
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha512 -batch -subj "/O=Keelson/CN=Issuer of a kernel module signing key" \
		-keyout "$tmp/issuer.key" -out "$tmp/issuer" &&
		openssl req -new -newkey rsa:4096 -nodes -sha512 -batch \
			-subj "/O=Keelson/CN=Kernel module signing key" \
			-keyout "$tmp/pem" -out "$tmp/request" &&
		openssl x509 -req -in "$tmp/request" -CA "$tmp/issuer" -CAkey "$tmp/issuer.key" -CAserial "$tmp/serial" \
			-CAcreateserial -sha512 -days 36500 -extfile "$tmp/extensions" -out "$tmp/certificate"
} >"$tmp/log" 2>&1 || {
	tail -n 3 "$tmp/log" >&2
	echo "signing-key: $file: openssl made no key [no-key]; give your own with SIGN_KEY=FILE" >&2
	exit 2
}
cat "$tmp/certificate" >>"$tmp/pem"
# A link fails if another build was first: that key is as good, and stays.
ln "$tmp/pem" "$file" 2>/dev/null || [ -s "$file" ]
