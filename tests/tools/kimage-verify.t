#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage verify finds every breach of the image contract, and it alone. Each test breaks
# one thing in a good layout and names all the rules that must be reported; the last ones
# check that every rule was tested.
# shellcheck disable=SC2016,SC2034 # input() and layer() evaluate their arguments
. tests/lib.sh
. tests/lib/kimage/fake.sh

inputs "$T/in"
pack "$T/in" "$T/good" >/dev/null || exit 2
"$BIN/kimage" extract "$T/good" --to "$T/parts" System.map cmdline config kernel kernel.tar kernel.json

# breaks RULES NAME: judge $T/bad
breaks() {
	judge 1 "$1" "$2" "$BIN/kimage" verify "$T/bad"
}
fresh() {
	rm -rf "$T/bad" "$T/l"
	cp -R "$T/good" "$T/bad"
}
# json RULES NAME CHANGE...: after a change by oci
json() {
	_rules=$1 _name=$2
	shift 2
	fresh
	"$T/oci" edit "$T/bad" "$@" && breaks "$_rules" "$_name"
}
digest_of() {
	"$T/oci" get "$T/bad" "$1/digest" | tr -d '"'
}
# blob DOC/PATH: the file of a descriptor
blob() {
	_d=$(digest_of "$1")
	echo "$T/bad/blobs/sha256/${_d#sha256:}"
}
# file RULES NAME COMMAND: after a command has changed the files of the layout
file() {
	fresh
	eval "$3"
	breaks "$1" "$2"
}

judge 0 '' 'a good layout is good' "$BIN/kimage" verify "$T/good"

# ---- the layout and its blobs ------------------------------------------------------
file layout 'another version' 'echo "{\"imageLayoutVersion\":\"2.0.0\"}" >"$T/bad/oci-layout"'
file layout 'blobs elsewhere' 'mv "$T/bad/blobs/sha256" "$T/l"; ln -s ../../l "$T/bad/blobs/sha256"'
file json 'a name twice in index.json' 'sed -i "s/^{/{\"schemaVersion\":2,/" "$T/bad/index.json"'
file json 'index.json cut short' 'truncate -s -1 "$T/bad/index.json"'
file json 'an array as oci-layout' 'echo "[]" >"$T/bad/oci-layout"'
"$T/oci" get "$T/good" manifest/ >/dev/null 2>&1
for d in index manifest config; do
	"$T/oci" get "$T/good" $d | sed 's/^{/{"x":1,"x":2,/' >"$T/twice"
	json json "a name twice in the $d" "$d@$T/twice"
done
{ echo '{"x":"' | tr -d '\n'; head -c 4194304 /dev/zero | tr '\0' x; echo '"}'; } >"$T/huge"
json blob 'a manifest larger than 4 MiB' "manifest@$T/huge"
file blob 'a changed byte in the layer' 'printf x | dd of="$(blob manifest/layers/0)" bs=1 seek=99 conv=notrunc 2>/dev/null'
file blob 'a changed byte in the manifest' 'sed -i "s/schemaVersion\":2/schemaVersion\":3/" "$(blob index/manifests/0)"'
file blob 'a changed byte in the index' 'sed -i "s/schemaVersion\":2/schemaVersion\":3/" "$(blob top/manifests/0)"'
file blob 'a changed byte in the config' 'sed -i "s/amd64/arm64/" "$(blob manifest/config)"'
file blob 'a layer cut short' 'truncate -s -9 "$(blob manifest/layers/0)"'
file blob 'a missing layer' 'rm "$(blob manifest/layers/0)"'
file blob 'a missing index' 'rm "$(blob top/manifests/0)"'
file blob 'a symbolic link as blob' 'b=$(blob manifest/layers/0); mv "$b" "$T/l"; ln -s "$T/l" "$b"'
file blob 'a pipe as blob' 'b=$(blob manifest/layers/0); rm "$b"; mkfifo "$b"'
file blob 'a damaged blob that no manifest names' 'echo x >"$T/bad/blobs/sha256/$(echo | sha256sum | cut -d " " -f 1)"'
file blob 'a blob that is named by no digest' 'echo >"$T/bad/blobs/sha256/.hidden"'
file unsupported-digest 'digests of another kind' 'mkdir "$T/bad/blobs/sha512"'
json blob 'a wrong size' 'manifest/layers/0/size=5'
json blob 'a size that is text' 'manifest/layers/0/size="5"'
json blob 'a size that is negative' 'manifest/layers/0/size=-1'
json blob 'a digest that is a path' 'manifest/layers/0/digest="sha256:../../../../../../etc/passwd"'
json blob 'a digest in capitals' "manifest/layers/0/digest=$("$T/oci" get "$T/good" manifest/layers/0/digest | tr a-f A-F)"
json 'attestation blob' 'no digest' 'index/manifests/0/digest'
json blob 'an invalid descriptor' 'manifest/layers/0=7'
fresh
echo >"$T/bad/blobs/sha256/$(echo | sha256sum | cut -d ' ' -f 1)"
judge 0 '' 'a whole blob that no manifest names is not a breach' "$BIN/kimage" verify "$T/bad"
for f in index.json oci-layout; do
	fresh
	rm "$T/bad/$f"
	refuses 2 "$f: No such file.*\\[layout\\]" "without $f it is not a layout" "$BIN/kimage" verify "$T/bad"
