/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that leaves the hypervisor no way to go on is ended as crashed, alone: nothing else
 * notices. Each case is a life of its own, by `case=` on the command line; the runner expects
 * "expect crash" and then a domain that has crashed. A broken hypervisor would crash itself, or
 * loop.
 */
#include <string.h>

#include "guest-abi/guest/event.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/user.h"
#include "tests/guest/lib/test.h"

static void set_handler(uint64_t address)
{
	struct trap_info rows[] = {{.vector = 14, .cs = FLAT_RING3_CS64, .address = address},
				   {.address = 0}};

	hypercall2(HC_SET_TRAP_TABLE, (uint64_t)rows, 0);
}

static void no_stack(void)
{
	__asm__ volatile("mov $0x1000, %%esp; movb $0, 0x2000" ::: "memory");
}

static void hypervisor_stack(void)
{
	__asm__ volatile("movabs $0xffff830000001000, %%rsp; int3" ::: "memory");
}

static void handler_faults(void)
{
	set_handler(0x5000);
	trap_write((void *)0x1000, 0);
}

static void no_handler(void)
{
	hypercall2(HC_SET_TRAP_TABLE, 0, 0);
	*(volatile int *)0x1000 = 0;
}

static void user_without_root(void)
{
	struct trap_frame r;

	user_regs_init(&r, 0);
	user_run(&r);
}

static void iret_without_frame(void)
{
	__asm__ volatile("mov $0x3000, %%esp; mov $23, %%eax; syscall" ::: "memory");
}

static void iret_to_nowhere(void)
{
	__asm__ volatile("push $0xe02b; push %%rsp; push $0; push $0xe033; push %0\n"
			 "push $0; push $0; push $0; push $0; mov $23, %%eax; syscall" ::"r"(
				 0x8000000000000000ul)
			 : "memory");
}

static const struct {
	const char *name;
	void (*fn)(void);
} cases[] = {
	{"no_stack", no_stack},
	{"hypervisor_stack", hypervisor_stack},
	{"handler_faults", handler_faults},
	{"no_handler", no_handler},
	{"user_without_root", user_without_root},
	{"iret_without_frame", iret_without_frame},
	{"iret_to_nowhere", iret_to_nowhere},
};

void test_main(void)
{
	char name[32];
	unsigned int i;

	if (!boot_option("case", name, sizeof(name)))
		name[0] = 0;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, name))
			continue;
		guest_print("expect crash %s\n", name);
		cases[i].fn();
		test_true(test_name("crashed by %s", name), false);
		return;
	}
	test_true("case=", false);
}
