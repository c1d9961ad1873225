/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains that the store knows, what each of them uses, and how much it may use. Pure. */
#ifndef STORED_DOM_H
#define STORED_DOM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "perm.h"
#include "quota.h"

struct conn;

enum { DOM_MAX = 0x7ff0 }; /* first reserved domain id */

struct dom {
	uint16_t id;
	bool introduced;      /* by INTRODUCE, not yet released; the control domain: always */
	bool shutdown, dying; /* as last seen */
	bool seen;            /* scratch of a scan */
	LIST_ENTRY(dom) all;
	int target;    /* it may act for this domain; -1: none */
	uint64_t born; /* generation at which the record was made */
	uint64_t gfn;  /* ring page and event channel, as introduced */
	uint32_t port;
	unsigned nodes, watches, txns;  /* in use */
	size_t node_bytes, watch_bytes; /* memory of these, about */
	struct quota *own;              /* limits if some are its own; NULL: those of all */
	uint32_t own_set;               /* which */
	bool warned;                    /* above its soft limit, and that was said */
	struct conn *conn;              /* by its ring; NULL: none */
};

struct dom_table {
	struct dom *d[DOM_MAX]; /* by id */
	LIST_HEAD(, dom) all;
	unsigned n;
};

static inline struct dom *dom_find(struct dom_table *t, unsigned id)
{
	return id < DOM_MAX ? t->d[id] : NULL;
}
/* Find or make the record of id < DOM_MAX; a new one is born at gen. */
struct dom *dom_make(struct dom_table *t, uint16_t id, uint64_t gen);
void dom_drop(struct dom_table *t, struct dom *d);

/* As whom the domain asks for rights. */
struct perm_who dom_who(struct dom_table *t, const struct dom *d);

#endif
