// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on nodes: read, write, list, remove, permissions; in a transaction or on the live tree.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "path.h"
#include "proto.h"
#include "state.h"
#include "txn.h"

/* A request's path, resolved. */
struct at {
	char path[PATH_BUF];
	size_t len;
};

static struct node *root(const struct req *r)
{
	return r->txn ? r->txn->root : r->db->root;
}

/* Note what a transaction depends on, and how many bytes of its own it is going to need. */
static int touch(struct req *r, const char *path, size_t len, unsigned what, size_t more)
{
	bool guest = !conn_privileged(r->conn);

	if (!r->txn)
		return 0;
	if (guest && more && quota_room(r->db, r->conn->dom, more + len))
		return -ENOMEM;
	return txn_touch(r->txn, path, len, what, more, guest ? quota_of(r->conn) : NULL);
}

/* Has the owner of a live node, if it is a guest, room for a longer value? */
static int room_for_value(struct req *r, const struct node *n, uint32_t vlen)
{
	struct dom *d = dom_find(&r->db->doms, n->perms->p[0].id);

	if (r->txn || vlen <= n->vlen || conn_privileged(r->conn) || !d)
		return 0;
	return quota_room(r->db, d, vlen - n->vlen);
}

static int resolve(struct req *r, struct at *at, bool special)
{
	size_t len;
	const char *s = req_str(r, 0, &len);
	int n = s ? path_resolve(at->path, s, len, conn_id(r->conn), special) : -EINVAL;

	if (n < 0)
		return n;
	if (len > quota_of(r->conn)->path_max && !conn_privileged(r->conn))
		return -EINVAL;
	at->len = (size_t)n;
	return 0;
}

/*
 * The node at the path, if the client has the rights `want` on it. A missing node is ENOENT only to
 * those who have them on the nearest node above it; to others it looks like one they may not touch.
 * what: on which aspects the request depends.
 */
static int get(struct req *r, const struct at *at, unsigned want, unsigned what, struct node **out)
{
	size_t found;
	struct node *n = node_nearest(root(r), at->path, at->len, &found);
	int rc;

	if ((conn_access(r->conn, n) & want) != want)
		return -EACCES;
	rc = touch(r, at->path, at->len, what, 0);
	if (rc)
		return rc;
	*out = n;
	return found == at->len ? 0 : -ENOENT;
}

int op_read(struct req *r)
{
	struct node *n;
	struct at at;
	int rc;

	if (!req_strs(r, 1))
		return -EINVAL;
	rc = resolve(r, &at, false);
	if (!rc)
		rc = get(r, &at, PERM_READ, TXN_VALUE, &n);
	if (!rc)
		buf_put(r->reply, node_value(n), n->vlen);
	return rc;
}

static int put_name(struct node *kid, void *arg)
{
	buf_put(arg, node_name(kid), kid->nlen + 1u);
	return 0;
}

int op_directory(struct req *r)
{
	struct node *n;
	struct at at;
	int rc;

	if (!req_strs(r, 1))
		return -EINVAL;
	rc = resolve(r, &at, false);
	if (!rc)
		rc = get(r, &at, PERM_READ, TXN_KIDS, &n);
	if (!rc)
		node_each(n, put_name, r->reply);
	return rc;
}

/* The part of the list of names that starts at byte `from`. */
struct part {
	struct buf *to;
	size_t from, pos;
	bool full;
};

static int put_part(struct node *kid, void *arg)
{
	struct part *p = arg;
	size_t size = kid->nlen + 1u;

	if (p->pos >= p->from) {
		if (p->to->len + size > XENSTORE_PAYLOAD_MAX - 1) {
			p->full = true;
			return 1;
		}
		buf_put(p->to, node_name(kid), (uint32_t)size);
	}
	p->pos += size;
	return 0;
}

int op_directory_part(struct req *r)
{
	long long from = req_num(r, 1, UINT_MAX);
	struct part p = {.to = r->reply, .from = (size_t)from};
	char gen[24];
	struct node *n;
	struct at at;
	int rc;

	if (!req_strs(r, 2) || from < 0)
		return -EINVAL;
	rc = resolve(r, &at, false);
	if (!rc)
		rc = get(r, &at, PERM_READ, TXN_KIDS, &n);
	if (rc)
		return rc;
	snprintf(gen, sizeof(gen), "%lu", n->kgen);
	req_reply_str(r, gen);
	node_each(n, put_part, &p);
	/* An empty name marks the end of the list. */
	if (!p.full)
		buf_put(r->reply, "", 1);
	return 0;
}

