/* SPDX-License-Identifier: MIT */
/* Block front-end: a disk of another domain, one request at a time. */
#ifndef PV_FRONT_BLK_H
#define PV_FRONT_BLK_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/blkif.h"
#include "pv-drivers/front/front.h"
#include "pv-drivers/ring/requests.h"

struct blk {
	struct front front;
	struct requests_ring ring;
	uint64_t sectors;     /* of 512 bytes */
	uint32_t sector_size; /* what requests are multiples of */
	uint32_t info;        /* VDISK_* */
	bool can_flush;
	uint64_t last_id;
};

/* Connect to the index-th disk. 0, -ENODEV, -ETIMEDOUT, -EPROTO (the back-end told nonsense). */
int64_t blk_open(struct blk *b, unsigned int index);

/*
 * Read or write `count` whole pages of the linear map, starting at a sector of 512 bytes. 0; -EIO:
 * the back-end could not; -EINVAL: more than BLKIF_MAX_SEGMENTS_PER_REQUEST; -ETIMEDOUT, -EPROTO.
 * After the last two the pages may still be in the back-end's hands and must not be used again.
 */
int64_t blk_read(struct blk *b, uint64_t sector, void *const *pages, unsigned int count);
int64_t blk_write(struct blk *b, uint64_t sector, void *const *pages, unsigned int count);

/* All that was written is on the disk. 0; -ENOSYS: the back-end has no such operation. */
int64_t blk_flush(struct blk *b);
int64_t blk_close(struct blk *b);

#endif
