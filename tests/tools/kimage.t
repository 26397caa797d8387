#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kimage packs its input, the same bytes always, whole or not at all, and gives
# it back. tests/tools/kimage-verify.t tests the refusals of verify.
# shellcheck disable=SC2016,SC2034 # input() evaluates its argument
. tests/lib.sh
. tests/lib/kimage/fake.sh

# equal NAME FILE FILE
equal() {
	check "$1" cmp "$2" "$3"
}
inputs "$T/in"

# ---- there and back ---------------------------------------------------------------
check 'a fake kernel is packed' pack "$T/in" "$T/image"
want="$T/image digest $(digest "$T/image" | tr -d '"') size [0-9]+ \(kernel 69632, kernel.tar [0-9]+\)"
cp "$T/.out" "$T/line"
check 'the last line says where, what and how large' grep -Eqx "$want" "$T/line"
check 'and verified' "$BIN/kimage" verify "$T/image"
is "$("$BIN/kimage" verify --json "$T/image")" "{\"findings\":[],\"layout\":\"$T/image\",\"notes\":[]}" \
	'verify --json answers in JSON'
check 'all files are extracted' "$BIN/kimage" extract "$T/image" --to "$T/x" \
	System.map cmdline config kernel kernel.json kernel.tar
for f in System.map cmdline config kernel; do
	equal "$f comes back as it was" "$T/in/$f" "$T/x/$f"
done
ustar "$T/in/modules" >"$T/gnu.tar"
equal 'kernel.tar is, byte for byte, what GNU tar makes of sorted canonical entries' \
	"$T/x/kernel.tar" "$T/gnu.tar"
is "$(tar -tf "$T/x/kernel.tar" | sed -n 's|.*/fs/||p' | tr '\n' ' ')" ' a/ a-b.ko a.ko a/b.ko ' \
	'names are sorted bytewise'

long=lib/modules/$R/kernel/drivers/$(printf %099d 0 | tr 0 d)/$(printf %080d 0 | tr 0 m).ko
cp -R "$T/in" "$T/long"
mkdir -p "$T/long/modules/${long%/*}"
"$T/fake" module x86_64 "$R SMP" sig >"$T/long/modules/$long"
echo "${long#lib/modules/"$R"/}:" >>"$T/long/modules/lib/modules/$R/modules.dep"
check 'a name of 250 bytes fits' pack "$T/long" "$T/long.image"
"$BIN/kimage" extract "$T/long.image" --to "$T/long.x" kernel.tar
is "$(tar -tf "$T/long.x/kernel.tar" | grep mmm)" "$long" 'and is read by GNU tar'
mkdir "$T/long/modules/${long%/*}/$(printf %0101d 0)"
refuses 2 '\[ustar\]' 'one that does not is refused' pack "$T/long" "$T/long.image"

