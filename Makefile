# SPDX-License-Identifier: GPL-2.0-only
#
# Keelson: from an upstream Linux release to a kernel image for containers.
# Read it from top to bottom: that is how the data flows. `make help` is the short form.

# ---- where it is read -----------------------------------------------------------
ifneq ($(words $(CURDIR)),1)
$(error '$(CURDIR)' has a space in it [checkout-path]; Kbuild can't build there: move the checkout)
endif
ifneq ($(realpath $(dir $(lastword $(MAKEFILE_LIST)))),$(realpath $(CURDIR)))
$(error $(CURDIR) is not the checkout [not-here]: run make -C $(dir $(lastword $(MAKEFILE_LIST))))
endif

# ---- knobs ----------------------------------------------------------------------
# Give them on the command line, or keep your own in config.mak, which git ignores. Those of
# the first paragraph are taken from the environment as well.
include scripts/archs.mk scripts/make/knobs.mk

# The architecture, as people, Kbuild, GNU, Debian or OCI name it.
ARCH ?= x86_64
# The upstream series, or its release as kernel/SERIES/release has it. 6.12 is the default:
# of the long-term series that can be fetched, the newest with a year of fixes.
SERIES ?= 6.12
# The machine the kernel is for: configs/boards/ARCH/BOARD.board.
BOARD ?= virt
# A variant of any board: configs/flavours/FLAVOUR.config; none for what systems run.
FLAVOUR ?=
# Where everything goes, and where downloads are kept.
OUT ?= out
DL ?= $(OUT)/dl
# A mirror or a local directory to look for releases first, and 1 to use no network.
KERNEL_MIRROR ?=
KERNEL_DIR ?=
OFFLINE ?=
# RSA key and certificate, in one PEM file, that sign the modules.
SIGN_KEY ?= $(if $(filter /%,$(firstword $(value XDG_CONFIG_HOME))),$(value XDG_CONFIG_HOME),$(value HOME)/.config)/keelson/module-signing.pem
# How many compilers at once.
JOBS ?= $(or $(shell nproc 2>/dev/null),1)
# 1 has `make boot` use KVM.
KVM ?=

# 1 to see every command.
V ?=
# The name the image is found by.
IMAGE ?= docker.io/keelson/kernel:$(RELEASE)-$(BOARD)$(VARIANT)
# The machine that `make boot` has QEMU be: one of the board's MACHINES, or all of them.
# More options for scripts/guest/boot.sh, such as '--modules all'; its --help lists them. Blanks
# separate them, and quotes have no meaning.
MACHINE ?= $(firstword $(MACHINES))
BOOT_ARGS ?=
# What the modules are set to for the work that the guest has: configs/profiles/PROFILE.
PROFILE ?=
# 1 has the guest also start containers, with Debian's crun and runc for its arch.
ENGINES ?=
# 1 has the guest also run the kernel tree's own tests of vsock, over the loopback transport.
VSOCK_SUITE ?=
# Goals name the rest, SYMBOL= of `make why` for one, in `make help`. CMDLINE= replaces the
# board's command line; what configs/base/cmdline adds stays.

# Where everything comes from; the tests put their own here.
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
# A program gets the variables of scripts/environment.h, the knobs and what a rule exports, and no
# other of the environment or the command line.
ifneq ($(strip $(MAKEFILES) $(findstring i,$(filter-out --%,$(firstword -$(MAKEFLAGS))))),)
$(error make: MAKEFILES and -i change what a rule means [make-flags]; run make without them)
endif
$(foreach v,$(filter-out MAKE% MFLAGS $(PASSED) $(KNOBS),$(.VARIABLES)),$(if $(filter environment command,$(firstword $(origin $v))),$(eval unexport $v)))
export LC_ALL := C
export TZ := UTC
export KERNEL_MIRROR KERNEL_DIR OFFLINE JOBS KVM
# What these hold is for the shell to take from its environment, and never text of a recipe.
export IMAGE BOOT_ARGS SYMBOL CONFIG PEER
Q := $(if $(filter 1,$(V)),,@)
say = @printf '  %-8s%s\n'

GOALS := $(or $(MAKECMDGOALS),image)
# Goals that need neither a board nor a compiler.
TIDY_GOALS := help setup clean doctor
include scripts/make/checked.mk scripts/make/boards.mk

# A profile is words of the command line, and needs the modules that they set.
PROFILED := $(if $(PROFILE),$(shell sed '/^#/d' $(CONFIGS)/profiles/$(PROFILE)))
PROFILED_MODULES := $(sort $(filter-out sysctl modprobe,$(foreach w,$(PROFILED),$(firstword $(subst ., ,$w)))))

# A cross prefix only where the host is another machine.
CROSS := $(if $(filter $(shell uname -m)-%,$(TRIPLET)),,$(TRIPLET)-)

S := $(OUT)/$(SERIES)
B := $(S)/$(ARCH)-$(BOARD)$(VARIANT)
LOCK := $(KERNELS)/$(SERIES)/release

# ---- what it takes --------------------------------------------------------------
# What `make check` boots.
CHECK_ARCHES := $(if $(ONE_ARCH),$(ARCH),$(filter $(BOARD_ARCHES),$(CHECKED)))
# What only explains takes the compiler's answers from the record where there is no compiler.
EXPLAINING := why new lost proof import
NATIVE := $(firstword $(foreach a,$(ARCHES),$(if $(filter $(shell uname -m)-%,$(word 3,$(arch-$a))),$a)) $(ARCH))
NEEDED_ARCHES := $(if $(filter check check-all check-modules,$(GOALS)),$(CHECK_ARCHES),$(if $(filter-out $(EXPLAINING),$(GOALS)),$(ARCH),$(NATIVE)))
SETUP := $(if $(filter check% lint lint-modules boot-modules bench reproduce,$(GOALS)),check,$(if $(filter fuzz,$(GOALS)),fuzz,$(if $(filter %config,$(filter-out config,$(GOALS))),menu,$(if $(filter boot report,$(GOALS)),boot,build))))
BUILDING := $(filter-out $(TIDY_GOALS),$(GOALS))
MISSING := $(if $(BUILDING),$(shell scripts/setup.sh --check $(SETUP) $(NEEDED_ARCHES) 2>&1))

# The goals of the two commands in README install what is missing. What a compiler is called is
# read above each rule, so another make goes on.
ifneq ($(MISSING),)
ifeq ($(filter boot check check-all,$(GOALS)),)
$(error $(MISSING) [setup-missing]; run 'make setup$(if $(ONE_ARCH), ARCH=$(ARCH))')
endif
GO_ON := $(MAKE) $(BUILDING)
.PHONY: $(BUILDING) set-up
$(BUILDING): | set-up ;
set-up:
	$(Q)scripts/setup.sh $(SETUP) $(NEEDED_ARCHES)
	$(Q)$(GO_ON)
endif

# The rest takes a board and tools.
ifneq ($(if $(MISSING),,$(BUILDING)),)

# fetch judges the lock as a whole; these two values are needed before it is built.
RELEASE := $(or $(call plain,$(shell sed -n 's/^version  *//p' $(LOCK))),$(error $(LOCK): version is missing or not usable [lock-value]))
EPOCH := $(or $(shell sed -n 's/^date  *//p' $(LOCK) | date -u -f - +%s),$(error $(LOCK): date is missing or not usable [lock-value]))
$(if $(call odd,$(IMAGE),$(LETTERS) $(DIGITS) . _ / : @ + -),$(call refuse,IMAGE,is not a reference,knob-value,a name such as docker.io/me/kernel:1))

# $(call key,FILE,TEXT,INPUTS): FILE changes when TEXT or what is in an input does,
# and only then. Everything below depends on such keys, not on the sources' times.
# All are made in one go at the end of this file.
KEYS :=
key = $(eval KEYS := $$(KEYS) -- $$(1) $$(call quoted,$$(2)) $$(3))

# $(call stage,LABEL,TEXT,LOCK,INPUTS AND RESULTS): begin of a recipe that seals its results, and
# runs only if these or the inputs are not as the stamp, $@, records.
stage = $(Q)scripts/stage.sh $(OUT) $@ $3 '$1' '$2' $4 --

# ---- the tools ------------------------------------------------------------------
HOSTCC := gcc
TOOLS := fetch ksize kimage progress bootlog vsockd ticks patchck
TOOL_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wshadow -Wpointer-arith \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 \
	-Wcast-qual -Wundef -Wwrite-strings -D_FORTIFY_SOURCE=2 -fstack-protector-strong -Iscripts/lib
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_CFLAGS := $(filter-out -O2 -D_FORTIFY_SOURCE=2,$(TOOL_CFLAGS)) -O1 -g $(SAN)
pkgs-fetch := libcrypto libarchive
pkgs-ksize := libelf jansson
pkgs-bootlog := jansson
pkgs-kimage := libdeflate zlib libcrypto jansson
libs-kimage := -pthread
# $(call tool_files,TOOL,ENDING): those of a tool's directory and of the library
tool_files = $(wildcard $(or $(wildcard scripts/guest/$1),scripts/$1)/*.$2 scripts/lib/*.$2)
libs = $(if $(pkgs-$*),$$(pkg-config --cflags --libs $(pkgs-$*))) $(libs-$*)

BIN := $(OUT)/bin
HOSTCC_ID := $(shell $(HOSTCC) --version 2>/dev/null | head -n 1)
$(foreach t,$(TOOLS),$(call key,$(BIN)/$t.key,$(HOSTCC_ID) $(TOOL_CFLAGS) $(pkgs-$t) $(libs-$t),$(call tool_files,$t,[ch])))

# What boards share, two makes at once may both be about to make: one waits for the other.
alone = exec 9<$< && flock 9 &&

$(BIN)/%: $(BIN)/%.key
	$(Q)scripts/stage.sh $(OUT) $@.seal $< TOOL $* key $< touch $@ -- \
		sh -c '$(HOSTCC) $(TOOL_CFLAGS) -o $@.tmp $(call tool_files,$*,c) $(libs) && mv $@.tmp $@'

# The same under the address and undefined behaviour sanitizers, for the tests.
$(OUT)/san/%: $(BIN)/%.key
	$(say) TOOL '$* (sanitized)'
	$(Q)mkdir -p $(@D) && $(alone) $(HOSTCC) $(SAN_CFLAGS) -o $@.tmp $(call tool_files,$*,c) $(libs) && mv $@.tmp $@

# ---- 1. release: a verified tarball ---------------------------------------------
$(call key,$(S)/source.key,$(abspath $(DL)),$(LOCK))

$(S)/source.stamp: $(S)/source.key | $(BIN)/fetch
	$(call stage,FETCH,linux $(RELEASE),$(S)/stage.lock,key $< makes $(S)/source) \
		sh -c '$(BIN)/fetch $(LOCK) $(DL) >$(S)/source.tmp && mv $(S)/source.tmp $(S)/source'

.PHONY: fetch
fetch: $(BIN)/fetch ## fetch and verify the releases of all series, or of SERIES=, for use without a network
	$(Q)for s in $(ASKED_SERIES); do \
		$(BIN)/fetch $(KERNELS)/$$s/release $(DL) || exit; \
	done

.PHONY: outdated
outdated: $(BIN)/fetch ## the newest release of each series, or of SERIES=, that an origin offers, and ends of life
	$(Q)mkdir -p $(DL) && $(BIN)/fetch --newest $(DL) $(ASKED_SERIES:%=$(KERNELS)/%/release)

# ---- 2. tree: the release and our patches ---------------------------------------
# The object directories lie in the tree, and go with it when it changes.
TREE := $(S)/linux
$(call key,$(S)/tree.key,$(RELEASE),$(wildcard $(PATCHES)/$(SERIES)/*) scripts/tree.sh)

# Of two makes at once, one makes it, and the other must leave it alone, since the first may be
# compiling it by then.
$(S)/tree.stamp: $(S)/tree.key $(S)/source.stamp | $(BIN)/patchck
	$(Q)BIN=$(BIN) scripts/tree.sh --lint $(PATCHES)/$(SERIES)
	$(call stage,TREE,$(TREE),$(S)/stage.lock,key $< key $(S)/source makes $(TREE)/Makefile) \
		env BIN=$(BIN) PRISTINE=$(S)/pristine scripts/tree.sh $(S)/source $(PATCHES)/$(SERIES) $(TREE) $(RELEASE)

# ---- 3. config: every request proven --------------------------------------------
# kconf is linked with the tree's own scripts/kconfig. Releases that share that share one.
KCONF := $(S)/kconf
KCONFIG := $(TREE)/scripts/kconfig
$(call key,$(S)/kconf.key,$(HOSTCC_ID) $(TOOL_CFLAGS),$(wildcard scripts/kconf/*.[ch]) scripts/kconf/build.sh scripts/environment.h)

$(KCONF): $(S)/tree.stamp $(S)/kconf.key
	$(Q)scripts/stage.sh $(OUT) $@.seal $(S)/stage.lock '' '' key $(S)/kconf.key key $(S)/tree.key key $(S)/source after $(S)/tree.stamp touch $@ -- \
		env HOSTCC='$(HOSTCC)' CFLAGS='$(TOOL_CFLAGS)' scripts/kconf/build.sh $(TREE) $(S)/kconf.key $(BIN) $@

$(OUT)/san/kconf: $(S)/tree.stamp $(S)/kconf.key
	$(Q)mkdir -p $(@D) && HOSTCC='$(HOSTCC)' CFLAGS='$(SAN_CFLAGS)' SAN='$(SAN)' \
		scripts/kconf/build.sh $(TREE) $(S)/kconf.key $(@D) $@

# The secure base and the arch are no board's to leave out.
LAYERED := $(patsubst %,base:%,$(sort $(wildcard $(CONFIGS)/base/*.config))) \
	$(patsubst %,arch:%,$(wildcard $(CONFIGS)/arch/$(ARCH).config)) \
	$(foreach f,$(FRAGMENTS),$(firstword $(subst /, ,$f)):$(CONFIGS)/$f.config) \
	$(patsubst %,board:%,$(wildcard $(CONFIGS)/boards/$(ARCH)/$(BOARD).config)) \
	$(patsubst %,flavour:$(CONFIGS)/flavours/%.config,$(FLAVOUR))
FRAGMENT_FILES := $(foreach f,$(LAYERED),$(lastword $(subst :, ,$f)))
CC_ID := $(shell { $(CROSS)gcc --version && $(CROSS)ld --version; } 2>/dev/null | grep -E '^(GNU ld|.*gcc)')
export TOOLCHAIN := $(CC_ID)
NEEDS := $(wildcard $(CONFIGS)/needs)
DEFAULTS := $(CONFIGS)/defaults
$(call key,$(B)/config.key,$(ARCH) $(ARCHES) $(CC_ID) $(LAYERED) $(if $(NEEDS),$(CMDLINE)),$(wildcard \
	$(FRAGMENT_FILES)) $(NEEDS) $(DEFAULTS) scripts/needs.awk scripts/config.sh $(S)/kconf.key)

SESSION = --tree $(TREE) --release $(RELEASE) --arch $(ARCH) --archs $(subst $(empty) ,$(comma),$(ARCHES)) --kbuild-arch $(KARCH) \
	--srcarch $(SRCARCH) $(if $(CROSS),--cross $(CROSS)) --cache $(S)/probes.$(ARCH) \
	$(patsubst %,--renames %,$(wildcard $(CONFIGS)/renames))

# The compiler's answers as they were committed, for EXPLAINING without one.
PROBES = $(RESOLVED)/$(SERIES)/$(ARCH).probes
ASKED = $(SESSION) $(if $(CC_ID),,--probes $(PROBES))
say_probes = $(if $(CC_ID),,@echo 'kconf: $(CROSS)gcc is not installed; its answers are those of $(PROBES) [committed-probes]' >&2)

# One lock for all of a board's stages: a make waits for another's, and finds its results.
$(B)/config.stamp: $(KCONF) $(B)/config.key
	$(call stage,CONFIG,$(B)/config,$(B)/stage.lock,key $(B)/config.key key $(S)/tree.key key $(S)/source after $(KCONF).seal \
		makes $(B)/config makes $(B)/config.proof makes $(B)/resolved makes $(B)/probes makes $(B)/defaults makes $(B)/exceptions) \
		env KCONF=$(KCONF) PROOF=$(B)/config.proof CONFIG=$(B)/config NEEDS=$(or $(NEEDS),/dev/null) OTHERS='$(OTHER_FRAGMENTS)' CMDLINE="$$CMDLINE" BOARD_FILE=$(BOARD_FILE) \
		scripts/config.sh resolve $(SESSION) --out $(B)/config --report $(B)/config.proof \
		--resolved $(B)/resolved --record $(B)/probes --exceptions $(B)/exceptions \
		--defaults $(DEFAULTS) --accounts $(B)/defaults $(LAYERED)
$(B)/config: $(B)/config.stamp ;

.PHONY: config board why new diff surface lost import menuconfig nconfig resolved renames toolchain-diff
config: $(B)/config ## resolve the board's config and prove every request

# A board begins as a copy of another, under its own name.
ifneq ($(filter board,$(GOALS)),)
BEGIN_FROM := $(or $(FROM),virt)
$(if $(NAME),,$(error make board: NAME is missing [knob-missing]: expected make board NAME=mine FROM=virt))
$(if $(call odd,$(NAME),$(wordlist 1,26,$(LETTERS)) $(DIGITS)),$(call refuse,NAME,is not a board's name,knob-value,letters a-z and digits))
$(if $(call exactly,$(BEGIN_FROM),$(BOARDS)),,$(call refuse,FROM,is not a board of $(ARCH),unknown-value,one of $(BOARDS)$(call nearest,$(BEGIN_FROM),$(BOARDS))))
endif
BEGUN = $(CONFIGS)/boards/$(ARCH)/$(NAME)
board: ## NAME= FROM=: start a new board of ARCH as a copy of another; docs/porting.md goes on
	$(Q)[ ! -e $(BEGUN).board ] || { echo '$(BEGUN).board is there already [board-exists]' >&2; exit 2; }
	$(Q)for f in board config; do \
		sed 's/-keelson-$(BEGIN_FROM)"/-keelson-$(NAME)"/; s/^DESCRIPTION *:*=.*/DESCRIPTION :=/' \
			$(CONFIGS)/boards/$(ARCH)/$(BEGIN_FROM).$$f >$(BEGUN).$$f || exit; done
	@echo 'Say in DESCRIPTION of $(BEGUN).board what the machine is, and in $(NAME).config what it has; then:'
	@echo '  make config ARCH=$(ARCH) BOARD=$(NAME)   # is it all to be had, and does it start?'
	@echo '  make boot ARCH=$(ARCH) BOARD=$(NAME)'

why: $(KCONF) ## SYMBOL=: why an option is on or off, and how to have it otherwise; JSON=1
	$(say_probes)
	$(Q)$(KCONF) why $(ASKED) --defaults $(DEFAULTS) $(if $(JSON),--json) --symbol "$$SYMBOL" $(LAYERED)

# FROM=6.12 leaves out what the list of that series has.
new: $(KCONF) ## FROM=series: what upstream enables by default and no fragment requests
	$(say_probes)
	$(Q)$(KCONF) new $(ASKED) --defaults $(DEFAULTS) $(if $(call given,FROM),--from \
		$(RESOLVED)/"$$FROM"/$(ARCH)-$(BOARD)$(VARIANT).defaults) $(LAYERED) || [ $$? -eq 1 ]

# The result as a review reads it, and the compiler's answers that it follows from.
install = $(Q)cp $1 $2.tmp && mv $2.tmp $2
RESOLVED := $(CONFIGS)/resolved
resolved: $(B)/config ## renew configs/resolved, which shows in a review what a change does
	$(Q)mkdir -p $(RESOLVED)/$(SERIES)
	$(call install,$(B)/resolved,$(RESOLVED)/$(SERIES)/$(ARCH)-$(BOARD)$(VARIANT).config)
	$(call install,$(B)/defaults,$(RESOLVED)/$(SERIES)/$(ARCH)-$(BOARD)$(VARIANT).defaults)
	$(call install,$(B)/probes,$(RESOLVED)/$(SERIES)/$(ARCH).probes)

renames: $(KCONF) ## renew configs/renames: which options have another name in another series
	$(Q)$(foreach s,$(ALL_SERIES),$(MAKE) SERIES=$s $(OUT)/$s/tree.stamp &&) \
		$(KCONF) renames $(foreach s,$(shell printf '%s\n' $(ALL_SERIES) | sort -V),$s=$(OUT)/$s/linux) >$(S)/renames.tmp
	$(call install,$(S)/renames.tmp,$(CONFIGS)/renames)

# Each is SERIES/ARCH-BOARD, or a file; without them: what was committed, and what is.
FROM ?= $(SERIES)/$(ARCH)-$(BOARD)$(VARIANT)
TO ?= $(B)/resolved
export FROM TO
resolved_file = [ -e "$$$1" ] || $1=$(RESOLVED)/$$$1.config
diff: $(if $(filter $(B)/resolved,$(FROM) $(TO)),$(B)/config) $(KCONF) ## FROM= TO=: what differs between two resolved configs
	$(Q)$(call resolved_file,FROM); $(call resolved_file,TO); $(KCONF) diff "$$FROM" "$$TO" || [ $$? -eq 1 ]

surface: $(B)/config ## what is on though nobody asked for it; by bytes, after 'make size'
	$(Q)$(KCONF) surface $(if $(wildcard $(B)/size.json),--sizes $(B)/size.json) $(B)/resolved

lost: ## resolve every board of every series; what is lost, and what would bring it back
	$(Q)st=0; $(foreach j,$(EVERY),$(MAKE) $(call job,$j) proof >/dev/null && \
		sed 's,^,$j: ,' $(OUT)/$j$(VARIANT)/lost.proof || st=$$?;) exit $$st

.PHONY: proof
proof: $(if $(CC_ID),$(B)/config,$(KCONF))
	$(say_probes)
	$(Q)mkdir -p $(B)
	$(Q)$(if $(CC_ID),cp $(B)/config.proof $(B)/lost.proof,$(KCONF) resolve $(ASKED) --report $(B)/lost.proof --defaults $(DEFAULTS) $(LAYERED))

import: $(KCONF) ## CONFIG=: anybody's .config as a fragment over the board's, and what of it is lost
	$(say_probes)
	$(Q)$(KCONF) import $(ASKED) --config "$$CONFIG" $(LAYERED) || [ $$? -eq 1 ]

# The tree's own menus on the board's config; what was changed comes out as a fragment.
.PHONY: terminal
terminal:
	@[ -t 0 ] && [ -t 1 ] || { echo '$(filter menuconfig nconfig,$(GOALS)): standard input or output is not a terminal [no-terminal]:' \
		"run it in one, or edit a fragment and run 'make config'" >&2; exit 2; }

menuconfig nconfig: terminal $(B)/config ## change the board's config in the kernel's menus, to a fragment
	$(Q)mkdir -p $(B)/menu && cp $(B)/config $(B)/menu/.config
	$(Q)$(MAKE) -C $(TREE) O=$(abspath $(B)/menu) ARCH=$(KARCH) CROSS_COMPILE=$(CROSS) LOCALVERSION= \
		RUSTC=false BINDGEN=false PAHOLE=false $@
	$(Q)$(KCONF) import $(SESSION) --exact --config $(B)/menu/.config $(LAYERED) || [ $$? -eq 1 ]

# CC= another compiler, or by default this machine's, against the one of the record.
ifneq ($(CC_GIVEN),)
toolchain-diff: private export CC := $(CC_GIVEN)
endif
toolchain-diff: $(KCONF) ## CC=: what another compiler or machine answers, and what follows from it
	$(Q)mkdir -p $(B) && $(KCONF) resolve $(SESSION) $(if $(CC_GIVEN),--cc "$$CC") \
		--out $(B)/other.config --report $(B)/other.proof --resolved $(B)/other.resolved \
		--record $(B)/other.probes $(LAYERED) || [ $$? -eq 1 ]
	$(Q)$(KCONF) probes $(RESOLVED)/$(SERIES)/$(ARCH).probes $(B)/other.probes || [ $$? -eq 1 ]
	$(Q)$(KCONF) diff $(RESOLVED)/$(SERIES)/$(ARCH)-$(BOARD)$(VARIANT).config $(B)/other.resolved || [ $$? -eq 1 ]

# ---- 4. kernel: Kbuild ----------------------------------------------------------
$(SIGN_KEY):
	$(say) SIGNKEY $@
	$(Q)scripts/signing-key.sh $@

# The certificate goes into the kernel; the key never leaves its file.
CERT := $(OUT)/signer.pem
$(CERT).stamp: $(SIGN_KEY)
	$(Q)mkdir -p $(@D)
	$(call stage,,,$(CERT).lock,from $(SIGN_KEY) - makes $(CERT)) scripts/signer.sh $(SIGN_KEY) $(CERT)
$(CERT): $(CERT).stamp ;

OBJ := $(TREE)/$(ARCH)-$(BOARD)$(VARIANT)
BOOT_FILE := $(if $(filter vmlinux,$(KERNEL)),vmlinux,arch/$(SRCARCH)/boot/$(KERNEL))
$(call key,$(B)/kernel.key,$(KARCH) $(CROSS) $(CC_ID) $(EPOCH) $(BOOT_FILE) $(DTBS),scripts/kernel.sh scripts/kbuild.sh scripts/ccache.sh)

$(B)/kernel.stamp: $(B)/config.stamp $(CERT).stamp $(S)/tree.stamp $(B)/kernel.key | $(BIN)/progress
	$(call stage,KERNEL,$(RELEASE) $(ARCH) $(BOARD),$(B)/stage.lock,key $(B)/kernel.key key $(S)/tree.key key $(S)/source after $(S)/tree.stamp \
		from $(B)/config $(B)/config.stamp from $(CERT) $(CERT).stamp makes $(B)/stage) \
		env TREE=$(TREE) OBJ=$(OBJ) CONFIG=$(B)/config CERT=$(CERT) STAGE=$(B)/stage IMAGE=$(BOOT_FILE) DTBS='$(DTBS)' \
		KARCH=$(KARCH) CROSS=$(CROSS) EPOCH=$(EPOCH) PROGRESS=$(BIN)/progress LABEL=KERNEL JOBS=$(JOBS) \
		BASE="$$TOOLCHAIN" AGAIN="$$AGAIN" V=$(V) scripts/kernel.sh

# Between two builds it is SERIES/ARCH-BOARD, or a size.json.
size_file = [ -e "$$$1" ] || $1=$(OUT)/$$$1/size.json
.PHONY: size
size: $(B)/kernel.stamp $(BIN)/ksize ## the bytes that each option costs, also as a picture; FROM= TO= between two
	$(Q)$(BIN)/ksize report --tree $(TREE) --obj $(OBJ) --resolved $(B)/resolved \
		--text $(B)/size.txt --json $(B)/size.json --html $(B)/size.html
	$(Q)$(if $(call given,FROM)$(call given,TO),$(if $(call given,TO),,TO=$(B)/size.json; )$(call size_file,FROM); $(call \
		size_file,TO); $(BIN)/ksize diff "$$FROM" "$$TO",cat $(B)/size.txt && echo && echo 'a picture of it: $(B)/size.html')

# ---- 5. modules: the kernel's and ours, stripped, signed, indexed --------------------------------------
$(call key,$(B)/modules.key,,scripts/modules.sh scripts/kbuild.sh scripts/ccache.sh $(wildcard $(MODULES)/Kbuild $(MODULES)/*/*))

$(B)/modules.stamp: $(B)/kernel.stamp $(B)/modules.key | $(BIN)/progress
	$(call stage,MODULES,$(B)/modules,$(B)/stage.lock,key $(B)/modules.key after $(B)/kernel.stamp makes $(B)/modules) \
		env STAGE=$(B)/stage OWN=$(MODULES) SIGN_KEY=$(SIGN_KEY) DEST=$(B)/modules TREE=$(TREE) OBJ=$(OBJ) KARCH=$(KARCH) \
		CROSS=$(CROSS) EPOCH=$(EPOCH) JOBS=$(JOBS) PROGRESS=$(BIN)/progress LABEL=MODULES AGAIN="$$AGAIN" V=$(V) scripts/modules.sh

# ---- 6. image: an OCI layout, verified ------------------------------------------
# What a board's budget is for is what travels: a kernel file that is packed, and of another
# what gzip leaves of it, as a layer does.
PACKED := $(if $(filter vmlinux Image,$(KERNEL)),gzip -9c,cat)
$(call key,$(B)/image.key,$(IMAGE) $(PLATFORM) $(EPOCH) $(CC_ID) $(PACKED) $(BUDGET) $(CMDLINE),$(BIN)/kimage.key scripts/meta.sh scripts/image.sh)

$(B)/image.stamp: $(B)/modules.stamp $(B)/config.stamp $(B)/image.key $(BIN)/kimage
	$(call stage,IMAGE,$(IMAGE),$(B)/stage.lock,key $(B)/image.key key $(S)/source after $(B)/kernel.stamp after $(B)/modules.stamp \
		from $(B)/config $(B)/config.stamp from $(B)/exceptions $(B)/config.stamp from $(CERT) $(CERT).stamp \
		makes $(B)/image makes $(B)/image.line makes $(B)/cmdline) \
		env B=$(B) STAGE=$(B)/stage CONFIG=$(B)/config EXCEPTIONS=$(B)/exceptions SOURCE=$(S)/source KIMAGE=$(BIN)/kimage PACK='$(PACKED)' \
		BUDGET=$(if $(FLAVOUR),,$(BUDGET)) BOARD_FILE=$(BOARD_FILE) CMDLINE="$$CMDLINE" CERT=$(CERT) RELEASE=$(RELEASE) \
		SERIES=$(SERIES) BOARD=$(BOARD) FLAVOUR=$(FLAVOUR) ARCH=$(ARCH) TOOLCHAIN="$$TOOLCHAIN" PATCHES=$(PATCHES)/$(SERIES) \
		scripts/image.sh --ref "$$IMAGE" --platform $(PLATFORM) --created $(EPOCH) --format $(KERNEL) -j $(JOBS) \
		$(foreach d,$(DTBS),--dtb $(B)/stage/$(notdir $d))

.PHONY: image verify
image: $(B)/image.stamp ## build the image of ARCH, SERIES and BOARD, verified (the default)
	$(Q)ln -sfn $(B:$(OUT)/%=%)/image $(OUT)/image
	$(Q)cat $(B)/image.line

LAYOUT ?= $(OUT)/image
export LAYOUT
verify: $(BIN)/kimage ## check an OCI layout (LAYOUT=) against the image contract
	$(Q)$(BIN)/kimage verify $(if $(call given,LAYOUT),,$(addprefix --signer ,$(wildcard $(CERT)))) "$$LAYOUT"

# ---- 7. boot: as an assembler would use it --------------------------------------
GUEST := $(OUT)/guest/$(ARCH)
$(call key,$(GUEST)/init.key,$(CC_ID),$(wildcard scripts/guest/init/*.[ch]))

$(GUEST)/init: $(GUEST)/init.key
	$(say) GUEST $@
	$(Q)$(alone) $(CROSS)gcc $(TOOL_CFLAGS) -static -o $@.tmp scripts/guest/init/*.c && mv $@.tmp $@

$(GUEST)/engines.tar: $(wildcard scripts/guest/engines/*)
	$(say) FETCH 'crun and runc for $(ARCH)'
	$(Q)mkdir -p $(@D) && scripts/guest/engines/fetch.sh $(word 6,$(arch-$(ARCH))) $@

# The tree's own tests of vsock. Its Makefile for them knows their files, and make's rules the
# rest. Static programs that look up names, as these can, make the linker warn. One waits for
# no more than 100 ms until its pages are given back, which an emulated guest may take: here it
# waits for two seconds.
SUITE := $(abspath $(TREE))/tools/testing/vsock
SUITE_WAIT := 2000
$(call key,$(B)/vsock_test.key,$(CC_ID) $(SUITE_WAIT))

$(B)/vsock_test: $(S)/tree.stamp $(B)/vsock_test.key
	$(say) GUEST $@
	$(Q)rm -rf $@.tmp && mkdir $@.tmp
	$(Q)f=$(SUITE)/vsock_test_zerocopy.c; [ ! -e $$f ] || \
		sed 's/^\(#define POLL_TIMEOUT_MS\).*/\1 $(SUITE_WAIT)/' $$f >$@.tmp/$${f##*/}
	$(Q)env MAKEFLAGS= make -C $@.tmp -f $(SUITE)/Makefile VPATH=$(SUITE) CC=$(CROSS)gcc \
		CPPFLAGS='-Wno-error -I$(SUITE) -I$(abspath $(TREE))/tools/include' LDFLAGS='-static -s' \
		vsock_test >$@.tmp/log 2>&1 || { cat $@.tmp/log >&2; exit 1; }
	$(Q)mv $@.tmp/vsock_test $@ && rm -r $@.tmp

# A kernel that watches itself takes its time, and some memory. Emulated, it is at one thing for
# more than the 20 s after which it says that a processor, or RCU, is stuck: here, two minutes.
WATCHED := $(if $(filter debug,$(FLAVOUR)),--limit 1800 --memory 1024 \
	--append 'kmemleak=on watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120 keelson.slow=8')
BOOT := $(B)/boot
# $(call boot_one,MACHINE): boots it to a report in $(BOOT)/MACHINE.
boot_one = scripts/guest/boot.sh --image $(BOOT)/image --init $(GUEST)/init --bin $(BIN) --arch $(ARCH) \
	--machine $1 --bus $(BUS.$1) --release "$$(cat $(B)/stage/release)" --out $(BOOT)/$1 \
	$(if $(DEVICES.$1),--devices $(DEVICES.$1)) $(if $(MEMORY.$1),--memory $(MEMORY.$1)) \
	$(if $(CPUS.$1),--cpus $(CPUS.$1)) $(if $(FIRMWARE.$1),--firmware $(FIRMWARE.$1)) \
	$(if $(APPEND.$1),--append $(call quoted,$(APPEND.$1))) \
	$(if $(PROFILE),--append $(call quoted,$(PROFILED)) --modules $(subst $(empty) ,$(comma),$(PROFILED_MODULES)) \
		--allow scripts/guest/ours.allow) \
	$(if $(ENGINES),--engines $(GUEST)/engines.tar --limit 600) \
	$(if $(VSOCK_SUITE),--suite $(B)/vsock_test --limit 600) $(WATCHED) $$BOOT_ARGS -- $(QEMU.$1)

.PHONY: boot
boot: image $(GUEST)/init $(if $(ENGINES),$(GUEST)/engines.tar) $(if $(VSOCK_SUITE),$(B)/vsock_test) $(addprefix $(BIN)/,kimage bootlog vsockd ticks) ## boot the image in QEMU, to a report
	$(Q)mkdir -p $(BOOT) && $(BIN)/kimage extract $(B)/image --to $(BOOT)/image \
		kernel kernel.tar cmdline $(notdir $(DTBS))
	$(Q)set -f; st=0; $(foreach m,$(if $(filter all,$(MACHINE)),$(MACHINES),$(MACHINE)),\
		echo '  BOOT    $(BOARD) on $m'; $(call boot_one,$m) || st=$$?;) exit $$st

# ---- 8. every board: one after the other, or as jobs ----------------------------
.PHONY: all-images matrix matrix-json
all-images: $(BIN)/kimage ## the image of the board for every architecture, joined under one name
	$(Q)st=0; $(foreach a,$(BOARD_ARCHES),$(MAKE) ARCH=$a image || st=$$?;) exit $$st
	$(Q)$(BIN)/kimage join --layout $(S)/$(BOARD)$(VARIANT)-images --ref "$$IMAGE" \
		$(foreach a,$(BOARD_ARCHES),$(S)/$a-$(BOARD)$(VARIANT)/image)
	$(Q)ln -sfn $(SERIES)/$(BOARD)$(VARIANT)-images $(OUT)/image

matrix: ## the image of every board and series; SERIES=, ARCH= and BOARD= limit it
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; $(MAKE) $(call job,$j) image || st=$$?;) exit $$st

# As engines of continuous integration take it; each job is the command to run.
matrix-json: ## the same as a list of jobs
	@echo '{"include": ['
	@printf '%s\n' $(foreach j,$(EVERY),'  {"name": "$j", "command": "make $(strip $(call job,$j)) image"}$(if \
		$(filter $j,$(lastword $(EVERY))),,$(comma))')
	@echo ']}'

# ---- 9. tests -------------------------------------------------------------------
# Each is a TAP program, and finds in its environment what it is to test.
MK := make --no-print-directory ARCH=$(ARCH) SERIES=$(SERIES) BOARD=$(BOARD) FLAVOUR=$(FLAVOUR) OUT=$(OUT) DL=$(DL) SIGN_KEY=$(SIGN_KEY) \
	$(if $(call given,MACHINE),MACHINE=$(MACHINE))
prove = env -u MAKELEVEL MAKEFLAGS= MK='$(MK)' BIN=$1 TREE=$(CURDIR)/$(TREE) KCONF=$(CURDIR)/$(or $3,$(KCONF)) \
	BUILD=$(B) GUEST=$(GUEST)/init CERT=$(CERT) MACHINES='$(MACHINES)' FIRST=$(firstword $(filter-out all,$(MACHINE)) $(MACHINES)) KARCH=$(KARCH) CROSS=$(CROSS) \
	SESSION='$(SESSION)' LAYERED='$(LAYERED)' RESOLVED=$(RESOLVED)/$(SERIES)/$(ARCH)-$(BOARD)$(VARIANT).config prove -j$2
SCRIPTS := $(wildcard scripts/*.sh scripts/*/*.sh scripts/*/*/*.sh tests/*.sh tests/*/*.sh tests/*/*/*.sh tests/*/*.t) .ci/run

.PHONY: lint lint-modules check-quick check-tools check-mutants check-tidy check-modules check-config check-configs check-boot boot-modules check-reload check check-all reproduce
lint: $(BIN)/patchck ## shellcheck, the lint of patches, licence lines, words
	$(say) LINT 'scripts, patches, licences'
	$(Q)printf '%s\n' $(SCRIPTS) | xargs -P $(JOBS) -n 8 shellcheck
	$(Q)for s in $(ALL_SERIES); do BIN=$(BIN) scripts/tree.sh --lint $(PATCHES)/$$s || exit; done
	$(Q)! grep -rL --exclude-dir=corpus SPDX-License-Identifier Makefile .ci configs docs kernel/*/release modules patches/*/series \
		scripts tests | grep . || { echo 'the above lack a licence line' >&2; exit 1; }
	$(Q)tests/lint/words.sh tests/lint/words.count

# The longest first, so that both processors are busy to the end.
LONGEST := tests/quick/pipeline.t
check-quick: lint $(B)/config $(addprefix $(BIN)/,$(TOOLS)) ## the tests that need no kernel built: a minute
	$(Q)$(call prove,$(BIN),$(JOBS)) $(LONGEST) $(filter-out $(LONGEST),$(wildcard tests/quick/*.t)) \
		tests/config/fresh.t

# Kconfig keeps what it has parsed until the end, so that leaks of kconf's can't be told from
# its own.
check-tools: $(addprefix $(OUT)/san/,$(TOOLS) kconf) ## the tools' own tests, and kconf's once more, under the sanitizers
	$(Q)$(call prove,$(OUT)/san,$(JOBS)) tests/tools
	$(Q)ASAN_OPTIONS=detect_leaks=0 $(call prove,$(BIN),$(JOBS),$(OUT)/san/kconf) \
		$(addprefix tests/quick/,kconf.t why.t advice.t probes.t resolved.t import.t names.t)

check-mutants: $(B)/config ## put faults into kconf, one at a time: a quick test finds each; three minutes
	$(Q)JOBS=$(JOBS) $(call prove,$(BIN),1) tests/mutants/mutants.t

# A directory at a time.
TIDIED := $(sort $(patsubst %/,%,$(dir $(wildcard $(addsuffix /*.c,scripts/* scripts/*/* tests/* tests/*/*)))))
$(foreach d,$(TIDIED),$(call key,$(OUT)/tidy/$d.key,,scripts/tidy.sh .clang-tidy $(wildcard $d/*.[ch])))

check-tidy: $(TIDIED:%=$(OUT)/tidy/%.ok) ## clang-tidy on the C of tools, tests and guest
$(OUT)/tidy/%.ok: $(OUT)/tidy/%.key | $(KCONF)
	$(say) TIDY $*
	$(Q)scripts/tidy.sh -std=gnu11 -D_GNU_SOURCE -isystem $(KCONFIG) -isystem $(TREE)/scripts/include \
		-Iscripts/kconf -Iscripts/lib -- $*/*.c && touch $@

# Beside the board's own directory of objects, which a build may be using.
lint-modules: $(B)/config ## checkpatch, W=1, sparse and clang's analyzer on our own modules; takes no kernel
	$(say) CHECK 'our own modules'
	$(Q)TREE=$(TREE) OBJ=$(OBJ).lint CONFIG=$(B)/config OWN=$(MODULES) STAGE=$(B)/lint KARCH=$(KARCH) CROSS=$(CROSS) \
		EPOCH=$(EPOCH) JOBS=$(JOBS) scripts/lint-modules.sh

# Others' configs have no board of ours.
check-config: $(B)/config
	$(Q)$(call prove,$(BIN),$(JOBS)) tests/config/fresh.t tests/config/equal.t $(if $(filter virt,$(BOARD)),tests/config/peers.t)

check-configs: ## each board of each series against the tree's own make, and others' configs
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; $(MAKE) $(call job,$j) check-config || st=$$?;) exit $$st

check-boot: image $(GUEST)/init $(addprefix $(BIN)/,$(TOOLS)) ## boot the image on every machine of its board; on MACHINE also as containers use it, and all modules
	$(Q)$(call prove,$(BIN),1) tests/boot

boot-modules: image $(GUEST)/init $(addprefix $(BIN)/,$(TOOLS)) # the part of it that check-modules has
	$(Q)$(call prove,$(BIN),1) tests/boot/modules.t

check-reload: image $(GUEST)/init $(addprefix $(BIN)/,$(TOOLS)) ## load and remove our own modules a thousand times, while they work; ten minutes
	$(Q)$(call prove,$(BIN),1) tests/all/reload.t

# A build takes every processor and a boot only one, so boots go side by side, and what else
# there is beside the last of them.
IN_TURN = $(Q)st=0; $(foreach a,$(CHECK_ARCHES),echo '== $a'; $(MAKE) ARCH=$a image || st=$$?;) exit $$st
SIDE_BY_SIDE = $(Q)$(MAKE) -k -O -j$(JOBS)

check-modules: ## our own modules: lint-modules, and their trials in guests, of all archs
	$(Q)st=0; $(foreach a,$(CHECK_ARCHES),$(MAKE) ARCH=$a lint-modules || st=$$?;) exit $$st
	$(IN_TURN)
	$(SIDE_BY_SIDE) $(CHECK_ARCHES:%=on/%/boot-modules)

check: check-quick check-tools check-config lint-modules image $(GUEST)/init $(addprefix $(BIN)/,$(TOOLS)) ## what a new user runs: the tests of the harness, and the real images of all archs, built and booted
	$(Q)$(call prove,$(BIN),$(JOBS)) tests/check
	$(IN_TURN)
	$(SIDE_BY_SIDE) $(CHECK_ARCHES:%=on/%/check-boot) check-tidy

on/%: FORCE
	$(Q)echo '== $(*D)' && env MAKEFLAGS= $(MK) ARCH=$(*D) $(*F)
FORCE:

# Measured on two fast and two slow processors, in minutes: what check and tests/all take beside, a
# kernel of which ccache has nothing, on one of them, and the config and the boots of a board.
minutes = $(shell expr $1 + $(words $(filter-out $(BUILT),$(EVERY))) '*' $2 / $(JOBS) + $(words $(EVERY)) '*' $3)
.PHONY: check-all-takes
check-all-takes:
	@echo 'check-all: $(words $(EVERY)) kernels, $(words $(BUILT)) of them built before: $(call minutes,40,11,3) to $(call minutes,75,36,6) minutes, less where ccache has them'

check-all: check-all-takes check check-configs ## everything: also builds and boots every board of every series, kills real builds; says how long
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; $(MAKE) $(call job,$j) $(if $(filter %-virt,$j),lint-modules) check-boot || st=$$?;) exit $$st
	$(Q)$(call prove,$(BIN),1) tests/all

# The readers of what is never trusted, under libFuzzer and the sanitizers. The targets run side
# by side, each for TIME seconds.
FUZZED := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
.PHONY: fuzz
fuzz: export TIME := $(or $(TIME),60)
fuzz: ## TIME=: feed each reader of what is never trusted mutated files, for 60 seconds
	$(say) FUZZ '$(FUZZED)'
	$(Q)printf '%s\n' $(FUZZED) | xargs -P $(JOBS) -I% tests/fuzz/run.sh % $(OUT)/fuzz || exit 1

# Elsewhere, later, by another user as far as a build can tell, and without ccache.
reproduce: image ## build the image again in another directory, and compare
	$(Q)scripts/outdir.sh remove $(OUT)/reproduce
	$(Q)umask 077; env MAKEFLAGS= TZ=Asia/Tokyo USER=other CCACHE_DISABLE=1 \
		$(MK) OUT=$(OUT)/reproduce JOBS=$(JOBS) image
	$(Q)diff -r $(B)/image $(OUT)/reproduce/$(B:$(OUT)/%=%)/image && echo 'the images are the same'
	$(Q)scripts/outdir.sh remove $(OUT)/reproduce

# ---- 10. figures -----------------------------------------------------------------
# Comparisons are ratios within one run: machines differ, and are noisy.
BENCH ?= noop kconf kimage boot build
BENCHES := $(filter-out stats,$(patsubst tests/bench/%.sh,%,$(wildcard tests/bench/*.sh)))
$(if $(strip $(foreach b,$(BENCH),$(if $(call exactly,$b,$(BENCHES)),,no))),$(call refuse,BENCH,is not a list of benchmarks,unknown-value,some of $(BENCHES)))
.PHONY: bench report session
bench: export QEMU_MMIO = $(QEMU.microvm)
bench: export QEMU_FIRST = $(QEMU.$(firstword $(MACHINES)))
bench: $(if $(filter-out kconf,$(BENCH)),image $(GUEST)/init $(addprefix $(BIN)/,$(TOOLS)),$(B)/config) ## measure, half an hour; BENCH= takes some of noop kconf kimage boot build, and of peer modules
	$(Q)for b in $(BENCH); do \
		env MAKEFLAGS= MK='$(MK)' BIN=$(BIN) TREE=$(TREE) BUILD=$(B) GUEST=$(GUEST)/init JOBS=$(JOBS) \
			EPOCH=$(EPOCH) KARCH=$(KARCH) CROSS=$(CROSS) KCONF=$(CURDIR)/$(KCONF) SESSION='$(SESSION)' \
			BOARD='$(BOARD)' CERT=$(CERT) ARCH=$(ARCH) \
			BUS_FIRST=$(BUS.$(firstword $(MACHINES))) LAYERED='$(LAYERED)' SERIES_BOARDS='$(filter $(SERIES)/%,$(EVERY))' \
			tests/bench/$$b.sh || exit; \
	done

session: # for the benchmark of all boards at once
	@printf '%s\n' '$(SESSION)' '$(LAYERED)'

ifneq ($(and $(FLAVOUR),$(filter report,$(GOALS))),)
$(error 'make report' takes no FLAVOUR [report-flavour]: docs/figures.md is of what systems run; 'make boot' of one reports its figures)
endif
report: image ## boot all that has been built, on every machine, and renew its rows of docs/figures.md
	$(Q)st=0; $(foreach j,$(or $(BUILT),$(B:$(OUT)/%=%)),$(MAKE) $(call job,$j) boot MACHINE=all || st=$$?;) exit $$st
	$(Q)scripts/report.sh docs/figures.md $(OUT) $(CONFIGS) $(KERNELS) $(foreach j,$(or $(BUILT),$(B:$(OUT)/%=%)),$j=$(call machines,$j))

# ---- the keys -------------------------------------------------------------------
$(shell { scripts/outdir.sh mark $(OUT) && scripts/key.sh $(KEYS); } >&2)
ifneq ($(.SHELLSTATUS),0)
$(error the keys can't be made; the line above says why)
endif

# What may not be as its stamp records runs, whatever its time is: a clock may have been ahead.
SEALED := $(TOOLS:%=$(BIN)/%.seal) $(S)/source.stamp $(S)/tree.stamp $(KCONF).seal $(B)/config.stamp $(CERT).stamp \
	$(B)/kernel.stamp $(B)/modules.stamp $(B)/image.stamp
$(patsubst %.seal,%,$(shell awk -f scripts/seal.awk $(OUT) $(SEALED))): FORCE

endif # goals that take a board and tools

include scripts/make/maintain.mk

# ---- help, set-up, clean --------------------------------------------------------
.PHONY: help setup clean
setup: ## install what is missing, for all archs or for ARCH=; says what it will do first
	$(Q)scripts/setup.sh check $(if $(ONE_ARCH),$(ARCH))

clean: ## remove all that was built; downloads stay
	$(Q)scripts/outdir.sh clean $(OUT) $(DL)

help: ## this
	@echo 'make [GOAL] [ARCH=$(ARCH)] [SERIES=$(SERIES)] [BOARD=$(BOARD)] [FLAVOUR=] [V=1]'
	@echo
	@sed -n 's/^\([a-z_. -]*\):.*## /\1	/p' Makefile scripts/make/*.mk | expand -t 22 | sed 's/^/  /'
	@echo
	@echo '  architectures: $(ARCHES)   series: $(ALL_SERIES)   boards: $(BOARDS)   flavours: $(FLAVOURS)   profiles: $(PROFILES)'
	@echo '  knobs: $(ENVIRONMENT_KNOBS)'
	@echo '         $(OTHER_KNOBS); the top of the Makefile documents each'