done
refuses 2 '\[layout\]' 'nor is a file' "$BIN/kimage" verify "$T/in/kernel"
refuses 2 '\[usage\]' 'one layout at a time' "$BIN/kimage" verify "$T/good" "$T/good"

# ---- index, names, platforms ---------------------------------------------------------
top=$("$T/oci" get "$T/good" top/manifests/0)
m=$("$T/oci" get "$T/good" index/manifests/0)
fresh
"$T/oci" edit "$T/bad" "top/manifests/+=$top"
judge 0 '' 'an image that is listed twice is not a breach' "$BIN/kimage" verify "$T/bad"
cp -R "$T/in" "$T/in.other"
echo 'console=other' >"$T/in.other/cmdline"
pack "$T/in.other" "$T/other" >/dev/null
fresh
cp "$T"/other/blobs/sha256/* "$T/bad/blobs/sha256/"
"$T/oci" edit "$T/bad" "top/manifests/+=$("$T/oci" get "$T/other" top/manifests/0)"
judge 1 ambiguous 'two images' "$BIN/kimage" verify "$T/bad"
json top 'none' 'top/manifests=[]'
json top 'a manifest without an index' "top/manifests/0/digest=$("$T/oci" get "$T/good" index/manifests/0/digest)" \
	"top/manifests/0/size=$("$T/oci" get "$T/good" index/manifests/0/size)" \
	'top/manifests/0/mediaType="application/vnd.oci.image.manifest.v1+json"'
note=top/manifests/0/annotations
ref=org.opencontainers.image.ref.name
name=io.containerd.image.name
json ref-name 'no ref.name' "$note/$ref"
for lost in "$note/$name" "$note"; do
	fresh
	"$T/oci" edit "$T/bad" "$lost"
	judge 0 '' "an image that lost ${lost##*/} is not a breach" "$BIN/kimage" verify "$T/bad"
	check 'but a note' grep -q '\[no-name\]' "$T/err"
done
json ref-name 'two names' "$note/$name=\"docker.io/keelson/kernel:other\""
json ref-name 'names that are not in full' "$note/$name=\"keelson/kernel:1\"" "$note/$ref=\"keelson/kernel:1\""
json ref-name 'a pin to another digest' "$note/$name=\"$REF@sha256:00\"" "$note/$ref=\"$REF@sha256:00\""
fresh
pin=$REF@$(digest_of top/manifests/0)
"$T/oci" edit "$T/bad" "$note/$name=\"$pin\"" "$note/$ref=\"$pin\""
judge 0 '' 'a pin to its own digest is not a breach' "$BIN/kimage" verify "$T/bad"
json ref-name 'a ref.name within the index' "index/manifests/0/annotations={\"$ref\":\"latest\"}"
json platform 'no platform' 'index/manifests/0/platform'
json platform 'a platform that is text' 'index/manifests/0/platform="linux/amd64"'
json 'image-config platform' 'an unknown platform' 'index/manifests/0/platform/architecture="x86_64"'
json platform 'another unknown platform' 'index/manifests/0/platform/architecture="ppc64le"' 'config/architecture="ppc64le"'
json 'image-config platform' 'an unknown variant' 'index/manifests/0/platform/variant="v9"'
fresh
"$T/oci" edit "$T/bad" "index/manifests/+=$m"
judge 1 platform 'one platform twice' "$BIN/kimage" verify "$T/bad"
json manifest 'a schema of another version' 'manifest/schemaVersion=1'
json manifest 'an index of another version' 'index/schemaVersion="2"'
json manifest 'a manifest of another kind' 'manifest/mediaType="application/vnd.docker.distribution.manifest.v2+json"'
json manifest 'an index of another kind' 'index/mediaType="application/vnd.oci.image.manifest.v1+json"'
json manifest 'a descriptor of another kind' 'index/manifests/0/mediaType="application/vnd.oci.image.index.v1+json"'
json 'image-config manifest' 'no layer' 'manifest/layers=[]'
json manifest 'no manifest' 'index/manifests=[]'
json manifest 'invalid manifests' 'index/manifests={}'