j=$(cat "$T/x/kernel.json")
hash_of() {
	sha256sum <"$1" | cut -d ' ' -f 1
}
records() {
	case $j in *"$1"*) ok "kernel.json has $2" ;; *) not_ok "kernel.json has $2: $1" ;; esac
}
ko=$T/in/modules/lib/modules/$R/kernel/fs/a.ko
"$T/fake" module x86_64 "$R SMP" >"$T/unsigned.ko"
records "\"kernel_sha256\":\"$(hash_of "$T/in/kernel")\"" 'the hash of the kernel'
records "\"config_sha256\":\"$(hash_of "$T/in/config")\"" 'the hash of the config'
records "{\"path\":\"lib/modules/$R/kernel/fs/a.ko\",\"sha256\":\"$(hash_of "$ko")\",\"signed\":true,\"size\":$(wc -c <"$ko"),\"unsigned_sha256\":\"$(hash_of "$T/unsigned.ko")\",\"version\":\"1.0\"}" 'of each module'
is "$(grep -c '"flavour"' "$T/x/kernel.json")" 0 'no flavour without one'
records "\"patches\":[{\"name\":\"0001-a patch.patch\",\"sha256\":\"" 'of patches'
# What `skopeo inspect` shows: annotations, and the same as labels.
notes=$("$T/oci" get "$T/image" manifest/annotations)
want="{\"dev.keelson.kernel.board\":\"fake\",\"dev.keelson.kernel.config.sha256\":\"$(hash_of "$T/in/config")\",\
\"dev.keelson.kernel.release\":\"$R\",\"org.opencontainers.image.created\":\"2023-11-14T22:13:20Z\",\
\"org.opencontainers.image.licenses\":\"GPL-2.0-only WITH Linux-syscall-note\",\
\"org.opencontainers.image.revision\":\"v6.99.1\",\
\"org.opencontainers.image.source\":\"https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git\",\
\"org.opencontainers.image.title\":\"Linux $R for x86_64\",\"org.opencontainers.image.version\":\"6.99.1\"}"
is "$notes" "$want" 'the manifest has annotations of upstream and of the build'
is "$("$T/oci" get "$T/image" config/config/Labels)" "$notes" 'the config has them as labels'
is "$(skopeo inspect "oci:$T/image:$REF" | jq -cS .Labels)" "$notes" 'skopeo inspect prints them'
is "$("$T/oci" get "$T/image" index/annotations)" "$notes" 'the index has them too'
is "$(jq -cS . "$T/x/kernel.json" 2>/dev/null || cat "$T/x/kernel.json")" "$j" 'it is sorted and compact'

for arch in arm64 s390x riscv64; do
	inputs "$T/in.$arch" $arch
	check "$arch is packed" pack "$T/in.$arch" "$T/$arch"
done

cp -R "$T/in" "$T/flavoured"
echo 'flavour rt' >>"$T/flavoured/meta"
check 'a flavour is packed' pack "$T/flavoured" "$T/flavoured.image"
check 'and is extracted' "$BIN/kimage" extract "$T/flavoured.image" --to "$T/flavoured.x" kernel.json
check 'with its name' grep -q '"flavour":"rt"' "$T/flavoured.x/kernel.json"

cp -R "$T/in" "$T/hashed"
for line in 'fragment configs/base/a.config' 'module_source modules/a/a.c' 'tool kconf'; do
	echo "$line $(echo "$line" | sha256sum | cut -d ' ' -f 1)"
done >>"$T/hashed/meta"
check 'inputs with their hashes are packed' pack "$T/hashed" "$T/hashed.image"
check 'and extracted' "$BIN/kimage" extract "$T/hashed.image" --to "$T/hashed.x" kernel.json
is "$(jq -r '(.fragments + .module_sources + .tools)[] | .name + " " + .sha256' "$T/hashed.x/kernel.json")" \
	"$(tail -n 3 "$T/hashed/meta" | sed 's/^[a-z_]* //')" 'with their names'

cp -R "$T/in" "$T/excepted"
cat >>"$T/excepted/meta" <<'E2'
exception override CONFIG_CMDLINE="a \"b\" c" configs/boards/x86_64/virt.config:7 until=7.4 tester it has words
exception waiver CONFIG_NET=y configs/common/net.config:9 until=7.1 alice its dependency went
E2
check 'exceptions are packed' pack "$T/excepted" "$T/excepted.image"
check 'and are extracted' "$BIN/kimage" extract "$T/excepted.image" --to "$T/excepted.x" kernel.json
is "$(jq -c '.exceptions[] | [.kind, .option, .at, .until, .owner, .reason]' "$T/excepted.x/kernel.json")" \
	'["override","CONFIG_CMDLINE=\"a \\\"b\\\" c\"","configs/boards/x86_64/virt.config:7","7.4","tester","it has words"]
