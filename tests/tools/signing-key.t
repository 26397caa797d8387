#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The key that signs modules: made once, for its owner alone, with a certificate that says
# neither who made it nor where, since every kernel carries it.
. tests/lib.sh

# A user and a machine with names that would be seen.
mkdir "$T/bin"
for p in id whoami logname; do
	printf '#!/bin/sh\necho nosuchlogin\n' >"$T/bin/$p"
done
for p in hostname uname hostid; do
	printf '#!/bin/sh\necho nosuchhost\n' >"$T/bin/$p"
done
chmod +x "$T/bin/"*
key=$T/dir/key.pem
make_key() {
	env PATH="$T/bin:$PATH" USER=nosuchlogin LOGNAME=nosuchlogin HOME="$T/nosuchlogin" HOSTNAME=nosuchhost \
		EMAIL=nosuchlogin@nosuchhost scripts/signing-key.sh "$key"
}
check 'a key is made, with its directory' make_key
is "$(stat -c %a "$key")" 600 'for its owner alone'
openssl x509 -in "$key" -outform DER -out "$T/der" 2>/dev/null
check 'with a certificate' test -s "$T/der"
is "$(openssl x509 -in "$key" -noout -subject -nameopt RFC2253)" 'subject=CN=Kernel module signing key,O=Keelson' \
	'that names a purpose'
is "$(grep -ac 'nosuch' "$T/der")" 0 'but no user and no machine'
is "$(openssl x509 -in "$key" -noout -text | grep -c 'DNS:\|email:\|URI:\|IP Address:')" 0 'nor another name'
openssl x509 -in "$key" -noout -subject -issuer | sed 's/[^=]*=//' | sort -u >"$T/names"
is "$(wc -l <"$T/names")" 2 'the kernel would not take it for self-signed'
is "$(openssl x509 -in "$key" -noout -pubkey)" "$(openssl pkey -in "$key" -pubout)" 'it is of the key'

cp "$key" "$T/first"
check 'an existing key' make_key
check 'is left alone' cmp "$T/first" "$key"
printf 'of another make\n' >"$key"
check 'with any content' make_key
is "$(cat "$key")" 'of another make' 'it stays'
rm "$key"
printf '#!/bin/sh\nexit 1\n' >"$T/bin/openssl"
chmod +x "$T/bin/openssl"
refuses 2 "signing-key: $key: .*\\[no-key\\]" 'without openssl no key is made' make_key
is "$(ls -A "$T/dir")" '' 'and nothing is left'
finish
