/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store as a whole: the live tree, the domains, the watches, and the journal that every change
 * is written to. One thread; nothing in here blocks.
 */
#ifndef STORED_DB_H
#define STORED_DB_H

#include <stdbool.h>

#include "dom.h"
#include "node.h"
#include "update.h"
#include "watch.h"

struct conn;
struct handover;
struct journal;
TAILQ_HEAD(conn_list, conn);
LIST_HEAD(conn_clients, conn);

enum { DB_SPECIALS = 2 }; /* @introduceDomain, @releaseDomain */

struct db {
	struct node *root;
	uint64_t gen;   /* of the last change */
	uint64_t nodes; /* in the live tree, the root included */
	struct perms *special[DB_SPECIALS];
	uint64_t special_pgen[DB_SPECIALS];
	struct dom_table doms;
	struct quota quota; /* of guests without own ones */
	uint32_t quota_set; /* which of them were changed while running */
	struct watch_table watches;
	struct conn_list dirty; /* connections with output that was not tried to send yet */
	struct conn_list ready; /* ring connections with work, in order of arrival */
	unsigned nready;
	struct journal *log;         /* NULL: nothing survives a restart */
	struct conn_clients clients; /* of the socket */
	struct update update;
	const struct handover *handover; /* while state_hand_over is at work */
	bool trace;                      /* log every request */
};

/* An empty store: a root that belongs to the control domain, nothing else. */
void db_init(struct db *db);
/* Free everything; connections must be gone. */
void db_fini(struct db *db);

/*
 * Changes of the live tree: they count nodes to their owners and write the journal, and leave
 * rights and limits to the caller. For db_add the parent must exist, for the others the node;
 * was: length of its value before. None of them takes over a reference.
 */
void db_add(struct db *db, const char *path, size_t len, struct perms *perms, const void *value,
	    uint32_t vlen);
void db_set_value(struct db *db, const char *path, size_t len, const void *value, uint32_t vlen,
		  uint32_t was);
void db_set_perms(struct db *db, const char *path, size_t len, struct perms *perms);
/* Remove a subtree and tell the watches on it and below it. */
void db_remove(struct db *db, const char *path, size_t len);

/*
 * Enter into books and journal a changed or new node of a tree that has taken the live one's
 * place; was: the node at its path in the tree before, or NULL.
 */
void db_adopt(struct db *db, const char *path, size_t len, const struct node *was);

/*
 * Make the node be as recorded, whatever it was; its parent must exist. Takes over the reference to
 * perms, writes no journal. Only for loading.
 */
struct node_gens {
	uint64_t gen, kgen, pgen;
};
void db_restore(struct db *db, const char *path, size_t len, struct perms *perms, const void *value,
		uint32_t vlen, const struct node_gens *gens);

/* Tell the watches on path and above it that path has changed; old: rights before, or NULL. */
void db_fire(struct db *db, const char *path, size_t len, const struct perms *old,
	     uint64_t old_pgen);

/* Index of a special name ("@releaseDomain"), or -1. */
int db_special(const char *name);
/* Tell the watches on a special name that something happened to the domain. */
void db_fire_special(struct db *db, int which, uint16_t domid);

/* A domain's record goes: what it owned goes with it, and those who watched are told. */
void db_bury(struct db *db, struct dom *d);

/*
 * Recount nodes and owners and compare with the books; *text gets a line for each difference.
 * Returns the number of differences.
 */
unsigned db_check(struct db *db, struct buf *text);

#endif
