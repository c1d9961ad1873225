/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place that answers "may this domain do that to that one". */
#ifndef HV_PRIV_H
#define HV_PRIV_H

#include <hv/domain.h>

/* May the current domain control @target (domctl, foreign maps, ports, grants set-up for it)? */
static inline int priv_over(const struct domain *actor, const struct domain *target)
{
	return actor->privileged || actor == target ? 0 : -1 /* EPERM */;
}

#endif
