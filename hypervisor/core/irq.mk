# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/core/irq.o
HV_OBJS += hypervisor/core/$(call either,DEBUG_KEYS,keys.o,keys_none.o)
HV_OBJS += hypervisor/core/msi.o

UNIT_TESTS += test_msi
test_msi-objs := hypervisor/core/msi.c $(addprefix hypervisor/arch/host/,irq.c pci.c)
test_msi-cflags := $(HOST_FAKE_CFLAGS)
