# SPDX-License-Identifier: GPL-2.0-or-later

# The package's changelog is where the version is set.
PAVISE_VERSION := $(shell sed -n '1s/^pavise (\(.*\)) .*/\1/p' debian/changelog)

# What `make install` copies; the folders below add their own.
INSTALL_SBIN :=
INSTALL_MAN8 :=
INSTALL_MAN5 :=

include dom0-tools/stored/build.mk

# What the tools share. Each line is one object.
TOOLS_LIB_SRC := \
	dom0-tools/lib/cancel.c \
	dom0-tools/lib/conlog.c \
	dom0-tools/lib/conview.c \
	dom0-tools/lib/cpumap.c \
	dom0-tools/lib/daemon.c \
	dom0-tools/lib/diag.c \
	dom0-tools/lib/domctl.c \
	dom0-tools/lib/e820.c \
	dom0-tools/lib/evtchn.c \
	dom0-tools/lib/foreign.c \
	dom0-tools/lib/gnttab.c \
	dom0-tools/lib/hcall.c \
	dom0-tools/lib/host.c \
	dom0-tools/lib/memory.c \
	dom0-tools/lib/opt.c \
	dom0-tools/lib/physdev.c \
	dom0-tools/lib/plain.c \
	dom0-tools/lib/rate.c \
	dom0-tools/lib/store.c \
	dom0-tools/lib/sysctl.c \
	dom0-tools/lib/table.c \
	dom0-tools/lib/tame.c \
	dom0-tools/conf/bootconf.c \
	dom0-tools/conf/cfg.c \
	dom0-tools/conf/disk.c \
	dom0-tools/conf/domconf.c \
	dom0-tools/conf/keys.c \
	dom0-tools/conf/limit.c \
	dom0-tools/conf/pci.c \
	dom0-tools/conf/record.c \
	dom0-tools/conf/spec.c \
	dom0-tools/conf/vdev.c \
	dom0-tools/conf/vif.c \
	dom0-tools/conf/xlconf.c \
	dom0-tools/build/build.c \
	dom0-tools/build/kernel.c \
	dom0-tools/build/unpack.c \
	dom0-tools/build/unpacked.c \
	dom0-tools/dev/block.c \
	dom0-tools/dev/bridge.c \
	dom0-tools/dev/device.c \
	dom0-tools/dev/flush.c \
	dom0-tools/dev/image.c \
	dom0-tools/dev/loop.c \
	dom0-tools/dev/net.c \
	dom0-tools/dev/pci.c \
	dom0-tools/dev/pcihost.c \
	dom0-tools/dev/throttle.c \
	dom0-tools/dev/usage.c \
	dom0-tools/life/adopt.c \
	dom0-tools/life/ask.c \
	dom0-tools/life/assignable.c \
	dom0-tools/life/balloon.c \
	dom0-tools/life/boot_module.c \
	dom0-tools/life/boot_tree.c \
	dom0-tools/life/conf_file.c \
	dom0-tools/life/create.c \
	dom0-tools/life/destroy.c \
	dom0-tools/life/devices.c \
	dom0-tools/life/early.c \
	dom0-tools/life/image_conf.c \
	dom0-tools/life/limits.c \
	dom0-tools/life/make.c \
	dom0-tools/life/migrate.c \
	dom0-tools/life/names.c \
	dom0-tools/life/names_text.c \
	dom0-tools/life/dump.c \
	dom0-tools/life/outfile.c \
	dom0-tools/life/policy.c \
	dom0-tools/life/pool.c \
	dom0-tools/life/rebalance.c \
	dom0-tools/life/record.c \
	dom0-tools/life/restart.c \
	dom0-tools/life/restore.c \
	dom0-tools/life/save.c \
	dom0-tools/life/suspend.c \
	dom0-tools/life/tree.c \
	dom0-tools/life/tune.c \
	dom0-tools/life/want.c \
	dom0-tools/stream/check.c \
	dom0-tools/stream/dump.c \
	dom0-tools/stream/file.c \
	dom0-tools/stream/handover.c \
	dom0-tools/stream/p2m.c \
	dom0-tools/stream/restore.c \
	dom0-tools/stream/restore_finish.c \
	dom0-tools/stream/save.c \
	dom0-tools/stream/save_state.c \
	dom0-tools/stream/sent.c \
	dom0-tools/stream/table.c \
	dom0-tools/stream/vcpu.c \
	dom0-tools/stream/vm.c \
	dom0-tools/stream/vm_vcpu.c \
	dom0-tools/stream/wire.c \
	guest-abi/bootproto/bootdt.c \
	guest-abi/bootproto/bzimage.c \
	guest-abi/bootproto/elf.c \
	guest-abi/bootproto/layout.c \
	guest-abi/bootproto/notes.c

