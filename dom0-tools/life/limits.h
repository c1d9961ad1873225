/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks with a limit: /pavise/limit/DOMID-DEVID holds the bytes a second, and pav-domd sees that it
 * holds (dev/throttle.h), for a disk has threads to limit only once its guest has connected.
 */
#ifndef TOOLS_LIFE_LIMITS_H
#define TOOLS_LIFE_LIMITS_H

#include <stdint.h>

#include "dev/block.h"
#include "lib/host.h"

#define LIMITS_DIR "/pavise/limit"

/* Leave the limit of a disk that has one; in the caller's batch and transaction. */
void limits_write(struct host *h, uint32_t tx, const struct block *b);

/*
 * Set or, with bytes 0, end the limit of a guest's disk, now if the guest has connected. 0 or
 * -errno with d.
 */
int limits_set(struct host *h, uint16_t domid, uint32_t devid, uint64_t bytes, struct diag *d);

/*
 * See that each limit holds; forget those of disks that are gone. How many wait for their guests;
 * the first error, if any, is in d, whose text is else empty.
 */
unsigned limits_hold(struct host *h, struct diag *d);

#endif
