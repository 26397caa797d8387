#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Layouts that others wrote: several images, no index, signatures, no names, other
# platforms, layers and digests. And inputs that are made to exhaust memory or to write to
# the terminal.
# shellcheck disable=SC2034 # pack takes $under
. tests/lib.sh
. tests/lib/kimage/fake.sh

note=top/manifests/0/annotations
ref=org.opencontainers.image.ref.name
name=io.containerd.image.name
inputs "$T/in"
inputs "$T/in.arm64" arm64
pack "$T/in" "$T/good" >/dev/null && pack "$T/in.arm64" "$T/arm64" >/dev/null || exit 2
verify() {
	"$BIN/kimage" verify "$@"
}
extract() {
	rm -rf "$T/x"
	"$BIN/kimage" extract "$@" --to "$T/x" kernel cmdline
}
# fresh [LAYOUT]: a copy, as $T/bad
fresh() {
	rm -rf "$T/bad"
	cp -R "${1:-$T/good}" "$T/bad"
}
# store FILE: put it into $T/bad as a blob; sets $stored to the members of its descriptor
store() {
	_hash=$(sha256sum <"$1" | cut -d ' ' -f 1)
	cp "$1" "$T/bad/blobs/sha256/$_hash"
	stored="\"digest\":\"sha256:$_hash\",\"size\":$(wc -c <"$1")"
}
# layers TAR...: $T/bad with these, packed, as its layers
layers() {
	_layers='' _ids=''
	for _tar; do
		gzip -nc "$_tar" >"$T/packed"
		store "$T/packed"
		_layers="$_layers,{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",$stored}"
		_ids="$_ids,\"sha256:$(sha256sum <"$_tar" | cut -d ' ' -f 1)\""
	done
	"$T/oci" edit "$T/bad" "manifest/layers=[${_layers#,}]" "config/rootfs/diff_ids=[${_ids#,}]" \
		config/history
}

