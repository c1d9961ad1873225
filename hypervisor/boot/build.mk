# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += $(addprefix hypervisor/boot/,main.o cmdline.o multiboot.o e820.o modules.o acpi.o)
HV_OBJS += hypervisor/core/console.o hypervisor/core/panic.o
