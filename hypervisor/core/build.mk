# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/core/domain.o
HV_OBJS += hypervisor/core/evtchn.o
HV_OBJS += hypervisor/core/evtchn_2l.o
HV_OBJS += hypervisor/core/grant.o
HV_OBJS += hypervisor/core/grant_copy.o
HV_OBJS += hypervisor/core/grant_map.o
HV_OBJS += hypervisor/core/sched.o
HV_OBJS += hypervisor/core/sched_credit.o
HV_OBJS += hypervisor/core/softirq.o
HV_OBJS += hypervisor/core/timer.o
HV_OBJS += hypervisor/core/vcpu.o

UNIT_TESTS += test_sched_credit
test_sched_credit-objs := $(addprefix hypervisor/core/,sched.c sched_credit.c timer.c softirq.c) \
	hypervisor/arch/host/cpu.c hypervisor/arch/host/switch.c tests/unit/sched_sim.c
test_sched_credit-cflags := $(HOST_FAKE_CFLAGS)
