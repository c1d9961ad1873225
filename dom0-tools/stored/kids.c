// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kids.h"

static struct piece *piece_new(unsigned cap)
{
	struct piece *p = mem_alloc(sizeof(*p) + cap * sizeof(p->k[0]));

	p->refs = 1;
	p->n = 0;
	p->cap = (uint16_t)cap;
	return p;
}

static void piece_put(struct piece *p)
{
	unsigned i;

	if (--p->refs)
		return;
	for (i = 0; i < p->n; i++)
		node_put(p->k[i]);
	free(p);
}

void kids_put(struct kids *ks)
{
	uint32_t i;

	if (!ks || --ks->refs)
		return;
	for (i = 0; i < ks->n; i++)
		piece_put(ks->p[i]);
	free(ks);
}

/* A name that is looked for. */
struct sought {
	const char *name;
	size_t len;
	uint64_t key;
};

static struct sought sought(const char *name, size_t len)
{
	return (struct sought){name, len, node_key(name, len)};
}

/* Order of n's name and that one. */
static int name_cmp(const struct node *n, const struct sought *s)
{
	size_t min = n->nlen < s->len ? n->nlen : s->len;
	int c;

	if (n->key != s->key)
		return n->key < s->key ? -1 : 1;
	if (n->nlen <= NODE_KEY_BYTES && s->len <= NODE_KEY_BYTES)
		return 0;
	c = memcmp(node_name(n), s->name, min);
	return c ? c : (n->nlen > s->len) - (n->nlen < s->len);
}

/* The piece in which the name is or would have to go. ks has at least one. */
static uint32_t piece_of(const struct kids *ks, const struct sought *s)
{
	uint32_t lo = 0, hi = ks->n;

	while (hi - lo > 1) {
		uint32_t mid = (lo + hi) / 2;

		if (name_cmp(ks->p[mid]->k[0], s) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* First place in the piece that is not before the name; *hit: it is the name. */
static unsigned place_in(const struct piece *p, const struct sought *s, bool *hit)
{
	unsigned lo = 0, hi = p->n;

	*hit = false;
	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		int c = name_cmp(p->k[mid], s);

		if (c == 0) {
			*hit = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct node *kids_find(const struct kids *ks, const char *name, size_t len)
{
	const struct sought s = sought(name, len);
	const struct piece *p;
	unsigned i;
	bool hit;

	if (!ks)
		return NULL;
	p = ks->p[piece_of(ks, &s)];
	i = place_in(p, &s, &hit);
	return hit ? p->k[i] : NULL;
}

/* An exclusive list with room for one more piece. */
static struct kids *kids_own(struct kids **at)
{
	struct kids *ks = *at, *n;
	uint32_t i;

	if (ks && ks->refs == 1) {
		if (ks->n == ks->cap) {
			ks->cap *= 2;
			ks = *at = mem_realloc(ks, sizeof(*ks) + ks->cap * sizeof(ks->p[0]));
		}
		return ks;
	}
	i = ks ? ks->n + ks->n / 8 + 1 : 1;
	n = mem_alloc(sizeof(*n) + i * sizeof(n->p[0]));
	*n = (struct kids){.refs = 1, .cap = i};
	if (ks) {
		n->total = ks->total;
		n->n = ks->n;
		memcpy(n->p, ks->p, ks->n * sizeof(ks->p[0]));
		for (i = 0; i < ks->n; i++)
			ks->p[i]->refs++;
		ks->refs--;
	}
	return *at = n;
}

/* An exclusive piece with room for one more child. */
static struct piece *piece_own(struct piece **at)
{
	struct piece *p = *at, *n;
	unsigned i, cap = p->n < 4 ? 4 : p->n == p->cap ? p->n * 2u : p->cap;

	if (cap > KIDS_PIECE)
		cap = KIDS_PIECE;
	if (p->refs == 1) {
		if (cap > p->cap) {
			p = *at = mem_realloc(p, sizeof(*p) + cap * sizeof(p->k[0]));
			p->cap = (uint16_t)cap;
		}
		return p;
	}
	n = piece_new(cap);
	n->n = p->n;
	memcpy(n->k, p->k, p->n * sizeof(p->k[0]));
	for (i = 0; i < p->n; i++)
		p->k[i]->refs++;
	p->refs--;
	return *at = n;
}

struct node **kids_slot(struct kids **at, const char *name, size_t len)
{
	const struct sought s = sought(name, len);
	struct kids *ks = kids_own(at);
	struct piece *p = piece_own(&ks->p[piece_of(ks, &s)]);
	bool hit;

	return &p->k[place_in(p, &s, &hit)];
}

/* Halve the full exclusive piece i; ks has room for the new one. */
static void piece_split(struct kids *ks, uint32_t i)
{
	struct piece *p = ks->p[i], *n = piece_new(KIDS_PIECE);
	unsigned half = p->n / 2;

	n->n = (uint16_t)(p->n - half);
	memcpy(n->k, p->k + half, n->n * sizeof(n->k[0]));
	p->n = (uint16_t)half;
	memmove(&ks->p[i + 2], &ks->p[i + 1], (ks->n - i - 1) * sizeof(ks->p[0]));
	ks->p[i + 1] = n;
	ks->n++;
}

void kids_add(struct kids **at, struct node *kid)
{
	const struct sought s = sought(node_name(kid), kid->nlen);
	struct kids *ks = kids_own(at);
	struct piece *p;
	uint32_t pi;
	unsigned i;
	bool hit;

	if (!ks->n)
		ks->p[ks->n++] = piece_new(4);
	pi = piece_of(ks, &s);
	p = piece_own(&ks->p[pi]);
	if (p->n == KIDS_PIECE) {
		piece_split(ks, pi);
		pi = piece_of(ks, &s);
		p = ks->p[pi];
	}
	i = place_in(p, &s, &hit);
	if (p->n == p->cap)
		p = piece_own(&ks->p[pi]);
	memmove(&p->k[i + 1], &p->k[i], (p->n - i) * sizeof(p->k[0]));
	p->k[i] = kid;
	p->n++;
	ks->total++;
}

struct node *kids_cut(struct kids **at, const char *name, size_t len)
{
	const struct sought s = sought(name, len);
	struct kids *ks = kids_own(at);
	uint32_t pi = piece_of(ks, &s);
	struct piece *p = piece_own(&ks->p[pi]);
	struct node *kid;
	unsigned i;
	bool hit;

	i = place_in(p, &s, &hit);
	kid = p->k[i];
	memmove(&p->k[i], &p->k[i + 1], (p->n - i - 1) * sizeof(p->k[0]));
	p->n--;
	ks->total--;
	if (p->n == 0) {
		piece_put(p);
		memmove(&ks->p[pi], &ks->p[pi + 1], (ks->n - pi - 1) * sizeof(ks->p[0]));
		ks->n--;
	}
	if (ks->total == 0) {
		kids_put(ks);
		*at = NULL;
	}
	return kid;
}
