/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <hv/priv.h>

#include <hv/cpu.h>
#include <hv/errno.h>

int priv_target(domid_t id, struct domain **out)
{
	struct domain *d = domain_get(id);

	if (!d)
		return -ESRCH;
	if (!current_domain()->privileged && d != current_domain()) {
		domain_put(d);
		return -EPERM;
	}
	*out = d;
	return 0;
}
