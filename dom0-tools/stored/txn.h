/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions. One works on a tree of its own that starts as a reference to the live one (a true
 * snapshot), and notes which aspects of which paths it depends on. To commit, these are compared
 * between the snapshot and the live tree of now; if none has changed, the changes are applied to
 * the live tree, else the client gets EAGAIN. Changes elsewhere do not disturb. Pure.
 */
#ifndef STORED_TXN_H
#define STORED_TXN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct conn;
struct db;
struct node;
struct quota;
struct txn_path;

/* What a transaction depends on; whether the node exists always counts. */
enum {
	TXN_VALUE = 1, /* value and permissions */
	TXN_KIDS = 2,  /* the list of children */
	TXN_PERMS = 4,
};

enum txn_change { TXN_SET, TXN_REMOVE };

struct txn {
	LIST_ENTRY(txn) at_conn;
	uint32_t id;
	bool doomed; /* was open when the daemon restarted: can only end in EAGAIN */
	struct node *base, *root;
	struct txn_path **slot; /* hash table of paths */
	uint32_t mask, paths;
	size_t bytes;                          /* taken by all this, about */
	struct txn_step *step;                 /* changes in order */
	uint32_t steps, steps_cap, removed_at; /* removed_at: steps up to the last removal */
	unsigned created;                      /* nodes made by this transaction */
};

struct txn *txn_start(struct db *db, struct conn *c, uint32_t id, bool doomed);
void txn_free(struct txn *t);

/*
 * Note a dependence, and `more` bytes that the change to come needs. -ENOSPC: the transaction would
 * take more bytes, or touch more paths, than the limits allow; q NULL: there are none.
 */
int txn_touch(struct txn *t, const char *path, size_t len, unsigned what, size_t more,
	      const struct quota *q);
/* Note a change just made in t->root; told: watches are to hear of it. The path must be touched. */
void txn_changed(struct txn *t, const char *path, size_t len, enum txn_change how, bool told);

/* Apply to the live tree. -EAGAIN: conflict; -ENOSPC: over the connection's limit. */
int txn_commit(struct db *db, struct conn *c, struct txn *t);

#endif
