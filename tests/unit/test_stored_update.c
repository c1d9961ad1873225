// SPDX-License-Identifier: GPL-2.0-or-later
/* Live update: what clients and guests have is there in the next process, transactions included. */
#include <unistd.h>

#include "journal.h"
#include "state.h"
#include "stored_store.h"
#include "suite.h"
#include "update.h"

enum { FD = 77, LISTENER = 5, LOCK = 6 };

static char state_file[64];
static struct handover h;

static void begin(void)
{
	setup();
	snprintf(state_file, sizeof(state_file), "/tmp/stored-update-%d", getpid());
	root->fd = FD;
}

static void stop(void)
{
	if (db.log)
		journal_close(db.log);
	db.log = NULL;
	forget();
	memset(port_fake->bound, 0, sizeof(port_fake->bound));
}

/* Become the next process. */
static void update(void)
{
	size_t at;

	h = (struct handover){LISTENER, LOCK};
	ck_assert_int_eq(state_hand_over(&db, state_file, &h), 0);
	stop();
	db_init(&db);
	ck_assert_int_eq(state_take_over(&db, state_file, &h, &at), 0);
	ck_assert_int_eq(h.listener, LISTENER);
	ck_assert_int_eq(h.lock, LOCK);
	ring_restore(&db);
	root = LIST_FIRST(&db.clients);
	five = db.doms.d[5]->conn;
	six = db.doms.d[6]->conn;
}

static void end(void)
{
	if (db.log)
		journal_close(db.log);
	db.log = NULL;
	teardown();
	unlink(state_file);
}

START_TEST(clients_keep_what_they_have)
{
	struct conn *other = conn_new(&db, NULL);

	other->fd = FD + 1;
	EXPECT_OK(CALL(other, XS_WATCH, 0, "/x\0token"));
	EXPECT_EVENT(other, "/x", "token");
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0mine"));
	EXPECT_EVENT(five, "data", "mine");
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/x\0value"));
	buf_put(&other->in, "half", 4);
	update();
	ck_assert_int_eq(root->fd + LIST_NEXT(root, at_db)->fd, 2 * FD + 1);
	if (root->fd != FD)
		root = LIST_NEXT(root, at_db);
	other = root == LIST_FIRST(&db.clients) ? LIST_NEXT(root, at_db) : LIST_FIRST(&db.clients);
	ck_assert_uint_eq(other->in.len, 4);
	ck_assert_mem_eq(buf_data(&other->in), "half", 4);
	/* The event was queued, not sent yet. */
	EXPECT_EVENT(other, "/x", "token");
	EXPECT_STR(CALL(root, XS_READ, 0, "/x"), "value");
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/x\0again"));
	EXPECT_EVENT(other, "/x", "token");
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/local/domain/5/data/a\0b"));
	EXPECT_EVENT(five, "data/a", "mine");
	EXPECT_OK(CALL(other, XS_UNWATCH, 0, "/x\0token"));
}
END_TEST

START_TEST(transactions_go_on)
{
	unsigned tx, guests, again;

	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/t/old\0"
			"1"));
	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/t/gone/below\0"
			"1"));
	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/t/anew/below\0"
			"1"));
	tx = client_start(root);
	EXPECT_STR(CALL(root, XS_READ, tx, "/t/old"), "1");
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/old\0"
			"2"));
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/new/below\0"
			"3"));
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/fleeting\0"
			"3"));
	EXPECT_OK(CALL(root, XS_RM, tx, "/t/fleeting"));
	EXPECT_OK(CALL(root, XS_RM, tx, "/t/gone"));
	EXPECT_OK(CALL(root, XS_RM, tx, "/t/anew"));
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/anew/other\0"
			"4"));
	EXPECT_OK(CALL(root, XS_SET_PERMS, tx, "/t/old\0n0\0r5"));
	guests = client_start(five);
	EXPECT_OK(CALLV(five, XS_WRITE, guests,
			"data/g\0"
			"5"));
	update();
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/old"), "1");
	EXPECT_STR(CALL(root, XS_READ, tx, "/t/old"), "2");
	EXPECT_ERR(CALL(root, XS_READ, tx, "/t/gone/below"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/t/fleeting"), "ENOENT");
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/later\0"
			"6"));
	EXPECT_OK(CALL(root, XS_WATCH, 0, "/t\0tok"));
	EXPECT_EVENT(root, "/t", "tok");
	/* Ids go on, and one is not given twice. */
	again = client_start(root);
	ck_assert_uint_ne(again, tx);
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, again, "F"));
	EXPECT_OK(CALL(five, XS_TRANSACTION_END, guests, "T"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/local/domain/5/data/g"), "5");
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, tx, "T"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/old"), "2");
	EXPECT_STR(CALL(root, XS_GET_PERMS, 0, "/t/old"), "n0");
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/new/below"), "3");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/t/gone"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/t/anew/below"), "ENOENT");
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/anew/other"), "4");
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/later"), "6");
}
END_TEST

START_TEST(conflicts_stay_conflicts)
{
	unsigned before, after;

	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/c/a\0"
			"1"));
	before = client_start(root);
	EXPECT_STR(CALL(root, XS_READ, before, "/c/a"), "1");
	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/c/a\0"
			"2"));
	after = client_start(root);
	EXPECT_STR(CALL(root, XS_READ, after, "/c/a"), "2");
	EXPECT_OK(CALLV(root, XS_WRITE, after,
			"/c/b\0"
			"1"));
	update();
	EXPECT_OK(CALLV(root, XS_WRITE, 0,
			"/c/a\0"
			"3"));
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, before, "T"), "EAGAIN");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, after, "T"), "EAGAIN");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/c/b"), "ENOENT");
}
END_TEST

