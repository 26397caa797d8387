# SPDX-License-Identifier: GPL-2.0-only
#
# The knobs: the variables that a user may set, where, and the valid values. A value is a word of a
# list, a path or a number that this file has checked, or a text that reaches the shell by export
# only. The Makefile documents each knob and its default.

# From the environment as well as from the command line and config.mak.
ENVIRONMENT_KNOBS := ARCH SERIES BOARD FLAVOUR KERNEL_MIRROR KERNEL_DIR OFFLINE JOBS SIGN_KEY OUT \
	DL KVM
# From the command line and config.mak only: other programs export some of these names.
OTHER_KNOBS := IMAGE MACHINE CMDLINE BOOT_ARGS PROFILE ENGINES VSOCK_SUITE V LAYOUT NAME FROM TO \
	SYMBOL JSON CONFIG VMLINUZ POLICY FORMAT FAIL_ON CC TIME BENCH PEER PREFIX DESTDIR UCODE \
	DIR KIT NEW DRY BUILD VULNS AGAINST COSIGN_KEY COSIGN_PUB MINISIGN_KEY MINISIGN_PUB \
	RUNNER HOSTS SLURM_ARGS
# For the tests, which have sources and tools of their own.
TEST_KNOBS := KERNELS CONFIGS PATCHES MODULES BIN FACTS
KNOBS := $(ENVIRONMENT_KNOBS) $(OTHER_KNOBS) $(TEST_KNOBS)
# The makefiles do not read these, but the programs of the recipes do.
PASSED := $(shell sed -n 's/^\(BUILD\|HOST\)(\(.*\))$$/\2/p' scripts/environment.h)

# The characters that a word may have, and those that are special to make or the shell.
LETTERS := a b c d e f g h i j k l m n o p q r s t u v w x y z \
	A B C D E F G H I J K L M N O P Q R S T U V W X Y Z
DIGITS := 0 1 2 3 4 5 6 7 8 9
SPECIAL := $$ \# : ; % ' " \ * ? [ ] ( ) { } < > | & ` =
comma := ,
empty :=
space := $(empty) $(empty)

# $(call odd,TEXT,CHARACTERS): the part of TEXT that consists of other characters.
odd = $(if $2,$(call odd,$(subst $(firstword $2),,$1),$(wordlist 2,99,$2)),$1)
# $(call plain,TEXT): TEXT, if the shell and make take it for one word.
plain = $(if $(call odd,$1,$(LETTERS) $(DIGITS) . _ / @ + -),,$1)
number = $(if $(call odd,$1,$(DIGITS)),,$1)
# $(call quoted,TEXT): as one word of a shell command that make runs while it reads; a recipe
# takes an exported variable instead.
quoted = '$(subst ','\'',$1)'
# $(call exactly,TEXT,WORDS): TEXT, if it is one of WORDS and nothing else.
exactly = $(if $(filter 1,$(words $1)),$(if $(findstring %,$1),,$(filter $1,$2)))
# $(call nearest,WORD,WORDS): a hint for a message, or nothing.
nearest = $(if $(and $(call plain,$1),$(if $(filter \
	-%,$1),,yes)),$(addprefix ; nearest: ,$(shell awk -f scripts/make/nearest.awk $1 $2)))

