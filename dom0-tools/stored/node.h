/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of nodes. Subtrees are shared between the live tree and the snapshots of transactions:
 * a node with more than one reference is never changed but copied first, from the root down. A
 * snapshot thus costs one reference, and a write outside of transactions copies nothing.
 *
 * Children are sorted by name and kept in pieces of at most 64, so that a copied directory of
 * thousands costs a copy of its list of pieces and of one piece. Pure; knows of no permissions.
 */
#ifndef STORED_NODE_H
#define STORED_NODE_H

#include <stdint.h>
#include <string.h>

#include "perm.h"

struct kids;

struct node {
	uint32_t refs;
	uint32_t vlen, vcap; /* value: length, room */
	uint16_t nlen;       /* name, without its NUL */
	uint64_t key;        /* node_key() of the name */
	uint64_t gen;        /* generation of the last change of value or permissions */
	uint64_t kgen;       /* ... of the list of children */
	uint64_t pgen;       /* ... of the permissions, creation included */
	struct perms *perms;
	struct kids *kids; /* NULL: none */
	char data[];       /* name, NUL, value */
};

static inline const char *node_name(const struct node *n)
{
	return n->data;
}
static inline const char *node_value(const struct node *n)
{
	return n->data + n->nlen + 1;
}

/* What a node takes of its owner's memory limit. */
static inline size_t node_bytes(const struct node *n)
{
	return sizeof(*n) + n->nlen + 1u + n->vlen + n->perms->n * sizeof(n->perms->p[0]);
}

/*
 * The first bytes of a name as a number: numbers are in the order of names, and different ones mean
 * different names. Names have no NUL, so up to NODE_KEY_BYTES the number is all of the name.
 */
enum { NODE_KEY_BYTES = 8 };
static inline uint64_t node_key(const char *name, size_t len)
{
	uint64_t key = 0;

	memcpy(&key, name, len < NODE_KEY_BYTES ? len : NODE_KEY_BYTES);
	return __builtin_bswap64(key);
}

/* A node with one reference; takes over the caller's reference to perms. */
struct node *node_new(const char *name, uint16_t nlen, struct perms *perms, const void *value,
		      uint32_t vlen, uint64_t gen);
static inline struct node *node_get(struct node *n)
{
	n->refs++;
	return n;
}
void node_put(struct node *n);

/* Number of children; the i-th of them in order of names. node_kid is O(pieces). */
uint32_t node_kids(const struct node *n);
struct node *node_kid(const struct node *n, uint32_t i);

/* Call fn for each child in order until it returns non-zero, which is returned. */
int node_each(const struct node *n, int (*fn)(struct node *kid, void *arg), void *arg);

/* The node at a legal absolute path of len bytes, or NULL. */
struct node *node_find(struct node *root, const char *path, size_t len);

/* The nearest existing ancestor (or the node itself); *at is the length of its path. */
struct node *node_nearest(struct node *root, const char *path, size_t len, size_t *at);

/*
 * Changes below *root. Each makes the way to its node exclusive first, so *root may change.
 * The node (node_add: the parent) must exist; gen is the generation of the change.
 */
struct node *node_set_value(struct node **root, const char *path, size_t len, const void *value,
			    uint32_t vlen, uint64_t gen);
struct node *node_set_perms(struct node **root, const char *path, size_t len, struct perms *perms,
			    uint64_t gen);
struct node *node_add(struct node **root, const char *path, size_t len, struct perms *perms,
		      const void *value, uint32_t vlen, uint64_t gen);
/* Cut a subtree (not the root) off; the caller gets its reference. */
struct node *node_cut(struct node **root, const char *path, size_t len, uint64_t gen);

#endif
