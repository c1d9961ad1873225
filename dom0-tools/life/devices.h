/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of guests that run: add, take away; the record of the guest follows. */
#ifndef TOOLS_LIFE_DEVICES_H
#define TOOLS_LIFE_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/host.h"

/* Give the guest the disk of a specification as in the configuration. 0 or -errno with d. */
int devices_add_disk(struct host *h, uint16_t domid, const char *spec, struct diag *d);

/* The same for a card; it gets the first free number. */
int devices_add_card(struct host *h, uint16_t domid, const char *spec, struct diag *d);

/* Take a disk or card away; force: even if the guest does not let it go. 0 or -errno with d. */
int devices_remove_disk(struct host *h, uint16_t domid, uint32_t devid, bool force, struct diag *d);
int devices_remove_card(struct host *h, uint16_t domid, uint32_t devid, bool force, struct diag *d);

/*
 * The same for a PCI device of the machine, by its specification and its address. An attached one
 * that is not kept for guests is seized if the specification says so.
 */
int devices_add_pci(struct host *h, uint16_t domid, const char *spec, struct diag *d);
int devices_remove_pci(struct host *h, uint16_t domid, const char *bdf, bool force, struct diag *d);

/*
 * Limit what a running guest sends through a card (rate as in a configuration; NULL: no limit); the
 * back-end follows at once. 0; -ENOENT, -EINVAL, -errno with d.
 */
int devices_rate_card(struct host *h, uint16_t domid, uint32_t devid, const char *rate,
		      struct diag *d);

/*
 * Limit what a running guest reads from a disk, and what it writes to it. 0; -ENOENT, -EINVAL,
 * -ENODEV (not possible here), -errno with d.
 */
int devices_rate_disk(struct host *h, uint16_t domid, uint32_t devid, const char *rate,
		      struct diag *d);

/* Numbers of the guest's devices of a kind, for the caller to free; how many, or -errno. */
int devices_list(struct host *h, uint16_t domid, const char *kind, uint32_t **ids);

#endif
