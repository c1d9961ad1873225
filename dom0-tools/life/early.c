// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/conlog.h"
#include "lib/domctl.h"
#include "lib/tame.h"
#include "life/early.h"

enum { LINES = 15, STEP_MS = 5, SETTLE_MS = 20 };

const char *early_reason(unsigned code)
{
	static const char *const words[] = {"powered itself off", "asked for a reboot", "suspended",
					    "crashed", "was ended by its watchdog"};

	return code < sizeof(words) / sizeof(words[0]) ? words[code] : "ended";
}

int early_watch(struct host *h, uint16_t domid, const char *name, unsigned ms, struct diag *d)
{
	uint64_t end = host_now() + (ms > EARLY_MS ? ms : EARLY_MS) * 1000000ull;
	struct domctl_getdomaininfo info;
	const char *how = "ended";
	char tail[4096], shown[sizeof(tail) + TAME_HELD];
	struct tame t = {0};

	for (;;) {
		if (domctl_info(&h->hv, domid, &info) || info.flags & XEN_DOMINF_dying)
			break;
		if (info.flags & XEN_DOMINF_shutdown) {
			how = early_reason(info.flags >> XEN_DOMINF_shutdownshift &
					   XEN_DOMINF_shutdownmask);
			break;
		}
		if (host_now() >= end)
			return 0;
		host_sleep(STEP_MS);
	}
	/* The console daemon learns of it at the same time. */
	host_sleep(SETTLE_MS);
	if (!conlog_tail(name, LINES, tail, sizeof(tail)) && tail[0])
		fprintf(stderr, "--- last lines of the guest's console\n%.*s\n---\n",
			(int)tame(&t, tail, strlen(tail), shown), shown);
	diag_set(d, -ECHILD, "guest %s %s right after its start", name, how);
	return diag_hint(d, -ECHILD, "pav console --log %s shows all it printed", name);
}
