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

matrix: ## build the image of every board; or ARCH= SERIES= BOARD=
	$(Q)st=0; $(foreach j,$(EVERY),echo '== $j'; \
		$(MAKE) $(call job,$j) image || st=$$?;) exit $$st

# Continuous integration reads this list; each job has the command to run.
matrix-json: ## print the same as a list of jobs, in JSON
	@echo '{"include": ['
	@printf '%s\n' $(foreach j,$(EVERY),'  {"name": "$j", "command": "make $(strip \
		$(call job,$j)) image"}$(if $(filter $j,$(lastword $(EVERY))),,$(comma))')
	@echo ']}'
