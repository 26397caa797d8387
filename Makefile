# SPDX-License-Identifier: GPL-2.0-only
#
# Keelson: from an upstream Linux release to a kernel image for containers.
# Read it from top to bottom: that is how the data flows. `make help` is the short form.

# ---- knobs ----------------------------------------------------------------------
# Give them on the command line, or keep your own in config.mak.
-include config.mak

# The architecture, as people name it.
ARCH ?= x86_64
# The upstream series; the release comes from kernel/SERIES/release. 6.12 is the
# default: of the long-term series that can be fetched, the newest with a year of fixes.
SERIES ?= 6.12
# The machine the kernel is for: configs/boards/ARCH/BOARD.board.
BOARD ?= virt
# The name the image is found by.
IMAGE ?= docker.io/keelson/kernel:$(RELEASE)-$(BOARD)
# The machine that `make boot` has QEMU be: one of the board's MACHINES.
MACHINE ?= $(firstword $(MACHINES))
# RSA key and certificate, in one PEM file, that sign the modules.
SIGN_KEY ?= $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/keelson/module-signing.pem
# A mirror or a local directory to look for releases first, and 1 to use no network.
KERNEL_MIRROR ?=
KERNEL_DIR ?=
OFFLINE ?=
# How many compilers at once, and 1 to see every command.
JOBS ?= $(shell nproc)
V ?=
# Where everything goes, and where downloads are kept.
OUT ?= out
DL ?= $(OUT)/dl

# Where everything comes from; the tests put their own here.
KERNELS := kernel
CONFIGS := configs
PATCHES := patches

# ---- ground rules ---------------------------------------------------------------
MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := image
SHELL := /bin/sh
export LC_ALL := C
export KERNEL_MIRROR KERNEL_DIR OFFLINE JOBS
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-8s%s\n'

