# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/core/irq.o
HV_OBJS += hypervisor/core/$(call either,DEBUG_KEYS,keys.o,keys_none.o)
HV_OBJS += hypervisor/core/msi.o

UNIT_TESTS += test_msi
test_msi-objs := hypervisor/core/msi.c $(addprefix hypervisor/arch/host/,irq.c pci.c)
test_msi-cflags := $(HOST_FAKE_CFLAGS)

UNIT_TESTS += test_irq
test_irq-objs = hypervisor/core/irq.c hypervisor/core/msi.c hypervisor/hypercall/physdev.c \
	$(addprefix hypervisor/arch/host/,irq.c pci.c) $(HOST_CORE) $(HOST_FAKE) $(HOST_MM)
test_irq-cflags = $(HOST_FAKE_CFLAGS)
