// SPDX-License-Identifier: GPL-2.0-or-later
/* The tools' store client against the real daemon code in a process that dies now and then. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db.h"
#include "init.h"
#include "port_fake.h"
#include "lib/store.h"
#include "server.h"
#include "sock.h"
#include "state.h"
#include "suite.h"

static char dir[64], sock[96], state[96];
static pid_t daemon_pid;
static struct store *client;

static void serve(void)
{
	static struct db db;
	struct server s = {.db = &db, .state = state, .changes = -1};
	char text[256];
	size_t at;

	port_fake->dom[8].exists = true;
	db_init(&db);
	if (state_load(&db, state, &at) == -ENOENT)
		init_nodes(&db);
	if (state_save(&db, state))
		_exit(1);
	s.listener = sock_listen(sock, text, sizeof(text));
	if (s.listener < 0)
		_exit(1);
	server_run(&s);
	_exit(0);
}

static void start_daemon(void)
{
	daemon_pid = fork();
	ck_assert_int_ge(daemon_pid, 0);
	if (!daemon_pid)
		serve();
}

static void kill_daemon(void)
{
	kill(daemon_pid, SIGKILL);
	waitpid(daemon_pid, NULL, 0);
}

static void setup(void)
{
	struct diag d = DIAG_INIT;
	int i;

	snprintf(dir, sizeof(dir), "/tmp/store-client-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(sock, sizeof(sock), "%s/sock", dir);
	snprintf(state, sizeof(state), "%s/state", dir);
	setenv("XENSTORED_PATH", sock, 1);
	ck_assert_ptr_null(store_open(&d));
	ck_assert_ptr_nonnull(strstr(d.text, sock));
	start_daemon();
	for (i = 0; i < 200 && !client; i++) {
		client = store_open(&d);
		usleep(10000);
	}
	ck_assert_ptr_nonnull(client);
}

static void teardown(void)
{
	store_close(client);
	client = NULL;
	kill(daemon_pid, SIGTERM);
	waitpid(daemon_pid, NULL, 0);
	unlink(sock);
	unlink(state);
	rmdir(dir);
}

static void expect_value(const char *path, const char *want)
{
	char got[64];

	ck_assert_int_eq(store_get(client, 0, got, sizeof(got), "%s", path), (int)strlen(want));
	ck_assert_str_eq(got, want);
}

static void expect_event(const char *want)
{
	char *path, *token;

	ck_assert_int_eq(store_event(client, 5000, &path, &token), 1);
	ck_assert_str_eq(path, want);
	ck_assert_str_eq(token, "t");
	free(path);
}

START_TEST(each_call)
{
	const struct store_perm perms[] = {{'n', 0}, {'r', 5}};
	char *value, **names;
	uint32_t tx;
	size_t len;

	ck_assert_int_eq(store_write(client, 0, "/a/b", "1"), 0);
	ck_assert_int_eq(store_writef(client, 0, "/a", "c", "%d-%s", 7, "x"), 0);
	expect_value("/a/c", "7-x");
	ck_assert_int_eq(store_mkdir(client, 0, "/a/d"), 0);
	ck_assert_int_eq(store_read(client, 0, "/a/b", &value, &len), 0);
	ck_assert_str_eq(value, "1");
	free(value);
	ck_assert_int_eq(store_read(client, 0, "/none", &value, &len), -ENOENT);
	ck_assert_int_eq(store_list(client, 0, "/a", &names), 3);
	ck_assert_str_eq(names[2], "d");
	free(names);
	ck_assert_int_eq(store_set_perms(client, 0, "/a", perms, 2), 0);
	ck_assert_int_eq(store_begin(client, &tx), 0);
	ck_assert_int_eq(store_write(client, tx, "/a/b", "2"), 0);
	expect_value("/a/b", "1");
	ck_assert_int_eq(store_end(client, tx, true), 0);
	expect_value("/a/b", "2");
	ck_assert_int_eq(store_rm(client, 0, "/a"), 0);
	ck_assert_int_eq(store_rm(client, 0, "/a/b"), 0);
	ck_assert_int_eq(store_release(client, 9), 0);
	ck_assert_int_eq(store_introduce(client, 9, 1, 1), -EIO);
}
END_TEST

START_TEST(transactions_end_as_their_work_did)
{
	uint32_t tx;

	ck_assert_int_eq(store_begin(client, &tx), 0);
	ck_assert_int_eq(store_write(client, tx, "/a", "1"), 0);
	ck_assert_int_eq(store_finish(client, tx, 0), 0);
	expect_value("/a", "1");
	ck_assert_int_eq(store_begin(client, &tx), 0);
	ck_assert_int_eq(store_write(client, tx, "/a", "2"), 0);
	ck_assert_int_eq(store_finish(client, tx, -ENOSPC), -ENOSPC);
	expect_value("/a", "1");
	ck_assert_int_eq(store_begin(client, &tx), 0);
	ck_assert_int_eq(store_write(client, tx, "/a", "3"), 0);
	ck_assert_int_eq(store_write(client, 0, "/a", "4"), 0);
	ck_assert_int_eq(store_finish(client, tx, 0), -EAGAIN);
	expect_value("/a", "4");
}
END_TEST

START_TEST(batches)
{
	char path[64];
	int i;

	store_batch(client);
	for (i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), "/batch/%d", i);
		ck_assert_int_eq(store_write(client, 0, path, path), 0);
	}
	ck_assert_int_eq(store_batch_end(client), 0);
	expect_value("/batch/2999", "/batch/2999");
	store_batch(client);
	store_write(client, 0, "not//legal", "");
	store_write(client, 0, "/batch/0", "after");
	ck_assert_int_eq(store_batch_end(client), -EINVAL);
	expect_value("/batch/0", "after");
}
END_TEST

/* Events that come with an answer are no longer seen on the descriptor. */
START_TEST(events_with_answers)
{
	struct pollfd p = {.fd = store_fd(client), .events = POLLIN};

	ck_assert_int_eq(store_watch(client, "/w", "t"), 0);
	expect_event("/w");
	ck_assert(!store_event_here(client));
	store_batch(client);
	store_put(client, 0, "/w", "1", "");
	store_put(client, 0, "/w", "2", "");
	ck_assert_int_eq(store_batch_end(client), 0);
	expect_value("/w/2", "");
	ck_assert(store_event_here(client));
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	expect_event("/w/1");
	expect_event("/w/2");
	ck_assert(!store_event_here(client));
}
END_TEST

