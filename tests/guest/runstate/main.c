/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run states: where a vCPU's time went. The four add up to the time that passed, blocking counts as
 * blocked, and the area in guest memory says what the call says. A broken hypervisor makes kernels
 * see steal that is none, and schedule by it.
 */
#include <errno.h>

#include "abi/vcpu.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

static struct vcpu_runstate_info area __attribute__((aligned(64)));

static int64_t op(unsigned int cmd, uint32_t vcpu, void *arg)
{
	return hypercall3(HC_VCPU_OP, cmd, vcpu, (uint64_t)arg);
}

static uint64_t sum(const struct vcpu_runstate_info *r)
{
	return r->time[0] + r->time[1] + r->time[2] + r->time[3];
}

void test_main(void)
{
	struct vcpu_register_runstate_memory_area reg = {.addr.v = (uint64_t)&area};
	struct vcpu_runstate_info a, b;
	uint64_t added = 0, clock[4] = {0};
	bool blocked = false;

	test_equal("get", 0, op(VCPUOP_get_runstate_info, 0, &a));
	test_equal("running", RUNSTATE_running, a.state);
	/* Other guests may have the CPU at any point, now and then for most of a sleep. */
	for (unsigned int i = 0; i < 10 && !blocked; i++) {
		clock[0] = time_now();
		op(VCPUOP_get_runstate_info, 0, &a);
		clock[1] = time_now();
		time_wait(NULL, NULL, 100 * TIME_MS);
		clock[2] = time_now();
		op(VCPUOP_get_runstate_info, 0, &b);
		clock[3] = time_now();
		added = sum(&b) - sum(&a);
		blocked = b.time[RUNSTATE_blocked] - a.time[RUNSTATE_blocked] > 50 * TIME_MS;
	}
	test_true("the states add up to the time",
		  added + TIME_MS >= clock[2] - clock[1] && added <= clock[3] - clock[0] + TIME_MS);
	test_true("sleep counts as blocked", blocked);
	test_true("none goes back", b.time[0] >= a.time[0] && b.time[1] >= a.time[1]);
	test_equal("register", 0, op(VCPUOP_register_runstate_memory_area, 0, &reg));
	time_wait(NULL, NULL, 20 * TIME_MS);
	test_equal("area: running", RUNSTATE_running, area.state);
	op(VCPUOP_get_runstate_info, 0, &b);
	test_true("area: blocked time", area.time[RUNSTATE_blocked] == b.time[RUNSTATE_blocked]);
	test_true("area: since", area.state_entry_time <= time_now());
	test_equal("update flag", 0,
		   hypercall2(HC_VM_ASSIST, VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag));
	time_wait(NULL, NULL, 20 * TIME_MS);
	test_equal("flag is off between updates", 0, (int64_t)(area.state_entry_time >> 63));
	test_equal("of a vCPU that is down", 0, op(VCPUOP_get_runstate_info, 1, &a));
	test_equal("offline", RUNSTATE_offline, a.state);
	test_equal("register for it", 0, op(VCPUOP_register_runstate_memory_area, 1, &reg));
	test_equal("of no vCPU", -ENOENT, op(VCPUOP_get_runstate_info, 500, &a));
	test_equal("into nowhere", -EFAULT, op(VCPUOP_get_runstate_info, 0, (void *)0x1000));
}