# ---- several images -------------------------------------------------------------------
cp -R "$T/in" "$T/in.old"
echo 'console=old' >"$T/in.old/cmdline"
old=docker.io/keelson/kernel:old
pack "$T/in.old" "$T/old" --ref $old >/dev/null
fresh "$T/old"
cp "$T"/good/blobs/sha256/* "$T/bad/blobs/sha256/"
"$T/oci" edit "$T/bad" "top/manifests/+=$("$T/oci" get "$T/good" top/manifests/0)"
cp -R "$T/bad" "$T/two"
refuses 1 '\[ambiguous\]' 'of two images extract takes none' extract "$T/two"
check 'one is chosen by its name' extract "$T/two" --name "$REF"
is "$(cat "$T/x/cmdline")" 'console=ttyS0' 'which is the one'
check 'the other by its own' extract "$T/two" --name $old
is "$(cat "$T/x/cmdline")" 'console=old' 'which is the other'
refuses 1 '\[no-image\].*kernel:old' 'an unknown name lists the existing ones' \
	extract "$T/two" --name docker.io/a/b:c
judge 1 ambiguous 'verify reports both' verify "$T/two"
judge 0 '' 'verify takes a name' verify "$T/two" --name $old
judge 1 top 'but an existing one' verify "$T/two" --name none
refuses 2 '\[ambiguous\]' 'join takes none of two' "$BIN/kimage" join --layout "$T/none" --ref "$REF" "$T/two"
refuses 1 '\[ambiguous\]' 'nor does name' "$BIN/kimage" name "$T/two" docker.io/a/b:c
check 'which takes --name' "$BIN/kimage" name "$T/two" docker.io/a/b:c --name $old
judge 0 '' 'and renames that one' verify "$T/two" --name docker.io/a/b:c
judge 0 '' 'the other keeps its name' verify "$T/two" --name "$REF"

# ---- a manifest without an index ---------------------------------------------------------
manifest=$("$T/oci" get "$T/good" index/manifests/0/digest)
fresh
"$T/oci" edit "$T/bad" "top/manifests/0/digest=$manifest" \
	"top/manifests/0/size=$("$T/oci" get "$T/good" index/manifests/0/size)" \
	'top/manifests/0/mediaType="application/vnd.oci.image.manifest.v1+json"'
judge 1 top 'a manifest without an index is reported' verify "$T/bad"
check 'extract takes it' extract "$T/bad"
check 'with its platform' extract "$T/bad" --platform linux/amd64
refuses 1 '\[platform\]' 'with no other' extract "$T/bad" --platform linux/arm64
check 'join gives it an index' "$BIN/kimage" join --layout "$T/joined" --ref "$REF" "$T/bad"
# The index that the image came in had an SBOM, too.
cp -R "$T/good" "$T/plain"
"$T/oci" edit "$T/plain" 'index/manifests/1'
is "$("$T/oci" get "$T/joined" index) $("$T/oci" get "$T/joined" top)" "$("$T/oci" get "$T/plain" index) $("$T/oci" get "$T/plain" top)" \
	'with the platform of its config'
rm "$T/bad/blobs/sha256/$("$T/oci" get "$T/good" manifest/layers/0/digest | tr -d '"' | cut -d : -f 2)"
judge 1 'blob top' 'verify checks the blobs below it' verify "$T/bad"

# ---- signatures and other artifacts beside an image -----------------------------------------
# sign MEMBERS: a manifest with these, beside the image; its descriptor has the members $2
sign() {
	fresh
	printf '{}' >"$T/empty"
	store "$T/empty"
	printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.%s.v1+json",%s},"layers":[]%s}' \
		"${3:-image.config}" "$stored" "$1" >"$T/signature"
	store "$T/signature"
	signature="{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$stored$2}"
	"$T/oci" edit "$T/bad" "${4:-top}/manifests/+=$signature"
}
subject=",\"subject\":$("$T/oci" get "$T/good" index/manifests/0)"
sign_tag=",\"annotations\":{\"$ref\":\"sha256-$(printf %064d 0).sig\"}"
for how in 'a subject' 'an artifactType' 'another config' "cosign's tag" 'a descriptor with artifactType' \
	'a place in the index'; do
	case $how in
	*subject) sign "$subject" '' ;;
	'an artifactType') sign ',"artifactType":"application/x"' '' ;;
	*own) sign '' '' empty ;;
	*tag) sign '' "$sign_tag" ;;
	*descriptor*) sign '' ',"artifactType":"application/x"' ;;
	*) sign "$subject" '' image.config index ;;
	esac
	judge 0 '' "a signature, by $how, does not disturb" verify "$T/bad"
	check 'and is reported' grep -q '\[skipped\]' "$T/err"
	check 'nor does it disturb extract' extract "$T/bad"
	check 'nor join' "$BIN/kimage" join --layout "$T/joined" --ref "$REF" "$T/bad"
done
sign "$subject" ''
"$T/oci" edit "$T/bad" "top/manifests=[$signature]" 2>/dev/null
judge 1 top 'a signature alone is not an image' verify "$T/bad"
refuses 1 '\[no-image\]' 'for extract neither' extract "$T/bad"

# ---- names that a registry did not keep ------------------------------------------------------
for lost in "$note" "$note/$name" "$note={\"$ref\":\"6.12\"}"; do
	fresh
	"$T/oci" edit "$T/bad" "$lost"
	judge 0 '' "without names (${lost##*/}) it is the same image" verify "$T/bad"
	check 'names are given back' "$BIN/kimage" name "$T/bad" "$REF"
	check 'then all is as it was' cmp "$T/bad/index.json" "$T/good/index.json"
done
cp "$T/bad/index.json" "$T/index.json"
for wrong in kernel:1 docker.io/keelson/kernel; do
	refuses 2 '\[ref-name\]' "the name $wrong is refused" "$BIN/kimage" name "$T/bad" $wrong
