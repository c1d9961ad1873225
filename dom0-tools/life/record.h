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

/* Write the configuration; part of the caller's batch and transaction. -ENOMEM or 0. */
int record_write(struct host *h, uint32_t tx, uint16_t domid, const struct domconf *c);

/* Read it back. 0, -ENOENT when the guest was not made by these tools, -errno with d. */
int record_read(struct host *h, uint16_t domid, struct domconf *c, struct diag *d);

/* One setting beside the configuration (NULL-free text), such as how often it was restarted. */
int record_put(struct host *h, uint16_t domid, const char *key, const char *value);
int record_get(struct host *h, uint16_t domid, const char *key, char *buf, size_t size);

#endif
