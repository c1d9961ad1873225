/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays a client of the store without a socket: requests go in, answers are taken from the queue.
 */
#ifndef TESTS_STORED_CLIENT_H
#define TESTS_STORED_CLIENT_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "proto.h"

struct answer {
	unsigned type, req_id, len;
	char data[XENSTORE_PAYLOAD_MAX + 1];
};

/* The oldest message in the queue; false if there is none. */
static inline bool client_next(struct conn *c, struct answer *a)
{
	struct xsd_sockmsg hdr;

	if (!c->out.len)
		return false;
	memcpy(&hdr, buf_data(&c->out), sizeof(hdr));
	a->type = hdr.type;
	a->req_id = hdr.req_id;
	a->len = hdr.len;
	memcpy(a->data, buf_data(&c->out) + sizeof(hdr), hdr.len);
	a->data[hdr.len] = '\0';
	buf_take(&c->out, (uint32_t)sizeof(hdr) + hdr.len);
	return true;
}

/* Send a request; watch events stay queued behind the answer, which must be first. */
static inline struct answer *client_call(struct conn *c, unsigned type, unsigned tx,
					 const void *payload, unsigned len)
{
	static struct answer a;
	static unsigned id;
	struct xsd_sockmsg hdr = {.type = type, .req_id = ++id, .tx_id = tx, .len = len};

	proto_request(c, &hdr, payload);
	do
		ck_assert(client_next(c, &a));
	while (a.type == XS_WATCH_EVENT);
	ck_assert_uint_eq(a.req_id, id);
	return &a;
}

/* The string literal's NULs inside are separators; the last is sent too. */
#define CALL(c, type, tx, lit) client_call(c, type, tx, lit, sizeof(lit))
/* Without the last NUL, as WRITE's value has none. */
#define CALLV(c, type, tx, lit) client_call(c, type, tx, lit, sizeof(lit) - 1)

#define EXPECT_OK(call)                                                                            \
	do {                                                                                       \
		struct answer *ans = (call);                                                       \
		ck_assert_msg(ans->type != XS_ERROR, "%s", ans->data);                             \
	} while (0)
#define EXPECT_ERR(call, name)                                                                     \
	do {                                                                                       \
		struct answer *ans = (call);                                                       \
		ck_assert_uint_eq(ans->type, XS_ERROR);                                            \
		ck_assert_str_eq(ans->data, name);                                                 \
	} while (0)
#define EXPECT_STR(call, text)                                                                     \
	do {                                                                                       \
		struct answer *ans = (call);                                                       \
		ck_assert_msg(ans->type != XS_ERROR, "%s", ans->data);                             \
		ck_assert_str_eq(ans->data, text);                                                 \
	} while (0)

/* The next event is path, token. */
#define EXPECT_EVENT(c, path, token)                                                               \
	do {                                                                                       \
		struct answer ev;                                                                  \
		ck_assert_msg(client_next(c, &ev), "no event for " path);                          \
		ck_assert_uint_eq(ev.type, XS_WATCH_EVENT);                                        \
		ck_assert_str_eq(ev.data, path);                                                   \
		ck_assert_str_eq(ev.data + strlen(ev.data) + 1, token);                            \
	} while (0)
#define EXPECT_QUIET(c)                                                                            \
	do {                                                                                       \
		struct answer ev;                                                                  \
		ck_assert_msg(!client_next(c, &ev), "unexpected event %s", ev.data);               \
	} while (0)

static inline unsigned client_start(struct conn *c)
{
	return (unsigned)atoi(CALL(c, XS_TRANSACTION_START, 0, "")->data);
}

#endif