# ---- sources of a value ---------------------------------------------------------
ifneq ($(findstring e,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
$(error make -e [make-e]: the environment would replace variables of the Makefile; give knobs on \
	the command line)
endif
from_command := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
unknown_knob := $(firstword $(filter-out $(KNOBS) $(PASSED),$(from_command)))
ifneq ($(unknown_knob),)
$(error $(unknown_knob)= on the command line [unknown-knob]: no rule reads that variable$(call \
	nearest,$(unknown_knob),$(ENVIRONMENT_KNOBS) $(OTHER_KNOBS)); 'make help' lists the knobs)
endif
# Names of tables that the rules read, in every file that follows.
TABLES := arch-% kernels-% pkgs-% libs-% board.% QEMU.% BUS.% DEVICES.% MEMORY.% CPUS.% APPEND.% \
	FIRMWARE.% UEFI.% uefi-%
$(foreach v,MAKECMDGOALS $(OTHER_KNOBS) $(TEST_KNOBS) $(filter $(TABLES),$(.VARIABLES)),$(if \
	$(filter environment,$(firstword $(origin $v))),$(eval undefine $v)))

-include config.mak

GIVEN := $(foreach k,$(KNOBS),$(if $(filter command environment,$(firstword $(origin $k))),$k))
EXPORTED := $(foreach k,$(KNOBS),$(if $(filter environment,$(firstword $(origin $k))),$k))
# The knobs that the user has set anywhere.
CHOSEN := $(foreach k,$(KNOBS),$(if $(filter undefined default,$(origin $k)),,$k))
# $(call given,KNOB): is it from the command line or the environment?
given = $(filter $1,$(GIVEN))
# Keep make from expanding such a value: it would run $(shell ...).
$(foreach k,$(GIVEN),$(eval override $k := $$(value $k)))

# ---- valid values ---------------------------------------------------------------
# $(call refuse,KNOB,WHAT,CODE,EXPECTED)
refuse = $(error $1='$($1)'$(if $(filter $1,$(EXPORTED)), from the environment) $2 [$3]: expected \
	$4)
# $(call settled,KNOB): fixes its present value.
settled = $(eval override $1 := $$(strip $$($1)))
# $(call one_of,KNOB,WORDS) and $(call one_or_none,KNOB,WORDS). `make help` lists the words, so
# there another value is removed.
HELPING := $(and $(filter help,$(MAKECMDGOALS)),$(if $(filter-out help,$(MAKECMDGOALS)),,1))
one_of = $(if $(call exactly,$($1),$2),$(call settled,$1),$(if \
	$(HELPING),$(eval override $1 :=),$(call \
	refuse,$1,is not a known value,unknown-value,one of $2$(call nearest,$($1),$2))))
one_or_none = $(if $($1),$(call one_of,$1,$2))
# $(call count,KNOB): a number from 1 on
count = $(if $(and $(filter 1,$(words $($1))),$(call number,$(strip $($1))),$(patsubst \
	0%,,$(strip $($1)))),$(call \
	settled,$1),$(call refuse,$1,is not a valid number,knob-number,a number from 1 on))

# $(call not_a_path,TEXT): why TEXT is not a plain path for make, the shell or a program
not_a_path = $(or $(if $1,,is empty),$(if $(call same,$1,$(firstword \
	$1)),,has a blank),$(firstword $(foreach c,$(SPECIAL),$(if \
	$(findstring $c,$1),has_a_$c))),$(if $(filter -% ~%,$1),begins with $(if $(filter \
	-%,$1),-,~)))
same = $(and $(findstring /$1/,/$2/),$(findstring /$2/,/$1/))
# $(call holds_checkout,PATH): is it the checkout, or above it, also by a symbolic link?
holds_checkout = $(strip $(foreach p,$(abspath $1) $(realpath $1),$(if $(filter /,$p)$(filter \
	$p $p/%,$(CURDIR) \
	$(realpath $(CURDIR))),$p)))
# $(call path,KNOB): the path of something to read, and $(call own_path,KNOB) of a directory of
# Keelson's
path = $(if $(filter file,$(origin $1)),$(call settled,$1))$(if $(call not_a_path,$($1)),$(call \
	refuse,$1,$(subst _, ,$(call \
	not_a_path,$($1))),knob-path,a path without a blank or one of $(SPECIAL)),$(call \
	settled,$1))
own_path = $(call path,$1)$(if $(call holds_checkout,$($1)),$(call \
	refuse,$1,is or holds the checkout,knob-path,a directory for Keelson alone))
# $(call switch,KNOB): 1, or empty for a disabled one
switch = $(if $(call exactly,$($1),1 y yes true),$(eval override $1 := 1),$(if $(or $(if \
	$($1),,off),$(call \
	exactly,$($1),0 n no false)),$(eval override $1 :=),$(call \
	refuse,$1,is not a valid switch,knob-switch,1 or 0)))
