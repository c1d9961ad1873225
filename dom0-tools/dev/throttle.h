/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of what a guest reads from and writes to a disk. The kernel's block back-end has none, but
 * serves each disk by threads of its own, and what these do is accounted to their control group
 * (version 2): one group for each limited disk, with io.max for the device behind it.
 */
#ifndef TOOLS_DEV_THROTTLE_H
#define TOOLS_DEV_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/diag.h"

/*
 * From now on at most bytes a second each way (0: no limit) for the guest's disk vdev, which is the
 * device dev here. 0; -EAGAIN with d: the back-end has no thread for it, for the guest has not
 * connected to the disk yet; -ENODEV with d: no control groups here; -errno with d.
 */
int throttle_set(uint16_t domid, const char *vdev, dev_t dev, uint64_t bytes, struct diag *d);

/* Has the disk's group threads, as throttle_set() leaves it? A guest that reconnects has new ones.
 */
bool throttle_holds(uint16_t domid, const char *vdev);

/* Remove the groups of disks that are gone. */
void throttle_clean(void);

/* Can disks be limited here? 0 or -ENODEV with d. */
int throttle_check(struct diag *d);

#endif
