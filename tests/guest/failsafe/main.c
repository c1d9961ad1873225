/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the hypervisor cannot load what a guest left in a segment register, or the selectors of an
 * iret, it calls the guest's failsafe callback with a frame that tells what was there. A broken
 * hypervisor would take the fault itself and stop the machine.
 */
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

extern const char code[], code_end[];

__asm__(".pushsection .rodata\n"
	"code: int3\n	ud2\n"
	"code_end:\n"
	".popsection");

static struct trap_frame seen;
static unsigned int count;

static bool failsafe(struct trap_frame *f)
{
	seen = *f;
	count++;
	user_trapped(f);
}

/* The frame that could not be loaded is what the callback interrupts. */
static void try_selectors(const char *what, uint16_t cs, uint16_t ss)
{
	struct trap_frame r;
	unsigned int vector;

	count = 0;
	user_regs_init(&r, 0);
	r.rbx = 0x5a5a;
	r.cs = cs;
	r.ss = ss;
	vector = user_run(&r);
	if (!test_true(test_name("%s: told", what), vector == TRAP_FAILSAFE || vector == 13))
		return;
	test_equal(test_name("%s: rip", what), USER_CODE, (int64_t)r.rip);
	test_equal(test_name("%s: rbx", what), 0x5a5a, (int64_t)r.rbx);
	test_equal(test_name("%s: failsafe", what), TRAP_FAILSAFE, vector);
	event_enable();
	user_regs_init(&r, 0);
	test_equal(test_name("%s: works again", what), 3, user_run(&r));
}

void test_main(void)
{
	int64_t rc = user_init(code, (size_t)(code_end - code));

	if (rc)
		test_give_up("user root", rc);
	trap_set(TRAP_FAILSAFE, failsafe);
	try_selectors("cs beyond the table", 0xfffb, FLAT_RING3_SS64);
	try_selectors("cs not code", FLAT_RING3_SS64, FLAT_RING3_SS64);
	try_selectors("cs empty entry", 0x0b, FLAT_RING3_SS64);
	try_selectors("ss beyond the table", FLAT_RING3_CS64, 0xfffb);
	try_selectors("ss not data", FLAT_RING3_CS64, FLAT_RING3_CS64);
	try_selectors("ss empty entry", FLAT_RING3_CS64, 0x0b);
}
