/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPU 0 changes entries of roots that vCPU 1 uses, most of them while user mode runs there. What
 * the ABI asks for is a flush; then the old tables are gone from everywhere.
 */
#include "abi/sched.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define LOWER       4
#define KERNEL_SLOT 304
#define USER_SLOT   305
#define SPARE_SLOT  306
#define ROUNDS      12
#define PATIENCE    (20 * TIME_S)

/* Two kernel roots and two user roots with the same entries, for the second vCPU. */
static struct pair roots, others;
static volatile bool over;

static bool await(bool (*done)(uint64_t), uint64_t arg)
{
	uint64_t end = time_now() + PATIENCE;

	while (!done(arg)) {
		if (time_now() > end)
			return false;
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	}
	return true;
}

static bool has_counted(uint64_t from)
{
	return word_of(1)->count >= from;
}

static bool has_begun(uint64_t unused)
{
	(void)unused;
	return !word_of(1)->stop || over;
}

static bool is_over(uint64_t unused)
{
	(void)unused;
	return over;
}

/* Whole turns of the loop that vCPU 1's user mode is in. */
static bool turns(unsigned int n)
{
	return await(has_counted, word_of(1)->count + n);
}

static int64_t set_all(unsigned int slot, const struct tree *t)
{
	int64_t rc = root_set(roots.kernel, slot, t);

	rc |= root_set(others.kernel, slot, t);
	return rc | root_flush();
}

/* ---- what was a secret stays one, whatever changed before the other vCPU's change ---- */

enum { NEITHER, KERNEL, USER, BOTH, CHANGES };

static const char *const changed[CHANGES] = {"no root", "kernel root", "user root", "both roots"};
static unsigned int told[CHANGES];

static void change(unsigned int which, unsigned int n)
{
	const struct pair *p = n & 1 ? &roots : &others;

	if (which == KERNEL || which == BOTH)
		paging_use_root(p->kernel);
	if (which == USER || which == BOTH)
		paging_use_user_root(p->user);
}

static void keep_secrets(void)
{
	const uint64_t at = slot_va(KERNEL_SLOT, 0);
	struct trap_frame r;
	unsigned int n;

	over = false;
	pair_use(&roots);
	for (n = 0; n < CHANGES * ROUNDS; n++) {
		unsigned int which = n / 3 % CHANGES;

		told[which] += !enter_by(n % WAYS);
		word_of(1)->count = 0;
		told[which] += !kernel_sees(at, 0x5ec2e7);
		change(which, n);
		told[which] += !kernel_sees(at, 0x5ec2e7);
		word_of(1)->stop = 0;
		if (user_does(code_wait, at, &r) != 14 || trap_cr2() != at || r.error != 4)
			told[which]++;
		told[which] += !user_refused((uint64_t)keep_secrets, 0);
	}
	pair_leave();
	over = true;
}

static void secrets_are_kept(void)
{
	struct tree secret, spare;
	unsigned int n, lost = 0;
	int64_t rc;

	tree_make(&secret, 0x5ec2e7);
	tree_make(&spare, 0);
	rc = set_all(KERNEL_SLOT, &secret);
	word_of(1)->stop = 1;
	over = false;
	begin_on_second(keep_secrets);
	for (n = 0; !over; n++) {
		lost += !await(has_begun, 0);
		if (over)
			break;
		lost += !turns(1) && !over;
		rc |= set_all(SPARE_SLOT, n & 1 ? &spare : NULL);
		lost += !turns(2) && !over;
		word_of(1)->stop = 1;
	}
	end_on_second();
	test_equal("others' changes: set", 0, rc);
	test_equal("others' changes: turns lost", 0, lost);
	for (n = 0; n < CHANGES; n++)
		test_equal(test_name("others' changes, after %s changed", changed[n]), 0, told[n]);
	set_all(KERNEL_SLOT, NULL);
	set_all(SPARE_SLOT, NULL);
	test_true("others' changes: tables are data again",
		  tree_free(&secret) && tree_free(&spare));
}

/* ---- user mode on vCPU 1 reads what vCPU 0 replaces ---- */

static unsigned int slot, end_vector;
static uint64_t end_cr2;

static void watch(void)
{
	struct trap_frame r;

	pair_use(&roots);
	word_of(1)->stop = 0;
	end_vector = user_does(code_watch, slot_va(slot, 0), &r);
	end_cr2 = trap_cr2();
	pair_leave();
	over = true;
}

