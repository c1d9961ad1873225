/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/vcpu.h"

#include <errno.h>
#include <string.h>

#include "abi/sched.h"
#include "abi/vcpu.h"
#include "abi/vcpu_context.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"

extern char vcpu_areas[VCPU_MAX][VCPU_AREA_SIZE];
void vcpu_begin(void);

static bool initialised[VCPU_MAX];

struct vcpu *vcpu_get(uint32_t id)
{
	return (struct vcpu *)vcpu_areas[id];
}

static void set_up(uint32_t id)
{
	struct vcpu *v = vcpu_get(id);

	v->id = id;
	v->info = &boot_shared->vcpu_info[id];
}

void vcpu_init_first(void)
{
	set_up(0);
	initialised[0] = true;
	hypercall2(HC_STACK_SWITCH, FLAT_RING3_SS64, (uint64_t)vcpu_areas[0] + VCPU_USER_STACK);
}

int64_t vcpu_is_up(uint32_t id)
{
	return hypercall3(HC_VCPU_OP, VCPUOP_is_up, id, 0);
}

static struct {
	void (*fn)(void *);
	void *arg;
} work[VCPU_MAX];

/* A vCPU keeps its first stack for good: after vcpu_stop() it goes on here with new work. */
static void serve(void *self)
{
	struct vcpu *v = self;

	event_init_vcpu();
	time_init_vcpu();
	for (;;) {
		work[v->id].fn(work[v->id].arg);
		vcpu_stop();
	}
}

static int64_t initialise(uint32_t id)
{
	static struct vcpu_guest_context c;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = (uint64_t)vcpu_begin;
	c.user_regs.rsp = (uint64_t)vcpu_areas[id] + VCPU_AREA_SIZE;
	c.user_regs.rdi = (uint64_t)serve;
	c.user_regs.rsi = (uint64_t)vcpu_get(id);
	c.user_regs.cs = FLAT_RING3_CS64;
	c.user_regs.ss = FLAT_RING3_SS64;
	c.user_regs.rflags = 0x202;
	trap_fill(c.trap_ctxt, 33);
	c.kernel_ss = FLAT_RING3_SS64;
	c.kernel_sp = (uint64_t)vcpu_areas[id] + VCPU_USER_STACK;
	c.ctrlreg[3] = guest_mfn(paging_root()) << 12;
	c.event_callback_eip = trap_entry(TRAP_EVENT);
	c.failsafe_callback_eip = trap_entry(TRAP_FAILSAFE);
	c.syscall_callback_eip = trap_entry(TRAP_SYSCALL);
	return hypercall3(HC_VCPU_OP, VCPUOP_initialise, id, (uint64_t)&c);
}

int64_t vcpu_start(uint32_t id, void (*fn)(void *), void *arg)
{
	int64_t rc = 0;

	if (id >= VCPU_MAX)
		return -ENOENT;
	work[id].fn = fn;
	work[id].arg = arg;
	if (!initialised[id]) {
		rc = vcpu_is_up(id);
		if (rc < 0)
			return rc;
		set_up(id);
		rc = initialise(id);
		if (rc)
			return rc;
		initialised[id] = true;
	}
	return hypercall3(HC_VCPU_OP, VCPUOP_up, id, 0);
}

void vcpu_stop(void)
{
	hypercall3(HC_VCPU_OP, VCPUOP_down, vcpu_self()->id, 0);
}

bool vcpu_wait_down(uint32_t id, uint64_t ns)
{
	uint64_t end = time_now() + ns;

	while (vcpu_is_up(id) == 1) {
		if (time_now() > end)
			return false;
		hypercall2(HC_SCHED_OP, SCHEDOP_yield, 0);
	}
	return true;
}
