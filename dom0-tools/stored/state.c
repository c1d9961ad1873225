// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "conn.h"
#include "journal.h"
#include "path.h"
#include "state.h"
#include "state_rec.h"
#include "txn.h"

/* Grown by more than this and by as much as the dump: time for a new dump. */
enum { SLACK = 4 << 20 };

static void *put(const struct conn *c, enum state_type type, uint32_t len)
{
	if (!c->db->log)
		return NULL;
	if (!c->dom)
		return c->db->handover ? journal_put(c->db->log, type, STATE_CLIENT_ID, len) : NULL;
	/* A connection that is still or already without an introduced domain is not part of the
	 * state. */
	return c->dom->introduced ? journal_put(c->db->log, type, c->dom->id, len) : NULL;
}

void state_node(struct db *db, const char *path, size_t len, const struct node *n)
{
	uint32_t perms = n->perms->n * (uint32_t)sizeof(struct perm);
	struct state_node *r;
	char *to;

	if (!db->log)
		return;
	r = journal_put(db->log, STATE_NODE, 0, (uint32_t)(sizeof(*r) + perms + len) + n->vlen);
	if (!r)
		return;
	*r = (struct state_node){n->gen, n->kgen, n->pgen, n->vlen, (uint16_t)len, n->perms->n};
	to = (char *)(r + 1);
	memcpy(to, n->perms->p, perms);
	memcpy(to + perms, path, len);
	memcpy(to + perms + len, node_value(n), n->vlen);
}

void state_remove(struct db *db, const char *path, size_t len)
{
	struct state_remove *r;

	if (!db->log)
		return;
	r = journal_put(db->log, STATE_REMOVE, 0, (uint32_t)(sizeof(*r) + len));
	if (!r)
		return;
	r->gen = db->gen;
	memcpy(r + 1, path, len);
}

void state_special(struct db *db, int which)
{
	const struct perms *ps = db->special[which];
	uint32_t n = ps->n * (uint32_t)sizeof(struct perm);
	struct state_special *r;

	if (!db->log)
		return;
	r = journal_put(db->log, STATE_SPECIAL, (uint16_t)which, (uint32_t)sizeof(*r) + n);
	if (!r)
		return;
	r->pgen = db->special_pgen[which];
	memcpy(r + 1, ps->p, n);
}

void state_dom(struct db *db, const struct dom *d)
{
	struct state_dom *r;

	if (!db->log)
		return;
	r = journal_put(db->log, STATE_DOM, d->id, sizeof(*r));
	if (!r)
		return;
	*r = (struct state_dom){.born = d->born,
				.gfn = d->gfn,
				.port = d->port,
				.target = d->target,
				.introduced = d->introduced,
				.shutdown = d->shutdown,
				.dying = d->dying};
}

void state_dom_gone(struct db *db, uint16_t id)
{
	if (db->log)
		journal_put(db->log, STATE_DOM_GONE, id, 0);
}

void state_quota(struct db *db, const struct dom *d, const struct quota_name *n, unsigned value)
{
	size_t len = strlen(n->name);
	struct state_quota *r;

	if (!db->log)
		return;
	r = journal_put(db->log, STATE_QUOTA, d ? d->id : 0, (uint32_t)(sizeof(*r) + len));
	if (!r)
		return;
	*r = (struct state_quota){value, quota_find(n->name, true) == n};
	memcpy(r + 1, n->name, len);
}

static void put_watch(const struct watch *w, enum state_type type)
{
	struct state_watch *r = put(w->conn, type, (uint32_t)sizeof(*r) + w->path->len + w->tlen);

	if (!r)
		return;
	*r = (struct state_watch){w->depth, w->skip, w->path->len, w->tlen, w->lost};
	memcpy(r + 1, w->path->path, w->path->len);
	memcpy((char *)(r + 1) + w->path->len, w->token, w->tlen);
}

void state_watch(const struct watch *w)
{
	put_watch(w, STATE_WATCH);
}

void state_unwatch(const struct watch *w)
{
	put_watch(w, STATE_UNWATCH);
}

void state_lost(const struct conn *c)
{
	put(c, STATE_LOST, 0);
}

void state_txn(const struct conn *c, uint32_t id, bool open)
{
	struct state_txn *r = put(c, STATE_TXN, sizeof(*r));

	if (r)
		*r = (struct state_txn){id, open};
}

void state_reset(const struct conn *c)
{
	put(c, STATE_RESET, 0);
}

static void put_path(const struct conn *c, const struct txn_path *p)
{
	struct state_txn_path *r = put(c, STATE_TXN_PATH, (uint32_t)sizeof(*r) + p->len);

	if (!r)
		return;
	r->what = p->what;
	memcpy(r + 1, p->path, p->len);
}

static void put_step(const struct conn *c, const struct txn *t, const struct txn_step *s)
{
	const struct txn_path *p = s->path;
	const struct node *n = s->how == TXN_SET ? node_find(t->root, p->path, p->len) : NULL;
	uint32_t perms = n ? n->perms->n * (uint32_t)sizeof(struct perm) : 0;
	struct state_txn_step *r;
	char *to;

	/* What was set and then removed has left nothing to be done. */
	if (s->how == TXN_SET && !n)
		return;
	r = put(c, STATE_TXN_STEP, (uint32_t)sizeof(*r) + perms + p->len + (n ? n->vlen : 0));
	if (!r)
		return;
	*r = (struct state_txn_step){.removal = s->how == TXN_REMOVE,
				     .told = s->told,
				     .vlen = n ? n->vlen : 0,
				     .plen = p->len,
				     .perms = n ? n->perms->n : 0};
	to = (char *)(r + 1);
	if (n)
		memcpy(to, n->perms->p, perms);
	memcpy(to + perms, p->path, p->len);
	if (n)
		memcpy(to + perms + p->len, node_value(n), n->vlen);
}

/* All that the transaction depends on and has done. */
static void state_txn_taken(const struct conn *c, const struct txn *t)
{
	struct state_txn_taken *r = put(c, STATE_TXN_TAKEN, sizeof(*r));
	const struct txn_path *p;
	uint32_t i;

	if (!r)
		return;
	*r = (struct state_txn_taken){t->id, t->created, t->bytes};
	for (i = 0; i <= t->mask; i++)
		for (p = t->slot[i]; p; p = p->next)
			put_path(c, p);
	for (i = 0; i < t->steps; i++)
		put_step(c, t, &t->step[i]);
}

static void put_ring(const struct conn *c, enum state_type type)
{
	struct state_ring *r = put(c, type, sizeof(*r));

	if (r)
		*r = (struct state_ring){c->ring.cons, c->ring.prod, c->next_tx, c->ring.broken};
}

void state_ring(const struct conn *c)
{
	put_ring(c, STATE_RING);
}

void state_taken(const struct conn *c)
{
	put_ring(c, STATE_TAKEN);
}

static void put_bytes(const struct conn *c, enum state_type type, const void *data, uint32_t n)
{
	struct state_bytes *r = put(c, type, (uint32_t)sizeof(*r) + n);

	if (!r)
		return;
	r->n = n;
	r->cons = c->ring.cons;
	memcpy(r + 1, data, n);
}

void state_in(const struct conn *c, const void *data, uint32_t n)
{
	put_bytes(c, STATE_IN, data, n);
}

void state_out(const struct conn *c, const void *data, uint32_t n)
{
	put_bytes(c, STATE_OUT, data, n);
}

void state_commit(struct db *db)
{
	if (db->log)
		journal_commit(db->log);
}

struct dump {
	struct db *db;
	size_t len;
	char path[PATH_BUF];
};

static int dump_node(struct node *n, void *arg)
{
	struct dump *d = arg;
	size_t len = d->len;

	if (n->nlen) {
		d->path[d->len++] = '/';
		memcpy(d->path + d->len, node_name(n), n->nlen);
		d->len += n->nlen;
		state_node(d->db, d->path, d->len, n);
	} else {
		state_node(d->db, "/", 1, n);
	}
	node_each(n, dump_node, d);
	d->len = len;
	return 0;
}

/* A transaction goes on in the next process unless it is bound to fail already. */
static void dump_txn(const struct conn *c, const struct txn *t)
{
	if (c->db->handover && !txn_conflicts(c->db, t))
		state_txn_taken(c, t);
	else
		state_txn(c, t->id, true);
}

static void dump_asker(const struct conn *c)
{
	const struct update *u = &c->db->update;
	struct state_asker *r;

	if (!c->db->handover || u->asker != c)
		return;
	r = put(c, STATE_ASKER, sizeof(*r));
	if (r)
		*r = (struct state_asker){u->hdr.type, u->hdr.req_id, u->hdr.tx_id};
}

static void dump_conn(const struct conn *c)
{
	const struct watch *w;
	const struct txn *t;

	state_ring(c);
	LIST_FOREACH(w, &c->watches, at_conn)
		state_watch(w);
	LIST_FOREACH(t, &c->txns, at_conn)
		dump_txn(c, t);
	if (c->in.len)
		state_in(c, buf_data(&c->in), c->in.len);
	if (c->out.len)
		state_out(c, buf_data(&c->out), c->out.len);
	dump_asker(c);
}

static void dump_handover(struct db *db)
{
	struct state_handover *h = journal_put(db->log, STATE_HANDOVER, 0, sizeof(*h));
	struct state_client *s;
	const struct conn *c;

	if (h)
		*h = (struct state_handover){db->handover->listener, db->handover->lock};
	LIST_FOREACH(c, &db->clients, at_db) {
		s = put(c, STATE_CLIENT, sizeof(*s));
		if (s)
			s->fd = c->fd;
		dump_conn(c);
	}
}

static void dump_all(struct db *db)
{
	struct dump d = {.db = db};
	const struct dom *dom;
	int i;

	LIST_FOREACH(dom, &db->doms.all, all)
		state_dom(db, dom);
	quota_dump(db);
	for (i = 0; i < DB_SPECIALS; i++)
		state_special(db, i);
	dump_node(db->root, &d);
	LIST_FOREACH(dom, &db->doms.all, all)
		if (dom->conn)
			dump_conn(dom->conn);
	if (db->handover)
		dump_handover(db);
}

int state_save(struct db *db, const char *path)
{
	struct journal *old = db->log, *j = journal_new(path);
	int rc;

	if (!j)
		return -errno;
	db->log = j;
	dump_all(db);
	rc = journal_publish(j);
	if (rc) {
		db->log = old;
		journal_close(j);
		return rc;
	}
	if (old)
		journal_close(old);
	return 0;
}

int state_hand_over(struct db *db, const char *path, const struct handover *h)
{
	int rc;

	db->handover = h;
	rc = state_save(db, path);
	db->handover = NULL;
	return rc;
}

bool state_due(const struct db *db)
{
	const struct journal *j = db->log;

	return j && (j->failed || j->used - j->base > SLACK + j->base);
}