CLI_SRC := \
	dom0-tools/cli/main.c \
	dom0-tools/cli/term.c \
	dom0-tools/cli/guests.c \
	dom0-tools/cli/check_conf.c \
	dom0-tools/cli/check_host.c \
	dom0-tools/cli/plan.c \
	dom0-tools/cli/top.c \
	dom0-tools/cli/top_screen.c \
	dom0-tools/cli/devlist.c \
	dom0-tools/cli/progress.c \
	dom0-tools/trace/batch.c \
	dom0-tools/trace/counter.c \
	dom0-tools/trace/event.c \
	dom0-tools/trace/record.c \
	dom0-tools/trace/sink.c \
	dom0-tools/trace/tap.c \
	dom0-tools/cli/cmd_autoballoon.c \
	dom0-tools/cli/cmd_autostart.c \
	dom0-tools/cli/cmd_bench.c \
	dom0-tools/cli/cmd_block_attach.c \
	dom0-tools/cli/cmd_block_detach.c \
	dom0-tools/cli/cmd_block_list.c \
	dom0-tools/cli/cmd_block_rate.c \
	dom0-tools/cli/cmd_boot_config.c \
	dom0-tools/cli/cmd_check.c \
	dom0-tools/cli/cmd_console.c \
	dom0-tools/cli/cmd_counters.c \
	dom0-tools/cli/cmd_cpupool_cpu_add.c \
	dom0-tools/cli/cmd_cpupool_cpu_remove.c \
	dom0-tools/cli/cmd_cpupool_create.c \
	dom0-tools/cli/cmd_cpupool_destroy.c \
	dom0-tools/cli/cmd_cpupool_list.c \
	dom0-tools/cli/cmd_cpupool_migrate.c \
	dom0-tools/cli/cmd_cpupool_rename.c \
	dom0-tools/cli/cmd_create.c \
	dom0-tools/cli/cmd_debug_keys.c \
	dom0-tools/cli/cmd_destroy.c \
	dom0-tools/cli/cmd_dmesg.c \
	dom0-tools/cli/cmd_dump_core.c \
	dom0-tools/cli/cmd_domid.c \
	dom0-tools/cli/cmd_domname.c \
	dom0-tools/cli/cmd_info.c \
	dom0-tools/cli/cmd_list.c \
	dom0-tools/cli/cmd_mem_max.c \
	dom0-tools/cli/cmd_mem_set.c \
	dom0-tools/cli/cmd_migrate.c \
	dom0-tools/cli/cmd_migrate_receive.c \
	dom0-tools/cli/cmd_network_attach.c \
	dom0-tools/cli/cmd_network_detach.c \
	dom0-tools/cli/cmd_network_list.c \
	dom0-tools/cli/cmd_network_rate.c \
	dom0-tools/cli/cmd_pause.c \
	dom0-tools/cli/cmd_pci_assignable_add.c \
	dom0-tools/cli/cmd_pci_assignable_list.c \
	dom0-tools/cli/cmd_pci_assignable_remove.c \
	dom0-tools/cli/cmd_pci_attach.c \
	dom0-tools/cli/cmd_pci_detach.c \
	dom0-tools/cli/cmd_pci_list.c \
	dom0-tools/cli/cmd_reboot.c \
	dom0-tools/cli/cmd_rename.c \
	dom0-tools/cli/cmd_restore.c \
	dom0-tools/cli/cmd_save.c \
	dom0-tools/cli/cmd_sched.c \
	dom0-tools/cli/cmd_shutdown.c \
	dom0-tools/cli/cmd_store_quota.c \
	dom0-tools/cli/cmd_sysrq.c \
	dom0-tools/cli/cmd_top.c \
	dom0-tools/cli/cmd_trace.c \
	dom0-tools/cli/cmd_trigger.c \
	dom0-tools/cli/cmd_unpause.c \
	dom0-tools/cli/cmd_uptime.c \
	dom0-tools/cli/cmd_vcpu_list.c \
	dom0-tools/cli/cmd_vcpu_pin.c \
	dom0-tools/cli/cmd_vcpu_set.c

CONSOLED_SRC := \
	dom0-tools/consoled/guest.c \
	dom0-tools/consoled/hist.c \
	dom0-tools/consoled/hvlog.c \
	dom0-tools/consoled/log.c \
	dom0-tools/consoled/main.c \
	dom0-tools/consoled/pace.c \
	dom0-tools/consoled/tty.c \
	dom0-tools/consoled/view.c \
	$(PV_CONS_SRC)

