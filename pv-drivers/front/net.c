/* SPDX-License-Identifier: MIT */
#include "pv-drivers/front/net.h"

#include <errno.h>
#include <string.h>

#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"

#define SEND_WAIT (10 * TIME_S)

static void wake(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int64_t read_mac(struct net *n)
{
	char path[64], text[24];
	unsigned int i;

	text_format(path, sizeof(path), "%s/mac", n->front.path);
	if (store_read(STORE_NONE, path, text, sizeof(text)) != 17)
		return -EPROTO;
	for (i = 0; i < 6; i++) {
		int high = hex(text[3 * i]), low = hex(text[3 * i + 1]);

		if (high < 0 || low < 0)
			return -EPROTO;
		n->mac[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

static int64_t lend(struct net *n, unsigned int i)
{
	struct netif_rx_request req = {.id = (uint16_t)i};
	int64_t ref = grant_access(n->front.backend_id, n->rx_pages[i], false);

	if (ref < 0)
		return ref;
	req.gref = n->rx_refs[i] = (uint32_t)ref;
	n->rx_lent[i] = requests_put(&n->rx, &req, sizeof(req));
	if (n->rx_lent[i])
		return 0;
	grant_end(n->rx_refs[i]);
	return -EPROTO;
}

static int64_t allocate(struct net *n)
{
	unsigned int i;

	n->tx_page = page_alloc();
	for (i = 0; i < NET_BUFFERS; i++)
		n->rx_pages[i] = page_alloc();
	return n->tx_page && n->rx_pages[NET_BUFFERS - 1] ? 0 : -ENOMEM;
}

static int64_t publish(struct net *n)
{
	struct front *f = &n->front;
	int64_t rc = allocate(n);

	if (!rc)
		rc = front_add_ring(f);
	if (!rc)
		rc = front_add_ring(f);
	if (rc)
		return rc;
	requests_init(&n->tx, f->rings[0], GUEST_PAGE, sizeof(struct netif_tx_request));
	requests_init(&n->rx, f->rings[1], GUEST_PAGE, sizeof(struct netif_rx_request));
	rc = front_add_event(f, wake, NULL);
	if (!rc)
		rc = front_publish_number(f, "tx-ring-ref", f->refs[0]);
	if (!rc)
		rc = front_publish_number(f, "rx-ring-ref", f->refs[1]);
	if (!rc)
		rc = front_publish_number(f, "event-channel", f->port);
	if (!rc)
		rc = front_publish(f, "request-rx-copy", "1");
	if (!rc)
		rc = front_publish(f, "feature-rx-notify", "1");
	/* No scatter-gather, no offloads: checksums come filled in, frames in one piece. */
	if (!rc)
		rc = front_publish(f, "feature-no-csum-offload", "1");
	return rc;
}

int64_t net_open(struct net *n, unsigned int index)
{
	unsigned int i;
	int64_t rc;

	memset(n, 0, sizeof(*n));
	rc = front_find(&n->front, "vif", index);
	if (!rc)
		rc = read_mac(n);
	if (!rc)
		rc = front_begin(&n->front);
	if (rc)
		return rc;
	rc = publish(n);
	if (!rc)
		rc = front_connect(&n->front, XENBUS_STATE_CONNECTED);
	for (i = 0; !rc && i < NET_BUFFERS; i++)
		rc = lend(n, i);
	if (rc) {
		net_close(n);
		return rc;
	}
	if (requests_push(&n->rx))
		front_notify(&n->front);
	return 0;
}

/* Whether the page for sending is ours again; errors of the back-end end it too. */
static bool sent(void *arg)
{
	struct net *n = arg;
	struct netif_tx_response rsp;
	int got = requests_take(&n->tx, &rsp, sizeof(rsp));

	if (got)
		n->tx_busy = false;
	return !n->tx_busy;
}

static int64_t end_send(struct net *n)
{
	if (!n->tx_busy)
		return 0;
	if (!time_wait(sent, n, SEND_WAIT))
		return -ETIMEDOUT;
	return grant_end(n->tx_ref) ? -EPROTO : 0;
}

int64_t net_send(struct net *n, const void *frame, size_t len)
{
	struct netif_tx_request req = {.size = (uint16_t)len};
	int64_t rc = end_send(n), ref;

	if (len > NET_FRAME_MAX)
		return -EINVAL;
	if (rc)
		return rc;
	memcpy(n->tx_page, frame, len);
	ref = grant_access(n->front.backend_id, n->tx_page, true);
	if (ref < 0)
		return ref;
	req.gref = n->tx_ref = (uint32_t)ref;
	n->tx_busy = requests_put(&n->tx, &req, sizeof(req));
	if (!n->tx_busy) {
		grant_end(n->tx_ref);
		return -EPROTO;
	}
	if (requests_push(&n->tx))
		front_notify(&n->front);
	return 0;
}

struct arrival {
	struct net *n;
	struct netif_rx_response rsp;
	int got;
};

static bool arrived(void *arg)
{
	struct arrival *a = arg;

	a->got = requests_take(&a->n->rx, &a->rsp, sizeof(a->rsp));
	return a->got;
}

/* Copy a whole frame out of its page; anything else is dropped (0). */
static int64_t copy_out(const struct net *n, const struct netif_rx_response *rsp, void *frame,
			size_t size)
{
	size_t len = rsp->status > 0 ? (size_t)rsp->status : 0;

	if (rsp->flags & (NETRXF_more_data | NETRXF_extra_info) || rsp->offset > GUEST_PAGE ||
	    len > GUEST_PAGE - rsp->offset)
		return 0;
	if (len > size)
		len = size;
	memcpy(frame, (const uint8_t *)n->rx_pages[rsp->id] + rsp->offset, len);
	return (int64_t)len;
}

int64_t net_receive(struct net *n, void *frame, size_t size, uint64_t ns)
{
	uint64_t end = time_now() + ns, now;
	struct arrival a = {.n = n};
	int64_t len, rc;

	while ((now = time_now()) < end) {
		if (!time_wait(arrived, &a, end - now))
			return 0;
		if (a.got < 0 || a.rsp.id >= NET_BUFFERS || !n->rx_lent[a.rsp.id])
			return -EPROTO;
		n->rx_lent[a.rsp.id] = false;
		if (grant_end(n->rx_refs[a.rsp.id]))
			return -EPROTO;
		len = copy_out(n, &a.rsp, frame, size);
		rc = lend(n, a.rsp.id);
		if (rc)
			return rc;
		if (requests_push(&n->rx))
			front_notify(&n->front);
		if (len)
			return len;
	}
	return 0;
}

int64_t net_close(struct net *n)
{
	int64_t rc = front_close(&n->front);
	unsigned int i;

	if (n->tx_busy && grant_end(n->tx_ref))
		rc = -EBUSY;
	for (i = 0; i < NET_BUFFERS; i++) {
		if (n->rx_lent[i] && grant_end(n->rx_refs[i]))
			rc = -EBUSY;
		else if (n->rx_pages[i])
			page_free(n->rx_pages[i]);
	}
	if (n->tx_page && rc != -EBUSY)
		page_free(n->tx_page);
	return rc;
}
