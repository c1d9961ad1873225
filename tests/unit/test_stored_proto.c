// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests: what each answers, to whom, and whom it tells. */
#include "ring.h"
#include "stored_store.h"
#include "suite.h"

START_TEST(write_read_list_remove)
{
	EXPECT_STR(CALLV(root, XS_WRITE, 0, "/a/b/c\0hello"), "OK");
	EXPECT_STR(CALL(root, XS_READ, 0, "/a/b/c"), "hello");
	ck_assert_uint_eq(CALL(root, XS_READ, 0, "/a/b")->len, 0);
	EXPECT_ERR(CALL(root, XS_READ, 0, "/a/x"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_READ, 0, "a//b"), "EINVAL");
	EXPECT_ERR(CALLV(root, XS_READ, 0, "/a"), "EINVAL");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/a\0/b"), "EINVAL");
	EXPECT_OK(CALL(root, XS_MKDIR, 0, "/a/b/d"));
	EXPECT_OK(CALL(root, XS_MKDIR, 0, "/a/b/c"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/a/b/c"), "hello");
	ck_assert_mem_eq(CALL(root, XS_DIRECTORY, 0, "/a/b")->data, "c\0d", 4);
	EXPECT_OK(CALL(root, XS_RM, 0, "/a/b/none"));
	EXPECT_ERR(CALL(root, XS_RM, 0, "/a/none/none"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_RM, 0, "/"), "EINVAL");
	EXPECT_OK(CALL(root, XS_RM, 0, "/a"));
	EXPECT_ERR(CALL(root, XS_READ, 0, "/a/b/c"), "ENOENT");
	/* Values are bytes. */
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/bin\0\0x\0"));
	ck_assert_mem_eq(CALL(root, XS_READ, 0, "/bin")->data, "\0x\0", 3);
}
END_TEST

START_TEST(unknown_requests)
{
	EXPECT_ERR(CALL(root, 20, 0, "/a"), "ENOSYS");
	EXPECT_ERR(CALL(root, 1000, 0, "/a"), "ENOSYS");
	EXPECT_ERR(CALL(root, XS_WATCH_EVENT, 0, "/a"), "ENOSYS");
	EXPECT_ERR(CALLV(root, XS_DIRECTORY, 0, ""), "EINVAL");
	EXPECT_ERR(CALL(root, XS_READ, 77, "/tool"), "ENOENT");
}
END_TEST

START_TEST(long_directories_come_in_parts)
{
	char path[64];
	unsigned i, at = 0, seen = 0;
	char req[32], gen[24] = "";

	for (i = 0; i < 1000; i++) {
		unsigned n = (unsigned)snprintf(path, sizeof(path), "/big/entry-%04u", i);

		EXPECT_OK(client_call(root, XS_MKDIR, 0, path, n + 1));
	}
	EXPECT_ERR(CALL(root, XS_DIRECTORY, 0, "/big"), "E2BIG");
	for (;;) {
		unsigned n = (unsigned)snprintf(req, sizeof(req), "/big%c%u", 0, at) + 1;
		struct answer *a = client_call(root, XS_DIRECTORY_PART, 0, req, n);
		const char *s = a->data + strlen(a->data) + 1;

		ck_assert_uint_ne(a->type, XS_ERROR);
		if (gen[0])
			ck_assert_str_eq(gen, a->data);
		snprintf(gen, sizeof(gen), "%.20s", a->data);
		while (s < a->data + a->len && *s) {
			snprintf(path, sizeof(path), "entry-%04u", seen++);
			ck_assert_str_eq(s, path);
			at += (unsigned)strlen(s) + 1;
			s += strlen(s) + 1;
		}
		if (s < a->data + a->len)
			break;
	}
	ck_assert_uint_eq(seen, 1000);
	EXPECT_OK(CALL(root, XS_MKDIR, 0, "/big/another"));
	ck_assert_str_ne(CALL(root, XS_DIRECTORY_PART, 0,
			      "/big\0"
			      "0")
				 ->data,
			 gen);
}
END_TEST

START_TEST(guests_have_only_their_rights)
{
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/x\0mine"));
	EXPECT_STR(CALL(five, XS_READ, 0, "/local/domain/5/data/x"), "mine");
	EXPECT_ERR(CALL(six, XS_READ, 0, "/local/domain/5/data/x"), "EACCES");
	EXPECT_ERR(CALLV(six, XS_WRITE, 0, "/local/domain/5/data/x\0no"), "EACCES");
	EXPECT_ERR(CALLV(five, XS_WRITE, 0, "/local/domain/5/name\0no"), "EACCES");
	/* What one may not see, one may not ask about either. */
	EXPECT_ERR(CALL(six, XS_READ, 0, "/local/domain/5/data/none"), "EACCES");
	EXPECT_ERR(CALL(five, XS_READ, 0, "data/none"), "ENOENT");
	EXPECT_STR(CALL(five, XS_GET_PERMS, 0, "data/x"), "n5");
	EXPECT_OK(CALL(five, XS_SET_PERMS, 0, "data/x\0n5\0r6"));
	EXPECT_STR(CALL(six, XS_READ, 0, "/local/domain/5/data/x"), "mine");
	EXPECT_ERR(CALL(six, XS_SET_PERMS, 0, "/local/domain/5/data/x\0n6"), "EACCES");
	EXPECT_ERR(CALL(five, XS_SET_PERMS, 0, "data/x\0n6"), "EPERM");
	EXPECT_ERR(CALL(five, XS_SET_PERMS, 0, "data/x\0q6"), "EINVAL");
	EXPECT_ERR(CALL(five, XS_INTRODUCE, 0,
			"9\0"
			"1\0"
			"1"),
		   "EACCES");
	EXPECT_ERR(CALL(five, XS_CONTROL, 0, "check"), "EACCES");
	EXPECT_STR(CALL(five, XS_GET_DOMAIN_PATH, 0, "6"), "/local/domain/6");
}
END_TEST

START_TEST(a_target_lends_its_rights)
{
	EXPECT_ERR(CALL(six, XS_DIRECTORY, 0, "/local/domain/5/data"), "EACCES");
	EXPECT_OK(CALL(root, XS_SET_TARGET, 0,
		       "6\0"
		       "5"));
	EXPECT_OK(CALL(six, XS_DIRECTORY, 0, "/local/domain/5/data"));
	EXPECT_ERR(CALL(root, XS_SET_TARGET, 0,
			"9\0"
			"5"),
		   "ENOENT");
}
END_TEST

START_TEST(watches_hear_of_changes_below)
{
	EXPECT_STR(CALL(root, XS_WATCH, 0, "/a\0tok"), "OK");
	EXPECT_EVENT(root, "/a", "tok");
	EXPECT_ERR(CALL(root, XS_WATCH, 0, "/a\0tok"), "EEXIST");
	CALLV(five, XS_WRITE, 0, "data/x\0");
	EXPECT_QUIET(root);
	struct conn *other = conn_new(&db, NULL);

	CALLV(other, XS_WRITE, 0, "/a/b/c\0v");
	EXPECT_EVENT(root, "/a/b/c", "tok");
	CALLV(other, XS_WRITE, 0, "/ab\0v");
	EXPECT_QUIET(root);
	CALL(other, XS_SET_PERMS, 0, "/a/b\0n0");
	EXPECT_EVENT(root, "/a/b", "tok");
	CALL(root, XS_WATCH, 0, "/a/b/c\0deep");
	EXPECT_EVENT(root, "/a/b/c", "deep");
	CALL(root, XS_WATCH, 0, "/a/b/none\0none");
	EXPECT_EVENT(root, "/a/b/none", "none");
	CALL(root, XS_WATCH, 0, "/\0all");
	EXPECT_EVENT(root, "/", "all");
	/* Who watches below what is removed hears of its own path, if it was there. */
	CALL(other, XS_RM, 0, "/a");
	EXPECT_EVENT(root, "/a", "all");
	EXPECT_EVENT(root, "/a", "tok");
	EXPECT_EVENT(root, "/a/b/c", "deep");
	EXPECT_QUIET(root);
	EXPECT_ERR(CALL(root, XS_UNWATCH, 0, "/a\0other"), "ENOENT");
	EXPECT_OK(CALL(root, XS_UNWATCH, 0, "/a\0tok"));
	EXPECT_OK(CALL(root, XS_UNWATCH, 0, "/\0all"));
	CALLV(other, XS_WRITE, 0, "/a\0");
	EXPECT_QUIET(root);
	conn_free(other);
}
END_TEST

START_TEST(depth_limits_a_watch)
{
	struct conn *other = conn_new(&db, NULL);

	CALL(root, XS_WATCH, 0,
	     "/a\0t\0"
	     "1");
	EXPECT_EVENT(root, "/a", "t");
	CALLV(other, XS_WRITE, 0, "/a/b/c\0");
	EXPECT_QUIET(root);
	CALLV(other, XS_WRITE, 0, "/a/b\0");
	EXPECT_EVENT(root, "/a/b", "t");
	CALL(root, XS_WATCH, 0,
	     "/\0r\0"
	     "1");
	EXPECT_EVENT(root, "/", "r");
	CALLV(other, XS_WRITE, 0, "/top\0");
	EXPECT_EVENT(root, "/top", "r");
	EXPECT_ERR(CALL(root, XS_WATCH, 0, "/x\0t\0-1"), "EINVAL");
	conn_free(other);
}
END_TEST

START_TEST(watches_respect_rights_and_relative_names)
{
	CALL(five, XS_WATCH, 0, "data\0rel");
	EXPECT_EVENT(five, "data", "rel");
	CALL(six, XS_WATCH, 0, "/local/domain/5/data\0spy");
	EXPECT_EVENT(six, "/local/domain/5/data", "spy");
	CALLV(root, XS_WRITE, 0, "/local/domain/5/data/k\0v");
	EXPECT_EVENT(five, "data/k", "rel");
	EXPECT_QUIET(six);
	CALL(root, XS_SET_PERMS, 0, "/local/domain/5/data/k\0n5\0r6");
	EXPECT_EVENT(six, "/local/domain/5/data/k", "spy");
	EXPECT_EVENT(five, "data/k", "rel");
	/* It could read that: it hears that it is gone. */
	CALL(root, XS_RM, 0, "/local/domain/5/data/k");
	EXPECT_EVENT(six, "/local/domain/5/data/k", "spy");
}
END_TEST

START_TEST(a_slow_reader_gets_merged_events)
{
	char path[64];
	struct answer a;
	unsigned i, n, events = 0;

	db.quota.events = 2000;
	CALL(five, XS_WATCH, 0, "data\0tok");
	EXPECT_EVENT(five, "data", "tok");
	for (i = 0; i < 500; i++) {
		n = (unsigned)snprintf(path, sizeof(path), "/local/domain/5/data/%u", i);
		EXPECT_OK(client_call(root, XS_WRITE, 0, path, n + 1));
	}
	ck_assert(five->lost);
	ck_assert_uint_lt(five->out.len, 2200);
	while (client_next(five, &a))
		events++;
	ck_assert_uint_lt(events, 100);
	conn_drained(five);
	EXPECT_EVENT(five, "data", "tok");
	EXPECT_QUIET(five);
	ck_assert(!five->lost);
}
END_TEST

START_TEST(transactions_are_isolated)
{
	struct conn *other = conn_new(&db, NULL);
	unsigned tx;

	CALL(other, XS_WATCH, 0, "/t\0w");
	EXPECT_EVENT(other, "/t", "w");
	tx = client_start(root);
	EXPECT_ERR(CALL(root, XS_TRANSACTION_START, tx, ""), "EBUSY");
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/a\0"
			"1"));
	EXPECT_OK(CALLV(root, XS_WRITE, tx,
			"/t/a\0"
			"2"));
	EXPECT_STR(CALL(root, XS_READ, tx, "/t/a"), "2");
	EXPECT_ERR(CALL(other, XS_READ, 0, "/t/a"), "ENOENT");
	EXPECT_ERR(CALL(other, XS_READ, tx, "/t/a"), "ENOENT");
	EXPECT_QUIET(other);
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, tx, "X"), "EINVAL");
	EXPECT_STR(CALL(root, XS_TRANSACTION_END, tx, "T"), "OK");
	EXPECT_EVENT(other, "/t/a", "w");
	EXPECT_QUIET(other);
	EXPECT_STR(CALL(other, XS_READ, 0, "/t/a"), "2");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, tx, "T"), "ENOENT");

	tx = client_start(root);
	CALLV(root, XS_WRITE, tx, "/t/a\0gone");
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, tx, "F"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/t/a"), "2");

	/* A snapshot: what others write meanwhile is not seen inside. */
	tx = client_start(root);
	CALLV(other, XS_WRITE, 0, "/t/later\0x");
	EXPECT_ERR(CALL(root, XS_READ, tx, "/t/later"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, tx, "T"), "EAGAIN");
	conn_free(other);
}
END_TEST

