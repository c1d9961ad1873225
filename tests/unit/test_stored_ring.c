// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rings: messages in pieces, guests that break the rules, and restarts. The last test kills a real
 * process again and again while a guest talks to it: a request lost or done twice would show as a
 * missing answer, as EEXIST of a watch set twice or as ENOENT of one removed twice.
 */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"
#include "db.h"
#include "init.h"
#include "journal.h"
#include "ring.h"
#include "state.h"
#include "stored_guest.h"
#include "suite.h"

enum { G = 5 };

static struct db db;
static char state_file[64];

static void run(void)
{
	struct conn *c;
	uint32_t port;

	while ((port = port_pending()))
		ring_event(&db, port);
	do {
		ring_run(&db);
		state_commit(&db);
		while ((c = TAILQ_FIRST(&db.dirty))) {
			conn_settle(c);
			ring_flush(c);
		}
	} while (db.nready);
}

static void setup(void)
{
	snprintf(state_file, sizeof(state_file), "/tmp/stored-test-%d", getpid());
	memset(port_fake, 0, sizeof(*port_fake));
	port_fake->dom[0].exists = port_fake->dom[G].exists = true;
	db_init(&db);
	init_nodes(&db);
	ck_assert_int_eq(state_save(&db, state_file), 0);
	ck_assert_int_eq(ring_own(&db), 0);
	ck_assert_int_eq(ring_introduce(&db, dom_make(&db.doms, G, db.gen + 1), 77, G), 0);
	run();
}

/* Forget everything in memory, as a kill does; nothing more reaches the journal. */
static void forget(void)
{
	struct journal *j = db.log;
	unsigned i;

	db.log = NULL;
	ring_detach_all(&db);
	for (i = 0; i < DOM_MAX; i++)
		if (db.doms.d[i] && db.doms.d[i]->conn)
			conn_free(db.doms.d[i]->conn);
	db_fini(&db);
	if (j)
		journal_close(j);
	memset(port_fake->bound, 0, sizeof(port_fake->bound));
	memset(port_fake->pending, 0, sizeof(port_fake->pending));
}

static void start(void)
{
	size_t at;

	db_init(&db);
	ck_assert_int_eq(state_load(&db, state_file, &at), 0);
	ck_assert_int_eq(state_save(&db, state_file), 0);
	ring_scan(&db);
	ring_restore(&db);
	ck_assert_int_eq(ring_own(&db), 0);
}

static void restart(void)
{
	forget();
	start();
	run();
}

static void teardown(void)
{
	struct buf text = {0};

	ck_assert_uint_eq(db_check(&db, &text), 0);
	buf_free(&text);
	forget();
	unlink(state_file);
}

static void request(unsigned type, const void *payload, uint32_t len)
{
	static unsigned id;
	char msg[5000];
	uint32_t n = guest_message(msg, type, ++id, payload, len), at = 0;

	while (at < n) {
		at += guest_put(G, msg + at, n - at);
		run();
	}
}

/* The next message to the guest: its type; the payload in text. -1: none. */
static int answer(char *text)
{
	struct xsd_sockmsg hdr;
	uint32_t at = 0;

	if (guest_take(G, &hdr, sizeof(hdr)) != sizeof(hdr))
		return -1;
	while (at < hdr.len) {
		at += guest_take(G, text + at, hdr.len - at);
		run();
	}
	text[hdr.len] = '\0';
	return (int)hdr.type;
}

#define REQ(type, lit) request(type, lit, sizeof(lit))
#define EXPECT(type, words)                                                                        \
	do {                                                                                       \
		char seen[XENSTORE_PAYLOAD_MAX + 1];                                               \
		ck_assert_int_eq(answer(seen), (int)(type));                                       \
		ck_assert_str_eq(seen, words);                                                     \
	} while (0)
#define EXPECT_NONE()                                                                              \
	do {                                                                                       \
		char seen[XENSTORE_PAYLOAD_MAX + 1];                                               \
		ck_assert_int_eq(answer(seen), -1);                                                \
	} while (0)