/* The list that a new node gets from its parent: without strangers, owned by its maker. */
static struct perms *inherit(struct req *r, const struct node *parent)
{
	struct perms *ps = parent->perms, *copy;
	bool guest = !conn_privileged(r->conn);
	unsigned i, n = 1;

	for (i = 0; i < ps->n; i++) {
		const struct dom *d = dom_find(&r->db->doms, ps->p[i].id);

		if (!d || d->born > parent->pgen)
			break;
	}
	if (i == ps->n && (!guest || ps->p[0].id == r->conn->dom->id))
		return perm_get(ps);
	copy = perm_new(ps->p, ps->n);
	if (guest)
		copy->p[0].id = r->conn->dom->id;
	else if (i == 0)
		copy->p[0].id = 0;
	for (i = 1; i < ps->n; i++) {
		const struct dom *d = dom_find(&r->db->doms, ps->p[i].id);

		if (d && d->born <= parent->pgen)
			copy->p[n++] = ps->p[i];
	}
	copy->n = (uint16_t)n;
	return copy;
}

static void make_one(struct req *r, const char *path, size_t len, struct perms *ps,
		     const char *value, uint32_t vlen, bool told)
{
	if (!r->txn) {
		db_add(r->db, path, len, ps, value, vlen);
		if (told)
			db_fire(r->db, path, len, NULL, 0);
		return;
	}
	node_add(&r->txn->root, path, len, perm_get(ps), value, vlen, ++r->db->gen);
	r->txn->created++;
	txn_changed(r->txn, path, len, TXN_SET, told);
}

/* Has the guest room for n more nodes with so many bytes of names and values? */
static int room_for_nodes(struct req *r, unsigned n, size_t bytes)
{
	struct dom *d = r->conn->dom;

	if (d->nodes + (r->txn ? r->txn->created : 0) + n > quota_of(r->conn)->nodes)
		return -ENOSPC;
	return r->txn ? 0 : quota_room(r->db, d, n * sizeof(struct node) + bytes);
}

/* Create the node and its missing parents below n, whose path is the first `have` bytes. */
static int make(struct req *r, const struct at *at, const struct node *n, size_t have,
		const char *value, uint32_t vlen)
{
	size_t end, from = have == 1 ? 1 : have + 1;
	unsigned i, more = 1;
	struct perms *ps;
	int rc = touch(r, at->path, have, TXN_PERMS, vlen);

	for (i = (unsigned)from; i < at->len; i++)
		more += at->path[i] == '/';
	if (!rc && !conn_privileged(r->conn))
		rc = room_for_nodes(r, more, at->len - have + vlen);
	for (end = from; !rc && end <= at->len; end++)
		if (end == at->len || at->path[end] == '/')
			rc = touch(r, at->path, end, 0, sizeof(struct node));
	if (rc)
		return rc;
	ps = inherit(r, n);
	for (end = from; end < at->len; end++)
		if (at->path[end] == '/')
			make_one(r, at->path, end, ps, NULL, 0, false);
	make_one(r, at->path, at->len, ps, value, vlen, true);
	perm_put(ps);
	return 0;
}

int op_write(struct req *r)
{
	struct node *n;
	const char *value;
	uint32_t vlen;
	struct at at;
	size_t plen;
	int rc = resolve(r, &at, false);

	if (rc)
		return rc;
	value = req_str(r, 0, &plen) + plen + 1;
	vlen = r->hdr.len - (uint32_t)plen - 1;
	if (vlen > quota_of(r->conn)->node_size && !conn_privileged(r->conn))
		return -ENOSPC;
	n = node_nearest(root(r), at.path, at.len, &plen);
	if (!(conn_access(r->conn, n) & PERM_WRITE))
		return -EACCES;
	if (plen != at.len)
		return make(r, &at, n, plen, value, vlen);
	rc = room_for_value(r, n, vlen);
	if (!rc)
		rc = touch(r, at.path, at.len, TXN_VALUE, vlen);
	if (rc)
		return rc;
	if (r->txn) {
		node_set_value(&r->txn->root, at.path, at.len, value, vlen, ++r->db->gen);
		txn_changed(r->txn, at.path, at.len, TXN_SET, true);
	} else {
		db_set_value(r->db, at.path, at.len, value, vlen, n->vlen);
		db_fire(r->db, at.path, at.len, NULL, 0);
	}
	return 0;
}