["waiver","CONFIG_NET=y","configs/common/net.config:9","7.1","alice","its dependency went"]' 'with place, end, owner and reason'
for wrong in 'override CONFIG_NET=n a:1 until=7.4 tester' 'override CONFIG_NET a:1 until=7.4 tester why' \
	'excuse CONFIG_NET=n a:1 until=7.4 tester why' 'override CONFIG_NET=n a:1 7.4 tester why' \
	'override CONFIG_CMDLINE="a b a:1 until=7.4 tester why' ''; do
	{ cat "$T/in/meta"; echo "exception $wrong"; } >"$T/excepted/meta"
	refuses 2 'meta:[0-9]*: .*\[bad-exception\]' "an exception '$wrong' is refused" pack "$T/excepted" "$T/no.image"
done

# ---- several architectures under one name -------------------------------------------
join() {
	_to=$1
	shift
	"$BIN/kimage" join --layout "$_to" --ref "$REF" "$@"
}
check 'four architectures are joined' join "$T/joined" "$T/image" "$T/arm64" "$T/s390x" "$T/riscv64"
check 'which keeps the contract' "$BIN/kimage" verify "$T/joined"
for layout in 0:image 1:arm64 2:s390x 3:riscv64; do
	is "$("$T/oci" get "$T/joined" index/manifests/${layout%:*}/digest)" \
		"$("$T/oci" get "$T/${layout#*:}" index/manifests/0/digest)" \
		"that of ${layout#*:} is the one that was there"
done
"$BIN/kimage" extract "$T/joined" --platform linux/s390x --to "$T/x390" kernel
check 'and found by its platform' cmp "$T/in.s390x/kernel" "$T/x390/kernel"
refuses 1 '\[platform\]' 'which must be given' "$BIN/kimage" extract "$T/joined" --to "$T/x390" kernel
refuses 1 'linux/arm64.*\[platform\]' 'two of one architecture are refused' \
	join "$T/twice" "$T/arm64" "$T/image" "$T/arm64"
cp -R "$T/s390x" "$T/spoilt"
for blob in "$T"/spoilt/blobs/sha256/*; do
	echo x >>"$blob"
done
refuses 2 'spoilt.*\[blob\]' 'so is an image that differs from its index' join "$T/twice" "$T/image" "$T/spoilt"
refuses 2 '\[layout\]' 'and a directory that is not a layout' join "$T/twice" "$T/image" "$T/in"
refuses 2 '\[ref-name\]' 'a name without a tag too' \
	"$BIN/kimage" join --layout "$T/twice" --ref docker.io/keelson/kernel "$T/image"
check 'nothing is left of them' [ ! -e "$T/twice" ]
join "$T/image2" "$T/image" >"$T/out"
is "$(sed -n 's/.*(\(.*\)).*/\1/p' "$T/out")" '1 images' 'one alone is an image as well'
check 'and the same' diff -r "$T/image" "$T/image2"

printf '\320\015\376\355\000\000\000\050%032d' 0 >"$T/fake-board.dtb"
head -c 39 "$T/fake-board.dtb" >"$T/cut.dtb"
cp "$T/fake-board.dtb" "$T/tree"
check 'a device tree lies beside the kernel' pack "$T/in.arm64" "$T/image.dtb" --dtb "$T/fake-board.dtb"
check 'and is extracted' "$BIN/kimage" extract "$T/image.dtb" --to "$T/dtb" fake-board.dtb kernel.json
check 'as it is' cmp "$T/fake-board.dtb" "$T/dtb/fake-board.dtb"
is "$(grep -c "\"device_trees\":{\"fake-board.dtb\":\"$(sha256sum <"$T/fake-board.dtb" | cut -d ' ' -f 1)\"}" \
	"$T/dtb/kernel.json")" 1 'kernel.json lists it'
refuses 2 'cut.dtb: .*\[device-tree\]' 'half a device tree is refused' \
	pack "$T/in.arm64" "$T/none" --dtb "$T/cut.dtb"
refuses 2 'tree: .*\[device-tree\]' 'so is one under another name' \
	pack "$T/in.arm64" "$T/none" --dtb "$T/tree"
