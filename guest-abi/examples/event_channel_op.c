/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

/* A port on which domain `dom` may connect to us; it learns the number through the store. */
int64_t port_offer(uint16_t dom, uint32_t *port)
{
	struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = dom};
	int64_t rc = evtchnop_alloc_unbound(&op);

	*port = op.port;
	return rc;
}

int64_t port_notify(uint32_t port)
{
	struct evtchn_send op = {.port = port};

	return evtchnop_send(&op);
}
