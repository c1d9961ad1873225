# SPDX-License-Identifier: GPL-2.0-or-later
# Control and platform operations; the rest of this folder is in core.mk, cpu.mk and pv/mmu.mk.
HV_OBJS += hypervisor/hypercall/console_io.o
HV_OBJS += hypervisor/hypercall/counter.o
HV_OBJS += hypervisor/hypercall/cpu_policy.o
HV_OBJS += hypervisor/hypercall/cpupool.o
HV_OBJS += hypervisor/hypercall/domctl.o
HV_OBJS += hypervisor/hypercall/domctl_dirty.o
HV_OBJS += hypervisor/hypercall/domctl_mem.o
HV_OBJS += hypervisor/hypercall/domctl_state.o
HV_OBJS += hypervisor/hypercall/domctl_vcpu.o
HV_OBJS += hypervisor/hypercall/physdev.o
HV_OBJS += hypervisor/hypercall/platform.o
HV_OBJS += hypervisor/hypercall/sysctl.o
HV_OBJS += hypervisor/hypercall/tbuf.o
HV_OBJS += hypervisor/hypercall/version.o

HOST_CONTROL = $(addprefix hypervisor/hypercall/,counter.c cpu_policy.c cpupool.c domctl.c \
	domctl_dirty.c domctl_mem.c domctl_state.c domctl_vcpu.c sysctl.c tbuf.c) hypervisor/pv/pt_dirty.c tests/unit/control_sim.c $(HOST_CORE) $(HOST_FAKE) \
	$(HOST_MM)

UNIT_TESTS += test_counter test_domctl test_sysctl test_trace
test_counter-objs = $(HOST_CONTROL)
test_counter-cflags = $(HOST_FAKE_CFLAGS)
test_trace-objs = $(HOST_CONTROL)
test_trace-cflags = $(HOST_FAKE_CFLAGS)
test_domctl-objs = $(HOST_CONTROL)
test_domctl-cflags = $(HOST_FAKE_CFLAGS)
test_sysctl-objs = $(HOST_CONTROL)
test_sysctl-cflags = $(HOST_FAKE_CFLAGS)

FUZZ_TARGETS += fuzz_hypercall
fuzz_hypercall-objs = $(HOST_CONTROL)
fuzz_hypercall-cflags = $(HOST_FAKE_CFLAGS)
