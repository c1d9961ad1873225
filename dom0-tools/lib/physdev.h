/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt lines of other domains. Each function is one hypercall; 0 or -errno. */
#ifndef TOOLS_LIB_PHYSDEV_H
#define TOOLS_LIB_PHYSDEV_H

#include <stdint.h>

#include "lib/hcall.h"

/* Let the domain know a line by its own number. -EPERM: it is not the control domain's to give. */
int physdev_map_line(struct hv *hv, uint16_t domid, unsigned line);
/* -ESRCH: no such domain, or it is dying; -EINVAL: not mapped. */
int physdev_unmap_line(struct hv *hv, uint16_t domid, unsigned line);

#endif
