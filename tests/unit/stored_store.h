/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store with two guests and a client of root, for tests of requests. */
#ifndef TESTS_STORED_STORE_H
#define TESTS_STORED_STORE_H

#include "db.h"
#include "dom.h"
#include "init.h"
#include "port_fake.h"
#include "ring.h"
#include "stored_client.h"

static struct db db;
static struct conn *root, *five, *six;

static struct conn *guest(unsigned id)
{
	char home[64];

	port_fake->dom[id].exists = true;
	ck_assert_int_eq(ring_introduce(&db, dom_make(&db.doms, (uint16_t)id, db.gen + 1), id, id),
			 0);
	/* As a toolstack does: a home that the guest may read, with a directory that it owns. */
	snprintf(home, sizeof(home), "/local/domain/%u", id);
	EXPECT_OK(client_call(root, XS_MKDIR, 0, home, (unsigned)strlen(home) + 1));
	memcpy(home + strlen(home) + 1, "n0", 3);
	snprintf(home + strlen(home) + 4, 8, "r%u", id);
	EXPECT_OK(client_call(root, XS_SET_PERMS, 0, home,
			      (unsigned)(strlen(home) + 4 + (id > 9 ? 4 : 3))));
	snprintf(home, sizeof(home), "/local/domain/%u/data", id);
	EXPECT_OK(client_call(root, XS_MKDIR, 0, home, (unsigned)strlen(home) + 1));
	snprintf(home + strlen(home) + 1, 8, "n%u", id);
	EXPECT_OK(client_call(root, XS_SET_PERMS, 0, home,
			      (unsigned)(strlen(home) + 1 + (id > 9 ? 4 : 3))));
	return db.doms.d[id]->conn;
}

static void setup(void)
{
	memset(port_fake, 0, sizeof(*port_fake));
	db_init(&db);
	init_nodes(&db);
	root = conn_new(&db, NULL);
	five = guest(5);
	six = guest(6);
}

/* Let go of all of it, as the end of a process does. */
static void forget(void)
{
	unsigned id;

	ring_detach_all(&db);
	while (!LIST_EMPTY(&db.clients))
		conn_free(LIST_FIRST(&db.clients));
	for (id = 5; id <= 6; id++)
		if (db.doms.d[id] && db.doms.d[id]->conn)
			conn_free(db.doms.d[id]->conn);
	db_fini(&db);
}

static void teardown(void)
{
	struct buf text = {0};
	unsigned bad = db_check(&db, &text);

	ck_assert_msg(!bad, "%.*s", (int)text.len, text.len ? buf_data(&text) : "");
	buf_free(&text);
	forget();
}

#endif
