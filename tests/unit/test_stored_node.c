// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree: order, splitting of directories, and that snapshots never see later changes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "path.h"
#include "suite.h"

static struct perms *nobody(void)
{
	const struct perm p = {0};

	return perm_new(&p, 1);
}

static struct node *new_root(void)
{
	return node_new("", 0, nobody(), NULL, 0, 1);
}

static void add(struct node **root, const char *path, const char *value)
{
	node_add(root, path, strlen(path), nobody(), value, (uint32_t)strlen(value), 2);
}

static const char *value(struct node *root, const char *path)
{
	static char text[64];
	struct node *n = node_find(root, path, strlen(path));

	if (!n)
		return NULL;
	memcpy(text, node_value(n), n->vlen);
	text[n->vlen] = '\0';
	return text;
}

START_TEST(directory_of_thousands_stays_sorted)
{
	enum { N = 3000 };
	struct node *root = new_root();
	char path[16], last[16] = "";
	unsigned i;

	for (i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "/%u", (i * 7919u) % N);
		add(&root, path, path);
	}
	ck_assert_uint_eq(node_kids(root), N);
	for (i = 0; i < N; i++) {
		const struct node *k = node_kid(root, i);

		ck_assert_int_lt(strcmp(last, node_name(k)), 0);
		snprintf(last, sizeof(last), "%s", node_name(k));
	}
	for (i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		ck_assert_str_eq(value(root, path), path);
		if (i % 3)
			node_put(node_cut(&root, path, strlen(path), 3));
	}
	ck_assert_uint_eq(node_kids(root), N / 3);
	for (i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		ck_assert_int_eq(value(root, path) != NULL, i % 3 == 0);
	}
	node_put(root);
}
END_TEST

START_TEST(snapshot_keeps_what_was)
{
	struct node *root = new_root(), *snap;
	char path[32];
	int i;

	add(&root, "/a", "1");
	for (i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/a/%d", i);
		add(&root, path, "old");
	}
	snap = node_get(root);
	node_set_value(&root, "/a/100", 6, "new and much longer than it was", 31, 3);
	node_put(node_cut(&root, "/a/101", 6, 3));
	add(&root, "/a/x", "born later");
	node_set_perms(&root, "/a", 2, nobody(), 4);

	ck_assert_ptr_ne(root, snap);
	ck_assert_str_eq(value(snap, "/a/100"), "old");
	ck_assert_str_eq(value(snap, "/a/101"), "old");
	ck_assert_ptr_null(value(snap, "/a/x"));
	ck_assert_uint_eq(node_find(snap, "/a", 2)->pgen, 2);
	ck_assert_str_eq(value(root, "/a/100"), "new and much longer than it was");
	ck_assert_ptr_null(value(root, "/a/101"));
	ck_assert_str_eq(value(root, "/a/x"), "born later");
	/* What neither touched is shared, not copied. */
	ck_assert_ptr_eq(node_find(snap, "/a/7", 4), node_find(root, "/a/7", 4));
	node_put(snap);
	ck_assert_str_eq(value(root, "/a/7"), "old");
	node_put(root);
}
END_TEST

START_TEST(change_without_snapshot_copies_nothing)
{
	struct node *root = new_root(), *r = root, *a;

	add(&root, "/a", "1");
	add(&root, "/a/b", "some value");
	a = node_find(root, "/a", 2);
	node_set_value(&root, "/a/b", 4, "other", 5, 3);
	ck_assert_ptr_eq(root, r);
	ck_assert_ptr_eq(node_find(root, "/a", 2), a);
	node_put(root);
}
END_TEST

START_TEST(nearest_finds_the_deepest_there_is)
{
	struct node *root = new_root();
	size_t at;

	add(&root, "/a", "");
	add(&root, "/a/b", "");
	ck_assert_str_eq(node_name(node_nearest(root, "/a/b/c/d", 8, &at)), "b");
	ck_assert_uint_eq(at, 4);
	ck_assert_ptr_eq(node_nearest(root, "/x", 2, &at), root);
	ck_assert_uint_eq(at, 1);
	ck_assert_ptr_eq(node_find(root, "/", 1), root);
	node_put(root);
}
END_TEST

START_TEST(paths)
{
	static const char *const bad[] = {"", "a", "/a/", "//", "/a//b", "/a b", "/a\x80", "/a.b"};
	char out[PATH_BUF], longest[PATH_ABS_MAX + 2];
	unsigned i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!path_legal(bad[i], strlen(bad[i])), "%s", bad[i]);
	ck_assert(path_legal("/", 1));
	ck_assert(path_legal("/a-b_c@d/0", 10));
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	ck_assert(path_legal(longest, PATH_ABS_MAX));
	ck_assert(!path_legal(longest, PATH_ABS_MAX + 1));

	ck_assert_int_gt(path_resolve(out, "x/y", 3, 7, false), 0);
	ck_assert_str_eq(out, "/local/domain/7/x/y");
	ck_assert_int_lt(path_resolve(out, "x/", 2, 7, false), 0);
	ck_assert_int_lt(path_resolve(out, longest + 1, PATH_REL_MAX + 1, 7, false), 0);
	ck_assert_int_lt(path_resolve(out, "@x", 2, 0, false), 0);
	ck_assert_int_eq(path_resolve(out, "@x", 2, 0, true), 2);
	ck_assert_int_lt(path_resolve(out, "@x/y", 4, 0, true), 0);
	ck_assert_uint_eq(path_parent_len("/a/b", 4), 2);
	ck_assert_uint_eq(path_parent_len("/a", 2), 1);
}
END_TEST

