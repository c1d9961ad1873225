// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "conn.h"
#include "log.h"
#include "quota.h"
#include "state.h"
#include "txn.h"

const struct quota quota_default = {
	.nodes = 1000,
	.watches = 128,
	.txns = 10,
	.txn_nodes = 1024,
	.txn_bytes = 131072,
	.node_size = 2048,
	.path_max = 3072,
	.perms = 5,
	.memory = 5 << 19,
	.requests = 20,
	.unread = 16384,
	.events = 131072,
	.soft_memory = 2 << 20,
};

const struct quota_name quota_names[] = {
	{"nodes", offsetof(struct quota, nodes), "nodes owned"},
	{"watches", offsetof(struct quota, watches), "watches"},
	{"transactions", offsetof(struct quota, txns), "open transactions"},
	{"transaction-nodes", offsetof(struct quota, txn_nodes), "paths one transaction touches"},
	{"transaction-size", offsetof(struct quota, txn_bytes), "bytes of one transaction"},
	{"node-size", offsetof(struct quota, node_size), "bytes of one value"},
	{"path-max", offsetof(struct quota, path_max), "bytes of one path"},
	{"permissions", offsetof(struct quota, perms), "permission entries of one node"},
	{"memory", offsetof(struct quota, memory), "bytes of all that, and of queues"},
	{"outstanding", offsetof(struct quota, requests), "unread answers before requests wait"},
	{"outstanding-size", offsetof(struct quota, unread), "unread bytes before requests wait"},
	{"events", offsetof(struct quota, events), "unread bytes before events are merged"},
	{NULL, 0, NULL},
};

const struct quota_name quota_soft_names[] = {
	{"memory", offsetof(struct quota, soft_memory), "bytes above which the log tells"},
	{NULL, 0, NULL},
};

const struct quota_name *quota_find(const char *name, bool soft)
{
	const struct quota_name *n;

	for (n = soft ? quota_soft_names : quota_names; n->name; n++)
		if (!strcmp(n->name, name))
			return n;
	return NULL;
}

static unsigned *value_at(const struct quota *q, const struct quota_name *n)
{
	return (unsigned *)((char *)(uintptr_t)q + n->offset);
}

unsigned quota_value(const struct quota *q, const struct quota_name *n)
{
	return *value_at(q, n);
}

void quota_set(struct quota *q, const struct quota_name *n, unsigned value)
{
	*value_at(q, n) = value;
}

/* A limit's bit in the sets of those that were changed. */
static uint32_t bit_of(const struct quota_name *n)
{
	return 1u << n->offset / sizeof(unsigned);
}

void quota_change(struct db *db, struct dom *d, const struct quota_name *n, unsigned value)
{
	struct dom *other;

	if (d) {
		if (!d->own) {
			d->own = mem_alloc(sizeof(*d->own));
			*d->own = db->quota;
		}
		quota_set(d->own, n, value);
		d->own_set |= bit_of(n);
	} else {
		quota_set(&db->quota, n, value);
		db->quota_set |= bit_of(n);
		LIST_FOREACH(other, &db->doms.all, all)
			if (other->own && !(other->own_set & bit_of(n)))
				quota_set(other->own, n, value);
	}
	state_quota(db, d, n, value);
}

static void dump_set(struct db *db, const struct dom *d, const struct quota *q, uint32_t set,
		     const struct quota_name *n)
{
	for (; n->name; n++)
		if (set & bit_of(n))
			state_quota(db, d, n, quota_value(q, n));
}

void quota_dump(struct db *db)
{
	const struct dom *d;

	dump_set(db, NULL, &db->quota, db->quota_set, quota_names);
	dump_set(db, NULL, &db->quota, db->quota_set, quota_soft_names);
	LIST_FOREACH(d, &db->doms.all, all) {
		dump_set(db, d, d->own, d->own_set, quota_names);
		dump_set(db, d, d->own, d->own_set, quota_soft_names);
	}
}

const struct quota *quota_of(const struct conn *c)
{
	return c->dom && c->dom->own ? c->dom->own : &c->db->quota;
}

size_t quota_used(const struct dom *d)
{
	size_t n = d->node_bytes + d->watch_bytes;
	const struct txn *t;

	if (!d->conn)
		return n;
	LIST_FOREACH(t, &d->conn->txns, at_conn)
		n += t->bytes;
	return n + d->conn->in.len + d->conn->out.len;
}

int quota_room(struct db *db, struct dom *d, size_t more)
{
	const struct quota *q = d->own ? d->own : &db->quota;
	size_t n;

	if (d->id == 0)
		return 0;
	n = quota_used(d) + more;
	if (n > q->soft_memory && !d->warned) {
		log_warn("domain %u uses more than %u bytes of the store (the soft limit 'memory')",
			 d->id, q->soft_memory);
		d->warned = true;
	} else if (d->warned && n < q->soft_memory / 2) {
		d->warned = false;
	}
	return n > q->memory ? -ENOMEM : 0;
}
