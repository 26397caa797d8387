# SPDX-License-Identifier: GPL-2.0-only
#
# The boards. A .board file is make syntax, hence code, and make is its only reader:
# docs/porting.md lists the keys. Other programs get the values of a board from variables
# that are set here.

BOARD_KEYS := DESCRIPTION FRAGMENTS KERNEL BUDGET CMDLINE MACHINES
OPTIONAL_KEYS := DTBS EXCEPT
MACHINE_KEYS := QEMU BUS
OPTIONAL_MACHINE_KEYS := DEVICES MEMORY CPUS APPEND FIRMWARE UEFI
BUSES := pci device ccw
BOARD_FILE = $(CONFIGS)/boards/$(ARCH)/$(BOARD).board

ifneq ($(filter-out $(TIDY_GOALS),$(GOALS)),)

# A user's CMDLINE= replaces the board's, like an override.
$(if $(filter CMDLINE,$(CHOSEN)),$(call settled,CMDLINE))
any_machine := $(addsuffix .%,$(MACHINE_KEYS) $(OPTIONAL_MACHINE_KEYS))
known_keys = $(BOARD_KEYS) $(OPTIONAL_KEYS) $(if $(MACHINES),$(foreach \
	k,$(MACHINE_KEYS) $(OPTIONAL_MACHINE_KEYS),$(MACHINES:%=$k.%)),$(any_machine))
# A board sets keys only. All other variables, and their values:
others = $(foreach v,$(filter-out \
	$(known_keys) board.% board_% MAKEFILE_LIST .VARIABLES,$(.VARIABLES)),$(if $(filter \
	file default,$(origin $v)),$v))
values = $(foreach v,$(board_others),<$v=$(value $v)>)
changed = $(firstword $(foreach v,$(board_others),$(if \
	$(findstring <$v=$(value $v)>,$(board_values)),,$v)))

# $(call clear_board,ARCH): no key has a value, and a board may say $(QEMU)
clear_board = $(foreach v,$(BOARD_KEYS) $(OPTIONAL_KEYS) $(filter \
	$(any_machine),$(.VARIABLES)),$(eval undefine $v))$(eval QEMU := $(word 5,$(arch-$1)))

# ---- the board to build ---------------------------------------------------------
# $(call wrong_board,WHAT,CODE,EXPECTED)
wrong_board = $(error $(BOARD_FILE): $1 [$2]$(if $3,: expected $3))
# $(call wrong_key,KEY,WHAT,EXPECTED)
wrong_key = $(call wrong_board,$1='$($1)' $2,board-value,$3)
$(call clear_board,$(ARCH))
board_others := $(others)
board_values := $(values)
include $(BOARD_FILE)

board_unknown := $(firstword $(filter-out $(board_others),$(others)) $(if $(call \
	same,$(values),$(board_values)),,$(changed)))
ifneq ($(board_unknown),)
$(call wrong_board,$(board_unknown) is not a key$(call \
	nearest,$(board_unknown),$(known_keys)),unknown-key,a key of docs/porting.md)
endif
$(foreach k,$(BOARD_KEYS),$(if $($k),,$(call \
	wrong_board,$k is missing,missing-key,what configs/boards/x86_64/virt.board shows)))
$(foreach k,FRAGMENTS DTBS MACHINES EXCEPT,$(foreach w,$($k),$(if $(call plain,$w),,$(call \
	wrong_key,$k,has an odd word,plain words))))
$(if $(call exactly,$(KERNEL),$(kernels-$(ARCH))),,$(call \
	wrong_key,KERNEL,is not a file that this architecture makes,one of $(kernels-$(ARCH))))
$(if $(and $(filter 1,$(words $(BUDGET))),$(call number,$(BUDGET))),,$(call \
	wrong_key,BUDGET,is not a number,bytes))
