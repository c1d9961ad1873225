/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User mode cannot reach the kernel's pages, even if the kernel has used them just now. */
#include "abi/mmu.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define FAR_SLOT 300
#define ROUNDS   15
#define MARK     0x7365637265740001ul

enum { TEXT, STACK, DATA, LINEAR, M2P, SHARED, FURTHER, SECRETS };

static const char *const names[SECRETS] = {
	"text", "stack", "data", "linear map", "M2P", "shared info", "further slot",
};

struct secrets {
	uint64_t at[SECRETS];
	uint64_t sum;
};

static uint64_t in_data = MARK;

static void touch(void *arg)
{
	struct secrets *s = arg;
	unsigned int i;

	for (i = 0; i < SECRETS; i++)
		s->sum += *(volatile uint64_t *)s->at[i];
}

static unsigned int bits_of(unsigned int i)
{
	return i == M2P ? REFUSED_ANY_PRESENT : 0;
}

/* The alarm's handler touches them and user mode reads at once, without a further entry. */
static bool refused_after_event(struct secrets *s, unsigned int i)
{
	struct trap_frame r;

	return enter_by_event(touch, s, s->at[i], &r) == 14 && trap_cr2() == s->at[i] &&
	       (r.error & ~(i == M2P ? 1u : 0u)) == 4;
}

static void by_way(struct secrets *s, enum way way)
{
	unsigned int seen[SECRETS] = {0}, lost = 0, i, n;

	for (n = 0; n < ROUNDS; n++) {
		for (i = 0; i < SECRETS; i++) {
			if (way == WAY_EVENT) {
				seen[i] += !refused_after_event(s, i);
				continue;
			}
			lost += !enter_by(way);
			touch(s);
			seen[i] += !user_refused(s->at[i], bits_of(i));
		}
	}
	test_equal(test_name("%s, %s: entries", vcpu_name(), way_names[way]), 0, lost);
	for (i = 0; i < SECRETS; i++)
		test_equal(test_name("%s, %s: %s is not user mode's", vcpu_name(), way_names[way],
				     names[i]),
			   0, seen[i]);
}

static void writes(const struct secrets *s)
{
	unsigned int i;

	for (i = 0; i < SECRETS; i++)
		test_true(test_name("%s: no write to %s", vcpu_name(), names[i]),
			  user_refused(s->at[i], bits_of(i) | REFUSED_WRITE));
}

void test_secrets(void)
{
	uint64_t on_stack = MARK;
	struct secrets s = {{(uint64_t)test_secrets, (uint64_t)&on_stack, (uint64_t)&in_data, 0,
			     MACH2PHYS_VIRT_START, (uint64_t)boot_shared, slot_va(FAR_SLOT, 0)},
			    0};
	struct tree further;
	struct pair p;
	unsigned int way;

	s.at[LINEAR] = (uint64_t)page_alloc();
	tree_make(&further, MARK);
	pair_make(&p);
	test_equal(test_name("%s: further slot", vcpu_name()), 0,
		   root_set(p.kernel, FAR_SLOT, &further));
	pair_use(&p);
	for (way = 0; way < WAYS; way++)
		by_way(&s, way);
	writes(&s);
	test_equal(test_name("%s: data is as before", vcpu_name()), (int64_t)MARK,
		   (int64_t)in_data);
	root_set(p.kernel, FAR_SLOT, NULL);
	pair_leave();
	test_true(test_name("%s: roots are data again", vcpu_name()), pair_free(&p));
	test_true(test_name("%s: tables are data again", vcpu_name()), tree_free(&further));
	page_free((void *)s.at[LINEAR]);
}
