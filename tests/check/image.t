#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The default image, as built: it keeps its contract and its budget, and all in it agrees.
. tests/lib.sh
: "${MK:?}" "${BUILD:?}" "${CERT:?}" "${TREE:?}"
image=$BUILD/image

# ---- built, and nothing left to do ------------------------------------------------
# shellcheck disable=SC2086 # words are meant to split
again=$($MK 2>&1)
is "$(echo "$again" | grep -c '^  [A-Z]')" 0 'make has nothing left to do'
is "$(echo "$again" | grep -c 'digest sha256:')" 1 'and prints where the image is, and its digest'
is "$(grep -c 'warning:' "$BUILD/stage.log")" 0 'Kbuild had no warning'

# ---- the contract ------------------------------------------------------------------
check 'the image keeps the contract' "$BIN/kimage" verify "$image"
ref=$(sed -n 's/.*"org.opencontainers.image.ref.name":"\([^"]*\)".*/\1/p' "$image/index.json")
check 'skopeo copies it, with every digest' skopeo --insecure-policy copy --all \
	--preserve-digests "oci:$image:$ref" "oci:$T/copy:$ref"
is "$(ls "$T/copy/blobs/sha256")" "$(ls "$image/blobs/sha256")" 'the copy has the same digests'
rm -rf "$T/copy" && cp -R "$image" "$T/copy"
layer=$(find "$T/copy/blobs" -size +1000k)
printf x | dd of="$layer" bs=1 seek=1000000 conv=notrunc 2>/dev/null
# shellcheck disable=SC2086
refuses 2 '\[blob\]' 'make verify finds a changed byte' \
	$MK verify LAYOUT="$T/copy"
refuses 1 '\[blob\]' 'and nothing is extracted from it' \
	"$BIN/kimage" extract "$T/copy" --to "$T/none"

# ---- the budget --------------------------------------------------------------------
check 'the files are extracted' "$BIN/kimage" extract "$image" --to "$T/x" \
	kernel kernel.tar config System.map cmdline kernel.json
size=$(find "$image" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
check "the image's $size bytes are under 12 MB" [ "$size" -lt 12000000 ]

# ---- the kernel --------------------------------------------------------------------
check 'the kernel is the file that Kbuild made' cmp "$T/x/kernel" "$BUILD/stage/kernel"
check 'the config is the one that kconf proved' cmp "$T/x/config" "$BUILD/config"
is "$(tr ' ' '\n' <"$T/x/cmdline" | grep -c '^$')" 0 'the command line is words with one blank between them'
base=$(sed '/^#/d' configs/base/cmdline | xargs)
check 'and ends with the words that no board omits' grep -q " $base\$" "$T/x/cmdline"
"$TREE/scripts/extract-ikconfig" "$T/x/kernel" >"$T/ikconfig"
check 'the kernel carries that config' cmp "$T/x/config" "$T/ikconfig"
mkdir "$T/obj" && cp "$T/x/config" "$T/obj/.config"
check 'olddefconfig runs' make -C "$TREE" O="$T/obj" \
	ARCH="$(sed -n 's|^# Linux/\([^ ]*\) .*|\1|p' "$T/x/config")" RUSTC=false BINDGEN=false PAHOLE=false olddefconfig
check "olddefconfig has nothing to change in it" cmp "$T/x/config" "$T/obj/.config"
is "$(grep -c "$PWD" "$T/x/kernel.json" "$T/x/config" | grep -vc ':0$')" 0 'no path of the build is in it'
is "$(gzip -dc "$BUILD"/image/blobs/sha256/* 2>/dev/null | grep -ac "$PWD")" 0 'nor in the layer'

# ---- the modules -------------------------------------------------------------------
tar -xf "$T/x/kernel.tar" -C "$T/x"
find "$T/x/lib" -name '*.ko' | sort >"$T/modules"
check "there are modules: $(wc -l <"$T/modules")" [ -s "$T/modules" ]

# signed MODULE CERT: the signature at its end (include/linux/module_signature.h) is CERT's
signed() {
	total=$(stat -c %s "$1")
	# shellcheck disable=SC2046 # words are meant to split
	set -- "$1" "$2" $(tail -c 40 "$1" | od -An -v -tu1 -j8 -N4)
	length=$((($3 << 24) + ($4 << 16) + ($5 << 8) + $6))
	head -c $((total - 40 - length)) "$1" >"$T/ko"
	tail -c $((40 + length)) "$1" | head -c $length >"$T/p7s"
	openssl cms -verify -binary -inform DER -in "$T/p7s" -content "$T/ko" -certfile "$2" \
		-nointern -noverify -out /dev/null 2>/dev/null
}
bad=
while read -r ko; do
	signed "$ko" "$CERT" || bad="$bad ${ko##*/}"
done <"$T/modules"
is "$bad" '' 'each is signed by the key whose certificate is in the kernel'
ko=$(head -n 1 "$T/modules")
printf x | dd of="$ko" bs=1 seek=5000 conv=notrunc 2>/dev/null
signed "$ko" "$CERT" && not_ok 'a changed module is not' || ok 'a changed module is not'
cert=$(openssl x509 -in "$CERT" -outform DER | od -An -v -tx1 | tr -d ' \n')
sh "$TREE/scripts/extract-vmlinux" "$T/x/kernel" >"$T/vmlinux" 2>/dev/null
check 'the certificate is in the kernel' sh -c \
	"od -An -v -tx1 '$T/vmlinux' | tr -d ' \n' | grep -q '$cert'"
sections=$(xargs -r readelf -SW <"$T/modules")
is "$(echo "$sections" | grep -c ' \.modinfo ')" "$(grep -c . "$T/modules")" 'each is an object with .modinfo'
is "$(echo "$sections" | grep -c ' \.debug')" 0 'and without debug information'
finish