# ---- the image's config ----------------------------------------------------------------
json image-config 'the architecture of another' 'config/architecture="arm64"'
json image-config 'another system' 'config/os="windows"'
json image-config 'a variant that the index has not' 'config/variant="v8"'
json image-config 'more history than layers' 'config/history/+={"created_by":"x"}'
json 'diff-id image-config' 'no diff_ids' 'config/rootfs/diff_ids=[]'
json diff-id 'a wrong diff_id' 'config/rootfs/diff_ids/0="sha256:00"'
fresh
"$T/oci" edit "$T/bad" 'config/history/+={"created_by":"x","empty_layer":true}'
judge 0 '' 'history of an empty layer is not a breach' "$BIN/kimage" verify "$T/bad"

# ---- annotations and labels -----------------------------------------------------------
kernel=dev.keelson.kernel
for key in release board config.sha256 flavour; do
	json annotation "another $key in the annotations" "manifest/annotations/$kernel.$key=\"x\""
	json annotation "another $key in the labels" "config/config/Labels/$kernel.$key=\"x\""
done
json annotation 'another version' 'manifest/annotations/org.opencontainers.image.version="6.99.2"'
fresh
"$T/oci" edit "$T/bad" manifest/annotations config/config/Labels
judge 0 '' 'an image without annotations is good' "$BIN/kimage" verify "$T/bad"

# ---- attestations ------------------------------------------------------------------------
# attest CHANGE...: another manifest in the index, that says it is an attestation
attest() {
	fresh
	echo '{"predicateType":"https://spdx.dev/Document"}' >"$T/sbom"
	_sbom=$(sha256sum <"$T/sbom" | cut -d ' ' -f 1)
	cp "$T/sbom" "$T/bad/blobs/sha256/$_sbom"
	printf '{"schemaVersion":2,"config":%s,"layers":[{"mediaType":"application/vnd.in-toto+json","digest":"sha256:%s","size":%d}]}' \
		"$("$T/oci" get "$T/bad" manifest/config)" "$_sbom" "$(wc -c <"$T/sbom")" >"$T/att"
	_att=$(sha256sum <"$T/att" | cut -d ' ' -f 1)
	cp "$T/att" "$T/bad/blobs/sha256/$_att"
	"$T/oci" edit "$T/bad" "index/manifests/+={\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:$_att\",\"size\":$(wc -c <"$T/att"),\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\",\"vnd.docker.reference.digest\":\"$(digest_of index/manifests/0)\"}}" "$@"
}
attest
judge 0 '' 'an image with an attestation is good' "$BIN/kimage" verify "$T/bad"
attest 'index/manifests/1/annotations/vnd.docker.reference.type="x"'
breaks attestation 'an attestation that does not say so'
attest 'index/manifests/1/annotations/vnd.docker.reference.digest="sha256:00"'
breaks attestation 'an attestation of something else'
# kimage-sbom.t has all faults of an SBOM.
fresh
a=$(blob index/manifests/1) s=$(jq -r '.layers[0].digest' "$a")
jq -c '.predicate.spdxVersion = "SPDX-1.0"' "$T/bad/blobs/sha256/${s#sha256:}" | tr -d '\n' >"$T/s"
h=$(sha256sum <"$T/s" | cut -d ' ' -f 1)
cp "$T/s" "$T/bad/blobs/sha256/$h"
jq -c --arg d "sha256:$h" --argjson n "$(wc -c <"$T/s")" '.layers[0].digest = $d | .layers[0].size = $n' "$a" | tr -d '\n' >"$T/a"
h=$(sha256sum <"$T/a" | cut -d ' ' -f 1)
cp "$T/a" "$T/bad/blobs/sha256/$h"
"$T/oci" edit "$T/bad" "index/manifests/1/digest=\"sha256:$h\"" "index/manifests/1/size=$(wc -c <"$T/a")"
breaks sbom 'an SBOM of an old version'
attest
echo x >>"$T/bad/blobs/sha256/$_sbom"
breaks blob 'an attestation that was changed'
attest 'index/manifests/0'
judge 1 'attestation manifest' 'an attestation of nothing' "$BIN/kimage" verify "$T/bad"

