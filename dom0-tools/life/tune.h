/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of the machine a guest uses while it runs; the record of the guest follows. */
#ifndef TOOLS_LIFE_TUNE_H
#define TOOLS_LIFE_TUNE_H

#include "lib/domctl.h"
#include "lib/host.h"

/*
 * Ask the guest of *i, which messages call what, to use so many KiB; it follows as its kernel can.
 * 0; -EINVAL with d: more than it may ever have; or -errno with d.
 */
int tune_memory(struct host *h, const struct domctl_getdomaininfo *i, const char *what,
		uint64_t kib, struct diag *d);

/* The same for how many of its vCPUs it is to use, 1 or more. */
int tune_vcpus(struct host *h, const struct domctl_getdomaininfo *i, const char *what,
	       unsigned vcpus, struct diag *d);

#endif