/* Into the user root, and into the kernel's each second time. */
static int64_t replace(const struct tree *t, unsigned int n)
{
	int64_t rc = root_set(roots.user, slot, t);

	if (slot < 256)
		rc |= root_set(roots.kernel, slot, n & 1 ? t : NULL);
	return rc | root_flush();
}

static void replaced(unsigned int which, const char *half)
{
	unsigned int stale = 0, kept = 0, lost = 0, n;
	struct tree now, before;
	int64_t rc;

	slot = which;
	over = false;
	word_of(1)->count = 0;
	tree_make(&now, 0x7000);
	rc = replace(&now, 1);
	begin_on_second(watch);
	lost += !turns(1);
	for (n = 0; n < ROUNDS; n++) {
		before = now;
		tree_make(&now, 0x7001 + n);
		rc |= replace(&now, n);
		kept += !tree_free(&before);
		lost += !turns(2);
		stale += word_of(1)->seen != 0x7001 + n;
		lost += !turns(20);
		stale += word_of(1)->seen != 0x7001 + n;
	}
	rc |= replace(NULL, 1);
	kept += !tree_free(&now);
	lost += !await(is_over, 0);
	word_of(1)->stop = 1;
	end_on_second();
	test_equal(test_name("%s half replaced: set", half), 0, rc);
	test_equal(test_name("%s half replaced: turns lost", half), 0, lost);
	test_equal(test_name("%s half replaced: stale words read", half), 0, stale);
	test_equal(test_name("%s half replaced: tables not data at once", half), 0, kept);
	test_equal(test_name("%s half removed: page fault", half), 14, end_vector);
	test_equal(test_name("%s half removed: its address", half), (int64_t)slot_va(slot, 0),
		   (int64_t)end_cr2);
}

/* ---- the kernel on vCPU 1 reads what vCPU 0 replaces while user mode runs there ---- */

static volatile uint64_t found, found_taken;
static volatile bool answered;
static unsigned int seen_by_user;

static void answer(uint32_t port, void *arg)
{
	uint64_t value;

	(void)port;
	(void)arg;
	found_taken = trap_read((void *)slot_va(slot, 0), &value);
	found = value;
	answered = true;
}

static bool has_answered(uint64_t unused)
{
	(void)unused;
	return answered;
}

static void wait_for_calls(void)
{
	const uint64_t at = slot_va(slot, 0);
	struct trap_frame r;

	pair_use(&roots);
	word_of(1)->stop = 0;
	/* What user mode reads in the end is the kernel's. */
	seen_by_user = user_does(code_wait, at, &r) != 14 || trap_cr2() != at || r.error != 4;
	pair_leave();
	over = true;
}

static bool ask(uint32_t port)
{
	answered = false;
	event_notify(port);
	return await(has_answered, 0);
}

static void kernels_replaced(void)
{
	uint32_t port = (uint32_t)event_bind_ipi(1, answer, NULL);
	unsigned int wrong = 0, kept = 0, lost = 0, n;
	struct tree now, before = {NULL};
	int64_t rc = 0;

	slot = KERNEL_SLOT;
	over = false;
	word_of(1)->count = 0;
	begin_on_second(wait_for_calls);
	lost += !turns(1);
	for (n = 0; n < ROUNDS; n++) {
		lost += !ask(port);
		wrong += n ? found != 0x8000 + n - 1 || found_taken : !TRAP_IS(found_taken, 14);
		tree_make(&now, 0x8000 + n);
		rc |= set_all(slot, &now);
		if (n)
			kept += !tree_free(&before);
		before = now;
		lost += !turns(1) || !ask(port);
		wrong += found != 0x8000 + n || found_taken;
	}
	rc |= set_all(slot, NULL);
	kept += !tree_free(&now);
	lost += !ask(port);
	wrong += !TRAP_IS(found_taken, 14);
	word_of(1)->stop = 1;
	lost += !await(is_over, 0);
	end_on_second();
	event_close(port);
	test_equal("kernel's slot replaced: set", 0, rc);
	test_equal("kernel's slot replaced: turns lost", 0, lost);
	test_equal("kernel's slot replaced: wrong words read", 0, wrong);
	test_equal("kernel's slot replaced: tables not data at once", 0, kept);
	test_equal("kernel's slot replaced: user mode reads it", 0, seen_by_user);
}

void test_changes(void)
{
	pair_make(&roots);
	pair_make(&others);
	secrets_are_kept();
	replaced(LOWER, "lower");
	replaced(USER_SLOT, "upper");
	kernels_replaced();
	test_true("changed roots are data again", pair_free(&roots) && pair_free(&others));
}
