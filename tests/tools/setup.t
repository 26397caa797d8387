#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Missing packages are found, and installed or printed: on made-up machines, whose whole
# path is one directory, and whose apt-get only records its arguments. Programs and
# archs are those of scripts/setup/packages and scripts/archs.mk.
. tests/lib.sh
setup=$PWD/scripts/setup/setup.sh
unset DEBIAN_FRONTEND
# The programs of the two tables. The made-up machine is x86_64, which has no cross compiler.
rows() { # KIND: the names of scripts/setup/packages that the tests need
	awk -v kind="$1" '/^(build|boot|check) / && $2 == kind { print $3 }' scripts/setup/packages
}
arch() { # ARCH COLUMN: of scripts/archs.mk
	awk -v name="arch-$1" -v column="$2" '$1 == name { print $column }' scripts/archs.mk
}
archs=$(sed -n 's/^arch-\([a-z0-9_]*\).*/\1/p' scripts/archs.mk)
libraries=$(rows pc)
# is_own ARCH: does the machine's own compiler compile for it?
is_own() {
	[ "$(arch "$1" 5)" = x86_64-linux-gnu ]
}
firmware=$(sed -n 's/^uefi-[a-z0-9_]* := \([^ ]*\) .*/\1/p' scripts/archs.mk)
crosses=$(for a in $archs; do is_own "$a" || arch "$a" 5; done)
everything="$(rows cmd) $(for a in $archs; do arch "$a" 7; done)"
for triplet in $crosses; do
	everything="$everything $triplet-gcc"
done
printf 'ID=debian\n' >"$T/debian"
printf 'ID=ubuntu\nID_LIKE="debian"\n' >"$T/ubuntu"
printf 'ID=fedora\n' >"$T/fedora"

# program NAME: a program of the made-up machine, its text on standard input
program() {
	cat >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}

# machine UID: one that has everything, and a user
machine() {
	rm -rf "${T:?}/bin" "$T/log" "${T:?}/lib"
	mkdir "$T/bin"
	: >"$T/log"
	for p in sh cat env touch mkdir; do
		ln -s "$(command -v "$p")" "$T/bin/$p"
	done
	for p in $everything; do
		echo '#!/bin/sh' | program "$p"
	done
	program gcc <<-EOF
		#!/bin/sh
		case \$1 in
		-dumpversion) echo 12.2.0 ;;
		*=plugin) echo "$T/lib/gcc" ;;
		*) [ -e "$T/lib/libc.a" ] && echo "$T/lib/libc.a" || echo libc.a ;;
		esac
	EOF
	mkdir "$T/lib"
	for p in gcc $(for c in $crosses; do echo "$c-gcc"; done); do
		mkdir -p "$T/lib/$p/include"
		: >"$T/lib/$p/include/plugin-version.h"
	done
	for p in $crosses; do
		: >"$T/lib/$p"
		program "$p-gcc" <<-EOF
			#!/bin/sh
			case \$1 in *=plugin) echo "$T/lib/$p-gcc" ;; *) echo "$T/lib/$p" ;; esac
		EOF
	done
	for p in $firmware; do
		mkdir -p "$T/lib/root/${p%/*}"
		: >"$T/lib/root/$p"
	done
	program uname <<-EOF
		#!/bin/sh
		echo x86_64
	EOF
	: >"$T/lib/libc.a"
	for p in $libraries; do
		: >"$T/lib/$p"
	done
	program pkg-config <<-EOF
		#!/bin/sh
		[ "\$1" = --exists ] || exit 1
		shift
		for library; do
			[ -e "$T/lib/\$library" ] || exit 1
		done
	EOF
	program id <<-EOF
		#!/bin/sh
		echo $1
	EOF
	program sudo <<-EOF
		#!/bin/sh
		echo "sudo \$*" >>"$T/log"
		[ "\$1" != -n ] || shift
		exec "\$@"
	EOF
	echo '#!/bin/sh' | program true
	apt_installs bc
}

# apt_installs NAMES: an apt-get that does.
apt_installs() {
	program apt-get <<-EOF
		#!/bin/sh
		echo "apt-get \$* (\${DEBIAN_FRONTEND:-})" >>"$T/log"
		[ "\$1" = install ] || exit 0
		for p in $*; do echo '#!/bin/sh' >"$T/bin/\$p"; done
		cd "$T/bin" && "$(command -v chmod)" +x $*
		touch "$T/lib/libelf"
	EOF
}

