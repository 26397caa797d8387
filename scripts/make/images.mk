# SPDX-License-Identifier: GPL-2.0-only
#
# What accompanies a kernel image: for LinuxKit, for modules, for a debugger.

##@ build
.PHONY: linuxkit kernel-dev module kernel-dbg
linuxkit: ## LAYOUT=: write a tar and a YAML that LinuxKit takes
linuxkit: $(BIN)/kimage $(if $(call given,LAYOUT),,image)
	$(Q)KIMAGE=$(BIN)/kimage scripts/make/linuxkit.sh \
		$(if $(call given,LAYOUT),"$$LAYOUT",$(B)/image) $(PLATFORM) \
		$(if $(call given,LAYOUT),$(OUT),$(B))/linuxkit

# ---- modules of one's own -------------------------------------------------------
# The kit is a stage; its programs are compiled in a copy, $(B)/kit.
$(call key,$(B)/dev.key,$(IMAGE) $(ARCH) $(BOARD) $(FLAVOUR) $(EPOCH),$(BIN)/kimage.key \
	$(addprefix scripts/make/,kit.sh prepare.sh))

$(B)/dev.stamp: $(B)/image.stamp $(B)/dev.key $(BIN)/kimage
	$(call stage,KIT,$(IMAGE)-dev,$(B)/stage.lock,key $(B)/dev.key after $(B)/kernel.stamp \
		after $(B)/modules.stamp after $(B)/image.stamp from $(CERT) $(CERT).stamp \
		makes $(B)/dev makes $(B)/dev-image makes $(B)/dev.line) \
		env $(KBUILD) SRCARCH=$(SRCARCH) TRIPLET=$(TRIPLET) PLATFORM=$(PLATFORM) \
		RELEASE=$(RELEASE) SERIES=$(SERIES) ARCH=$(ARCH) BOARD=$(BOARD) FLAVOUR=$(FLAVOUR) \
		MODULES=$(B)/modules CERT=$(CERT) REF="$$IMAGE" IMAGE=$(B)/image \
		KIMAGE=$(BIN)/kimage scripts/make/kit.sh $(B)/dev

kernel-dev: ## build the image NAME-dev: all that a module build needs
kernel-dev: $(B)/dev.stamp
	$(Q)cat $(B)/dev.line

$(B)/kit.stamp: $(B)/dev.stamp
	$(Q)rm -rf $(B)/kit && mkdir $(B)/kit && \
		tar -C $(B)/kit -xf $(B)/dev/kernel-dev.tar --strip-components 3 && \
		$(B)/kit/prepare >/dev/null && touch $@

GIVEN_KIT := $(KIT)
module: private export DIR := $(DIR)
module: private export KIT := $(or $(GIVEN_KIT),$(B)/kit)
module: private export SIGN_KEY := $(SIGN_KEY)
module: ## DIR= KIT=: build, sign and pack a module for the kernel
module: $(BIN)/kimage $(if $(GIVEN_KIT),,$(B)/kit.stamp) | $(SIGN_KEY)
	$(Q)KIMAGE=$(BIN)/kimage scripts/make/module.sh "$$DIR" "$$KIT" \
		$(if $(GIVEN_KIT),$(OUT),$(B))/module/$(notdir $(abspath $(DIR)))

# ---- debug information ------------------------------------------------------------
$(call key,$(B)/dbg.key,$(IMAGE) $(EPOCH),$(BIN)/kimage.key $(addprefix \
	scripts/,make/dbg.sh make/graft.sh kbuild.sh ccache.sh))

$(B)/dbg.stamp: $(B)/image.stamp $(B)/dbg.key $(BIN)/kimage | $(BIN)/progress
	$(call stage,DEBUG,$(IMAGE)-dbg,$(B)/stage.lock,key $(B)/dbg.key after $(B)/kernel.stamp \
		after $(B)/image.stamp makes $(B)/dbg makes $(B)/dbg-image makes $(B)/dbg.line) \
		env $(KBUILD) LABEL=DEBUG PLATFORM=$(PLATFORM) RELEASE=$(RELEASE) ARCH=$(ARCH) \
		BOARD=$(BOARD) REF="$$IMAGE" IMAGE=$(B)/image KIMAGE=$(BIN)/kimage \
		scripts/make/dbg.sh $(B)/dbg

kernel-dbg: ## build the image NAME-dbg: the kernel with debug information
kernel-dbg: $(B)/dbg.stamp
	$(Q)cat $(B)/dbg.line
