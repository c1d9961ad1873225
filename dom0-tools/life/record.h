/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tools know about a running guest beyond the devices' nodes: its configuration, kept
 * under /pavise/domain/N so that whoever comes later (monitor, info, reboot) finds it.
 */
#ifndef TOOLS_LIFE_RECORD_H
#define TOOLS_LIFE_RECORD_H

#include <stdint.h>

#include "conf/domconf.h"
#include "lib/host.h"

/* Directory of a running guest's record. */
enum { RECORD_DIR = 96 };
void record_dir(uint16_t domid, char dir[RECORD_DIR]);

/*
 * Write the configuration below dir, in place of what was there; part of the caller's batch and
 * transaction. -ENOMEM or 0.
 */
int record_write(struct host *h, uint32_t tx, const char *dir, const struct domconf *c);

/* Read it back. 0, -ENOENT when there is none, -errno with d. */
int record_read(struct host *h, const char *dir, struct domconf *c, struct diag *d);

/*
 * Change what is kept about a guest, so that a restart brings it as it is now. Guests without a
 * record, made by other tools, are left alone.
 */
void record_edit(struct host *h, uint16_t domid, void (*edit)(struct domconf *c, const void *arg),
		 const void *arg);

#endif