# s [ARGS...]: set-up on that machine; without a terminal, so that sudo can't ask
s() {
	SSL_CERT_FILE="$T/debian" SETUP_OS_RELEASE="$T/${os:-debian}" SETUP_ROOT="$T/lib/root" PATH="$T/bin" \
		"$setup" "$@" </dev/null
}
log() {
	cat "$T/log"
}

# ---- missing packages -----------------------------------------------------------
machine 0
is "$(s --check 2>&1)" '' 'where nothing is missing, nothing is printed'
check 'and nothing is missing' s --check
is "$(s; log)" 'setup: nothing is missing' 'and nothing is installed'

# lists WHAT STAGE WANTED: --check STAGE is or is not content, and names WHAT.
lists() {
	_got=$(s --check "$2" 2>&1)
	_st=$?
	case $_st$_got in
	0) _got=no ;;
	1missing*"$1 (package "*) _got=yes ;;
	esac
	[ "$3" = yes ] && _name="$2 needs $1" || _name="$2 does not need $1"
	is "$_got" "$3" "$_name"
}
for need in bc:yes:yes:yes bsdtar:no:yes:yes skopeo:no:no:yes; do
	name=${need%%:*} wants=${need#*:}
	rm "$T/bin/$name"
	for stage in build boot check; do
		lists "$name" "$stage" "${wants%%:*}"
		wants=${wants#*:}
	done
	echo '#!/bin/sh' | program "$name"
done
for name in $everything; do
	# Where depmod is looked for is not for a test to change.
	[ "$name" != depmod ] || continue
	mv "$T/bin/$name" "$T/hidden"
	lists "$name" check yes
	mv "$T/hidden" "$T/bin/$name"
done
for name in libc.a $libraries; do
	rm "$T/lib/$name"
	lists "$name" build yes
	: >"$T/lib/$name"
done
program clang <<EOF
#!/bin/sh
echo "$T/lib/\${1#*=}"
EOF
lists libclang_rt.fuzzer fuzz yes
: >"$T/lib/libclang_rt.fuzzer-x86_64.a"
lists libclang_rt.fuzzer fuzz no
rm "$T/bin/clang"
lists clang fuzz yes

# ---- other architectures --------------------------------------------------------
# arch_firmware ARCH COLUMN: the file and the package of its UEFI firmware
arch_firmware() {
	awk -v name="uefi-$1" -v column="$2" '$1 == name { print $column }' scripts/archs.mk
}

# for_arch ARCH WANTED NAME: the packages that setting up to boot it lacks
for_arch() {
	is "$(s --check boot "$1" | sed -n 's/.*(package \(.*\)).*/\1/p' | tr '\n' ' ')" "$2" "$3"
}
for a in $archs; do
	machine 0
	# The columns of Debian's: its arch, and the packages of compiler and QEMU.
	own=$(arch "$a" 10) triplet=$(arch "$a" 5)
	rm -f "$T/bin/$(arch "$a" 7)" "$T/bin/$triplet-gcc" "$T/lib/$triplet"
	is_own "$a" || own="$(arch "$a" 9) gcc-12-plugin-dev-$(arch "$a" 9 | sed s/^gcc-//) libc6-dev-$(arch "$a" 8)-cross $own"
	_file=$(arch_firmware "$a" 3)
	[ -z "$_file" ] || { rm "$T/lib/root$_file"; own="$own $(arch_firmware "$a" 4)"; }
	for_arch "$a" "$own " "$a gets the packages of its row of archs.mk"
done
machine 0
rm "$T/bin/aarch64-linux-gnu-gcc" "$T/bin/qemu-system-s390x" "$T/lib/s390x-linux-gnu"
for_arch x86_64 '' 'an arch needs no package of another'
for_arch arm64 'gcc-aarch64-linux-gnu gcc-12-plugin-dev-aarch64-linux-gnu libc6-dev-arm64-cross ' 'a missing cross compiler is reported'
for_arch s390x 'libc6-dev-s390x-cross qemu-system-s390x ' 'so is its C library, and QEMU'
is "$(s --check build s390x)" '' 'which only boots need'
printf '#!/bin/sh\necho aarch64\n' | program uname
for_arch arm64 '' 'where the host is that arch, its own compiler will do'
for_arch x86_64 'gcc-x86-64-linux-gnu gcc-12-plugin-dev-x86-64-linux-gnu libc6-dev-amd64-cross ' 'and a cross one is needed for x86_64'
refuses 2 "'vax' \[unknown-arch\]; known: $(echo "$archs" | tr '\n' ' ')" 'an unknown one is refused' \
	s --check boot vax
machine 0

rm "$T/bin/pkg-config" "$T/lib/libelf"
is "$(s --check build | sed -n 's/^.*(package \([a-z0-9]*-dev\).*$/\1/p' | tr '\n' ' ')" \
	"$(awk '$1 == "build" && $2 == "pc" { printf "%s ", $4 }' scripts/setup/packages)" \
	'without pkg-config no library is known to be there'
machine 0
rm "$T/bin/bc"
is "$(s --check build)" "missing [missing]:
  bc (package bc), which generates kernel headers" 'the list names program, package and reason'
is "$(log)" '' 'looking installs nothing'

# ---- installing it --------------------------------------------------------------
# lacking UID: a machine that lacks a program and a library
lacking() {
	machine "$1"
	rm "$T/bin/bc" "$T/lib/libelf"
}
apt='apt-get install -y --no-install-recommends bc libelf-dev'
lacking 0
check 'root installs' s
is "$(log)" "apt-get update ()
$apt (noninteractive)" 'the missing packages, and no other, without sudo'
lacking 0
is "$(s | sed -n '1,/running/p')" "setup: missing [missing]:
  bc (package bc), which generates kernel headers
  libelf (package libelf-dev), which reads objects, for the kernel's objtool
setup: running: apt-get update, then $apt" 'and says so before'
rm "$T/bin/prove" "$T/bin/perl"
apt_installs prove perl
s >/dev/null
is "$(log | tail -n 1)" 'apt-get install -y --no-install-recommends perl (noninteractive)' \
	'a package that two things need is named once'
# A bare machine knows the version of gcc from the lists only.
machine 0
rm "$T/bin/gcc"
apt_installs g++
program apt-cache <<-EOF
	#!/bin/sh
	[ -e "$T/updated" ] || exit 100
	printf 'gcc\n  Depends: cpp\n  Depends: gcc-14\n'
EOF
sed -i "s|^\[ .*install \].*|[ \"\$1\" = install ] \|\| { : >'$T/updated'; exit 0; }|" "$T/bin/apt-get"
s >/dev/null 2>&1
is "$(log | tail -n 1 | grep -o 'gcc-[0-9]*-plugin-dev ')" 'gcc-14-plugin-dev ' 'headers of plugins have the version of the gcc that apt installs'
lacking 0
rm "$T/bin/skopeo"
check 'a package that a stage does not need' s build
is "$(log | tail -n 1)" "$apt (noninteractive)" 'is not installed for it'
lacking 1000
check 'others install through sudo' s
is "$(log)" "sudo -n true
sudo apt-get update
apt-get update ()
sudo env DEBIAN_FRONTEND=noninteractive $apt
$apt (noninteractive)" 'that does not ask, since no user answers'
os=ubuntu
lacking 0
check 'the family of Debian is larger than Debian' s
os=debian

# ---- where that can't be --------------------------------------------------------
lacking 1000
rm "$T/bin/sudo"
refuses 2 "^apt-get update && $apt\$" 'without sudo the exact command is printed' s
is "$(log)" '' 'and nothing is installed'
lacking 1000
printf '#!/bin/sh\nexit 1\n' | program sudo
refuses 2 "^apt-get update && $apt\$" 'likewise where sudo needs a password' s
is "$(log)" '' 'and nothing is installed'
os=fedora
lacking 0
refuses 2 '\[not-debian\]' 'on another distribution it is not done' s
is "$(s 2>/dev/null)" "setup: missing [missing]:
  bc (package bc), which generates kernel headers
  libelf (package libelf-dev), which reads objects, for the kernel's objtool" \
	'but the list is complete'
is "$(log)" '' 'and no apt-get was called'
machine 0
check 'nor does it matter where nothing is missing' s
os=debian
lacking 0
rm "$T/bin/apt-get"
refuses 2 '\[not-debian\]' 'a Debian without apt-get is like another distribution' s

lacking 0
program apt-get <<-EOF
	#!/bin/sh
	[ "\$1" = update ]
EOF
refuses 2 "^$apt\$" 'a failing apt-get is an error, with the command to repeat' s
lacking 0
apt_installs
refuses 2 '\[still-missing\]' 'an apt-get that does not bring it is one too' s
lacking 0
apt_installs bc
sed -i 's/exit 0$/exit 100/' "$T/bin/apt-get"
check 'old lists are better than none' s
is "$(log | tail -n 1)" "$apt (noninteractive)" 'when they can be used'

refuses 2 "'moon' \[unknown-stage\]" 'an unknown stage is refused' s moon
refuses 2 "'moon' \[unknown-stage\]" 'also by --check' s --check moon
refuses 2 "'--moon' \[usage\]" 'and an unknown option' s --moon
check 'there is --help' s --help

finish
