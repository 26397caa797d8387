#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mktree.sh TREE DEST: a kernel tree of two dozen lines, DEST/linux-6.99.1, for the
# tests of the harness itself. Kconfig, its parser and sign-file are the real ones of
# TREE; in place of a kernel, Kbuild compiles a boot sector and a few modules.
set -eu

tree=$1
fake=$2/linux-6.99.1

mkdir -p "$fake/scripts" "$fake/certs" "$fake/arch/x86/boot" "$fake/arch/s390" "$fake/src"
cp -R "$tree/scripts/kconfig" "$fake/scripts/"
[ ! -d "$tree/scripts/include" ] || cp -R "$tree/scripts/include" "$fake/scripts/" # since 6.12
cp "$tree/scripts/sign-file.c" "$tree/scripts/ssl-common.h" "$fake/scripts/"

cat >"$fake/scripts/tools-support-relr.sh" <<'EOF'
#!/bin/sh -eu
# SPDX-License-Identifier: GPL-2.0-only
rm "$(mktemp)"
EOF
chmod +x "$fake/scripts/tools-support-relr.sh"

cat >"$fake/Kconfig" <<'EOF'
# SPDX-License-Identifier: GPL-2.0-only
mainmenu "Fake $(KERNELVERSION) for $(ARCH)"

# As scripts/Kconfig.include has them.
if-success = $(shell,{ $(1); } >/dev/null 2>&1 && echo "$(2)" || echo "$(3)")
success = $(if-success,$(1),y,n)
cc-option = $(success,$(CC) -Werror $(CLANG_FLAGS) $(1) -S -x c /dev/null -o /dev/null)

config 64BIT
	def_bool y
	select HAVE_CANARY if CC_HAS_NOPE

config LOCALVERSION
	string "Local version"

config MODULES
	bool "Loadable modules"
	modules

config MODULE_SIG
	bool "Signed modules"
	depends on MODULES

config MODULE_SIG_FORCE
	bool "Only signed modules"
	depends on MODULE_SIG

config MODULE_SIG_HASH
	string
	default "sha512" if MODULE_SIG

config NET
	bool "Networking"

config FAKE_VIRTIO
	tristate

config FAKE_BLK
	tristate "Block device"
	select FAKE_VIRTIO

config FAKE_NET
	tristate "Network device"
	depends on NET
	select FAKE_VIRTIO

config FAKE_RING
	int "Ring size"
	range 16 1024
	default 256

config MITIGATION_FAKE
	bool "A mitigation that got this name by a rename"
config FAKE_LOUD
	bool "Changes the kernel and no module"
config FAKE_QUIET
	bool "Not beside a loud option"
	depends on !FAKE_LOUD

# A gate that a release put before options that were requested without it.
menuconfig FAKE_GATE
	bool "Legacy tables"
	depends on NET

config FAKE_TABLES
	tristate "Tables"
	depends on FAKE_GATE

config FAKE_FILTER
	tristate "Filter"
	depends on FAKE_TABLES

config FAKE_FOREIGN
	bool "On another machine only"
	depends on HAVE_FOREIGN

config CC_HAS_NOPE
	def_bool $(cc-option,-fno-such-option)
config CC_HAS_PIC
	def_bool $(cc-option,-fpic)

config FAKE_CC
	bool "Takes an option that no compiler has"
	depends on CC_HAS_NOPE
config FAKE_AUTO
	def_bool y
	depends on FAKE_GATE

# Numbers and a text. One hex has no 0x; one is beyond 63 bits, and so is one's range.
menuconfig FAKE_VALUES
	bool "Values"

config FAKE_HEX
	hex "An address"
	default 0x100000
	depends on FAKE_VALUES

config FAKE_BARE
	hex "Without 0x"
	default 10
	depends on FAKE_VALUES

config FAKE_HIGH
	hex "An address of the kernel's"
	range 0xffffffff80000000 0xffffffffffffffff
	default 0xffffffff81000000
	depends on FAKE_VALUES

config FAKE_PAGE
	hex "An address in a range"
	range 0x1000 0x8000
	default 0x2000
	depends on FAKE_VALUES

config FAKE_COUNT
	int "A number"
	default 16
	depends on FAKE_VALUES

config FAKE_ZERO
	int "A number, 0 by default"
	depends on FAKE_VALUES

config FAKE_FIXED
	hex
	default 0xffffffff81000000
	depends on FAKE_VALUES

config FAKE_BELOW
	int
	default -5
	depends on FAKE_VALUES

config FAKE_NICE
	int "A negative number"
	range -20 19
	default -5
	depends on FAKE_VALUES

config FAKE_TEXT
	string "A text"
	default "words"
	depends on FAKE_VALUES

config FAKE_CANARY
	bool "Canaries" if HAVE_CANARY
config HAVE_CANARY
	bool

# Writes where TMPDIR says.
config TOOLS_SUPPORT_RELR
	def_bool $(success,env "CC=$(CC)" $(srctree)/scripts/tools-support-relr.sh)

config HOST_HAS_NOPE
	def_bool $(success,test -e $(srctree)/../nope.h)

choice
	prompt "Compression"

config FAKE_GZIP
	bool "gzip"

config FAKE_ZSTD
	bool "zstd"

endchoice
EOF

# An option of another architecture.
printf 'config S390_FAKE\n\tbool "Channels"\n' >"$fake/arch/s390/Kconfig"

