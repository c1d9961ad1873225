/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console ring: more than it holds goes through without a byte lost (the runner counts the
 * lines), and the hypervisor's own console is not for guests.
 */
#include <errno.h>

#include "abi/console_io.h"
#include "abi/console_ring.h"
#include "guest-abi/guest/console.h"
#include "guest-abi/guest/page.h"
#include "tests/guest/lib/test.h"

#define LINES 400

void test_main(void)
{
	const struct xencons_interface *ring = page_of_mfn(boot_info->console.domU.mfn);
	char c;
	unsigned int i;

	if (!ring)
		test_give_up("console page", -1);
	for (i = 0; i < LINES; i++)
		guest_print("line %u of the console's test, which is longer than the ring is\n", i);
	test_true("ring never overfull", ring->out_prod - ring->out_cons <= sizeof(ring->out));
	test_true("all of it", ring->out_prod > LINES * 60u);
	test_equal("nothing typed", 0, (int64_t)console_read(&c, 1));
	test_equal("hypervisor's console, read", -EPERM,
		   hypercall3(HC_CONSOLE_IO, CONSOLEIO_read, 1, (uint64_t)&c));
}
