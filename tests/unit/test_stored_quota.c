// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits: each refuses what goes beyond it, with its error, and touches nobody else. */
#include "stored_store.h"
#include "suite.h"

START_TEST(quotas_bind_guests)
{
	char path[32];
	unsigned i, n;

	db.quota.nodes = db.doms.d[5]->nodes + 3;
	EXPECT_ERR(CALLV(five, XS_WRITE, 0, "data/1/2/3/4\0"), "ENOSPC");
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/1/2/3\0"));
	EXPECT_ERR(CALLV(five, XS_WRITE, 0, "data/x\0"), "ENOSPC");
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/1\0still"));
	EXPECT_OK(CALL(five, XS_RM, 0, "data/1/2"));
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/x\0"));
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/local/domain/5/data/by/root/more\0"));

	db.quota.node_size = 4;
	EXPECT_ERR(CALLV(five, XS_WRITE, 0,
			 "data/x\0"
			 "12345"),
		   "ENOSPC");
	db.quota.perms = 1;
	EXPECT_ERR(CALL(five, XS_SET_PERMS, 0, "data/x\0n5\0r6"), "ENOSPC");

	db.quota.watches = 3;
	for (i = 0; i < 5; i++) {
		n = (unsigned)snprintf(path, sizeof(path), "data%ctok%u", 0, i) + 1;
		if (i < 3)
			EXPECT_OK(client_call(five, XS_WATCH, 0, path, n));
		else
			EXPECT_ERR(client_call(five, XS_WATCH, 0, path, n), "E2BIG");
	}
	EXPECT_OK(CALL(five, XS_RESET_WATCHES, 0, ""));
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0tok4"));

	db.quota.txn_bytes = 4000;
	i = client_start(five);
	EXPECT_OK(CALLV(five, XS_WRITE, i,
			"data/x\0"
			"123"));
	for (n = 0; CALLV(five, XS_WRITE, i,
			  "data/x\0"
			  "123")
			    ->type != XS_ERROR;
	     n++)
		ck_assert_uint_lt(n, 4000);
	EXPECT_ERR(CALLV(five, XS_WRITE, i,
			 "data/x\0"
			 "123"),
		   "ENOSPC");
	EXPECT_OK(CALL(five, XS_TRANSACTION_END, i, "F"));

	db.quota.txns = 2;
	ck_assert_uint_ne(client_start(five), 0);
	ck_assert_uint_ne(client_start(five), 0);
	EXPECT_ERR(CALL(five, XS_TRANSACTION_START, 0, ""), "ENOSPC");
}
END_TEST

START_TEST(memory_is_limited_too)
{
	static const char longer[2050] = "data/mb", roots[2050] = "/local/domain/5/data/big";
	static char value[2000] = "data/m0";
	struct dom *d = db.doms.d[5];
	unsigned i, tx;

	db.quota.soft_memory = 10000;
	db.quota.memory = 20000;
	for (i = 0; i < 20; i++) {
		value[6] = (char)('a' + i);
		if (client_call(five, XS_WRITE, 0, value, sizeof(value))->type == XS_ERROR)
			break;
	}
	ck_assert_uint_gt(i, 5);
	ck_assert_uint_lt(i, 10);
	EXPECT_ERR(client_call(five, XS_WRITE, 0, value, sizeof(value)), "ENOMEM");
	ck_assert(d->warned);
	ck_assert_uint_le(quota_used(d), 20000);
	db.quota.memory = (unsigned)quota_used(d) + 40;
	EXPECT_ERR(CALL(five, XS_WATCH, 0, "data\0tok"), "ENOMEM");
	EXPECT_ERR(CALL(five, XS_MKDIR, 0, "data/n"), "ENOMEM");
	tx = client_start(five);
	EXPECT_ERR(CALL(five, XS_MKDIR, tx, "data/n"), "ENOMEM");
	EXPECT_OK(CALL(five, XS_TRANSACTION_END, tx, "F"));
	EXPECT_ERR(client_call(five, XS_WRITE, 0, longer, sizeof(longer)), "ENOMEM");
	/* The others go on. */
	EXPECT_OK(client_call(six, XS_WRITE, 0, value, sizeof(value)));
	EXPECT_OK(client_call(root, XS_WRITE, 0, roots, sizeof(roots)));
	/* It can make room itself, what root put there for it included. */
	EXPECT_OK(CALL(five, XS_RM, 0, "data/big"));
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/ma\0short"));
	EXPECT_OK(client_call(five, XS_WRITE, 0, longer, sizeof(longer)));
	EXPECT_OK(CALL(five, XS_RM, 0, "data/mb"));
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0tok"));
	ck_assert_uint_gt(d->watch_bytes, 0);
	EXPECT_OK(CALL(five, XS_UNWATCH, 0, "data\0tok"));
	ck_assert_uint_eq(d->watch_bytes, 0);
}
END_TEST

