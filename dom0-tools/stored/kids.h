/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory's children: sorted, in shared pieces, copied on write like the nodes. node.c's own.
 */
#ifndef STORED_KIDS_H
#define STORED_KIDS_H

#include <stdint.h>

#include "node.h"

enum { KIDS_PIECE = 64 };

struct piece {
	uint32_t refs;
	uint16_t n, cap;
	struct node *k[];
};

struct kids {
	uint32_t refs;
	uint32_t total;  /* children in all pieces */
	uint32_t n, cap; /* pieces, none of them empty */
	struct piece *p[];
};

static inline struct kids *kids_get(struct kids *ks)
{
	if (ks)
		ks->refs++;
	return ks;
}
void kids_put(struct kids *ks);

/* The child of that name, or NULL. ks may be NULL. */
struct node *kids_find(const struct kids *ks, const char *name, size_t len);

/* Where the child's pointer lies in an exclusive copy of *ks; the child must exist. */
struct node **kids_slot(struct kids **ks, const char *name, size_t len);

/* Add a child that does not exist yet (takes its reference); take one out (gives its reference). */
void kids_add(struct kids **ks, struct node *kid);
struct node *kids_cut(struct kids **ks, const char *name, size_t len);

#endif