START_TEST(request_byte_by_byte)
{
	char msg[64];
	uint32_t i, n = guest_message(msg, XS_READ, 9, "/local/domain/0", 16);

	/* The home is not readable; what matters is one answer, once the last byte is there. */
	for (i = 0; i < n; i++) {
		EXPECT_NONE();
		ck_assert_uint_eq(guest_put(G, msg + i, 1), 1);
		run();
		/* A guest rings only for what it adds to an empty ring, so it must be empty. */
		ck_assert_uint_eq(port_fake->dom[G].page.req_cons, port_fake->dom[G].page.req_prod);
	}
	EXPECT(XS_ERROR, "EACCES");
	EXPECT_NONE();
}
END_TEST

static void make_home(void)
{
	const struct perm p = {.id = G};
	struct perms *ps = perm_new(&p, 1);

	db_add(&db, "/local/domain/5", 15, ps, "", 0);
	perm_put(ps);
	state_commit(&db);
}

START_TEST(messages_longer_than_the_ring)
{
	char msg[4096], got[XENSTORE_PAYLOAD_MAX + 1];

	make_home();
	memset(msg, 'v', sizeof(msg));
	memcpy(msg, "big", 4);
	request(XS_WRITE, msg, 2000);
	EXPECT(XS_WRITE, "OK");
	REQ(XS_READ, "big");
	ck_assert_int_eq(answer(got), XS_READ);
	ck_assert_uint_eq(strlen(got), 1996);
	/* The limit is in the value, not in the message. */
	request(XS_WRITE, msg, 3000);
	EXPECT(XS_ERROR, "ENOSPC");
}
END_TEST

START_TEST(impossible_index_stops_service)
{
	struct xenstore_domain_interface *page = &port_fake->dom[G].page;

	page->req_prod = page->req_cons + XENSTORE_RING_SIZE + 1;
	port_fake->pending[G + PORT_FAKE_LOCAL] = true;
	run();
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_RINGIDX);
	page->req_prod = page->req_cons;
	REQ(XS_READ, "x");
	EXPECT_NONE();
	/* A reconnection asked for by the guest brings it back. */
	page->connection = XENSTORE_RECONNECT;
	port_fake->pending[G + PORT_FAKE_LOCAL] = true;
	run();
	ck_assert_uint_eq(page->connection, XENSTORE_CONNECTED);
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_NONE);
	REQ(XS_GET_DOMAIN_PATH, "5");
	EXPECT(XS_GET_DOMAIN_PATH, "/local/domain/5");
}
END_TEST

START_TEST(impossible_answer_index_stops_service)
{
	struct xenstore_domain_interface *page = &port_fake->dom[G].page;

	page->rsp_cons = page->rsp_prod + 1;
	REQ(XS_GET_DOMAIN_PATH, "5");
	ck_assert_uint_eq(page->error, XENSTORE_ERROR_RINGIDX);
}
END_TEST

START_TEST(too_long_a_message_stops_service)
{
	struct xsd_sockmsg hdr = {.type = XS_READ, .len = XENSTORE_PAYLOAD_MAX + 1};

	guest_put(G, &hdr, sizeof(hdr));
	run();
	ck_assert_uint_eq(port_fake->dom[G].page.error, XENSTORE_ERROR_PROTO);
	restart();
	ck_assert(db.doms.d[G]->conn->ring.broken);
}
END_TEST

START_TEST(who_does_not_read_has_to_wait)
{
	unsigned i, waiting = 0;
	char msg[64], got[XENSTORE_PAYLOAD_MAX + 1];
	uint32_t n = guest_message(msg, XS_GET_DOMAIN_PATH, 1, "5", 2);

	db.quota.requests = 1000;
	db.quota.unread = 4096;
	for (i = 0; i < 2000; i++) {
		waiting = guest_put(G, msg, n) < n;
		run();
		if (waiting)
			break;
	}
	ck_assert(waiting);
	ck_assert_uint_lt(db.doms.d[G]->conn->out.len, 4096 + 100);
	for (i = 0; answer(got) == XS_GET_DOMAIN_PATH; i++)
		run();
	ck_assert_uint_gt(i, 100);
	ck_assert_uint_eq(db.doms.d[G]->conn->out.len, 0);
}
END_TEST

