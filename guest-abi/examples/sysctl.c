/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* Pages of the machine that nobody has. */
int64_t pages_free(uint64_t *pages)
{
	struct xen_sysctl op = {.cmd = 0};
	int64_t rc = xen_sysctl_physinfo(&op);

	*pages = op.u.physinfo.free_pages;
	return rc;
}
