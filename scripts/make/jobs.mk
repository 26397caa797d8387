# SPDX-License-Identifier: GPL-2.0-only
#
# Jobs: images of many boards, architectures and series.

##@ build
.PHONY: all-images matrix matrix-json
all-images: ## build the board's images of all architectures as one index
all-images: $(BIN)/kimage
	$(Q)st=0; $(foreach a,$(BOARD_ARCHES),$(MAKE) ARCH=$a image || st=$$?;) exit $$st
	$(Q)$(BIN)/kimage join --layout $(S)/$(BOARD)$(VARIANT)-images --ref "$$IMAGE" \
		$(foreach a,$(BOARD_ARCHES),$(S)/$a-$(BOARD)$(VARIANT)/image)
	$(Q)ln -sfn $(SERIES)/$(BOARD)$(VARIANT)-images $(OUT)/image

# Elsewhere: RUNNER=slurm, or RUNNER=parallel over ssh to HOSTS=. docs/scale.md describes it.
matrix: ## build every board: SERIES=... RUNNER= HOSTS= SLURM_ARGS=
ifeq ($(RUNNER),)
matrix:
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; \
		$(MAKE) $(call job,$j) image || st=$$?;) exit $$st
else
SENT := $(filter KERNEL_MIRROR KERNEL_DIR OFFLINE JOBS SIGN_KEY IMAGE,$(CHOSEN))
$(foreach k,CMDLINE UCODE,$(if $(filter $k,$(CHOSEN)),$(call \
	refuse,$k,does not reach the nodes,knob-runner,none with RUNNER=)))
matrix: private export HOSTS := $(HOSTS)
matrix: private export SLURM_ARGS := $(SLURM_ARGS)
matrix: private export SIGN_KEY := $(SIGN_KEY)
matrix: $(BIN)/kimage $(CERT)
	$(Q)printf '%s\n' $(foreach j,$(EVERY),'$j$(VARIANT) $(strip $(filter-out \
		FLAVOUR=%,$(call job,$j)) FLAVOUR=$(FLAVOUR))') | \
		env KERNELS=$(KERNELS) CONFIGS=$(CONFIGS) PATCHES=$(PATCHES) MODULES=$(MODULES) \
		SENT='$(SENT)' KIMAGE=$(BIN)/kimage CERT=$(CERT) \
		scripts/make/runner.sh $(RUNNER) $(OUT)/matrix
endif

# Continuous integration reads this list; each job has the command to run.
matrix-json: ## print the same as a list of jobs, in JSON
	@echo '{"include": ['
	@printf '%s\n' $(foreach j,$(EVERY),'  {"name": "$j", "command": "make $(strip \
		$(call job,$j)) image"}$(if $(filter $j,$(lastword $(EVERY))),,$(comma))')
	@echo ']}'
