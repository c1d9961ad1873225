/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nearly every tool needs: the hypervisor and the store, opened together. */
#ifndef TOOLS_LIB_HOST_H
#define TOOLS_LIB_HOST_H

#include "lib/diag.h"
#include "lib/hcall.h"
#include "lib/store.h"

struct host {
	struct hv hv;
	struct store *store;
};

/* 0 or -errno with d. */
int host_open(struct host *h, struct diag *d);
void host_close(struct host *h);

/* Nanoseconds of a clock that never jumps. */
uint64_t host_now(void);

/* Sleep that many milliseconds. */
void host_sleep(unsigned ms);

#endif