$(foreach m,$(MACHINES),$(foreach k,$(MACHINE_KEYS),$(if $(value $k.$m),,$(call \
	wrong_board,$k.$m is missing,missing-key,it beside $m in MACHINES)))$(if \
	$(call exactly,$(BUS.$m),$(BUSES)),,$(call \
	wrong_key,BUS.$m,is not a known bus,one of $(BUSES)))$(foreach k,MEMORY CPUS,$(if \
	$($k.$m),$(if $(and $(filter 1,$(words $($k.$m))),$(call number,$($k.$m))),,$(call \
	wrong_key,$k.$m,is not a number,a number)))))
$(if $(filter $(SERIES),$(EXCEPT)),$(call \
	wrong_board,EXCEPT has $(SERIES),board-excepted,another SERIES; the file says why))

# ---- all of them ----------------------------------------------------------------
# Each is checked when it is built; here a board may not change the variables of this make.
ALL_BOARDS := $(foreach a,$(ARCHES),$(addprefix $a/,$(call boards_of,$a)))
$(foreach b,$(ALL_BOARDS),$(call clear_board,$(firstword $(subst \
	/, ,$b)))$(eval include $(CONFIGS)/boards/$b.board)$(foreach k,DESCRIPTION \
	MACHINES EXCEPT,$(eval board.$b.$k := $$(strip $$($k)))))
$(call clear_board,$(ARCH))
ifneq ($(values),$(board_values))
$(error $(CONFIGS)/boards: a board sets $(changed) [unknown-key]: expected only keys of \
	docs/porting.md)
endif
include $(BOARD_FILE)
# $(call machines,SERIES/ARCH-BOARD): of that board, with commas between
machines = $(subst $(space),$(comma),$(board.$(subst -,/,$(word 2,$(subst /, ,$1))).MACHINES))

$(foreach b,$(filter-out $(ARCH)/$(BOARD),$(filter $(ARCH)/%,$(ALL_BOARDS))),$(if $(call \
	same,$(strip $(DESCRIPTION)),$(board.$b.DESCRIPTION)),$(call \
	wrong_key,DESCRIPTION,is a copy of $(notdir $b)'s,the machines that this board is for)))
$(call one_of,MACHINE,$(MACHINES) all)

# The series that a board excludes by EXCEPT in its file, as SERIES/ARCH-BOARD.
EXCEPTED := $(foreach b,$(ALL_BOARDS),$(patsubst %,%/$(subst /,-,$b),$(board.$b.EXCEPT)))
# Every board of every series as SERIES/ARCH-BOARD, or of those that are given.
ASKED_BOARDS := $(filter $(if $(ONE_ARCH),$(ARCH)/%,%),$(filter $(if $(call \
	given,BOARD),%/$(BOARD),%),$(ALL_BOARDS)))
EVERY := $(filter-out $(EXCEPTED),$(foreach s,$(ASKED_SERIES),$(foreach \
	b,$(ASKED_BOARDS),$s/$(subst /,-,$b))))
BOARD_ARCHES := $(foreach a,$(ARCHES),$(if $(filter $a/$(BOARD),$(ALL_BOARDS)),$(if $(filter \
	$(SERIES)/$a-$(BOARD),$(EXCEPTED)),,$a)))
BUILT := $(foreach j,$(EVERY),$(if $(wildcard $(OUT)/$j$(VARIANT)/image.stamp),$j))
# $(call job,SERIES/ARCH-BOARD): how to ask make for it; no arch has a dash in its name
job = SERIES=$(word 1,$(subst /, ,$1)) ARCH=$(firstword $(subst -, ,$(word 2,$(subst /, ,$1)))) \
	BOARD=$(patsubst $(firstword $(subst -, ,$(word 2,$(subst /, ,$1))))-%,%,$(word 2,$(subst \
	/, ,$1))) \
	$(if $(FLAVOUR),FLAVOUR=$(FLAVOUR))

# A board can't omit the hardening of the command line.
export override CMDLINE := $(strip $(CMDLINE) $(shell cat $(wildcard \
	$(CONFIGS)/base/cmdline) /dev/null | sed '/^#/d'))
# What boards call their kernels, for --other of kconf resolve.
OTHER_FRAGMENTS := $(filter-out $(CONFIGS)/boards/$(ARCH)/$(BOARD).config,$(wildcard \
	$(CONFIGS)/boards/$(ARCH)/*.config))

endif
