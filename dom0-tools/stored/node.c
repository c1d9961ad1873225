// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "kids.h"
#include "path.h"
#include "node.h"

static struct node *node_alloc(uint16_t nlen, uint32_t vlen)
{
	uint32_t vcap = (vlen + 15) & ~15u;
	struct node *n = mem_alloc(sizeof(*n) + nlen + 1u + vcap);

	n->refs = 1;
	n->nlen = nlen;
	n->vlen = vlen;
	n->vcap = vcap;
	return n;
}

struct node *node_new(const char *name, uint16_t nlen, struct perms *perms, const void *value,
		      uint32_t vlen, uint64_t gen)
{
	struct node *n = node_alloc(nlen, vlen);

	n->key = node_key(name, nlen);
	n->gen = n->kgen = n->pgen = gen;
	n->perms = perms;
	n->kids = NULL;
	memcpy(n->data, name, nlen);
	n->data[nlen] = '\0';
	if (vlen)
		memcpy(n->data + nlen + 1, value, vlen);
	return n;
}

void node_put(struct node *n)
{
	if (--n->refs)
		return;
	perm_put(n->perms);
	kids_put(n->kids);
	free(n);
}

static struct node *node_clone(const struct node *o)
{
	struct node *n = node_alloc(o->nlen, o->vlen);

	n->key = o->key;
	n->gen = o->gen;
	n->kgen = o->kgen;
	n->pgen = o->pgen;
	n->perms = perm_get(o->perms);
	n->kids = kids_get(o->kids);
	memcpy(n->data, o->data, o->nlen + 1u + o->vlen);
	return n;
}

uint32_t node_kids(const struct node *n)
{
	return n->kids ? n->kids->total : 0;
}

struct node *node_kid(const struct node *n, uint32_t i)
{
	uint32_t p = 0;

	while (i >= n->kids->p[p]->n)
		i -= n->kids->p[p++]->n;
	return n->kids->p[p]->k[i];
}

int node_each(const struct node *n, int (*fn)(struct node *kid, void *arg), void *arg)
{
	uint32_t p, i;
	int rc = 0;

	for (p = 0; n->kids && p < n->kids->n; p++)
		for (i = 0; i < n->kids->p[p]->n; i++) {
			rc = fn(n->kids->p[p]->k[i], arg);
			if (rc)
				return rc;
		}
	return rc;
}

/* The component that starts at path + at; *at moves behind it and its '/'. */
static size_t component(const char *path, size_t len, size_t *at)
{
	const char *s = path + *at, *e = memchr(s, '/', len - *at);
	size_t l = e ? (size_t)(e - s) : len - *at;

	*at += l + 1;
	return l;
}

struct node *node_find(struct node *n, const char *path, size_t len)
{
	size_t at = 1, from;

	while (n && at < len) {
		from = at;
		n = kids_find(n->kids, path + from, component(path, len, &at));
	}
	return n;
}

struct node *node_nearest(struct node *n, const char *path, size_t len, size_t *found)
{
	size_t at = 1;

	*found = 1;
	while (at < len) {
		size_t from = at, l = component(path, len, &at);
		struct node *k = kids_find(n->kids, path + from, l);

		if (!k)
			break;
		n = k;
		*found = from + l;
	}
	return n;
}

static struct node *slot_own(struct node **slot)
{
	struct node *n = *slot;

	if (n->refs > 1) {
		*slot = node_clone(n);
		n->refs--;
	}
	return *slot;
}

/* Make all nodes from the root to the one at path exclusive; it must exist. */
static struct node **slot_find(struct node **slot, const char *path, size_t len)
{
	struct node *n = slot_own(slot);
	size_t at = 1;

	while (at < len) {
		size_t from = at, l = component(path, len, &at);

		slot = kids_slot(&n->kids, path + from, l);
		n = slot_own(slot);
	}
	return slot;
}

struct node *node_set_value(struct node **root, const char *path, size_t len, const void *value,
			    uint32_t vlen, uint64_t gen)
{
	struct node **slot = slot_find(root, path, len), *n = *slot;

	if (vlen > n->vcap) {
		uint32_t vcap = (vlen + 15) & ~15u;

		n = *slot = mem_realloc(n, sizeof(*n) + n->nlen + 1u + vcap);
		n->vcap = vcap;
	}
	if (vlen)
		memcpy(n->data + n->nlen + 1, value, vlen);
	n->vlen = vlen;
	n->gen = gen;
	return n;
}

struct node *node_set_perms(struct node **root, const char *path, size_t len, struct perms *perms,
			    uint64_t gen)
{
	struct node *n = *slot_find(root, path, len);

	perm_put(n->perms);
	n->perms = perms;
	n->gen = n->pgen = gen;
	return n;
}

struct node *node_add(struct node **root, const char *path, size_t len, struct perms *perms,
		      const void *value, uint32_t vlen, uint64_t gen)
{
	size_t plen = path_parent_len(path, len), from = plen == 1 ? 1 : plen + 1;
	struct node *parent = *slot_find(root, path, plen);
	struct node *n = node_new(path + from, (uint16_t)(len - from), perms, value, vlen, gen);

	kids_add(&parent->kids, n);
	parent->kgen = gen;
	return n;
}

struct node *node_cut(struct node **root, const char *path, size_t len, uint64_t gen)
{
	size_t plen = path_parent_len(path, len), from = plen == 1 ? 1 : plen + 1;
	struct node *parent = *slot_find(root, path, plen);

	parent->kgen = gen;
	return kids_cut(&parent->kids, path + from, len - from);
}
