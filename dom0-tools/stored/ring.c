// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "port.h"
#include "proto.h"
#include "ring.h"
#include "state.h"

enum {
	SIZE = XENSTORE_RING_SIZE,
	BATCH = 8, /* requests of one connection before others have their turn */
	FEATURES = XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR,
	PORTS_STEP = 1024,
	CHANGES_AT_ONCE = 16,
};

/* Connections by local port. */
static struct {
	struct conn **by;
	uint32_t n;
} ports;

static uint32_t load(const uint32_t *p)
{
	return atomic_load_explicit((const _Atomic uint32_t *)p, memory_order_acquire);
}

/*
 * A full barrier: guests ring only if they find the ring empty (or full) after adding to it, so our
 * index must be seen before we look at theirs again.
 */
static void store(uint32_t *p, uint32_t v)
{
	atomic_store_explicit((_Atomic uint32_t *)p, v, memory_order_seq_cst);
}

static void port_set(uint32_t port, struct conn *c)
{
	if (port >= ports.n) {
		uint32_t n = (port / PORTS_STEP + 1) * PORTS_STEP;

		ports.by = mem_realloc(ports.by, n * sizeof(ports.by[0]));
		memset(ports.by + ports.n, 0, (n - ports.n) * sizeof(ports.by[0]));
		ports.n = n;
	}
	ports.by[port] = c;
}

static void make_ready(struct conn *c)
{
	if (c->ready)
		return;
	c->ready = true;
	TAILQ_INSERT_TAIL(&c->db->ready, c, on_ready);
	c->db->nready++;
}

/* The peer broke the rules: say so in its page, forget what was queued, serve it no more. */
static void broken(struct conn *c, uint32_t why, const char *what)
{
	log_warn("domain %u: %s; not served until it is introduced again or reconnects", c->dom->id,
		 what);
	c->ring.broken = true;
	buf_free(&c->in);
	buf_free(&c->out);
	state_ring(c);
	state_commit(c->db);
	store(&c->ring.page->error, why);
}

static void copy_from(char *to, const char *ring, uint32_t from, uint32_t n)
{
	uint32_t at = from & (SIZE - 1), first = n < SIZE - at ? n : SIZE - at;

	memcpy(to, ring + at, first);
	memcpy(to + first, ring, n - first);
}

static void copy_to(char *ring, uint32_t to, const char *from, uint32_t n)
{
	uint32_t at = to & (SIZE - 1), first = n < SIZE - at ? n : SIZE - at;

	memcpy(ring + at, from, first);
	memcpy(ring, from + first, n - first);
}

void ring_flush(struct conn *c)
{
	struct xenstore_domain_interface *page = c->ring.page;
	bool sent = false;

	while (page && !c->ring.broken && c->out.len) {
		uint32_t used = c->ring.prod - load(&page->rsp_cons), n = SIZE - used;

		if (used > SIZE) {
			broken(c, XENSTORE_ERROR_RINGIDX, "impossible index in its ring");
			break;
		}
		if (n > c->out.len)
			n = c->out.len;
		if (!n)
			break;
		copy_to(page->rsp, c->ring.prod, buf_data(&c->out), n);
		c->ring.prod += n;
		store(&page->rsp_prod, c->ring.prod);
		buf_take(&c->out, n);
		sent = true;
		conn_drained(c);
		state_commit(c->db);
	}
	if (page && (sent || c->ring.took))
		port_notify(c->ring.port);
	c->ring.took = false;
}

/* The guest asks for a fresh start: everything of its old life goes. */
static void reconnect(struct conn *c)
{
	struct xenstore_domain_interface *page = c->ring.page;

	conn_reset(c);
	buf_free(&c->in);
	buf_free(&c->out);
	c->ring.cons = c->ring.prod = 0;
	c->ring.broken = false;
	state_ring(c);
	state_commit(c->db);
	page->req_cons = page->req_prod = page->rsp_cons = page->rsp_prod = 0;
	store(&page->error, XENSTORE_ERROR_NONE);
	store(&page->connection, XENSTORE_CONNECTED);
	port_notify(c->ring.port);
}

/*
 * Append to c->in what the message being assembled still wants of the @have bytes in the ring: the
 * rest of its header, or of its payload. The header is looked at in our copy only.
 */
