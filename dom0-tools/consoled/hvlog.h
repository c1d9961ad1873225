/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own messages, kept in a file. */
#ifndef CONSOLED_HVLOG_H
#define CONSOLED_HVLOG_H

#include "consoled/log.h"
#include "lib/hcall.h"

struct hvlog {
	struct log log;
	uint32_t index; /* how far the ring was read */
	int port;       /* of VIRQ_CON_RING, -1: none */
};

/* Begin; evtchn will fire h->port when there is more. Failure is told, not fatal. */
void hvlog_open(struct hvlog *h, struct hv *hv, int evtchn);

/* Copy what is new. */
void hvlog_event(struct hvlog *h, struct hv *hv, int evtchn);

#endif
