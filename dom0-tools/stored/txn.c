// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "db.h"
#include "path.h"
#include "txn.h"

enum { SLOTS_MIN = 16 };

struct txn *txn_start(struct db *db, struct conn *c, uint32_t id, bool doomed)
{
	struct txn *t = mem_zalloc(sizeof(*t));

	t->id = id;
	t->doomed = doomed;
	t->base = node_get(db->root);
	t->root = node_get(db->root);
	t->mask = SLOTS_MIN - 1;
	t->slot = mem_zalloc(SLOTS_MIN * sizeof(t->slot[0]));
	LIST_INSERT_HEAD(&c->txns, t, at_conn);
	c->ntxns++;
	return t;
}

void txn_free(struct txn *t)
{
	uint32_t i;

	for (i = 0; i <= t->mask; i++) {
		struct txn_path *p, *next;

		for (p = t->slot[i]; p; p = next) {
			next = p->next;
			free(p);
		}
	}
	LIST_REMOVE(t, at_conn);
	node_put(t->base);
	node_put(t->root);
	free(t->slot);
	free(t->step);
	free(t);
}

static void table_grow(struct txn *t)
{
	uint32_t i, mask = t->mask * 2 + 1;
	struct txn_path **slot = mem_zalloc((mask + 1ul) * sizeof(*slot));

	for (i = 0; i <= t->mask; i++) {
		struct txn_path *p, *next;

		for (p = t->slot[i]; p; p = next) {
			next = p->next;
			p->next = slot[p->hash & mask];
			slot[p->hash & mask] = p;
		}
	}
	free(t->slot);
	t->slot = slot;
	t->mask = mask;
}

static struct txn_path *path_find(const struct txn *t, const char *path, size_t len, uint32_t *hash)
{
	struct txn_path *p;
	uint32_t h = MEM_HASH_INIT;
	size_t i;

	for (i = 0; i < len; i++)
		h = mem_hash_byte(h, path[i]);
	*hash = h;
	for (p = t->slot[h & t->mask]; p; p = p->next)
		if (p->hash == h && p->len == len && !memcmp(p->path, path, len))
			break;
	return p;
}

int txn_touch(struct txn *t, const char *path, size_t len, unsigned what, size_t more,
	      const struct quota *q)
{
	uint32_t hash;
	struct txn_path *p = path_find(t, path, len, &hash);

	if (!p)
		more += sizeof(*p) + len;
	if (q && (t->bytes + more > q->txn_bytes || (!p && t->paths >= q->txn_nodes)))
		return -ENOSPC;
	t->bytes += more;
	if (p) {
		p->what |= (uint8_t)what;
		return 0;
	}
	if (t->paths > t->mask)
		table_grow(t);
	p = mem_alloc(sizeof(*p) + len);
	p->hash = hash;
	p->step = 0;
	p->len = (uint16_t)len;
	p->what = (uint8_t)what;
	memcpy(p->path, path, len);
	p->next = t->slot[hash & t->mask];
	t->slot[hash & t->mask] = p;
	t->paths++;
	return 0;
}

void txn_changed(struct txn *t, const char *path, size_t len, enum txn_change how, bool told)
{
	uint32_t hash;
	struct txn_path *p = path_find(t, path, len, &hash);

	/* The commit applies final states, so a second change of the same node adds nothing. */
	if (how == TXN_SET && p->step > t->removed_at && t->step[p->step - 1].how == TXN_SET) {
		t->step[p->step - 1].told |= told;
		return;
	}
	if (t->steps == t->steps_cap) {
		t->steps_cap = t->steps_cap ? t->steps_cap * 2 : 16;
		t->step = mem_realloc(t->step, t->steps_cap * sizeof(t->step[0]));
	}
	t->step[t->steps++] = (struct txn_step){.path = p, .how = how, .told = told};
	p->step = t->steps;
	if (how == TXN_REMOVE)
		t->removed_at = t->steps;
}