ifneq ($(words $(CURDIR)),1)
$(error '$(CURDIR)' has a space in it, and Kbuild can't build there: move the checkout)
endif

# The one table of names:  Kbuild's ARCH, arch/ directory, GNU triplet, OCI platform
arch-x86_64 := x86_64 x86 x86_64-linux-gnu linux/amd64

override ARCH := $(patsubst amd64,x86_64,$(ARCH))
KARCH    := $(word 1,$(arch-$(ARCH)))
SRCARCH  := $(word 2,$(arch-$(ARCH)))
TRIPLET  := $(word 3,$(arch-$(ARCH)))
PLATFORM := $(word 4,$(arch-$(ARCH)))
ARCHES   := $(patsubst arch-%,%,$(filter arch-%,$(.VARIABLES)))
ALL_SERIES := $(sort $(patsubst $(KERNELS)/%/release,%,$(wildcard $(KERNELS)/*/release)))
BOARDS   := $(sort $(patsubst $(CONFIGS)/boards/$(ARCH)/%.board,%,$(wildcard $(CONFIGS)/boards/$(ARCH)/*.board)))

ifeq ($(KARCH),)
$(error unknown ARCH '$(ARCH)'; known: $(ARCHES))
endif
ifeq ($(filter $(SERIES),$(ALL_SERIES)),)
$(error unknown SERIES '$(SERIES)'; known: $(ALL_SERIES))
endif
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error unknown BOARD '$(BOARD)' for $(ARCH); known: $(BOARDS))
endif

# A cross prefix only where the host is another machine.
CROSS := $(if $(filter $(ARCH),$(shell uname -m)),,$(TRIPLET)-)

S := $(OUT)/$(SERIES)
B := $(S)/$(ARCH)-$(BOARD)
LOCK := $(KERNELS)/$(SERIES)/release
BOARD_FILE := $(CONFIGS)/boards/$(ARCH)/$(BOARD).board

# ---- the board ------------------------------------------------------------------
include $(BOARD_FILE)
$(foreach k,DESCRIPTION FRAGMENTS KERNEL CMDLINE MACHINES,\
	$(if $($k),,$(error $(BOARD_FILE): $k is missing; configs/boards/x86_64/virt.board shows all keys)))
$(if $(filter $(MACHINE),$(MACHINES)),,$(error unknown MACHINE '$(MACHINE)' for board $(BOARD); known: $(MACHINES)))

# ---- what it takes --------------------------------------------------------------
# The goals that only tell or tidy need none of what follows.
GOALS := $(or $(MAKECMDGOALS),image)
ifneq ($(filter-out help setup clean,$(GOALS)),)

# The goals of the two commands in README set up what is missing by themselves.
SETUP := $(if $(filter check check-all check-quick bench,$(GOALS)),check,$(if $(filter boot,$(GOALS)),boot,build))
ifneq ($(shell scripts/setup.sh --check $(SETUP) >/dev/null 2>&1 || echo missing),)
ifneq ($(filter boot check check-all,$(GOALS)),)
$(info $(shell scripts/setup.sh $(SETUP) >&2))
ifneq ($(.SHELLSTATUS),0)
$(error set-up failed; the lines above say what to do)
endif
else
$(error $(shell scripts/setup.sh --check $(SETUP) 2>&1 | tr '\n' ' '); run 'make setup')
endif
endif

lock = $(or $(shell scripts/fetch.sh --get $(LOCK) $(1)),$(error $(LOCK) has no usable $(1)))
RELEASE := $(call lock,version)
EPOCH := $(shell date -u -d '$(call lock,date)' +%s)

# $(call key,FILE,TEXT,INPUTS): FILE changes when TEXT or what is in an input does,
# and only then. Everything below depends on such keys, not on the sources' times.
key = $(shell scripts/key.sh $(1) '$(2)' $(3) >&2)$(if $(filter-out 0,$(.SHELLSTATUS)),$(error the key $(1) can't be made))

# $(call settle,KEY,RESULT): end of a recipe whose result may come out as it was. Then it
# keeps its time, and what comes after need not run; a new one is newer than its stamp.
settle = $(Q)touch $@ && find $(2) -newer $(1) -exec touch {} +

# ---- the tools ------------------------------------------------------------------
HOSTCC := gcc
TOOLS := kimage progress bootlog vsockd
TOOL_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wshadow -Wpointer-arith \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 \
	-Wcast-qual -Wundef -Wwrite-strings -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SAN_CFLAGS := $(filter-out -O2 -D_FORTIFY_SOURCE=2,$(TOOL_CFLAGS)) -O1 -g \
	-fsanitize=address,undefined -fno-sanitize-recover=all
pkgs-kimage := libarchive libdeflate libcrypto jansson
libs-kimage := -pthread
libs = $(if $(pkgs-$*),$$(pkg-config --cflags --libs $(pkgs-$*))) $(libs-$*)

BIN := $(OUT)/bin
HOSTCC_ID := $(shell $(HOSTCC) --version 2>/dev/null | head -n 1)
$(foreach t,$(TOOLS),$(call key,$(BIN)/$t.key,$(HOSTCC_ID) $(TOOL_CFLAGS) $(pkgs-$t) $(libs-$t),$(wildcard scripts/$t/*.[ch])))

$(BIN)/%: $(BIN)/%.key
	$(say) TOOL $*
	$(Q)$(HOSTCC) $(TOOL_CFLAGS) -o $@.tmp scripts/$*/*.c $(libs) && mv $@.tmp $@

# The same under the address and undefined behaviour sanitizers, for the tests.
$(OUT)/san/%: $(BIN)/%.key
	$(say) TOOL '$* (sanitized)'
	$(Q)mkdir -p $(@D) && $(HOSTCC) $(SAN_CFLAGS) -o $@.tmp scripts/$*/*.c $(libs) && mv $@.tmp $@

# ---- 1. release: a verified tarball ---------------------------------------------
$(call key,$(S)/source.key,$(abspath $(DL)),$(LOCK) scripts/fetch.sh)

$(S)/source: $(S)/source.key
	$(say) FETCH 'linux $(RELEASE)'
	$(Q)scripts/fetch.sh $(LOCK) $(DL) >$@.tmp && mv $@.tmp $@

.PHONY: fetch
fetch: ## fetch and verify the releases of all series, for use without a network
	$(Q)for s in $(ALL_SERIES); do \
		scripts/fetch.sh $(KERNELS)/$$s/release $(DL) || exit; \
	done

# ---- 2. tree: the release and our patches ---------------------------------------
# The object directories lie in the tree, and go with it when it changes.
TREE := $(S)/linux
$(call key,$(S)/tree.key,$(RELEASE),$(wildcard $(PATCHES)/$(SERIES)/*) scripts/tree.sh)

$(S)/tree.stamp: $(S)/source $(S)/tree.key
	$(say) TREE $(TREE)
	$(Q)rm -f $@
	$(Q)scripts/tree.sh --lint $(PATCHES)/$(SERIES)
	$(Q)scripts/tree.sh $(S)/source $(PATCHES)/$(SERIES) $(TREE) $(RELEASE)
	$(Q)touch $@

# ---- 3. config: every request proven --------------------------------------------
# kconf is linked with the tree's own scripts/kconfig: one program for each release.
KCONF := $(S)/kconf
KCONFIG := $(TREE)/scripts/kconfig
KCONFIG_SRC := $(addprefix $(KCONFIG)/,confdata.c expr.c menu.c preprocess.c symbol.c util.c)
$(call key,$(S)/kconf.key,$(HOSTCC_ID) $(TOOL_CFLAGS),$(wildcard scripts/kconf/*.[ch]))

$(KCONF): $(S)/tree.stamp $(S)/kconf.key
	$(say) TOOL kconf
	$(Q)rm -rf $@.d && mkdir -p $@.d
	$(Q)flex -o $@.d/lexer.lex.c -L $(KCONFIG)/lexer.l
	$(Q)bison -o $@.d/parser.tab.c --defines=$@.d/parser.tab.h -t -l $(KCONFIG)/parser.y
	$(Q)$(HOSTCC) -w -O2 -r -nostdlib -I$(KCONFIG) -I$(TREE)/scripts/include -I$@.d \
		-o $@.d/kconfig.o $(KCONFIG_SRC) $@.d/lexer.lex.c $@.d/parser.tab.c
	$(Q)$(HOSTCC) $(TOOL_CFLAGS) -std=gnu11 -isystem $(KCONFIG) -isystem $(TREE)/scripts/include \
		-o $@.tmp scripts/kconf/*.c $@.d/kconfig.o
	$(Q)mv $@.tmp $@ && rm -rf $@.d

# The secure base and the arch are no board's to leave out.
LAYERED := $(patsubst %,base:%,$(sort $(wildcard $(CONFIGS)/base/*.config))) \
	$(patsubst %,arch:%,$(wildcard $(CONFIGS)/arch/$(ARCH).config)) \
	$(foreach f,$(FRAGMENTS),$(firstword $(subst /, ,$f)):$(CONFIGS)/$f.config) \
	$(patsubst %,board:%,$(wildcard $(CONFIGS)/boards/$(ARCH)/$(BOARD).config))
FRAGMENT_FILES := $(foreach f,$(LAYERED),$(lastword $(subst :, ,$f)))
CC_ID := $(shell { $(CROSS)gcc --version && $(CROSS)ld --version; } 2>/dev/null | grep -E '^(GNU ld|.*gcc)')
$(call key,$(B)/config.key,$(ARCH) $(CC_ID) $(LAYERED),$(wildcard $(FRAGMENT_FILES)) $(S)/kconf.key)

$(B)/config.stamp: $(KCONF) $(B)/config.key
	$(say) CONFIG $(B)/config
	$(Q)$(KCONF) resolve --tree $(TREE) --release $(RELEASE) --arch $(ARCH) --kbuild-arch $(KARCH) \
		--srcarch $(SRCARCH) --cross '$(CROSS)' --out $(B)/config --report $(B)/config.proof $(LAYERED)
	$(Q)sed 's/^/          /' $(B)/config.proof
	$(call settle,$(B)/config.key,$(B)/config)
$(B)/config: $(B)/config.stamp ;

.PHONY: config
config: $(B)/config ## resolve the board's config and prove every request

# ---- 4. kernel: Kbuild ----------------------------------------------------------
$(SIGN_KEY):
	$(say) SIGNKEY $@
	$(Q)scripts/signing-key.sh $@

# The certificate goes into the kernel; the key never leaves its file.
CERT := $(OUT)/signer.pem
$(CERT).stamp: $(SIGN_KEY)
	$(Q)mkdir -p $(@D)
	$(Q)openssl x509 -in $(SIGN_KEY) -out $(CERT).tmp || { \
		echo "$(SIGN_KEY): holds no certificate; SIGN_KEY wants key and certificate in one PEM file" >&2; exit 1; }
	$(Q)cmp -s $(CERT).tmp $(CERT) && rm $(CERT).tmp || mv $(CERT).tmp $(CERT)
	$(call settle,$(SIGN_KEY),$(CERT))
$(CERT): $(CERT).stamp ;

OBJ := $(TREE)/$(ARCH)-$(BOARD)
BOOT_FILE := arch/$(SRCARCH)/boot/$(KERNEL)
$(call key,$(B)/kernel.key,$(KARCH) $(CROSS) $(CC_ID) $(EPOCH) $(BOOT_FILE),scripts/kernel.sh)

$(B)/kernel.stamp: $(B)/config $(CERT) $(S)/tree.stamp $(B)/kernel.key $(BIN)/progress
	$(say) KERNEL '$(RELEASE) $(ARCH) $(BOARD)'
	$(Q)TREE=$(TREE) OBJ=$(OBJ) CONFIG=$(B)/config CERT=$(CERT) STAGE=$(B)/stage IMAGE=$(BOOT_FILE) \
		KARCH=$(KARCH) CROSS=$(CROSS) EPOCH=$(EPOCH) PROGRESS=$(BIN)/progress LABEL=KERNEL \
		BASE='$(CC_ID)' scripts/kernel.sh
	$(Q)touch $@

# ---- 5. modules: stripped, signed, indexed --------------------------------------
$(call key,$(B)/modules.key,,scripts/modules.sh)

$(B)/modules.stamp: $(B)/kernel.stamp $(B)/modules.key
	$(say) MODULES $(B)/modules
	$(Q)rm -f $@
	$(Q)scripts/modules.sh $(B)/stage $(OBJ) $(SIGN_KEY) $(B)/modules
	$(Q)touch $@

# ---- 6. image: an OCI layout, verified ------------------------------------------
$(call key,$(B)/image.key,$(IMAGE) $(PLATFORM) $(EPOCH) $(CC_ID) $(CMDLINE),$(BIN)/kimage.key scripts/meta.sh)

$(B)/image.stamp: $(B)/modules.stamp $(B)/image.key $(BIN)/kimage
	$(say) IMAGE $(IMAGE)
	$(Q)rm -f $@
	$(Q)printf '%s\n' '$(CMDLINE)' >$(B)/cmdline
	$(Q)RELEASE=$(RELEASE) SERIES=$(SERIES) BOARD=$(BOARD) ARCH=$(ARCH) TOOLCHAIN='$(CC_ID)' \
		PATCHES=$(PATCHES)/$(SERIES) STAGE=$(B)/stage CERT=$(CERT) CONFIG=$(B)/config \
		scripts/meta.sh $(S)/source >$(B)/meta.tmp && mv $(B)/meta.tmp $(B)/meta
	$(Q)$(BIN)/kimage pack --layout $(B)/image --ref $(IMAGE) --platform $(PLATFORM) \
		--created $(EPOCH) --format $(KERNEL) --file kernel=$(B)/stage/kernel \
		--file config=$(B)/config --file System.map=$(B)/stage/System.map \
		--file cmdline=$(B)/cmdline --modules $(B)/modules --meta $(B)/meta -j $(JOBS) >$(B)/image.line
	$(Q)touch $@

.PHONY: image verify
image: $(B)/image.stamp ## build the image of ARCH, SERIES and BOARD, verified (the default)
	$(Q)ln -sfn $(SERIES)/$(ARCH)-$(BOARD)/image $(OUT)/image
	$(Q)cat $(B)/image.line

LAYOUT ?= $(OUT)/image
verify: $(BIN)/kimage ## check an OCI layout (LAYOUT=) against the image contract
	$(Q)$(BIN)/kimage verify $(LAYOUT)

endif # goals that need more than telling

# ---- help, set-up, clean --------------------------------------------------------
.PHONY: help setup clean
setup: ## install what is missing; says what it will do first
	$(Q)scripts/setup.sh check

clean: ## remove all that was built; downloads stay
	$(Q)find $(OUT) -mindepth 1 -maxdepth 1 ! -name dl -exec rm -rf {} + 2>/dev/null || :

help: ## this
	@echo 'make [GOAL] [ARCH=$(ARCH)] [SERIES=$(SERIES)] [BOARD=$(BOARD)] [V=1]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14 | sed 's/^/  /'
	@echo
	@echo '  architectures: $(ARCHES)   series: $(ALL_SERIES)   boards: $(BOARDS)'
	@echo '  the knobs are at the top of the Makefile'