static bool take_part(struct conn *c, uint32_t have, struct xsd_sockmsg *hdr)
{
	uint32_t part = c->in.len, want = (uint32_t)sizeof(*hdr) - part;

	if (part >= sizeof(*hdr))
		want = (uint32_t)sizeof(*hdr) + hdr->len - part;
	if (have > want)
		have = want;
	copy_from(buf_grow(&c->in, have), c->ring.page->req, c->ring.cons, have);
	c->ring.cons += have;
	state_in(c, buf_data(&c->in) + part, have);
	if (c->in.len < sizeof(*hdr))
		return true;
	memcpy(hdr, buf_data(&c->in), sizeof(*hdr));
	if (hdr->len <= XENSTORE_PAYLOAD_MAX)
		return true;
	broken(c, XENSTORE_ERROR_PROTO, "message longer than allowed");
	return false;
}

/* Is the message in c->in whole? Then *hdr and payload hold it. */
static bool part_whole(struct conn *c, const struct xsd_sockmsg *hdr, char *payload)
{
	if (c->in.len < sizeof(*hdr) || c->in.len < sizeof(*hdr) + hdr->len)
		return false;
	memcpy(payload, buf_data(&c->in) + sizeof(*hdr), hdr->len);
	buf_free(&c->in);
	return true;
}

/*
 * Take one whole message out of the ring. True: *hdr and payload hold it, c->ring.cons is behind
 * it, the page's index is not moved yet. What has come of an incomplete one is taken and recorded:
 * a guest that wrote a header rings only if it found the ring empty, so the ring must be empty
 * when it adds the payload.
 */
static bool take_message(struct conn *c, struct xsd_sockmsg *hdr, char *payload)
{
	struct xenstore_domain_interface *page = c->ring.page;
	uint32_t have, total;

	if (c->in.len >= sizeof(*hdr))
		memcpy(hdr, buf_data(&c->in), sizeof(*hdr));
	while ((have = load(&page->req_prod) - c->ring.cons)) {
		bool full = have == SIZE;

		if (have > SIZE) {
			broken(c, XENSTORE_ERROR_RINGIDX, "impossible index in its ring");
			return false;
		}
		if (!c->in.len && have >= sizeof(*hdr)) {
			copy_from((char *)hdr, page->req, c->ring.cons, sizeof(*hdr));
			total = (uint32_t)sizeof(*hdr) + hdr->len;
			if (hdr->len <= XENSTORE_PAYLOAD_MAX && have >= total) {
				copy_from(payload, page->req, c->ring.cons + (uint32_t)sizeof(*hdr),
					  hdr->len);
				c->ring.cons += total;
				return true;
			}
		}
		if (!take_part(c, have, hdr))
			return false;
		if (part_whole(c, hdr, payload))
			return true;
		state_commit(c->db);
		store(&page->req_cons, c->ring.cons);
		if (full)
			port_notify(c->ring.port);
	}
	return false;
}

/* With nothing unread no event would come that tells to go on, whatever the limits are. */
static bool too_much_unread(const struct conn *c)
{
	const struct quota *q = quota_of(c);

	return c->out.len && (c->out.len >= q->unread || (c->dom->id && c->answers >= q->requests));
}

static void serve(struct conn *c)
{
	struct xenstore_domain_interface *page = c->ring.page;
	char payload[XENSTORE_PAYLOAD_MAX];
	struct xsd_sockmsg hdr;
	unsigned done = 0;

	if (!page)
		return;
	if (load(&page->connection) == XENSTORE_RECONNECT)
		reconnect(c);
	ring_flush(c);
	while (!c->ring.broken) {
		if (too_much_unread(c)) {
			ring_flush(c);
			if (too_much_unread(c))
				break; /* goes on when the guest has read, which is an event */
		}
		if (done == BATCH) {
			make_ready(c);
			break;
		}
		if (!take_message(c, &hdr, payload))
			break;
		proto_request(c, &hdr, payload);
		state_taken(c);
		state_commit(c->db);
		store(&page->req_cons, c->ring.cons);
		c->ring.took = true; /* told with the answer, which ring_flush is called for */
		done++;
	}
	/* The answers are flushed with those of other connections; a full ring may wait for room.
	 */
	if (done)
		port_notify(c->ring.port);
}

void ring_event(struct db *db, uint32_t port)
{
	struct conn *c = port < ports.n ? ports.by[port] : NULL;

	(void)db;
	if (c)
		make_ready(c);
}

