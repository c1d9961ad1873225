# SPDX-License-Identifier: MIT
#
# Sources that the hypervisor and the domain builder compile into themselves, and their tests.
# They need -I$(ABI_INC) and no more.

BOOTPROTO := elf notes bzimage layout bootdt
BOOTPROTO_SRC := $(BOOTPROTO:%=guest-abi/bootproto/%.c)
# For HV_OBJS; compiled as the hypervisor's own files are.
BOOTPROTO_HV_OBJS := $(BOOTPROTO:%=hypervisor/bootproto/%.o)

$(BUILD)/hypervisor/bootproto/%.o: guest-abi/bootproto/%.c | $(ABI_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(HV_CC) $(HV_CFLAGS) $(HV_INC) $($(patsubst $(BUILD)/%,%,$@)-cflags) -MMD -MP -c -o $@ $<

UNIT_TESTS += test_bootproto_elf test_bootproto_notes test_bootproto_bzimage test_bootproto_layout \
	test_bootproto_bootdt
test_bootproto_elf-objs := guest-abi/bootproto/elf.c
test_bootproto_notes-objs := guest-abi/bootproto/elf.c guest-abi/bootproto/notes.c
test_bootproto_bzimage-objs := guest-abi/bootproto/bzimage.c
test_bootproto_layout-objs := guest-abi/bootproto/layout.c
test_bootproto_bootdt-objs := guest-abi/bootproto/bootdt.c
test_bootproto_bootdt-libs := -lfdt

FUZZ_TARGETS += fuzz_elf fuzz_notes fuzz_bzimage fuzz_layout fuzz_bootdt
fuzz_elf-objs := guest-abi/bootproto/elf.c
fuzz_notes-objs := guest-abi/bootproto/elf.c guest-abi/bootproto/notes.c
fuzz_bzimage-objs := guest-abi/bootproto/bzimage.c
fuzz_layout-objs := guest-abi/bootproto/layout.c
fuzz_bootdt-objs := guest-abi/bootproto/bootdt.c
fuzz_bootdt-libs := -lfdt