START_TEST(only_real_conflicts_fail)
{
	unsigned a, b;

	CALLV(root, XS_WRITE, 0,
	      "/c/x\0"
	      "0");
	CALLV(root, XS_WRITE, 0,
	      "/c/y\0"
	      "0");
	a = client_start(root);
	b = client_start(root);
	CALLV(root, XS_WRITE, a,
	      "/c/x\0"
	      "a");
	CALLV(root, XS_WRITE, b,
	      "/c/y\0"
	      "b");
	CALLV(root, XS_WRITE, a, "/c/new-a\0");
	CALLV(root, XS_WRITE, b, "/c/new-b\0");
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, a, "T"));
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, b, "T"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/c/x"), "a");
	EXPECT_STR(CALL(root, XS_READ, 0, "/c/y"), "b");
	EXPECT_OK(CALL(root, XS_READ, 0, "/c/new-a"));
	EXPECT_OK(CALL(root, XS_READ, 0, "/c/new-b"));

	/* Listing depends on the names, not on the values below. */
	a = client_start(root);
	CALL(root, XS_DIRECTORY, a, "/c");
	CALLV(root, XS_WRITE, a,
	      "/r\0"
	      "1");
	CALLV(root, XS_WRITE, 0, "/c/x\0changed");
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, a, "T"));
	a = client_start(root);
	CALL(root, XS_DIRECTORY, a, "/c");
	CALLV(root, XS_WRITE, 0, "/c/z\0");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, a, "T"), "EAGAIN");
	a = client_start(root);
	CALL(root, XS_READ, a, "/c/x");
	CALLV(root, XS_WRITE, 0, "/c/x\0again");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, a, "T"), "EAGAIN");
	/* The directory in which it makes something went away and came back as another one. */
	a = client_start(root);
	CALLV(root, XS_WRITE, a, "/c/made\0");
	CALL(root, XS_RM, 0, "/c");
	CALL(root, XS_MKDIR, 0, "/c");
	EXPECT_ERR(CALL(root, XS_TRANSACTION_END, a, "T"), "EAGAIN");
}
END_TEST

