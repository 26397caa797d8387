# SPDX-License-Identifier: GPL-2.0-only
#
# Keelson: from an upstream Linux release to a kernel image for containers.
# Read it from top to bottom: that is how the data flows. `make help` is the short form, and
# scripts/make/*.mk have the goals that are not on that way.

# ---- where it is read -----------------------------------------------------------
ifneq ($(words $(CURDIR)),1)
$(error '$(CURDIR)' has a space in it [checkout-path]; Kbuild can't build there: move the checkout)
endif
ifneq ($(realpath $(dir $(lastword $(MAKEFILE_LIST)))),$(realpath $(CURDIR)))
$(error $(CURDIR) is not the checkout [not-here]: run make -C $(dir $(lastword $(MAKEFILE_LIST))))
endif

# ---- knobs ----------------------------------------------------------------------
# Set them on the command line, or in config.mak, which git ignores. make also takes those of
# the first paragraph from the environment.
include scripts/archs.mk scripts/make/knobs.mk

# The architecture, by the name that people, Kbuild, GNU, Debian or OCI use.
ARCH ?= x86_64
# The upstream series, or its release as kernel/SERIES/release has it. 6.12 is the default:
# of the available long-term series, the newest with a year of fixes.
SERIES ?= 6.12
# The machine that the kernel is for: configs/boards/ARCH/BOARD.board.
BOARD ?= virt
# A variant of any board: configs/flavours/FLAVOUR.config. Production uses none.
FLAVOUR ?=
# The directory of all results, and the directory of downloads.
OUT ?= out
DL ?= $(OUT)/dl
# A mirror or a local directory to search for releases first, and 1 to use no network.
KERNEL_MIRROR ?=
KERNEL_DIR ?=
OFFLINE ?=
# RSA key and certificate, in one PEM file, that sign the modules.
SIGN_KEY ?= $(if $(filter /%,$(firstword $(value XDG_CONFIG_HOME))),$(value \
	XDG_CONFIG_HOME),$(value HOME)/.config)/keelson/module-signing.pem
# The number of compilers at once.
JOBS ?= $(or $(shell nproc 2>/dev/null),1)
# 1 makes `make boot` use KVM.
KVM ?=

# 1 shows every command.
V ?=
# The name of the image.
IMAGE ?= docker.io/keelson/kernel:$(RELEASE)-$(BOARD)$(VARIANT)
# The machine that QEMU emulates for `make boot`: one of the board's MACHINES, or all of them.
MACHINE ?= $(firstword $(MACHINES))
# More options for scripts/guest/boot.sh, such as '--modules all'; its --help lists them. Blanks
# separate them, and quotes have no meaning.
BOOT_ARGS ?=
# The module parameters for the guest's kind of work: configs/profiles/PROFILE.
PROFILE ?=
# 1 makes the guest also start containers, with Debian's crun and runc for its arch.
ENGINES ?=
# 1 makes the guest also run the kernel tree's tests of vsock, over the loopback transport.
VSOCK_SUITE ?=
# `make help` lists the rest beside its goal, such as SYMBOL= of `make why`. CMDLINE= replaces the
# board's command line, but not the words of configs/base/cmdline.

# The sources; the tests use their own.
KERNELS := kernel
CONFIGS := configs
PATCHES := patches
MODULES := modules

# ---- ground rules ---------------------------------------------------------------
MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := image
SHELL := /bin/sh
.SHELLFLAGS := -c
VPATH :=
# A program gets the variables of scripts/environment.h, the knobs and the exports of its rule, and
# no other variable of the environment or the command line.
ifneq ($(strip $(MAKEFILES) $(findstring i,$(filter-out --%,$(firstword -$(MAKEFLAGS))))),)
$(error make: MAKEFILES and -i change what a rule means [make-flags]; run make without them)
endif
foreign := $(filter-out MAKE% MFLAGS $(PASSED) $(KNOBS),$(.VARIABLES))
$(foreach v,$(foreign),$(if $(filter environment command,$(firstword $(origin $v))),$(eval \
	unexport $v)))
export LC_ALL := C
export TZ := UTC
export KERNEL_MIRROR KERNEL_DIR OFFLINE JOBS KVM
# The shell takes these from its environment; they are never text of a recipe.
export IMAGE BOOT_ARGS SYMBOL CONFIG VMLINUZ PEER VULNS
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-8s%s\n'

GOALS := $(or $(MAKECMDGOALS),image)
# Goals that need neither a board nor a compiler.
TIDY_GOALS := help setup clean install-man doctor
include $(addprefix scripts/make/,checked.mk boards.mk setup.mk)

# A cross prefix only where the host is another machine.
CROSS := $(if $(filter $(shell uname -m)-%,$(TRIPLET)),,$(TRIPLET)-)

S := $(OUT)/$(SERIES)
B := $(S)/$(ARCH)-$(BOARD)$(VARIANT)
LOCK := $(KERNELS)/$(SERIES)/release

# All further goals use a board and tools.
ifneq ($(if $(MISSING),,$(BUILDING)),)

# fetch checks the lock as a whole; these two values are needed before it is built.
RELEASE := $(or $(call plain,$(shell sed -n 's/^version  *//p' $(LOCK))),$(error \
	$(LOCK): version is missing or not usable [lock-value]))
EPOCH := $(or $(shell sed -n 's/^date  *//p' $(LOCK) | date -u -f - +%s),$(error \
	$(LOCK): date is missing or not usable [lock-value]))
$(if $(call odd,$(IMAGE),$(LETTERS) $(DIGITS) . _ / : @ + -),$(call \
	refuse,IMAGE,is not a valid reference,knob-value,a name such as docker.io/me/kernel:1))

# $(call key,FILE,TEXT,INPUTS): FILE changes when TEXT or the content of an input changes, and only
# then. The stages depend on such keys and not on the times of the sources. The end of this file
# has the rule for them.
KEYS :=
key = $(eval KEYS += $$1)$(eval text.$1 := $$2)$(eval inputs.$1 := $$3)

# $(call stage,LABEL,TEXT,LOCK,INPUTS AND RESULTS): begin of a recipe that seals its results, and
# runs only if these or the inputs differ from the record in the stamp, $@.
stage = $(Q)$(BIN)/stage run --label '$1' --text '$2' $(OUT) $@ $3 $4 --

include scripts/make/tools.mk

# ---- 1. release: a verified tarball ---------------------------------------------
$(call key,$(S)/source.key,$(abspath $(DL)),$(LOCK))

$(S)/source.stamp: $(S)/source.key | $(BIN)/fetch
	$(call stage,FETCH,linux $(RELEASE),$(S)/stage.lock,key $< makes $(S)/source) sh -c \
		'$(BIN)/fetch $(LOCK) $(DL) >$(S)/source.tmp && mv $(S)/source.tmp $(S)/source'
##@ build
.PHONY: fetch outdated
fetch: ## download and verify the release of each series, or SERIES=
fetch: $(BIN)/fetch
	$(Q)for s in $(ASKED_SERIES); do \
		$(BIN)/fetch $(KERNELS)/$$s/release $(DL) || exit; \
	done

##@ maintain
outdated: ## list the newest release and end of life of each series
outdated: $(BIN)/fetch
	$(Q)mkdir -p $(DL) && $(BIN)/fetch --newest $(DL) $(ASKED_SERIES:%=$(KERNELS)/%/release)

# ---- 2. tree: the release and our patches ---------------------------------------
# The object directories are in the tree, and are removed with it when it changes.
TREE := $(S)/linux
$(call key,$(S)/tree.key,$(RELEASE),$(wildcard $(PATCHES)/$(SERIES)/*) scripts/tree.sh)

$(S)/tree.stamp: $(S)/tree.key $(S)/source.stamp | $(BIN)/patchck
	$(Q)BIN=$(BIN) scripts/tree.sh --lint $(PATCHES)/$(SERIES)
	$(call stage,TREE,$(TREE),$(S)/stage.lock,key $< key $(S)/source makes $(TREE)/Makefile) \
		env BIN=$(BIN) PRISTINE=$(S)/pristine \
		scripts/tree.sh $(S)/source $(PATCHES)/$(SERIES) $(TREE) $(RELEASE)

# ---- 3. config: every request proven --------------------------------------------
# kconf is linked with the tree's own scripts/kconfig.
KCONF := $(S)/kconf
KCONFIG := $(TREE)/scripts/kconfig
$(call key,$(S)/kconf.key,$(HOSTCC_ID) $(TOOL_CFLAGS),$(wildcard \
	scripts/kconf/*.[ch] scripts/lib/*.[ch]) scripts/kconf/build.sh scripts/environment.h)

$(KCONF): $(S)/tree.stamp $(S)/kconf.key
	$(Q)$(BIN)/stage run $(OUT) $@.seal $(S)/stage.lock key $(S)/kconf.key \
		key $(S)/tree.key key $(S)/source after $(S)/tree.stamp touch $@ -- \
		env HOSTCC='$(HOSTCC)' CFLAGS='$(TOOL_CFLAGS)' \
		scripts/kconf/build.sh $(TREE) $(S)/kconf.key $(BIN) $@

$(OUT)/san/kconf: $(S)/tree.stamp $(S)/kconf.key
	$(Q)mkdir -p $(@D) && HOSTCC='$(HOSTCC)' CFLAGS='$(SAN_CFLAGS)' SAN='$(SAN)' \
		scripts/kconf/build.sh $(TREE) $(S)/kconf.key $(@D) $@

# A board can't omit the secure base and the arch. Another board's fragment counts as a
# common one.
LAYERED := $(patsubst %,base:%,$(sort $(wildcard $(CONFIGS)/base/*.config))) \
	$(patsubst %,arch:%,$(wildcard $(CONFIGS)/arch/$(ARCH).config)) \
	$(foreach f,$(FRAGMENTS),$(patsubst boards,common,$(firstword $(subst \
	/, ,$f))):$(CONFIGS)/$f.config) \
	$(patsubst %,board:%,$(wildcard $(CONFIGS)/boards/$(ARCH)/$(BOARD).config)) \
	$(patsubst %,flavour:$(CONFIGS)/flavours/%.config,$(FLAVOUR))
FRAGMENT_FILES := $(foreach f,$(LAYERED),$(lastword $(subst :, ,$f)))
CC_ID := $(shell { $(CROSS)gcc --version && $(CROSS)ld --version; } 2>/dev/null | \
	grep -E '^(GNU ld|.*gcc)')
# pahole runs for configs that request BTF, and its version is in these alone.
BTF := $(findstring CONFIG_DEBUG_INFO_BTF=y,$(foreach f,$(FRAGMENT_FILES),$(file <$f)))
PAHOLE_ID := $(if $(BTF),pahole $(shell pahole --version 2>/dev/null))
export TOOLCHAIN := $(CC_ID) $(PAHOLE_ID)
NEEDS := $(wildcard $(CONFIGS)/needs)
DEFAULTS := $(CONFIGS)/defaults
CONFIG_TEXT := $(ARCH) $(ARCHES) $(CC_ID) $(PAHOLE_ID) $(LAYERED) $(if $(NEEDS),$(CMDLINE))
$(call key,$(B)/config.key,$(CONFIG_TEXT),$(wildcard $(FRAGMENT_FILES)) $(NEEDS) $(DEFAULTS) \
	$(S)/kconf.key)

SESSION = --tree $(TREE) --release $(RELEASE) --arch $(ARCH) \
	--archs $(subst $(empty) ,$(comma),$(ARCHES)) --kbuild-arch $(KARCH) --srcarch $(SRCARCH) \
	$(if $(CROSS),--cross $(CROSS)) --cache $(S)/probes.$(ARCH) \
	$(patsubst %,--renames %,$(wildcard $(CONFIGS)/renames))

# The stages of a board share one lock: a second make waits for the first, and uses its results.
$(B)/config.stamp: $(KCONF) $(B)/config.key
	$(call stage,CONFIG,$(B)/config,$(B)/stage.lock,key $(B)/config.key key $(S)/tree.key \
		key $(S)/source after $(KCONF).seal makes $(B)/config makes $(B)/config.proof \
		makes $(B)/resolved makes $(B)/probes makes $(B)/defaults makes $(B)/exceptions) \
		$(KCONF) resolve $(SESSION) --print --out $(B)/config \
		--report $(B)/config.proof --resolved $(B)/resolved --record $(B)/probes \
		--exceptions $(B)/exceptions --defaults $(DEFAULTS) --accounts $(B)/defaults \
		--board $(BOARD_FILE) --cmdline "$$CMDLINE" $(NEEDS:%=--needs %) \
		$(OTHER_FRAGMENTS:%=--other %) $(LAYERED)
$(B)/config: $(B)/config.stamp ;

##@ build
.PHONY: config
config: ## resolve the board's config, and prove every request
config: $(B)/config

# ---- 4. kernel: Kbuild ----------------------------------------------------------
$(SIGN_KEY):
	$(say) SIGNKEY $@
	$(Q)scripts/signing-key.sh $@

# The certificate goes into the kernel; the private key stays in its file.
CERT := $(OUT)/signer.pem
$(CERT).stamp: $(SIGN_KEY)
	$(Q)mkdir -p $(@D)
	$(call stage,,,$(CERT).lock,from $(SIGN_KEY) - makes $(CERT)) \
		scripts/signer.sh $(SIGN_KEY) $(CERT)
$(CERT): $(CERT).stamp ;

OBJ := $(TREE)/$(ARCH)-$(BOARD)$(VARIANT)
BOOT_FILE := $(if $(filter vmlinux,$(KERNEL)),vmlinux,arch/$(SRCARCH)/boot/$(KERNEL))
KBUILD := TREE=$(TREE) OBJ=$(OBJ) STAGE=$(B)/stage KARCH=$(KARCH) CROSS=$(CROSS) EPOCH=$(EPOCH) \
	JOBS=$(JOBS) PROGRESS=$(BIN)/progress V=$(V)
$(call key,$(B)/kernel.key,$(KARCH) $(CROSS) $(TOOLCHAIN) $(EPOCH) $(BOOT_FILE) $(DTBS),\
	$(addprefix scripts/,kernel.sh kbuild.sh ccache.sh pahole.sh))

$(B)/kernel.stamp: $(B)/config.stamp $(CERT).stamp $(S)/tree.stamp $(B)/kernel.key \
		| $(BIN)/progress
	$(call stage,KERNEL,$(RELEASE) $(ARCH) $(BOARD),$(B)/stage.lock,\
		key $(B)/kernel.key key $(S)/tree.key key $(S)/source after $(S)/tree.stamp \
		from $(B)/config $(B)/config.stamp from $(CERT) $(CERT).stamp makes $(B)/stage) \
		env $(KBUILD) CONFIG=$(B)/config CERT=$(CERT) IMAGE=$(BOOT_FILE) DTBS='$(DTBS)' \
		LABEL=KERNEL BASE="$$TOOLCHAIN" AGAIN="$$AGAIN" scripts/kernel.sh

# ---- 5. modules: the kernel's and ours, stripped, signed, indexed ---------------
MODULE_FILES := $(wildcard $(MODULES)/Kbuild $(MODULES)/*/*)
$(call key,$(B)/modules.key,$(BOOT_FILE),$(addprefix scripts/,modules.sh kbuild.sh ccache.sh) \
	$(MODULE_FILES) $(BIN)/ksize.key)

$(B)/modules.stamp: $(B)/kernel.stamp $(B)/modules.key $(BIN)/ksize | $(BIN)/progress
	$(call stage,MODULES,$(B)/modules,$(B)/stage.lock,key $(B)/modules.key \
		after $(B)/kernel.stamp makes $(B)/modules makes $(B)/sources) \
		env $(KBUILD) OWN=$(MODULES) SIGN_KEY=$(SIGN_KEY) DEST=$(B)/modules \
		KSIZE=$(BIN)/ksize SOURCES=$(B)/sources IMAGE=$(BOOT_FILE) LABEL=MODULES \
		AGAIN="$$AGAIN" scripts/modules.sh

# ---- 6. image: an OCI layout, verified ------------------------------------------
# A board's budget limits the bytes to download: a packed kernel file itself, and the output of
# gzip for an unpacked one, as in a layer.
PACKED := $(if $(filter vmlinux Image,$(KERNEL)),gzip -9c,cat)
IMAGE_TEXT := $(IMAGE) $(PLATFORM) $(EPOCH) $(TOOLCHAIN) $(PACKED) $(BUDGET) $(CMDLINE)
$(call key,$(B)/image.key,$(IMAGE_TEXT),$(BIN)/kimage.key $(S)/kconf.key scripts/meta.sh \
	scripts/image.sh $(wildcard $(FRAGMENT_FILES)) $(UCODE))

$(B)/image.stamp: $(B)/modules.stamp $(B)/config.stamp $(B)/image.key $(BIN)/kimage
	$(call stage,IMAGE,$(IMAGE),$(B)/stage.lock,key $(B)/image.key key $(S)/source \
		after $(B)/kernel.stamp after $(B)/modules.stamp \
		from $(B)/config $(B)/config.stamp from $(B)/exceptions $(B)/config.stamp \
		from $(CERT) $(CERT).stamp \
		makes $(B)/image makes $(B)/image.line makes $(B)/cmdline) \
		env B=$(B) STAGE=$(B)/stage CONFIG=$(B)/config EXCEPTIONS=$(B)/exceptions \
		SOURCE=$(S)/source KIMAGE=$(BIN)/kimage PACK='$(PACKED)' CERT=$(CERT) \
		CONFIGS=$(CONFIGS) FRAGMENT_FILES='$(FRAGMENT_FILES)' MODULES=$(MODULES) \
		MODULE_FILES='$(MODULE_FILES)' BUDGET=$(if $(FLAVOUR),,$(BUDGET)) \
		BOARD_FILE=$(BOARD_FILE) CMDLINE="$$CMDLINE" \
		RELEASE=$(RELEASE) SERIES=$(SERIES) BOARD=$(BOARD) FLAVOUR=$(FLAVOUR) ARCH=$(ARCH) \
		TOOLCHAIN="$$TOOLCHAIN" PATCHES=$(PATCHES)/$(SERIES) \
		scripts/image.sh --ref "$$IMAGE" --platform $(PLATFORM) --created $(EPOCH) \
		--format $(KERNEL) -j $(JOBS) $(if $(UCODE),--ucode $(UCODE)) \
		$(foreach d,$(DTBS),--dtb $(B)/stage/$(notdir $d))

.PHONY: image verify
image: ## build the image of ARCH, SERIES and BOARD (the default)
image: $(B)/image.stamp
	$(Q)ln -sfn $(B:$(OUT)/%=%)/image $(OUT)/image
	$(Q)cat $(B)/image.line

##@ verify
LAYOUT ?= $(OUT)/image
export LAYOUT
verify: ## LAYOUT=: check an OCI layout against the image contract
verify: $(BIN)/kimage
	$(Q)$(BIN)/kimage verify $(if $(call given,LAYOUT),,$(addprefix \
		--signer ,$(wildcard $(CERT)))) "$$LAYOUT"

# ---- 7. boot: as an assembler would use it --------------------------------------
include scripts/make/guest.mk

##@ build
.PHONY: boot
boot: ## boot the image in QEMU, and write a report
boot: image $(GUEST_FILES)
	$(Q)mkdir -p $(BOOT) && $(BIN)/kimage extract $(B)/image --to $(BOOT)/image \
		kernel kernel.tar cmdline $(notdir $(DTBS)) $(if $(UCODE),ucode.cpio)
	$(Q)set -f; st=0; $(foreach m,$(if $(filter all,$(MACHINE)),$(MACHINES),$(MACHINE)),\
		echo '  BOOT    $(BOARD) on $m'; $(call boot_one,$m) || st=$$?;) exit $$st

# ---- the goals that are not on the way ------------------------------------------
include $(addprefix scripts/make/,jobs.mk images.mk sign.mk questions.mk audit.mk checks.mk \
	figures.mk keys.mk)

endif # goals that use a board and tools

include $(addprefix scripts/make/,maintain.mk bump.mk)

# ---- help and clean -------------------------------------------------------------
##@ maintain
.PHONY: help clean
clean: ## remove all results; downloads stay
	$(Q)scripts/make/outdir.sh clean $(OUT) $(DL)

help: ## print this
	@awk -f scripts/make/help.awk Makefile scripts/make/*.mk
	@printf '%s\n' 'Values (in brackets: what this make uses):' \
		'  ARCH     $(ARCHES) [$(ARCH)]' '  SERIES   $(ALL_SERIES) [$(SERIES)]' \
		'  BOARD    $(BOARDS) [$(BOARD)]' \
		'  FLAVOUR  $(FLAVOURS) [$(FLAVOUR)]' '  PROFILE  $(PROFILES) [$(PROFILE)]'
	@echo 'Knobs (the top of the Makefile documents each):'
	@echo '$(ENVIRONMENT_KNOBS) $(OTHER_KNOBS)' | fold -s -w 76 | sed 's/^/  /; s/ $$//'
