/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPUs come and go: brought up with a context of the kernel's choice, taken down, brought up again
 * where they were; vcpu_info can be moved once. Contexts that would harm are refused. A broken
 * hypervisor starts a vCPU with somebody else's page table.
 */
#include <errno.h>
#include <string.h>

#include "abi/sched.h"
#include "abi/vcpu.h"
#include "abi/vcpu_context.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

static volatile unsigned int runs, ran_on;
static volatile uint64_t given;

static int64_t op(unsigned int cmd, uint32_t vcpu, void *arg)
{
	return hypercall3(HC_VCPU_OP, cmd, vcpu, (uint64_t)arg);
}

static void work(void *arg)
{
	ran_on = vcpu_self()->id;
	given = (uint64_t)arg;
	runs++;
}

static void refused(void)
{
	static struct vcpu_guest_context c;
	uint64_t *page = page_alloc();

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.cs = FLAT_RING3_CS64;
	c.user_regs.ss = FLAT_RING3_SS64;
	c.ctrlreg[3] = guest_mfn(page) << 12;
	test_true("root that is data", op(VCPUOP_initialise, 1, &c) < 0);
	test_equal("up before initialise", -EINVAL, op(VCPUOP_up, 1, NULL));
	c.ctrlreg[3] = guest_mfn(paging_root()) << 12;
	c.user_regs.rip = 0x8000000000000000ul;
	test_true("rip that is not canonical", op(VCPUOP_initialise, 1, &c) < 0);
	c.user_regs.rip = 0;
	c.gdt_ents = 9000;
	test_true("GDT too large", op(VCPUOP_initialise, 1, &c) < 0);
	c.gdt_ents = 0;
	test_equal("no vCPU", -ENOENT, op(VCPUOP_initialise, 500, &c));
	test_equal("context nowhere", -EFAULT, op(VCPUOP_initialise, 1, (void *)0x1000));
	test_equal("page not held", 0, paging_writable(page));
	page_free(page);
}

static void up_and_down(void)
{
	unsigned int i;

	test_equal("down at first", 0, vcpu_is_up(1));
	test_equal("no such vCPU", -ENOENT, vcpu_is_up(500));
	for (i = 1; i <= 5; i++) {
		test_equal("start", 0, vcpu_start(1, work, (void *)(uint64_t)(i * 3)));
		test_true("went down", vcpu_wait_down(1, 5 * TIME_S));
		test_equal("ran", i, runs);
		test_equal("with its argument", i * 3, (int64_t)given);
	}
	test_equal("on vCPU", 1, ran_on);
	test_equal("initialise twice", -EEXIST, ({
			   static struct vcpu_guest_context c;

			   op(VCPUOP_initialise, 1, &c);
		   }));
	test_equal("self is up", 1, vcpu_is_up(0));
	test_equal("up when up", 0, op(VCPUOP_up, 0, NULL));
}

static void move_info(void)
{
	struct vcpu_info *page = page_alloc();
	struct vcpu_register_vcpu_info reg = {.mfn = guest_mfn(page), .offset = 4096 - 32};

	test_equal("across the page", -EINVAL, op(VCPUOP_register_vcpu_info, 0, &reg));
	reg.offset = 64;
	reg.mfn = 0xfffffff;
	test_equal("no frame of ours", -EINVAL, op(VCPUOP_register_vcpu_info, 0, &reg));
	reg.mfn = guest_mfn(page);
	event_disable();
	test_equal("register", 0, op(VCPUOP_register_vcpu_info, 0, &reg));
	vcpu_self()->info = &page[1];
	test_equal("mask copied", 1, page[1].evtchn_upcall_mask);
	test_equal("pending set", 1, page[1].evtchn_upcall_pending);
	test_equal("all words selected", -1, (int64_t)page[1].evtchn_pending_sel);
	event_enable();
	test_true("clock runs there", page[1].time.tsc_to_system_mul);
	test_true("timer works there", !time_wait(NULL, NULL, 20 * TIME_MS));
	test_equal("register twice", -EINVAL, op(VCPUOP_register_vcpu_info, 0, &reg));
	test_equal("page not given up", 0, paging_readonly(page));
	paging_writable(page);
}

void test_main(void)
{
	refused();
	up_and_down();
	move_info();
}
