// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests from a tool and two guests, in any order. The input is a row of messages: a byte that
 * chooses the sender and, for its high bits, a fault of the ring; then header and payload as sent.
 * The books must agree with the tree after each input, and a restart must give the same tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "db.h"
#include "init.h"
#include "journal.h"
#include "port_fake.h"
#include "proto.h"
#include "ring.h"
#include "state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { A = 5, B = 6, HEADER = 8 };

static struct db db;
static char file[64];

static void settle(struct conn *tool)
{
	struct conn *c;

	do {
		ring_run(&db);
		state_commit(&db);
		while ((c = TAILQ_FIRST(&db.dirty))) {
			conn_settle(c);
			if (c == tool)
				buf_free(&c->out);
			else
				ring_flush(c);
		}
	} while (db.nready);
}

/* The guest reads all there is and sends the message, as far as it fits. */
static void by_ring(unsigned id, const struct xsd_sockmsg *hdr, const uint8_t *payload, uint32_t n)
{
	struct xenstore_domain_interface *page = &port_fake->dom[id].page;
	uint32_t i, total = (uint32_t)sizeof(*hdr) + n;

	page->rsp_cons = page->rsp_prod;
	for (i = 0; i < total && page->req_prod - page->req_cons < XENSTORE_RING_SIZE; i++) {
		char byte =
			i < sizeof(*hdr) ? ((const char *)hdr)[i] : (char)payload[i - sizeof(*hdr)];

		page->req[page->req_prod % XENSTORE_RING_SIZE] = byte;
		page->req_prod++;
	}
	ring_event(&db, id + PORT_FAKE_LOCAL);
}

static void guest(uint16_t id)
{
	struct perm p = {.id = id};
	struct perms *ps = perm_new(&p, 1);
	char home[32];
	int n = snprintf(home, sizeof(home), "/local/domain/%u", id);

	port_fake->dom[id].exists = true;
	ring_introduce(&db, dom_make(&db.doms, id, db.gen + 1), id, id);
	db_add(&db, home, (size_t)n, ps, "", 0);
	perm_put(ps);
}

static void check(void)
{
	struct buf text = {0};

	if (db_check(&db, &text))
		abort();
	buf_free(&text);
}

static void forget(void)
{
	unsigned i;

	if (db.log)
		journal_close(db.log);
	db.log = NULL;
	ring_detach_all(&db);
	for (i = 0; i < DOM_MAX; i++)
		if (db.doms.d[i] && db.doms.d[i]->conn)
			conn_free(db.doms.d[i]->conn);
	db_fini(&db);
}

static void restart(void)
{
	uint64_t nodes = db.nodes;
	uint32_t watches = db.watches.n;
	size_t at;

	settle(NULL);
	forget();
	db_init(&db);
	if (state_load(&db, file, &at) || db.nodes != nodes || db.watches.n != watches)
		abort();
	check();
}

/* One message of the input; how many bytes it was. */
static size_t one(struct conn *tool, const uint8_t *data, size_t size)
{
	struct xsd_sockmsg hdr = {.type = data[1], .req_id = data[2], .tx_id = data[3]};
	struct xenstore_domain_interface *page = &port_fake->dom[A].page;
	uint32_t n = (data[4] | (uint32_t)data[5] << 8) % (XENSTORE_PAYLOAD_MAX + 1);

	if (n > size - HEADER)
		n = (uint32_t)(size - HEADER);
	hdr.len = n;
	if (data[0] & 0x10)
		hdr.len += data[6] * 257u;
	if (data[0] & 0x20)
		page->connection = XENSTORE_RECONNECT;
	if (data[0] & 0x40)
		page->req_prod += data[6] * 8u;
	if (data[0] & 0x80)
		port_fake->dom[B].shutdown = data[6] & 1;
	switch (data[0] & 3) {
	case 0:
		hdr.len = n;
		if (hdr.type != XS_CONTROL) /* may write files */
			proto_request(tool, &hdr, (const char *)data + HEADER);
		break;
	case 1:
		by_ring(A, &hdr, data + HEADER, n);
		break;
	case 2:
		by_ring(B, &hdr, data + HEADER, n);
		break;
	default:
		ring_scan(&db);
	}
	settle(tool);
	return HEADER + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conn *tool;
	size_t at = 0;

	snprintf(file, sizeof(file), "/dev/shm/fuzz-stored-%d", getpid());
	memset(port_fake, 0, sizeof(*port_fake));
	db_init(&db);
	init_nodes(&db);
	db.quota.nodes = 50;
	if (state_save(&db, file))
		abort();
	guest(A);
	guest(B);
	tool = conn_new(&db, NULL);
	while (size - at > HEADER)
		at += one(tool, data + at, size - at);
	check();
	conn_free(tool);
	restart();
	forget();
	unlink(file);
	return 0;
}
