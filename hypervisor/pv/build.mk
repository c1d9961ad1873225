# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/pv/vcpu.o		# memory and first state of a vCPU's PV part
HV_OBJS += hypervisor/pv/context.o	# whole contexts, in and out
HV_OBJS += hypervisor/pv/frame.o	# bounce frames; pure
HV_OBJS += hypervisor/pv/trap.o		# delivery to the guest kernel
HV_OBJS += hypervisor/pv/iret.o		# and back
HV_OBJS += hypervisor/pv/desc_check.o	# descriptors; pure
HV_OBJS += hypervisor/pv/desc.o		# GDT, LDT
HV_OBJS += hypervisor/pv/debugreg.o
HV_OBJS += hypervisor/pv/insn.o		# instruction decoder; pure
HV_OBJS += hypervisor/pv/priv_op.o	# #GP and #UD: emulation
HV_OBJS += hypervisor/pv/io_op.o	# port I/O
HV_OBJS += hypervisor/pv/msr.o
HV_OBJS += hypervisor/pv/cpuid.o	# CPU policy
HV_OBJS += hypervisor/pv/time.o

UNIT_TESTS += test_insn
test_insn-objs := hypervisor/pv/insn.c
test_insn-cflags := -Ihypervisor/arch/host/include

FUZZ_TARGETS += fuzz_insn fuzz_desc
fuzz_insn-objs := hypervisor/pv/insn.c
fuzz_insn-cflags := -Ihypervisor/arch/host/include
fuzz_desc-objs := hypervisor/pv/desc_check.c
fuzz_desc-cflags := -Ihypervisor/arch/host/include

# The PV CPU around one fake vCPU.
HOST_PV := $(addprefix hypervisor/pv/,frame.c trap.c iret.c insn.c priv_op.c io_op.c msr.c cpuid.c \
	desc.c desc_check.c debugreg.c context.c vcpu.c) \
	hypervisor/arch/host/cpu.c hypervisor/arch/host/vcpu.c hypervisor/lib/rangeset.c \
	tests/unit/pv_sim.c
HOST_PV_CFLAGS := -Ihypervisor/arch/host/include -Ihypervisor/arch/host

UNIT_TESTS += test_pv_trap
test_pv_trap-objs := $(HOST_PV)
test_pv_trap-cflags := $(HOST_PV_CFLAGS)

UNIT_TESTS += test_pv_priv
test_pv_priv-objs := $(HOST_PV)
test_pv_priv-cflags := $(HOST_PV_CFLAGS)

UNIT_TESTS += test_pv_context
test_pv_context-objs := $(HOST_PV)
test_pv_context-cflags := $(HOST_PV_CFLAGS)
