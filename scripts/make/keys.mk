# SPDX-License-Identifier: GPL-2.0-only
#
# The keys: each is a file with a rule, like all others. While make reads, it only compares them.

# A result runs if its key is stale, or if it may differ from its stamp, whatever its time is: a
# clock may have been ahead.
SEALED := $(KEYED_TOOLS:%=$(BIN)/%.seal) $(S)/source.stamp $(S)/tree.stamp $(KCONF).seal \
	$(B)/config.stamp $(CERT).stamp $(B)/kernel.stamp $(B)/modules.stamp $(B)/image.stamp
key_args = $(foreach k,$(KEYS),-- $k $(call quoted,$(text.$k)) $(inputs.$k))

# Without a tool that is newer than its sources and runs, each counts as stale. That is correct,
# only slower: `stage run` then finds that a stamp holds, and runs no command.
STALE := $(shell scripts/make/outdir.sh stale $(OUT) || exit 2; \
	[ -s $(BIN)/stage ] && for f in $(STAGE_FILES); do ! [ $$f -nt $(BIN)/stage ] || exit 1; \
	done && exec $(BIN)/stage stale $(OUT) $(SEALED) $(key_args))
ifeq ($(.SHELLSTATUS),2)
$(error make: the keys can't be compared [keys-failed]; the line above says why)
endif
ifneq ($(.SHELLSTATUS),0)
STALE += $(KEYS) $(SEALED)
$(BIN)/stage: FORCE
endif
STALE_KEYS := $(filter %.key,$(STALE))
MARK := $(filter %/CACHEDIR.TAG,$(STALE))

$(foreach k,$(STALE_KEYS),$(eval $k: private export KEY_TEXT = $$(text.$k))$(eval $k: $(filter \
	%.key,$(inputs.$k))))
$(STALE_KEYS): FORCE
	$(Q)$(BIN)/stage key $@ "$$KEY_TEXT" $(inputs.$@)
$(MARK): FORCE
	$(Q)scripts/make/outdir.sh mark $(@D)

$(patsubst %.seal,%,$(filter %.stamp %.seal,$(STALE))): FORCE
$(STALE_KEYS:.key=) $(STALE_KEYS:.key=.ok): FORCE
$(STALE_KEYS) $(SEALED:.seal=): | $(BIN)/stage
$(STALE_KEYS) $(SEALED:.seal=) $(BIN)/stage: | $(MARK)
FORCE:
