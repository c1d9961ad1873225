/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections over shared pages: introduction, moving bytes between page and queues, restart.
 * A page can change under our eyes: each index is read once and checked, each message is copied
 * before it is looked at. Uses the hypervisor through port.h only.
 */
#ifndef STORED_RING_H
#define STORED_RING_H

#include <stdbool.h>
#include <stdint.h>

struct conn;
struct db;
struct dom;

/* INTRODUCE: connect to the domain, or, if it is known already, to its new event channel. -errno.
 */
int ring_introduce(struct db *db, struct dom *d, uint64_t gfn, uint32_t port);
/* RELEASE and death: disconnect; the record of the domain stays. */
void ring_release(struct db *db, struct dom *d);
/* Connect to the own kernel. -errno. */
int ring_own(struct db *db);
/* After state_load: attach all connections to their pages again. */
void ring_restore(struct db *db);
/* Let go of all pages and ports, keeping everything recorded. */
void ring_detach_all(struct db *db);

/* An event came in at this port. */
void ring_event(struct db *db, uint32_t port);
/* Take requests of connections on db->ready, a bounded number each. */
void ring_run(struct db *db);
/* Move queued bytes to the page. */
void ring_flush(struct conn *c);

/*
 * Compare the domains with what the hypervisor says: fires @releaseDomain if one has shut down or
 * gone, and buries those that are gone.
 */
void ring_scan(struct db *db);
/* The same for the domains that have changed, where the hypervisor can tell which, else for all. */
void ring_changed(struct db *db);

#endif
