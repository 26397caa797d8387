#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# signing-key.sh FILE: makes the key that signs this user's kernel modules, once: an
# RSA key with a self-signed certificate, in one PEM file that only its owner can
# read. It is the user's, not the checkout's: every checkout of theirs builds the same
# image with it. An existing file is left alone.
set -eu
umask 077

file=$1
[ ! -s "$file" ] || exit 0
mkdir -p "$(dirname "$file")"
tmp=$(mktemp "$file.XXXXXX")
trap 'rm -f "$tmp" "$tmp.key"' EXIT
openssl req -new -x509 -newkey rsa:4096 -nodes -sha512 -days 36500 -batch \
	-subj "/O=Keelson/CN=Kernel module signing key of $(id -un)" \
	-addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature \
	-keyout "$tmp.key" -out "$tmp" 2>/dev/null || {
	echo "signing-key: openssl made no key; give your own with SIGN_KEY=FILE" >&2
	exit 2
}
cat "$tmp" >>"$tmp.key"
# A link fails if another build was first: its key is as good, and stays.
ln "$tmp.key" "$file" 2>/dev/null || [ -s "$file" ]