START_TEST(permission_strings)
{
	static const char *const bad[] = {"", "x1", "r", "r65536", "r-1", "r1x", "rr1"};
	struct perm p[3];
	struct buf text = {0};
	struct perms *ps;
	unsigned i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(perm_parse(bad[i], strlen(bad[i]) + 1, p, 3) < 0, "%s", bad[i]);
	ck_assert_int_lt(perm_parse("r1", 2, p, 3), 0);
	ck_assert_int_lt(perm_parse("n0\0r1\0w2\0b3", 12, p, 3), 0);
	ck_assert_int_eq(perm_parse("n0\0r1\0b65535", 13, p, 3), 3);
	ps = perm_new(p, 3);
	perm_format(ps, &text);
	ck_assert_uint_eq(text.len, 13);
	ck_assert_mem_eq(buf_data(&text), "n0\0r1\0b65535", 13);
	buf_free(&text);
	perm_put(ps);
}
END_TEST

START_TEST(rights)
{
	const struct perm p[] = {{1, PERM_READ}, {2, PERM_WRITE}, {3, 0}};
	struct perms *ps = perm_new(p, 3);
	struct perm_who who = {.id = 1, .born = 5, .target = -1};

	ck_assert_uint_eq(perm_access(ps, 5, &who), PERM_ALL);
	/* A domain born after the list was set is another one that got the same id. */
	ck_assert_uint_eq(perm_access(ps, 4, &who), PERM_READ);
	who.id = 2;
	ck_assert_uint_eq(perm_access(ps, 9, &who), PERM_WRITE);
	who.id = 3;
	ck_assert_uint_eq(perm_access(ps, 9, &who), 0);
	who.target = 1;
	who.target_born = 9;
	ck_assert_uint_eq(perm_access(ps, 9, &who), PERM_ALL);
	ck_assert_uint_eq(perm_access(ps, 8, &who), 0);
	who.id = 4;
	who.target = -1;
	ck_assert_uint_eq(perm_access(ps, 9, &who), PERM_READ);
	perm_put(ps);
}
END_TEST

/* Random changes against a flat table, with snapshots taken and compared on the way. */
START_TEST(random_changes_match_a_model)
{
	enum { KEYS = 96, SNAPS = 4 };
	char model[KEYS] = {0}, kept[SNAPS][KEYS];
	struct node *root = new_root(), *snap[SNAPS] = {0};
	char path[16];
	unsigned i, k, s;

	srand(4242);
	add(&root, "/d", "");
	for (i = 0; i < 20000; i++) {
		char v = (char)('a' + rand() % 26);

		k = (unsigned)rand() % KEYS;
		snprintf(path, sizeof(path), "/d/%u", k);
		if (!model[k])
			node_add(&root, path, strlen(path), nobody(), &v, 1, i);
		else if (v < 'g')
			node_put(node_cut(&root, path, strlen(path), i));
		else
			node_set_value(&root, path, strlen(path), &v, 1, i);
		model[k] = model[k] && v < 'g' ? 0 : v;
		if (i % 97 == 0) {
			s = (i / 97) % SNAPS;
			if (snap[s])
				node_put(snap[s]);
			snap[s] = node_get(root);
			memcpy(kept[s], model, KEYS);
		}
		s = (unsigned)rand() % SNAPS;
		k = (unsigned)rand() % KEYS;
		snprintf(path, sizeof(path), "/d/%u", k);
		if (snap[s]) {
			const char *got = value(snap[s], path);

			ck_assert_int_eq(got ? got[0] : 0, kept[s][k]);
		}
		ck_assert_int_eq(value(root, path) ? value(root, path)[0] : 0, model[k]);
	}
	for (s = 0; s < SNAPS; s++)
		node_put(snap[s]);
	node_put(root);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stored_node");
	TCase *t = tcase_create("tree");

	tcase_add_test(t, directory_of_thousands_stays_sorted);
	tcase_add_test(t, snapshot_keeps_what_was);
	tcase_add_test(t, change_without_snapshot_copies_nothing);
	tcase_add_test(t, nearest_finds_the_deepest_there_is);
	tcase_add_test(t, paths);
	tcase_add_test(t, permission_strings);
	tcase_add_test(t, rights);
	tcase_add_test(t, random_changes_match_a_model);
	suite_add_tcase(s, t);
	return suite_run(s);
}