cat >"$fake/Makefile" <<'EOF'
# SPDX-License-Identifier: GPL-2.0-only
VERSION = 6
PATCHLEVEL = 99
SUBLEVEL = 1
# Enough of Kbuild for the harness: O=, .config, bzImage, Image, modules, modules_install.
include $(O)/.config
release := $(VERSION).$(PATCHLEVEL).$(SUBLEVEL)$(subst ",,$(CONFIG_LOCALVERSION))
mods-$(CONFIG_FAKE_VIRTIO) += fake_virtio
mods-$(CONFIG_FAKE_BLK) += fake_blk
mods-$(CONFIG_FAKE_NET) += fake_net
kos := $(patsubst %,$(O)/%.ko,$(mods-m))
B := $(O)/arch/x86/boot
# What fixdep leaves beside an object, and modules.order and .mod for the modules.
cmd_file = printf 'savedcmd_$1 := gcc -Wp,-MMD,.d -D__KERNEL__ -c\n\nsource_$1 := ../$2\n' >$(O)/.$1.cmd
.PHONY: bzImage Image vmlinux modules modules_install syncconfig olddefconfig modules_prepare

modules_prepare:
# A directory of modules in M.
%/:
	@for c in $(M)/$*/*.c; do $(CC) -c -o /dev/null $$c || exit; done
# One file, as Kbuild compiles it by its name.
src/%.o: src/%.c
	@mkdir -p $(O)/src
	@$(CC) $(KCFLAGS) -DVERMAGIC='""' -c -o $(O)/$@ $<

syncconfig olddefconfig:
	@sh scripts/sync.sh $(O)/.config

bzImage Image: $(B)/bzImage
vmlinux: $(B)/bzImage
	@cp $(O)/kernel.o $(O)/$@
modules: $(kos) $(O)/scripts/sign-file
	@for m in $(mods-m); do echo $$m.o; done >$(O)/modules.order

# As long as a real object, so that a test can kill the build within one.
$(B)/bzImage: $(O)/.config $(O)/certs/keelson.pem src/kernel.c
	@echo '  CC      src/kernel.o'
	@mkdir -p $(B) $(O)/include/config
	@sleep $(or $(FAKE_SLEEP),0)
	@$(CC) $(KCFLAGS) $(if $(CONFIG_FAKE_LOUD),-DLOUD) -c -o $(O)/kernel.o src/kernel.c
	@echo $(release) >$(O)/include/config/kernel.release
	@rm -f $(O)/vmlinux.a && cd $(O) && ar cDPrST vmlinux.a kernel.o
	@$(call cmd_file,kernel.o,src/kernel.c)
	@printf '%s\n' '0000000000000000 T _text' '0000000000000010 T __x64_sys_read' >$(O)/System.map
	@echo '  BUILD   $@'
	@{ head -c 514 /dev/zero; printf 'HdrS\017\002'; head -c 6 /dev/zero; printf '\000\002'; \
	   head -c 496 /dev/zero; printf '%s (keelson@keelson) #1 SMP %s\000' '$(release)' '$(KBUILD_BUILD_TIMESTAMP)'; \
	   cat $(O)/kernel.o $(O)/certs/keelson.pem; head -c 20000 /dev/zero; } >$@
	@ln -f $@ $(B)/Image

$(O)/%.ko: src/%.c $(O)/.config
	@echo '  CC [M]  $*.ko'
	@sleep $(or $(FAKE_SLEEP),0)
	@$(CC) $(KCFLAGS) -g -DVERMAGIC='"vermagic=$(release) SMP mod_unload "' -c -o $@ $<
	@echo $*.o >$(O)/$*.mod
	@$(call cmd_file,$*.o,$<)

$(O)/scripts/sign-file: scripts/sign-file.c
	@echo '  HOSTCC  $@'
	@mkdir -p $(@D)
	@$(HOSTCC) -w -c -o $@.o $<
	@$(HOSTCC) -o $@ $@.o -lcrypto

modules_install:
	@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/$(release)/kernel
	@for m in $(kos); do strip --strip-debug -o $(INSTALL_MOD_PATH)/lib/modules/$(release)/kernel/$${m##*/} $$m; done
	@for m in $(mods-m); do echo kernel/$$m.ko; done >$(INSTALL_MOD_PATH)/lib/modules/$(release)/modules.order
	@for m in $(mods-y); do echo kernel/$$m.ko; done >$(INSTALL_MOD_PATH)/lib/modules/$(release)/modules.builtin
	@: >$(INSTALL_MOD_PATH)/lib/modules/$(release)/modules.builtin.modinfo
EOF

# Kbuild's own Kconfig resolves a config to the same here.
printf '# SPDX-License-Identifier: GPL-2.0-only\n:\n' >"$fake/scripts/sync.sh"

cat >"$fake/src/kernel.c" <<'EOF'
/* SPDX-License-Identifier: GPL-2.0-only */
#ifdef LOUD
const char banner[] = "loud " __FILE__;
#else
const char banner[] = "quiet " __FILE__;
#endif
EOF

for m in fake_virtio fake_blk fake_net; do
	cat >"$fake/src/$m.c" <<EOF
/* SPDX-License-Identifier: GPL-2.0-only */
#define INFO(name, text) static const char name[] __attribute__((section(".modinfo"), used)) = text
INFO(license, "license=GPL");
INFO(name, "name=$m");
INFO(depends, "depends=");
INFO(vermagic, VERMAGIC);
INFO(alias, "alias=virtio:d0000${m}v*");
const char ${m}_text[] = __FILE__;
EOF
done
