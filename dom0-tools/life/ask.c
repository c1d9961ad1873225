// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/domctl.h"
#include "life/ask.h"

enum { STEP_MS = 20 };

int ask_shutdown(struct host *h, uint16_t domid, const char *what, struct diag *d)
{
	char path[64];
	int rc;

	if (!domid)
		return diag_set(d, -EINVAL, "shut the control domain down from within: %s", what);
	snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", domid);
	rc = store_write(h->store, 0, path, what);
	return rc ? diag_set(d, rc, "cannot ask domain %u for %s: %s", domid, what, strerror(-rc))
		  : 0;
}

int ask_wait(struct host *h, uint16_t domid, bool gone, unsigned timeout_s, struct diag *d)
{
	uint64_t end = host_now() + timeout_s * 1000000000ull;
	struct domctl_getdomaininfo i;

	for (;;) {
		if (domctl_info(&h->hv, domid, &i) == -ESRCH)
			return 0;
		if (!gone && i.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying))
			return 0;
		if (timeout_s && host_now() > end)
			break;
		host_sleep(STEP_MS);
	}
	diag_set(d, -ETIMEDOUT, "domain %u did not end within %u seconds", domid, timeout_s);
	return diag_hint(d, -ETIMEDOUT, "see pav console --log, or end it at once: pav destroy %u",
			 domid);
}