TOOLS_CFLAGS := -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE -I. -Idom0-tools -I$(ABI_INC) \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -DPAVISE_VERSION='"$(PAVISE_VERSION)"'
TOOLS_LDFLAGS := -Wl,-z,relro,-z,now -Wl,--as-needed
TOOLS_LIBS := $(patsubst %,-l:lib%.a,jansson z lz4 lzma zstd xxhash fdt)

TOOLS_OUT := $(BUILD)/tools
tools-objs = $(patsubst %.c,$(TOOLS_OUT)/%.o,$(1))

$(TOOLS_OUT)/%.o: %.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TOOLS_CFLAGS) -MMD -MP -c -o $@ $<

$(TOOLS_OUT)/libtools.a: $(call tools-objs,$(TOOLS_LIB_SRC))
	@echo "  AR      $@"
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# $(1) program, $(2) its own sources, $(3) how it is linked, $(4) libraries of its own
define tools-program
$(TOOLS_OUT)/$(1): $(call tools-objs,$(2)) $(TOOLS_OUT)/libtools.a
	@echo "  LINK    $$@"
	$(Q)$(CC) $(3) $(TOOLS_LDFLAGS) -o $$@ $$^ $(4) $(TOOLS_LIBS)
TOOLS_PROGRAMS += $(TOOLS_OUT)/$(1)
-include $(patsubst %.o,%.d,$(call tools-objs,$(2)))
endef

TOOLS_PROGRAMS :=
$(eval $(call tools-program,pav,$(CLI_SRC),-static-pie,-l:libncurses.a -l:libtinfo.a))
$(eval $(call tools-program,pav-consoled,$(CONSOLED_SRC),-pie))
$(eval $(call tools-program,pav-domd,dom0-tools/domd/main.c,-pie))
-include $(patsubst %.o,%.d,$(call tools-objs,$(TOOLS_LIB_SRC)))
INSTALL_SBIN += $(TOOLS_PROGRAMS)

.PHONY: tools install-tools
## tools: build the control domain's programs
tools: $(INSTALL_SBIN)

include dom0-tools/exporter/build.mk
include dom0-tools/tls/build.mk

INSTALL_MAN8 += $(addprefix dom0-tools/man/,pav.8 pav-consoled.8 pav-domd.8)
INSTALL_MAN5 += dom0-tools/man/pav.cfg.5

