# SPDX-License-Identifier: GPL-2.0-only
#
# Audits: configs against the rules of configs/policy, and the published CVEs of a kernel.
# docs/auditing.md is the guide.

POLICIES := $(wildcard $(CONFIGS)/policy/*.policy)
FORMAT ?= text
CVE := $(filter cve,$(GOALS))
FAIL_ON ?= $(if $(CVE),open,required)
$(call one_of,FORMAT,$(if $(CVE),text json openvex cyclonedx,text json sarif md html))
$(call one_of,FAIL_ON,$(if $(CVE),open compiled none,required recommended none))
$(foreach p,$(POLICY),$(if $(call exactly,$p,$(notdir $(POLICIES:.policy=))),,$(call \
	refuse,POLICY,is not a known policy,unknown-value,words out of $(notdir \
	$(POLICIES:.policy=))$(call nearest,$p,$(notdir $(POLICIES:.policy=))))))
ifneq ($(filter audit,$(GOALS)),)
$(if $(POLICIES),,$(error $(CONFIGS)/policy has no policy [no-policy]))
$(if $(word 2,$(foreach k,CONFIG VMLINUZ LAYOUT,$(call given,$k))),$(error make audit: two kernels \
	are given [two-kernels]: expected one of CONFIG=, VMLINUZ= and LAYOUT=))
endif

KAUDIT := $(BIN)/kaudit
AUDIT := $(KAUDIT) check --format $(FORMAT) --fail-on $(FAIL_ON) $(if $(POLICY),--policy \
	$(subst $(space),$(comma),$(strip $(POLICY))))

# A page names the image, and the command that makes it again with the knobs of this one.
PAGE := $(filter html,$(FORMAT))
again = make audit FORMAT=html $(strip $(foreach k,POLICY FAIL_ON VULNS,$(if \
	$(call given,$k),$k=$(if $(word 2,$($k)),'$($k)',$($k)))) $1)
# $(call to_page,FILE): a person opens a page in a browser, so it is not printed.
to_page = $(if $(PAGE),>$1.tmp; st=$$?; [ $$st -gt 1 ] || { mv $1.tmp $1 && \
	echo 'audit: the page is $1'; }; exit $$st)
# $(call digest,LAYOUT,DEST,CONFIG): see digest.sh
digest = KIMAGE=$(BIN)/kimage scripts/make/digest.sh $1 $2 $3

##@ verify
.PHONY: audit audit-board check-policies
audit: ## BOARD= CONFIG= LAYOUT= FORMAT=: check configs against rules
audit: $(KAUDIT)
	$(Q)$(if $(PAGE),mkdir -p $(OUT)/audit)
ifneq ($(call given,CONFIG),)
	$(Q)$(AUDIT) --config "$$CONFIG" $(if $(PAGE),--again "$(call again,CONFIG=$$CONFIG)") \
		$(POLICIES) $(call to_page,$(OUT)/audit/audit.html)
else ifneq ($(call given,VMLINUZ),)
	$(Q)$(AUDIT) --config "$$VMLINUZ" $(if $(PAGE),--again "$(call again,VMLINUZ=$$VMLINUZ)") \
		$(POLICIES) $(call to_page,$(OUT)/audit/audit.html)
else ifneq ($(call given,LAYOUT),)
audit: $(BIN)/kimage
	$(Q)$(BIN)/kimage extract "$$LAYOUT" --to $(OUT)/audit config cmdline >/dev/null
	$(Q)$(AUDIT) --config $(OUT)/audit/config --cmdline "$$(cat $(OUT)/audit/cmdline)" \
		$(if $(PAGE),--image "$$($(call digest,"$$LAYOUT",$(OUT)/audit))" \
		--again "$(call again,LAYOUT=$$LAYOUT)") --title "$$LAYOUT" $(POLICIES) \
		$(call to_page,$(OUT)/audit/audit.html)
else
# Boards side by side. Of several, a format for programs goes to a file of each.
	$(Q)$(MAKE) -k -O -j$(JOBS) $(EVERY:%=audited/%)
endif

MANY_FILES := $(and $(word 2,$(EVERY)),$(filter-out text html,$(FORMAT)))
audited/%: FORCE
	$(Q)$(MAKE) $(call job,$*) audit-board $(if $(MANY_FILES),>/dev/null && \
		echo 'audit: $*: $(OUT)/$*$(VARIANT)/audit.$(FORMAT)')

# Without the compiler, the config is resolved with its committed answers.
AUDITED := $(if $(CC_ID),$(B)/config,$(B)/audit.config)
AUDIT_RESOLVED := $(B)/$(if $(CC_ID),,audit.)resolved
AUDITED_BY := $(if $(CC_ID),$(B)/config.stamp,$(B)/audit.config)
$(B)/audit.config: $(KCONF) $(B)/config.key
	$(say_probes)
	$(Q)mkdir -p $(B) && $(KCONF) resolve $(ASKED) --out $@ --report $(B)/audit.proof \
		--resolved $(AUDIT_RESOLVED) $(LAYERED)

BOARD_FACTS = --cmdline "$$CMDLINE" --arch $(ARCH) --release $(RELEASE) \
	$(patsubst %,--sysctl %,$(wildcard $(CONFIGS)/base/sysctl))
KERNEL_FACTS = --config $(AUDITED) $(BOARD_FACTS)
$(B)/audit.wants: $(AUDITED_BY) $(KAUDIT) FORCE
	$(Q)$(KAUDIT) check --wants $(KERNEL_FACTS) $(POLICIES) >$@.tmp && \
		{ cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@; }

$(B)/audit.attain: $(B)/audit.wants $(AUDITED_BY) $(KCONF)
	$(Q)$(KCONF) attain $(ASKED) --wants $< $(LAYERED) >$@.tmp && mv $@.tmp $@

audit-board: # the audit of one board, for `audit`
audit-board: $(B)/audit.attain $(if $(PAGE),$(BIN)/kimage)
	$(if $(and $(PAGE),$(VULNS)),$(Q)mkdir -p $(B) && \
		$(MAKE) -s cve FORMAT=text FAIL_ON=none >$(B)/cve.text)
	$(Q)st=0; $(AUDIT) $(KERNEL_FACTS) --attain $< --title '$(B:$(OUT)/%=%)' $(if \
		$(PAGE),--resolved $(AUDIT_RESOLVED) \
		--again "$(call again,$(call job,$(B:$(OUT)/%=%)))" \
		--image "$$($(call digest,$(B)/image,$(B)/audit.image,$(AUDITED)))" \
		$(if $(VULNS),--cve "$$(sed -n \
		's/^cve: .*: \([0-9]* CVEs, .*\)/\1/p' $(B)/cve.text)")) $(POLICIES) \
		$(if $(PAGE),$(call to_page,$(B)/audit.html),>$(B)/audit.$(FORMAT) || st=$$?; \
		cat $(B)/audit.$(FORMAT); exit $$st)

# The evidence: the compiled files of the build, or of the image in LAYOUT; and which commits our
# patches have. A checkout of the data has a date.
CVE_LIST = $(if $(call given,LAYOUT),$(OUT)/cve/sources,$(B)/sources)
.PHONY: cve
cve: ## VULNS= FROM= FORMAT= LAYOUT=: list the CVEs that are open
cve: $(KAUDIT) $(BIN)/patchck $(if $(call given,LAYOUT),$(BIN)/kimage)
	$(Q)mkdir -p $(B) $(OUT)/cve
ifneq ($(call given,LAYOUT),)
	$(Q)$(BIN)/kimage extract "$$LAYOUT" --to $(OUT)/cve kernel.json >/dev/null
	$(Q)rm -f $(CVE_LIST); $(BIN)/kimage extract "$$LAYOUT" --to $(OUT)/cve sources \
		>/dev/null 2>&1 || echo 'cve: the image has no list of compiled files' >&2
endif
	$(Q)for p in $(if $(call given,LAYOUT),,$(wildcard $(PATCHES)/$(SERIES)/*.patch)); do \
		$(BIN)/patchck --commit $$p || exit; done >$(B)/cve.patches
	$(Q)date=$$([ ! -e "$$VULNS/.git" ] || git -C "$$VULNS" log -1 --format=%cI); \
	[ ! -f $(CVE_LIST) ] || set -- --sources $(CVE_LIST); \
	$(KAUDIT) cve --vulns "$$VULNS" --format $(FORMAT) --fail-on $(FAIL_ON) \
		--patches $(B)/cve.patches $${date:+--date "$$date"} "$$@" \
		$(if $(call given,LAYOUT),--about $(OUT)/cve/kernel.json,--release $(RELEASE)) \
		$(if $(call given,FROM),--from "$$FROM") --title \
		$(if $(call given,LAYOUT),"$$LAYOUT",'$(B:$(OUT)/%=%) $(RELEASE)')

# The options of a tree, for the lint of rules.
$(S)/symbols.$(ARCH): $(KCONF)
	$(say_probes)
	$(Q)$(KCONF) symbols $(ASKED) >$@.tmp && mv $@.tmp $@

KERNELS_OF_BOARDS := $(sort $(foreach j,$(EVERY),$(firstword $(subst -, ,$j))))
check-policies: ## check each rule's options by the trees of all series
check-policies: $(KAUDIT)
	$(Q)$(foreach k,$(KERNELS_OF_BOARDS),$(MAKE) SERIES=$(subst /, ARCH=,$k) \
		$(OUT)/$(subst /,/symbols.,$k) &&) $(KAUDIT) lint $(foreach \
		k,$(KERNELS_OF_BOARDS),--symbols $(OUT)/$(subst /,/symbols.,$k)) $(POLICIES)
