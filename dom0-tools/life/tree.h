/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store nodes of a guest that are not a device's: laid out as the ABI's other tools do. */
#ifndef TOOLS_LIFE_TREE_H
#define TOOLS_LIFE_TREE_H

#include "conf/domconf.h"
#include "lib/frame.h"
#include "lib/host.h"

struct tree {
	uint16_t domid;
	const struct domconf *conf;
	mfn_t console, store;
	uint32_t console_port, store_port;
};

/* Write them all; part of the caller's batch and transaction. */
void tree_write(struct host *h, uint32_t tx, const struct tree *t);

/* Remove everything that tree_write, devices and record wrote for the domain. */
void tree_remove(struct host *h, uint16_t domid, const uint8_t uuid[16]);

#endif
