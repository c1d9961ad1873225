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
	/* A connection that is still or already without an introduced domain is not part of the
	 * state. */
	if (!c->dom || !c->dom->introduced || !c->db->log)
		return NULL;
	return journal_put(c->db->log, type, c->dom->id, len);
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

static void dump_conn(const struct conn *c)
{
	const struct watch *w;
	const struct txn *t;

	state_ring(c);
	LIST_FOREACH(w, &c->watches, at_conn)
		state_watch(w);
	LIST_FOREACH(t, &c->txns, at_conn)
		state_txn(c, t->id, true);
	if (c->in.len)
		state_in(c, buf_data(&c->in), c->in.len);
	if (c->out.len)
		state_out(c, buf_data(&c->out), c->out.len);
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

bool state_due(const struct db *db)
{
	const struct journal *j = db->log;

	return j && (j->failed || j->used - j->base > SLACK + j->base);
}