refuses 2 '\[device-tree\]' 'and one given twice' \
	pack "$T/in.arm64" "$T/none" --dtb "$T/fake-board.dtb" --dtb "$T/fake-board.dtb"
# cpio NAME TEXT: a cpio with TEXT at NAME
cpio() {
	mkdir -p "$T/ucode/${1%/*}" && printf %s "$2" >"$T/ucode/$1" || return
	(cd "$T/ucode" && bsdtar --format newc -cf - kernel) && rm -r "$T/ucode"
}
cpio kernel/x86/microcode/GenuineIntel.bin made-up >"$T/ucode.cpio"
cpio kernel/firmware/GenuineIntel.bin made-up >"$T/other.cpio"
head -c 450 "$T/ucode.cpio" >"$T/cut.cpio"
gzip -nk "$T/ucode.cpio"
check 'microcode lies beside the kernel' pack "$T/in" "$T/image.ucode" --ucode "$T/ucode.cpio"
check 'and is extracted' "$BIN/kimage" extract "$T/image.ucode" --to "$T/x.ucode" ucode.cpio kernel.json
check 'as it is' cmp "$T/ucode.cpio" "$T/x.ucode/ucode.cpio"
is "$(grep -c "\"ucode_sha256\":\"$(hash_of "$T/ucode.cpio")\"" "$T/x.ucode/kernel.json")" 1 'kernel.json lists it'
refuses 2 'other.cpio: .*\[microcode\]' 'a cpio without microcode is refused' \
	pack "$T/in" "$T/none" --ucode "$T/other.cpio"
refuses 2 'cut.cpio: .*\[microcode\]' 'so is half of one' pack "$T/in" "$T/none" --ucode "$T/cut.cpio"
refuses 2 'gz: .*plain cpio.*\[microcode\]' 'a compressed one' pack "$T/in" "$T/none" --ucode "$T/ucode.cpio.gz"
refuses 2 '\[microcode\]' 'and one for another architecture' \
	pack "$T/in.arm64" "$T/none" --ucode "$T/ucode.cpio"

printf 'fs/a.c\nfs/a/b.c\n' >"$T/sources"
check 'the list of sources lies beside the kernel' pack "$T/in" "$T/image.sources" --file sources="$T/sources"
check 'and is extracted' "$BIN/kimage" extract "$T/image.sources" --to "$T/x.sources" sources kernel.json
check 'as it is' cmp "$T/sources" "$T/x.sources/sources"
is "$(jq -r .sources_sha256 "$T/x.sources/kernel.json")" "$(hash_of "$T/sources")" 'kernel.json lists it'
printf 'b\na\n' >"$T/unsorted"
refuses 2 'unsorted: .*not sorted.*\[sources\]' 'one that is not sorted is refused' pack "$T/in" "$T/none" --file sources="$T/unsorted"
refuses 2 'nowhere: .*\[input\]' 'one that does not exist is' pack "$T/in" "$T/none" --file sources="$T/nowhere"
gzip -nk "$T/in.arm64/kernel"
mv "$T/in.arm64/kernel.gz" "$T/in.arm64/kernel"
mkdir "$T/in.elf"
cp -R "$T/in/." "$T/in.elf"
"$T/fake" kernel vmlinux "$R" >"$T/in.elf/kernel"
check 'x86_64 is packed as vmlinux' pack "$T/in.elf" "$T/image.elf"
gzip -n "$T/in.riscv64/kernel"
mv "$T/in.riscv64/kernel.gz" "$T/in.riscv64/kernel"
check 'so is riscv64' pack "$T/in.riscv64" "$T/riscv64.gz" --format Image.gz
refuses 2 '\[kernel\]' 'but not as arm64' \
	pack "$T/in.riscv64" "$T/none" --format Image.gz --platform linux/arm64/v8
