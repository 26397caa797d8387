# SPDX-License-Identifier: GPL-2.0-only
#
# The tools in C.

HOSTCC := gcc
TOOLS := stage fetch bump ksize kimage kaudit progress bootlog vsockd ticks patchck
# The others have keys and stamps, which stage writes.
KEYED_TOOLS := $(filter-out stage,$(TOOLS))
TOOL_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wshadow -Wpointer-arith \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 \
	-Wcast-qual -Wundef -Wwrite-strings -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-Iscripts/lib
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_CFLAGS := $(filter-out -O2 -D_FORTIFY_SOURCE=2,$(TOOL_CFLAGS)) -O1 -g $(SAN)
pkgs-stage := libcrypto
pkgs-fetch := libcrypto libarchive
pkgs-ksize := libelf jansson
pkgs-bump := jansson
pkgs-bootlog := jansson
pkgs-kaudit := libcrypto zlib jansson
pkgs-kimage := libdeflate zlib libcrypto jansson
libs-kaudit := -pthread
libs-kimage := -pthread
# $(call tool_files,TOOL,ENDING): those of a tool's directory and of the library
tool_files = $(wildcard $(or $(wildcard scripts/guest/$1),scripts/$1)/*.$2 scripts/lib/*.$2)
libs = $(if $(pkgs-$*),$$(pkg-config --cflags --libs $(pkgs-$*))) $(libs-$*)

BIN := $(OUT)/bin
TOOL_FILES := $(addprefix $(BIN)/,$(TOOLS))
HOSTCC_ID := $(shell $(HOSTCC) --version 2>/dev/null | head -n 1)
$(foreach t,$(KEYED_TOOLS),$(call key,$(BIN)/$t.key,$(HOSTCC_ID) $(TOOL_CFLAGS) $(pkgs-$t) \
	$(libs-$t),$(call tool_files,$t,[ch])))

# Identified by the times of its sources. make does not use one that is older: see keys.mk.
STAGE_FILES := $(call tool_files,stage,[ch]) scripts/environment.h
$(BIN)/stage $(OUT)/san/stage: $(STAGE_FILES)
	$(say) TOOL stage
	$(Q)mkdir -p $(@D) && $(HOSTCC) $(if $(filter $(BIN)/%,$@),$(TOOL_CFLAGS),$(SAN_CFLAGS)) \
		-o $@.$$$$ $(filter %.c,$^) $$(pkg-config --cflags --libs $(pkgs-stage)) && \
		mv $@.$$$$ $@

# Boards share these files, and two makes at once may both build one: the second waits.
alone = exec 9<$< && flock 9 &&

$(BIN)/%: $(BIN)/%.key
	$(Q)$(BIN)/stage run --label TOOL --text $* $(OUT) $@.seal $< key $< touch $@ -- \
		sh -c '$(HOSTCC) $(TOOL_CFLAGS) -o $@.tmp $(call tool_files,$*,c) $(libs) && \
		mv $@.tmp $@'

# The same with the address and undefined behaviour sanitizers, for the tests.
$(OUT)/san/%: $(BIN)/%.key
	$(say) TOOL '$* (sanitized)'
	$(Q)mkdir -p $(@D) && $(alone) $(HOSTCC) $(SAN_CFLAGS) -o $@.tmp \
		$(call tool_files,$*,c) $(libs) && mv $@.tmp $@
