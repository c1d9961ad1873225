/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection: a client of the socket, or a domain by its ring. It owns watches and transactions
 * and has a queue of bytes to be sent. Pure; who moves the bytes is in ring.c and sock.c.
 */
#ifndef STORED_CONN_H
#define STORED_CONN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "db.h"
#include "mem.h"

struct txn;
struct xenstore_domain_interface;
struct xsd_sockmsg;

LIST_HEAD(conn_watches, watch);
LIST_HEAD(conn_txns, txn);

struct conn_ring {
	struct xenstore_domain_interface *page; /* NULL: not a ring, or not attached */
	uint32_t cons, prod; /* our own indices; the page's copies are never trusted */
	uint32_t port;       /* our end of the event channel */
	bool took;           /* requests were taken since the peer was notified */
	bool broken; /* the peer broke the protocol: not served until it is introduced again */
};

struct conn {
	struct db *db;
	struct dom *dom;   /* NULL: socket client, with the control domain's rights */
	int fd;            /* of a socket client, else -1 */
	bool dirty, ready; /* on db's lists */
	bool closing;
	bool lost;       /* some watch has events merged into its `lost` mark */
	bool polled_out; /* socket: waiting for room */
	uint32_t next_tx;
	uint32_t answers; /* queued since the queue was empty last */
	unsigned ntxns;
	struct buf in; /* begin of a message that has not arrived whole */
	struct buf out;
	struct conn_watches watches;
	struct conn_txns txns;
	TAILQ_ENTRY(conn) on_dirty, on_ready;
	LIST_ENTRY(conn) at_db; /* of a socket client */
	struct conn_ring ring;
};

struct conn *conn_new(struct db *db, struct dom *dom);
/* Drop watches and transactions. */
void conn_reset(struct conn *c);
/* Reset and free; it must not be used afterwards. */
void conn_free(struct conn *c);

/* Off the list of those with something to send. */
void conn_settle(struct conn *c);

static inline bool conn_privileged(const struct conn *c)
{
	return !c->dom || c->dom == c->db->doms.d[0];
}
uint16_t conn_id(const struct conn *c);

/* What the connection may do with a node (PERM_...), or with a list of rights set at pgen. */
unsigned conn_access(const struct conn *c, const struct node *n);
unsigned conn_access_perms(const struct conn *c, const struct perms *ps, uint64_t pgen);

/* Put it on the list of those with something to send. */
void conn_mark_dirty(struct conn *c);

/* Queue a message. */
void conn_send(struct conn *c, const struct xsd_sockmsg *hdr, const void *payload);
/* Queue the event that path (as the watch's owner sees it) has changed, or mark the watch lost. */
void conn_event(struct conn *c, struct watch *w, const char *path, size_t len);
/* Bytes have left the queue: tell of merged events if there is room again. */
void conn_drained(struct conn *c);

struct txn *conn_txn(const struct conn *c, uint32_t id);

#endif