START_TEST(who_asked_is_answered_by_the_next)
{
	static const char ask[] = "live-update\0-s";
	struct xsd_sockmsg hdr = {.type = XS_CONTROL, .req_id = 4711, .len = sizeof(ask)};
	struct answer a;

	ck_assert_ptr_nonnull(
		strstr(CALL(root, XS_CONTROL, 0, "live-update\0-s")->data, "-f FILE"));
	EXPECT_ERR(CALL(root, XS_CONTROL, 0, "live-update\0-f\0relative"), "EINVAL");
	EXPECT_ERR(CALL(root, XS_CONTROL, 0, "live-update"), "EINVAL");
	EXPECT_OK(CALL(root, XS_CONTROL, 0, "live-update\0-f\0/some/program"));
	EXPECT_OK(CALL(root, XS_CONTROL, 0, "live-update\0-c\0--trace"));
	proto_request(root, &hdr, ask);
	ck_assert_uint_eq(root->out.len, 0);
	update();
	ck_assert_ptr_eq(db.update.asker, root);
	update_answer(&db.update, "OK");
	ck_assert(client_next(root, &a));
	ck_assert_uint_eq(a.req_id, 4711);
	ck_assert_uint_eq(a.type, XS_CONTROL);
	ck_assert_str_eq(a.data, "OK");
	ck_assert_ptr_null(db.update.asker);
	/* One who leaves meanwhile is not answered. */
	EXPECT_OK(CALL(root, XS_CONTROL, 0, "live-update\0-f\0/some/program"));
	proto_request(root, &hdr, ask);
	conn_free(root);
	ck_assert_ptr_null(db.update.asker);
	root = conn_new(&db, NULL);
	EXPECT_OK(CALL(root, XS_CONTROL, 0, "live-update\0-a"));
}
END_TEST

START_TEST(without_the_descriptors_there_are_no_clients)
{
	size_t at;
	unsigned tx = client_start(root);

	EXPECT_OK(CALL(root, XS_WATCH, 0, "/x\0token"));
	EXPECT_OK(CALLV(root, XS_WRITE, tx, "/y\0value"));
	h = (struct handover){LISTENER, LOCK};
	ck_assert_int_eq(state_hand_over(&db, state_file, &h), 0);
	stop();
	db_init(&db);
	ck_assert_int_eq(state_load(&db, state_file, &at), 0);
	ck_assert(LIST_EMPTY(&db.clients));
	ck_assert_uint_eq(db.watches.n, 0);
	/* Nor can one go on from what is no handover. */
	ck_assert_int_eq(state_save(&db, state_file), 0);
	stop();
	db_init(&db);
	ck_assert_int_eq(state_take_over(&db, state_file, &h, &at), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stored_update");
	TCase *t = tcase_create("update");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, clients_keep_what_they_have);
	tcase_add_test(t, transactions_go_on);
	tcase_add_test(t, conflicts_stay_conflicts);
	tcase_add_test(t, who_asked_is_answered_by_the_next);
	tcase_add_test(t, without_the_descriptors_there_are_no_clients);
	suite_add_tcase(s, t);
	return suite_run(s);
}
