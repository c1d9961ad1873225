/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hypervisor does for user mode's instructions it does with user mode's rights. */
#include "abi/physdev.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define PORT     0xe0 /* nobody's */
#define FAR_SLOT 300
#define MARK     0x6d656d6f72790001l

static volatile int64_t in_data = MARK;

static int64_t set_iopl(uint32_t level)
{
	struct physdev_set_iopl op = {.iopl = level};

	return hypercall2(HC_PHYSDEV_OP, PHYSDEVOP_set_iopl, (uint64_t)&op);
}

static unsigned int runs(const char *from, uint64_t at, struct trap_frame *r)
{
	user_regs_init(r, (uint64_t)(from - code));
	r->rdx = PORT;
	r->rsi = r->rdi = at;
	return user_run(r);
}

/* A fault of user mode's own at `at`, by a read (or write). */
static bool faults(const char *from, uint64_t at, uint32_t write)
{
	struct trap_frame r;

	return runs(from, at, &r) == 14 && trap_cr2() == at && (r.error & 6) == (4 | write) &&
	       r.rsi == at && r.rdi == at && r.rip == USER_CODE + (uint64_t)(from - code);
}

static void string_io(const char *what, uint64_t at)
{
	unsigned int read = 0, written = 0, way;

	for (way = 0; way < WAYS; way++) {
		enter_by(way);
		in_data += *(volatile uint8_t *)at & 0;
		read += !faults(code_outs, at, 0);
		written += !faults(code_ins, at, 2);
	}
	test_equal(test_name("%s: outs of %s", vcpu_name(), what), 0, read);
	test_equal(test_name("%s: ins to %s", vcpu_name(), what), 0, written);
}

static bool runs_at(uint64_t rip)
{
	struct trap_frame r;

	user_regs_init(&r, 0);
	r.rip = rip;
	return user_run(&r) != 14 || r.rip != rip || trap_cr2() != rip;
}

void test_emulated(void)
{
	struct tree further;
	struct trap_frame r;
	struct pair p;

	tree_make(&further, 0x0f);
	pair_make(&p);
	root_set(p.kernel, FAR_SLOT, &further);
	pair_use(&p);
	test_equal(test_name("%s: outs without right", vcpu_name()), 13,
		   runs(code_outs, (uint64_t)&in_data, &r));
	test_equal(test_name("%s: iopl", vcpu_name()), 0, set_iopl(3));
	test_equal(test_name("%s: outs of its own", vcpu_name()), 6,
		   runs(code_outs, USER_CODE, &r));
	string_io("data", (uint64_t)&in_data);
	string_io("text", (uint64_t)test_emulated);
	string_io("a further slot", slot_va(FAR_SLOT, 0));
	string_io("the M2P", MACH2PHYS_VIRT_START);
	test_equal(test_name("%s: iopl back", vcpu_name()), 0, set_iopl(0));
	test_equal(test_name("%s: data is as before", vcpu_name()), MARK, in_data);
	test_true(test_name("%s: no running of kernel text", vcpu_name()),
		  !runs_at((uint64_t)code_read));
	test_true(test_name("%s: no running of a further slot", vcpu_name()),
		  !runs_at(slot_va(FAR_SLOT, 0)));
	root_set(p.kernel, FAR_SLOT, NULL);
	pair_leave();
	test_true(test_name("%s: last roots are data again", vcpu_name()),
		  pair_free(&p) && tree_free(&further));
}