# ---- the layer ---------------------------------------------------------------------------
# layer RULES NAME COMMAND [TAR-OPTION...]: changes the files of the layer, in $T/l
layer() {
	_rules=$1 _name=$2 _command=$3
	shift 3
	fresh
	cp -R "$T/parts" "$T/l"
	(cd "$T/l" && eval "$_command") || exit 2
	# shellcheck disable=SC2046 # words are meant to split
	(cd "$T/l" && tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=a=rX \
		"$@" -cf "$T/l.tar" $(ls -A))
	put "$_rules" "$_name"
}
# put RULES NAME: $T/l.tar as the layer; without a NAME it is not judged
put() {
	gzip -nc "$T/l.tar" >"$T/l.gz"
	"$T/oci" edit "$T/bad" "layer@$T/l.gz,$T/l.tar" && { [ -z "$2" ] || breaks "$1" "$2"; }
}
layer '' '' :
judge 0 '' "GNU tar's layer is good" "$BIN/kimage" verify "$T/bad"
layer '' '' : --format=pax
judge 0 '' 'so is one with PAX headers' "$BIN/kimage" verify "$T/bad"
layer '' '' : --format=gnu
judge 0 '' "so is GNU's own" "$BIN/kimage" verify "$T/bad"
gcc -o "$T/tars" tests/lib/kimage/tars.c || exit 2
layer '' '' 'cat kernel.json >z; rm kernel.json; mv z kernel.json'
tar -C "$T/l" --format=ustar -cf "$T/base.tar" kernel.tar kernel config kernel.json cmdline System.map
for odd in 'layer-header x:path=n 0:a:b' 'layer-link 2:d:. 0:d/kernel:x'; do
	fresh
	# shellcheck disable=SC2086 # words are meant to split
	"$T/tars" -k "$T/base.tar" ${odd#* } >"$T/l.tar"
	put "${odd%% *}" "a layer with ${odd#* }"
done
json layer 'another media type' 'manifest/layers/0/mediaType="application/vnd.oci.image.layer.v1.tar+zstd"'
# raw RULES NAME COMMAND: a command that makes $T/l.gz from $T/l.tar
raw() {
	layer '' '' :
	eval "$3"
	"$T/oci" edit "$T/bad" "layer@$T/l.gz,$T/l.tar" && { [ -z "$2" ] || breaks "$1" "$2"; }
}
raw layer 'a layer that is not compressed' 'cp "$T/l.tar" "$T/l.gz"'
raw zstd-layer 'a layer compressed with zstd' 'zstd -qc "$T/l.tar" >"$T/l.gz"'
raw layer 'a layer cut short, with the right digest' 'gzip -nc "$T/l.tar" | head -c 1000 >"$T/l.gz"'
raw layer 'a layer with a wrong checksum' 'gzip -nc "$T/l.tar" | head -c -8 >"$T/l.gz"; printf 12345678 >>"$T/l.gz"'
raw layer 'something after the layer' '{ gzip -nc "$T/l.tar"; echo x; } >"$T/l.gz"'
raw layer 'an empty layer' ': >"$T/l.gz"'
raw layer 'a bomb' 'head -c 200000000 /dev/zero | gzip -n1 >"$T/l.gz"'
raw diff-id 'a diff_id of something else' 'gzip -nc "$T/l.tar" >"$T/l.gz"; echo >>"$T/l.tar"'
raw '' '' '{ head -c 999 "$T/l.tar" | gzip; tail -c +1000 "$T/l.tar" | gzip; } >"$T/l.gz"'
judge 0 '' 'a layer of several members is good' "$BIN/kimage" verify "$T/bad"

layer '' '' :
truncate -s -10240 "$T/l.tar"
put layer-tar 'a layer that lacks its end'
layer '' '' :
truncate -s 4096 "$T/l.tar"
put layer-tar 'a layer that is cut within a file'
layer '' '' :
cat "$T/l.tar" >>"$T/l.tar.2"
cat "$T/l.tar.2" >>"$T/l.tar"
put layer-tar 'a layer that goes on after its end'
head -c 9999 "$T/in/kernel" >"$T/l.tar"
put layer-tar 'a layer that is not a tar'
layer entry-name 'a name with ./' : --transform 's|^config|./config|'
layer 'entry-name files' 'an absolute name' : -P --transform 's|^config|/config|'
layer entry-name 'a name with ..' 'mkdir a; echo >a/b' -P --transform 's|^a/b|a/../b|'
layer '' '' :
tar -C "$T/l" --format=ustar -rf "$T/l.tar" cmdline
put entry-twice 'an entry twice'
tar -C "$T/l" --format=ustar --transform 's|^|./|' -rf "$T/l.tar" cmdline
put 'entry-name entry-twice' 'an entry twice, once with ./'
for f in kernel kernel.tar config System.map cmdline kernel.json; do
	layer files "no $f" "rm $f"
done
layer files 'an empty kernel' ': >kernel'
layer files 'an empty command line' ': >cmdline'
layer files 'a symbolic link as kernel' 'mv kernel vmlinuz; ln -s vmlinuz kernel'
layer files 'a hard link as kernel' 'ln kernel a'
layer files 'a directory as kernel' 'rm kernel; mkdir kernel'
layer files 'a whiteout of the kernel' 'mv kernel .wh.kernel; cp .wh.kernel a'
layer files 'a config larger than 4 MiB' 'head -c 4194305 /dev/zero >config'
fresh
layer '' '' 'ln -s x y; mkdir z'
judge 0 '' 'links and directories of other names do not count as a breach' "$BIN/kimage" verify "$T/bad"

# Two layers: the files of the upper one count.
fresh
mkdir "$T/up"
: >"$T/up/cmdline"
tar -C "$T/up" --format=ustar -cf "$T/up.tar" cmdline
gzip -nk "$T/up.tar"
layers() {
	fresh
	h=$(sha256sum <"$T/up.tar.gz" | cut -d ' ' -f 1)
	cp "$T/up.tar.gz" "$T/bad/blobs/sha256/$h"
	"$T/oci" edit "$T/bad" "manifest/layers/$1={\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$h\",\"size\":$(wc -c <"$T/up.tar.gz")}" \
		"config/rootfs/diff_ids/+=\"sha256:$(sha256sum <"$T/up.tar" | cut -d ' ' -f 1)\"" 'config/history'
}
layers +
breaks files 'a second layer that empties a file'

# ---- kernel.tar ------------------------------------------------------------------------------
# ktar RULES NAME COMMAND [TAR-OPTION...]: changes the modules, in $T/m/lib/modules/$R ($m)
ktar() {
	_krules=$1 _kname=$2 _kcommand=$3
	shift 3
	rm -rf "$T/m"
	cp -R "$T/in/modules" "$T/m"
	m=$T/m/lib/modules/$R
	eval "$_kcommand"
	ustar "$T/m" "$@" >"$T/kernel.tar"
	layer "$_krules" "$_kname" 'cp "$T/kernel.tar" kernel.tar'
}
ktar '' '' :
judge 0 '' "GNU tar's kernel.tar is good" "$BIN/kimage" verify "$T/bad"
layer kernel-tar 'a compressed kernel.tar' 'gzip -n kernel.tar; mv kernel.tar.gz kernel.tar'
layer kernel-tar 'a kernel.tar that lacks its end' 'truncate -s -1024 kernel.tar'
layer kernel-tar 'a kernel.tar with half an end' 'truncate -s -512 kernel.tar'
layer kernel-tar 'a kernel.tar that goes on after its end' 'cp kernel.tar a; cat a >>kernel.tar'
layer kernel-tar 'a kernel.tar that is cut within a file' 'truncate -s -9000 kernel.tar'
ktar pax-header 'a global PAX header' : --format=pax --pax-option=globexthdr.name=g,comment=x,delete=atime,delete=ctime,delete=mtime
ktar pax-header 'a PAX header' 'f=$(printf %0120d 0); mkdir $m/$f; ' --format=pax --pax-option=delete=atime,delete=ctime,delete=mtime
ktar pax-header "GNU's long name" 'f=$(printf %0120d 0); echo >$m/$f; ' --format=gnu
ktar entry-name 'names with ./' : --transform 's|^lib|./lib|'
ktar 'entry-name kernel-json no-modules' 'absolute names' : -P --transform 's|^lib|/lib|'
ktar module-path 'a file beside the modules' 'mkdir "$T/m/boot"; echo >"$T/m/boot/x.dtb"'
ktar 'entry-name module-path' 'a file beside the modules, with ./' 'mkdir "$T/m/boot"; echo >"$T/m/boot/x.dtb"' --transform 's|^boot|./boot|'
ktar module-path 'a second release' 'mkdir "$T/m/lib/modules/7.0.0"; echo >"$T/m/lib/modules/7.0.0/modules.dep"'
(cd "$T/in/modules" && find . -type f | sed 's|^\./||' | sort |
	tar --format=ustar -b1 --owner=0 --group=0 --numeric-owner --mtime=@1700000000 \
		--mode=u=rw,go=r -T - -cf -) >"$T/kernel.tar"
layer module-path 'no directories' 'cp "$T/kernel.tar" kernel.tar'
ktar link 'a symbolic link' 'ln -s /usr/src "$m/build"'
ktar link 'a hard link' 'ln "$m/modules.alias" "$m/modules.b"'
ktar link 'a pipe' 'mkfifo "$m/pipe"'
ktar canonical 'a mode' : --mode=u=rwx,go=rx
ktar canonical 'an owner' : --owner=1000
ktar canonical 'a group' : --group=5
ktar canonical 'times' 'touch -d @1000 "$m/kernel"' --clamp-mtime
ktar canonical 'the order' : --transform 's|modules.alias|modules.zlias|;s|modules.symbols|modules.alias|;s|zlias|symbols|'
rm -rf "$T/m"
cp -R "$T/in/modules" "$T/m"
ustar "$T/m" >"$T/kernel.tar"
tar -C "$T/m" --format=ustar -b1 --no-recursion --owner=0 --group=0 --numeric-owner --mtime=@1700000000 \
	--mode=a=r,u+w -rf "$T/kernel.tar" "lib/modules/$R/modules.symbols"
layer entry-twice 'an entry of kernel.tar twice' 'cp "$T/kernel.tar" kernel.tar'
ktar 'kernel-json no-modules' 'no module' 'find "$m" -name "*.ko" -delete'

# ---- modules, as packed --------------------------------------------------------------------------
# input RULES NAME COMMAND: pack must find the change that a command made to the inputs
input() {
	rm -rf "$T/i"
	cp -R "$T/in" "$T/i"
	m=$T/i/modules/lib/modules/$R
	fs=$m/kernel/fs
	eval "$3"
	judge 1 "$1" "$2" pack "$T/i" "$T/packed"
}
for i in dep alias symbols builtin order; do
	case $i in dep) r=depmod ;; *) r=depmod ;; esac
	input $r "no modules.$i" "rm \"\$m/modules.$i\""