int op_mkdir(struct req *r)
{
	struct node *n;
	struct at at;
	size_t have;
	int rc;

	if (!req_strs(r, 1))
		return -EINVAL;
	rc = resolve(r, &at, false);
	if (rc)
		return rc;
	n = node_nearest(root(r), at.path, at.len, &have);
	if (!(conn_access(r->conn, n) & PERM_WRITE))
		return -EACCES;
	if (have == at.len)
		return touch(r, at.path, at.len, 0, 0);
	return make(r, &at, n, have, NULL, 0);
}

int op_rm(struct req *r)
{
	struct node *n;
	struct at at;
	size_t plen;
	int rc;

	if (!req_strs(r, 1))
		return -EINVAL;
	rc = resolve(r, &at, false);
	if (!rc && at.len == 1)
		rc = -EINVAL;
	if (rc)
		return rc;
	rc = get(r, &at, PERM_WRITE, TXN_VALUE | TXN_KIDS, &n);
	plen = path_parent_len(at.path, at.len);
	if (rc == -ENOENT && node_find(root(r), at.path, plen))
		return touch(r, at.path, plen, 0, 0);
	if (rc)
		return rc;
	if (r->txn) {
		node_put(node_cut(&r->txn->root, at.path, at.len, ++r->db->gen));
		txn_changed(r->txn, at.path, at.len, TXN_REMOVE, true);
	} else {
		db_remove(r->db, at.path, at.len);
	}
	return 0;
}

int op_get_perms(struct req *r)
{
	struct node *n;
	struct at at;
	int rc, which;

	if (!req_strs(r, 1))
		return -EINVAL;
	rc = resolve(r, &at, true);
	if (rc)
		return rc;
	if (at.path[0] == '@') {
		which = db_special(at.path);
		if (which < 0)
			return -ENOENT;
		perm_format(r->db->special[which], r->reply);
		return 0;
	}
	rc = get(r, &at, PERM_READ, TXN_PERMS, &n);
	if (!rc)
		perm_format(n->perms, r->reply);
	return rc;
}

/* The domains that a privileged client names are domains of now: their rights count from here on.
 */
static void know_domains(struct req *r, const struct perm *p, unsigned n)
{
	unsigned i;

	for (i = 0; i < n && conn_privileged(r->conn); i++)
		if (p[i].id < DOM_MAX && !dom_find(&r->db->doms, p[i].id))
			state_dom(r->db, dom_make(&r->db->doms, p[i].id, r->db->gen + 1));
}

static int set_special(struct req *r, const char *name, const struct perm *p, unsigned n)
{
	int which = db_special(name);

	if (which < 0)
		return -ENOENT;
	if (!conn_privileged(r->conn))
		return -EACCES;
	know_domains(r, p, n);
	perm_put(r->db->special[which]);
	r->db->special[which] = perm_new(p, n);
	r->db->special_pgen[which] = ++r->db->gen;
	state_special(r->db, which);
	return 0;
}

static void set_live(struct req *r, const struct at *at, struct node *n, struct perms *ps)
{
	struct perms *old = perm_get(n->perms);
	uint64_t old_pgen = n->pgen;

	db_set_perms(r->db, at->path, at->len, ps);
	db_fire(r->db, at->path, at->len, old, old_pgen);
	perm_put(old);
}

int op_set_perms(struct req *r)
{
	enum { MOST = XENSTORE_PAYLOAD_MAX / 3 };
	bool guest = !conn_privileged(r->conn);
	struct perm p[MOST];
	struct perms *ps;
	struct node *n;
	struct at at;
	size_t plen;
	int rc = resolve(r, &at, true), count;

	if (rc)
		return rc;
	req_str(r, 0, &plen);
	count = perm_parse(r->data + plen + 1, r->hdr.len - plen - 1, p,
			   guest ? quota_of(r->conn)->perms : MOST);
	if (count < 0)
		return count;
	if (at.path[0] == '@')
		return set_special(r, at.path, p, (unsigned)count);
	rc = get(r, &at, PERM_WRITE | PERM_OWNER, TXN_VALUE | TXN_PERMS, &n);
	if (rc)
		return rc;
	if (guest && p[0].id != n->perms->p[0].id)
		return -EPERM;
	know_domains(r, p, (unsigned)count);
	ps = perm_new(p, (unsigned)count);
	if (r->txn) {
		node_set_perms(&r->txn->root, at.path, at.len, perm_get(ps), ++r->db->gen);
		txn_changed(r->txn, at.path, at.len, TXN_SET, true);
	} else {
		set_live(r, &at, n, ps);
	}
	perm_put(ps);
	return 0;
}
