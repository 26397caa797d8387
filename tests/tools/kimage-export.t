#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage export writes what each consumer takes, by the rules in the consumer's own sources, and
# refuses a kernel that the consumer could not start. kimage wrap writes plain images.
. tests/lib.sh
. tests/lib/kimage/fake.sh

inputs "$T/in"
inputs "$T/in.arm64" arm64
inputs "$T/in.fc"
inputs "$T/in.xen"
"$T/fake" kernel vmlinux "$R" >"$T/in.fc/kernel"
printf '%s\n' CONFIG_VIRTIO_MMIO=y CONFIG_VIRTIO_BLK=y >>"$T/in.fc/config"
printf '%s\n' CONFIG_EFI_STUB=y CONFIG_XEN=y CONFIG_XEN_PVH=y CONFIG_HVC_XEN=y CONFIG_XEN_BLKDEV_FRONTEND=y \
	CONFIG_XEN_NETDEV_FRONTEND=y >>"$T/in.xen/config"
for i in in in.arm64 in.fc in.xen; do
	pack "$T/$i" "$T/$i.image" >/dev/null || exit 2
done
REF2=docker.io/keelson/kernel:exported
export_() {
	_image=$1
	shift
	"$BIN/kimage" export "$T/$_image.image" "$@"
}
files() {
	(cd "$1" && find . -type f | sort | tr '\n' ' ')
}
# The modules are below DIR, and depmod's indexes too.
modules() {
	diff -r "$T/in/modules/lib/modules" "$1"
}

"$BIN/kimage" export --shapes | cut -d ' ' -f 1 | sort >"$T/shapes"

# ---- trees --------------------------------------------------------------------------------
check 'plain' export_ in --for plain --to "$T/plain"
check 'has the kernel' cmp "$T/plain/kernel" "$T/in/kernel"
check 'its command line' cmp "$T/plain/cmdline" "$T/in/cmdline"
check 'and the modules' modules "$T/plain/lib/modules"
is "$(cd "$T/plain" && echo .[a-zA-Z]* *)" '.[a-zA-Z]* System.map cmdline config kernel kernel.json lib' 'and nothing else'
is "$("$BIN/kimage" show "$T/plain" | grep -c '^modules  *3,')" 1 'kimage show reads it'

# bootc: a directory of /usr/lib/modules with a file vmlinuz is the kernel; there must be one.
check 'bootc' export_ in --for bootc --to "$T/bootc"
is "$(cd "$T/bootc/usr/lib/modules" && echo */vmlinuz)" "$R/vmlinuz" 'one directory has vmlinuz'
check 'which is the kernel' cmp "$T/bootc/usr/lib/modules/$R/vmlinuz" "$T/in/kernel"
check 'and modules.dep' cmp "$T/bootc/usr/lib/modules/$R/modules.dep" "$T/in/modules/lib/modules/$R/modules.dep"
is "$(ls "$T/bootc")" usr 'nothing is in /boot or /lib, which are links there'

# Talos: COPY --from=PKG_KERNEL /boot/vmlinuz and /usr/lib/modules; it starts by EFI.
check 'talos' export_ in.xen --for talos --to "$T/talos"
check 'has /boot/vmlinuz' cmp "$T/talos/boot/vmlinuz" "$T/in/kernel"
check 'and /usr/lib/modules' modules "$T/talos/usr/lib/modules"
refuses 1 '\[kernel-config\].*CONFIG_EFI_STUB=y' 'not without the stub of EFI' export_ in --for talos --to "$T/no"

# vimto, ignite: /boot/vmlinux or /boot/vmlinuz, and /lib/modules.
check 'boot' export_ in --for boot --to "$T/boot"
check 'has /boot/vmlinuz' cmp "$T/boot/boot/vmlinuz" "$T/in/kernel"
check 'and /lib/modules' modules "$T/boot/lib/modules"
check 'an ELF file' export_ in.fc --for boot --to "$T/boot.fc"
check 'is /boot/vmlinux' cmp "$T/boot.fc/boot/vmlinux" "$T/in.fc/kernel"

# Debian: vmlinuz, config and System.map of a release share its name with /lib/modules.
check 'debian' export_ in --for debian --to "$T/debian"
is "$(files "$T/debian" | tr ' ' '\n' | grep '^./boot' | tr '\n' ' ')" \
	"./boot/System.map-$R ./boot/config-$R ./boot/vmlinuz-$R " 'names have the release'
check 'as /lib/modules has' modules "$T/debian/lib/modules"

