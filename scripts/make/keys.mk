# SPDX-License-Identifier: GPL-2.0-only
#
# The keys: each is a file with a rule, like all others. While make reads, it only compares them.

key_args = $(foreach k,$(KEYS),-- $k $(call quoted,$(text.$k)) $(inputs.$k))
STALE := $(shell scripts/make/outdir.sh stale $(OUT) && scripts/key.sh --stale $(key_args))
ifneq ($(.SHELLSTATUS),0)
$(error make: the keys can't be compared [keys-failed]; the line above says why)
endif
STALE_KEYS := $(filter %.key,$(STALE))
MARK := $(filter %/CACHEDIR.TAG,$(STALE))

$(foreach k,$(STALE_KEYS),$(eval $k: private export KEY_TEXT = $$(text.$k))$(eval $k: $(filter \
	%.key,$(inputs.$k))))
$(STALE_KEYS): FORCE
	$(Q)scripts/key.sh -- $@ "$$KEY_TEXT" $(inputs.$@)
$(MARK): FORCE
	$(Q)scripts/make/outdir.sh mark $(@D)

# A result runs if its key is stale, or if it may differ from its stamp, whatever its time is: a
# clock may have been ahead.
SEALED := $(TOOLS:%=$(BIN)/%.seal) $(S)/source.stamp $(S)/tree.stamp $(KCONF).seal \
	$(B)/config.stamp $(CERT).stamp $(B)/kernel.stamp $(B)/modules.stamp $(B)/image.stamp
$(patsubst %.seal,%,$(shell awk -v stale='$(STALE)' -f scripts/seal.awk $(OUT) $(SEALED))): FORCE
$(STALE_KEYS:.key=) $(STALE_KEYS:.key=.ok): FORCE
$(STALE_KEYS) $(SEALED:.seal=): | $(MARK)
FORCE:
