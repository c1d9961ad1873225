/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces of the control domain: existence, bridge membership, up. */
#ifndef TOOLS_DEV_BRIDGE_H
#define TOOLS_DEV_BRIDGE_H

#include "lib/diag.h"

/* Is name a bridge? 0, or -ENODEV / -EINVAL with d. */
int bridge_check(const char *name, struct diag *d);

/* MTU of an interface, or -errno. */
int bridge_mtu(const char *name);

/*
 * Set the interface up as the control domain's end of a guest's card: own address out of the way,
 * mtu (0: leave), member of bridge, renamed to newname unless empty, up. 0 or -errno with d.
 */
int bridge_join(const char *ifname, const char *bridge, const char *newname, int mtu,
		struct diag *d);

#endif
