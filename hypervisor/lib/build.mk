# SPDX-License-Identifier: GPL-2.0-or-later
HV_OBJS += hypervisor/lib/printf.o
HV_OBJS += hypervisor/lib/rangeset.o
HV_OBJS += hypervisor/lib/string.o
