/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of hypercalls, its privileges, restarting, and multicalls. */
#include <abi/base.h>
#include <abi/hypercall_table.h>
#include <check.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/softirq.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <string.h>
#include "host.h"
#include "suite.h"

static struct domain dom;
static struct vcpu vcpu;
static uint64_t last[6];
static unsigned calls;
static int restart_at; /* the call that wants to be restarted */

/* Every handler but multicall's own records its call. */
static int64_t record(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	uint64_t now[6] = {nr, a1, a2, a3, a4, a5};

	memcpy(last, now, sizeof(last));
	calls++;
	if (restart_at && (int)calls == restart_at)
		return hypercall_restart(nr, a1 + 1, a2, a3, a4, a5);
	if (a1 == 666)
		cpu_info()->softirqs = 1;
	return (int64_t)(nr * 1000 + a1);
}

#define STUB(nr, name, nargs, privilege)                                                           \
	__attribute__((weak))                                                                      \
	int64_t hc_##name(uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)         \
	{                                                                                          \
		return record(nr, a1, a2, a3, a4, a5);                                             \
	}
ABI_HYPERCALLS(STUB)

#define CONTROL_any                            0
#define CONTROL_control                        1
#define PRIVILEGED(nr, name, nargs, privilege) [nr] = CONTROL_##privilege,
static const bool privileged[HYPERCALL_COUNT] = {ABI_HYPERCALLS(PRIVILEGED)};
#define PRESENT(nr, name, nargs, privilege) [nr] = true,
static const bool present[HYPERCALL_COUNT] = {ABI_HYPERCALLS(PRESENT)};

static void setup(void)
{
	memset(&host_cpus[0], 0, sizeof(host_cpus[0]));
	memset(&dom, 0, sizeof(dom));
	memset(vcpu.counters, 0, sizeof(vcpu.counters));
	vcpu.domain = &dom;
	cpu_info()->current = &vcpu;
	cpu_info()->guest_regs.rip = 0x1000;
	calls = 0;
	restart_at = 0;
}

START_TEST(privileges)
{
	unsigned control = 0;

	for (unsigned nr = 0; nr < HYPERCALL_COUNT; nr++) {
		int64_t unprivileged, allowed;

		if (nr == HC_MULTICALL)
			continue;
		dom.privileged = false;
		unprivileged = hypercall_table[nr](1, 2, 3, 4, 5);
		dom.privileged = true;
		allowed = hypercall_table[nr](1, 2, 3, 4, 5);
		ck_assert_int_eq(allowed, present[nr] ? (int64_t)nr * 1000 + 1 : -ENOSYS);
		ck_assert_int_eq(unprivileged, privileged[nr] ? -EPERM : allowed);
		control += privileged[nr];
	}
	ck_assert(privileged[HC_DOMCTL] && privileged[HC_SYSCTL] && privileged[HC_PLATFORM_OP]);
	ck_assert_uint_eq(control, 3);
}
END_TEST

START_TEST(plain_restart)
{
	ck_assert_int_eq(hypercall_restart(HC_MEMORY_OP, 1, 2, 3, 4, 5), HC_MEMORY_OP);
	ck_assert_uint_eq(cpu_info()->guest_regs.rip, 0xffe);
	ck_assert_uint_eq(cpu_info()->guest_regs.rdi, 1);
	ck_assert_uint_eq(cpu_info()->guest_regs.rsi, 2);
	ck_assert_uint_eq(cpu_info()->guest_regs.rdx, 3);
	ck_assert_uint_eq(cpu_info()->guest_regs.r10, 4);
	ck_assert_uint_eq(cpu_info()->guest_regs.r8, 5);
	cpu_info()->softirqs = 0;
	ck_assert(!hypercall_preempt_check());
	cpu_info()->softirqs = 1u << SOFTIRQ_ROOTS;
	ck_assert(!hypercall_preempt_check());
	cpu_info()->softirqs |= 1u << SOFTIRQ_SCHEDULE;
	ck_assert(hypercall_preempt_check());
}
END_TEST

static int64_t multicall(struct multicall_entry *e, uint64_t n)
{
	return hypercall_table[HC_MULTICALL]((uint64_t)(uintptr_t)e, n, 0, 0, 0);
}

