# SPDX-License-Identifier: GPL-2.0-only
#
# Checks each knob before make reads or writes a file by it; boards.mk checks those that depend on
# the board. It also sets the lists that depend on the knobs.

$(call own_path,OUT)
$(call own_path,DL)
$(foreach k,$(TEST_KNOBS),$(if $(call given,$k),$(call path,$k)))
$(call switch,OFFLINE)
$(call switch,ENGINES)
$(call switch,VSOCK_SUITE)
$(call switch,JSON)
$(call switch,KVM)
$(call count,JOBS)
$(call one_or_none,V,0 1 2)
$(if $(filter TIME,$(CHOSEN)),$(call count,TIME))
# Where `make install-man` installs; packagers set them.
PREFIX ?= /usr/local
DESTDIR ?=
$(call path,PREFIX)
# Where the jobs of `make matrix` run: here, or by Slurm or GNU parallel.
RUNNER ?=
HOSTS ?=
SLURM_ARGS ?=
$(call one_or_none,RUNNER,slurm parallel)
$(if $(filter parallel,$(RUNNER)),$(if $(HOSTS),,$(call \
	refuse,HOSTS,is missing,knob-missing,hosts for ssh as in HOSTS=build1$(comma)me@build2)))
$(if $(filter -%,$(HOSTS))$(if $(HOSTS),$(if $(filter 1,$(words $(HOSTS))),,no))$(call \
	odd,$(HOSTS),$(LETTERS) $(DIGITS) . _ @ - : $(comma)),$(call \
	refuse,HOSTS,is not a list of hosts,knob-value,hosts for ssh as in \
	HOSTS=build1$(comma)me@build2))
UCODE ?=
$(if $(UCODE),$(call path,UCODE))
$(if $(UCODE),$(if $(wildcard $(UCODE)),,$(call \
	refuse,UCODE,does not exist,knob-path,a cpio with microcode for x86_64)))
$(if $(DESTDIR),$(call path,DESTDIR))
CC_GIVEN := $(if $(filter CC,$(CHOSEN)),$(CC))

# ---- goals ----------------------------------------------------------------------
# A goal with a slash is a file.
known_goals := $(if $(MAKECMDGOALS),$(shell sed -n '/\$$/d; s/^\.PHONY: *//p' Makefile \
	scripts/make/*.mk))
unknown_goal := $(firstword $(filter-out $(known_goals),$(foreach g,$(MAKECMDGOALS),$(if \
	$(findstring /,$g),,$g))))
ifneq ($(unknown_goal),)
$(error $(unknown_goal) is not a goal [unknown-goal]$(call \
	nearest,$(unknown_goal),$(known_goals)); 'make help' lists the goals)
endif
# $(call takes,GOAL,KNOB,EXAMPLE)
takes = $(if $(filter $1,$(GOALS)),$(if $($2),,$(error \
	make $1: $2 is missing [knob-missing]: expected make $1 $2=$3)))
$(call takes,why,SYMBOL,VIRTIO_NET)
$(call takes,import,CONFIG,/boot/config-6.12)
$(call takes,module,DIR,path/to/module)
$(if $(DIR),$(call path,DIR))
$(call takes,cve,VULNS,path/to/vulns; run git clone --depth 1 \
	https://git.kernel.org/pub/scm/linux/security/vulns.git)
$(if $(VULNS),$(call path,VULNS))
$(if $(KIT),$(call path,KIT))
# A key may be the URI of one in a token, which the shell only gets by export.
$(foreach k,COSIGN_KEY COSIGN_PUB MINISIGN_KEY MINISIGN_PUB,$(if $(filter-out \
	pkcs11:%,$($k)),$(call path,$k)))

# Refuse a menu before anything is built for it. make's standard output can't be tested here; the
# goal `terminal` tests it.
dry_run := $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
menu := $(firstword $(filter menuconfig nconfig,$(GOALS)))
ifneq ($(if $(dry_run),,$(if $(menu),$(shell [ -t 0 ] || echo none))),)
$(error make $(menu): standard input is not a terminal [no-terminal]: run it in one, or edit a \
	fragment and run 'make config')
endif

# ---- architecture and series ----------------------------------------------------
ARCHES   := $(sort $(patsubst arch-%,%,$(filter arch-%,$(.VARIABLES))))
ONE_ARCH := $(call given,ARCH)
# Its names in Kbuild, arch/, GNU, OCI and Debian.
alias = $1 $(wordlist 1,2,$(arch-$1)) $(firstword $(subst -, ,$(word 3,$(arch-$1)))) \
	$(word 2,$(subst /, ,$(word 4,$(arch-$1)))) $(word 6,$(arch-$1))
override ARCH := $(or $(firstword $(foreach a,$(ARCHES),$(if $(call exactly,$(ARCH),$(call \
	alias,$a)),$a))),$(ARCH))
$(call one_of,ARCH,$(ARCHES))
KARCH    := $(word 1,$(arch-$(ARCH)))
SRCARCH  := $(word 2,$(arch-$(ARCH)))
TRIPLET  := $(word 3,$(arch-$(ARCH)))
PLATFORM := $(word 4,$(arch-$(ARCH)))

ALL_SERIES := $(sort $(patsubst $(KERNELS)/%/release,%,$(wildcard $(KERNELS)/*/release)))
# A release stands for its series, if it is the release of that.
ifeq ($(HELPING)$(call exactly,$(SERIES),$(ALL_SERIES)),)
release_of := $(strip $(foreach s,$(ALL_SERIES),$(if $(filter $s.%,$(SERIES)),$s)))
ifeq ($(words $(SERIES))$(words $(release_of)),11)
has_release := $(shell sed -n 's/^version  *//p' $(KERNELS)/$(release_of)/release)
ifeq ($(strip $(SERIES)),$(has_release))
override SERIES := $(release_of)
else
$(call refuse,SERIES,is not the release of $(release_of),unknown-release,$(release_of) or its \
	release $(has_release))
endif
endif
endif
$(call one_of,SERIES,$(ALL_SERIES))
ASKED_SERIES := $(if $(call given,SERIES),$(SERIES),$(ALL_SERIES))

# ---- board, flavour, profile ----------------------------------------------------
boards_of = $(sort $(patsubst $(CONFIGS)/boards/$1/%.board,%,$(wildcard \
	$(CONFIGS)/boards/$1/*.board)))
BOARDS   := $(call boards_of,$(ARCH))
FLAVOURS := $(patsubst $(CONFIGS)/flavours/%.config,%,$(wildcard $(CONFIGS)/flavours/*.config))
PROFILES := $(notdir $(wildcard $(CONFIGS)/profiles/*))
$(call one_of,BOARD,$(BOARDS))
$(call one_or_none,FLAVOUR,$(FLAVOURS))
$(call one_or_none,PROFILE,$(PROFILES))
VARIANT := $(addprefix -,$(FLAVOUR))

# ---- the private key ------------------------------------------------------------
ifneq ($(filter-out $(TIDY_GOALS),$(GOALS)),)
# Without SIGN_KEY and XDG_CONFIG_HOME, the key is in the home directory.
ifeq ($(filter SIGN_KEY,$(CHOSEN))$(filter /%,$(firstword $(value XDG_CONFIG_HOME)) $(firstword \
	$(value HOME))),)
$(error HOME='$(value HOME)' is not an absolute path [home-path]: expected a home directory, or \
	SIGN_KEY=FILE for the private key)
endif
$(call path,SIGN_KEY)
ifneq ($(wildcard $(SIGN_KEY)/.),)
$(call refuse,SIGN_KEY,is a directory,knob-path,a file with a private key and its certificate)
endif
endif
