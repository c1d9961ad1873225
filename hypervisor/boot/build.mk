# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += $(addprefix hypervisor/boot/,main.o cmdline.o multiboot.o e820.o modules.o acpi.o)
HV_OBJS += hypervisor/core/console.o hypervisor/core/panic.o

# The control domain: its builder, the boot protocol that guests' builder shares, decompressors.
HV_OBJS += hypervisor/boot/dom0_build.o hypervisor/boot/dom0_hw.o hypervisor/boot/unpack.o
HV_OBJS += $(BOOTPROTO_HV_OBJS)
HV_LIBS += $(shell $(CC) -print-file-name=liblzma.a) $(shell $(CC) -print-file-name=libzstd.a)
