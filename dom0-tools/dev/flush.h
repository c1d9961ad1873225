/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest that stands still has written: on its way to the disks no longer, but there. */
#ifndef TOOLS_DEV_FLUSH_H
#define TOOLS_DEV_FLUSH_H

#include <stdint.h>

#include "lib/diag.h"

/*
 * Wait until the back-ends of the suspended domain's disks have nothing in flight, and flush those
 * disks. Others' work on the same device is waited for, too. 0, -ETIMEDOUT or -errno with d.
 */
int flush_disks(uint16_t domid, struct diag *d);

#endif
