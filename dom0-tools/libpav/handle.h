/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is behind a handle of libpav. */
#ifndef TOOLS_LIBPAV_HANDLE_H
#define TOOLS_LIBPAV_HANDLE_H

#include <stdbool.h>

#include "lib/host.h"
#include "libpav/pavise/pav.h"

struct pav {
	struct host h;
	struct diag d; /* of the call under way */
	struct pav_error error;
	bool watching;
};

/* The end of every call: keep what d says if rc is an error. Returns rc. */
int handle_done(struct pav *p, int rc);

/*
 * The guest that something is to be done to; the control domain is refused. 0 with *id, or -errno
 * with d.
 */
int handle_guest(struct pav *p, uint32_t domid, uint16_t *id);

#endif
