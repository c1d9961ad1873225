# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks that are guests of their own, on the guest library.

$(eval $(call guest-program,bench/paths,tests/bench/paths/main.c tests/bench/paths/entry.S))
$(eval $(call guest-program,bench/wake,tests/bench/wake/main.c))
$(eval $(call guest-program,bench/pair,$(addprefix tests/bench/pair/,main.c meet.c event.c grant.c timer.c vcpu.c)))

$(BUILD)/bench/stamp: tests/bench/stamp/main.c tests/bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -I. -static -o $@ $(filter %.c,$^)

# One static program, so that it is the same in every column; of few areas, for their number counts in each row
# that maps memory.
$(BUILD)/bench/micro: $(wildcard tests/bench/micro/*.[ch]) tests/bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) -static -pthread -Wl,-z,noseparate-code -o $@ $(filter %.c,$^)

# The profiler and a program with known figures for its test. The plugin runs in QEMU on the host.
$(BUILD)/bench/profile.so: $(wildcard tests/bench/profile/*.[ch]) tests/bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -I. -fPIC -fvisibility=hidden -shared -o $@ \
		$(addprefix tests/bench/profile/,plugin.c book.c report.c event.c) -lpthread

$(BUILD)/bench/known: tests/bench/profile/known.c tests/bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -I. -static -o $@ $<

ALL += $(addprefix $(BUILD)/bench/,stamp micro profile.so known)

# What further columns run in the control domain, or in a machine without hypervisor.
$(BUILD)/bench/qemu.cpio: tests/bench/mkqemu $(BUILD)/kernels/6.1/vmlinuz $(BUILD)/root/base.cpio
	@echo "  PEER    $@"
	@mkdir -p $(@D)
	$(Q)tests/bench/mkqemu $(CACHE) $(BUILD)/root/base $(BUILD)/kernels/6.1 $@

$(BUILD)/bench/container.cpio: tests/bench/mkcontainer tests/bench/container-packages.txt \
		$(BUILD)/root/base.cpio
	@echo "  PEER    $@"
	@mkdir -p $(@D)
	$(Q)tests/bench/mkcontainer $(CACHE) $(BUILD)/root/base $@

# iperf3 alone comes with it, for the other end.
$(BUILD)/bench/macro.cpio: $(addprefix tests/bench/macro/,mkmacro packages.txt init macro.sh) \
		$(BUILD)/root/base.cpio
	@echo "  PEER    $@"
	@mkdir -p $(@D)
	$(Q)tests/bench/macro/mkmacro $(CACHE) $(BUILD)/root/base $@ $(BUILD)/bench/macro-server.cpio

$(BUILD)/bench/macro-server.cpio: $(BUILD)/bench/macro.cpio

# Rows and columns only from make's own command line: shells export COLUMNS, the width of a terminal.
bench-option = $(if $(filter command,$(origin $(1))),$(2)='$($(1))')

.PHONY: bench
## bench: measure against native Linux and Xen; ROWS=a,b COLUMNS=x,y COMPARE=OLD.json BENCH_ARGS=...
bench: $(BUILD)/deps.stamp
	$(Q)tests/bench/bench $(call bench-option,ROWS,--rows) $(call bench-option,COLUMNS,--columns) \
		$(call bench-option,COMPARE,--compare) $(BENCH_ARGS)

# `pav bench`, beside the programs as `make install` lays it: what it shares with `bench`, and micro.
PAV_BENCH := $(BUILD)/lib/pavise/bench/pav_bench.py
PAV_BENCH_PARTS := tests/vm/cpio.py $(addprefix tests/bench/,pav_bench.py command.py compare.py \
	container.json events.py facts.py guest.py here.py part.py places.py plot.py process.py \
	progress.py report.py result.py rows.py run.py table.py under.py unsaid.py)

$(PAV_BENCH): $(PAV_BENCH_PARTS) $(BUILD)/bench/micro
	$(Q)rm -rf $(@D)
	$(Q)mkdir -p $(@D)
	$(Q)cp $^ $(@D)

.PHONY: install-bench
install-bench: $(PAV_BENCH)
	$(Q)install -d $(DESTDIR)$(PREFIX)/lib/pavise/bench
	$(Q)install -m 644 $(PAV_BENCH_PARTS) $(DESTDIR)$(PREFIX)/lib/pavise/bench
	$(Q)install -s $(BUILD)/bench/micro $(DESTDIR)$(PREFIX)/lib/pavise/bench

ALL += $(PAV_BENCH)
DOM0_TOOLS += $(PAV_BENCH)
INSTALL += install-bench
check-man: $(PAV_BENCH)
