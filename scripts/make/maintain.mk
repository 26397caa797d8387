# SPDX-License-Identifier: GPL-2.0-only
#
# Goals for maintenance: check the host, try the patches, show the result. Read last, since it uses
# the names of all stages.

##@ maintain
.PHONY: doctor
doctor: private export KEY = $(SIGN_KEY)
doctor: ## list missing, old or odd packages and settings of this host
	@scripts/setup/doctor.sh $(OUT) "$$KEY" $(CONFIGS)/resolved $(SERIES) \
		'$(KERNELS) $(CONFIGS) $(PATCHES) scripts' $(if $(ONE_ARCH),$(ARCH))

ifneq ($(if $(MISSING),,$(BUILDING)),)

# The command that the message of a failed build names.
$(B)/kernel.stamp $(B)/modules.stamp: private export AGAIN = make image ARCH=$(ARCH) \
	SERIES=$(SERIES) BOARD=$(BOARD)$(if $(FLAVOUR), FLAVOUR=$(FLAVOUR))$(if \
	$(call given,OUT), OUT=$(OUT)) V=1

.PHONY: patches
patches: ## try every patch of all series, or SERIES=, on its files
patches: $(addprefix $(BIN)/,fetch patchck)
	$(Q)BIN=$(BIN) scripts/make/patches.sh $(OUT) $(KERNELS) $(PATCHES) $(DL) $(ASKED_SERIES)

##@ understand
.PHONY: show compile_commands.json
show: ## show the board's image: release, patches, config, signer
show: $(addprefix $(BIN)/,fetch kimage)
	$(Q)BIN=$(BIN) scripts/make/show.sh $(B) $(LOCK) $(S)/source $(CERT)

##@ maintain
compile_commands.json: ## write it for the tools and our modules
compile_commands.json: $(S)/tree.stamp
	$(Q)HOSTCC='$(HOSTCC)' CFLAGS='$(TOOL_CFLAGS)' TREE=$(TREE) OBJ=$(OBJ) OWN=$(MODULES) \
		COPIES=$(B)/modules.own scripts/make/compile-commands.sh $@ kconf lib init \
		$(foreach t,$(TOOLS),$(subst $(space),:,$t $(pkgs-$t)))

endif
