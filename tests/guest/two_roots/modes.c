/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/two_roots/modes.h"

#include "guest-abi/guest/event.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define NOWHERE  0x123000ul
#define PF_USER  4u
#define EVENT_NS (200 * TIME_US)
#define PATIENCE (120 * TIME_S)

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl code, code_end, code_read, code_write, code_syscall, code_int3, code_wait\n"
	".globl code_watch, code_in, code_outs, code_ins\n"
	"code:\n"
	"code_syscall: syscall\n	jmp code_read\n"
	"code_int3: int3\n	jmp code_read\n"
	"code_wait: incq 16(%rdi)\n	cmpl $0, (%rdi)\n	je code_wait\n"
	"code_read: mov (%rsi), %rax\n	ud2\n"
	"code_write: mov %rax, (%rsi)\n	ud2\n"
	"code_watch: mov (%rsi), %rax\n	mov %rax, 8(%rdi)\n	incq 16(%rdi)\n"
	"	cmpl $0, (%rdi)\n	je code_watch\n	ud2\n"
	"code_in: in %dx, %al\n	ud2\n"
	"code_outs: outsb\n	ud2\n"
	"code_ins: insb\n	ud2\n"
	"code_end:\n"
	".popsection");

const char *const way_names[WAYS] = {"system call", "breakpoint", "page fault", "event"};

volatile struct word *word_of(unsigned int vcpu)
{
	return (volatile struct word *)(USER_STACK - GUEST_PAGE) + vcpu;
}

unsigned int user_does(const char *from, uint64_t at, struct trap_frame *r)
{
	user_regs_init(r, (uint64_t)(from - code));
	r->rdi = (uint64_t)word_of(vcpu_self()->id);
	r->rsi = at;
	return user_run(r);
}

/* The alarm's, which nobody else sets. */
static volatile struct word *alarm_word(void)
{
	return word_of(VCPU_MAX + vcpu_self()->id);
}

bool user_sees(uint64_t va, uint64_t value)
{
	struct trap_frame r;

	return user_does(code_read, va, &r) == 6 && r.rax == value;
}

static bool refused(unsigned int vector, const struct trap_frame *r, uint64_t va, unsigned int bits)
{
	uint32_t any = bits & REFUSED_ANY_PRESENT ? 1 : 0;

	return vector == 14 && trap_cr2() == va &&
	       (r->error & ~any) == (PF_USER | (bits & REFUSED_WRITE));
}

bool user_refused(uint64_t va, unsigned int bits)
{
	struct trap_frame r;
	unsigned int vector;

	vector = user_does(bits & REFUSED_WRITE ? code_write : code_read, va, &r);
	return refused(vector, &r, va, bits);
}

bool kernel_sees(uint64_t va, uint64_t value)
{
	uint64_t found;

	return !trap_read((void *)va, &found) && found == value;
}

bool kernel_refused(uint64_t va)
{
	uint64_t found, taken = trap_read((void *)va, &found);

	return TRAP_IS(taken, 14) && TRAP_ERROR(taken) == 0 && trap_cr2() == va;
}

struct event {
	void (*touch)(void *);
	void *arg;
	bool came;
};

static void on_alarm(void *arg)
{
	struct event *e = arg;

	if (e->touch)
		e->touch(e->arg);
	e->came = true;
	alarm_word()->stop = 1;
}

static unsigned int by_event(struct event e, uint64_t ns, uint64_t at, struct trap_frame *r)
{
	unsigned int vector;

	alarm_word()->stop = 0;
	user_regs_init(r, (uint64_t)(code_wait - code));
	r->rdi = (uint64_t)alarm_word();
	r->rsi = at;
	time_alarm(time_now() + ns, on_alarm, &e);
	vector = user_run(r);
	time_alarm_cancel();
	return e.came ? vector : 0;
}

unsigned int enter_by_event(void (*touch)(void *), void *arg, uint64_t at, struct trap_frame *r)
{
	return by_event((struct event){touch, arg, false}, EVENT_NS, at, r);
}

unsigned int enter_by_event_after(uint64_t ns, struct trap_frame *r)
{
	return by_event((struct event){NULL, NULL, false}, ns, USER_CODE, r);
}

bool enter_by(enum way way)
{
	struct trap_frame r;

	switch (way) {
	case WAY_SYSCALL:
		return user_does(code_syscall, 0, &r) == TRAP_SYSCALL && r.rsp == USER_STACK;
	case WAY_BREAKPOINT:
		return user_does(code_int3, 0, &r) == 3 && r.rsp == USER_STACK;
	case WAY_FAULT:
		return refused(user_does(code_read, NOWHERE, &r), &r, NOWHERE, 0);
	default:
		return enter_by_event(NULL, NULL, USER_CODE, &r) == 6 && r.rsp == USER_STACK;
	}
}

static void (*second)(void);

static void serve(void *unused)
{
	(void)unused;
	event_enable();
	second();
	event_disable();
}

void begin_on_second(void (*fn)(void))
{
	int64_t rc;

	second = fn;
	rc = vcpu_start(1, serve, NULL);
	if (rc)
		test_give_up("second vCPU", rc);
}

void end_on_second(void)
{
	if (!vcpu_wait_down(1, PATIENCE))
		test_give_up("second vCPU does not end", -1);
}

void on_both(void (*fn)(void))
{
	fn();
	begin_on_second(fn);
	end_on_second();
}

const char *vcpu_name(void)
{
	return vcpu_self()->id ? "vCPU 1" : "vCPU 0";
}
