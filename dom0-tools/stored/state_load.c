// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the journal back. Its records are checked like foreign input: the file may have been
 * damaged, and a daemon that trusts it blindly would die again at each restart.
 */
#include <errno.h>
#include <string.h>

#include "conn.h"
#include "journal.h"
#include "path.h"
#include "state.h"
#include "state_rec.h"
#include "txn.h"

/* One record: what is left of its payload. */
struct rec {
	const char *p;
	uint32_t left;
	uint16_t id;
};

static const void *take(struct rec *r, size_t n)
{
	const char *p = r->p;

	if (n > r->left)
		return NULL;
	r->p += n;
	r->left -= (uint32_t)n;
	return p;
}

/* Generations go on above all that were given out, or new rights would look older than a domain. */
static void seen_gen(struct db *db, uint64_t gen)
{
	if (db->gen < gen)
		db->gen = gen;
}

static int load_node(struct db *db, struct rec *r)
{
	const struct state_node *s = take(r, sizeof(*s));
	const struct perm *perm = s && s->perms ? take(r, s->perms * sizeof(*perm)) : NULL;
	const char *path = perm ? take(r, s->plen) : NULL;
	const char *value = path ? take(r, s->vlen) : NULL;
	struct node_gens gens;

	if (!value || !path_legal(path, s->plen) ||
	    !node_find(db->root, path, path_parent_len(path, s->plen)))
		return -EINVAL;
	gens = (struct node_gens){s->gen, s->kgen, s->pgen};
	db_restore(db, path, s->plen, perm_new(perm, s->perms), value, s->vlen, &gens);
	seen_gen(db, s->gen);
	seen_gen(db, s->kgen);
	return 0;
}

static int load_remove(struct db *db, struct rec *r)
{
	const struct state_remove *s = take(r, sizeof(*s));
	uint32_t watches;

	if (!s || !path_legal(r->p, r->left) || r->left == 1 || !node_find(db->root, r->p, r->left))
		return -EINVAL;
	/* Nobody is told again: what this removal told is in the queues. */
	watches = db->watches.n;
	db->watches.n = 0;
	db_remove(db, r->p, r->left);
	db->watches.n = watches;
	seen_gen(db, s->gen);
	return 0;
}

static int load_special(struct db *db, struct rec *r)
{
	const struct state_special *s = take(r, sizeof(*s));

	if (!s || r->id >= DB_SPECIALS || !r->left || r->left % sizeof(struct perm))
		return -EINVAL;
	perm_put(db->special[r->id]);
	db->special[r->id] =
		perm_new((const struct perm *)r->p, r->left / (unsigned)sizeof(struct perm));
	db->special_pgen[r->id] = s->pgen;
	seen_gen(db, s->pgen);
	return 0;
}

static int load_dom(struct db *db, struct rec *r)
{
	const struct state_dom *s = take(r, sizeof(*s));
	struct dom *d;

	if (!s || r->id >= DOM_MAX)
		return -EINVAL;
	d = dom_make(&db->doms, r->id, s->born);
	seen_gen(db, s->born);
	d->gfn = s->gfn;
	d->port = s->port;
	d->target = s->target;
	d->introduced = s->introduced;
	d->shutdown = s->shutdown;
	d->dying = s->dying;
	if (d->introduced && !d->conn)
		conn_new(db, d);
	else if (!d->introduced && d->conn)
		conn_free(d->conn);
	return 0;
}

static int load_quota(struct db *db, struct rec *r)
{
	const struct state_quota *s = take(r, sizeof(*s));
	struct dom *d = r->id ? dom_find(&db->doms, r->id) : NULL;
	const struct quota_name *n;
	char name[32] = "";

	if (!s || r->left >= sizeof(name) || !d != !r->id)
		return -EINVAL;
	memcpy(name, r->p, r->left);
	n = quota_find(name, s->soft);
	/* One that this version has not is no reason to refuse the rest. */
	if (n)
		quota_change(db, d, n, s->value);
	return 0;
}

static int load_dom_gone(struct db *db, struct rec *r)
{
	struct dom *d = dom_find(&db->doms, r->id);

	if (!d || r->id == 0)
		return -EINVAL;
	if (d->conn)
		conn_free(d->conn);
	dom_drop(&db->doms, d);
	return 0;
}

