# SPDX-License-Identifier: GPL-2.0-only
#
# The host: the packages that a goal needs, and the installation of packages and manual pages.

##@ build
setup: ## install missing packages, for all architectures or ARCH=
setup:
	$(Q)scripts/setup/setup.sh check $(if $(ONE_ARCH),$(ARCH))

##@ maintain
install-man: private export PREFIX := $(PREFIX)
install-man: private export DESTDIR := $(DESTDIR)
install-man: ## install the manual pages; PREFIX= (/usr/local), DESTDIR=
install-man:
	$(Q)scripts/make/install-man.sh docs/*.[14]

.PHONY: setup install-man

# The architectures that `make check` builds and boots.
CHECK_ARCHES := $(if $(ONE_ARCH),$(ARCH),$(filter $(BOARD_ARCHES),$(CHECKED)))
# These goals use the recorded answers of the compiler if it is not installed.
EXPLAINING := why new lost proof import
NATIVE := $(firstword $(foreach a,$(ARCHES),$(if \
	$(filter $(shell uname -m)-%,$(word 3,$(arch-$a))),$a)) $(ARCH))
NEEDED_ARCHES := $(if $(filter check check-all check-modules,$(GOALS)),$(CHECK_ARCHES),$(if \
	$(filter-out $(EXPLAINING),$(GOALS)),$(ARCH),$(NATIVE)))
SETUP := $(or \
	$(if $(filter check% lint lint-modules boot-modules bench reproduce,$(GOALS)),check), \
	$(if $(filter fuzz,$(GOALS)),fuzz), \
	$(if $(filter %config,$(filter-out config,$(GOALS))),menu), \
	$(if $(filter boot report,$(GOALS)),boot), \
	build)
BUILDING := $(filter-out $(TIDY_GOALS),$(GOALS))
MISSING := $(if $(BUILDING),$(shell scripts/setup/setup.sh --check $(SETUP) $(NEEDED_ARCHES) 2>&1))

# The goals of the two commands in README install missing packages; others refuse. The name of a
# compiler is read above each rule, so another make goes on. -n prints that make and runs nothing.
ifneq ($(MISSING),)
ifeq ($(filter boot check check-all,$(GOALS)),)
$(error $(MISSING) [setup-missing]; run 'make setup$(if $(ONE_ARCH), ARCH=$(ARCH))')
endif
GO_ON := $(MAKE) $(BUILDING)
.PHONY: $(BUILDING) set-up
$(BUILDING): | set-up ;
set-up:
	$(Q)scripts/setup/setup.sh $(SETUP) $(NEEDED_ARCHES)
	$(Q)$(GO_ON)
endif
