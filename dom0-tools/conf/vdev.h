/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual disk names and the numbers that stand for them in the store. Pure. */
#ifndef TOOLS_CONF_VDEV_H
#define TOOLS_CONF_VDEV_H

#include <stddef.h>
#include <stdint.h>

/*
 * The number of a disk name: xvdX[n], sdX[n], hdX[n] (letters count a..z, aa..), dNpM, or a number.
 * 0 or -EINVAL: not such a name, or beyond what its numbering scheme can hold.
 */
int vdev_parse(const char *name, uint32_t *num);

/* The xvd-style name of a number (hd/sd majors included), for messages; "dev-N" if it has none. */
void vdev_name(uint32_t num, char *buf, size_t size);

#endif