START_TEST(only_so_many_answers_wait)
{
	char msg[64], got[XENSTORE_PAYLOAD_MAX + 1];
	uint32_t n = guest_message(msg, XS_GET_DOMAIN_PATH, 1, "5", 2);
	unsigned i;

	db.quota.requests = 40;
	for (i = 0; i < 200 && guest_put(G, msg, n) == n; i++)
		run();
	/* The ring has what fits; with the limit's number behind it no more are taken. */
	ck_assert_uint_ge(db.doms.d[G]->conn->answers, 40);
	ck_assert_uint_lt(i, 200);
	/* Another limit counts at once, for this guest alone. */
	quota_change(&db, db.doms.d[G], quota_find("outstanding", false), 1000);
	ck_assert_uint_eq(db.quota.requests, 40);
	for (i = 0; answer(got) == XS_GET_DOMAIN_PATH; i++)
		run();
	ck_assert_uint_gt(i, 40);
	ck_assert_uint_eq(db.doms.d[G]->conn->out.len, 0);
}
END_TEST

START_TEST(limits_outlive_the_daemon)
{
	struct dom *d = db.doms.d[G];
	size_t bytes;

	REQ(XS_WATCH, "a\0token");
	quota_change(&db, NULL, quota_find("nodes", false), 7);
	quota_change(&db, d, quota_find("watches", false), 8);
	quota_change(&db, d, quota_find("memory", true), 99);
	quota_change(&db, NULL, quota_find("node-size", false), 9);
	state_commit(&db);
	bytes = d->watch_bytes;
	ck_assert_uint_gt(bytes, 0);
	restart(); /* from the journal's records */
	restart(); /* from its dump */
	d = db.doms.d[G];
	ck_assert_uint_eq(db.quota.nodes, 7);
	ck_assert_uint_eq(db.quota.watches, quota_default.watches);
	ck_assert_uint_eq(quota_of(d->conn)->nodes, 7);
	ck_assert_uint_eq(quota_of(d->conn)->node_size, 9);
	ck_assert_uint_eq(quota_of(d->conn)->watches, 8);
	ck_assert_uint_eq(quota_of(d->conn)->soft_memory, 99);
	ck_assert_uint_eq(d->watch_bytes, bytes);
	/* What is of all guests still reaches one that has own ones, where these do not stand. */
	quota_change(&db, NULL, quota_find("nodes", false), 70);
	quota_change(&db, NULL, quota_find("watches", false), 80);
	ck_assert_uint_eq(quota_of(d->conn)->nodes, 70);
	ck_assert_uint_eq(quota_of(d->conn)->watches, 8);
}
END_TEST

START_TEST(a_new_event_channel_after_suspend)
{
	struct dom *d = db.doms.d[G];

	REQ(XS_WATCH, "x\0t");
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "x");
	ck_assert_int_eq(ring_introduce(&db, d, 77, 9), 0);
	ck_assert(!port_fake->bound[G + PORT_FAKE_LOCAL]);
	ck_assert(port_fake->bound[9 + PORT_FAKE_LOCAL]);
	ck_assert_uint_eq(d->watches, 1);
	/* Another page is another life. */
	ck_assert_int_eq(ring_introduce(&db, d, 78, G), 0);
	ck_assert_uint_eq(d->watches, 0);
}
END_TEST

START_TEST(restart_keeps_everything)
{
	char got[XENSTORE_PAYLOAD_MAX + 1], msg[4096], tx[16];
	uint32_t n, part;
	struct xsd_sockmsg end = {.type = XS_TRANSACTION_END, .req_id = 3, .len = 2};

	make_home();
	REQ(XS_WRITE, "data/x\0value");
	EXPECT(XS_WRITE, "OK");
	REQ(XS_WATCH, "data\0tok");
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "data");
	REQ(XS_TRANSACTION_START, "");
	ck_assert_int_eq(answer(tx), XS_TRANSACTION_START);
	/* A long message of which half is taken, and an answer nobody has fetched yet. */
	REQ(XS_GET_DOMAIN_PATH, "5");
	memset(msg, 'v', sizeof(msg));
	memcpy(msg + 16, "data/long", 10);
	n = guest_message(msg, XS_WRITE, 2, memcpy(got, msg + 16, 2000), 2000);
	part = guest_put(G, msg, n);
	run();

	restart();
	ck_assert_int_eq(port_fake->mapped, 2);
	EXPECT(XS_GET_DOMAIN_PATH, "/local/domain/5");
	EXPECT_NONE();
	while (part < n) {
		part += guest_put(G, msg + part, n - part);
		run();
	}
	EXPECT(XS_WATCH_EVENT, "data/long");
	EXPECT(XS_WRITE, "OK");
	REQ(XS_READ, "data/x");
	ck_assert_int_eq(answer(got), XS_READ);
	ck_assert_mem_eq(got, "value", 5);
	/* The transaction is still known, and can but be tried again. */
	end.tx_id = (uint32_t)atoi(tx);
	guest_put(G, &end, sizeof(end));
	guest_put(G, "T", 2);
	run();
	EXPECT(XS_ERROR, "EAGAIN");
	guest_put(G, &end, sizeof(end));
	guest_put(G, "T", 2);
	run();
	EXPECT(XS_ERROR, "ENOENT");
	REQ(XS_UNWATCH, "data\0tok");
	EXPECT(XS_UNWATCH, "OK");
	restart();
	REQ(XS_UNWATCH, "data\0tok");
	EXPECT(XS_ERROR, "ENOENT");
}
END_TEST

