/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store, as a guest uses it: its own directory, rights, lists, values of full length,
 * transactions that conflict, watches. A broken daemon gives a guest another's nodes, or forgets a
 * watch.
 */
#include <errno.h>
#include <string.h>

#include "abi/xs_wire.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "tests/guest/lib/test.h"

static char value[3000], back[3000];

static void values(void)
{
	test_true("own name", store_read(STORE_NONE, "name", value, sizeof(value)) > 0);
	test_equal("write", 0, store_write(STORE_NONE, "data/a", "one"));
	test_equal("read", 3, store_read(STORE_NONE, "data/a", value, sizeof(value)));
	test_true("same", !strcmp(value, "one"));
	test_equal("empty value", 0, store_write(STORE_NONE, "data/empty", ""));
	test_equal("read empty", 0, store_read(STORE_NONE, "data/empty", value, sizeof(value)));
	memset(value, 'x', 2000);
	value[2000] = 0;
	test_equal("longer than the ring", 0, store_write(STORE_NONE, "data/long", value));
	test_equal("read it", 2000, store_read(STORE_NONE, "data/long", back, sizeof(back)));
	test_true("same again", !strcmp(value, back));
	test_equal("list", 13, store_list(STORE_NONE, "data", back, sizeof(back)));
	test_equal("remove", 0, store_remove(STORE_NONE, "data/long"));
	test_equal("read what is gone", -ENOENT,
		   store_read(STORE_NONE, "data/long", value, sizeof(value)));
	test_equal("remove what is gone", 0, store_remove(STORE_NONE, "data/long"));
	test_equal("mkdir", 0, store_mkdir(STORE_NONE, "data/dir/below"));
}

static void rights(void)
{
	int64_t rc;

	test_equal("own name is read-only", -13, store_write(STORE_NONE, "name", "other"));
	test_equal("write at the top", -13, store_write(STORE_NONE, "/mine", "1"));
	rc = store_read(STORE_NONE, "/local/domain/0/name", value, sizeof(value));
	test_true("control domain's name", rc > 0 || rc == -13);
	test_equal("its console", -13, store_write(STORE_NONE, "/local/domain/0/name", "x"));
	test_equal("bad path", -EINVAL, store_read(STORE_NONE, "data//x", value, sizeof(value)));
	test_true("introduce", store_request(XS_INTRODUCE, 0,
					     "1\0"
					     "1\0"
					     "1",
					     6, value, 100) < 0);
	test_true("no such request", store_request(77, 0, "x", 2, value, 100) < 0);
}

static void transactions(void)
{
	int64_t a = store_begin(), b = store_begin();

	test_true("two transactions", a > 0 && b > 0 && a != b);
	test_equal("write in one", 0, store_write((uint32_t)a, "data/t", "a"));
	test_equal("unseen outside", -ENOENT,
		   store_read(STORE_NONE, "data/t", value, sizeof(value)));
	store_read((uint32_t)b, "data/t", value, sizeof(value));
	test_equal("write in the other", 0, store_write((uint32_t)b, "data/t", "b"));
	test_equal("commit", 0, store_end((uint32_t)a, true));
	test_equal("commit of the other", -EAGAIN, store_end((uint32_t)b, true));
	store_read(STORE_NONE, "data/t", value, sizeof(value));
	test_true("the first one won", !strcmp(value, "a"));
	a = store_begin();
	store_write((uint32_t)a, "data/t", "z");
	test_equal("give up", 0, store_end((uint32_t)a, false));
	store_read(STORE_NONE, "data/t", value, sizeof(value));
	test_true("nothing changed", !strcmp(value, "a"));
	test_equal("no such transaction", -ENOENT, store_end(12345, true));
}

static void watches(void)
{
	char token[16];

	test_equal("watch", 0, store_watch("data/w", "tok"));
	test_true("fires at once", store_fired(token, sizeof(token), 5 * TIME_S));
	test_true("with its token", !strcmp(token, "tok"));
	store_write(STORE_NONE, "data/w/below", "1");
	test_true("fires for what is below", store_fired(token, sizeof(token), 5 * TIME_S));
	store_write(STORE_NONE, "data/v", "1");
	test_true("not for others", !store_fired(token, sizeof(token), 200 * TIME_MS));
	test_equal("watch twice", -EEXIST, store_watch("data/w", "tok"));
	test_equal("unwatch", 0, store_unwatch("data/w", "tok"));
	store_write(STORE_NONE, "data/w", "2");
	test_true("quiet afterwards", !store_fired(token, sizeof(token), 200 * TIME_MS));
	test_equal("unwatch twice", -ENOENT, store_unwatch("data/w", "tok"));
}

void test_main(void)
{
	int64_t rc = store_init();

	if (rc)
		test_give_up("store", rc);
	store_remove(STORE_NONE, "data/a");
	values();
	rights();
	transactions();
	watches();
}
