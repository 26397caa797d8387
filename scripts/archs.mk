# SPDX-License-Identifier: GPL-2.0-only
#
# The one table of architectures: what others call each. The Makefile and setup.sh read it.
#
# arch         Kbuild  arch/  GNU triplet        OCI platform    QEMU                 Debian: arch, package of QEMU
arch-x86_64 := x86_64  x86    x86_64-linux-gnu   linux/amd64     qemu-system-x86_64   amd64  qemu-system-x86
arch-arm64  := arm64   arm64  aarch64-linux-gnu  linux/arm64/v8  qemu-system-aarch64  arm64  qemu-system-arm
arch-s390x  := s390    s390   s390x-linux-gnu    linux/s390x     qemu-system-s390x    s390x  qemu-system-s390x
