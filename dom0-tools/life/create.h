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

/* The checks alone, as for a dry run. */
int create_check(struct host *h, struct domconf *conf, struct diag *d);

#endif
