# SPDX-License-Identifier: GPL-2.0-only
#
# Questions about configs, and changes to them.

# The committed answers of the compiler; the goals in EXPLAINING use them without a compiler.
RESOLVED := $(CONFIGS)/resolved
RESOLVED_BOARD := $(RESOLVED)/$(SERIES)/$(ARCH)-$(BOARD)$(VARIANT)
PROBES := $(RESOLVED)/$(SERIES)/$(ARCH)$(if $(BTF),-btf).probes
ASKED = $(SESSION) $(if $(CC_ID),,--probes $(PROBES))
say_probes = $(if $(CC_ID),,@echo 'kconf: $(CROSS)gcc is not installed;' \
	'its answers are those of $(PROBES) [committed-probes]' >&2)
install = $(Q)cp $1 $2.tmp && mv $2.tmp $2

##@ change
# A new board begins as a copy of another one.
ifneq ($(filter board,$(GOALS)),)
BEGIN_FROM := $(or $(FROM),virt)
$(if $(NAME),,$(error make board: NAME is missing [knob-missing]: \
	expected make board NAME=mine FROM=virt))
$(if $(call odd,$(NAME),$(wordlist 1,26,$(LETTERS)) $(DIGITS)),$(call \
	refuse,NAME,is not a valid name of a board,knob-value,letters a-z and digits))
$(if $(call exactly,$(BEGIN_FROM),$(BOARDS)),,$(call refuse,FROM,is not a board of \
	$(ARCH),unknown-value,one of $(BOARDS)$(call nearest,$(BEGIN_FROM),$(BOARDS))))
endif
BEGUN = $(CONFIGS)/boards/$(ARCH)/$(NAME)
.PHONY: board
board: ## NAME= FROM=: start a board as a copy; see docs/porting.md
	$(Q)[ ! -e $(BEGUN).board ] || \
		{ echo '$(BEGUN).board exists already [board-exists]' >&2; exit 2; }
	$(Q)for f in board config; do \
		sed -e 's/-keelson-$(BEGIN_FROM)"/-keelson-$(NAME)"/' \
			-e 's/^DESCRIPTION *:*=.*/DESCRIPTION :=/' \
			$(CONFIGS)/boards/$(ARCH)/$(BEGIN_FROM).$$f >$(BEGUN).$$f || exit; done
	@echo 'Describe the machine in DESCRIPTION of $(BEGUN).board, and request its devices in'
	@echo '$(NAME).config; then:'
	@echo '  make config ARCH=$(ARCH) BOARD=$(NAME)   # is every request available?'
	@echo '  make boot ARCH=$(ARCH) BOARD=$(NAME)     # does it boot?'

##@ understand
.PHONY: why new diff surface lost size toolchain-diff
why: ## SYMBOL=: show why an option has its value; JSON=1
why: $(KCONF)
	$(say_probes)
	$(Q)$(KCONF) why $(ASKED) --defaults $(DEFAULTS) $(if $(JSON),--json) \
		--symbol "$$SYMBOL" $(LAYERED)

# FROM and TO: SERIES/ARCH-BOARD, or a file; by default the committed and the current config.
FROM ?= $(SERIES)/$(ARCH)-$(BOARD)$(VARIANT)
TO ?= $(B)/resolved
export FROM TO
resolved_file = [ -e "$$$1" ] || $1=$(RESOLVED)/$$$1.config
diff: ## FROM= TO=: show the differences of two resolved configs
diff: $(if $(filter $(B)/resolved,$(FROM) $(TO)),$(B)/config) $(KCONF)
	$(Q)$(call resolved_file,FROM); $(call resolved_file,TO); \
		$(KCONF) diff "$$FROM" "$$TO" || [ $$? -eq 1 ]

# FROM=6.12 skips the options that the list of that series has.
new: ## FROM=SERIES: list upstream's defaults without a request
new: $(KCONF)
	$(say_probes)
	$(Q)$(KCONF) new $(ASKED) --defaults $(DEFAULTS) $(if $(call given,FROM),--from \
		$(RESOLVED)/"$$FROM"/$(ARCH)-$(BOARD)$(VARIANT).defaults) $(LAYERED) || \
		[ $$? -eq 1 ]

# AGAINST: SERIES/ARCH-BOARD of this checkout, a .config, or what JSON=1 printed. Without an image
# only options are known.
AGAINST ?=
$(if $(AGAINST),$(call path,AGAINST))
OTHER_SURFACE = $(firstword $(wildcard $(AGAINST) $(OUT)/$(AGAINST)/surface.json \
	$(OUT)/$(AGAINST)/config $(RESOLVED)/$(AGAINST).config))
$(if $(AGAINST),$(if $(OTHER_SURFACE),,$(call refuse,AGAINST,is not a file or a board with \
	a config,unknown-value,a .config$(comma) what JSON=1 printed$(comma) or SERIES/ARCH-BOARD)))