/* What nobody disturbs becomes the live tree as a whole; the books (see teardown) follow. */
START_TEST(an_undisturbed_transaction_takes_the_place)
{
	unsigned a, b, owned = db.doms.d[5]->nodes;
	struct conn *w = conn_new(&db, NULL);
	uint64_t nodes = db.nodes;

	CALLV(root, XS_WRITE, 0, "/d/same\0as it was");
	CALLV(root, XS_WRITE, 0, "/d/other\0old");
	CALL(w, XS_WATCH, 0, "/d\0t");
	EXPECT_EVENT(w, "/d", "t");
	a = client_start(root);
	b = client_start(w);
	EXPECT_STR(CALL(w, XS_READ, b, "/d/same"), "as it was");
	CALLV(root, XS_WRITE, a, "/d/same\0as it was");
	CALLV(root, XS_WRITE, a, "/d/other\0new");
	CALLV(root, XS_WRITE, a, "/d/x/y\0deep");
	CALL(root, XS_SET_PERMS, a, "/d/x\0n5");
	EXPECT_QUIET(w);
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, a, "T"));
	EXPECT_EVENT(w, "/d/same", "t");
	EXPECT_EVENT(w, "/d/other", "t");
	EXPECT_EVENT(w, "/d/x", "t");
	EXPECT_EVENT(w, "/d/x/y", "t");
	EXPECT_QUIET(w);
	EXPECT_STR(CALL(root, XS_READ, 0, "/d/other"), "new");
	EXPECT_STR(CALL(root, XS_READ, 0, "/d/x/y"), "deep");
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "/d/x/own\0"));
	ck_assert_uint_eq(db.nodes, nodes + 6);
	ck_assert_uint_eq(db.doms.d[5]->nodes, owned + 2);
	/* A value written as it was is no conflict. */
	EXPECT_OK(CALL(w, XS_TRANSACTION_END, b, "T"));
	conn_free(w);
}
END_TEST

