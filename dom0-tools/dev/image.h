/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who uses which image: a writable image may serve one guest only. The record is an index in the
 * store, /pavise/image/KEY/DOMID-DEVID = r|w, where KEY is the file or device behind the path, so
 * that two names of one image count as one and a look-up costs the same however many guests run.
 */
#ifndef TOOLS_DEV_IMAGE_H
#define TOOLS_DEV_IMAGE_H

#include <sys/stat.h>

#include "conf/disk.h"
#include "dev/device.h"

/*
 * Claim the image of st for dev as c asks. 0; -EBUSY with d naming the user. Users that are gone
 * without a trace are dropped.
 */
int image_claim(struct host *h, const struct device *dev, const struct disk_conf *c,
		const struct stat *st, struct diag *d);

/* Would image_claim succeed? 0; -EBUSY or -errno with d. */
int image_look(struct host *h, const struct disk_conf *c, const struct stat *st, struct diag *d);

/* Give the claim back, if dev has one. */
void image_release(struct host *h, const struct device *dev);

#endif
