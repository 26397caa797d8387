#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What accompanies an image: the tar and YAML for LinuxKit; what make module refuses.
# shellcheck disable=SC2016 # strings of others
. tests/lib.sh
BIN=$(realpath "${BIN:?}")
. tests/lib/fake/pipeline.sh

# ---- make linuxkit ------------------------------------------------------------------
check 'make linuxkit' mk "$T/out" linuxkit CMDLINE='console=ttyS0 x="a b" y=\1'
k=$T/out/6.99/x86_64-fake/linuxkit
is "$(tar -tf "$k/kernel.tar" | sed 's,/[0-9a-f]\{64\}$,/HASH,' | sort -u | tr '\n' ' ')" \
	'blobs/ blobs/sha256/ blobs/sha256/HASH index.json oci-layout ' 'the tar has the names that cache import finds'
is "$(head -c 262 "$k/kernel.tar" | tail -c 5)" ustar 'it is an uncompressed tar'
mkdir "$T/x" && tar -C "$T/x" -xf "$k/kernel.tar"
check 'of the whole layout' diff -r "$T/x" "$T/out/6.99/x86_64-fake/image"
check 'which is verified' "$BIN/kimage" verify "$T/x"
is "$(sed -n 's/^  image: //p' "$k/kernel.yml")" "$(jq -r '.manifests[0].annotations."io.containerd.image.name"' "$T/x/index.json")" \
	'the YAML has the name that the layout has'
"$BIN/kimage" extract "$T/x" --to "$T/y" cmdline
# A double-quoted string of YAML with these escapes is one of JSON.
is "$(sed -n 's/^  cmdline: //p' "$k/kernel.yml" | jq -r .)" "$(cat "$T/y/cmdline")" 'and the whole command line'
cp "$k/kernel.tar" "$T/first.tar"
check 'again' mk "$T/out" linuxkit CMDLINE='console=ttyS0 x="a b" y=\1'
check 'gives the same bytes' cmp "$T/first.tar" "$k/kernel.tar"
check 'LAYOUT= selects another layout' mk "$T/out" linuxkit LAYOUT="$T/x"
check 'which is packed' cmp "$T/first.tar" "$T/out/linuxkit/kernel.tar"
sed -i 's/"io.containerd.image.name":"[^"]*",//; s/"org.opencontainers.image.ref.name":"[^"]*"//' "$T/x/index.json"
refuses 2 '\[no-name\]' 'one without a name is not found by LinuxKit' mk "$T/out" linuxkit LAYOUT="$T/x"
printf x >>"$(find "$T/x/blobs" -type f | head -n 1)"
refuses 2 '\[blob\]' 'nor is a damaged one packed' mk "$T/out" linuxkit LAYOUT="$T/x"

# ---- make module ---------------------------------------------------------------------
mkdir -p "$T/hello" "$T/none" "$T/kit/scripts/mod" "$T/kit/scripts/basic"
echo 'obj-m := hello.o' >"$T/hello/Makefile"
refuses 2 'DIR is missing \[knob-missing\]' 'a module needs DIR' mk "$T/out" module
refuses 2 '\[knob-path\]' 'a path' mk "$T/out" module DIR='a b'
refuses 2 '\[no-directory\]' 'that exists' mk "$T/out" module DIR="$T/nowhere" KIT="$T/kit"
refuses 2 '\[no-makefile\]' 'of a directory with a Makefile' mk "$T/out" module DIR="$T/none" KIT="$T/kit"
refuses 2 '\[bad-kit\]' 'and a kit' mk "$T/out" module DIR="$T/hello" KIT="$T/kit"
refuses 2 '\[bad-kit\]' 'not any file' mk "$T/out" module DIR="$T/hello" KIT="$T/key.pem"
refuses 2 '\[no-file\]' 'nor any image' mk "$T/out" module DIR="$T/hello" KIT="$T/out/image"
mv "$T/hello" "$T/he,llo"
refuses 2 '\[module-name\]' 'a name that an image can have' mk "$T/out" module DIR="$T/he,llo" KIT="$T/kit"
mv "$T/he,llo" "$T/hello"
# A kit whose makefile copies the module.
printf '%s\n' 'release 6.99.1-fake' 'version 6.99.1' 'arch x86_64' 'karch x86_64' "triplet $(uname -m)-linux-gnu" 'platform linux/amd64' \
	'epoch 1' 'ref docker.io/keelson/kernel:1' 'board fake' >"$T/kit/keelson"
echo x >"$T/kit/Module.symvers"
: >"$T/kit/.config"
for p in scripts/mod/modpost scripts/basic/fixdep; do
	printf '#!/bin/sh\n' >"$T/kit/$p"
	chmod 755 "$T/kit/$p"
