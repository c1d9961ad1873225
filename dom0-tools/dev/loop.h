/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loop devices: a raw image file as a block device. */
#ifndef TOOLS_DEV_LOOP_H
#define TOOLS_DEV_LOOP_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/diag.h"

/*
 * Attach the open image file to a free loop device. Returns a descriptor of the device, with its
 * number in *dev; or -errno with d. The kernel detaches the device when its last user closes it:
 * keep the descriptor until the back-end has opened the device, then close it. So nothing is left
 * behind by a tool that gets killed.
 */
int loop_attach(int image, const char *path, bool readonly, bool direct_io, dev_t *dev,
		struct diag *d);

#endif