install-tools: $(INSTALL_SBIN)
	$(Q)install -d $(addprefix $(DESTDIR)$(PREFIX)/,sbin share/man/man5 share/man/man8 \
		share/bash-completion/completions $(ZSH_DIR) lib/systemd/system lib/modules-load.d) \
		$(addprefix $(DESTDIR)/etc/,default pavise/auto)
	$(Q)install -s $(INSTALL_SBIN) $(DESTDIR)$(PREFIX)/sbin
	$(Q)install -m 644 $(INSTALL_MAN8) $(DESTDIR)$(PREFIX)/share/man/man8
	$(Q)install -m 644 $(INSTALL_MAN5) $(DESTDIR)$(PREFIX)/share/man/man5
	$(Q)install -m 644 dom0-tools/man/pav.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/pav
	$(Q)install -m 644 dom0-tools/man/pav.zsh $(DESTDIR)$(PREFIX)/$(ZSH_DIR)/_pav
	$(Q)for unit in dom0-tools/systemd/*.service; do sed 's,/usr/sbin,$(PREFIX)/sbin,' $$unit \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/$$(basename $$unit) || exit 1; done
	$(Q)for unit in xen xendomains; do install -D -m 644 dom0-tools/systemd/on-xen.conf \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit.service.d/pavise.conf || exit 1; done
	$(Q)install -m 644 dom0-tools/systemd/pavise.conf $(DESTDIR)$(PREFIX)/lib/modules-load.d
	$(call install-setting,dom0-tools/etc/default,/etc/default/pavise)
	$(call install-setting,dom0-tools/etc/example.cfg,/etc/pavise/example.cfg)

.PHONY: check-man
## check-man: compare the manual pages with what the programs' --help says
check-man: $(INSTALL_SBIN) $(TOOLS_OUT)/pav-exporter $(TOOLS_OUT)/pav-tls
	$(Q)tests/lint/check_man.sh $(INSTALL_SBIN) $(TOOLS_OUT)/pav-exporter \
		$(TOOLS_OUT)/pav-tls

ALL += $(TOOLS_PROGRAMS)
include dom0-tools/libpav/build.mk
DOM0_TOOLS += $(INSTALL_SBIN)
INSTALL += install-tools

TOOLS_TEST_FLAGS := -Idom0-tools
DIAG_SRC := $(addprefix dom0-tools/lib/,diag.c plain.c)
CONF_SRC := $(addprefix dom0-tools/conf/,cfg.c disk.c domconf.c keys.c limit.c pci.c record.c \
	spec.c vdev.c vif.c) \
	$(DIAG_SRC) dom0-tools/lib/opt.c

UNIT_TESTS += test_cfg test_domconf test_devspec test_life test_unpack
test_cfg-objs := dom0-tools/conf/cfg.c $(DIAG_SRC)
test_cfg-cflags := $(TOOLS_TEST_FLAGS)
test_domconf-objs := $(CONF_SRC) dom0-tools/lib/e820.c
test_domconf-cflags := $(TOOLS_TEST_FLAGS)
test_domconf-libs := -ljansson
test_devspec-objs := $(CONF_SRC)
test_devspec-cflags := $(TOOLS_TEST_FLAGS)
test_devspec-libs := -ljansson
test_life-objs := $(addprefix dom0-tools/life/,names_text.c policy.c) \
	$(addprefix dom0-tools/lib/,cpumap.c opt.c)
test_life-cflags := $(TOOLS_TEST_FLAGS)
test_unpack-objs := dom0-tools/build/unpack.c $(DIAG_SRC) guest-abi/bootproto/bzimage.c
test_unpack-cflags := $(TOOLS_TEST_FLAGS)
test_unpack-libs := -lz -llz4 -llzma -lzstd

UNIT_TESTS += test_unpacked
test_unpacked-objs := dom0-tools/build/unpacked.c
test_unpacked-cflags := $(TOOLS_TEST_FLAGS)

UNIT_TESTS += test_plain
test_plain-objs := $(addprefix dom0-tools/lib/,plain.c tame.c)
test_plain-cflags := $(TOOLS_TEST_FLAGS)

UNIT_TESTS += test_balloon
test_balloon-objs := dom0-tools/life/balloon.c
test_balloon-cflags := $(TOOLS_TEST_FLAGS)

UNIT_TESTS += test_consoled
test_consoled-objs := $(addprefix dom0-tools/consoled/,hist.c log.c pace.c) dom0-tools/lib/tame.c
test_consoled-cflags := $(TOOLS_TEST_FLAGS) -Itests/unit
UNIT_TESTS += test_trace_record
test_trace_record-objs := $(addprefix dom0-tools/trace/,batch.c event.c record.c)
test_trace_record-cflags := $(TOOLS_TEST_FLAGS)

FUZZ_TARGETS += fuzz_cfg fuzz_devspec fuzz_unpack
fuzz_cfg-objs := $(CONF_SRC)
fuzz_cfg-cflags := $(TOOLS_TEST_FLAGS)
fuzz_cfg-libs := -ljansson
fuzz_devspec-objs := $(CONF_SRC)
fuzz_devspec-cflags := $(TOOLS_TEST_FLAGS)
fuzz_devspec-libs := -ljansson
fuzz_unpack-objs := $(test_unpack-objs)
fuzz_unpack-cflags := $(TOOLS_TEST_FLAGS)
fuzz_unpack-libs := $(test_unpack-libs)

# The stream with domains of plain memory in place of vm.c.
STREAM_TEST_SRC := $(addprefix dom0-tools/stream/,check.c dump.c file.c p2m.c restore.c restore_finish.c \
	save.c save_state.c sent.c table.c vcpu.c wire.c) $(DIAG_SRC) tests/unit/vm_sim.c
UNIT_TESTS += test_stream
test_stream-objs := $(STREAM_TEST_SRC)
test_stream-cflags := $(TOOLS_TEST_FLAGS) -Itests/unit
test_stream-libs := -lxxhash
UNIT_TESTS += test_image
test_image-objs := $(addprefix dom0-tools/stream/,file.c handover.c wire.c) dom0-tools/lib/rate.c \
	dom0-tools/conf/xlconf.c $(CONF_SRC)
test_image-cflags := $(TOOLS_TEST_FLAGS)
test_image-libs := -ljansson

FUZZ_TARGETS += fuzz_stream
fuzz_stream-objs := $(STREAM_TEST_SRC)
fuzz_stream-cflags := $(TOOLS_TEST_FLAGS) -Itests/unit
fuzz_stream-libs := $(test_stream-libs)
