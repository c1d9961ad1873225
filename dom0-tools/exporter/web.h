/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exporter's face to the network: one thread that answers one request after another. */
#ifndef TOOLS_EXPORTER_WEB_H
#define TOOLS_EXPORTER_WEB_H

#include <stdbool.h>

#include "lib/host.h"

#define WEB_ADDRESS "127.0.0.1"
#define WEB_PORT    "9795"

struct web;

/*
 * Listen on where: "ADDRESS", "ADDRESS:PORT", ":PORT", an IPv6 address in brackets; numbers only.
 * The caller's until web_start(). Descriptor or -errno with d.
 */
int web_listen(const char *where, struct diag *d);

/*
 * Begin to answer on that descriptor, with what h tells; h is the web's alone until web_stop().
 * *gone becomes true, and the process gets SIGTERM, when the store daemon is gone. NULL with d.
 */
struct web *web_start(int fd, struct host *h, volatile bool *gone, struct diag *d);
void web_stop(struct web *w);

#endif
