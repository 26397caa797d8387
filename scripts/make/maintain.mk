# SPDX-License-Identifier: GPL-2.0-only
#
# Goals of a person who keeps the project going: what the host lacks, whether the patches still
# apply, what is built. Read last, since it uses the names of all stages.

.PHONY: doctor
doctor: private export KEY = $(SIGN_KEY)
doctor: ## what of this host is missing, old or odd, and what follows from it; changes nothing
	@scripts/doctor.sh $(OUT) "$$KEY" $(CONFIGS)/resolved $(SERIES) '$(KERNELS) $(CONFIGS) $(PATCHES) scripts' $(if $(ONE_ARCH),$(ARCH))

ifneq ($(if $(MISSING),,$(BUILDING)),)

# The command that the message of a failed build names.
$(B)/kernel.stamp $(B)/modules.stamp: private export AGAIN = make image ARCH=$(ARCH) SERIES=$(SERIES) \
	BOARD=$(BOARD)$(if $(FLAVOUR), FLAVOUR=$(FLAVOUR))$(if $(call given,OUT), OUT=$(OUT)) V=1

.PHONY: patches
patches: $(addprefix $(BIN)/,fetch patchck) ## try every patch of all series, or of SERIES=, on the files that it changes
	$(Q)BIN=$(BIN) scripts/patches.sh $(OUT) $(KERNELS) $(PATCHES) $(DL) $(ASKED_SERIES)

endif
