/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two roots of a vCPU: each mode sees what its own root maps and nothing else, whichever way
 * the modes change, whoever touches a page first, and whenever the kernel changes roots or their
 * entries. A hypervisor that keeps copies of roots and gets them wrong shows user mode the kernel's
 * memory, or a mode the pages of before.
 */
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"

static char kinds[2][32];
static bool decoys;

static void slots_here(void)
{
	test_slots(kinds[vcpu_self()->id], decoys);
}

void test_main(void)
{
	int64_t rc = user_init(code, (size_t)(code_end - code));
	char none[1];

	if (rc)
		test_give_up("user root", rc);
	decoys = boot_option("decoys", none, sizeof(none));
	if (boot_option("slots0", kinds[0], sizeof(kinds[0])) &&
	    boot_option("slots1", kinds[1], sizeof(kinds[1]))) {
		on_both(slots_here);
		return;
	}
	on_both(test_secrets);
	on_both(test_apart);
	on_both(test_turns);
	test_changes();
	on_both(test_emulated);
}
