/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What survives the daemon: the tree, the domains, and each ring connection with its watches, the
 * ids of its open transactions, the message it is in the middle of sending and the bytes it has not
 * fetched. Every change is put into the journal as a value ("node X is now ..."), and one commit
 * covers all that a request did: its changes, the answer and that it was taken from the ring.
 *
 * Ring indices make that exact. The journal is right about what was consumed (the page is corrected
 * to it), the page is right about what was produced (bytes it already has are dropped from the
 * queue), so no request is lost or done twice and no byte is sent twice, wherever the kill strikes.
 */
#ifndef STORED_STATE_H
#define STORED_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct db;
struct dom;
struct journal;
struct node;
struct quota_name;
struct watch;

/* The recorders; each does nothing while db->log is NULL or for socket clients. */
void state_node(struct db *db, const char *path, size_t len, const struct node *n);
void state_remove(struct db *db, const char *path, size_t len);
void state_special(struct db *db, int which);
void state_dom(struct db *db, const struct dom *d);
void state_dom_gone(struct db *db, uint16_t id);
/* A limit of d, or of all guests (NULL), has been changed. */
void state_quota(struct db *db, const struct dom *d, const struct quota_name *n, unsigned value);
void state_watch(const struct watch *w);
void state_unwatch(const struct watch *w);
void state_lost(const struct conn *c);
void state_txn(const struct conn *c, uint32_t id, bool open);
/* The connection has neither watches nor transactions any more. */
void state_reset(const struct conn *c);
/* Indices after introduction or reconnection; what was queued either way is gone. */
void state_ring(const struct conn *c);
/* Bytes taken from the ring that are part of a message; its end will come. */
void state_in(const struct conn *c, const void *data, uint32_t n);
/* A whole message has been taken, up to c->ring.cons. */
void state_taken(const struct conn *c);
void state_out(const struct conn *c, const void *data, uint32_t n);

/* What was recorded since the last call takes effect as one. */
void state_commit(struct db *db);

/*
 * Write everything to a new journal at path and record there from now on. -errno: nothing has
 * changed, the old journal (if any) is still in use.
 */
int state_save(struct db *db, const char *path);
/*
 * The same for the program that is to take this one's place: with the clients of the socket and all
 * that transactions have done so far. Good only until the next request is done.
 */
struct handover {
	int listener, lock; /* descriptors that stay open */
};
int state_hand_over(struct db *db, const char *path, const struct handover *h);
/* state_load of that; fills h. */
int state_take_over(struct db *db, const char *path, struct handover *h, size_t *at);
/* Has the journal grown so much beyond its dump that state_save is due? */
bool state_due(const struct db *db);

/*
 * Fill a db fresh from db_init. Connections come back unattached (no ring page). *at gets the place
 * of what is wrong. -ENOENT: no such file; -EINVAL: damaged, db is to be thrown away.
 */
int state_load(struct db *db, const char *path, size_t *at);

#endif