START_TEST(domains_are_named)
{
	ck_assert_int_eq(store_watch_named(client, "@introduceDomain", "t"), 0);
	expect_event("@introduceDomain");
	ck_assert_int_eq(store_introduce(client, 8, 1, 1), 0);
	expect_event("@introduceDomain/8");
	kill_daemon();
	start_daemon();
	ck_assert_int_eq(store_rm(client, 0, "/none"), 0);
	expect_event("@introduceDomain");
	ck_assert_int_eq(store_introduce(client, 8, 2, 1), 0);
	expect_event("@introduceDomain/8");
	ck_assert_int_eq(store_event_domain("@introduceDomain/8"), 8);
	ck_assert_int_eq(store_event_domain("@introduceDomain"), -1);
	ck_assert_int_eq(store_event_domain("/local/domain/8"), -1);
}
END_TEST

START_TEST(the_daemon_comes_back)
{
	struct pollfd p = {.fd = store_fd(client), .events = POLLIN};
	uint32_t tx;
	int i;

	ck_assert_int_eq(store_watch(client, "/w", "t"), 0);
	expect_event("/w");
	ck_assert_int_eq(store_write(client, 0, "/keep", "kept"), 0);
	ck_assert_int_eq(store_begin(client, &tx), 0);
	for (i = 0; i < 5; i++) {
		kill_daemon();
		start_daemon();
		expect_value("/keep", "kept");
		expect_event("/w"); /* set again on the new connection */
	}
	ck_assert_int_eq(store_write(client, tx, "/in/tx", ""), -EAGAIN);
	ck_assert_int_eq(store_end(client, tx, true), -EAGAIN);

	/* One that only waits notices too, on the descriptor it always had. */
	kill_daemon();
	start_daemon();
	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	expect_event("/w");
	ck_assert_int_eq(p.fd, store_fd(client));

	store_batch(client);
	for (i = 0; i < 100; i++)
		store_writef(client, 0, "/b", "x", "%d", i);
	kill_daemon();
	start_daemon();
	ck_assert_int_eq(store_batch_end(client), 0);
	expect_value("/b/x", "99");

	ck_assert_int_eq(store_begin(client, &tx), 0);
	store_batch(client);
	store_write(client, tx, "/b/tx", "");
	kill_daemon();
	start_daemon();
	ck_assert_int_eq(store_batch_end(client), -EAGAIN);
	ck_assert_int_eq(store_begin(client, &tx), 0);
	ck_assert_int_eq(store_write(client, tx, "/b/tx", "again"), 0);
	ck_assert_int_eq(store_write(client, tx, "/b/x", "changed"), 0);
	ck_assert_int_eq(store_end(client, tx, true), 0);
	kill_daemon();
	start_daemon();
	expect_value("/b/tx", "again");
	expect_value("/b/x", "changed");
	ck_assert_int_eq(store_unwatch(client, "/w", "t"), 0);
	ck_assert_int_eq(store_unwatch(client, "/w", "t"), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store_client");
	TCase *t = tcase_create("client");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_call);
	tcase_add_test(t, transactions_end_as_their_work_did);
	tcase_add_test(t, batches);
	tcase_add_test(t, events_with_answers);
	tcase_add_test(t, domains_are_named);
	tcase_add_test(t, the_daemon_comes_back);
	suite_add_tcase(s, t);
	return suite_run(s);
}