check 'arm64 is packed as Image.gz' pack "$T/in.arm64" "$T/image.gz" --format Image.gz
sed -i 's/^CONFIG_MODULES=y/# CONFIG_MODULES is not set/' "$T/in.s390x/config"
rm -r "$T/in.s390x/modules/lib"
check 'a kernel without modules is packed, if its config says so' pack "$T/in.s390x" "$T/no-modules"

# ---- others read it ----------------------------------------------------------------
if command -v skopeo >/dev/null; then
	check 'skopeo copies it, digests kept' skopeo --insecure-policy copy --all --preserve-digests \
		"oci:$T/image:$REF" "oci:$T/copy:$REF"
	is "$("$T/oci" get "$T/copy" top/manifests/0/digest)" "$(digest "$T/image")" \
		'the copy has the digest of the original'
	check 'skopeo unpacks its layer' skopeo --insecure-policy --override-arch amd64 copy \
		"oci:$T/image:$REF" "dir:$T/dir"
	skopeo --override-arch amd64 inspect --config "oci:$T/image:$REF" >"$T/config.json"
	check 'skopeo reads its config' grep -q '"created": "2023-11-14T22:13:20Z"' "$T/config.json"
else
	skip 'skopeo takes it' 'SKOPEO IS NOT INSTALLED'
fi

# ---- the same bytes -----------------------------------------------------------------
first=$(digest "$T/image")
larger "$T/large"
check 'a larger kernel is packed by one thread' pack "$T/large" "$T/j1" -j 1
for j in 2 3 16; do
	check "with $j threads" pack "$T/large" "$T/j$j" -j $j
	check "$j threads give the same bytes" diff -r "$T/j1" "$T/j$j"
done
check 'another level gives another layer' pack "$T/large" "$T/level" --level 1
check 'with another digest' [ "$(digest "$T/j1")" != "$(digest "$T/level")" ]
is "$("$T/oci" get "$T/level" config/rootfs)" "$("$T/oci" get "$T/j1" config/rootfs)" \
	'but the same diff_id'

# The files come in another order, at another time, with other modes and links.
mkdir -p "$T/odd/modules/lib/modules/$R/kernel/fs/a"
(cd "$T/in/modules" && find . -type f | sort -r) | while read -r f; do
	cp "$T/in/modules/$f" "$T/odd/modules/$f"
done
for f in kernel config System.map cmdline meta; do
	cp "$T/in/$f" "$T/odd/$f"
done
chmod -R go= "$T/odd"
find "$T/odd" -type f -exec chmod 444 {} + -exec touch -d 2001-01-01 {} +
ln "$T/odd/modules/lib/modules/$R/kernel/fs/a.ko" "$T/hard"
(umask 077 && TZ=Asia/Tokyo pack "$T/odd" "$T/odd.image" >/dev/null)
is "$(digest "$T/odd.image")" "$first" 'umask, times, modes, links, order and zone change nothing'
is "$(find "$T/odd.image" \( -type f ! -perm 644 \) -o \( -type d ! -perm 755 \))" '' \
	'nor who can read it'
pack "$T/in" "$T/odd.image///" >/dev/null
is "$(digest "$T/odd.image")" "$first" 'a slash too many does not make another place'

# ---- refusals ------------------------------------------------------------------------
for ref in keelson/kernel:1 kernel docker.io/keelson/kernel docker.io/kernel:1 \
	docker.io/Keelson/kernel:1 docker.io//kernel:1 docker.io/keelson/kernel: \
	docker.io/keelson/kernel:a@b docker.io/keelson/kernel/:1; do
	refuses 2 '\[ref-name\]' "--ref $ref is refused" pack "$T/in" "$T/no" --ref "$ref"
done
for ref in ghcr.io/kernel:6.12 localhost:5000/a/b:v_1.2-3 localhost/a:1; do
	check "--ref $ref is taken" pack "$T/in" "$T/yes" --ref "$ref"
