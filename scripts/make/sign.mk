# SPDX-License-Identifier: GPL-2.0-only
#
# Signatures of finished images. Keys are never part of a build.

##@ verify
.PHONY: sign verify-signature
sign: private export COSIGN_KEY := $(COSIGN_KEY)
sign: private export MINISIGN_KEY := $(MINISIGN_KEY)
sign: ## COSIGN_KEY= MINISIGN_KEY= LAYOUT=: sign an image
sign: $(BIN)/kimage $(if $(call given,LAYOUT),,image)
	$(Q)KIMAGE=$(BIN)/kimage scripts/make/sign.sh "$$LAYOUT"

verify-signature: private export COSIGN_PUB := $(COSIGN_PUB)
verify-signature: private export MINISIGN_PUB := $(MINISIGN_PUB)
verify-signature: ## COSIGN_PUB= MINISIGN_PUB= LAYOUT=: verify these
verify-signature: $(BIN)/kimage
	$(Q)KIMAGE=$(BIN)/kimage scripts/make/verify-signature.sh "$$LAYOUT"
