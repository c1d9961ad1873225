/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User mode of the guest: SYSCALL reaches the callback and no hypercall, frames and error codes say
 * "user", iret restores every register, flags that a guest must not have do not get through, and
 * kernel memory is out of reach. A broken hypervisor would let user code make hypercalls or keep
 * IOPL.
 */
#include <errno.h>

#include "abi/callback.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

extern const char code[], code_syscall[], code_int3[], code_read[], code_write[], code_hlt[],
	code_int80[], code_popf[], code_loop[], code_end[];

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"code:\n"
	"code_syscall: syscall\n	ud2\n"
	"code_int3: int3\n	ud2\n"
	"code_read: mov (%rdi), %rax\n	ud2\n"
	"code_write: mov %rax, (%rdi)\n	ud2\n"
	"code_hlt: hlt\n	ud2\n"
	"code_int80: int $0x80\n	ud2\n"
	"code_popf: push %rdi\n	popfq\n	pushfq\n	pop %rax\n	ud2\n"
	"code_loop: cmpl $0, (%rdi)\n	je code_loop\n	ud2\n"
	"code_end:\n"
	".popsection");

static unsigned int run(const char *from, struct trap_frame *r)
{
	r->rip = USER_CODE + (uint64_t)(from - code);
	return user_run(r);
}

static void fill(struct trap_frame *r)
{
	uint64_t *all = &r->r15;
	unsigned int i;

	user_regs_init(r, 0);
	for (i = 0; i < 15; i++)
		all[i] = 0x1111111111111111ul * (i + 1);
}

static void system_call(void)
{
	struct trap_frame r, before;
	const uint64_t *a = &before.r15, *b = &r.r15;
	unsigned int i, changed = 0;

	fill(&r);
	r.rax = HC_XEN_VERSION;
	r.rflags |= 0x8d5; /* CF PF AF ZF SF OF */
	before = r;
	test_equal("vector", TRAP_SYSCALL, run(code_syscall, &r));
	test_equal("rip", (int64_t)(USER_CODE + 2), (int64_t)r.rip);
	test_equal("cs", FLAT_RING3_CS64, r.cs);
	test_equal("ss", FLAT_RING3_SS64, (int64_t)r.ss & 0xffff);
	test_equal("rsp", (int64_t)before.rsp, (int64_t)r.rsp);
	test_equal("rflags", (int64_t)before.rflags, (int64_t)r.rflags & ~0x3000l);
	test_equal("rcx is rip", (int64_t)r.rip, (int64_t)r.rcx);
	for (i = 0; i < 15; i++)
		changed += a[i] != b[i];
	test_equal("registers changed (rcx, r11)", 2, changed);
	test_equal("no error code", 0, r.error);
}

static void trap_frames(void)
{
	struct trap_frame r, before;

	fill(&r);
	before = r;
	test_equal("breakpoint", 3, run(code_int3, &r));
	test_equal("breakpoint cs", FLAT_RING3_CS64, r.cs);
	test_equal("breakpoint rcx", (int64_t)before.rcx, (int64_t)r.rcx);
	test_equal("breakpoint r11", (int64_t)before.r11, (int64_t)r.r11);
	test_equal("int 0x80", 0x80, run(code_int80, &r));
	test_equal("hlt", 13, run(code_hlt, &r));
	test_equal("undefined", 6, run(code_int3 + 1, &r));
}

static void page_faults(void)
{
	struct trap_frame r;
	void *page = page_alloc();

	fill(&r);
	r.rdi = 0x123000;
	test_equal("read of nothing", 14, run(code_read, &r));
	test_equal("read of nothing, error", 4, r.error);
	test_equal("cr2", 0x123000, (int64_t)trap_cr2());
	fill(&r);
	r.rdi = USER_CODE;
	test_equal("write to code", 14, run(code_write, &r));
	test_equal("write to code, error", 7, r.error);
	/* A supervisor page in the user's half of the user root. */
	test_equal("map", 0, paging_map(USER_CODE + 0x10000, guest_mfn(page), PAGING_RW));
	fill(&r);
	r.rdi = USER_CODE + 0x10000;
	run(code_read, &r);
	test_equal("read of the kernel's half", 14, ({
			   fill(&r);
			   r.rdi = (uint64_t)page;
			   run(code_read, &r);
		   }));
	test_equal("read of the kernel's half, error", 4, r.error & ~1u);
	fill(&r);
	r.rdi = MACH2PHYS_VIRT_START;
	test_equal("read of the m2p", 14, run(code_read, &r));
	test_equal("read of the m2p, error", 4, r.error & ~1u);
	paging_unmap(USER_CODE + 0x10000);
	page_free(page);
}

/* Flags that go in by iret, and by the user's own POPF. */
static void flags(void)
{
	struct trap_frame r;

	fill(&r);
	r.rflags = 0x3202;
	test_equal("iret with IOPL 3", 3, run(code_int3, &r));
	test_equal("IOPL gone", 0, (int64_t)r.rflags & 0x3000);
	fill(&r);
	r.rflags = 0x2;
	test_equal("iret with IF clear", 3, run(code_int3, &r));
	test_equal("events were masked", 0, (int64_t)r.rflags & 0x200);
	event_enable();
	fill(&r);
	r.rflags |= 0x40000;
	test_equal("iret with AC", 3, run(code_int3, &r));
	test_equal("AC kept", 0x40000, (int64_t)r.rflags & 0x40000);
	fill(&r);
	r.rdi = 0x3002;
	test_equal("popf", 6, run(code_popf, &r));
	test_equal("popf cannot change IOPL and IF", 0x200, (int64_t)r.rax & 0x3200);
	fill(&r);
	r.rflags |= 0x100;
	test_equal("single step from iret", 1, run(code_popf, &r));
}

static void no_callback(void)
{
	struct callback_unregister un = {.type = CALLBACKTYPE_syscall};
	struct callback_register cb = {.type = CALLBACKTYPE_syscall, .address = 0};
	struct trap_frame r;

	test_equal("unregister", -EINVAL,
		   hypercall2(HC_CALLBACK_OP, CALLBACKOP_unregister, (uint64_t)&un));
	test_equal("register none", 0,
		   hypercall2(HC_CALLBACK_OP, CALLBACKOP_register, (uint64_t)&cb));
	fill(&r);
	test_equal("syscall without callback", 6, run(code_syscall, &r));
	test_equal("rip at the instruction", (int64_t)USER_CODE, (int64_t)r.rip);
	cb.address = trap_entry(TRAP_SYSCALL);
	cb.flags = CALLBACKF_mask_events;
	test_equal("register", 0, hypercall2(HC_CALLBACK_OP, CALLBACKOP_register, (uint64_t)&cb));
	fill(&r);
	test_equal("vector", TRAP_SYSCALL, run(code_syscall, &r));
	test_equal("masks events", 1, vcpu_self()->info->evtchn_upcall_mask);
	event_enable();
}

static volatile uint32_t *stop;

static void on_event(uint32_t port, void *arg)
{
	(void)port;
	(void)arg;
	*stop = 1;
}

static void stop_by_ipi(void *port)
{
	event_notify(*(uint32_t *)port);
}

#include "guest-abi/guest/time.h"

/* An event in user mode comes to the kernel and the user goes on. */
static void event_in_user_mode(void)
{
	uint64_t at = USER_STACK - GUEST_PAGE;
	uint32_t port = (uint32_t)event_bind_ipi(0, on_event, NULL);
	struct trap_frame r;

	stop = (volatile uint32_t *)at;
	*stop = 0;
	fill(&r);
	r.rdi = at;
	time_alarm(time_now() + 20 * TIME_MS, stop_by_ipi, &port);
	test_equal("loop ended by an event", 6, run(code_loop, &r));
	test_equal("registers kept", 0x1111111111111111l, (int64_t)r.r15);
	event_close(port);
}

void test_main(void)
{
	int64_t rc = user_init(code, (size_t)(code_end - code));

	if (rc)
		test_give_up("user root", rc);
	system_call();
	trap_frames();
	page_faults();
	flags();
	no_callback();
	event_in_user_mode();
}
