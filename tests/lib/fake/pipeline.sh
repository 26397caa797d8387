# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# All that the Makefile needs to make an image of a fake kernel, in $T; after tests/lib.sh.
: "${TREE:?a kernel tree, for its Kconfig}"

# ---- a release, a board and its fragments ---------------------------------------
sh tests/lib/fake/mktree.sh "$TREE" "$T"
tar -C "$T" --mtime=2024-02-29T12:00:00Z -cJf "$T/linux-6.99.1.tar.xz" linux-6.99.1
mkdir -p "$T/kernel/6.99" "$T/configs/base" "$T/configs/common" "$T/configs/flavours" \
	"$T/configs/boards/x86_64" "$T/patches/6.99"
cat >"$T/kernel/6.99/release" <<E2
version 6.99.1
date 2024-02-29T12:00:00Z
eol 2030-12-31
signer 647F28654894E3BD457199BE38DBBDC86092693E
origin kernel.org linux-6.99.1.tar.xz $(sha256sum <"$T/linux-6.99.1.tar.xz" | cut -d ' ' -f 1)
E2
cat >"$T/configs/base/sig.config" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

# The guest loads modules, and only ours.
CONFIG_MODULES=y
CONFIG_MODULE_SIG=y
CONFIG_MODULE_SIG_FORCE=y
CONFIG_LOCALVERSION="-fake"
E2
cat >"$T/configs/defaults" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

class devices Kconfig

# Any size of the ring will do, and either compression.
refuse FAKE_RING FAKE_GZIP
E2
cat >"$T/configs/common/net.config" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

# The guest has a disk and a network.
CONFIG_NET=y
CONFIG_FAKE_BLK=m
CONFIG_FAKE_NET=m
E2
cat >"$T/configs/flavours/loud.config" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only

# The kernel prints a loud banner.
CONFIG_FAKE_LOUD=y

# Its images differ.
#: override until=7.0 tester one board has two kernels
CONFIG_LOCALVERSION="-fake-loud"
E2
cat >"$T/configs/boards/x86_64/fake.board" <<'E2'
# SPDX-License-Identifier: GPL-2.0-only
DESCRIPTION := no machine at all
FRAGMENTS := common/net
KERNEL := bzImage
BUDGET := 1000000
CMDLINE := console=ttyS0
MACHINES := none
QEMU.none := $(QEMU) -machine none
BUS.none := pci
E2
: >"$T/patches/6.99/series"
scripts/signing-key.sh "$T/key.pem" || exit 2

# mk OUT [ARGS...]: the product's own Makefile on all that.
mk() {
	_out=$1
	shift
	make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" MODULES="$T/modules" OUT="$_out" DL="$_out/dl" BIN="$BIN" \
		SERIES=6.99 BOARD=fake SIGN_KEY="$T/key.pem" KERNEL_DIR="$T" OFFLINE=1 \
		KERNEL_MIRROR= JOBS=2 V= "$@"
}
digest() {
	mk "$1" -s image 2>"$T/digest.err" | sed -n 's/.*\(sha256:[0-9a-f]*\).*/\1/p'
}

# prints PATTERN NAME GOAL...: the goal succeeds and prints it
prints() {
	_pattern=$1 _name=$2
	shift 2
	if mk "$T/out" -s "$@" >"$T/printed" 2>&1 && grep -Eq -e "$_pattern" "$T/printed"; then
		ok "$_name"
	else
		not_ok "$_name"
		diag <"$T/printed"
	fi
}
