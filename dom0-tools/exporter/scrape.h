/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at the machine and all domains, written for Prometheus. */
#ifndef TOOLS_EXPORTER_SCRAPE_H
#define TOOLS_EXPORTER_SCRAPE_H

#include "exporter/text.h"
#include "lib/host.h"

/* Fill t, which is empty. 0 or -errno with d; -EPIPE: the store daemon is gone. */
int scrape(struct host *h, struct text *t, struct diag *d);

#endif
