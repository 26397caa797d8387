# SPDX-License-Identifier: GPL-2.0-only
#
# The programs of the guest that boots an image, and the options of scripts/guest/boot.sh.

GUEST := $(OUT)/guest/$(ARCH)
$(call key,$(GUEST)/init.key,$(CC_ID),$(wildcard scripts/guest/init/*.[ch]))

$(GUEST)/init: $(GUEST)/init.key
	$(say) GUEST $@
	$(Q)$(alone) $(CROSS)gcc $(TOOL_CFLAGS) -static -o $@.tmp scripts/guest/init/*.c && \
		mv $@.tmp $@

$(GUEST)/engines.tar: $(wildcard scripts/guest/engines/*)
	$(say) FETCH 'crun and runc for $(ARCH)'
	$(Q)mkdir -p $(@D) && scripts/guest/engines/fetch.sh $(word 6,$(arch-$(ARCH))) $@

# The kernel tree's tests of vsock, built by their own Makefile. They are static programs that look
# up names, so the linker warns. One test waits 100 ms for its pages, and an emulated guest may need
# more: here it waits for two seconds.
SUITE := $(abspath $(TREE))/tools/testing/vsock
SUITE_WAIT := 2000
SUITE_MAKE := env MAKEFLAGS= make -f $(SUITE)/Makefile VPATH=$(SUITE)
$(call key,$(B)/vsock_test.key,$(CC_ID) $(SUITE_WAIT))

$(B)/vsock_test: $(S)/tree.stamp $(B)/vsock_test.key
	$(say) GUEST $@
	$(Q)rm -rf $@.tmp && mkdir $@.tmp
	$(Q)f=$(SUITE)/vsock_test_zerocopy.c; [ ! -e $$f ] || \
		sed 's/^\(#define POLL_TIMEOUT_MS\).*/\1 $(SUITE_WAIT)/' $$f >$@.tmp/$${f##*/}
	$(Q)$(SUITE_MAKE) -C $@.tmp CC=$(CROSS)gcc LDFLAGS='-static -s' \
		CPPFLAGS='-Wno-error -I$(SUITE) -I$(abspath $(TREE))/tools/include' \
		vsock_test >$@.tmp/log 2>&1 || { cat $@.tmp/log >&2; exit 1; }
	$(Q)mv $@.tmp/vsock_test $@ && rm -r $@.tmp

# A kernel with checkers is slow and needs memory. Emulated, it may need more than the 20 s after
# which it reports a stuck processor or a stall of RCU: here the limit is 120 s.
WATCHED := $(if $(filter debug,$(FLAVOUR)),--limit 1800 --memory 1024 --append 'kmemleak=on \
	watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120 keelson.slow=8')
BOOT := $(B)/boot
# $(call boot_one,MACHINE): boots it, with a report in $(BOOT)/MACHINE.
boot_one = scripts/guest/boot.sh --image $(BOOT)/image --init $(GUEST)/init --bin $(BIN) \
	--arch $(ARCH) --machine $1 --bus $(BUS.$1) --release "$$(cat $(B)/stage/release)" \
	--out $(BOOT)/$1 $(if $(DEVICES.$1),--devices $(DEVICES.$1)) \
	$(if $(MEMORY.$1),--memory $(MEMORY.$1)) $(if $(CPUS.$1),--cpus $(CPUS.$1)) \
	$(if $(FIRMWARE.$1),--firmware $(FIRMWARE.$1)) \
	$(if $(filter node btf,$(FLAVOUR)),--trials $(FLAVOUR)) \
	$(if $(UEFI.$1),--uefi $(firstword $(uefi-$(ARCH)))) \
	$(if $(APPEND.$1),--append $(call quoted,$(APPEND.$1))) \
	$(if $(PROFILE),--append "$$PROFILED" --modules \
		$(subst $(empty) ,$(comma),$(PROFILED_MODULES))) \
	$(if $(ENGINES),--engines $(GUEST)/engines.tar --limit 600) \
	$(if $(VSOCK_SUITE),--suite $(B)/vsock_test --limit 600) $(WATCHED) $$BOOT_ARGS \
	-- $(QEMU.$1)

# A profile is a list of words of the command line, and needs the modules that they set.
PROFILED := $(if $(PROFILE),$(shell sed '/^#/d' $(CONFIGS)/profiles/$(PROFILE)))
PROFILED_MODULES := $(sort $(filter-out sysctl modprobe,$(foreach \
	w,$(PROFILED),$(firstword $(subst ., ,$w)))))
boot: private export PROFILED := $(PROFILED)
GUEST_FILES := $(GUEST)/init $(if $(ENGINES),$(GUEST)/engines.tar) \
	$(if $(VSOCK_SUITE),$(B)/vsock_test) $(addprefix $(BIN)/,kimage bootlog vsockd ticks)
