/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another domain's frames in this process. */
#ifndef TOOLS_LIB_FOREIGN_H
#define TOOLS_LIB_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/frame.h"
#include "lib/hcall.h"

/*
 * Map n frames of dom as one range, writable or not. NULL with errno set if any frame cannot be
 * mapped (nothing stays mapped then).
 */
void *foreign_map(struct hv *hv, uint16_t dom, int writable, const mfn_t *frames, size_t n);
void foreign_unmap(void *p, size_t n);

/*
 * Map n frames, from first on, of a resource of dom (XENMEM_resource_*). NULL with errno set;
 * EOPNOTSUPP or ENOSYS when the hypervisor or the kernel cannot.
 */
void *foreign_map_resource(struct hv *hv, uint16_t dom, unsigned type, unsigned id, unsigned first,
			   size_t n);

#endif
