# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/lib/printf.o
HV_OBJS += hypervisor/lib/rangeset.o
HV_OBJS += hypervisor/lib/string.o

UNIT_TESTS += test_rangeset
test_rangeset-objs := hypervisor/lib/rangeset.c
test_rangeset-cflags := -Ihypervisor/arch/host/include