/* The instants between the commit and the stores to the page. */
START_TEST(killed_before_the_page_was_told)
{
	struct xenstore_domain_interface *page = &port_fake->dom[G].page, before;

	REQ(XS_WATCH, "x\0t");
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "x");
	before = *page;
	REQ(XS_WATCH, "y\0t");
	page->req_cons = before.req_cons;
	page->rsp_prod = before.rsp_prod;
	memcpy(page->rsp, before.rsp, sizeof(page->rsp));
	restart();
	ck_assert_uint_eq(db.doms.d[G]->watches, 2);
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "y");
	EXPECT_NONE();
	/* The page has the whole answer, the request's index is old. */
	before = *page;
	REQ(XS_WATCH, "z\0t");
	page->req_cons = before.req_cons;
	restart();
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "z");
	EXPECT_NONE();
	ck_assert_uint_eq(db.doms.d[G]->watches, 3);
}
END_TEST

START_TEST(killed_before_the_commit)
{
	struct xenstore_domain_interface *page = &port_fake->dom[G].page, before = *page;
	char cmd[200];

	snprintf(cmd, sizeof(cmd), "cp %s %s.old", state_file, state_file);
	ck_assert_int_eq(system(cmd), 0);
	REQ(XS_WATCH, "x\0t");
	page->req_cons = before.req_cons;
	page->rsp_prod = before.rsp_prod;
	snprintf(cmd, sizeof(cmd), "mv %s.old %s", state_file, state_file);
	ck_assert_int_eq(system(cmd), 0);
	restart();
	EXPECT(XS_WATCH, "OK");
	EXPECT(XS_WATCH_EVENT, "x");
	EXPECT_NONE();
}
END_TEST

START_TEST(a_guest_that_moved_its_index_meanwhile)
{
	port_fake->dom[G].page.rsp_prod += 100;
	restart();
	ck_assert(db.doms.d[G]->conn->ring.broken);
	ck_assert_uint_eq(port_fake->dom[G].page.error, XENSTORE_ERROR_RINGIDX);
}
END_TEST

START_TEST(the_own_kernel_is_always_served_again)
{
	port_fake->dom[0].page.rsp_prod += 100;
	restart();
	ck_assert(!db.doms.d[0]->conn->ring.broken);
	ck_assert_uint_eq(db.doms.d[0]->conn->ring.prod, 100);
	ck_assert(port_fake->bound[1 + PORT_FAKE_LOCAL]);
}
END_TEST

START_TEST(a_guest_that_died_meanwhile)
{
	make_home();
	port_fake->dom[G].exists = false;
	restart();
	ck_assert_ptr_null(db.doms.d[G]);
	ck_assert_ptr_null(node_find(db.root, "/local/domain/5", 15));
}
END_TEST

START_TEST(a_page_that_cannot_be_mapped_again)
{
	forget();
	port_fake->bound[G + PORT_FAKE_LOCAL] = true; /* somebody else has the channel */
	start();
	ck_assert_ptr_nonnull(db.doms.d[G]->conn);
	ck_assert_ptr_null(db.doms.d[G]->conn->ring.page);
	port_fake->bound[G + PORT_FAKE_LOCAL] = false;
	ck_assert_int_eq(ring_introduce(&db, db.doms.d[G], 77, G), 0);
	REQ(XS_GET_DOMAIN_PATH, "5");
	EXPECT(XS_GET_DOMAIN_PATH, "/local/domain/5");
}
END_TEST

