// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "proto.h"

enum {
	F_PRIV = 1, /* control domain only */
	F_OK = 2,   /* an empty answer is "OK" */
	F_TXN = 4,  /* the transaction id counts */
};

struct row {
	const char *name;
	int (*fn)(struct req *r);
	unsigned flags;
};

static const struct row rows[XS_TYPE_COUNT] = {
	[XS_CONTROL] = {"CONTROL", op_control, F_PRIV | F_OK},
	[XS_DIRECTORY] = {"DIRECTORY", op_directory, F_TXN},
	[XS_READ] = {"READ", op_read, F_TXN},
	[XS_GET_PERMS] = {"GET_PERMS", op_get_perms, F_TXN},
	[XS_WATCH] = {"WATCH", op_watch, F_OK},
	[XS_UNWATCH] = {"UNWATCH", op_unwatch, F_OK},
	[XS_TRANSACTION_START] = {"TRANSACTION_START", op_txn_start, F_TXN},
	[XS_TRANSACTION_END] = {"TRANSACTION_END", op_txn_end, F_TXN | F_OK},
	[XS_INTRODUCE] = {"INTRODUCE", op_introduce, F_PRIV | F_OK},
	[XS_RELEASE] = {"RELEASE", op_release, F_PRIV | F_OK},
	[XS_GET_DOMAIN_PATH] = {"GET_DOMAIN_PATH", op_domain_path, 0},
	[XS_WRITE] = {"WRITE", op_write, F_TXN | F_OK},
	[XS_MKDIR] = {"MKDIR", op_mkdir, F_TXN | F_OK},
	[XS_RM] = {"RM", op_rm, F_TXN | F_OK},
	[XS_SET_PERMS] = {"SET_PERMS", op_set_perms, F_TXN | F_OK},
	[XS_WATCH_EVENT] = {"WATCH_EVENT", NULL, 0},
	[XS_ERROR] = {"ERROR", NULL, 0},
	[XS_IS_DOMAIN_INTRODUCED] = {"IS_DOMAIN_INTRODUCED", op_is_introduced, F_PRIV},
	[XS_RESUME] = {"RESUME", op_resume, F_PRIV | F_OK},
	[XS_SET_TARGET] = {"SET_TARGET", op_set_target, F_PRIV | F_OK},
	[XS_RESET_WATCHES] = {"RESET_WATCHES", op_reset_watches, F_OK},
	[XS_DIRECTORY_PART] = {"DIRECTORY_PART", op_directory_part, F_TXN},
};

#define ERROR_NAME(e)                                                                              \
	{                                                                                          \
		e, #e                                                                              \
	}
static const struct {
	int code;
	const char *name;
} errors[] = {
	ERROR_NAME(EINVAL),    ERROR_NAME(EACCES),  ERROR_NAME(EEXIST), ERROR_NAME(EISDIR),
	ERROR_NAME(ENOENT),    ERROR_NAME(ENOMEM),  ERROR_NAME(ENOSPC), ERROR_NAME(EIO),
	ERROR_NAME(ENOTEMPTY), ERROR_NAME(ENOSYS),  ERROR_NAME(EROFS),  ERROR_NAME(EBUSY),
	ERROR_NAME(EAGAIN),    ERROR_NAME(EISCONN), ERROR_NAME(E2BIG),  ERROR_NAME(EPERM),
};

static const char *error_name(int code)
{
	unsigned i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			return errors[i].name;
	return "EIO";
}

const char *proto_name(unsigned type)
{
	return type < XS_TYPE_COUNT && rows[type].name ? rows[type].name : "?";
}

const char *req_str(const struct req *r, unsigned i, size_t *len)
{
	const char *s = r->data, *end = r->data + r->hdr.len, *e;

	while ((e = memchr(s, '\0', (size_t)(end - s)))) {
		if (i-- == 0) {
			*len = (size_t)(e - s);
			return s;
		}
		s = e + 1;
	}
	return NULL;
}

bool req_strs(const struct req *r, unsigned n)
{
	const char *s = r->data, *end = r->data + r->hdr.len;

	while (n-- && s)
		s = s < end ? memchr(s, '\0', (size_t)(end - s)) : NULL, s = s ? s + 1 : NULL;
	return s == end;
}

long long req_num(const struct req *r, unsigned i, unsigned long max)
{
	unsigned long v = 0;
	size_t len;
	const char *s = req_str(r, i, &len);

	if (!s || !len || len > 20)
		return -EINVAL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || v > (LONG_MAX - 9) / 10)
			return -EINVAL;
		v = v * 10 + (unsigned long)(*s - '0');
	}
	return v > max ? -EINVAL : (long long)v;
}

void req_reply_str(struct req *r, const char *s)
{
	buf_put(r->reply, s, (uint32_t)strlen(s) + 1);
}

static int dispatch(struct req *r)
{
	const struct row *row = r->hdr.type < XS_TYPE_COUNT ? &rows[r->hdr.type] : NULL;
	int rc;

	if (!row || !row->fn)
		return -ENOSYS;
	if ((row->flags & F_PRIV) && !conn_privileged(r->conn))
		return -EACCES;
	if ((row->flags & F_TXN) && r->hdr.tx_id) {
		r->txn = conn_txn(r->conn, r->hdr.tx_id);
		if (!r->txn)
			return -ENOENT;
	}
	rc = row->fn(r);
	if (!rc && (row->flags & F_OK) && !r->reply->len)
		req_reply_str(r, "OK");
	if (!rc && r->reply->len > XENSTORE_PAYLOAD_MAX)
		rc = -E2BIG;
	return rc;
}

void proto_request(struct conn *c, const struct xsd_sockmsg *hdr, const char *payload)
{
	static struct buf reply; /* one for all: nothing survives in it from call to call */
	struct req r = {.db = c->db, .conn = c, .hdr = *hdr, .data = payload, .reply = &reply};
	int rc;

	reply.head = reply.len = 0;
	rc = dispatch(&r);
	if (c->db->trace)
		log_info("%s %u: %s tx %u \"%.*s\": %s", c->dom ? "domain" : "client",
			 c->dom ? c->dom->id : (unsigned)c->fd, proto_name(hdr->type), hdr->tx_id,
			 (int)hdr->len, payload, rc ? error_name(-rc) : "ok");
	if (rc) {
		reply.len = 0;
		req_reply_str(&r, error_name(-rc));
		r.hdr.type = XS_ERROR;
	}
	if (r.later)
		return;
	r.hdr.len = reply.len;
	c->answers = c->out.len ? c->answers + 1 : 1;
	conn_send(c, &r.hdr, buf_data(&reply));
	if (!rc && r.added)
		conn_event(c, r.added, r.added->path->path + r.added->skip,
			   r.added->path->len - r.added->skip);
}
