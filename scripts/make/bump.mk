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
	$(Q)$(foreach b,$(COMPARED),$(foreach s,$(FROM) $(TO),$(MAKE) -s $(call job,$s/$b) table &&)) :
	$(Q)$(KCONF) compare --json $(OUT)/compare.json $(patsubst %,--renames %,$(wildcard \
		$(CONFIGS)/renames)) $(foreach b,$(COMPARED),$(foreach \
		s,$(FROM) $(TO),$(OUT)/$s/$b$(VARIANT)/table)) || [ $$? -eq 1 ]

endif
