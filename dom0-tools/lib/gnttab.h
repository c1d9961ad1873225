/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grants: mapping what a guest offers, and the two a new guest offers by custom. */
#ifndef TOOLS_LIB_GNTTAB_H
#define TOOLS_LIB_GNTTAB_H

#include <stdint.h>

#include "lib/frame.h"
#include "lib/hcall.h"

/* Open /dev/xen/gntdev. Descriptor or -errno. */
int gnttab_open(void);

/* Map one granted page, read and write. NULL with errno set. */
void *gnttab_map(int fd, uint16_t dom, uint32_t ref);
void gnttab_unmap(int fd, void *page);

/*
 * Write the reserved entries of a domain being built: the console page and the store page are
 * offered to their back-ends. 0 or -errno.
 */
int gnttab_seed(struct hv *hv, uint16_t dom, mfn_t console, uint16_t console_dom, mfn_t store,
		uint16_t store_dom);

/* What somebody has written there: the frames of the two pages. 0 or -errno. */
int gnttab_seeded(struct hv *hv, uint16_t dom, mfn_t *console, mfn_t *store);

#endif
