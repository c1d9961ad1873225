// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "perm.h"
#include "watch.h"

enum { SLOTS_MIN = 64 };

void watch_init(struct watch_table *t)
{
	*t = (struct watch_table){.mask = SLOTS_MIN - 1};
	t->slot = mem_zalloc(SLOTS_MIN * sizeof(t->slot[0]));
}

void watch_fini(struct watch_table *t)
{
	free(t->slot);
}

static uint32_t hash_path(const char *path, size_t len)
{
	uint32_t h = MEM_HASH_INIT;

	while (len--)
		h = mem_hash_byte(h, *path++);
	return h;
}

static struct watch_path *path_find(const struct watch_table *t, const char *path, size_t len,
				    uint32_t hash)
{
	struct watch_path *p = t->slot[hash & t->mask];

	while (p && (p->hash != hash || p->len != len || memcmp(p->path, path, len)))
		p = p->next;
	return p;
}

static void table_grow(struct watch_table *t)
{
	uint32_t i, mask = t->mask * 2 + 1;
	struct watch_path **slot = mem_zalloc((mask + 1ul) * sizeof(*slot));

	for (i = 0; i <= t->mask; i++) {
		struct watch_path *p, *next;

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

static struct watch_path *path_make(struct watch_table *t, const char *path, size_t len)
{
	uint32_t hash = hash_path(path, len);
	struct watch_path *p = path_find(t, path, len, hash);

	if (p)
		return p;
	if (t->paths > t->mask)
		table_grow(t);
	p = mem_alloc(sizeof(*p) + len + 1);
	LIST_INIT(&p->watches);
	p->hash = hash;
	p->len = (uint16_t)len;
	memcpy(p->path, path, len);
	p->path[len] = '\0';
	p->next = t->slot[hash & t->mask];
	t->slot[hash & t->mask] = p;
	t->paths++;
	return p;
}

struct watch *watch_find(struct watch_table *t, const struct conn *c, const char *path, size_t len,
			 const char *token, size_t tlen)
{
	struct watch_path *p = path_find(t, path, len, hash_path(path, len));
	struct watch *w;

	if (!p)
		return NULL;
	LIST_FOREACH(w, &p->watches, at_path)
		if (w->conn == c && w->tlen == tlen && !memcmp(w->token, token, tlen))
			return w;
	return NULL;
}

int watch_add(struct watch_table *t, struct conn *c, const char *path, size_t len,
	      const char *token, size_t tlen, size_t skip, int depth, struct watch **out)
{
	struct watch *w;

	if (watch_find(t, c, path, len, token, tlen))
		return -EEXIST;
	w = mem_alloc(sizeof(*w) + tlen + 1);
	w->path = path_make(t, path, len);
	w->conn = c;
	w->depth = depth;
	w->lost = false;
	w->skip = (uint16_t)skip;
	w->tlen = (uint16_t)tlen;
	memcpy(w->token, token, tlen);
	w->token[tlen] = '\0';
	LIST_INSERT_HEAD(&w->path->watches, w, at_path);
	LIST_INSERT_HEAD(&c->watches, w, at_conn);
	t->n++;
	*out = w;
	return 0;
}

void watch_remove(struct watch_table *t, struct watch *w)
{
	struct watch_path *p = w->path, **at;

	LIST_REMOVE(w, at_path);
	LIST_REMOVE(w, at_conn);
	free(w);
	t->n--;
	if (!LIST_EMPTY(&p->watches))
		return;
	for (at = &t->slot[p->hash & t->mask]; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	t->paths--;
	free(p);
}

static bool may_see(const struct conn *c, const struct watch_view *v)
{
	unsigned i;

	for (i = 0; i < v->n; i++)
		if (conn_access_perms(c, v->by[i].perms, v->by[i].pgen) & PERM_READ)
			return true;
	return false;
}

static int levels(const char *from, const char *to)
{
	int n = 0;

	for (; from < to; from++)
		n += *from == '/';
	return n;
}

static void fire_at(struct watch_table *t, const char *path, size_t len, size_t prefix,
		    uint32_t hash, const struct watch_view *v)
{
	const struct watch_path *p = path_find(t, path, prefix, hash);
	struct watch *w;

	if (!p)
		return;
	LIST_FOREACH(w, &p->watches, at_path) {
		/* Below the root the separator is the prefix itself. */
		if (w->depth != WATCH_DEEP && len > prefix &&
		    levels(path + (prefix == 1 ? 0 : prefix), path + len) > w->depth)
			continue;
		if (may_see(w->conn, v))
			conn_event(w->conn, w, path + w->skip, len - w->skip);
	}
}

void watch_fire(struct watch_table *t, const char *path, size_t len, const struct watch_view *v)
{
	uint32_t h = MEM_HASH_INIT;
	size_t i;

	if (!t->n)
		return;
	for (i = 0; i < len; i++) {
		if (path[i] == '/' && i > 1)
			fire_at(t, path, len, i, h, v);
		h = mem_hash_byte(h, path[i]);
		if (i == 0 && len > 1)
			fire_at(t, path, len, 1, h, v);
	}
	fire_at(t, path, len, len, h, v);
}

void watch_fire_special(struct watch_table *t, const char *path, size_t len, size_t prefix,
			const struct watch_view *v)
{
	const struct watch_path *p = path_find(t, path, prefix, hash_path(path, prefix));
	struct watch *w;

	if (!p)
		return;
	LIST_FOREACH(w, &p->watches, at_path)
		if (may_see(w->conn, v))
			conn_event(w->conn, w, path, w->depth > 0 ? len : prefix);
}

void watch_fire_exact(struct watch_table *t, const char *path, size_t len,
		      const struct watch_view *v)
{
	if (t->n)
		fire_at(t, path, len, len, hash_path(path, len), v);
}