START_TEST(a_removal_in_a_transaction_removes_all_below)
{
	unsigned a;

	CALLV(root, XS_WRITE, 0,
	      "/d/x\0"
	      "1");
	CALLV(root, XS_WRITE, 0,
	      "/d/y\0"
	      "1");
	a = client_start(root);
	CALLV(root, XS_WRITE, a,
	      "/d/new\0"
	      "1");
	CALL(root, XS_RM, a, "/d");
	CALLV(root, XS_WRITE, a,
	      "/d/x\0"
	      "2");
	CALL(root, XS_SET_PERMS, a, "/d/x\0r0\0b5");
	/* By now somebody else disturbs elsewhere. */
	CALLV(root, XS_WRITE, 0, "/elsewhere\0");
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, a, "T"));
	EXPECT_STR(CALL(root, XS_READ, 0, "/d/x"), "2");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/d/y"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/d/new"), "ENOENT");
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "/d/x\0by five"));
}
END_TEST

START_TEST(domains_come_and_go)
{
	struct conn *w = conn_new(&db, NULL);

	CALL(w, XS_WATCH, 0, "@introduceDomain\0in");
	EXPECT_EVENT(w, "@introduceDomain", "in");
	CALL(w, XS_WATCH, 0, "@releaseDomain\0out");
	EXPECT_EVENT(w, "@releaseDomain", "out");
	EXPECT_ERR(CALL(w, XS_WATCH, 0, "@other\0t"), "EINVAL");
	CALL(five, XS_WATCH, 0, "@releaseDomain\0spy");
	EXPECT_EVENT(five, "@releaseDomain", "spy");
	EXPECT_STR(CALL(root, XS_IS_DOMAIN_INTRODUCED, 0, "7"), "F");
	EXPECT_ERR(CALL(root, XS_INTRODUCE, 0,
			"7\0"
			"1\0"
			"9"),
		   "EIO");
	EXPECT_QUIET(w);
	port_fake->dom[7].exists = true;
	EXPECT_STR(CALL(root, XS_INTRODUCE, 0,
			"7\0"
			"1\0"
			"9"),
		   "OK");
	EXPECT_EVENT(w, "@introduceDomain", "in");
	EXPECT_STR(CALL(root, XS_IS_DOMAIN_INTRODUCED, 0, "7"), "T");
	CALLV(root, XS_WRITE, 0, "/local/domain/7/x/y\0");
	CALL(root, XS_SET_PERMS, 0, "/local/domain/7/x\0n7");
	CALLV(root, XS_WRITE, 0, "/far/away\0");
	CALL(root, XS_SET_PERMS, 0, "/far/away\0n7");
	ck_assert_uint_eq(db.doms.d[7]->nodes, 2);

	port_fake->dom[7].shutdown = true;
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain", "out");
	ring_scan(&db);
	EXPECT_QUIET(w);
	EXPECT_OK(CALL(root, XS_RESUME, 0, "7"));
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain", "out");
	port_fake->dom[7].dying = true;
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain", "out");
	ck_assert_ptr_null(db.doms.d[7]->conn);
	ck_assert_int_eq(port_fake->mapped, 2);
	EXPECT_STR(CALL(root, XS_IS_DOMAIN_INTRODUCED, 0, "7"), "F");
	port_fake->dom[7].exists = false;
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain", "out");
	ck_assert_ptr_null(db.doms.d[7]);
	/* What it owned has gone with it, wherever it was. */
	EXPECT_ERR(CALL(root, XS_READ, 0, "/local/domain/7/x"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_READ, 0, "/far/away"), "ENOENT");
	EXPECT_OK(CALL(root, XS_READ, 0, "/local/domain/7"));
	EXPECT_QUIET(five);
	EXPECT_OK(CALL(root, XS_SET_PERMS, 0, "@releaseDomain\0n0\0r5"));
	EXPECT_STR(CALL(root, XS_GET_PERMS, 0, "@releaseDomain"), "n0");
	EXPECT_ERR(CALL(five, XS_SET_PERMS, 0, "@releaseDomain\0n5"), "EACCES");
	EXPECT_OK(CALL(root, XS_RELEASE, 0, "6"));
	EXPECT_EVENT(w, "@releaseDomain", "out");
	EXPECT_EVENT(five, "@releaseDomain", "spy");
	EXPECT_ERR(CALL(root, XS_RELEASE, 0, "6"), "ENOENT");
	EXPECT_ERR(CALL(root, XS_RELEASE, 0, "0"), "EINVAL");
	conn_free(w);
}
END_TEST

/* Who gives a depth is told which domain. */
START_TEST(a_depth_names_the_domain)
{
	struct conn *w = conn_new(&db, NULL);

	CALL(w, XS_WATCH, 0,
	     "@introduceDomain\0in\0"
	     "1");
	EXPECT_EVENT(w, "@introduceDomain", "in");
	CALL(w, XS_WATCH, 0,
	     "@releaseDomain\0out\0"
	     "1");
	EXPECT_EVENT(w, "@releaseDomain", "out");
	port_fake->dom[7].exists = port_fake->dom[8].exists = true;
	EXPECT_OK(CALL(root, XS_INTRODUCE, 0,
		       "7\0"
		       "1\0"
		       "9"));
	EXPECT_EVENT(w, "@introduceDomain/7", "in");
	EXPECT_OK(CALL(root, XS_INTRODUCE, 0,
		       "8\0"
		       "1\0"
		       "10"));
	EXPECT_EVENT(w, "@introduceDomain/8", "in");
	EXPECT_OK(CALL(root, XS_RELEASE, 0, "7"));
	EXPECT_EVENT(w, "@releaseDomain/7", "out");
	port_fake->dom[8].shutdown = true;
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain/8", "out");
	port_fake->dom[7].exists = port_fake->dom[8].exists = false;
	ring_scan(&db);
	EXPECT_EVENT(w, "@releaseDomain/8", "out");
	EXPECT_EVENT(w, "@releaseDomain/7", "out");
	EXPECT_QUIET(w);
	conn_free(w);
}
END_TEST

