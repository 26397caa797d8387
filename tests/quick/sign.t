#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make sign and make verify-signature: with openssl and minisign, and each thing that can be wrong.
# shellcheck disable=SC2016,SC2034 # eval and sh -c take them
. tests/lib.sh
. tests/lib/kimage/fake.sh

inputs "$T/in"
printf '%s %064d\n' 'fragment configs/base/a.config' 1 'module_source modules/a/a.c' 2 'tool kconf' 3 >>"$T/in/meta"
pack "$T/in" "$T/image" >/dev/null || exit 2
inputs "$T/in.s390x" s390x
pack "$T/in.s390x" "$T/other" >/dev/null || exit 2
m() {
	make -s BIN="$BIN" OUT="$T/out" DL="$T/out/dl" SIGN_KEY="$T/none.pem" "$@"
}
for k in mine theirs; do
	openssl ecparam -name prime256v1 -genkey -noout -out "$T/$k.pem" 2>/dev/null
	openssl pkey -in "$T/$k.pem" -pubout -out "$T/$k.pub"
done
openssl ecparam -name secp384r1 -genkey -noout -out "$T/p384.pem" 2>/dev/null
minisign=''
if command -v minisign >/dev/null; then
	minisign=1
	for k in mine theirs; do
		minisign -G -W -s "$T/$k.key" -p "$T/$k.mpub" >/dev/null
	done
fi
digest=$("$T/oci" get "$T/image" top/manifests/0/digest | tr -d '"')
before=$(cd "$T/image" && find . -type f -exec sha256sum {} + | sort)

# ---- signed ----------------------------------------------------------------------------
check 'make sign signs as cosign does' m sign LAYOUT="$T/image" COSIGN_KEY="$T/mine.pem" ${minisign:+MINISIGN_KEY="$T/mine.key"}
is "$(cd "$T/image" && find . -type f -exec sha256sum {} + | sort)" "$before" 'the image stays as it is'
s=$T/image.signed
is "$("$T/oci" get "$s/signature" top/manifests/0/annotations 2>/dev/null || jq -c '.manifests[0].annotations' "$s/signature/index.json")" \
	"{\"io.containerd.image.name\":\"docker.io/keelson/kernel:sha256-${digest#sha256:}.sig\",\"org.opencontainers.image.ref.name\":\"docker.io/keelson/kernel:sha256-${digest#sha256:}.sig\"}" \
	'under the tag that cosign looks for'
# What a verifier without any of our tools does.
by_hand() {
	_m=$s/signature/blobs/sha256/$(jq -r '.manifests[0].digest' "$s/signature/index.json" | sed 's/.*://')
	cp "$s/signature/blobs/sha256/$(jq -r '.layers[0].digest' "$_m" | sed 's/.*://')" "$T/payload"
	jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' "$_m" | base64 -d >"$T/raw" &&
		openssl dgst -sha256 -verify "$T/mine.pub" -signature "$T/raw" "$T/payload"
}
check 'openssl verifies it' by_hand
is "$(cat "$T/payload")" "{\"critical\":{\"identity\":{\"docker-reference\":\"docker.io/keelson/kernel\"},\"image\":{\"docker-manifest-digest\":\"$digest\"},\"type\":\"cosign container image signature\"},\"optional\":null}" \
	'the payload names the digest'
check 'skopeo copies it' skopeo copy -q --preserve-digests "oci:$s/signature" "dir:$T/dir"
check 'sha256sum checks the files' sh -c 'cd "$1/image" && sha256sum --strict -c "$1/image.signed/SHA256SUMS"' sh "$T"
is "$(wc -l <"$s/SHA256SUMS")" "$(find "$T/image" -type f | wc -l)" 'all of them'
is "$(jq -c '[._type, .predicateType, .subject[0].digest.sha256]' "$s/provenance.json")" \
	"[\"https://in-toto.io/Statement/v1\",\"https://slsa.dev/provenance/v1\",\"${digest#sha256:}\"]" 'the provenance is of the image'
is "$(jq -r '.predicate.buildDefinition.resolvedDependencies[].name' "$s/provenance.json" | tr '\n' ' ')" \
	'linux-6.99.1.tar.xz patches/6.99/0001-a patch.patch configs/base/a.config modules/a/a.c kconf ' 'and names source, patch, fragment, module and tool'
