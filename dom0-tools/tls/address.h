/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the other machine is, as a user writes it, and sockets to it. */
#ifndef TLS_ADDRESS_H
#define TLS_ADDRESS_H

#include <stddef.h>

#include "lib/diag.h"

#define TLS_PORT "8002"

struct address {
	char host[256];
	char port[32];
};

/* "HOST", "HOST:PORT", "[IPV6]:PORT" or an IPv6 address alone; 0, -EINVAL and d. Pure. */
int address_parse(const char *text, struct address *a, struct diag *d);

/* A connected socket, kept alive; or -errno of the last address tried, and d. */
int address_call(const struct address *a, struct diag *d);

/*
 * A socket that listens at the host (empty: all of this machine's addresses) and port; or -errno
 * and d.
 */
int address_listen(const struct address *a, struct diag *d);

#endif