done
refuses 2 '\[usage\]' 'a name must be given' "$BIN/kimage" name "$T/bad"
refuses 2 '\[layout\]' 'to a layout' "$BIN/kimage" name "$T/in" "$REF"
check 'a refusal changes nothing' cmp "$T/bad/index.json" "$T/index.json"
is "$(ls "$T/bad")" "$(ls "$T/good")" 'and leaves nothing'

# ---- platforms ------------------------------------------------------------------------------
fresh "$T/arm64"
"$T/oci" edit "$T/bad" index/manifests/0/platform/variant config/variant
judge 0 '' 'arm64 without a variant is arm64/v8' verify "$T/bad"
for p in linux/arm64 linux/arm64/v8; do
	check "$p finds it" extract "$T/bad" --platform $p
	check "and the one with a variant" extract "$T/arm64" --platform $p
done
for p in linux/arm linux/arm64/v9 linux/amd64; do
	refuses 1 '\[platform\]' "$p does not" extract "$T/bad" --platform $p
done
fresh "$T/arm64"
"$T/oci" edit "$T/bad" index/manifests/0/platform/variant
judge 0 '' 'nor does only one of index and config need it' verify "$T/bad"
"$T/oci" edit "$T/bad" index/manifests/0/platform/architecture='"vax"' config/architecture='"vax"' config/variant
rm -r "$T/x"
"$BIN/kimage" extract "$T/good" --to "$T/x" kernel kernel.tar kernel.json config
tar -C "$T/x" --format=ustar -cf "$T/few.tar" kernel kernel.tar kernel.json config
layers "$T/few.tar"
judge 1 'files platform' 'an unknown platform does not hide other faults' verify "$T/bad"
fresh
"$T/oci" edit "$T/bad" index/manifests/0/platform
check 'no platform: extract takes that of the config' extract "$T/bad" --platform linux/amd64
judge 1 platform 'verify reports it' verify "$T/bad"
fresh
printf '{"schemaVersion":2,"manifests":[%s]}' "$("$T/oci" get "$T/good" top/manifests/0)" >"$T/nested"
"$T/oci" edit "$T/bad" "index@$T/nested"
refuses 1 '\[nested-index\]' 'an index within the index is named' extract "$T/bad"
judge 1 'manifest platform ref-name' 'by verify too' verify "$T/bad"
fresh
"$T/oci" edit "$T/bad" 'index/layers=[]'
judge 1 manifest 'an index that is a manifest too' verify "$T/bad"
refuses 1 '\[manifest\]' 'is refused by extract' extract "$T/bad"

# ---- layers and digests -----------------------------------------------------------------------
"$BIN/kimage" extract "$T/good" --to "$T/parts" System.map cmdline config kernel kernel.tar kernel.json
tar -C "$T/parts" --format=ustar --owner=0 --group=0 -cf "$T/all.tar" System.map cmdline config kernel \
	kernel.tar kernel.json
fresh
zstd -qc "$T/all.tar" >"$T/packed"
store "$T/packed"
"$T/oci" edit "$T/bad" "manifest/layers=[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+zstd\",$stored}]"
judge 1 zstd-layer 'a zstd layer is named as such' verify "$T/bad"
refuses 1 '\[zstd-layer\]' 'by extract too' extract "$T/bad"
fresh
sha512="\"sha512:$(sha512sum <"$T/all.tar" | cut -d ' ' -f 1)\""
"$T/oci" edit "$T/bad" "manifest/layers/0/digest=$sha512"
judge 1 unsupported-digest 'a sha512 digest is not supported' verify "$T/bad"
refuses 1 '\[unsupported-digest\]' 'by extract neither' extract "$T/bad"
refuses 2 '\[unsupported-digest\]' 'nor by join' "$BIN/kimage" join --layout "$T/none" --ref "$REF" "$T/bad"

