# SPDX-License-Identifier: GPL-2.0-only
#
# Checks. A test is a TAP program, and its environment names the files that it tests.

MK := make --no-print-directory ARCH=$(ARCH) SERIES=$(SERIES) BOARD=$(BOARD) FLAVOUR=$(FLAVOUR) \
	OUT=$(OUT) DL=$(DL) SIGN_KEY=$(SIGN_KEY) $(if $(call given,MACHINE),MACHINE=$(MACHINE))
# $(call prove,TOOLS,JOBS[,KCONF])
prove = env -u MAKELEVEL MAKEFLAGS= MK='$(MK)' BIN=$1 TREE=$(CURDIR)/$(TREE) \
	KCONF=$(CURDIR)/$(or $3,$(KCONF)) BUILD=$(B) GUEST=$(GUEST)/init CERT=$(CERT) \
	KARCH=$(KARCH) CROSS=$(CROSS) MACHINES='$(MACHINES)' \
	FIRST=$(firstword $(filter-out all,$(MACHINE)) $(MACHINES)) \
	SESSION='$(SESSION)' LAYERED='$(LAYERED)' RESOLVED=$(RESOLVED_BOARD).config \
	PROBES=$(PROBES) prove -j$2
SCRIPTS := $(wildcard scripts/*.sh scripts/*/*.sh scripts/*/*/*.sh \
	tests/*.sh tests/*/*.sh tests/*/*/*.sh tests/*/*.t) scripts/completion.bash .ci/run
LICENSED := Makefile .ci configs docs kernel/*/release modules patches/*/series scripts tests

##@ verify
.PHONY: lint check-quick check-tools check-mutants check-tidy lint-modules check-config
.PHONY: check-configs check-boot boot-modules check-reload check-modules check check-all reproduce
lint: ## check scripts, patches, licence lines and words
lint: $(BIN)/patchck
	$(say) LINT 'scripts, patches, licences, words'
	$(Q)printf '%s\n' $(SCRIPTS) | xargs -P $(JOBS) -n 8 shellcheck
	$(Q)for s in $(ALL_SERIES); do \
		BIN=$(BIN) scripts/tree.sh --lint $(PATCHES)/$$s || exit; done
	$(Q)! grep -rL --exclude-dir=corpus \
		--exclude='*.schema.json' SPDX-License-Identifier $(LICENSED) | grep . || \
		{ echo 'lint: these files lack a licence line [no-licence]' >&2; exit 1; }
	$(Q)tests/lint/words.sh tests/lint/words.count

# The longest test is the first, so that all processors work until the end.
LONGEST := tests/quick/pipeline.t
check-quick: ## run the tests that need no built kernel: a minute
check-quick: lint $(B)/config $(TOOL_FILES)
	$(Q)$(call prove,$(BIN),$(JOBS)) $(LONGEST) \
		$(filter-out $(LONGEST),$(wildcard tests/quick/*.t)) tests/config/fresh.t

# Kconfig never frees its parsed files, so a leak of kconf would not stand out.
check-tools: ## run the tests of the tools, under the sanitizers
check-tools: $(addprefix $(OUT)/san/,$(TOOLS) kconf)
	$(Q)$(call prove,$(OUT)/san,$(JOBS)) tests/tools
	$(Q)ASAN_OPTIONS=detect_leaks=0 $(call prove,$(BIN),$(JOBS),$(OUT)/san/kconf) \
		$(patsubst %,tests/quick/%.t,audit kconf why advice probes resolved import names)

check-mutants: ## put faults into kconf: a quick test finds each; 3 minutes
check-mutants: $(B)/config
	$(Q)JOBS=$(JOBS) $(call prove,$(BIN),1) tests/mutants/mutants.t

# A directory at a time.
TIDIED := $(sort $(patsubst %/,%,$(dir $(wildcard $(addsuffix \
	/*.c,scripts/* scripts/*/* tests/* tests/*/*)))))