done
input depmod 'a module that depmod did not see' '"$T/fake" module x86_64 "$R SMP" s >"$fs/new.ko"'
input depmod 'a removed module that depmod saw' 'rm "$fs/a-b.ko"'
input depmod 'a module that needs one that is not there' 'sed -i "s|a-b.ko:|& kernel/fs/none.ko|" "$m/modules.dep"'
input signature 'an unsigned module, with SIG_FORCE' '"$T/fake" module x86_64 "$R SMP" >"$fs/a.ko"'
input signature 'an unsigned module, with SIG_ALL' 'sed -i s/SIG_FORCE/SIG_ALL/ "$T/i/config"; "$T/fake" module x86_64 "$R SMP" >"$fs/a.ko"'
input signature 'an unsigned module, with SIG_FORCE after a NUL' '{ printf "\\0\\n"; cat "$T/in/config"; } >"$T/i/config"; "$T/fake" module x86_64 "$R SMP" >"$fs/a.ko"'
input signature 'a trailer without a signature' '{ cat "$T/i/kernel"; printf "~Module signature appended~\n"; } >"$T/x"; "$T/fake" module x86_64 "$R SMP" >"$fs/a.ko"; tail -c 40 "$T/x" >>"$fs/a.ko"'
input vermagic 'a module of another release' '"$T/fake" module x86_64 "6.99.2-fake SMP" s >"$fs/a.ko"'
input vermagic 'a module of a longer release' '"$T/fake" module x86_64 "${R}d SMP" s >"$fs/a.ko"'
input module 'a module of another architecture' '"$T/fake" module arm64 "$R SMP" s >"$fs/a.ko"'
input 'module signature' 'a module that is text' 'echo x >"$fs/a.ko"'
input 'module signature' 'an empty module' ': >"$fs/a.ko"'
input 'module' 'a module without .modinfo' 'sed -i "s/\.modinfo/.madinfo/" "$fs/a.ko"'
input 'depmod module' 'a compressed module' 'gzip -n "$fs/a.ko"; mv "$fs/a.ko.gz" "$fs/a.ko.xz"; sed -i "s/a.ko:/a.ko.xz:/" "$m/modules.dep"'
for n in 40 41 60 62; do
	# A module whose section table points anywhere.
	input module "a broken section table ($n)" "printf '\\377\\377\\377\\377' | dd of=\"\$fs/a.ko\" bs=1 seek=$n conv=notrunc 2>/dev/null"
