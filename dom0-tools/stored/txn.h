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
struct perms;
struct quota;

/* What a transaction depends on; whether the node exists always counts. */
enum {
	TXN_VALUE = 1, /* value and permissions */
	TXN_KIDS = 2,  /* the list of children */
	TXN_PERMS = 4,
};

enum txn_change { TXN_SET, TXN_REMOVE };

/* A path that it depends on. */
struct txn_path {
	struct txn_path *next;
	uint32_t hash;
	uint32_t step; /* 1 + index of its last change, 0: none */
	uint16_t len;
	uint8_t what;
	char path[];
};

/* A change that it made. */
struct txn_step {
	struct txn_path *path;
	enum txn_change how;
	bool told;
};

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

/* Has something changed that it depends on? */
bool txn_conflicts(const struct db *db, const struct txn *t);

/*
 * Do a change of an earlier process again in t->root: make the node be so, or, with perms NULL,
 * remove it. -ENOENT: it has no parent; then a later change sets it.
 */
int txn_redo(struct db *db, struct txn *t, const char *path, size_t len, struct perms *perms,
	     const void *value, uint32_t vlen);

/* Apply to the live tree. -EAGAIN: conflict; -ENOSPC: over the connection's limit. */
int txn_commit(struct db *db, struct conn *c, struct txn *t);

#endif