done
refuses 2 'linux/vax: .*\[platform\].*linux/s390x' 'an unknown platform' \
	pack "$T/in" "$T/no" --platform linux/vax
refuses 2 '\[kernel\]' 'a format of another architecture' \
	pack "$T/in" "$T/no" --format Image
refuses 2 '\[kernel\]' 'a kernel of another architecture' \
	pack "$T/in" "$T/no" --platform linux/arm64/v8 --format Image
refuses 2 '\[bad-number\]' 'a bad -j' pack "$T/in" "$T/no" -j 0
refuses 2 '\[bad-number\]' 'a bad --created' pack "$T/in" "$T/no" --created yesterday
refuses 2 'kernel: .*\[option\]' 'a file given twice' pack "$T/in" "$T/no" --file kernel=/etc/passwd
refuses 2 'README=x: .*\[option\]' 'an unknown file' pack "$T/in" "$T/no" --file README=x
refuses 2 'System.map: .*\[option\]' 'a file not given' "$BIN/kimage" pack --layout "$T/no" --ref "$REF" \
	--created 1 --platform linux/amd64 --format bzImage --file kernel="$T/in/kernel" \
	--modules "$T/in/modules" --meta "$T/in/meta"
refuses 2 '\[usage\]' 'an unknown option' pack "$T/in" "$T/no" --nosuch
refuses 2 '\[usage\]' 'an unknown command' "$BIN/kimage" unpack
for c in '' pack verify extract; do
	check "kimage $c --help" "$BIN/kimage" $c --help
done

# input NAME PATTERN COMMAND: the message about a changed input
input() {
	rm -rf "$T/bad"
	cp -R "$T/in" "$T/bad"
	mods=$T/bad/modules/lib/modules/$R
	eval "$3"
	refuses 2 "$2" "$1" pack "$T/bad" "$T/no"
}
input 'an unknown key of --meta' 'meta:11: taste: .*\[meta\]' 'echo "taste x" >>"$T/bad/meta"'
input 'a key given twice' 'meta:11: board: .*\[meta\]' 'echo "board x" >>"$T/bad/meta"'
input 'a key without value' 'meta:11: signer: .*\[meta\]' 'echo "signer" >>"$T/bad/meta"'
input 'a bad hash' 'meta:8: source_sha256: .*\[meta\]' 'sed -i "s/^\(source_sha256 \)./\1x/" "$T/bad/meta"'
input 'a bad patch line' 'meta:11: patch: .*\[meta\]' 'echo "patch x" >>"$T/bad/meta"'
input 'a fragment without its hash' 'meta:11: fragment: .*\[meta\]' 'echo "fragment configs/x.config" >>"$T/bad/meta"'
input 'a tool with a bad hash' 'meta:11: tool: .*\[meta\]' 'echo "tool kconf 123" >>"$T/bad/meta"'
input 'a value that is not UTF-8' 'meta:11: signer: .*\[meta\]' 'printf "signer \377\n" >>"$T/bad/meta"'
input 'a key that is missing' 'toolchain.*\[meta\]' 'sed -i "/^toolchain/d" "$T/bad/meta"'
input 'a build link' 'build: .*\[file-type\]' 'ln -s /usr/src "$mods/build"'
input 'a pipe among the modules' 'pipe: .*\[file-type\]' 'mkfifo "$mods/pipe"'
input 'a pipe as kernel' 'kernel: .*\[input\]' 'rm "$T/bad/kernel"; mkfifo "$T/bad/kernel"'
input 'a missing kernel' 'kernel: No such file.*\[input\]' 'rm "$T/bad/kernel"'
input 'an empty kernel' 'kernel: .*\[kernel\]' ': >"$T/bad/kernel"'
input 'missing modules' 'modules: No such file.*\[input\]' 'rm -r "$T/bad/modules"'
input 'no module, though the config has them' '\[no-modules\]' 'find "$mods" -name "*.ko" -delete'
check 'none of that left anything' [ ! -e "$T/no" ]
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'not even a temporary directory'

