# SPDX-License-Identifier: GPL-2.0-only
#
# Figures. They are compared as ratios within one run: machines differ, and are noisy.

BENCH ?= noop kconf kimage boot build
BENCHES := $(filter-out stats,$(patsubst tests/bench/%.sh,%,$(wildcard tests/bench/*.sh)))
# A node of `make matrix RUNNER=` has no tests.
$(if $(and $(filter BENCH,$(CHOSEN)),$(strip $(foreach b,$(BENCH),$(if $(call \
	exactly,$b,$(BENCHES)),,no)))),$(call \
	refuse,BENCH,is not a list of benchmarks,unknown-value,some of $(BENCHES)))

##@ maintain
.PHONY: bench report session
FIRST_MACHINE := $(firstword $(MACHINES))
bench: private export QEMU_MMIO = $(QEMU.microvm)
bench: private export QEMU_FIRST = $(QEMU.$(FIRST_MACHINE))
bench: ## BENCH=: measure noop, kconf, kimage, boot, build; half an hour
bench: $(if $(filter-out kconf,$(BENCH)),image $(GUEST)/init $(TOOL_FILES) $(B)/config)
	$(Q)for b in $(BENCH); do \
		env MAKEFLAGS= MK='$(MK)' BIN=$(BIN) TREE=$(TREE) BUILD=$(B) GUEST=$(GUEST)/init \
		JOBS=$(JOBS) EPOCH=$(EPOCH) KARCH=$(KARCH) CROSS=$(CROSS) CERT=$(CERT) \
		ARCH=$(ARCH) BOARD=$(BOARD) KCONF=$(CURDIR)/$(KCONF) SESSION='$(SESSION)' \
		LAYERED='$(LAYERED)' BUS_FIRST=$(BUS.$(FIRST_MACHINE)) \
		SERIES_BOARDS='$(filter $(SERIES)/%,$(EVERY))' \
			tests/bench/$$b.sh || exit; \
	done

session: # the options and fragments of kconf, for the benchmark of all boards at once
	@printf '%s\n' '$(SESSION)' '$(LAYERED)'

ifneq ($(and $(FLAVOUR),$(filter report,$(GOALS))),)
$(error make report: FLAVOUR=$(FLAVOUR) [report-flavour]: expected none, since docs/figures.md has \
	the images of production; run 'make boot' for the figures of a flavour)
endif
REPORTED := $(or $(BUILT),$(B:$(OUT)/%=%))
report: ## boot every built image, and renew its rows of docs/figures.md
report: image $(BIN)/bootlog
	$(Q)st=0; $(foreach j,$(REPORTED),\
		$(MAKE) $(call job,$j) boot MACHINE=all || st=$$?;) exit $$st
	$(Q)$(BIN)/bootlog rows docs/figures.md $(OUT) $(CONFIGS) $(KERNELS) \
		$(foreach j,$(REPORTED),$j=$(call machines,$j))