/* Where the hypervisor notes changes, only the noted domains are looked at. */
START_TEST(changes_are_taken_from_notes)
{
	struct conn *w = conn_new(&db, NULL);
	unsigned i;

	CALL(w, XS_WATCH, 0,
	     "@releaseDomain\0out\0"
	     "1");
	EXPECT_EVENT(w, "@releaseDomain", "out");
	port_fake->dom[7].exists = true;
	EXPECT_OK(CALL(root, XS_INTRODUCE, 0,
		       "7\0"
		       "1\0"
		       "9"));
	port_fake->dom[7].shutdown = true;
	ring_changed(&db);
	EXPECT_EVENT(w, "@releaseDomain/7", "out");
	port_fake->notes = true;
	port_fake->dom[5].shutdown = port_fake->dom[7].dying = true;
	ring_changed(&db);
	EXPECT_QUIET(w);
	/* More than one call brings, and some that the store has never met. */
	for (i = 0; i < PORT_FAKE_MAX; i++)
		port_fake->dom[i].changed = true;
	ring_changed(&db);
	EXPECT_EVENT(w, "@releaseDomain/5", "out");
	EXPECT_EVENT(w, "@releaseDomain/7", "out");
	EXPECT_QUIET(w);
	port_fake->dom[7].exists = false;
	port_fake->dom[7].changed = true;
	ring_changed(&db);
	EXPECT_EVENT(w, "@releaseDomain/7", "out");
	ck_assert_ptr_null(db.doms.d[7]);
	ck_assert_ptr_nonnull(db.doms.d[5]);
	conn_free(w);
}
END_TEST

