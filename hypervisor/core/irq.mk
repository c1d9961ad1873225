# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/core/irq.o
HV_OBJS += hypervisor/core/$(call either,DEBUG_KEYS,keys.o,keys_none.o)
HV_OBJS += hypervisor/core/msi.o
