/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place that answers "may this domain do that to that one". */
#ifndef HV_PRIV_H
#define HV_PRIV_H

#include <hv/domain.h>

/*
 * The domain with this id (DOMID_SELF, too), with a reference, if the current one may control it
 * (foreign maps, ports, grants set up for it). -ESRCH: there is none; -EPERM.
 */
int priv_target(domid_t id, struct domain **out) MUST_CHECK;

#endif
