/* SPDX-License-Identifier: MIT */
/* Network front-end: frames out one at a time, frames in from a stock of lent pages. */
#ifndef PV_FRONT_NET_H
#define PV_FRONT_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/netif.h"
#include "pv-drivers/front/front.h"
#include "pv-drivers/ring/requests.h"

#define NET_BUFFERS   32
#define NET_FRAME_MAX 1514

struct net {
	struct front front;
	struct requests_ring tx, rx;
	uint8_t mac[6];
	void *tx_page;
	uint32_t tx_ref;
	bool tx_busy;
	void *rx_pages[NET_BUFFERS];
	uint32_t rx_refs[NET_BUFFERS];
	bool rx_lent[NET_BUFFERS];
};

/* Connect to the index-th card. 0, -ENODEV, -ENOMEM, -ETIMEDOUT, -EPROTO. */
int64_t net_open(struct net *n, unsigned int index);

/* Send a frame; waits until the one before is gone. 0, -EINVAL (too long), -ETIMEDOUT, -EPROTO. */
int64_t net_send(struct net *n, const void *frame, size_t len);

/*
 * The next frame, waiting up to `ns`; cut to size. Its length, 0: none came, -EPROTO. Frames in
 * several pieces are dropped: the features that would bring them are not asked for.
 */
int64_t net_receive(struct net *n, void *frame, size_t size, uint64_t ns);
int64_t net_close(struct net *n);

#endif