done
input module-path 'a file beside lib/modules' 'mkdir "$T/i/modules/boot"; echo >"$T/i/modules/boot/x"'
input release 'modules of another release' 'mv "$m" "${m}d"; sed -i "s/^X//" "$T/i/config"
	for k in a a-b a/b; do "$T/fake" module x86_64 "${R}d SMP" s >"${m}d/kernel/fs/$k.ko"; done'
input release 'a kernel of another release' '"$T/fake" kernel bzImage 6.99.2-fake >"$T/i/kernel"'
input release 'a vmlinux of another release' '"$T/fake" kernel vmlinux 6.99.2-fake >"$T/i/kernel"'
input release 'a config of another release' 'sed -i "s/-fake/-other/" "$T/i/config"'
input release 'a config of none' 'sed -i /LOCALVERSION/d "$T/i/config"'
input release 'a --meta of another release' 'sed -i "s/^release.*/&d/" "$T/i/meta"'
input release 'a --meta of another series' 'sed -i "s/^series.*/series 6.9/" "$T/i/meta"'
input kernel-json 'a --meta of another architecture' 'sed -i "s/^arch .*/arch arm64/" "$T/i/meta"
	pack() { shift 2; "$BIN/kimage" pack --layout "$T/packed" --ref $REF --created 1 --platform linux/amd64 \
		--format bzImage --file kernel="$T/in/kernel" --file config="$T/in/config" --file cmdline="$T/in/cmdline" \
		--file System.map="$T/in/System.map" --modules "$T/in/modules" --meta "$T/i/meta"; }'