$(foreach d,$(TIDIED),$(call key,$(OUT)/tidy/$d.key,,scripts/make/tidy.sh \
	$(wildcard .clang-tidy $d/*.[ch])))

check-tidy: ## run clang-tidy on the C of tools, tests and guest
check-tidy: $(TIDIED:%=$(OUT)/tidy/%.ok)
$(OUT)/tidy/%.ok: $(OUT)/tidy/%.key | $(KCONF)
	$(say) TIDY $*
	$(Q)scripts/make/tidy.sh -std=gnu11 -D_GNU_SOURCE -isystem $(KCONFIG) -isystem \
		$(TREE)/scripts/include -Iscripts/kconf -Iscripts/lib -- $*/*.c && touch $@

# In a separate directory of objects, since a build may use the board's.
lint-modules: ## check our modules: checkpatch, W=1, sparse, clang's analyzer
lint-modules: $(B)/config
	$(say) CHECK 'our own modules'
	$(Q)TREE=$(TREE) OBJ=$(OBJ).lint CONFIG=$(B)/config OWN=$(MODULES) STAGE=$(B)/lint \
		KARCH=$(KARCH) CROSS=$(CROSS) EPOCH=$(EPOCH) JOBS=$(JOBS) \
		scripts/make/lint-modules.sh

check-config: # one board of check-configs; the configs of other projects match no board
check-config: $(B)/config
	$(Q)$(call prove,$(BIN),$(JOBS)) tests/config/fresh.t tests/config/equal.t \
		$(if $(filter virt,$(BOARD)),tests/config/peers.t)

check-configs: ## compare each board's config with that of Kbuild
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; \
		$(MAKE) $(call job,$j) check-config || st=$$?;) exit $$st

check-boot: ## boot the image on every machine; containers, all modules
check-boot: image $(GUEST)/init $(TOOL_FILES)
	$(Q)$(call prove,$(BIN),1) tests/boot

boot-modules: # the part of check-boot that check-modules runs
boot-modules: image $(GUEST)/init $(TOOL_FILES)
	$(Q)$(call prove,$(BIN),1) tests/boot/modules.t

check-reload: ## load and remove our modules 1000 times; ten minutes
check-reload: image $(GUEST)/init $(TOOL_FILES)
	$(Q)$(call prove,$(BIN),1) tests/all/reload.t

# A build uses every processor and a boot only one, so boots run side by side, and the rest
# beside the last of them.
IN_TURN = $(Q)st=0; $(foreach a,$(CHECK_ARCHES),echo '== $a'; \
	$(MAKE) ARCH=$a image || st=$$?;) exit $$st
SIDE_BY_SIDE = $(Q)$(MAKE) -k -O -j$(JOBS)

check-modules: ## check our modules, and try them in guests, for all archs
	$(Q)st=0; $(foreach a,$(CHECK_ARCHES),$(MAKE) ARCH=$a lint-modules || st=$$?;) \
		exit $$st
	$(IN_TURN)
	$(SIDE_BY_SIDE) $(CHECK_ARCHES:%=on/%/boot-modules)

# The trials that need both ends of a vsock in one guest have them in the flavour trace.
TRACED := $(if $(FLAVOUR)$(filter-out virt,$(BOARD)),,$(filter x86_64,$(CHECK_ARCHES)))
check: ## run the tests, then build and boot the images of all archs
check: check-quick check-tools check-config lint-modules image $(GUEST)/init $(TOOL_FILES)
	$(Q)$(call prove,$(BIN),$(JOBS)) tests/check
	$(IN_TURN)
	$(Q)$(if $(TRACED),$(MAKE) ARCH=$(TRACED) FLAVOUR=trace image)
	$(SIDE_BY_SIDE) $(CHECK_ARCHES:%=on/%/check-boot) $(TRACED:%=traced/%) check-tidy

on/%: FORCE
	$(Q)echo '== $(*D)' && env MAKEFLAGS= $(MK) ARCH=$(*D) $(*F)
traced/%: FORCE
	$(Q)echo '== $*, trace' && env MAKEFLAGS= $(MK) ARCH=$* FLAVOUR=trace boot-modules

# Measured on two fast and two slow processors, in minutes: check and tests/all, then a kernel that
# ccache does not have on one of them, and the config and boots of a board.
minutes = $(shell expr $1 + $(words $(filter-out $(BUILT),$(EVERY))) '*' $2 / $(JOBS) + \
	$(words $(EVERY)) '*' $3)
.PHONY: check-all-takes
check-all-takes: # the first line of check-all
	@echo 'check-all: $(words $(EVERY)) kernels, $(words $(BUILT)) of them built before:' \
		'$(call minutes,40,11,3) to $(call minutes,75,36,6) minutes,' \
		'less where ccache has them'

check-all: ## the same for every board and series; prints its duration
check-all: check-all-takes check check-configs
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; $(MAKE) $(call job,$j) $(if \
		$(filter %-virt,$j),lint-modules) check-boot || st=$$?;) exit $$st
	$(Q)$(call prove,$(BIN),1) tests/all

# The readers of foreign files, under libFuzzer and the sanitizers. The targets run side by side,
# each for TIME seconds.
FUZZED := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
.PHONY: fuzz
fuzz: private export TIME := $(or $(TIME),60)
fuzz: ## TIME=60: feed mutated files to each reader of foreign files
	$(say) FUZZ '$(FUZZED)'
	$(Q)printf '%s\n' $(FUZZED) | xargs -P $(JOBS) -I% tests/fuzz/run.sh % $(OUT)/fuzz || exit 1

# In another directory, later, by another user as far as a build can see, and without ccache.
reproduce: ## build the image again in another directory, and compare
reproduce: image
	$(Q)scripts/make/outdir.sh remove $(OUT)/reproduce
	$(Q)umask 077; env MAKEFLAGS= TZ=Asia/Tokyo USER=other CCACHE_DISABLE=1 \
		$(MK) OUT=$(OUT)/reproduce JOBS=$(JOBS) image
	$(Q)diff -r $(B)/image $(OUT)/reproduce/$(B:$(OUT)/%=%)/image
	@echo 'reproduce: $(OUT)/image: the second image is the same'
	$(Q)scripts/make/outdir.sh remove $(OUT)/reproduce
