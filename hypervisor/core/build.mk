# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/core/change.o
HV_OBJS += hypervisor/core/counter.o
HV_OBJS += hypervisor/core/domain.o
HV_OBJS += hypervisor/core/evtchn.o
HV_OBJS += hypervisor/core/evtchn_2l.o
HV_OBJS += hypervisor/core/evtchn_fifo.o
HV_OBJS += hypervisor/core/grant.o
HV_OBJS += hypervisor/core/grant_copy.o
HV_OBJS += hypervisor/core/grant_map.o
HV_OBJS += hypervisor/core/guest_console.o
HV_OBJS += hypervisor/core/priv.o
HV_OBJS += hypervisor/core/sched.o
HV_OBJS += hypervisor/core/sched_credit.o
HV_OBJS += hypervisor/core/softirq.o
HV_OBJS += hypervisor/core/timer.o
HV_OBJS += hypervisor/core/trace.o
HV_OBJS += hypervisor/core/trace_events.o
HV_OBJS += hypervisor/core/vcpu.o

UNIT_TESTS += test_sched_credit
test_sched_credit-objs := $(addprefix hypervisor/core/,sched.c sched_credit.c timer.c softirq.c) \
	$(addprefix hypervisor/arch/host/,cpu.c switch.c trace_none.c) tests/unit/sched_sim.c
test_sched_credit-cflags := $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_timer
test_timer-objs := $(addprefix hypervisor/core/,timer.c softirq.c) \
	$(addprefix hypervisor/arch/host/,cpu.c clock.c)
test_timer-cflags = $(HOST_FAKE_CFLAGS)

# The whole core on the fake machine, with the real memory manager.
HOST_CORE := $(addprefix hypervisor/core/,change.c counter.c domain.c evtchn.c evtchn_2l.c evtchn_fifo.c \
	grant.c grant_copy.c grant_map.c guest_console.c priv.c sched.c sched_credit.c softirq.c timer.c trace.c \
	trace_events.c vcpu.c) \
	$(addprefix hypervisor/hypercall/,evtchn.c gnttab.c sched.c vcpu.c) \
	$(addprefix hypervisor/arch/host/,switch.c trace.c) \
	$(addprefix hypervisor/lib/,printf.c rangeset.c) \
	tests/unit/core_sim.c

UNIT_TESTS += test_evtchn
test_evtchn-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_evtchn-cflags = $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_evtchn_fifo
test_evtchn_fifo-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_evtchn_fifo-cflags = $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_grant
test_grant-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_grant-cflags = $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_guest_console
test_guest_console-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_guest_console-cflags = $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_domain
test_domain-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_domain-cflags = $(HOST_FAKE_CFLAGS)

FUZZ_TARGETS += fuzz_evtchn fuzz_grant
fuzz_evtchn-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
fuzz_evtchn-cflags = $(HOST_FAKE_CFLAGS)
fuzz_grant-objs = $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
fuzz_grant-cflags = $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_sched_smp
test_sched_smp-objs := $(addprefix hypervisor/core/,sched.c sched_credit.c timer.c softirq.c) \
	$(addprefix hypervisor/arch/host/,cpu.c switch.c trace_none.c)
test_sched_smp-cflags := $(HOST_FAKE_CFLAGS)
