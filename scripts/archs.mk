# SPDX-License-Identifier: GPL-2.0-only
#
# The table of architectures, with their names elsewhere. The Makefile and setup.sh read it.
#
#              Kbuild  arch/  GNU triplet        OCI platform    QEMU                 Debian's arch, and packages of compiler and QEMU
arch-x86_64 := x86_64  x86    x86_64-linux-gnu   linux/amd64     qemu-system-x86_64   amd64  gcc-x86-64-linux-gnu   qemu-system-x86
arch-arm64  := arm64   arm64  aarch64-linux-gnu  linux/arm64/v8  qemu-system-aarch64  arm64  gcc-aarch64-linux-gnu  qemu-system-arm
arch-s390x  := s390    s390   s390x-linux-gnu    linux/s390x     qemu-system-s390x    s390x  gcc-s390x-linux-gnu    qemu-system-s390x
arch-riscv64 := riscv  riscv  riscv64-linux-gnu  linux/riscv64   qemu-system-riscv64  riscv64  gcc-riscv64-linux-gnu  qemu-system-misc

# The kernel files that each architecture builds, and an image can contain (docs/kimage.1).
kernels-x86_64 := bzImage vmlinux
kernels-arm64 := Image Image.gz
kernels-s390x := bzImage
kernels-riscv64 := Image Image.gz

# The UEFI firmware of its machines, and Debian's package of it.
uefi-x86_64 := /usr/share/ovmf/OVMF.fd ovmf
uefi-arm64 := /usr/share/qemu-efi-aarch64/QEMU_EFI.fd qemu-efi-aarch64

# The architectures that `make check` builds and boots, the slowest to boot first. With riscv64 it
# would take over an hour on two cores: see docs/limits.md.
CHECKED := s390x arm64 x86_64
