# SPDX-License-Identifier: GPL-2.0-or-later
# Control and platform operations; the rest of this folder is in core.mk, cpu.mk and pv/mmu.mk.
HV_OBJS += hypervisor/hypercall/console_io.o
HV_OBJS += hypervisor/hypercall/cpu_policy.o
HV_OBJS += hypervisor/hypercall/domctl.o
HV_OBJS += hypervisor/hypercall/domctl_mem.o
HV_OBJS += hypervisor/hypercall/domctl_vcpu.o
HV_OBJS += hypervisor/hypercall/physdev.o
HV_OBJS += hypervisor/hypercall/platform.o
HV_OBJS += hypervisor/hypercall/sysctl.o
HV_OBJS += hypervisor/hypercall/version.o



