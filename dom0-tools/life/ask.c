// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/domctl.h"
#include "life/ask.h"
#include "life/record.h"

enum { STEP_MS = 20 };

int ask_shutdown(struct host *h, uint16_t domid, const char *what, struct diag *d)
{
	char path[64];
	int rc;

	if (!domid)
		return diag_hint(
			d, diag_set(d, -EINVAL, "the control domain is not asked for %s", what),
			"shut it down from within: systemctl %s", what);
	snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", domid);
	rc = store_write(h->store, 0, path, what);
	return rc ? diag_set(d, rc, "cannot ask domain %u for %s: %s", domid, what, strerror(-rc))
		  : 0;
}

int ask_final(struct host *h, uint16_t domid, struct diag *d)
{
	char dir[RECORD_DIR], text[8];
	int rc;

	record_dir(domid, dir);
	if (store_get(h->store, 0, text, sizeof(text), "%s/config/0", dir) <= 0)
		return 0;
	rc = store_writef(h->store, 0, dir, "final", "1");
	return rc ? diag_set(d, rc, "cannot note in %s that domain %u is not to come again: %s",
			     dir, domid, strerror(-rc))
		  : 0;
}

int ask_wait(struct host *h, uint16_t domid, bool gone, uint64_t end, struct diag *d)
{
	struct domctl_getdomaininfo i;

	for (;;) {
		if (domctl_info(&h->hv, domid, &i) == -ESRCH)
			return 0;
		if (!gone && i.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying))
			return 0;
		if (end && host_now() > end)
			break;
		host_sleep(STEP_MS);
	}
	diag_set(d, -ETIMEDOUT, "domain %u did not end in time", domid);
	return diag_hint(d, -ETIMEDOUT, "see pav console --log, or end it at once: pav destroy %u",
			 domid);
}
