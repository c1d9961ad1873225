# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks that are guests of their own, on the guest library.

$(eval $(call guest-program,bench/paths,tests/bench/paths/main.c tests/bench/paths/entry.S))

$(BUILD)/bench/stamp: tests/bench/stamp/main.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -static -o $@ $<

# One static program, so that it is the same in every column.
$(BUILD)/bench/micro: $(wildcard tests/bench/micro/*.[ch]) tests/bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) -static -pthread -o $@ $(filter %.c,$^)

ALL += $(BUILD)/bench/stamp $(BUILD)/bench/micro