START_TEST(paths_and_touched_nodes_are_limited)
{
	unsigned tx;

	db.quota.path_max = 8;
	EXPECT_ERR(CALL(five, XS_READ, 0, "data/long"), "EINVAL");
	EXPECT_ERR(CALL(five, XS_WATCH, 0, "data/long\0tok"), "EINVAL");
	EXPECT_OK(CALLV(five, XS_WRITE, 0, "data/sho\0"));
	EXPECT_OK(CALLV(root, XS_WRITE, 0, "/local/domain/5/data/long/enough\0"));
	db.quota.txn_nodes = 2;
	tx = client_start(five);
	EXPECT_OK(CALL(five, XS_READ, tx, "data"));
	EXPECT_OK(CALL(five, XS_READ, tx, "data/sho"));
	EXPECT_ERR(CALL(five, XS_READ, tx, "data/x"), "ENOSPC");
	EXPECT_OK(CALL(five, XS_READ, tx, "data/sho"));
	EXPECT_OK(CALL(five, XS_TRANSACTION_END, tx, "T"));
	tx = client_start(root);
	EXPECT_OK(CALL(root, XS_READ, tx, "/local"));
	EXPECT_OK(CALL(root, XS_READ, tx, "/local/domain"));
	EXPECT_OK(CALL(root, XS_READ, tx, "/local/domain/5"));
	EXPECT_OK(CALL(root, XS_TRANSACTION_END, tx, "T"));
}
END_TEST

START_TEST(a_guest_can_have_limits_of_its_own)
{
	db.quota.watches = 1;
	EXPECT_OK(CALL(root, XS_CONTROL, 0,
		       "quota\0"
		       "5\0"
		       "set\0watches\0"
		       "2"));
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0a"));
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0b"));
	EXPECT_ERR(CALL(five, XS_WATCH, 0, "data\0c"), "E2BIG");
	EXPECT_OK(CALL(six, XS_WATCH, 0, "data\0a"));
	EXPECT_ERR(CALL(six, XS_WATCH, 0, "data\0b"), "E2BIG");
	/* It goes with the guest: the next one of this number has everybody's. */
	port_fake->dom[5].exists = false;
	ring_scan(&db);
	five = guest(5);
	EXPECT_OK(CALL(five, XS_WATCH, 0, "data\0a"));
	EXPECT_ERR(CALL(five, XS_WATCH, 0, "data\0b"), "E2BIG");
	EXPECT_ERR(CALL(root, XS_CONTROL, 0,
			"quota\0"
			"0\0"
			"set\0watches\0"
			"2"),
		   "EINVAL");
	EXPECT_ERR(CALL(root, XS_CONTROL, 0,
			"quota\0"
			"9\0"
			"set\0watches\0"
			"2"),
		   "ENOENT");
	EXPECT_ERR(CALL(five, XS_CONTROL, 0,
			"quota\0set\0watches\0"
			"9"),
		   "EACCES");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stored_quota");
	TCase *t = tcase_create("limits");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, quotas_bind_guests);
	tcase_add_test(t, memory_is_limited_too);
	tcase_add_test(t, paths_and_touched_nodes_are_limited);
	tcase_add_test(t, a_guest_can_have_limits_of_its_own);
	suite_add_tcase(s, t);
	return suite_run(s);
}