static void count_watch(struct conn *c, const struct state_watch *s, int by)
{
	size_t bytes = watch_bytes(s->plen, s->tlen);

	if (!c->dom)
		return;
	c->dom->watches += (unsigned)by;
	c->dom->watch_bytes += by < 0 ? -bytes : bytes;
}

static int load_watch(struct conn *c, struct rec *r, bool add)
{
	const struct state_watch *s = take(r, sizeof(*s));
	const char *path = s ? take(r, s->plen) : NULL, *token = path ? take(r, s->tlen) : NULL;
	struct watch_table *t = &c->db->watches;
	struct watch *w;

	if (!token || s->skip > s->plen)
		return -EINVAL;
	if (add) {
		if (watch_add(t, c, path, s->plen, token, s->tlen, s->skip, s->depth, &w))
			return -EINVAL;
		w->lost = s->lost;
		c->lost |= w->lost;
		count_watch(c, s, 1);
		return 0;
	}
	w = watch_find(t, c, path, s->plen, token, s->tlen);
	if (!w)
		return -EINVAL;
	watch_remove(t, w);
	count_watch(c, s, -1);
	return 0;
}

static void load_lost(struct conn *c)
{
	struct watch *w;

	c->lost = true;
	LIST_FOREACH(w, &c->watches, at_conn)
		w->lost = true;
}

static int load_txn(struct conn *c, struct rec *r)
{
	const struct state_txn *s = take(r, sizeof(*s));
	struct txn *t;

	if (!s)
		return -EINVAL;
	t = conn_txn(c, s->id);
	if (!t == !s->open)
		return -EINVAL;
	if (s->open) {
		txn_start(c->db, c, s->id, true);
		if (c->dom)
			c->dom->txns++;
		if (c->next_tx < s->id)
			c->next_tx = s->id;
	} else {
		txn_free(t);
		c->ntxns--;
		if (c->dom)
			c->dom->txns--;
	}
	return 0;
}

static int load_asker(struct conn *c, struct rec *r)
{
	const struct state_asker *s = take(r, sizeof(*s));
	struct update *u = &c->db->update;

	if (!s)
		return -EINVAL;
	u->asker = c;
	u->hdr = (struct xsd_sockmsg){.type = s->type, .req_id = s->req_id, .tx_id = s->tx_id};
	return 0;
}

static int load_client(struct db *db, struct rec *r)
{
	const struct state_client *s = take(r, sizeof(*s));

	if (!s)
		return -EINVAL;
	conn_new(db, NULL)->fd = s->fd;
	return 0;
}

/*
 * The transaction begins anew here, with the tree of now: nothing that it has seen has changed, or
 * it would be among those that can only fail.
 */
static int load_txn_taken(struct conn *c, struct rec *r)
{
	const struct state_txn_taken *s = take(r, sizeof(*s));
	struct txn *t;

	if (!s || conn_txn(c, s->id))
		return -EINVAL;
	t = txn_start(c->db, c, s->id, false);
	t->created = s->created;
	t->bytes = s->bytes;
	if (c->dom)
		c->dom->txns++;
	if (c->next_tx < s->id)
		c->next_tx = s->id;
	return 0;
}

static int load_txn_path(struct conn *c, struct rec *r)
{
	const struct state_txn_path *s = take(r, sizeof(*s));
	struct txn *t = LIST_FIRST(&c->txns);

	if (!s || !t || !path_legal(r->p, r->left))
		return -EINVAL;
	return txn_touch(t, r->p, r->left, s->what, 0, NULL);
}

static int load_txn_step(struct conn *c, struct rec *r)
{
	const struct state_txn_step *s = take(r, sizeof(*s));
	const struct perm *perm = s ? take(r, s->perms * sizeof(*perm)) : NULL;
	const char *path = perm ? take(r, s->plen) : NULL;
	struct txn *t = LIST_FIRST(&c->txns);
	struct perms *ps;
	int rc;

	if (!path || !t || !path_legal(path, s->plen) || s->vlen != r->left ||
	    !s->removal != !!s->perms || txn_touch(t, path, s->plen, 0, 0, NULL))
		return -EINVAL;
	ps = s->removal ? NULL : perm_new(perm, s->perms);
	rc = s->removal && s->plen == 1 ? -EINVAL
					: txn_redo(c->db, t, path, s->plen, ps, r->p, r->left);
	if (ps)
		perm_put(ps);
	if (!rc)
		txn_changed(t, path, s->plen, s->removal ? TXN_REMOVE : TXN_SET, s->told);
	return rc == -ENOENT ? 0 : rc;
}

