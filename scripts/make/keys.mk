# SPDX-License-Identifier: GPL-2.0-only
#
# The keys of all stages, written while make reads.

key_args = $(foreach k,$(KEYS),-- $k $(call quoted,$(text.$k)) $(inputs.$k))
$(shell { scripts/outdir.sh mark $(OUT) && scripts/key.sh $(key_args); } >&2)
ifneq ($(.SHELLSTATUS),0)
$(error make: the keys can't be written [keys-failed]; the line above says why)
endif

# A result runs if it may differ from its stamp, whatever its time is: a clock may have been ahead.
SEALED := $(TOOLS:%=$(BIN)/%.seal) $(S)/source.stamp $(S)/tree.stamp $(KCONF).seal \
	$(B)/config.stamp $(CERT).stamp $(B)/kernel.stamp $(B)/modules.stamp $(B)/image.stamp
$(patsubst %.seal,%,$(shell awk -f scripts/seal.awk $(OUT) $(SEALED))): FORCE
FORCE:
