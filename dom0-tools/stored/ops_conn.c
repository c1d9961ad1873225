// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on what a connection owns: watches and transactions. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "path.h"
#include "proto.h"
#include "state.h"
#include "txn.h"

/* Path and token of a watch; *skip: what a relative path's owner does not see. */
static int watch_args(struct req *r, char *path, size_t *plen, const char **token, size_t *tlen,
		      size_t *skip)
{
	size_t given;
	const char *s = req_str(r, 0, &given);
	int n = s ? path_resolve(path, s, given, conn_id(r->conn), true) : -EINVAL;

	*token = req_str(r, 1, tlen);
	if (n < 0 || !*token)
		return -EINVAL;
	*plen = (size_t)n;
	*skip = *plen - given;
	if (!conn_privileged(r->conn) && given > quota_of(r->conn)->path_max)
		return -EINVAL;
	/* An event must fit into a message even for the longest path below. */
	return *plen + *tlen + 2 > XENSTORE_PAYLOAD_MAX ? -E2BIG : 0;
}

int op_watch(struct req *r)
{
	struct dom *d = r->conn->dom;
	size_t plen, tlen, skip;
	char path[PATH_BUF];
	const char *token;
	long long depth = WATCH_DEEP;
	int rc = watch_args(r, path, &plen, &token, &tlen, &skip);

	if (rc)
		return rc;
	if (!req_strs(r, 2)) {
		/* The third string is the depth, or, from old clients, empty. */
		size_t dlen;
		const char *ds = req_str(r, 2, &dlen);

		if (!ds || !req_strs(r, 3))
			return -EINVAL;
		if (dlen) {
			depth = req_num(r, 2, INT_MAX);
			if (depth < 0)
				return -EINVAL;
		}
	}
	if (path[0] == '@' && db_special(path) < 0)
		return -EINVAL;
	if (d && !conn_privileged(r->conn) && d->watches >= quota_of(r->conn)->watches)
		return -E2BIG;
	if (d && quota_room(r->db, d, watch_bytes(plen, tlen)))
		return -ENOMEM;
	rc = watch_add(&r->db->watches, r->conn, path, plen, token, tlen, skip, (int)depth,
		       &r->added);
	if (rc)
		return rc;
	if (d) {
		d->watches++;
		d->watch_bytes += watch_bytes(plen, tlen);
	}
	state_watch(r->added);
	return 0;
}

int op_unwatch(struct req *r)
{
	size_t plen, tlen, skip;
	char path[PATH_BUF];
	const char *token;
	struct watch *w;
	int rc = watch_args(r, path, &plen, &token, &tlen, &skip);

	if (rc)
		return rc;
	w = watch_find(&r->db->watches, r->conn, path, plen, token, tlen);
	if (!w)
		return -ENOENT;
	state_unwatch(w);
	watch_remove(&r->db->watches, w);
	if (r->conn->dom) {
		r->conn->dom->watches--;
		r->conn->dom->watch_bytes -= watch_bytes(plen, tlen);
	}
	return 0;
}

int op_reset_watches(struct req *r)
{
	conn_reset(r->conn);
	return 0;
}

int op_txn_start(struct req *r)
{
	struct conn *c = r->conn;
	char id[16];

	if (r->txn)
		return -EBUSY;
	if (!conn_privileged(c) && c->ntxns >= quota_of(c)->txns)
		return -ENOSPC;
	do
		c->next_tx++;
	while (!c->next_tx || conn_txn(c, c->next_tx));
	txn_start(r->db, c, c->next_tx, false);
	if (c->dom)
		c->dom->txns++;
	state_txn(c, c->next_tx, true);
	snprintf(id, sizeof(id), "%u", c->next_tx);
	req_reply_str(r, id);
	return 0;
}

int op_txn_end(struct req *r)
{
	size_t len;
	const char *how = req_str(r, 0, &len);
	int rc = 0;

	if (!req_strs(r, 1) || len != 1 || (how[0] != 'T' && how[0] != 'F'))
		return -EINVAL;
	if (!r->txn)
		return -ENOENT;
	if (how[0] == 'T')
		rc = txn_commit(r->db, r->conn, r->txn);
	state_txn(r->conn, r->txn->id, false);
	txn_free(r->txn);
	r->conn->ntxns--;
	if (r->conn->dom)
		r->conn->dom->txns--;
	return rc;
}
