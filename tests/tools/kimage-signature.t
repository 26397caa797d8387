#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage verifies the signatures of modules by the signer's certificate.
. tests/lib.sh
. tests/lib/kimage/fake.sh

scripts/signing-key.sh "$T/key.pem" && scripts/signing-key.sh "$T/other.pem" || exit 2
for name in key other; do
	openssl x509 -in "$T/$name.pem" -out "$T/$name.cert"
done
byte() {
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %o "$1")"
}
# sign MODULE KEY [ID]: as the kernel's sign-file does
sign() {
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha512 -outform DER -signer "$2" -inkey "$2" \
		-in "$1" -out "$T/p7s" 2>"$T/err" || exit 2
	_n=$(wc -c <"$T/p7s")
	{
		cat "$1" "$T/p7s"
		byte 0 && byte 0 && byte "${3:-2}" && byte 0 && byte 0 && byte 0 && byte 0 && byte 0
		byte $((_n >> 24)) && byte $((_n >> 16 & 255)) && byte $((_n >> 8 & 255)) && byte $((_n & 255))
		printf '~Module signature appended~\n'
	} >"$1.signed" && mv "$1.signed" "$1"
}
# signed DIR KEY: inputs whose modules KEY signed
signed() {
	inputs "$1"
	modules=$1/modules/lib/modules/$R/kernel/fs
	for _ko in a-b.ko a.ko a/b.ko; do
		"$T/fake" module x86_64 "$R SMP" >"$modules/$_ko"
		sign "$modules/$_ko" "$2"
	done
}
signed "$T/in" "$T/key.pem"
check 'modules that the signer signed are packed' pack "$T/in" "$T/good" --signer "$T/key.cert"
check 'and verified in the image' "$BIN/kimage" verify --signer "$T/key.cert" "$T/good"
check 'a key with its certificate will do' "$BIN/kimage" verify --signer "$T/key.pem" "$T/good"
refuses 1 'a-b.ko: .*\[signature\]' 'in an image another signer did not sign them' "$BIN/kimage" verify --signer "$T/other.cert" "$T/good"
"$BIN/kimage" verify --json --signer "$T/other.cert" "$T/good" >"$T/json"
is "$(grep -o '"rule":"[a-z-]*"' "$T/json" | sort | uniq -c | tr -s ' ')" ' 3 "rule":"signature"' 'none of them'

# wrong NAME COMMAND...: after COMMAND on one of them nothing is packed
wrong() {
	_name=$1
	shift
	rm -rf "$T/bad" && cp -R "$T/in" "$T/bad"
	modules=$T/bad/modules/lib/modules/$R/kernel/fs
	"$@"
	refuses 2 'a\.ko: .*\[module-signature\]' "$_name is not packed" pack "$T/bad" "$T/layout" --signer "$T/key.cert"
}
flip() {
	_byte=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1)
	byte $((_byte ^ 1)) | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
unsigned() {
	"$T/fake" module x86_64 "$R SMP" >"$modules/a.ko"
}
# shellcheck disable=SC2034 # eval takes it
size=$(wc -c <"$T/in/modules/lib/modules/$R/kernel/fs/a.ko")
# shellcheck disable=SC2016 # $modules is set later
{
	wrong 'one of which a bit is flipped' eval 'flip "$modules/a.ko" 300'
	wrong 'one of whose signature a bit is flipped' eval 'flip "$modules/a.ko" $((size - 60))'
	wrong 'one whose signature is of another kind' eval 'unsigned; sign "$modules/a.ko" "$T/key.pem" 1'
	wrong 'one that another key signed' eval 'unsigned; sign "$modules/a.ko" "$T/other.pem"'
	wrong 'one that is not signed' unsigned
	wrong 'one with the signature of another' eval 'unsigned; n=$(wc -c <"$modules/a.ko"); flip "$modules/a.ko" 300;
		tail -c +$((n + 1)) "$modules/a-b.ko" >>"$modules/a.ko"'
	wrong 'one whose signature is not PKCS #7' eval '"$T/fake" module x86_64 "$R SMP" sig-of-a >"$modules/a.ko"'
}
refuses 2 '\[signer\]' 'a signer that is not a certificate is an error' pack "$T/in" "$T/layout" --signer "$T/in/config"
refuses 2 '\[signer\]' 'so is one that is not there' "$BIN/kimage" verify --signer "$T/none" "$T/good"
check 'without a signer they are packed as they are' pack "$T/bad" "$T/layout"
finish