START_TEST(a_failed_introduction_leaves_no_trace)
{
	struct dom *d = dom_make(&db.doms, 6, db.gen + 1);

	port_fake->dom[6].exists = true;
	port_fake->bound[6 + PORT_FAKE_LOCAL] = true;
	ck_assert_int_eq(ring_introduce(&db, d, 1, 6), -EBUSY);
	ck_assert_ptr_null(d->conn);
	ck_assert_int_eq(port_fake->mapped, 2);
	ck_assert(!d->introduced);
	state_commit(&db);
	restart();
	REQ(XS_GET_DOMAIN_PATH, "5");
	EXPECT(XS_GET_DOMAIN_PATH, "/local/domain/5");
}
END_TEST

START_TEST(a_domain_younger_than_all_nodes)
{
	const struct perm p = {.id = 6};
	struct perms *ps = perm_new(&p, 1);

	db.gen += 100; /* transactions that were given up */
	port_fake->dom[6].exists = true;
	ck_assert_int_eq(ring_introduce(&db, dom_make(&db.doms, 6, db.gen + 1), 1, 6), 0);
	state_commit(&db);
	restart();
	db_add(&db, "/of6", 4, ps, "", 0);
	perm_put(ps);
	ck_assert_uint_eq(conn_access(db.doms.d[6]->conn, node_find(db.root, "/of6", 4)), PERM_ALL);
}
END_TEST

START_TEST(dumps_replace_a_long_journal)
{
	unsigned i;
	char value[1000];
	size_t used;

	make_home();
	memset(value, 'v', sizeof(value));
	memcpy(value, "k", 2);
	for (i = 0; !state_due(&db); i++) {
		request(XS_WRITE, value, sizeof(value));
		EXPECT(XS_WRITE, "OK");
	}
	ck_assert_uint_gt(i, 1000);
	used = db.log->used;
	ck_assert_int_eq(state_save(&db, state_file), 0);
	ck_assert_uint_lt(db.log->used, used / 100);
	restart();
	REQ(XS_READ, "k");
	ck_assert_int_eq(answer(value), XS_READ);
}
END_TEST

START_TEST(a_damaged_journal_is_refused)
{
	struct db other;
	size_t at;
	FILE *f;

	forget();
	f = fopen(state_file, "r+");
	ck_assert_ptr_nonnull(f);
	fseek(f, 64 + 6, SEEK_SET); /* type of the first record */
	fputc(99, f);
	fclose(f);
	db_init(&other);
	ck_assert_int_eq(state_load(&other, state_file, &at), -EINVAL);
	db_fini(&other);
	ck_assert_int_eq(truncate(state_file, 40), 0);
	db_init(&other);
	ck_assert_int_eq(state_load(&other, state_file, &at), -EINVAL);
	unlink(state_file);
	ck_assert_int_eq(state_load(&other, state_file, &at), -ENOENT);
	db_fini(&other);
	db_init(&db);
}
END_TEST

/* The daemon of the last test; it is killed and started again on the same journal. */
static void daemon_main(void)
{
	start();
	for (;;) {
		run();
		if (state_due(&db))
			state_save(&db, state_file);
		sched_yield();
	}
}

/* Round i of what the guest asks: payload and the answer that a request done once gets. */
static uint32_t make_request(unsigned i, char *msg, const char **want)
{
	char payload[2100];
	uint32_t len;

	*want = "OK";
	switch (i % 4) {
	case 0:
		len = (uint32_t)sprintf(payload, "data%ctok%u", 0, i / 4) + 1;
		return guest_message(msg, XS_WATCH, i, payload, len);
	case 1:
		memset(payload, 'v', sizeof(payload));
		memcpy(payload, "data/long", 10);
		return guest_message(msg, XS_WRITE, i, payload, 1100 + i % 900);
	case 2:
		len = (uint32_t)sprintf(payload, "data%ctok%u", 0, i / 4) + 1;
		return guest_message(msg, XS_UNWATCH, i, payload, len);
	default:
		*want = "/local/domain/5";
		return guest_message(msg, XS_GET_DOMAIN_PATH, i, "5", 2);
	}
}