mkdir "$T/wh"
: >"$T/wh/.wh.kernel"
: >"$T/wh/.wh..wh..opq"
for wh in .wh.kernel .wh..wh..opq; do
	tar -C "$T/wh" --format=ustar -cf "$T/hide.tar" $wh
	cp "$T/all.tar" "$T/after.tar"
	tar -C "$T/wh" --format=ustar -rf "$T/after.tar" $wh
	fresh
	layers "$T/after.tar"
	check "$wh behind the files of the same layer hides none" extract "$T/bad"
	judge 0 '' 'for verify neither' verify "$T/bad"
	fresh
	layers "$T/all.tar" "$T/hide.tar"
	refuses 1 '\[no-file\]' "$wh in the next layer does" extract "$T/bad"
	judge 1 files 'for verify too' verify "$T/bad"
	fresh
	layers "$T/all.tar" "$T/after.tar"
	check 'files beside it replace those of the lower layer' extract "$T/bad"
done

# ---- bounds ---------------------------------------------------------------------------------------
kimage() {
	$under "$BIN/kimage" "$@"
}
# peak LIMIT NAME STATUS CODE COMMAND...: it needs at most LIMIT MiB and ends so; a
# sanitized one needs more
peak() {
	_limit=$1 _name=$2 _status=$3 _code=$4
	shift 4
	if ! command -v time >/dev/null; then
		skip "$_name" 'TIME IS NOT INSTALLED'
		return
	fi
	under="env ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=0 time -q -o $T/peak -f %M"
	"$@" >"$T/out" 2>"$T/err"
	_got=$?
	under=
	case $BIN in */san*) _limit=$((_limit + 48)) ;; esac
	_mib=$(($(cat "$T/peak") / 1024))
	if [ $_got = "$_status" ] && grep -q "\\[$_code\\]" "$T/err" && [ $_mib -lt "$_limit" ]; then
		ok "$_name: $_mib MiB"
	else
		not_ok "$_name: status $_got, $_mib MiB"
		head -n 3 "$T/err" | diag
	fi
}
# dep NAME: an image whose modules.dep is $T/dep
dep() {
	cp "$T/dep" "$T/huge/lib/modules/$R/modules.dep"
	ustar "$T/huge" >"$T/parts/kernel.tar"
	tar -C "$T/parts" --format=ustar --owner=0 --group=0 -cf "$T/dep.tar" System.map cmdline config \
		kernel kernel.tar kernel.json
	fresh
	layers "$T/dep.tar"
	peak 64 "$1" 1 depmod kimage verify "$T/bad"
}
cp -R "$T/in/modules" "$T/huge"
seq 3000000 | sed 's|.*|kernel/fs/none-of-these-&.ko: kernel/fs/a.ko|' >"$T/dep"
dep 'modules.dep of three million lines'
seq 200000 | sed 's|.*|kernel/fs/none-of-these-&.ko:|' >"$T/dep"
dep 'one of two hundred thousand'

"$T/fake" kernel bzImage "$R" >"$T/parts/kernel"
ustar "$T/in/modules" >"$T/parts/kernel.tar"
head -c 2000000 /dev/urandom >>"$T/parts/kernel"
truncate -s 150000000 "$T/parts/kernel"
tar -C "$T/parts" --format=ustar --owner=0 --group=0 -cf "$T/large.tar" System.map cmdline config kernel \
	kernel.tar kernel.json
fresh
layers "$T/large.tar"
peak 64 'a kernel of 150 MB' 1 kernel-json kimage verify "$T/bad"

# Of one member, as gzip packs it.
head -c 400000000 /dev/zero >"$T/zeros"
tar -C "$T" --format=ustar --transform 's/zeros/vmlinux-debug/' -cf "$T/large.tar" zeros
rm "$T/zeros"
head -c 4000000 /dev/urandom >"$T/random"
tar -C "$T" --format=ustar -cf "$T/random.tar" random
head -c -1024 "$T/random.tar" | head -c 4000768 >"$T/mixed.tar"
cat "$T/large.tar" >>"$T/mixed.tar"
rm "$T/large.tar"
fresh
layers "$T/all.tar" "$T/mixed.tar"
rm "$T/mixed.tar"
peak 64 'a layer of 400 MB that unpacks in one member' 1 no-file \
	kimage extract "$T/bad" --to "$T/x" none
