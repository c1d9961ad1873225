/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks of a guest: image or block device, the kernel's block back-end, the store between them. */
#ifndef TOOLS_DEV_BLOCK_H
#define TOOLS_DEV_BLOCK_H

#include <sys/types.h>

#include "conf/disk.h"
#include "dev/device.h"

/* A disk on its way: from block_open until block_finish. */
struct block {
	struct device dev;
	const struct disk_conf *conf;
	int fd; /* keeps the device alive until the back-end has it; -1 */
	dev_t rdev;
};

/* Look only: does the image exist, may it be used that way? 0 or -errno with d. */
int block_check(const struct disk_conf *c, struct diag *d);

/* Is the image free for one more guest to use so? 0, -EBUSY or -errno with d; claims nothing. */
int block_look(struct host *h, const struct disk_conf *c, struct diag *d);

/* Do two disks of one guest name one image, and may one of them write to it? */
bool block_clash(const struct disk_conf *a, const struct disk_conf *b);

/* Claim and open the image, make it a block device. 0 or -errno with d, nothing kept. */
int block_open(struct host *h, struct block *b, uint16_t domid, const struct disk_conf *c,
	       struct diag *d);

/* Write the store nodes: in the caller's batch and transaction. */
void block_write(struct host *h, uint32_t tx, const struct block *b);

/* Wait until the back-end has the device, then let go of it. 0 or -errno with d. */
int block_finish(struct host *h, struct block *b, struct diag *d);

/* Give up a disk between open and finish. */
void block_abort(struct block *b);

#endif