struct talk {
	unsigned round, events;
	char in[5000];
	uint32_t have;
};

/* Look at whole messages that have arrived; true if the answer of this round is among them. */
static bool look(struct talk *t, const char *want)
{
	struct xsd_sockmsg hdr;
	bool answered = false;

	t->have += guest_take(G, t->in + t->have, (uint32_t)sizeof(t->in) - t->have);
	while (t->have >= sizeof(hdr)) {
		memcpy(&hdr, t->in, sizeof(hdr));
		ck_assert_uint_le(hdr.len, XENSTORE_PAYLOAD_MAX);
		if (t->have < sizeof(hdr) + hdr.len)
			break;
		if (hdr.type == XS_WATCH_EVENT) {
			t->events++;
		} else {
			ck_assert_uint_eq(hdr.req_id, t->round);
			ck_assert_str_eq(t->in + sizeof(hdr), want);
			answered = true;
		}
		t->have -= (uint32_t)sizeof(hdr) + hdr.len;
		memmove(t->in, t->in + sizeof(hdr) + hdr.len, t->have);
	}
	return answered;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static pid_t spawn(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid)
		daemon_main();
	return pid;
}

START_TEST(killed_again_and_again)
{
	enum { KILLS = 100, ROUNDS = 120 };
	struct port_fake *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct talk t = {0};
	unsigned kills = 0, last_round = 0;
	double next = 0, pause = 0.01; /* up to this from kill to kill */
	pid_t pid;

	make_home();
	*shared = *port_fake;
	port_fake = shared;
	forget();
	pid = spawn();
	srand(1);
	for (t.round = 0; kills < KILLS || t.round < ROUNDS; t.round++) {
		const char *want;
		char msg[2200];
		uint32_t n = make_request(t.round, msg, &want), at = 0;
		double since = now();
		bool done = false;

		while (!done) {
			at += guest_put(G, msg + at, n - at);
			done = look(&t, want);
			ck_assert_msg(now() - since < 20, "round %u: no answer after %u kills",
				      t.round, kills);
			if (now() < next)
				continue;
			/* On a busy machine a daemon needs longer to get anywhere. */
			pause *= t.round == last_round ? 1.2 : pause > 0.01 ? 0.9 : 1;
			last_round = t.round;
			next = now() + 0.0005 + pause * (rand() % 1000) / 1000;
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			memset(shared->bound, 0, sizeof(shared->bound));
			pid = spawn();
			kills++;
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* Each watch was told of itself and of the write in its life; more would be told twice. */
	ck_assert_uint_le(t.events, t.round / 4 * 2 + 2);
	ck_assert_uint_ge(t.events, (t.round / 4 - 1) * 2);
	memset(shared->bound, 0, sizeof(shared->bound));
	start();
	run();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stored_ring");
	TCase *t = tcase_create("ring");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, request_byte_by_byte);
	tcase_add_test(t, messages_longer_than_the_ring);
	tcase_add_test(t, impossible_index_stops_service);
	tcase_add_test(t, impossible_answer_index_stops_service);
	tcase_add_test(t, too_long_a_message_stops_service);
	tcase_add_test(t, who_does_not_read_has_to_wait);
	tcase_add_test(t, only_so_many_answers_wait);
	tcase_add_test(t, limits_outlive_the_daemon);
	tcase_add_test(t, a_new_event_channel_after_suspend);
	tcase_add_test(t, restart_keeps_everything);
	tcase_add_test(t, killed_before_the_page_was_told);
	tcase_add_test(t, killed_before_the_commit);
	tcase_add_test(t, a_guest_that_moved_its_index_meanwhile);
	tcase_add_test(t, the_own_kernel_is_always_served_again);
	tcase_add_test(t, a_guest_that_died_meanwhile);
	tcase_add_test(t, a_page_that_cannot_be_mapped_again);
	tcase_add_test(t, a_failed_introduction_leaves_no_trace);
	tcase_add_test(t, a_domain_younger_than_all_nodes);
	tcase_add_test(t, dumps_replace_a_long_journal);
	tcase_add_test(t, a_damaged_journal_is_refused);
	tcase_add_test(t, killed_again_and_again);
	suite_add_tcase(s, t);
	return suite_run(s);
}