# KMM: dirName, by default /opt, then lib/modules.
check 'kmm' export_ in --for kmm --to "$T/kmm"
check 'has the modules below /opt' modules "$T/kmm/opt/lib/modules"
is "$(ls "$T/kmm")" opt 'and no kernel'

# Firecracker: an ELF file with segments on x86_64, an Image on arm64, virtio over MMIO.
check 'firecracker' export_ in.fc --for firecracker --to "$T/fc"
is "$(head -c 4 "$T/fc/vmlinux" | od -An -c | tr -d ' ')" '177ELF' 'vmlinux is ELF'
is "$(od -An -tu2 -j16 -N2 "$T/fc/vmlinux" | tr -d ' ')" 2 'of the type that starts'
refuses 1 '\[kernel-format\].*bzImage' 'a bzImage is refused' export_ in --for firecracker --to "$T/no"
refuses 1 '\[kernel-config\]' 'so is a kernel without its devices' export_ in.arm64 --for firecracker --to "$T/no"

# ---- a tar -----------------------------------------------------------------------------------
# apple/container: --tar T --binary vmlinux: a regular file of an arm64 Image.
check 'apple-tar' export_ in.arm64 --for apple-tar --to "$T/apple.tar"
is "$(tar -tf "$T/apple.tar")" vmlinux 'has one member'
tar -xOf "$T/apple.tar" vmlinux >"$T/vmlinux"
is "$(od -An -c -j56 -N4 "$T/vmlinux" | tr -d ' ')" 'ARMd' 'an Image of arm64'
check 'the same' cmp "$T/vmlinux" "$T/in.arm64/kernel"
check 'again' export_ in.arm64 --for apple-tar --to "$T/apple2.tar"
check 'gives the same bytes' cmp "$T/apple.tar" "$T/apple2.tar"
check 'a tar replaces its older self' export_ in.arm64 --for apple-tar --to "$T/apple.tar"
refuses 1 '\[platform\]' 'Apple has no other architecture' export_ in --for apple-tar --to "$T/no.tar"
refuses 2 '\[option\]' 'it is not a directory' export_ in.arm64 --for apple-tar --to "$T/no"
check 'a tree as a tar' export_ in --for debian --to "$T/debian.tar"
mkdir "$T/debian.x" && tar -C "$T/debian.x" -xf "$T/debian.tar"
check 'has the same files' diff -r "$T/debian" "$T/debian.x"