done
cat >"$T/kit/Makefile" <<'E2'
.PHONY: modules modules_install
modules:
	@if grep -q broken $(M)/Makefile; then echo $(M)/hello.c:1: error >&2; exit 1; fi
modules_install:
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.99.1-fake/updates
	@grep -q empty $(M)/Makefile || cp $(M)/hello.ko $(INSTALL_MOD_PATH)/lib/modules/6.99.1-fake/updates/
E2
printf 'int x;\nstatic const char i[] __attribute__((section(".modinfo"), used)) = "license=GPL";\n' |
	gcc -c -x c -o "$T/hello/hello.ko" - || exit 2
m=$T/kit/modules/lib/modules/6.99.1-fake
mkdir -p "$m/updates"
echo '0000000000000000 T _text' >"$T/kit/modules/System.map"
: >"$m/modules.order"
: >"$m/modules.builtin"
: >"$m/modules.builtin.modinfo"
cp "$T/hello/hello.ko" "$m/updates/other.ko"
check 'a module is built by the kit and packed' mk "$T/out" module DIR="$T/hello" KIT="$T/kit"
check 'as an image' "$BIN/kimage" show --json "$T/out/module/hello/image"
is "$(jq -r '.images[0] | .name, (.files | keys[] | select(test("ko$|/modules.dep$")))' "$T/.out" | tr '\n' ' ')" \
	"docker.io/keelson/kernel:1-hello lib/modules/6.99.1-fake/modules.dep lib/modules/6.99.1-fake/updates/hello.ko " \
	'with its name, the module and the indexes'
is "$(sort "$T/out/module/hello/root/lib/modules/6.99.1-fake/modules.dep" | tr '\n' ' ')" 'updates/hello.ko: updates/other.ko: ' \
	'which have the modules of the kernel, too'
is "$(cd "$T/hello" && echo *)" 'Makefile hello.ko' 'the directory stays as it is'
echo CONFIG_MODULE_SIG=y >"$T/kit/.config"
scripts/signing-key.sh "$T/other.pem" && openssl x509 -in "$T/other.pem" -out "$T/kit/signer.pem"
refuses 2 '\[other-signer\]' 'a key that the kernel does not trust is refused' mk "$T/out" module DIR="$T/hello" KIT="$T/kit"
: >"$T/kit/.config"
echo '# empty' >>"$T/hello/Makefile"
refuses 2 '\[no-module\]' 'so is a directory that makes no module' mk "$T/out" module DIR="$T/hello" KIT="$T/kit"
echo '# broken' >>"$T/hello/Makefile"
refuses 2 '\[build-failed\]' 'an error of the compiler is printed' mk "$T/out" module DIR="$T/hello" KIT="$T/kit"
is "$(grep -c "^$T/hello/hello.c:1" "$T/.err")" 1 'with the path that the user gave'

# ---- debug information ------------------------------------------------------------------
# program FILE TEXT OPTION...: a program that is linked at a fixed address
program() {
	_file=$1 _text=$2
	shift 2
	printf '%s\n' "$_text" | gcc -O2 -no-pie -nostdlib -static -x c -o "$_file" "$@" -Wl,--build-id=sha1 - || exit 2
}
text='const char id[] = "a"; int f(int x) { return x * 3; } void _start(void) { for (;;) f(id[0]); }'
program "$T/plain" "$text"
program "$T/debug" "$text" -g
program "$T/data" "$(echo "$text" | sed 's/"a"/"b"/')" -g
program "$T/other" "$(echo "$text" | sed 's/x \* 3/x * 5/')" -g
program "$T/longer" "$text int g(int x) { return x / 7; }" -g
build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}
is "$([ "$(build_id "$T/plain")" = "$(build_id "$T/debug")" ]; echo $?)" 1 'debug information changes the build ID'
is "$(scripts/make/graft.sh '' "$T/plain" "$T/debug" debug)" 1 'which is one section'
is "$(build_id "$T/debug")" "$(build_id "$T/plain")" 'and is that of the original then'
is "$(readelf -SW "$T/debug" | grep -c '\.debug_info')" 1 'the debug information stays'
is "$(scripts/make/graft.sh '' "$T/plain" "$T/data" data)" 2 'data gets the bytes of the original'
objcopy -O binary "$T/plain" "$T/a" && objcopy -O binary "$T/data" "$T/b"
check 'so that all that is loaded is the same' cmp "$T/a" "$T/b"
refuses 1 '\[other-code\]' 'other code is refused' scripts/make/graft.sh '' "$T/plain" "$T/other" other
refuses 1 '\[other-code\]' 'so is more of it' scripts/make/graft.sh '' "$T/plain" "$T/longer" longer
refuses 1 '\[no-section\]' 'and a file that is not ELF' scripts/make/graft.sh '' "$T/kit/keelson" "$T/plain" text
finish