fresh
many=
for _ in 1 2 3 4 5 6 7; do
	many="$many$many ${many:+}$T/all.tar"
done
# shellcheck disable=SC2086 # words are meant to split
layers $many
check 'an image of 127 layers is extracted' extract "$T/bad"
# shellcheck disable=SC2086 # words are meant to split
layers $many $T/all.tar
refuses 1 '\[manifest\]' 'one of 128 is not' extract "$T/bad"
judge 1 manifest 'by verify neither' verify "$T/bad"

{ printf '{"x":['; yes '{},' | head -n 1000000 | tr -d '\n'; echo '{}]}'; } >"$T/objects"
fresh
"$T/oci" edit "$T/bad" "manifest@$T/objects"
peak 64 'a manifest of a million objects' 1 json kimage verify "$T/bad"
peak 64 'for extract too' 1 json kimage extract "$T/bad" --to "$T/x"

# ---- the terminal --------------------------------------------------------------------------------
# quiet NAME COMMAND...: its output has no byte that a terminal obeys
quiet() {
	_name=$1
	shift
	"$@" >"$T/out" 2>&1
	is "$(tr -d '\n\t -~' <"$T/out" | od -An -c)" '' "$_name"
}
esc=$(printf '\033]0;x\007\033[31m\302\233')
fresh
"$T/oci" edit "$T/bad" "$note/$ref=\"\\u001b[2J\\u009b31m\\u202e\"" 'config/architecture="\u001b[31m"' \
	'manifest/layers/0/mediaType="\u001b[2J\u0007"' 'index/manifests/0/mediaType="\u001b]0;x\u0007"' \
	'index/manifests/0/platform/architecture="\u001b[31m"'
for c in verify 'verify --json' extract 'join --layout none --ref docker.io/a/b:c'; do
	# shellcheck disable=SC2086 # words are meant to split
	quiet "$c prints no escape" "$BIN/kimage" $c "$T/bad" --to "$T/x"
	# shellcheck disable=SC2086 # words are meant to split
	quiet "of $c" "$BIN/kimage" $c "$T/bad"
done
quiet 'of extract --name' "$BIN/kimage" extract "$T/bad" --to "$T/x" --name "$esc"
quiet 'of --platform' "$BIN/kimage" extract "$T/bad" --to "$T/x" --platform "$esc"
printf '{"%s":1,"%s":2}' "$esc" "$esc" >"$T/escape"
for d in top index manifest config; do
	fresh
	"$T/oci" edit "$T/bad" "$d@$T/escape"
	quiet "of verify, for the $d" "$BIN/kimage" verify "$T/bad"
	quiet "of extract, for the $d" "$BIN/kimage" extract "$T/bad" --to "$T/x"
	quiet "of join, for the $d" "$BIN/kimage" join --layout "$T/none" --ref "$REF" "$T/bad"
	quiet "of name, for the $d" "$BIN/kimage" name "$T/bad" "$REF"
done
cp -R "$T/in" "$T/odd"
echo "$esc x" >>"$T/odd/meta"
quiet 'of pack, for --meta' pack "$T/odd" "$T/none"
refuses 1 "$(printf 'K\303\251rnel').*\\[no-file\\]" 'a name in UTF-8 is kept as it is' \
	"$BIN/kimage" extract "$T/good" --to "$T/x" "$(printf 'K\303\251rnel')"

# ---- every refusal has a code ------------------------------------------------------------------
is "$(for f in scripts/kimage/*.c; do
		tr -s '\n\t ' ' ' <"$f" | grep -o ' complain([^;]*[;{]' | grep -v 'const char \*where' |
			grep -v '\[[a-z%-]*\]\|, "the [a-z ]*%s", why)\|, "the %s %s", what, why)\|report' | sed "s|^|$f:|"
	done)" '' 'no message lacks one'
finish
