# SPDX-License-Identifier: GPL-2.0-only
#
# What another release changes.
ifneq ($(if $(MISSING),,$(BUILDING)),)

# Each option of the board as its tree defines it; `kconf compare` reads two of them.
.PHONY: table
table: # write the board's table of options
table: $(KCONF)
	$(say_probes)
	$(Q)mkdir -p $(B) && $(KCONF) table $(ASKED) --board $(ARCH)-$(BOARD)$(VARIANT) \
		--out $(B)/table $(LAYERED)

ifneq ($(filter compare,$(GOALS)),)
$(foreach k,FROM TO,$(if $(call exactly,$($k),$(ALL_SERIES)),,$(call \
	refuse,$k,is not a series,unknown-value,one of $(ALL_SERIES))))
endif
# The boards that both series have.
COMPARED = $(foreach b,$(subst /,-,$(ASKED_BOARDS)),$(if $(filter \
	$(FROM)/$b $(TO)/$b,$(EXCEPTED)),,$b))

##@ understand
.PHONY: compare
compare: ## FROM=6.12 TO=6.18: list options that are new, renamed, ...
compare: $(KCONF)
	$(Q)$(foreach b,$(COMPARED),$(foreach s,$(FROM) $(TO),$(MAKE) -s $(call \
		job,$s/$b) table &&)) :
	$(Q)$(KCONF) compare --json $(OUT)/compare.json $(patsubst %,--renames %,$(wildcard \
		$(CONFIGS)/renames)) $(foreach b,$(COMPARED),$(foreach \
		s,$(FROM) $(TO),$(OUT)/$s/$b$(VARIANT)/table)) || [ $$? -eq 1 ]

# A bump resolves each board of both releases; lost requests do not end it.
.PHONY: outcome compile-touched
outcome: # the board's results for `bump`
outcome: $(KCONF) $(KAUDIT)
	$(say_probes)
	$(Q)rm -f $(B)/bump.audit $(B)/bump.audited $(B)/bump.config
	$(Q)mkdir -p $(B) && st=0; $(KCONF) resolve $(ASKED) \
		--report $(B)/bump.proof --out $(B)/bump.config \
		--resolved $(B)/bump.resolved $(if $(CC_ID),--record $(B)/bump.probes) \
		--defaults $(DEFAULTS) --accounts $(B)/bump.accounts $(LAYERED) \
		2>$(B)/bump.err || st=$$?; echo $$st >$(B)/bump.status; [ $$st -lt 2 ]
	$(Q)$(KCONF) table $(ASKED) --board $(ARCH)-$(BOARD)$(VARIANT) --out $(B)/table $(LAYERED)
ifneq ($(POLICIES),)
	$(Q)[ ! -e $(B)/bump.config ] || { : >$(B)/bump.wants && $(KCONF) attain $(ASKED) \
		--wants $(B)/bump.wants $(LAYERED) >$(B)/bump.attain && $(KAUDIT) check \
		--format json --fail-on none --config $(B)/bump.config $(BOARD_FACTS) \
		--attain $(B)/bump.attain $(POLICIES) >$(B)/bump.audit; \
		} 2>$(B)/bump.audited || [ $$? -eq 1 ] || rm -f $(B)/bump.audit
endif

compile-touched: # the files that patches change, for `bump`
compile-touched: $(B)/config.stamp
	$(Q)env $(KBUILD) SRCARCH=$(SRCARCH) LABEL=$(ARCH)-$(BOARD) CONFIG=$(B)/config \
		OWN=$(MODULES) scripts/bump/compile.sh $(S)/touched $(FACTS)

##@ maintain
# A bump's own variables: NEW begins a series, from the nearest one.
ifneq ($(filter bump,$(GOALS)),)
$(call switch,DRY)
$(call switch,BUILD)
$(foreach k,NEW TO,$(if $(call given,$k),$(if $(call odd,$($k),$(DIGITS) .),$(call \
	refuse,$k,is not a release,knob-value,a release such as 6.12.107))))
$(if $(call given,NEW)$(call given,SERIES),,$(error make bump: SERIES is missing [knob-missing]: \
	expected make bump SERIES=6.12, or NEW=7.1))
ifneq ($(NEW),)
$(if $(call exactly,$(NEW),$(ALL_SERIES)),$(call \
	refuse,NEW,is a series already,series-exists,make bump SERIES=$(NEW)))
override SERIES := $(or $(lastword $(shell printf '%s\n' $(ALL_SERIES) $(NEW) | sort -V | \
	sed '/^$(subst .,\.,$(NEW))$$/q' | grep -vx '$(NEW)')),$(firstword $(ALL_SERIES)))
endif
endif
# The boards and flavours of the series, but for boards that exclude the old or the new series.
EXCLUDED = $(foreach b,$(subst /,-,$(ALL_BOARDS)),$(if $(filter \
	$(SERIES)/$b $(NEW)/$b,$(EXCEPTED)),$b $b-%))
BUMPED = $(sort $(filter-out $(EXCLUDED),$(subst /,-,$(ALL_BOARDS)) $(patsubst \
	$(RESOLVED)/$(SERIES)/%.config,%,$(wildcard $(RESOLVED)/$(SERIES)/*.config))))
.PHONY: bump
bump: ## SERIES= TO= DRY=1 VULNS=: bump a release; NEW= begins a series
bump: $(addprefix $(BIN)/,bump fetch patchck)
	$(Q)env OUT=$(OUT) DL=$(DL) KERNELS=$(KERNELS) CONFIGS=$(CONFIGS) PATCHES=$(PATCHES) \
		MODULES=$(MODULES) BIN=$(BIN) SIGN_KEY=$(SIGN_KEY) JOBS=$(JOBS) \
		COMPILE=$(ARCH)-$(BOARD) DRY=$(DRY) BUILD=$(BUILD) VULNS=$(VULNS) \
		scripts/bump/bump.sh \
		$(SERIES) $(or $(NEW),$(SERIES)) \
		$(or $(if $(call given,TO),$(TO)),$(NEW),$(SERIES)) \
		$(BUMPED)

endif

# An install that was killed: the checkout has a part of it until it is finished.
ifneq ($(filter-out bump help,$(GOALS)),)
$(if $(wildcard $(OUT)/bump/journal),$(error \
	$(OUT)/bump/journal: a bump was killed while it changed the checkout [journal]; run \
	$(BIN)/bump recover $(OUT)/bump/journal))
endif