static bool same(const struct node *b, const struct node *l, unsigned what)
{
	if (b == l)
		return true;
	if (!b || !l)
		return false;
	return !((what & TXN_VALUE) && b->gen != l->gen) &&
	       !((what & TXN_KIDS) && b->kgen != l->kgen) &&
	       !((what & TXN_PERMS) && b->pgen != l->pgen);
}

bool txn_conflicts(const struct db *db, const struct txn *t)
{
	const struct txn_path *p;
	uint32_t i;

	if (t->doomed)
		return true;
	if (t->base == db->root)
		return false;
	for (i = 0; i <= t->mask; i++)
		for (p = t->slot[i]; p; p = p->next)
			if (!same(node_find(t->base, p->path, p->len),
				  node_find(db->root, p->path, p->len), p->what))
				return true;
	return false;
}

int txn_redo(struct db *db, struct txn *t, const char *path, size_t len, struct perms *perms,
	     const void *value, uint32_t vlen)
{
	struct node *n = node_find(t->root, path, len);
	uint64_t gen = ++db->gen;

	if (!perms) {
		if (n)
			node_put(node_cut(&t->root, path, len, gen));
		return 0;
	}
	if (!n) {
		if (!node_find(t->root, path, path_parent_len(path, len)))
			return -ENOENT;
		node_add(&t->root, path, len, perm_get(perms), value, vlen, gen);
		return 0;
	}
	node_set_perms(&t->root, path, len, perm_get(perms), gen);
	node_set_value(&t->root, path, len, value, vlen, gen);
	return 0;
}

static void apply_set(struct db *db, const struct txn_path *p, const struct node *final)
{
	const struct node *live = node_find(db->root, p->path, p->len);

	if (!live) {
		/* Its parent comes back in a later step if an earlier one removed it. */
		if (node_find(db->root, p->path, path_parent_len(p->path, p->len)))
			db_add(db, p->path, p->len, final->perms, node_value(final), final->vlen);
		return;
	}
	if (live->perms != final->perms)
		db_set_perms(db, p->path, p->len, final->perms);
	if (live->vlen != final->vlen || memcmp(node_value(live), node_value(final), live->vlen))
		db_set_value(db, p->path, p->len, node_value(final), final->vlen, live->vlen);
}

/* The live tree is as it was: the transaction's own takes its place, and the books follow. */
static void take_place(struct db *db, struct txn *t)
{
	uint32_t i;

	node_put(db->root);
	db->root = node_get(t->root);
	for (i = 0; i < t->steps; i++) {
		const struct txn_path *p = t->step[i].path;

		db_adopt(db, p->path, p->len, node_find(t->base, p->path, p->len));
		if (t->step[i].told)
			db_fire(db, p->path, p->len, NULL, 0);
	}
}

int txn_commit(struct db *db, struct conn *c, struct txn *t)
{
	uint32_t i;

	if (txn_conflicts(db, t))
		return -EAGAIN;
	if (!conn_privileged(c) && c->dom->nodes + t->created > quota_of(c)->nodes && t->created)
		return -ENOSPC;
	/* What was removed may be there again in part; that is sorted out step by step. */
	if (t->base == db->root && !t->removed_at) {
		take_place(db, t);
		return 0;
	}
	/* The snapshot is not needed any more; keeping it would make the live tree copy itself. */
	node_put(t->base);
	t->base = node_get(t->root);
	for (i = 0; i < t->steps; i++) {
		const struct txn_step *s = &t->step[i];
		const struct txn_path *p = s->path;
		const struct node *final = node_find(t->root, p->path, p->len);

		if (s->how == TXN_REMOVE && node_find(db->root, p->path, p->len))
			db_remove(db, p->path, p->len);
		else if (s->how == TXN_SET && final)
			apply_set(db, p, final);
		if (s->how == TXN_SET && s->told)
			db_fire(db, p->path, p->len, NULL, 0);
	}
	return 0;
}
