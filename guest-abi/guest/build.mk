# SPDX-License-Identifier: MIT
# The freestanding guest library. A guest program's makefile links GUEST_OBJS by GUEST_LDS.

GUEST_OBJS := $(addprefix $(BUILD)/guest-abi/guest/,start.o guest.o)
GUEST_LDS := guest-abi/guest/guest.lds
GUEST_CFLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-stack-protector -mno-red-zone \
	-mgeneral-regs-only -mcmodel=kernel -fno-pic -fno-asynchronous-unwind-tables \
	-fcf-protection=none -I. -I$(ABI_INC)
GUEST_LDFLAGS := -nostdlib -static -no-pie -z noexecstack --build-id=none --no-warn-rwx-segments -T $(GUEST_LDS)

$(BUILD)/guest-abi/guest/%.o: guest-abi/guest/%.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/guest-abi/guest/%.o: guest-abi/guest/%.S | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -I$(ABI_INC) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

-include $(GUEST_OBJS:.o=.d)
