# SPDX-License-Identifier: MIT
#
# The freestanding guest library, $(GUEST_LIB). A guest program is one row:
#   $(eval $(call guest-program,PROGRAM,SOURCE...))     sources are .c or .S
# and becomes $(BUILD)/PROGRAM, an ELF kernel.

GUEST_SRC := $(addprefix guest-abi/guest/,boot.c console.c event.c event_2l.c event_fifo.c grant.c guest.c \
	page.c paging.c start.S store.c string.c text.c time.c trap.c trap_entry.S user.c vcpu.c) \
	pv-drivers/ring/bytes.c
GUEST_LIB := $(BUILD)/guest-lib/libguest.a
GUEST_LDS := guest-abi/guest/guest.lds
GUEST_CFLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-stack-protector -mno-red-zone \
	-mgeneral-regs-only -mcmodel=kernel -fno-pic -fno-asynchronous-unwind-tables \
	-fcf-protection=none -fno-tree-loop-distribute-patterns -Iguest-abi/guest/libc -I. -I$(ABI_INC)
GUEST_LDFLAGS := -nostdlib -static -no-pie -z noexecstack --build-id=none --no-warn-rwx-segments -T $(GUEST_LDS)

guest-objs = $(patsubst %,$(BUILD)/guest-lib/%.o,$(1))

$(BUILD)/guest-lib/%.c.o: %.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/guest-lib/%.S.o: %.S | $(ABI_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -I$(ABI_INC) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

$(GUEST_LIB): $(call guest-objs,$(GUEST_SRC))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

-include $(patsubst %.o,%.d,$(call guest-objs,$(GUEST_SRC)))

# The entry is named, as nothing refers to it.
define guest-program
$(BUILD)/$(1): $(call guest-objs,$(2)) $(GUEST_LIB) $(GUEST_LDS)
	@mkdir -p $$(@D)
	$$(Q)$(LD) $(GUEST_LDFLAGS) -u guest_start -o $$@ $(call guest-objs,$(2)) $(GUEST_LIB)

-include $(patsubst %.o,%.d,$(call guest-objs,$(2)))
ALL += $(BUILD)/$(1)
endef

$(eval $(call guest-program,guest/hello,guest-abi/guest/examples/hello.c))
