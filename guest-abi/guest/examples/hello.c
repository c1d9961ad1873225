/* SPDX-License-Identifier: MIT */
/*
 * The smallest guest that does something: says what it was given, sleeps a tenth of a second by the
 * hypervisor's clock, catches a page fault of its own, tells the store about it and switches itself
 * off.
 *
 *   pav create /dev/null 'name="hello"' 'kernel="build/guest/hello"' 'memory=16' -c
 */
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/store.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"

void guest_main(const struct start_info *si)
{
	uint64_t start, value, trap;
	char name[64];

	boot_init(si);
	guest_print("hello: %lu pages, %lu free, command line \"%s\"\n", si->nr_pages,
		    page_free_count(), si->cmd_line);

	start = time_now();
	time_wait(NULL, NULL, 100 * TIME_MS);
	guest_print("hello: slept %lu us\n", (time_now() - start) / TIME_US);

	trap = trap_read((void *)0x1000, &value);
	guest_print("hello: reading 0x1000 gave trap %u, error code %u\n", TRAP_VECTOR(trap),
		    TRAP_ERROR(trap));

	if (!store_init() && store_read(STORE_NONE, "name", name, sizeof(name)) > 0) {
		guest_print("hello: the store calls me \"%s\"\n", name);
		store_write(STORE_NONE, "data/hello", "done");
	}
	guest_print("hello: done\n");
}