SURFACE = $(BIN)/kaudit surface --config $(B)/config $(if $(wildcard $(B)/image.stamp),--map \
	$(B)/stage/System.map --modules $(wildcard $(B)/modules/lib/modules/*))
surface: ## AGAINST= JSON=: list interfaces, and options without a request
surface: $(B)/config $(BIN)/kaudit
	$(Q)$(if $(JSON)$(AGAINST),,$(KCONF) surface $(if $(wildcard $(B)/size.json),--sizes \
		$(B)/size.json) $(B)/resolved)
	$(Q)$(SURFACE) --json >$(B)/surface.json.tmp && mv $(B)/surface.json.tmp $(B)/surface.json
	$(Q)$(if $(JSON),cat $(B)/surface.json,$(SURFACE) \
		$(if $(AGAINST),--against $(OTHER_SURFACE)))

proof = $(MAKE) $(call job,$1) proof >/dev/null
lost: ## resolve every board of every series, and list lost requests
	$(Q)st=0; $(foreach j,$(EVERY),$(call proof,$j) && \
		sed 's,^,$j: ,' $(OUT)/$j$(VARIANT)/lost.proof || st=$$?;) exit $$st

.PHONY: proof
proof: # the proof of one board, for `lost`
proof: $(if $(CC_ID),$(B)/config,$(KCONF))
	$(say_probes)
	$(Q)mkdir -p $(B)
	$(Q)$(if $(CC_ID),cp $(B)/config.proof $(B)/lost.proof,$(KCONF) resolve $(ASKED) \
		--report $(B)/lost.proof --defaults $(DEFAULTS) $(LAYERED))

# To compare two builds, FROM and TO are SERIES/ARCH-BOARD, or a size.json.
size_file = [ -e "$$$1" ] || $1=$(OUT)/$$$1/size.json;
size: ## show the bytes of each option, or with FROM= TO= the change
size: $(B)/kernel.stamp $(BIN)/ksize
	$(Q)$(BIN)/ksize report --tree $(TREE) --obj $(OBJ) --resolved $(B)/resolved \
		--text $(B)/size.txt --json $(B)/size.json --html $(B)/size.html
ifneq ($(call given,FROM)$(call given,TO),)
	$(Q)$(if $(call given,TO),,TO=$(B)/size.json;) $(call size_file,FROM) $(call size_file,TO) \
		$(BIN)/ksize diff "$$FROM" "$$TO"
else
	$(Q)cat $(B)/size.txt && echo && echo 'size: the same as a picture: $(B)/size.html'
endif

# Compares CC=, or by default this machine's compiler, with the recorded compiler.
ifneq ($(CC_GIVEN),)
toolchain-diff: private export CC := $(CC_GIVEN)
endif
toolchain-diff: ## CC=: show the options that another compiler changes
toolchain-diff: $(KCONF)
	$(Q)mkdir -p $(B) && $(KCONF) resolve $(SESSION) $(if $(CC_GIVEN),--cc "$$CC") \
		--out $(B)/other.config --report $(B)/other.proof --resolved $(B)/other.resolved \
		--record $(B)/other.probes $(LAYERED) || [ $$? -eq 1 ]
	$(Q)$(KCONF) probes $(PROBES) $(B)/other.probes || [ $$? -eq 1 ]
	$(Q)$(KCONF) diff $(RESOLVED_BOARD).config $(B)/other.resolved || [ $$? -eq 1 ]

##@ change
# The kernel's own menus on the board's config; the changes are printed as a fragment.
.PHONY: menuconfig nconfig terminal
terminal: # refuses a menu without a terminal
	@[ -t 0 ] && [ -t 1 ] || { echo '$(filter menuconfig nconfig,$(GOALS)):' \
		'standard input or output is not a terminal [no-terminal]:' \
		"run it in one, or edit a fragment and run 'make config'" >&2; exit 2; }

# As a variable, so that -n prints this make and does not run it: Kbuild makes directories at parse.
KBUILD_MENU := $(MAKE) -C $(TREE)
menuconfig: ## change the config in the kernel's menus, to a fragment
nconfig: ## the same with other menus
menuconfig nconfig: terminal $(B)/config
	$(Q)mkdir -p $(B)/menu && cp $(B)/config $(B)/menu/.config
	$(Q)$(KBUILD_MENU) O=$(abspath $(B)/menu) ARCH=$(KARCH) CROSS_COMPILE=$(CROSS) \
		LOCALVERSION= RUSTC=false BINDGEN=false PAHOLE=false $@
	$(Q)$(KCONF) import $(SESSION) --exact --config $(B)/menu/.config $(LAYERED) || \
		[ $$? -eq 1 ]

.PHONY: import resolved renames
import: ## CONFIG=: print a .config as a fragment over the board's
import: $(KCONF)
	$(say_probes)
	$(Q)$(KCONF) import $(ASKED) --config "$$CONFIG" $(LAYERED) || [ $$? -eq 1 ]

# Reviewers read the resolved config and the answers of the compiler.
resolved: ## renew configs/resolved, which shows the effect of a change
resolved: $(B)/config
	$(Q)mkdir -p $(RESOLVED)/$(SERIES)
	$(call install,$(B)/resolved,$(RESOLVED_BOARD).config)
	$(call install,$(B)/defaults,$(RESOLVED_BOARD).defaults)
	$(call install,$(B)/probes,$(PROBES))

renames: ## renew configs/renames: options with another name in a series
renames: $(KCONF)
	$(Q)$(foreach s,$(ALL_SERIES),$(MAKE) SERIES=$s $(OUT)/$s/tree.stamp &&) :
	$(Q)$(KCONF) renames $$(for s in $(ALL_SERIES); do echo "$$s=$(OUT)/$$s/linux"; done | \
		sort -V) >$(S)/renames.tmp
	$(call install,$(S)/renames.tmp,$(CONFIGS)/renames)
