# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += $(addprefix hypervisor/arch/x86/,boot.o trampoline.o stubs.o stubs_narrow.o idt.o traps.o uaccess.o \
	uaccess_asm.o tlb.o cpu.o paging.o apic.o ioapic.o vector.o smp.o time.o rtc.o pci_cfg.o power.o \
	serial.o foreign.o)
HV_OBJS += hypervisor/arch/x86/$(call either,VGA,vga.o,vga_none.o)
