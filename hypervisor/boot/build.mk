# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += $(addprefix hypervisor/boot/,main.o cmdline.o multiboot.o e820.o modules.o acpi.o)
HV_OBJS += hypervisor/core/console.o hypervisor/core/panic.o

# Domains made at boot: their builder, the boot protocol that guests' builder shares, decompressors.
HV_OBJS += $(addprefix hypervisor/boot/,build.o dom0_build.o dom0_hw.o domains.o unpack.o)
HV_OBJS += hypervisor/boot/unpack_xz.o
# Each runs once.
$(foreach o,boot/build.o boot/domains.o boot/dom0_build.o bootproto/bootdt.o, \
	$(eval hypervisor/$(o)-cflags := -Os))
hypervisor/boot/unpack_xz.o-cflags := -msse2 -mpclmul
HV_OBJS += $(BOOTPROTO_HV_OBJS)
HV_LIBS += $(foreach l,lzma zstd fdt,$(shell $(CC) -print-file-name=lib$(l).a))

UNIT_TESTS += test_unpack_xz test_acpi test_multiboot test_e820 test_cmdline test_console
test_unpack_xz-objs := hypervisor/boot/unpack_xz.c
test_unpack_xz-cflags := -mpclmul
test_unpack_xz-libs := -llzma
test_acpi-objs := hypervisor/boot/acpi.c
test_multiboot-objs := hypervisor/boot/multiboot.c
test_e820-objs := hypervisor/boot/e820.c
test_e820-cflags := -Ihypervisor/arch/host/include
test_cmdline-objs := hypervisor/boot/cmdline.c
test_console-objs := hypervisor/core/console.c hypervisor/lib/printf.c
test_console-cflags := -Ihypervisor/arch/host/include

FUZZ_TARGETS += fuzz_acpi fuzz_multiboot
fuzz_acpi-objs := hypervisor/boot/acpi.c
fuzz_multiboot-objs := hypervisor/boot/multiboot.c hypervisor/boot/e820.c
fuzz_multiboot-cflags := -Ihypervisor/arch/host/include
