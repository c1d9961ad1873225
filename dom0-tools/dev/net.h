/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards of a guest: the kernel's network back-end and a bridge. */
#ifndef TOOLS_DEV_NET_H
#define TOOLS_DEV_NET_H

#include "conf/vif.h"
#include "dev/device.h"

/* Bridge of cards that name none. */
#define NET_DEFAULT_BRIDGE "xenbr0"

/* The bridge that the card goes to. */
const char *net_bridge(const struct vif_conf *c);

/* Look only: is the bridge there, the script one we stand in for? 0 or -errno with d. */
int net_check(const struct vif_conf *c, struct diag *d);

/* Draw a card's address at random, in the range kept for guests of this ABI. */
void net_draw_mac(uint8_t mac[6]);

/* Write the store nodes of card devid: in the caller's batch and transaction. */
void net_write(struct host *h, uint32_t tx, const struct device *dev, const struct vif_conf *c);

/* Wait for the back-end's interface and put it on the bridge. 0 or -errno with d. */
int net_finish(struct host *h, const struct device *dev, const struct vif_conf *c, struct diag *d);

#endif