void ring_run(struct db *db)
{
	unsigned n = db->nready;
	struct conn *c;

	/* One by one off the list: to serve one may put it on again, or free another. */
	while (n-- && (c = TAILQ_FIRST(&db->ready))) {
		TAILQ_REMOVE(&db->ready, c, on_ready);
		db->nready--;
		c->ready = false;
		serve(c);
	}
}

static void detach(struct conn *c)
{
	if (!c->ring.page)
		return;
	if (c->ring.port) {
		port_set(c->ring.port, NULL);
		port_unbind(c->ring.port);
	}
	port_unmap(c->ring.page);
	c->ring.page = NULL;
	c->ring.port = 0;
}

static int bind(struct conn *c, uint32_t remote)
{
	int port = port_bind(c->dom->id, remote);

	if (port < 0)
		return port;
	if (c->ring.port) {
		port_set(c->ring.port, NULL);
		port_unbind(c->ring.port);
	}
	c->ring.port = (uint32_t)port;
	port_set(c->ring.port, c);
	return 0;
}

/*
 * Bind and announce what we can; c->ring's indices are the caller's business, as is the page if
 * this fails.
 */
static int attach(struct conn *c, struct xenstore_domain_interface *page, uint32_t remote)
{
	int rc;

	c->ring.page = page;
	rc = bind(c, remote);
	if (rc) {
		c->ring.page = NULL;
		return rc;
	}
	page->server_features = FEATURES;
	return 0;
}

/* Take the page as it is, with nothing under way. */
static void begin(struct conn *c)
{
	buf_free(&c->in);
	buf_free(&c->out);
	c->ring.cons = c->ring.page->req_cons;
	c->ring.prod = c->ring.page->rsp_prod;
	c->ring.broken = false;
	state_ring(c);
}

/* A page that has not been served before. */
static int introduce_page(struct db *db, struct dom *d, uint64_t gfn, uint32_t port)
{
	struct xenstore_domain_interface *page;
	struct conn *c = d->conn;
	int rc;

	page = port_map(d->id, gfn, &rc);
	if (!page)
		return rc;
	if (!c)
		c = conn_new(db, d);
	detach(c);
	rc = attach(c, page, port);
	if (rc) {
		port_unmap(page);
		if (!d->introduced)
			conn_free(c);
		return rc;
	}
	d->introduced = true;
	state_dom(db, d); /* the records below belong to a domain that is introduced */
	conn_reset(c);
	begin(c);
	return 0;
}

int ring_introduce(struct db *db, struct dom *d, uint64_t gfn, uint32_t port)
{
	struct conn *c = d->conn;
	int rc;

	if (c && c->ring.page && !c->ring.broken && d->gfn == gfn)
		rc = bind(c, port); /* the same page: the guest came back from a suspend */
	else
		rc = introduce_page(db, d, gfn, port);
	if (rc)
		return rc;
	d->shutdown = false;
	d->gfn = gfn;
	d->port = port;
	state_dom(db, d);
	make_ready(d->conn);
	return 0;
}

void ring_release(struct db *db, struct dom *d)
{
	struct conn *c = d->conn;

	d->introduced = false;
	if (c) {
		detach(c);
		conn_free(c);
	}
	state_dom(db, d);
}

/*
 * Come to terms with a page that an earlier process worked on. False: its index for answers is
 * where it cannot have left it.
 */
static bool resume(struct conn *c)
{
	struct xenstore_domain_interface *page = c->ring.page;
	uint32_t ahead = load(&page->rsp_prod) - c->ring.prod;

	if (c->ring.broken || load(&page->connection) == XENSTORE_RECONNECT)
		return true;
	if (ahead > c->out.len)
		return false;
	buf_take(&c->out, ahead);
	c->ring.prod += ahead;
	state_ring(c);
	if (c->in.len)
		state_in(c, buf_data(&c->in), c->in.len);
	if (c->out.len)
		state_out(c, buf_data(&c->out), c->out.len);
	state_commit(c->db);
	store(&page->req_cons, c->ring.cons);
	return true;
}

/*
 * attach for a page that an earlier process served: if that one is still on its way out, its end of
 * the channel is not free yet. All pages together have some patience.
 */
static int attach_again(struct conn *c, struct xenstore_domain_interface *page, uint32_t remote)
{
	const struct timespec step = {.tv_nsec = 10000000};
	static int patience = 200;
	int rc;

	while ((rc = attach(c, page, remote)) && patience-- > 0)
		nanosleep(&step, NULL);
	return rc;
}

