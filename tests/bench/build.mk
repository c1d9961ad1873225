# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks that are guests of their own, on the guest library.

PATHS_OBJS := $(addprefix $(BUILD)/tests/bench/paths/,main.o entry.o)

$(BUILD)/tests/bench/%.o: tests/bench/%.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/bench/%.o: tests/bench/%.S | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -I$(ABI_INC) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

$(BUILD)/bench/paths: $(PATHS_OBJS) $(GUEST_OBJS) $(GUEST_LDS)
	@mkdir -p $(@D)
	$(Q)$(LD) $(GUEST_LDFLAGS) -o $@ $(PATHS_OBJS) $(GUEST_OBJS)

-include $(PATHS_OBJS:.o=.d)
ALL += $(BUILD)/bench/paths

$(BUILD)/bench/stamp: tests/bench/stamp/main.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -static -o $@ $<

ALL += $(BUILD)/bench/stamp
