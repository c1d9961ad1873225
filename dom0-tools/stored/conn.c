// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "abi/xs_wire.h"

#include "conn.h"
#include "state.h"
#include "txn.h"

/* A tool in the control domain may fall behind by this much before its events are merged. */
enum { CLIENT_EVENTS_MAX = 8 << 20 };

struct conn *conn_new(struct db *db, struct dom *dom)
{
	struct conn *c = mem_zalloc(sizeof(*c));

	c->db = db;
	c->dom = dom;
	c->fd = -1;
	LIST_INIT(&c->watches);
	LIST_INIT(&c->txns);
	if (dom)
		dom->conn = c;
	else
		LIST_INSERT_HEAD(&db->clients, c, at_db);
	return c;
}

void conn_reset(struct conn *c)
{
	while (!LIST_EMPTY(&c->watches))
		watch_remove(&c->db->watches, LIST_FIRST(&c->watches));
	while (!LIST_EMPTY(&c->txns))
		txn_free(LIST_FIRST(&c->txns));
	c->ntxns = 0;
	c->lost = false;
	if (c->dom) {
		c->dom->watches = c->dom->txns = 0;
		c->dom->watch_bytes = 0;
	}
	state_reset(c);
}

void conn_settle(struct conn *c)
{
	if (c->dirty)
		TAILQ_REMOVE(&c->db->dirty, c, on_dirty);
	c->dirty = false;
}

void conn_free(struct conn *c)
{
	conn_reset(c);
	conn_settle(c);
	if (c->ready) {
		TAILQ_REMOVE(&c->db->ready, c, on_ready);
		c->db->nready--;
	}
	if (c->dom)
		c->dom->conn = NULL;
	else
		LIST_REMOVE(c, at_db);
	if (c->db->update.asker == c)
		c->db->update.asker = NULL;
	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
}

uint16_t conn_id(const struct conn *c)
{
	return c->dom ? c->dom->id : 0;
}

unsigned conn_access_perms(const struct conn *c, const struct perms *ps, uint64_t pgen)
{
	struct perm_who who;

	if (conn_privileged(c))
		return PERM_ALL;
	who = dom_who(&c->db->doms, c->dom);
	return perm_access(ps, pgen, &who);
}

unsigned conn_access(const struct conn *c, const struct node *n)
{
	return conn_access_perms(c, n->perms, n->pgen);
}

void conn_mark_dirty(struct conn *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	TAILQ_INSERT_TAIL(&c->db->dirty, c, on_dirty);
}

void conn_send(struct conn *c, const struct xsd_sockmsg *hdr, const void *payload)
{
	char *to = buf_grow(&c->out, (uint32_t)sizeof(*hdr) + hdr->len);

	memcpy(to, hdr, sizeof(*hdr));
	if (hdr->len)
		memcpy(to + sizeof(*hdr), payload, hdr->len);
	if (c->dom)
		state_out(c, to, (uint32_t)sizeof(*hdr) + hdr->len);
	conn_mark_dirty(c);
}

void conn_event(struct conn *c, struct watch *w, const char *path, size_t len)
{
	uint32_t max = conn_privileged(c) ? CLIENT_EVENTS_MAX : quota_of(c)->events;
	struct xsd_sockmsg hdr = {.type = XS_WATCH_EVENT};
	char payload[XENSTORE_PAYLOAD_MAX];

	hdr.len = (uint32_t)len + w->tlen + 2u;
	if (c->out.len > max || hdr.len > sizeof(payload)) {
		w->lost = true;
		if (!c->lost)
			state_lost(c);
		c->lost = true;
		return;
	}
	memcpy(payload, path, len);
	payload[len] = '\0';
	memcpy(payload + len + 1, w->token, w->tlen + 1u);
	conn_send(c, &hdr, payload);
}

void conn_drained(struct conn *c)
{
	struct watch *w;

	if (!c->lost || c->out.len)
		return;
	c->lost = false;
	LIST_FOREACH(w, &c->watches, at_conn) {
		if (!w->lost)
			continue;
		w->lost = false;
		conn_event(c, w, w->path->path + w->skip, w->path->len - w->skip);
	}
}

struct txn *conn_txn(const struct conn *c, uint32_t id)
{
	struct txn *t;

	LIST_FOREACH(t, &c->txns, at_conn)
		if (t->id == id)
			return t;
	return NULL;
}
