/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other roots for either mode or for both, in turns. */
#include "abi/mmu.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define PAIRS       6
#define TURNS       90
#define LOWER       3
#define KERNEL_SLOT 302
#define USER_SLOT   303

/* A lower slot that its two roots share, an upper one of each; every second user root has none. */
struct own {
	struct pair roots;
	struct tree lower, kernel, user;
	bool has_user;
};

static struct own all[PAIRS];

static void make(unsigned int i)
{
	struct own *o = &all[i];

	pair_make(&o->roots);
	tree_make(&o->lower, 0x1000 + i);
	tree_make(&o->kernel, 0x2000 + i);
	tree_make(&o->user, 0x3000 + i);
	o->has_user = i & 1;
	root_set(o->roots.kernel, LOWER, &o->lower);
	root_set(o->roots.user, LOWER, &o->lower);
	root_set(o->roots.kernel, KERNEL_SLOT, &o->kernel);
	root_set(o->roots.user, USER_SLOT, o->has_user ? &o->user : NULL);
}

static bool unmake(unsigned int i)
{
	struct own *o = &all[i];
	bool all_data = pair_free(&o->roots);

	all_data &= tree_free(&o->lower);
	all_data &= tree_free(&o->kernel);
	return all_data & tree_free(&o->user);
}

static unsigned int look_from_kernel(const struct own *k)
{
	return !kernel_sees(slot_va(LOWER, 0), k->lower.page[0]) +
	       !kernel_sees(slot_va(KERNEL_SLOT, 0), k->kernel.page[0]) +
	       !kernel_refused(slot_va(USER_SLOT, 0));
}

static unsigned int look_from_user(const struct own *u)
{
	const uint64_t own = slot_va(USER_SLOT, 0);

	return !user_sees(slot_va(LOWER, 0), u->lower.page[0]) +
	       !user_refused(slot_va(KERNEL_SLOT, 0), 0) + !user_refused((uint64_t)make, 0) +
	       !(u->has_user ? user_sees(own, u->user.page[0]) : user_refused(own, 0));
}

static unsigned int look(const struct own *k, const struct own *u, unsigned int n)
{
	unsigned int wrong = look_from_kernel(k);

	wrong += !enter_by(n % WAYS);
	wrong += look_from_kernel(k);
	wrong += look_from_user(u);
	wrong += look_from_kernel(k);
	return wrong + look_from_user(u);
}

static void through_all(void)
{
	static const char *const what[] = {"kernel root", "user root", "both roots"};
	unsigned int k = 0, u = 0, wrong[3] = {0}, n;
	int64_t rc = 0;

	pair_use(&all[0].roots);
	for (n = 0; n < TURNS; n++) {
		unsigned int kind = n % 3;

		if (kind != 1) {
			k = (k + 1 + n / 7) % PAIRS;
			rc |= paging_use_root(all[k].roots.kernel);
		}
		if (kind != 0) {
			/* Half of the time the one that fits. */
			u = n & 2 ? k : (u + 1 + n / 5) % PAIRS;
			rc |= paging_use_user_root(all[u].roots.user);
		}
		wrong[kind] += look(&all[k], &all[u], n);
	}
	test_equal(test_name("%s: roots used", vcpu_name()), 0, rc);
	for (n = 0; n < 3; n++)
		test_equal(test_name("%s: another %s", vcpu_name(), what[n]), 0, wrong[n]);
}

static void none_for_user(void)
{
	unsigned int wrong = 0, i;
	int64_t rc = 0;

	for (i = 0; i < PAIRS; i++) {
		rc |= paging_use_user_root(NULL);
		wrong += look_from_kernel(&all[PAIRS - 1]);
		rc |= paging_use_user_root(all[i].roots.user);
		wrong += look(&all[PAIRS - 1], &all[i], i);
	}
	test_equal(test_name("%s: no user root and one again", vcpu_name()), 0, rc);
	test_equal(test_name("%s: after no user root", vcpu_name()), 0, wrong);
}

static bool m2p_works(void)
{
	const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;

	return kernel_sees((uint64_t)&m2p[guest_mfn(all)], page_pfn(all));
}

/* A root that has served one mode serves the other, or both. */
static void exchanged(void)
{
	const uint64_t va = slot_va(KERNEL_SLOT, 0);
	unsigned int wrong = 0, way;
	int64_t rc = 0;

	pair_use(&all[0].roots);
	for (way = 0; way < WAYS; way++) {
		rc |= paging_use_user_root(all[0].roots.kernel);
		wrong += !user_sees(va, 0x2000) + !enter_by(way) + look_from_kernel(&all[0]);
		rc |= paging_use_user_root(all[1].roots.kernel);
		wrong += !user_sees(va, 0x2001) + !enter_by(way) + look_from_kernel(&all[0]);
		rc |= paging_use_root(all[1].roots.kernel);
		wrong += !user_sees(va, 0x2001) + !enter_by(way) + look_from_kernel(&all[1]);
		wrong += !m2p_works();
		rc |= paging_use_user_root(all[2].roots.user);
		wrong += look(&all[1], &all[2], way) + !m2p_works();
		rc |= paging_use_root(all[0].roots.kernel);
		wrong += look(&all[0], &all[2], way) + !m2p_works();
	}
	test_equal(test_name("%s: one root for both modes, and exchanged", vcpu_name()), 0, rc);
	test_equal(test_name("%s: what exchanged roots show", vcpu_name()), 0, wrong);
}

void test_turns(void)
{
	bool all_data = true;
	unsigned int i;

	for (i = 0; i < PAIRS; i++)
		make(i);
	through_all();
	paging_use_root(all[PAIRS - 1].roots.kernel);
	none_for_user();
	exchanged();
	pair_leave();
	for (i = 0; i < PAIRS; i++)
		all_data &= unmake(i);
	test_true(test_name("%s: six pairs are data again", vcpu_name()), all_data);
}
