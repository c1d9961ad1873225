// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "db.h"
#include "path.h"
#include "state.h"

static const char *const specials[DB_SPECIALS] = {"@introduceDomain", "@releaseDomain"};

/* The domain in whose books the node is: nobody's if it is left from an earlier owner of the id. */
static struct dom *owner(struct db *db, const struct node *n)
{
	struct dom *d = dom_find(&db->doms, n->perms->p[0].id);

	return d && n->pgen >= d->born ? d : NULL;
}

static void account(struct db *db, const struct node *n, int by)
{
	struct dom *d = owner(db, n);

	if (!d)
		return;
	d->nodes += (unsigned)by;
	d->node_bytes += by < 0 ? -node_bytes(n) : node_bytes(n);
}

void db_init(struct db *db)
{
	const struct perm p = {.id = 0, .access = 0};
	int i;

	*db = (struct db){.quota = quota_default, .gen = 1, .nodes = 1};
	TAILQ_INIT(&db->dirty);
	TAILQ_INIT(&db->ready);
	LIST_INIT(&db->clients);
	watch_init(&db->watches);
	db->root = node_new("", 0, perm_new(&p, 1), NULL, 0, db->gen);
	for (i = 0; i < DB_SPECIALS; i++)
		db->special[i] = perm_get(db->root->perms);
	dom_make(&db->doms, 0, 0);
	account(db, db->root, 1);
}

void db_fini(struct db *db)
{
	unsigned i;

	node_put(db->root);
	for (i = 0; i < DB_SPECIALS; i++)
		perm_put(db->special[i]);
	while (!LIST_EMPTY(&db->doms.all))
		dom_drop(&db->doms, LIST_FIRST(&db->doms.all));
	watch_fini(&db->watches);
	update_forget(&db->update);
}

void db_add(struct db *db, const char *path, size_t len, struct perms *perms, const void *value,
	    uint32_t vlen)
{
	struct node *n = node_add(&db->root, path, len, perm_get(perms), value, vlen, ++db->gen);

	db->nodes++;
	account(db, n, 1);
	state_node(db, path, len, n);
}

void db_set_value(struct db *db, const char *path, size_t len, const void *value, uint32_t vlen,
		  uint32_t was)
{
	struct node *n = node_set_value(&db->root, path, len, value, vlen, ++db->gen);
	struct dom *d = owner(db, n);

	if (d)
		d->node_bytes += (size_t)vlen - was;
	state_node(db, path, len, n);
}

void db_set_perms(struct db *db, const char *path, size_t len, struct perms *perms)
{
	struct node *n;

	account(db, node_find(db->root, path, len), -1);
	n = node_set_perms(&db->root, path, len, perm_get(perms), ++db->gen);
	account(db, n, 1);
	state_node(db, path, len, n);
}

void db_adopt(struct db *db, const char *path, size_t len, const struct node *was)
{
	struct node *n = node_find(db->root, path, len);

	if (was && n->perms == was->perms && n->vlen == was->vlen &&
	    !memcmp(node_value(n), node_value(was), n->vlen)) {
		/* Written as it was: no reason for another transaction to fail. */
		n->gen = was->gen;
		return;
	}
	if (was)
		account(db, was, -1);
	else
		db->nodes++;
	account(db, n, 1);
	state_node(db, path, len, n);
}

void db_restore(struct db *db, const char *path, size_t len, struct perms *perms, const void *value,
		uint32_t vlen, const struct node_gens *gens)
{
	size_t plen = path_parent_len(path, len);
	struct node *n = node_find(db->root, path, len);
	uint64_t kgen = node_find(db->root, path, plen)->kgen;

	if (n) {
		account(db, n, -1);
		node_set_perms(&db->root, path, len, perms, gens->pgen);
		n = node_set_value(&db->root, path, len, value, vlen, gens->gen);
	} else {
		n = node_add(&db->root, path, len, perms, value, vlen, gens->pgen);
		db->nodes++;
		/* The parent's own record knows better, unless it is older than this. */
		if (kgen > gens->pgen)
			node_find(db->root, path, plen)->kgen = kgen;
	}
	n->gen = gens->gen;
	n->pgen = gens->pgen;
	if (n->kgen < gens->kgen)
		n->kgen = gens->kgen;
	account(db, n, 1);
}

/* A walk over a subtree that knows the path of each node. */
struct walk {
	struct db *db;
	size_t len;
	unsigned depth;
	char path[PATH_BUF];
};

static int walk_removed(struct node *n, void *arg)
{
	struct walk *w = arg;
	struct watch_view view = {0};
	size_t len = w->len;

	w->db->nodes--;
	account(w->db, n, -1);
	if (w->depth++) {
		w->path[w->len++] = '/';
		memcpy(w->path + w->len, node_name(n), n->nlen);
		w->len += n->nlen;
		watch_view_add(&view, n->perms, n->pgen);
		watch_fire_exact(&w->db->watches, w->path, w->len, &view);
	}
	node_each(n, walk_removed, w);
	w->depth--;
	w->len = len;
	return 0;
}