# ---- layouts -----------------------------------------------------------------------------------
is_image() {
	skopeo inspect --raw "oci:$1:$REF2" >"$T/raw" && skopeo copy -q --all "oci:$1:$REF2" "dir:$T/copied" && rm -r "$T/copied"
}
check 'a tree as an image' export_ in --for bootc --to "$T/bootc.oci" --ref $REF2
check 'which skopeo copies, digests and all' is_image "$T/bootc.oci"
blob=$("$T/oci" get "$T/bootc.oci" manifest/layers/0/digest | tr -d '"')
mkdir "$T/bootc.x" && tar -C "$T/bootc.x" -xzf "$T/bootc.oci/blobs/sha256/${blob#sha256:}"
check 'has the same files' diff -r "$T/bootc" "$T/bootc.x"
is "$("$T/oci" get "$T/bootc.oci" config/rootfs/diff_ids/0)" \
	"\"sha256:$(gzip -dc "$T/bootc.oci/blobs/sha256/${blob#sha256:}" | sha256sum | cut -d ' ' -f 1)\"" 'its diff_id is right'
is "$("$T/oci" get "$T/bootc.oci" manifest/annotations)" "$("$T/oci" get "$T/in.image" manifest/annotations)" \
	'it keeps the annotations'

# apple/containerization: index; manifest.layers[0] has the media type and is the kernel file;
# the diff_id is the digest of that file.
check 'apple-oci' export_ in.arm64 --for apple-oci --to "$T/apple.oci" --ref $REF2
check 'which skopeo copies' is_image "$T/apple.oci"
is "$("$T/oci" get "$T/apple.oci" manifest/layers/0/mediaType)" '"application/vnd.apple.containerization.kernel"' \
	'the first layer has the media type of kernels'
blob=$("$T/oci" get "$T/apple.oci" manifest/layers/0/digest | tr -d '"')
check 'it is the file' cmp "$T/apple.oci/blobs/sha256/${blob#sha256:}" "$T/in.arm64/kernel"
is "$("$T/oci" get "$T/apple.oci" config/rootfs/diff_ids)" "[\"$blob\"]" 'the diff_id is its digest'
is "$("$T/oci" get "$T/apple.oci" index/manifests/0/platform)" '{"architecture":"arm64","os":"linux","variant":"v8"}' \
	'the index has the platform'

# Image specification 1.1, "Guidelines for Artifact Usage": artifactType, an empty config; ORAS
# writes each layer to the file of its title.
check 'oras' export_ in --for oras --to "$T/oras" --ref $REF2
manifest=$T/oras/blobs/sha256/$(jq -r '.manifests[0].digest' "$T/oras/index.json" | cut -d : -f 2)
is "$(jq -r '.artifactType, .config.mediaType, .config.digest, .config.size' "$manifest" | tr '\n' ' ')" \
	'application/vnd.keelson.kernel.v1 application/vnd.oci.empty.v1+json sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a 2 ' \
	'has a type and the empty config'
is "$(jq -r '.layers[].annotations."org.opencontainers.image.title"' "$manifest" | tr '\n' ' ')" \
	'bzImage cmdline config kernel.json kernel.tar ' 'each layer has a title'
is "$(jq -r '.layers[] | .annotations."org.opencontainers.image.title" + " " + .digest' "$manifest" | sed -n 's/^bzImage //p')" \
	"sha256:$(sha256sum <"$T/in/kernel" | cut -d ' ' -f 1)" 'and is the file'
is "$(jq -r '.manifests[0].annotations."org.opencontainers.image.ref.name"' "$T/oras/index.json")" exported 'its name is the tag'
check 'skopeo copies it' skopeo copy -q "oci:$T/oras:exported" "dir:$T/oras.dir"

# krata: /kernel/image, /kernel/addons.squashfs with modules/, /kernel/metadata of KEY=VALUE; the
# manifest has three annotations.
if command -v mksquashfs >/dev/null; then
	check 'edera' export_ in.xen --for edera --to "$T/edera" --ref $REF2
	blob=$("$T/oci" get "$T/edera" manifest/layers/0/digest | tr -d '"')
	mkdir "$T/edera.x" && tar -C "$T/edera.x" -xzf "$T/edera/blobs/sha256/${blob#sha256:}"
	is "$(files "$T/edera.x")" './kernel/addons.squashfs ./kernel/config.gz ./kernel/image ./kernel/metadata ' 'has four files'
	check 'image is the kernel' cmp "$T/edera.x/kernel/image" "$T/in.xen/kernel"
	is "$(gzip -dc "$T/edera.x/kernel/config.gz")" "$(cat "$T/in.xen/config")" 'config.gz is the config'
	(cd "$T" && unsquashfs -q -n -d "$T/addons" "$T/edera.x/kernel/addons.squashfs" >/dev/null)
	check 'addons has the modules' diff -r "$T/addons/modules" "$T/in.xen/modules/lib/modules/$R"
	is "$(cat "$T/edera.x/kernel/metadata")" "KERNEL_ARCH=x86_64
KERNEL_VERSION=6.99.1
KERNEL_UNAME_R=$R
KERNEL_FLAVOR=fake
KERNEL_CONFIG=sha256:$(sha256sum <"$T/in.xen/config" | cut -d ' ' -f 1)" 'metadata describes it'
	is "$("$T/oci" get "$T/edera" manifest/annotations | grep -o '"dev.edera[^,]*' | tr '\n' ' ')" \
		'"dev.edera.kernel.flavor":"fake" "dev.edera.kernel.format":"1" "dev.edera.kernel.version":"6.99.1" ' \
		'and the annotations, by which it is accepted'
	check 'the same again' export_ in.xen --for edera --to "$T/edera2" --ref $REF2
	check 'has the same bytes' diff -r "$T/edera" "$T/edera2"
else
	skip edera 'NO MKSQUASHFS'
fi
refuses 1 '\[kernel-config\].*CONFIG_XEN=y' 'a kernel without Xen is refused' export_ in --for edera --to "$T/no"

# ---- refusals -------------------------------------------------------------------------------------
while read -r s; do
	grep -q -e "--for $s " "$0" && ok "$s was tried above" || not_ok "$s was tried above"
	check "$s is in the man page" grep -qx ".It Cm $s" docs/kimage.1
done <"$T/shapes"
check 'none of the refusals left anything' [ ! -e "$T/no" ]
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'nor a temporary directory'
refuses 2 '\[shape\]' 'an unknown shape' export_ in --for vax --to "$T/no"
refuses 2 '\[option\]' 'no shape' export_ in --to "$T/no"
refuses 2 '\[option\]' 'no place' export_ in --for plain
refuses 2 '\[option\]' 'an artifact without a name' export_ in --for oras --to "$T/no"
refuses 2 '\[ref-name\]' 'a name that is not in full' export_ in --for oras --to "$T/no" --ref kernel
refuses 2 '\[usage\]' 'no layout' "$BIN/kimage" export --for plain --to "$T/no"
mkdir "$T/mine" && echo mine >"$T/mine/file"
refuses 2 '\[not-a-layout\]' 'a directory of something else stays' export_ in --for plain --to "$T/mine"
check 'as it was' grep -qx mine "$T/mine/file"
# layer COMMAND: $T/bad.image, whose files COMMAND changes
layer() {
	rm -rf "$T/bad.image" "$T/l"
	cp -R "$T/in.image" "$T/bad.image"
	"$BIN/kimage" extract "$T/in.image" --to "$T/l" System.map cmdline config kernel kernel.tar kernel.json
	(cd "$T/l" && eval "$1")
	tar -C "$T/l" --format=ustar -cf "$T/l.tar" System.map cmdline config kernel kernel.tar kernel.json
	gzip -nc "$T/l.tar" >"$T/l.gz"
	"$T/oci" edit "$T/bad.image" "layer@$T/l.gz,$T/l.tar"
}
layer 'sed -i "s|\"release\":\"[^\"]*\"|\"release\":\"../../../etc\"|" kernel.json'
refuses 1 '\[release\]' 'a release that is a path' export_ bad --for bootc --to "$T/no"
layer 'echo {} >kernel.json'
refuses 1 '\[release\]' 'a kernel.json without one' export_ bad --for bootc --to "$T/no"
layer 'echo "{" >kernel.json'
refuses 1 '\[json\]' 'one that is not JSON' export_ bad --for bootc --to "$T/no"
# shellcheck disable=SC2016 # layer() evaluates its argument
for entry in ../out /out lib/../../out; do
	mkdir -p "$T/t"
	echo x >"$T/t/file"
	tar -C "$T/t" --format=ustar -P --transform "s|^file|$entry|" -cf "$T/evil.tar" file
	layer 'cp "$T/evil.tar" kernel.tar'
	refuses 1 '\[kernel-tar\]' "a module named $entry" export_ bad --for debian --to "$T/no"
done
ln -s /etc "$T/t/lib"
tar -C "$T/t" --format=ustar -cf "$T/evil.tar" lib
# shellcheck disable=SC2016
layer 'cp "$T/evil.tar" kernel.tar'
refuses 1 '\[kernel-tar\]' 'a link in kernel.tar' export_ bad --for debian --to "$T/no"
layer 'truncate -s 700 kernel.tar'
refuses 1 '\[kernel-tar\]' 'half a kernel.tar' export_ bad --for debian --to "$T/no"
layer 'echo x >kernel'
refuses 1 '\[kernel\]' 'a kernel that is none' export_ bad --for debian --to "$T/no"
is "$(ls -d "$T"/no "$T"/out /out 2>/dev/null)" '' 'nothing was written'

# ---- wrap ------------------------------------------------------------------------------------------
mkdir -p "$T/w/d"
echo '#!/bin/sh' >"$T/w/d/run"
chmod 755 "$T/w/d/run"
echo text >"$T/w/text"
wrap() {
	"$BIN/kimage" wrap "$T/w" --layout "$T/wrapped" --ref $REF2 --platform linux/s390x --created 1700000000 "$@"
}
check 'a directory is wrapped' wrap --note a.b=c=d
check 'skopeo copies it' is_image "$T/wrapped"
blob=$("$T/oci" get "$T/wrapped" manifest/layers/0/digest | tr -d '"')
is "$(tar -tvzf "$T/wrapped/blobs/sha256/${blob#sha256:}" | sed 's/ *[0-9]* 2023-11-14 22:13 / /')" \
	"drwxr-xr-x 0/0 d/
-rwxr-xr-x 0/0 d/run
-rw-r--r-- 0/0 text" 'programs stay programs'
is "$("$T/oci" get "$T/wrapped" config/config/Labels)" '{"a.b":"c=d","org.opencontainers.image.created":"2023-11-14T22:13:20Z"}' \
	'notes are annotations and labels'
refuses 2 '\[platform\]' 'an unknown platform' "$BIN/kimage" wrap "$T/w" --layout "$T/no" --ref $REF2 --platform vax
refuses 2 '\[ref-name\]' 'a name that is not in full' "$BIN/kimage" wrap "$T/w" --layout "$T/no" --ref x --platform linux/amd64
refuses 2 '\[option\]' 'a note without a value' wrap --note x
refuses 2 '\[input\]' 'no directory' "$BIN/kimage" wrap "$T/none" --layout "$T/no" --ref $REF2 --platform linux/amd64
finish