static int load_taken(struct conn *c, unsigned type, struct rec *r)
{
	switch (type) {
	case STATE_ASKER:
		return load_asker(c, r);
	case STATE_TXN_TAKEN:
		return load_txn_taken(c, r);
	case STATE_TXN_PATH:
		return load_txn_path(c, r);
	case STATE_TXN_STEP:
		return load_txn_step(c, r);
	default:
		return -EINVAL;
	}
}

static int load_ring(struct conn *c, struct rec *r, bool fresh)
{
	const struct state_ring *s = take(r, sizeof(*s));

	if (!s)
		return -EINVAL;
	buf_free(&c->in);
	if (fresh) {
		buf_free(&c->out);
	} else {
		/* What was in the page by then needs no place in the queue any more. */
		if (s->prod - c->ring.prod > c->out.len)
			return -EINVAL;
		buf_take(&c->out, s->prod - c->ring.prod);
	}
	c->ring.cons = s->cons;
	c->ring.prod = s->prod;
	c->ring.broken = s->broken;
	c->next_tx = s->next_tx;
	return 0;
}

static int load_bytes(struct conn *c, struct rec *r, bool in)
{
	const struct state_bytes *s = take(r, sizeof(*s));
	const char *data = s ? take(r, s->n) : NULL;

	if (!data)
		return -EINVAL;
	buf_put(in ? &c->in : &c->out, data, s->n);
	if (in)
		c->ring.cons = s->cons;
	return 0;
}

static int load_conn(struct db *db, unsigned type, struct rec *r)
{
	struct dom *d = dom_find(&db->doms, r->id);
	struct conn *c = d ? d->conn : NULL;

	if (r->id == STATE_CLIENT_ID)
		c = LIST_FIRST(&db->clients);
	if (!c)
		return -EINVAL;
	switch (type) {
	case STATE_WATCH:
	case STATE_UNWATCH:
		return load_watch(c, r, type == STATE_WATCH);
	case STATE_LOST:
		load_lost(c);
		return 0;
	case STATE_TXN:
		return load_txn(c, r);
	case STATE_RESET:
		conn_reset(c);
		return 0;
	case STATE_RING:
	case STATE_TAKEN:
		return load_ring(c, r, type == STATE_RING);
	case STATE_IN:
	case STATE_OUT:
		return load_bytes(c, r, type == STATE_IN);
	default:
		return load_taken(c, type, r);
	}
}

static int load_handover(struct rec *r, struct handover *h)
{
	const struct state_handover *s = take(r, sizeof(*s));

	if (!s)
		return -EINVAL;
	if (h)
		*h = (struct handover){s->listener, s->lock};
	return 0;
}

static int load_one(struct db *db, const struct journal_rec *rec, struct handover *h)
{
	struct rec r = {.p = (const char *)(rec + 1), .left = rec->len, .id = rec->id};

	if (rec->id == STATE_CLIENT_ID && !h)
		return 0;
	switch (rec->type) {
	case STATE_HANDOVER:
		return load_handover(&r, h);
	case STATE_CLIENT:
		return load_client(db, &r);
	case STATE_NODE:
		return load_node(db, &r);
	case STATE_REMOVE:
		return load_remove(db, &r);
	case STATE_SPECIAL:
		return load_special(db, &r);
	case STATE_DOM:
		return load_dom(db, &r);
	case STATE_DOM_GONE:
		return load_dom_gone(db, &r);
	case STATE_QUOTA:
		return load_quota(db, &r);
	default:
		return load_conn(db, rec->type, &r);
	}
}

static int load_all(struct db *db, const char *path, struct handover *h, size_t *at)
{
	struct journal *j = journal_open(path);
	const struct journal_rec *rec;
	int rc = 0;

	*at = 0;
	if (!j)
		return -errno;
	while (!rc && (rec = journal_next(j, at)))
		rc = load_one(db, rec, h);
	if (!rc && !journal_end(j, *at))
		rc = -EINVAL;
	journal_close(j);
	return rc;
}

int state_load(struct db *db, const char *path, size_t *at)
{
	return load_all(db, path, NULL, at);
}

int state_take_over(struct db *db, const char *path, struct handover *h, size_t *at)
{
	int rc;

	*h = (struct handover){-1, -1};
	rc = load_all(db, path, h, at);
	return !rc && h->listener < 0 ? -EINVAL : rc;
}