START_TEST(an_id_used_again_inherits_nothing)
{
	CALLV(root, XS_WRITE, 0, "/shared\0secret");
	CALL(root, XS_SET_PERMS, 0, "/shared\0n0\0b6");
	EXPECT_STR(CALL(six, XS_READ, 0, "/shared"), "secret");
	port_fake->dom[6].exists = false;
	ring_scan(&db);
	six = guest(6);
	EXPECT_ERR(CALL(six, XS_READ, 0, "/shared"), "EACCES");
	/* Nor does a child that is made below by now. */
	CALLV(root, XS_WRITE, 0, "/shared/child\0x");
	EXPECT_ERR(CALL(six, XS_READ, 0, "/shared/child"), "EACCES");
	EXPECT_STR(CALL(root, XS_GET_PERMS, 0, "/shared/child"), "n0");
}
END_TEST

START_TEST(control_commands)
{
	static const char *const fine[] = {"check", "help", "memreport"};
	char req[64];
	unsigned i;

	for (i = 0; i < 3; i++)
		EXPECT_OK(client_call(root, XS_CONTROL, 0, fine[i], (unsigned)strlen(fine[i]) + 1));
	EXPECT_STR(CALL(root, XS_CONTROL, 0, "check"), "OK");
	db.nodes++;
	ck_assert_ptr_nonnull(strstr(CALL(root, XS_CONTROL, 0, "check")->data, "in the books"));
	db.nodes--;
	EXPECT_ERR(CALL(root, XS_CONTROL, 0, "nonsense"), "EINVAL");
	EXPECT_OK(CALL(root, XS_CONTROL, 0,
		       "quota\0set\0nodes\0"
		       "77"));
	ck_assert_uint_eq(db.quota.nodes, 77);
	EXPECT_ERR(CALL(root, XS_CONTROL, 0,
			"quota\0set\0nose\0"
			"77"),
		   "ENOENT");
	ck_assert_ptr_nonnull(strstr(CALL(root, XS_CONTROL, 0, "quota")->data, "77"));
	ck_assert_ptr_nonnull(strstr(CALL(root, XS_CONTROL, 0,
					  "quota\0"
					  "5")
					     ->data,
				     "nodes                     1\n"));
	EXPECT_OK(CALL(root, XS_CONTROL, 0,
		       "quota-soft\0set\0memory\0"
		       "1234"));
	ck_assert_uint_eq(db.quota.soft_memory, 1234);
	EXPECT_ERR(CALL(root, XS_CONTROL, 0,
			"quota-soft\0set\0nodes\0"
			"1"),
		   "ENOENT");
	EXPECT_ERR(CALL(root, XS_CONTROL, 0,
			"quota\0"
			"50"),
		   "ENOENT");
	EXPECT_ERR(CALL(root, XS_CONTROL, 0, "log\0maybe"), "EINVAL");
	EXPECT_OK(CALL(root, XS_CONTROL, 0, "log\0off"));
	snprintf(req, sizeof(req), "print");
	EXPECT_ERR(client_call(root, XS_CONTROL, 0, req, 6), "EINVAL");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stored_proto");
	TCase *t = tcase_create("requests");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, write_read_list_remove);
	tcase_add_test(t, unknown_requests);
	tcase_add_test(t, long_directories_come_in_parts);
	tcase_add_test(t, guests_have_only_their_rights);
	tcase_add_test(t, a_target_lends_its_rights);
	tcase_add_test(t, watches_hear_of_changes_below);
	tcase_add_test(t, depth_limits_a_watch);
	tcase_add_test(t, watches_respect_rights_and_relative_names);
	tcase_add_test(t, a_slow_reader_gets_merged_events);
	tcase_add_test(t, transactions_are_isolated);
	tcase_add_test(t, only_real_conflicts_fail);
	tcase_add_test(t, an_undisturbed_transaction_takes_the_place);
	tcase_add_test(t, a_removal_in_a_transaction_removes_all_below);
	tcase_add_test(t, domains_come_and_go);
	tcase_add_test(t, a_depth_names_the_domain);
	tcase_add_test(t, changes_are_taken_from_notes);
	tcase_add_test(t, an_id_used_again_inherits_nothing);
	tcase_add_test(t, control_commands);
	suite_add_tcase(s, t);
	return suite_run(s);
}
