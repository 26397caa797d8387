# SPDX-License-Identifier: GPL-2.0-only
#
# Goals of a person who keeps the project going: what the host lacks, whether the patches still
# apply, what was built. Read last, since it uses the names of all stages.

.PHONY: doctor
doctor: private export KEY = $(SIGN_KEY)
doctor: ## packages, versions and settings of this host that are missing, old or odd; changes nothing
	@scripts/doctor.sh $(OUT) "$$KEY" $(CONFIGS)/resolved $(SERIES) '$(KERNELS) $(CONFIGS) $(PATCHES) scripts' $(if $(ONE_ARCH),$(ARCH))

ifneq ($(if $(MISSING),,$(BUILDING)),)

# The command that the message of a failed build names.
$(B)/kernel.stamp $(B)/modules.stamp: private export AGAIN = make image ARCH=$(ARCH) SERIES=$(SERIES) \
	BOARD=$(BOARD)$(if $(FLAVOUR), FLAVOUR=$(FLAVOUR))$(if $(call given,OUT), OUT=$(OUT)) V=1

.PHONY: patches
patches: $(addprefix $(BIN)/,fetch patchck) ## try every patch of all series, or of SERIES=, on the files that it changes
	$(Q)BIN=$(BIN) scripts/patches.sh $(OUT) $(KERNELS) $(PATCHES) $(DL) $(ASKED_SERIES)

.PHONY: show compile_commands.json
show: $(addprefix $(BIN)/,fetch kimage) ## the image of the board in one page: release, verification, patches, config, signer, exceptions, image
	$(Q)BIN=$(BIN) scripts/show.sh $(B) $(LOCK) $(S)/source $(CERT)

compile_commands.json: $(S)/tree.stamp ## how each file of the tools and, once built, of our modules is compiled
	$(Q)HOSTCC='$(HOSTCC)' CFLAGS='$(TOOL_CFLAGS)' TREE=$(TREE) OBJ=$(OBJ) OWN=$(MODULES) COPIES=$(B)/modules.own \
		scripts/compile-commands.sh $@ kconf lib init $(foreach t,$(TOOLS),$(subst $(space),:,$t $(pkgs-$t)))

endif
