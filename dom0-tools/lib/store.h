/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client of the store daemon (XenStore protocol) by its socket (XENSTORED_PATH in the environment,
 * else /run/xenstored/socket). One connection, one thread. Every call waits for its answer, except
 * those put into a batch: these are sent at once and answered at once, which is what setting up a
 * domain needs.
 *
 * A daemon that is restarted is connected to again: watches are set again, which fires each once,
 * and the request under way is repeated. A transaction does not survive that: its requests, and the
 * end of a batch with some of them, are answered -EAGAIN, and it is to be begun again.
 *
 * Errors are negative: the store's own (-ENOENT, -EACCES, -EEXIST, -EAGAIN ...), or -EPIPE when the
 * connection is lost and no daemon has come back for 20 seconds. tx is a transaction's number or 0.
 */
#ifndef TOOLS_LIB_STORE_H
#define TOOLS_LIB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/diag.h"

struct store;

struct store_perm {
	char access; /* n none, r read, w write, b both */
	unsigned domid;
};

/* Connect; NULL with d when no daemon answers, after 5 s if there was one that ended badly. */
struct store *store_open(struct diag *d);
void store_close(struct store *s);

/* Descriptor to poll for watch events, the same for life; ask store_event_here before sleeping. */
int store_fd(const struct store *s);

/* Is an event, or its beginning, here that came with an answer? The descriptor tells of none. */
bool store_event_here(const struct store *s);

/* Value with a NUL appended, for the caller to free; its length to *len unless NULL. */
int store_read(struct store *s, uint32_t tx, const char *path, char **value, size_t *len);

/* The same into a buffer (cut to fit); length of the value or -errno. */
int store_get(struct store *s, uint32_t tx, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

int store_write(struct store *s, uint32_t tx, const char *path, const char *value);
int store_mkdir(struct store *s, uint32_t tx, const char *path);

/* Remove a path and all below; a path that is not there is no error. */
int store_rm(struct store *s, uint32_t tx, const char *path);

/* Names below a path as one allocation (free *names alone); number of names or -errno. */
int store_list(struct store *s, uint32_t tx, const char *path, char ***names);

/* The first permission names the owner and what all others may do. */
int store_set_perms(struct store *s, uint32_t tx, const char *path, const struct store_perm *perms,
		    size_t n);

/*
 * One transaction at a time. Begin: transaction number or -errno. End: -EAGAIN when others changed
 * what it saw.
 */
int store_begin(struct store *s, uint32_t *tx);
int store_end(struct store *s, uint32_t tx, bool commit);

/* End a transaction as what was done in it ended: commit if rc is 0. rc, or else store_end's. */
int store_finish(struct store *s, uint32_t tx, int rc);

int store_watch(struct store *s, const char *path, const char *token);
int store_unwatch(struct store *s, const char *path, const char *token);

/*
 * Watch @introduceDomain or @releaseDomain, each event to name the domain behind the path:
 * "@releaseDomain/7". A daemon that does not do so (Xen's of 4.17) gives the name alone, as every
 * one does for the first event and when events were lost: then it may be about any domain.
 */
int store_watch_named(struct store *s, const char *path, const char *token);
/* The domain that the path of such an event names, or -1. */
int store_event_domain(const char *path);

/*
 * Next watch event: 1 and *path for the caller to free (*token lies in the same allocation), 0 when
 * none came within timeout_ms (0: do not wait, -1: for ever), or -errno.
 */
int store_event(struct store *s, int timeout_ms, char **path, char **token);

int store_introduce(struct store *s, unsigned domid, uint64_t frame, unsigned port);
/* A domain that is not introduced is no error. */
int store_release(struct store *s, unsigned domid);
/* A domain that had shut down runs again: its next end will be told. */
int store_resume(struct store *s, unsigned domid);

/*
 * Ask something of the daemon itself: len bytes of strings, each with its NUL. text gets the first
 * string of the answer.
 */
int store_control(struct store *s, const char *args, size_t len, char *text, size_t size);

/*
 * Batches: between store_batch and store_batch_end, writes, mkdirs, removals and permissions on
 * this connection are queued and return 0; store_batch_end sends what is left, waits for all
 * answers and returns the first error.
 */
void store_batch(struct store *s);
int store_batch_end(struct store *s);

/* store_write of DIR/NAME; with a formatted value. */
int store_put(struct store *s, uint32_t tx, const char *dir, const char *name, const char *value);
int store_writef(struct store *s, uint32_t tx, const char *dir, const char *name, const char *fmt,
		 ...) __attribute__((format(printf, 5, 6)));

#endif