check 'none of these was put at its place' [ ! -e "$T/packed" ]

# ---- the kernel, and kernel.json -------------------------------------------------------------------
layer 'kernel kernel-json' 'a kernel of another architecture' '"$T/fake" kernel Image $R >kernel'
layer 'kernel kernel-json' 'a text as kernel' 'echo x >kernel'
# arch RULES NAME ARCH FORMAT: a kernel in the image of another architecture
arch() {
	inputs "$T/in.$3" "$3"
	. tests/lib/kimage/fake.sh
	pack "$T/in.$3" "$T/$3.good" >/dev/null
	"$BIN/kimage" extract "$T/$3.good" --to "$T/l" cmdline config kernel.tar kernel.json System.map
	eval "$4"
	rm -rf "$T/bad"
	cp -R "$T/$3.good" "$T/bad"
	tar -C "$T/l" --format=ustar -cf "$T/l.tar" System.map cmdline config kernel kernel.json kernel.tar
	put "$1" "$2"
}
arch 'kernel kernel-json' 'an x86_64 kernel for arm64' arm64 'cp "$T/in/kernel" "$T/l/kernel"'
arch 'kernel kernel-json' 'an EFI zboot kernel for arm64' arm64 '"$T/fake" kernel zboot $R >"$T/l/kernel"'
arch 'kernel kernel-json' 'a packed text for arm64' arm64 'echo text | gzip -n >"$T/l/kernel"'
arch 'kernel kernel-json' 'half a packed kernel for arm64' arm64 '"$T/fake" kernel Image $R | gzip -n | head -c 60 >"$T/l/kernel"'
arch 'kernel-json release' 'an Image of another release' arm64 '"$T/fake" kernel Image 6.99.2-fake >"$T/l/kernel"'
arch 'kernel-json release' 'an Image.gz of another release' arm64 '"$T/fake" kernel Image 6.99.2-fake | gzip -n >"$T/l/kernel"'
arch 'kernel-json release' 'an Image of two gzip members and another release' arm64 '"$T/fake" kernel Image 6.99.2-fake >"$T/k"
	{ head -c 700 "$T/k" | gzip -n; tail -c +701 "$T/k" | gzip -n; } >"$T/l/kernel"'
arch 'kernel kernel-json' 'an Image.gz with something behind it' arm64 '{ "$T/fake" kernel Image $R | gzip -n; echo x; } >"$T/l/kernel"'
for at in 65255 65266 65522 65530 65536; do
	# Where kimage looks from one window into the next.
	arch 'kernel-json release' "a release at $at" arm64 'head -c 768 "$T/in.arm64/kernel" >"$T/l/kernel"
		truncate -s 69632 "$T/l/kernel"
		printf "Linux version 6.99.2-other (x)" | dd of="$T/l/kernel" bs=1 seek=$at conv=notrunc 2>/dev/null'
done
layer 'kernel kernel-json' 'a module as kernel' '"$T/fake" module x86_64 "$R SMP" >kernel'
layer 'kernel kernel-json' 'the head of a vmlinux' '"$T/fake" kernel vmlinux $R | head -c 60 >kernel'
layer 'kernel kernel-json' 'a vmlinux of another architecture' '"$T/fake" kernel vmlinux $R >kernel; printf "\\267" | dd of=kernel bs=1 seek=18 conv=notrunc 2>/dev/null'
arch 'kernel kernel-json' 'a vmlinux for s390x' s390x '"$T/fake" module s390x "$R SMP" >"$T/l/kernel"'

