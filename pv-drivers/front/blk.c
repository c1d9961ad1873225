/* SPDX-License-Identifier: MIT */
#include "pv-drivers/front/blk.h"

#include <errno.h>
#include <stddef.h>

#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/time.h"

#define ANSWER_WAIT      (30 * TIME_S)
#define SECTORS_PER_PAGE (GUEST_PAGE / BLKIF_SECTOR_SIZE)

static void wake(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
}

static int64_t publish(struct blk *b)
{
	int64_t rc = front_add_ring(&b->front);

	if (rc)
		return rc;
	requests_init(&b->ring, b->front.rings[0], GUEST_PAGE, sizeof(struct blkif_request));
	rc = front_add_event(&b->front, wake, NULL);
	if (!rc)
		rc = front_publish_number(&b->front, "ring-ref", b->front.refs[0]);
	if (!rc)
		rc = front_publish_number(&b->front, "event-channel", b->front.port);
	if (!rc)
		rc = front_publish(&b->front, "protocol", "x86_64-abi");
	return rc;
}

int64_t blk_open(struct blk *b, unsigned int index)
{
	int64_t rc = front_find(&b->front, "vbd", index);

	if (!rc)
		rc = front_begin(&b->front);
	if (rc)
		return rc;
	rc = publish(b);
	if (!rc)
		rc = front_connect(&b->front, XENBUS_STATE_INITIALISED);
	if (rc)
		goto close;
	b->sectors = front_number(&b->front, "sectors", 0);
	b->sector_size = (uint32_t)front_number(&b->front, "sector-size", BLKIF_SECTOR_SIZE);
	b->info = (uint32_t)front_number(&b->front, "info", 0);
	b->can_flush = front_number(&b->front, "feature-flush-cache", 0);
	if (b->sectors)
		return 0;
	rc = -EPROTO;
close:
	front_close(&b->front);
	return rc;
}

struct answer {
	struct requests_ring *ring;
	struct blkif_response rsp;
	int got;
};

static bool answered(void *arg)
{
	struct answer *a = arg;

	if (!a->got)
		a->got = requests_take(a->ring, &a->rsp, sizeof(a->rsp));
	return a->got;
}

/* Send one request and wait for its response. */
static int64_t request(struct blk *b, struct blkif_request *req)
{
	struct answer a = {.ring = &b->ring};

	req->id = ++b->last_id;
	if (!requests_put(&b->ring, req, sizeof(*req)))
		return -EBUSY;
	if (requests_push(&b->ring))
		front_notify(&b->front);
	if (!time_wait(answered, &a, ANSWER_WAIT))
		return -ETIMEDOUT;
	if (a.got < 0 || a.rsp.id != req->id || a.rsp.operation != req->operation)
		return -EPROTO;
	if (a.rsp.status == BLKIF_RSP_EOPNOTSUPP)
		return -ENOSYS;
	return a.rsp.status == BLKIF_RSP_OKAY ? 0 : -EIO;
}

static int64_t transfer(struct blk *b, unsigned int op, uint64_t sector, void *const *pages,
			unsigned int count)
{
	struct blkif_request req = {
		.operation = (uint8_t)op, .nr_segments = (uint8_t)count, .sector_number = sector};
	unsigned int i, granted;
	int64_t rc = 0, ref;

	if (!count || count > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		return -EINVAL;
	for (granted = 0; granted < count; granted++) {
		ref = grant_access(b->front.backend_id, pages[granted], op == BLKIF_OP_WRITE);
		if (ref < 0) {
			rc = ref;
			goto end;
		}
		req.seg[granted] = (struct blkif_request_segment){
			.gref = (uint32_t)ref, .last_sect = SECTORS_PER_PAGE - 1};
	}
	rc = request(b, &req);
end:
	for (i = 0; i < granted; i++) {
		if (grant_end(req.seg[i].gref) && !rc)
			rc = -EPROTO;
	}
	return rc;
}

int64_t blk_read(struct blk *b, uint64_t sector, void *const *pages, unsigned int count)
{
	return transfer(b, BLKIF_OP_READ, sector, pages, count);
}

int64_t blk_write(struct blk *b, uint64_t sector, void *const *pages, unsigned int count)
{
	return transfer(b, BLKIF_OP_WRITE, sector, pages, count);
}

int64_t blk_flush(struct blk *b)
{
	struct blkif_request req = {.operation = BLKIF_OP_FLUSH_DISKCACHE};

	return b->can_flush ? request(b, &req) : -ENOSYS;
}

int64_t blk_close(struct blk *b)
{
	return front_close(&b->front);
}