cp "$s/provenance.json" "$T/provenance"
m sign LAYOUT="$T/image" COSIGN_KEY="$T/mine.pem" ${minisign:+MINISIGN_KEY="$T/mine.key"} >/dev/null
check 'it has no time' cmp "$T/provenance" "$s/provenance.json"
"$BIN/kimage" join --layout "$T/both" --ref "$REF" "$T/image" "$T/other" >/dev/null
is "$("$BIN/kimage" provenance "$T/both" | jq -r '[(.subject | length), (.predicate.buildDefinition.resolvedDependencies | length)] | @text')" '[3,5]' \
	'that of a joined image names each input once'

# ---- verified --------------------------------------------------------------------------
v() {
	m verify-signature LAYOUT="$T/image" COSIGN_PUB="$T/mine.pub" "$@"
}
# mutated STATUS PATTERN NAME COMMAND [ARGS...]: after COMMAND, which is undone
cp -R "$T/image" "$T/image.kept"
cp -R "$s" "$T/signed.kept"
mutated() {
	_st=$1 _pattern=$2 _what=$3
	eval "$4"
	shift 4
	refuses "$_st" "$_pattern" "$_what" sh -c 'st=0; KIMAGE="$1/kimage" COSIGN_PUB="$2" MINISIGN_PUB="$3" scripts/make/verify-signature.sh "$4" || exit' sh \
		"$BIN" "${1-$T/mine.pub}" "${2-}" "$T/image"
	rm -rf "$T/image" "$s"
	cp -R "$T/image.kept" "$T/image"
	cp -R "$T/signed.kept" "$s"
}
check 'make verify-signature verifies it' v
mutated 1 '\[bad-signature\]' 'another key' : "$T/theirs.pub"
# stored: the blob with the payload, and after a change everything that names it
restore() {
	"$BIN/kimage" signature "$T/image" --payload "$T/p" --signature "$T/g" --load "$s/signature" && eval "$1" &&
		rm -rf "$s/signature" && "$BIN/kimage" signature "$T/image" --payload "$T/p" --signature "$T/g" --store "$s/signature"
}
mutated 1 '\[bad-signature\]' 'an edited payload' 'restore "sed -i s/null/true/ $T/p"'
mutated 1 '\[bad-signature\]' 'a truncated signature' 'restore "truncate -s -1 $T/g"'
mutated 1 '\[bad-signature\]' 'a signature with another bit' 'restore "printf x | dd of=$T/g bs=1 seek=40 conv=notrunc 2>/dev/null"'
mutated 1 '\[blob\]' 'a payload that was changed in place' 'sed -i s/null/true/ "$(grep -l docker-manifest-digest "$s"/signature/blobs/sha256/*)"'
mutated 1 '\[other-image\]' 'the signature of another digest' '"$BIN/kimage" signature "$T/other" --payload "$T/p"
	openssl dgst -sha256 -sign "$T/mine.pem" -out "$T/g" "$T/p"; rm -r "$s/signature"
	"$BIN/kimage" signature "$T/other" --payload "$T/p" --signature "$T/g" --store "$s/signature"'
mutated 1 '\[damaged\]' 'a damaged image' 'printf x >>"$T/image/blobs/sha256/${digest#sha256:}"'
mutated 1 '\[other-image\]' 'another image in its place' 'rm -r "$T/image"; cp -R "$T/other" "$T/image"'
mutated 1 '\[no-signature\]' 'an image where the signature should be' 'rm -r "$s/signature"; cp -R "$T/other" "$s/signature"'
mutated 1 'not base 64 \[no-signature\]' 'a signature that is not base 64' 'h=$(jq -r ".manifests[0].digest" "$s/signature/index.json"); f=$s/signature/blobs/sha256/${h#sha256:}
	jq -c ".layers[0].annotations[\"dev.cosignproject.cosign/signature\"] = \"?\"" "$f" | tr -d "\n" >"$T/f"; n=$(sha256sum <"$T/f" | cut -d " " -f 1)
	cp "$T/f" "$s/signature/blobs/sha256/$n"; jq -c --arg d "sha256:$n" --argjson n "$(wc -c <"$T/f")" ".manifests[0].digest = \$d | .manifests[0].size = \$n" "$s/signature/index.json" >"$T/i"; cp "$T/i" "$s/signature/index.json"'
