// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dom.h"

const struct quota quota_default = {
	.nodes = 1000,
	.watches = 128,
	.txns = 10,
	.txn_bytes = 131072,
	.node_size = 2048,
	.perms = 5,
	.outstanding = 16384,
	.events = 131072,
};

const struct quota_name quota_names[] = {
	{"nodes", offsetof(struct quota, nodes), "nodes owned"},
	{"watches", offsetof(struct quota, watches), "watches"},
	{"transactions", offsetof(struct quota, txns), "open transactions"},
	{"transaction-size", offsetof(struct quota, txn_bytes), "bytes of one transaction"},
	{"node-size", offsetof(struct quota, node_size), "bytes of one value"},
	{"permissions", offsetof(struct quota, perms), "permission entries of one node"},
	{"outstanding", offsetof(struct quota, outstanding), "unread bytes before requests wait"},
	{"events", offsetof(struct quota, events), "unread bytes before events are merged"},
	{NULL, 0, NULL},
};

static unsigned *value_at(const struct quota *q, const struct quota_name *n)
{
	return (unsigned *)((char *)(uintptr_t)q + n->offset);
}

unsigned quota_value(const struct quota *q, const struct quota_name *n)
{
	return *value_at(q, n);
}

int quota_set(struct quota *q, const char *name, unsigned value)
{
	const struct quota_name *n;

	for (n = quota_names; n->name; n++)
		if (!strcmp(n->name, name)) {
			*value_at(q, n) = value;
			return 0;
		}
	return -ENOENT;
}

struct dom *dom_make(struct dom_table *t, uint16_t id, uint64_t gen)
{
	struct dom *d = t->d[id];

	if (d)
		return d;
	d = mem_zalloc(sizeof(*d));
	d->id = id;
	d->target = -1;
	d->born = gen;
	t->d[id] = d;
	LIST_INSERT_HEAD(&t->all, d, all);
	t->n++;
	return d;
}

void dom_drop(struct dom_table *t, struct dom *d)
{
	t->d[d->id] = NULL;
	LIST_REMOVE(d, all);
	t->n--;
	free(d);
}

struct perm_who dom_who(struct dom_table *t, const struct dom *d)
{
	struct perm_who who = {.id = d->id, .born = d->born, .target = -1};
	const struct dom *target = d->target < 0 ? NULL : dom_find(t, (unsigned)d->target);

	if (target) {
		who.target = d->target;
		who.target_born = target->born;
	}
	return who;
}