layer kernel-json 'a device tree that kernel.json does not list' 'printf "\\320\\015\\376\\355\\000\\000\\000\\050%032d" 0 >a.dtb'
layer 'device-tree kernel-json' 'a text as device tree' 'echo x >a.dtb'
layer 'device-tree kernel-json' 'half a device tree' 'printf "\\320\\015\\376\\355\\000\\000\\000\\060%032d" 0 >a.dtb'
layer 'kernel-json microcode' 'a text as microcode' 'echo x >ucode.cpio'
layer files 'microcode that is not there' 's=$(sed "s/,\"version\":\([^,]*\)}$/,\"ucode_sha256\":\"0\",\"version\":\1}/" kernel.json); printf %s "$s" >kernel.json'
sourced='s=$(sed "s/,\"toolchain\"/,\"sources_sha256\":\"$(sha256sum <sources | cut -d " " -f 1)\"&/" kernel.json); printf %s "$s" >kernel.json'
layer '' '' "printf 'fs/a.c\nfs/a/b.c\n' >sources; $sourced"
judge 0 '' 'a list of sources is good' "$BIN/kimage" verify "$T/bad"
layer kernel-json 'sources that kernel.json does not list' 'echo fs/a.c >sources'
layer files 'sources that are not there' "echo fs/a.c >sources; $sourced; rm sources"
layer 'files' 'empty sources' ': >sources'
for wrong in 'b.c\na.c\n:unsorted' 'a.c\na.c\n:one twice' '/a.c\n:an absolute path' 'a/../b.c\n:a path with ..' './a.c\n:a path with .' \
	'a//b.c\n:a path with //' 'a b.c\n:a blank' 'a.c:no end of line' '\n:an empty line' 'a\0b\n:a NUL' 'a/\n:a directory'; do
	layer sources "a list of sources with ${wrong#*:}" "printf '${wrong%%:*}' >sources; $sourced"
done
layer 'device-tree' 'a link as device tree' 'ln -s kernel a.dtb'
layer kernel-json 'a device tree that is not there' 's=$(sed "s/^{/{\"board\":\"fake\",\"device_trees\":{\"a.dtb\":\"0\"},/; s/\"board\":\"fake\",//2" kernel.json); printf %s "$s" >kernel.json'
layer json 'a name twice in kernel.json' 'sed -i "s/^{/{\"board\":\"x\",/" kernel.json'
layer kernel-json 'spaces in kernel.json' 'sed -i "s/,/, /" kernel.json'
layer 'annotation kernel-json' 'a member too few' 's=$(sed "s/\"board\":\"fake\",//" kernel.json); printf %s "$s" >kernel.json'
layer kernel-json 'another architecture' 'sed -i "s/\"arch\":\"x86_64\"/\"arch\":\"s390x\"/" kernel.json'
layer kernel-json 'another hash of the kernel' 'sed -i "s/\(kernel_sha256\":\"\)[0-9a-f]*/\1/" kernel.json'
layer kernel-json 'another config' 'echo "# x" >>config'
layer kernel-json 'another hash of a module' 'sed -i "s/\(ko\",\"sha256\":\"\)./\1x/" kernel.json'
layer kernel-json 'a fragment without its hash' 's=$(sed "s/^{/{\"fragments\":[{\"name\":\"a\"}],/; s/\(\"fragments\":[^]]*],\)\(.*\)\(\"kernel_sha256\)/\2\1\3/" kernel.json); printf %s "$s" >kernel.json'
layer kernel-json 'a module too few' 'sed -i "s/\"modules\":\[{[^}]*},/\"modules\":[/" kernel.json'
layer kernel-json 'a module too many' 'sed -i "s/\"modules\":\[/&{\"path\":\"x\"},/" kernel.json'
layer json 'kernel.json that is not JSON' 'truncate -s -1 kernel.json'
layer 'files json' 'kernel.json larger than 4 MiB' 'cp "$T/huge" kernel.json'

# ---- many at once, as JSON, and strange names ---------------------------------------------------------
fresh
"$T/oci" edit "$T/bad" 'config/os="x"' "$note/$ref" 'manifest/schemaVersion=3'
breaks 'image-config manifest ref-name' 'no finding hides another'
"$BIN/kimage" verify --json "$T/bad" >"$T/json"
is "$? $(grep -o '"rule":"[a-z-]*"' "$T/json" | sort -u | tr '\n' ' ')" \
	'1 "rule":"image-config" "rule":"manifest" "rule":"ref-name" ' 'verify --json reports the same'
check 'each with its remedy' grep -q '"remedy":"..*","rule":"manifest","what":"schemaVersion is not 2","where":"manifest"' "$T/json"
ktar module-path 'a name with an escape' 'echo >"$T/m/$(printf "a\033[31mb\377")"'
grep -qF 'a\x1b[31mb\xff' "$T/err" && ok 'is reported without it' || not_ok 'is reported without it'

"$BIN/kimage" verify --rules | cut -d ' ' -f 1 | sort >"$T/rules"
is "$(sort -u "$T/seen" | comm -13 - "$T/rules")" '' 'every rule was broken above'
check 'and is in the man page' sh -c 'while read -r r; do grep -qx ".It Cm $r" docs/kimage.1 || exit; done <"$0"' "$T/rules"
finish
