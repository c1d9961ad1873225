/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* A domain of `vcpus` virtual CPUs and at most `kib` of memory; it stays paused. */
int64_t domain_make(uint32_t vcpus, uint64_t kib, uint16_t *id)
{
	struct xen_domctl op = {
		.u.createdomain =
			{
				.max_vcpus = vcpus,
				.max_evtchn_port = 1023,
				.max_grant_frames = -1,
				.max_maptrack_frames = -1,
				.grant_opts = 1,
			},
	};
	int64_t rc = xen_domctl_createdomain(&op);

	if (rc)
		return rc;
	*id = op.domain;
	op.u.max_mem.max_memkb = kib;
	rc = xen_domctl_max_mem(&op);
	op.u.max_vcpus.max = vcpus;
	return rc ? rc : xen_domctl_max_vcpus(&op);
}