START_TEST(multicall_in_order)
{
	struct multicall_entry e[5] = {
		{.op = HC_MEMORY_OP, .args = {7, 8, 9, 10, 11, 12}},
		{.op = HC_DOMCTL, .args = {1}},
		{.op = 1000},
		{.op = HC_IRET},
		{.op = HC_STACK_SWITCH, .args = {3, 4}},
	};

	ck_assert_int_eq(multicall(e, 5), 0);
	ck_assert_int_eq(e[0].result, HC_MEMORY_OP * 1000 + 7);
	ck_assert_int_eq(e[1].result, -EPERM);
	ck_assert_int_eq(e[2].result, -ENOSYS);
	ck_assert_int_eq(e[3].result, -ENOSYS);
	ck_assert_int_eq(e[4].result, HC_STACK_SWITCH * 1000 + 3);
	ck_assert_uint_eq(last[2], 4);
	ck_assert_uint_eq(calls, 2);
	ck_assert_uint_eq(e[0].args[5], 12);
	e[0].op = HC_MULTICALL;
	ck_assert_int_eq(multicall(e, 1), 0);
	ck_assert_int_eq(e[0].result, -ENOSYS);
	ck_assert_int_eq(multicall(e, 0), 0);
	ck_assert_int_eq(multicall((struct multicall_entry *)8, 1), -EFAULT);
	ck_assert_uint_eq(vcpu.counters[PAVISE_COUNTER_multicall_entries], 6);
}
END_TEST

START_TEST(multicall_preempted)
{
	struct multicall_entry e[3] = {
		{.op = HC_MEMORY_OP, .args = {666}},
		{.op = HC_MEMORY_OP, .args = {2}},
		{.op = HC_MEMORY_OP, .args = {3}},
	};
	struct regs *r = &cpu_info()->guest_regs;

	ck_assert_int_eq(multicall(e, 3), HC_MULTICALL);
	ck_assert_uint_eq(calls, 1);
	ck_assert_uint_eq(r->rip, 0xffe);
	ck_assert_uint_eq(r->rdi, (uint64_t)(uintptr_t)&e[1]);
	ck_assert_uint_eq(r->rsi, 2);
	/* The first entry of a call is always done: softirqs that do not go away stop nothing. */
	ck_assert_int_eq(multicall(&e[1], 2), HC_MULTICALL);
	ck_assert_int_eq(e[1].result, HC_MEMORY_OP * 1000 + 2);
	ck_assert_int_eq(multicall(&e[2], 1), 0);
	ck_assert_uint_eq(vcpu.counters[PAVISE_COUNTER_multicall_entries], 3);
}
END_TEST

START_TEST(restart_inside_multicall)
{
	struct multicall_entry e[2] = {
		{.op = HC_MMU_UPDATE, .args = {5, 6, 7, 8}},
		{.op = HC_MEMORY_OP, .args = {2}},
	};
	struct regs *r = &cpu_info()->guest_regs;

	restart_at = 1;
	ck_assert_int_eq(multicall(e, 2), HC_MULTICALL);
	ck_assert_uint_eq(r->rip, 0xffe);
	ck_assert_uint_eq(r->rdi, (uint64_t)(uintptr_t)e);
	ck_assert_uint_eq(r->rsi, 2);
	ck_assert_uint_eq(e[0].args[0], 6);
	ck_assert_uint_eq(e[0].args[3], 8);
	ck_assert_int_eq(multicall(e, 2), 0);
	ck_assert_int_eq(e[0].result, HC_MMU_UPDATE * 1000 + 6);
	ck_assert_int_eq(e[1].result, HC_MEMORY_OP * 1000 + 2);
	/* Outside again, a restart is a plain one. */
	ck_assert_int_eq(hypercall_restart(HC_SCHED_OP, 0, 0, 0, 0, 0), HC_SCHED_OP);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hypercall");
	TCase *tc = tcase_create("hypercall");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, privileges);
	tcase_add_test(tc, plain_restart);
	tcase_add_test(tc, multicall_in_order);
	tcase_add_test(tc, multicall_preempted);
	tcase_add_test(tc, restart_inside_multicall);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