void db_remove(struct db *db, const char *path, size_t len)
{
	struct node *parent = node_find(db->root, path, path_parent_len(path, len)), *n;
	struct walk w = {.db = db, .len = len};
	struct watch_view view = {0};

	watch_view_add(&view, parent->perms, parent->pgen);
	n = node_cut(&db->root, path, len, ++db->gen);
	state_remove(db, path, len);
	watch_view_add(&view, n->perms, n->pgen);
	watch_fire(&db->watches, path, len, &view);
	memcpy(w.path, path, len);
	walk_removed(n, &w);
	node_put(n);
}

void db_fire(struct db *db, const char *path, size_t len, const struct perms *old,
	     uint64_t old_pgen)
{
	struct node *n = node_find(db->root, path, len), *parent;
	struct watch_view view = {0};

	if (!n)
		return;
	watch_view_add(&view, n->perms, n->pgen);
	if (len > 1) {
		parent = node_find(db->root, path, path_parent_len(path, len));
		watch_view_add(&view, parent->perms, parent->pgen);
	}
	if (old)
		watch_view_add(&view, old, old_pgen);
	watch_fire(&db->watches, path, len, &view);
}

int db_special(const char *name)
{
	int i;

	for (i = 0; i < DB_SPECIALS; i++)
		if (!strcmp(name, specials[i]))
			return i;
	return -1;
}

void db_fire_special(struct db *db, int which, uint16_t domid)
{
	struct watch_view view = {0};
	char path[32];
	int len = snprintf(path, sizeof(path), "%s/%u", specials[which], domid);

	watch_view_add(&view, db->special[which], db->special_pgen[which]);
	watch_fire_special(&db->watches, path, (size_t)len, strlen(specials[which]), &view);
}

/* Collects the topmost nodes that a domain owns, as NUL-terminated paths. */
struct hunt {
	struct walk w;
	const struct dom *dom;
	struct buf found;
};

static int walk_owned(struct node *n, void *arg)
{
	struct hunt *h = arg;
	struct walk *w = &h->w;
	size_t len = w->len;

	if (w->depth++) {
		w->path[w->len++] = '/';
		memcpy(w->path + w->len, node_name(n), n->nlen);
		w->len += n->nlen;
	}
	if (w->len && owner(w->db, n) == h->dom) {
		w->path[w->len] = '\0';
		buf_put(&h->found, w->path, (uint32_t)w->len + 1);
	} else {
		node_each(n, walk_owned, h);
	}
	w->depth--;
	w->len = len;
	return 0;
}

/* Remove what the domain owns at path and below; path "" is the whole tree. */
static void remove_owned(struct db *db, const struct dom *d, const char *path)
{
	struct hunt h = {.w = {.db = db, .len = strlen(path)}, .dom = d};
	struct node *n = node_find(db->root, path[0] ? path : "/", path[0] ? h.w.len : 1);

	if (!n)
		return;
	memcpy(h.w.path, path, h.w.len);
	walk_owned(n, &h);
	while (h.found.len) {
		const char *p = buf_data(&h.found);
		size_t len = strlen(p);

		db_remove(db, p, len);
		buf_take(&h.found, (uint32_t)len + 1);
	}
	buf_free(&h.found);
}

void db_bury(struct db *db, struct dom *d)
{
	char home[32];

	/* Nearly always all of it is in its home; only if not, the whole tree is searched. */
	if (d->nodes) {
		snprintf(home, sizeof(home), "/local/domain/%u", d->id);
		remove_owned(db, d, home);
	}
	if (d->nodes)
		remove_owned(db, d, "");
	state_dom_gone(db, d->id);
	dom_drop(&db->doms, d);
}

struct audit {
	struct db *db;
	uint64_t nodes;
	unsigned owned[DOM_MAX];
	size_t bytes[DOM_MAX];
};

static int walk_audit(struct node *n, void *arg)
{
	struct audit *a = arg;
	const struct dom *d = owner(a->db, n);

	a->nodes++;
	if (d) {
		a->owned[d->id]++;
		a->bytes[d->id] += node_bytes(n);
	}
	return node_each(n, walk_audit, a);
}

unsigned db_check(struct db *db, struct buf *text)
{
	struct audit *a = mem_zalloc(sizeof(*a));
	const struct dom *d;
	unsigned bad = 0;
	char line[128];
	int n;

	a->db = db;
	walk_audit(db->root, a);
	if (a->nodes != db->nodes) {
		bad++;
		n = snprintf(line, sizeof(line), "%lu nodes, %lu in the books\n", a->nodes,
			     db->nodes);
		buf_put(text, line, (uint32_t)n);
	}
	LIST_FOREACH(d, &db->doms.all, all) {
		if (a->owned[d->id] == d->nodes && a->bytes[d->id] == d->node_bytes)
			continue;
		bad++;
		n = snprintf(line, sizeof(line),
			     "domain %u: %u nodes of %zu bytes, %u of %zu in the books\n", d->id,
			     a->owned[d->id], a->bytes[d->id], d->nodes, d->node_bytes);
		buf_put(text, line, (uint32_t)n);
	}
	free(a);
	return bad;
}
