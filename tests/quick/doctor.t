#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# doctor.sh reports missing, old and odd parts of a host; fake programs play the host.
# shellcheck disable=SC2016 # another shell's own
. tests/lib.sh

mkdir -p "$T/bin" "$T/resolved/6.99" "$T/kernel" "$T/home" "$T/plugin/include"
: >"$T/plugin/include/plugin-version.h"
printf 'arch_gcc (X) 12.2.0\t$(CC) --version 2>/dev/null | head -n 1\n' >"$T/resolved/6.99/x86_64.probes"
: >"$T/key.pem"
chmod 600 "$T/key.pem"

# stub NAME TEXT: a program that prints it
stub() {
	printf '#!/bin/sh\ncat <<"E2"\n%s\nE2\n' "$2" >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}
well() {
	stub make 'GNU Make 4.3'
	stub gcc 'gcc (X) 12.2.0'
	stub uname x86_64
	stub df 'Filesystem 1024-blocks Used Available Capacity Mounted
x 9000000 0 9000000 0% /'
	stub findmnt rw,relatime
	stub ccache 5.0G
	stub clang "$T/key.pem"
	for _p in pkg-config flex bison bc perl xz patch curl gpgv openssl depmod cpio zstd ld bsdtar \
		qemu-system-x86_64 prove shellcheck clang-tidy sparse skopeo yq jsonschema minisign softhsm2-util chromium docker-registry gpg gpg-agent \
		mksquashfs mkfs.erofs jq time g++ pahole; do
		stub "$_p" ''
	done
	printf '#!/bin/sh\ncase $1 in --version) echo "gcc (X) 12.2.0" ;; *=plugin) echo "%s" ;; *) echo "%s" ;; esac\n' "$T/plugin" "$T/key.pem" >"$T/bin/gcc"
	for _p in sed awk sort head tr find date stat grep cat sh uname env dirname; do
		[ -e "$T/bin/$_p" ] || ln -s "$(command -v "$_p")" "$T/bin/$_p"
	done
}
doctor() {
	env PATH="$T/bin" TMPDIR="$T" SSL_CERT_FILE="$T/key.pem" HOME="$T/home" sh -c "${before:-:}; "'exec scripts/setup/doctor.sh "$@"' sh \
		"$T/out" "$T/key.pem" "$T/resolved" 6.99 "$T/kernel" x86_64
}
echo x >"$T/key.pem"
# finds CODE STATE NAME: exit status 1 and a line of that state
finds() {
	doctor >"$T/said" 2>&1
	is "$? $(sed -n "s/^  \([a-z]*\) .*\[$1\].*/\1/p" "$T/said" | head -n 1)" "$2" "$3"
	well
	before=
}
well
check 'a host that has all' doctor
cp "$T/.out" "$T/said"
check 'nothing was made' [ ! -e "$T/out" ]
is "$(find "$T/home" -mindepth 1)" '' 'in the home directory neither'
rm "$T/bin/flex"
finds setup-missing '1 missing' 'a package that is missing'
rm "$T/bin/qemu-system-x86_64"
finds setup-missing '1 missing' 'one that make boot takes'
is "$(grep -c 'make boot cannot run' "$T/said")" 1 'and its consequence'
stub make 'GNU Make 4.1'
finds make-version '1 old' 'a make that is too old'
stub make 'bmake'
finds make-version '1 odd' 'another make'
sed -i 's/12.2.0/9.3.0/' "$T/bin/gcc"
finds compiler-old '1 old' 'a compiler older than that of the record'
sed -i 's/12.2.0/14.1.0/' "$T/bin/gcc"
finds compiler-differs '0 note' 'a newer one is a note'
stub df 'Filesystem 1024-blocks Used Available Capacity Mounted
x 9000000 0 900000 0% /'
finds disk-space '1 odd' 'a disk that is nearly full'
stub findmnt rw,noexec,relatime
finds tmpdir-noexec '1 odd' 'TMPDIR without programs'
stub findmnt rw,noexec
finds noexec '1 odd' 'nor can out/ have them'
stub ccache 500.0M
finds ccache-size '0 note' 'a small ccache is a note'
chmod 644 "$T/key.pem"
finds key-mode '1 odd' 'a private key that others can read'
chmod 600 "$T/key.pem"
before='umask 0222'
finds umask '1 odd' 'a umask that takes files from their owner'
: >"$T/kernel/x"
touch -d '+1 day' "$T/kernel/x"
finds clock '1 odd' 'a clock that is behind'
check 'all is well again' sh -c "rm '$T/kernel/x'"
check 'with the clock set' doctor

# make doctor needs no board, and makes nothing.
check 'make doctor runs' sh -c 'make OUT="$1/out" doctor >"$1/said"; tail -n 1 "$1/said" | grep ^doctor:' sh "$T"
check 'and makes nothing' [ ! -e "$T/out" ]
finish