# ---- its place ------------------------------------------------------------------------
mkdir "$T/precious"
echo mine >"$T/precious/file"
refuses 2 'precious: .*\[not-a-layout\]' 'a directory of something else is not replaced' \
	pack "$T/in" "$T/precious"
check 'and keeps its contents' grep -qx mine "$T/precious/file"
ln -s "$T/precious" "$T/link"
refuses 2 'link: .*\[not-a-layout\]' 'nor is a symbolic link' pack "$T/in" "$T/link"
mkdir "$T/empty"
check 'an empty directory is' pack "$T/in" "$T/empty"
refuses 2 'No such file.*\[output\]' 'a place in no directory' pack "$T/in" "$T/nowhere/image"
refuses 2 'Not a directory.*\[output\]' 'a place in a file' pack "$T/in" "$T/in/kernel/image"
# The events when a layout is put in its place, as $AT says.
cat >"$T/at.c" <<'E2'
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int renameat2(int a, const char *b, int c, const char *d, unsigned e)
{
	if (!strcmp(getenv("AT"), "refused"))
		return errno = EINVAL, -1;
	if (!strcmp(getenv("AT"), "before"))
		raise(SIGKILL);
	if (!syscall(SYS_renameat2, a, b, c, d, e))
		raise(SIGKILL);
	return -1;
}
E2
gcc -D_GNU_SOURCE -shared -fPIC -o "$T/at.so" "$T/at.c"
# at WHAT ARGS...: pack
at() (
	AT=$1 LD_PRELOAD=$T/at.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
	export AT LD_PRELOAD ASAN_OPTIONS
	shift
	pack "$@"
)
check 'a filesystem that cannot exchange gets it in two steps' at refused "$T/large" "$T/empty"
check 'the new one' diff -r "$T/empty" "$T/j1"
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'and nothing else'

refuses 2 'layer: .*File too large \[output\]' 'a limit on file sizes is an error' \
	sh -c 'ulimit -f 1; shift; exec "$@"' sh -- "$BIN/kimage" pack --layout "$T/empty" --ref "$REF" \
	--platform linux/amd64 --format bzImage --created 1 --file kernel="$T/in/kernel" \
	--file config="$T/in/config" --file System.map="$T/in/System.map" \
	--file cmdline="$T/in/cmdline" --modules "$T/large/modules" --meta "$T/in/meta"
check 'and leaves the old one' diff -r "$T/empty" "$T/j1"
mkdir "$T/disk"
# on_disk OPTIONS COMMAND...: with a small filesystem at $T/disk, in another namespace
on_disk() {
	unshare -m sh -c 'mount -t tmpfs -o "$1" none "$2" && shift 2 && "$@"' sh "$1" "$T/disk" "$2" "$3" \
		"$4" "$5"
}
cat >"$T/pack" <<E2
#!/bin/sh
T=$T BIN=$BIN R=$R REF=$REF
$(sed -n '/^pack() {/,/^}/p' tests/lib/kimage/fake.sh)
pack "\$@" || exit
! ls "\$2".tmp.* 2>/dev/null
E2
if [ "$(id -u)" = 0 ] && on_disk size=1m true '' '' '' 2>/dev/null; then
	refuses 2 'layer: .*No space left.* \[output\]' 'a full disk is an error' \
		on_disk size=128k sh "$T/pack" "$T/large" "$T/disk/image"
	refuses 2 'Read-only file system \[output\]' 'a disk that cannot be written is an error' \
		on_disk ro sh "$T/pack" "$T/in" "$T/disk/image"
	refuses 2 'x/kernel.*No space left.* \[output\]' 'a full disk is an error of extract' \
		on_disk size=16k "$BIN/kimage" extract "$T/j1" "--to=$T/disk/x"
else
	skip 'a full and a read-only disk are errors' 'THIS NEEDS ROOT, TO MOUNT ONE'
