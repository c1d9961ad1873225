/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of the store a guest may use. One set of limits is for all guests; a guest can have some
 * of its own, which go with it. The control domain has none. Pure.
 */
#ifndef STORED_QUOTA_H
#define STORED_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct db;
struct dom;

struct quota {
	unsigned nodes;
	unsigned watches;
	unsigned txns;
	unsigned txn_nodes;   /* paths that one transaction may touch */
	unsigned txn_bytes;   /* that one transaction may take: paths touched, values written */
	unsigned node_size;   /* bytes of value */
	unsigned path_max;    /* bytes of a path as the guest gives it */
	unsigned perms;       /* entries of one list */
	unsigned memory;      /* bytes of nodes, watches, transactions and queues together */
	unsigned requests;    /* answers not fetched, above which requests have to wait */
	unsigned unread;      /* bytes of them, above which requests have to wait */
	unsigned events;      /* bytes not fetched, above which watch events are merged */
	unsigned soft_memory; /* bytes above which the log says so */
};
extern const struct quota quota_default;

/* The limits by name, for `--quota NAME=N` and the control command. NULL, 0 ends a table. */
struct quota_name {
	const char *name;
	uint32_t offset; /* in struct quota */
	const char *what;
};
extern const struct quota_name quota_names[];
extern const struct quota_name quota_soft_names[]; /* those that only make the log say something */

/* The row of a name, or NULL. */
const struct quota_name *quota_find(const char *name, bool soft);
unsigned quota_value(const struct quota *q, const struct quota_name *n);
void quota_set(struct quota *q, const struct quota_name *n, unsigned value);

/*
 * Change a limit while guests run: of d alone, or, with NULL, of all that have no own one. It is
 * kept in the journal, so that it outlives the daemon.
 */
void quota_change(struct db *db, struct dom *d, const struct quota_name *n, unsigned value);
/* Put into the journal what was changed so. */
void quota_dump(struct db *db);

/* The limits that hold for the connection's domain. */
const struct quota *quota_of(const struct conn *c);

/* Bytes that the domain uses of its memory limit. */
size_t quota_used(const struct dom *d);
/*
 * Is there room for so many more? -ENOMEM: no. Says in the log when the domain goes above its soft
 * limit, and again only after it was below half of it.
 */
int quota_room(struct db *db, struct dom *d, size_t more);

#endif
