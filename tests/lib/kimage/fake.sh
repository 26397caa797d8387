# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Fake kernels to pack, for the tests of kimage; after tests/lib.sh.

R=6.99.1-fake
REF=docker.io/keelson/kernel:$R

# shellcheck disable=SC2046 # words are meant to split
{ gcc -o "$T/fake" tests/lib/kimage/fake.c &&
	gcc -o "$T/oci" tests/lib/kimage/oci.c $(pkg-config --cflags --libs jansson libcrypto); } || exit 2

# inputs DIR [ARCH]: all that `kimage pack` wants.
inputs() {
	_m=$1/modules/lib/modules/$R
	mkdir -p "$_m/kernel/fs/a"
	case ${2:-x86_64} in
	x86_64) _format=bzImage ;;
	arm64) _format=Image ;;
	s390x) _format=s390 ;;
	riscv64) _format=riscv ;;
	esac
	"$T/fake" kernel "$_format" $R >"$1/kernel"
	printf '%s\n' CONFIG_MODULES=y CONFIG_MODULE_SIG_FORCE=y 'CONFIG_LOCALVERSION="-fake"' \
		'# CONFIG_KEXEC is not set' >"$1/config"
	echo '0000000000000000 T _text' >"$1/System.map"
	echo 'console=ttyS0' >"$1/cmdline"
	# Names that sort differently by path and by component.
	for _ko in a-b.ko a.ko a/b.ko; do
		"$T/fake" module "${2:-x86_64}" "$R SMP" sig-of-$_ko >"$_m/kernel/fs/$_ko"
		echo "kernel/fs/$_ko"
	done >"$_m/modules.order"
	printf '%s\n' 'kernel/fs/a.ko: kernel/fs/a/b.ko' 'kernel/fs/a-b.ko:' \
		'kernel/fs/a/b.ko:' >"$_m/modules.dep"
	for _index in alias symbols builtin; do
		echo '# nothing' >"$_m/modules.$_index"
	done
	cat >"$1/meta" <<E2
release $R
version 6.99.1
series 6.99
arch ${2:-x86_64}
board fake
toolchain gcc 0.0
source_file linux-6.99.1.tar.xz
source_sha256 $(echo | sha256sum | cut -d ' ' -f 1)
rebuild make image
patch 0001-a patch.patch $(echo | sha256sum | cut -d ' ' -f 1)
E2
}

# larger DIR: of more than a few chunks, so that threads have something to mix up
larger() {
	cp -R "$T/in" "$1"
	m=$1/modules/lib/modules/$R
	i=0
	while [ $i -lt 12 ]; do
		i=$((i + 1))
		{ "$T/fake" module x86_64 "$R SMP"; seq $((i * 1000)) $((i * 1000 + 50000)); } >"$m/kernel/fs/m$i.ko"
		"$T/fake" module x86_64 "$R SMP" sig | tail -c 43 >>"$m/kernel/fs/m$i.ko"
		echo "kernel/fs/m$i.ko:" >>"$m/modules.dep"
	done
}

# pack INPUTS LAYOUT [ARGS...]: kimage with ARGS added, under the command $under, if that is set
pack() {
	_in=$1
	_out=$2
	shift 2
	case $(sed -n 's/^arch //p' "$_in/meta") in
	arm64) set -- --platform linux/arm64/v8 --format Image "$@" ;;
	riscv64) set -- --platform linux/riscv64 --format Image "$@" ;;
	s390x) set -- --platform linux/s390x --format bzImage "$@" ;;
	*)
		case $([ ! -f "$_in/kernel" ] || head -c 4 "$_in/kernel" | tr -d '\0') in
		*ELF) set -- --platform linux/amd64 --format vmlinux "$@" ;;
		*) set -- --platform linux/amd64 --format bzImage "$@" ;;
		esac
		;;
	esac
	${under-} "$BIN/kimage" pack --layout "$_out" --ref $REF --created 1700000000 \
		--file kernel="$_in/kernel" --file config="$_in/config" \
		--file System.map="$_in/System.map" --file cmdline="$_in/cmdline" \
		--modules "$_in/modules" --meta "$_in/meta" "$@"
}

# digest LAYOUT: of the image
digest() {
	"$T/oci" get "$1" top/manifests/0/digest
}

# ustar DIR [ARGS...]: its entries as kimage would pack them, on standard output
ustar() {
	_dir=$1
	shift
	(cd "$_dir" && find . -mindepth 1 | sed 's|^\./||' | sort |
		tar --format=ustar -b1 --no-recursion --owner=0 --group=0 --numeric-owner \
			--mtime=@1700000000 --mode=u=rwX,go=rX -T - "$@" -cf -)
}

# The rules of the findings in a file.
reported() {
	sed -n 's/.* \[\([a-z-]*\)\]; ..*/\1/p' "$1" | sort -u | tr '\n' ' '
}
# judge STATUS RULES NAME COMMAND...: it must report these rules, no others, and exit so
judge() {
	_status=$1 _rules=$2 _name=$3
	shift 3
	"$@" >"$T/out" 2>"$T/err"
	is "$? $(reported "$T/err")" "$_status $_rules${_rules:+ }" "$_name"
	echo "$_rules" | tr ' ' '\n' >>"$T/seen"
	grep -q 'Sanitizer' "$T/err" && diag <"$T/err"
}