mutated 2 '\[layout\]' 'no signature for a key' 'rm -r "$s/signature"'
mutated 2 '\[not-signed\]' 'nothing signed' 'rm -r "$s"'
mutated 2 '\[bad-key\]' 'a private key as public one' : "$T/mine.pem"
mutated 2 '\[knob-missing\]' 'no key' : ''
if [ "$minisign" ]; then
	check 'with minisign' v MINISIGN_PUB="$T/mine.mpub"
	check "as Debian's minisign does" minisign -Vq -p "$T/mine.mpub" -m "$s/SHA256SUMS"
	mutated 1 'SHA256SUMS: .*\[bad-signature\]' 'another key of minisign' : '' "$T/theirs.mpub"
	mutated 1 'SHA256SUMS: .*\[bad-signature\]' 'an edited list' 'echo >>"$s/SHA256SUMS"' '' "$T/mine.mpub"
	mutated 1 'provenance.json: .*\[bad-signature\]' 'an edited provenance' 'sed -i s/a.config/b.config/ "$s/provenance.json"' '' "$T/mine.mpub"
	mutated 1 '\[bad-signature\]' 'half a signature' 'head -n 2 "$s/SHA256SUMS.minisig" | head -c 80 >"$T/h"; cp "$T/h" "$s/SHA256SUMS.minisig"' '' "$T/mine.mpub"
	mutated 1 '\[bad-signature\]' 'no signature' 'rm "$s/SHA256SUMS.minisig"' '' "$T/mine.mpub"
	mutated 1 '\[other-files\]' 'a file too many' 'h=$(echo more | sha256sum | cut -d " " -f 1); echo more >"$T/image/blobs/sha256/$h"' '' "$T/mine.mpub"
	mutated 1 '\[other-files\]' 'another name of the image' '"$BIN/kimage" name "$T/image" docker.io/a/b:c >/dev/null' '' "$T/mine.mpub"
else
	skip "Debian's minisign verifies it" 'NO MINISIGN'
fi

# A key in a token, by its URI.
driver=/usr/lib/softhsm/libsofthsm2.so
if command -v softhsm2-util >/dev/null && [ -f "$driver" ] && openssl engine pkcs11 >/dev/null 2>&1; then
	mkdir -p "$T/home/.config/softhsm2" "$T/tokens"
	echo "directories.tokendir = $T/tokens" >"$T/home/.config/softhsm2/softhsm2.conf"
	openssl pkcs8 -topk8 -nocrypt -in "$T/mine.pem" -out "$T/mine.pk8"
	for args in '--init-token --free --label release --so-pin 1234' "--import $T/mine.pk8 --token release --label kernel --id 01"; do
		# shellcheck disable=SC2086 # words are meant to split
		HOME=$T/home softhsm2-util $args --pin 1234 >/dev/null
	done
	token() {
		HOME=$T/home PKCS11_MODULE_PATH=$driver m sign LAYOUT="$T/image" COSIGN_KEY="pkcs11:token=release;object=$1;type=private?pin-value=1234"
	}
	check 'a key in a token signs' token kernel
	check 'as the key in a file does' v
	refuses 2 '\[bad-key\]' 'one that the token lacks is refused' token other
else
	skip 'a key in a token signs' 'NO SOFTHSM'
fi

# ---- refused ---------------------------------------------------------------------------
refuses 2 '\[knob-missing\]' 'make sign without a key' m sign LAYOUT="$T/image"
refuses 2 '\[bad-key\]' 'a key on another curve' m sign LAYOUT="$T/image" COSIGN_KEY="$T/p384.pem"
refuses 2 '\[bad-key\]' 'a public key' m sign LAYOUT="$T/image" COSIGN_KEY="$T/mine.pub"
refuses 2 '\[knob-path\]' 'a key with a blank in its path' m sign LAYOUT="$T/image" COSIGN_KEY='/a b'
refuses 2 '\[bad-key\]' 'a token that does not exist' m sign LAYOUT="$T/image" COSIGN_KEY='pkcs11:token=none;object=a$b;type=private'
cp -R "$T/image" "$T/broken" && printf x >>"$T/broken/blobs/sha256/${digest#sha256:}"
refuses 2 '\[blob\]' 'a damaged image is not signed' m sign LAYOUT="$T/broken" COSIGN_KEY="$T/mine.pem"
is "$(ls -d "$T/broken.signed" 2>/dev/null)" '' 'and leaves nothing'
for c in provenance signature; do
	check "kimage $c --help" "$BIN/kimage" $c --help
done
refuses 2 '\[usage\]' 'kimage signature both ways' "$BIN/kimage" signature "$T/image" --payload "$T/p" --signature "$T/g" --store "$T/x" --load "$T/y"
refuses 2 '\[usage\]' 'a signature for the payload alone' "$BIN/kimage" signature "$T/image" --payload "$T/p" --signature "$T/g"
refuses 1 '\[no-image\]' 'a signature has no provenance' "$BIN/kimage" provenance "$s/signature"
finish