int ring_own(struct db *db)
{
	struct dom *d = db->doms.d[0];
	struct conn *c = d->conn;
	struct xenstore_domain_interface *page;
	bool known = c;
	uint32_t remote;
	int rc;

	page = port_map_own(&remote, &rc);
	if (!page)
		return rc;
	if (!known)
		c = conn_new(db, d);
	rc = attach_again(c, page, remote);
	if (rc) {
		port_unmap(page);
		return rc;
	}
	d->introduced = true;
	d->port = remote;
	state_dom(db, d);
	/* The own kernel cannot be introduced again: better an answer lost than no service. */
	if (!known || c->ring.broken || !resume(c)) {
		if (known)
			log_error("the own kernel's ring is not as it was left: an answer may be "
				  "lost");
		begin(c);
	}
	state_commit(db);
	make_ready(c);
	port_notify(c->ring.port);
	return 0;
}

static void restore_one(struct dom *d)
{
	struct xenstore_domain_interface *page;
	int rc = 0;

	page = port_map(d->id, d->gfn, &rc);
	if (page)
		rc = attach_again(d->conn, page, d->port);
	if (rc) {
		if (page)
			port_unmap(page);
		log_error("domain %u: cannot connect to its ring again: %s", d->id, strerror(-rc));
		return;
	}
	if (!resume(d->conn))
		broken(d->conn, XENSTORE_ERROR_RINGIDX,
		       "index in its ring moved while nobody served it");
	make_ready(d->conn);
	port_notify(d->conn->ring.port);
}

void ring_restore(struct db *db)
{
	struct dom *d;

	LIST_FOREACH(d, &db->doms.all, all)
		if (d->id && d->conn)
			restore_one(d);
}

void ring_detach_all(struct db *db)
{
	struct dom *d;

	LIST_FOREACH(d, &db->doms.all, all)
		if (d->conn)
			detach(d->conn);
	free(ports.by);
	ports.by = NULL;
	ports.n = 0;
}

static void tell_end(struct db *db, uint16_t id)
{
	db_fire_special(db, db_special("@releaseDomain"), id);
}

/* Compare one domain with what was seen of it last. */
static void compare_one(struct db *db, struct dom *d, const struct port_dom *p)
{
	bool news = (p->shutdown && !d->shutdown) || (p->dying && !d->dying);

	if (!news)
		return;
	d->shutdown = p->shutdown;
	d->dying = p->dying;
	/* Its page must go at once: as long as it is mapped the domain cannot vanish. */
	if (p->dying && d->introduced)
		ring_release(db, d);
	else
		state_dom(db, d);
	tell_end(db, d->id);
}

static void bury(struct db *db, struct dom *d)
{
	uint16_t id = d->id;

	if (d->conn)
		ring_release(db, d);
	db_bury(db, d);
	tell_end(db, id);
}

/* Bury those that the scan has not seen. */
static void bury_unseen(struct db *db)
{
	struct dom *d, *next;

	for (d = LIST_FIRST(&db->doms.all); d; d = next) {
		next = LIST_NEXT(d, all);
		if (!d->seen && d->id)
			bury(db, d);
		else
			d->seen = false;
	}
}

void ring_scan(struct db *db)
{
	struct port_dom *list;
	int i, n = port_domains(&list);

	if (n < 0) {
		log_error("cannot list the domains: %s", strerror(-n));
		return;
	}
	for (i = 0; i < n; i++) {
		struct dom *d = dom_find(&db->doms, list[i].id);

		if (d && d->id) {
			d->seen = true;
			compare_one(db, d, &list[i]);
		}
	}
	free(list);
	bury_unseen(db);
	state_commit(db);
}

void ring_changed(struct db *db)
{
	struct port_dom list[CHANGES_AT_ONCE];
	int i, n;

	do {
		n = port_changed(list, CHANGES_AT_ONCE);
		if (n == -ENOSYS) {
			ring_scan(db);
			return;
		}
		if (n < 0)
			log_error("cannot ask which domains have changed: %s", strerror(-n));
		for (i = 0; i < n; i++) {
			struct dom *d = dom_find(&db->doms, list[i].id);

			if (!d || !d->id)
				continue;
			if (list[i].exists)
				compare_one(db, d, &list[i]);
			else
				bury(db, d);
		}
	} while (n == CHANGES_AT_ONCE);
	state_commit(db);
}
