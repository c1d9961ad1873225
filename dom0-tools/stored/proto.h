/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wire protocol: one request in, its effects, one answer out. Pure. */
#ifndef STORED_PROTO_H
#define STORED_PROTO_H

#include "abi/xs_wire.h"

#include "conn.h"

/* A request at work. Handlers append the answer's payload to reply. */
struct req {
	struct db *db;
	struct conn *conn;
	struct txn *txn; /* NULL: the live tree */
	struct xsd_sockmsg hdr;
	const char *data; /* payload, hdr.len bytes */
	struct buf *reply;
	bool later;          /* no answer now: another one gives it */
	struct watch *added; /* a watch that is to fire once, after the answer */
};

/*
 * Do one request and queue its answer. payload is hdr->len <= XENSTORE_PAYLOAD_MAX bytes that
 * nobody else can change. Every request gets exactly one answer.
 */
void proto_request(struct conn *c, const struct xsd_sockmsg *hdr, const char *payload);

/* Name of a message type for logs. */
const char *proto_name(unsigned type);

/*
 * The i-th string of the payload and its length, without NUL; NULL if there is none that is
 * terminated.
 */
const char *req_str(const struct req *r, unsigned i, size_t *len);
/* The payload is exactly n strings. */
bool req_strs(const struct req *r, unsigned n);
/* The i-th string as a decimal number of at most max, or -EINVAL. */
long long req_num(const struct req *r, unsigned i, unsigned long max);
void req_reply_str(struct req *r, const char *s); /* with its NUL */

/* Handlers return 0 or -errno; an empty reply of those marked so in the table becomes "OK". */
int op_directory(struct req *r);
int op_directory_part(struct req *r);
int op_read(struct req *r);
int op_write(struct req *r);
int op_mkdir(struct req *r);
int op_rm(struct req *r);
int op_get_perms(struct req *r);
int op_set_perms(struct req *r);

int op_watch(struct req *r);
int op_unwatch(struct req *r);
int op_reset_watches(struct req *r);
int op_txn_start(struct req *r);
int op_txn_end(struct req *r);

int op_introduce(struct req *r);
int op_release(struct req *r);
int op_is_introduced(struct req *r);
int op_domain_path(struct req *r);
int op_resume(struct req *r);
int op_set_target(struct req *r);
int op_control(struct req *r);

#endif
