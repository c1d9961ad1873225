/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI devices that are kept for guests. The driver that one had before stands where xl has it, in
 * /libxl/pciback.
 */
#ifndef TOOLS_LIFE_ASSIGNABLE_H
#define TOOLS_LIFE_ASSIGNABLE_H

#include <stdbool.h>

#include "lib/host.h"

/*
 * Take the device from its driver and keep it for guests; nothing happens to one that is kept. 0 or
 * -errno with d.
 */
int assignable_add(struct host *h, const char *bdf, struct diag *d);

/*
 * Keep it no longer; rebind: the driver that it had before gets it. 0; -EBUSY (a guest has it),
 * -EINVAL (it is not kept), -errno with d.
 */
int assignable_remove(struct host *h, const char *bdf, bool rebind, struct diag *d);

#endif