fi

# ---- killed ---------------------------------------------------------------------------
# Old and new take turns; kimage-kill.t kills them at other moments.
pack "$T/in" "$T/kill" >/dev/null
at before "$T/large" "$T/kill" 2>/dev/null
check 'killed just before the rename, the old one stays' diff -r "$T/kill" "$T/image"
check 'and a temporary directory' ls -d "$T/kill".tmp.*
at after "$T/large" "$T/kill" 2>/dev/null
check 'killed just after, the new one is complete' diff -r "$T/kill" "$T/j1"

check 'the next one is whole' pack "$T/large" "$T/kill"
is "$(echo "$T"/*.tmp.*)" "$T/*.tmp.*" 'and has cleaned up'

# ---- extract --------------------------------------------------------------------------
check 'the default files are those that an assembler takes' "$BIN/kimage" extract --to "$T/d" "$T/image"
is "$(cd "$T/d" && echo *)" 'cmdline kernel kernel.tar' 'kernel, kernel.tar and cmdline'
check 'linux/amd64 is chosen by name' "$BIN/kimage" extract "$T/image" --to "$T/d" --platform linux/amd64
check 'linux/arm64 is found with its variant' "$BIN/kimage" extract "$T/arm64" --to "$T/d" \
	--platform linux/arm64 kernel
refuses 1 '\[platform\]' 'another platform is refused' \
	"$BIN/kimage" extract "$T/arm64" --to "$T/d" --platform linux/amd64
cp -R "$T/image" "$T/multi"
cp "$T"/arm64/blobs/sha256/* "$T/multi/blobs/sha256/"
"$T/oci" edit "$T/multi" "index/manifests/+=$("$T/oci" get "$T/arm64" index/manifests/0)"
check 'two architectures in one index keep the contract' "$BIN/kimage" verify "$T/multi"
refuses 1 '\[platform\]' 'one must be chosen' "$BIN/kimage" extract "$T/multi" --to "$T/d"
check 'and is' "$BIN/kimage" extract "$T/multi" --to "$T/d" --platform linux/arm64 kernel
"$T/fake" kernel Image "$R" >"$T/Image"
equal 'the right one' "$T/d/kernel" "$T/Image"
refuses 1 'initrd.*\[no-file\]' 'a name that is not there' \
	"$BIN/kimage" extract "$T/image" --to "$T/e" kernel initrd
is "$(ls "$T/e")" '' 'then nothing is written'
refuses 2 '\[file-name\]' 'a name with a directory' "$BIN/kimage" extract "$T/image" --to "$T/e" ../x
refuses 2 '\[file-name\]' 'a name twice' "$BIN/kimage" extract "$T/image" --to "$T/e" kernel kernel
refuses 2 '\[layout\]' 'no layout' "$BIN/kimage" extract "$T/in" --to "$T/e"
refuses 2 '(Not a directory|File exists).*\[output\]' 'a place that is a file' "$BIN/kimage" extract "$T/image" --to "$T/in/kernel"
cp -R "$T/image" "$T/damaged"
blob=$("$T/oci" get "$T/image" manifest/layers/0/digest | tr -d '"')
printf x | dd of="$T/damaged/blobs/sha256/${blob#sha256:}" bs=1 seek=50 conv=notrunc 2>/dev/null
refuses 1 '\[blob\]' 'a damaged layer is not extracted' \
	"$BIN/kimage" extract "$T/damaged" --to "$T/e"
is "$(ls "$T/e")" '' 'nothing of it'
"$BIN/kimage" join --layout "$T/joined" --ref "$REF" "$T/image" "$T/arm64" >/dev/null
is "$("$T/oci" get "$T/joined" index/annotations | grep -o '"[a-z0-9.]*":' | sed 's/.*\.//' | tr -d '\n')" \
	'board":sha256":release":created":licenses":revision":source":version":' \
	'the index of two architectures has the annotations that both have alike'
finish
