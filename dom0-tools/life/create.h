/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a configuration to a guest: all checks first, then the domain, then the store and the
 * devices, then it runs. What fails leaves nothing behind; what is killed half way is found by its
 * creation mark (names.h, reap.h).
 */
#ifndef TOOLS_LIFE_CREATE_H
#define TOOLS_LIFE_CREATE_H

#include <stdbool.h>

#include "conf/domconf.h"
#include "lib/host.h"

/*
 * Make the guest. UUID and card addresses that conf lacks are drawn and put into it.
 * paused: leave it unstarted. 0 with *domid, or -errno with d.
 */
int create_guest(struct host *h, struct domconf *conf, bool paused, uint16_t *domid,
		 struct diag *d);

struct create_facts {
	uint64_t kernel_bytes; /* from its first to its last frame */
	uint64_t ramdisk_bytes;
	uint64_t free_kib; /* memory that nobody has nor was promised */
};

/*
 * All that create_guest looks at before and while it claims name and images, without the claims: a
 * dry run. 0, or what create_guest would fail with, with d.
 */
int create_check(struct host *h, const struct domconf *conf, struct create_facts *facts,
		 struct diag *d);

/* The kernel and what it boots with alone: read, understood, laid out. 0 or -errno with d. */
int create_check_kernel(const struct domconf *conf, struct create_facts *facts, struct diag *d);

#endif
