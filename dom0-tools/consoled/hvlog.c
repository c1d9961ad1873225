// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "consoled/hvlog.h"
#include "lib/conlog.h"
#include "lib/diag.h"
#include "lib/evtchn.h"
#include "lib/sysctl.h"

/* Interrupt that says: the hypervisor's message ring has grown. */
enum { VIRQ_CON_RING = 8 };

void hvlog_open(struct hvlog *h, struct hv *hv, int evtchn)
{
	h->index = 0;
	h->log.fd = -1;
	h->port = evtchn_bind_virq(evtchn, VIRQ_CON_RING);
	if (h->port < 0)
		log_line("pav-consoled", "the hypervisor's messages are not kept: %s",
			 strerror(-h->port));
	else if (log_open(&h->log, CONLOG_DIR "/hypervisor.log", true))
		log_line("pav-consoled", "cannot open " CONLOG_DIR "/hypervisor.log");
	hvlog_event(h, hv, evtchn);
}

void hvlog_event(struct hvlog *h, struct hv *hv, int evtchn)
{
	static char buf[16 << 10];
	int n;

	while ((n = sysctl_read_console(hv, buf, sizeof(buf), &h->index, 0)) > 0)
		log_write(&h->log, buf, (size_t)n);
	if (h->port >= 0)
		evtchn_unmask(evtchn, (uint32_t)h->port);
}
