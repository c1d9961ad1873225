/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A slot may have different tables in both roots, or be in one only: each mode sees its own. */
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define LOWER  2
#define UPPER  301
#define ROUNDS 6

/* What each root has: a tree, or nothing. */
struct place {
	const char *name;
	const struct tree *kernel, *user;
};

static bool is(bool kernel, const struct tree *t, uint64_t va)
{
	if (kernel)
		return t ? kernel_sees(va, t->page[0]) : kernel_refused(va);
	return t ? user_sees(va, t->page[0]) : user_refused(va, 0);
}

static unsigned int look(const struct place *c, uint64_t va)
{
	unsigned int wrong = 0, way;

	wrong += !is(true, c->kernel, va);
	for (way = 0; way < WAYS; way++) {
		wrong += !is(false, c->user, va);
		wrong += !is(true, c->kernel, va);
		wrong += !enter_by(way);
		wrong += !is(true, c->kernel, va);
		wrong += !is(false, c->user, va);
		wrong += !is(false, c->user, va);
	}
	return wrong;
}

static void in_turns(const struct pair *p, unsigned int slot, const char *half,
		     const struct place *places, unsigned int count)
{
	unsigned int wrong[8] = {0}, i, n;
	int64_t rc = 0;

	for (n = 0; n < ROUNDS * count; n++) {
		/* Each is followed by each other one, in time. */
		i = (n * (1 + n / count % (count - 1))) % count;
		rc |= root_set(p->kernel, slot, places[i].kernel);
		rc |= root_set(p->user, slot, places[i].user);
		rc |= root_flush();
		wrong[i] += look(&places[i], slot_va(slot, 0));
	}
	test_equal(test_name("%s, %s half: entries set", vcpu_name(), half), 0, rc);
	for (i = 0; i < count; i++)
		test_equal(test_name("%s, %s half, %s", vcpu_name(), half, places[i].name), 0,
			   wrong[i]);
	root_set(p->kernel, slot, NULL);
	root_set(p->user, slot, NULL);
	root_flush();
}

void test_apart(void)
{
	struct tree a, b;
	const struct place places[] = {
		{"the same in both", &a, &a},     {"each its own", &a, &b},
		{"the kernel's alone", &a, NULL}, {"user mode's alone", NULL, &b},
		{"in neither", NULL, NULL},       {"the other way round", &b, &a},
		{"another in both", &b, &b},
	};
	const unsigned int count = sizeof(places) / sizeof(places[0]);
	struct pair p;

	tree_make(&a, 0xaaaa);
	tree_make(&b, 0xbbbb);
	pair_make(&p);
	pair_use(&p);
	in_turns(&p, LOWER, "lower", places, count);
	in_turns(&p, UPPER, "upper", places, count);
	pair_leave();
	test_true(test_name("%s: parted roots are data again", vcpu_name()), pair_free(&p));
	test_true(test_name("%s: parted tables are data again", vcpu_name()),
		  tree_free(&a) && tree_free(&b));
}
