/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forty upper slots, each touched for the first time in one way, after an entry from user mode. All
 * show the same tables; where they lie tells a hypervisor that fills its copies by need.
 */
#include <string.h>

#include "abi/base.h"
#include "abi/physdev.h"
#include "abi/vcpu.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"
#include "tests/guest/two_roots/modes.h"
#include "tests/guest/two_roots/parts.h"
#include "tests/guest/two_roots/tree.h"

#define FIRST      310
#define SLOTS      40
#define AREA_PAGE  8 /* index of the vCPU's area, whose alignment vcpu_self() wants */
#define AREA_PAGES (VCPU_AREA_SIZE / GUEST_PAGE)
#define DECOY      0xdec1dec1dec1dec1ul
#define PORT       0xe0
#define PORTS      0x100
#define RFLAGS     0x202
#define USER_TIME  (30 * TIME_MS)
#define MARK       0x6d61726b0001ul

/* At each slot's start: the page that the hypervisor or the kernel is made to use. */
static struct tree real, decoy;
static uint64_t *last; /* page at each slot's end */
static struct pair roots;

static uint64_t *data(void)
{
	return real.page;
}

/* ---- the ways; each gives whether all was right ---- */

static bool guest_reads(unsigned int i)
{
	data()[0] = i;
	return kernel_sees(slot_va(i, 0), i);
}

static void read_here(void *va)
{
	data()[1] = *(volatile uint64_t *)va;
}

static bool handler_reads(unsigned int i)
{
	struct trap_frame r;

	data()[0] = i;
	data()[1] = 0;
	return enter_by_event(read_here, (void *)slot_va(i, 0), USER_CODE, &r) == 6 &&
	       data()[1] == i;
}

static bool stack_for(unsigned int i, enum way way)
{
	const uint64_t top = slot_va(i, AREA_PAGE * GUEST_PAGE + VCPU_USER_STACK);
	bool entered;

	hypercall2(HC_STACK_SWITCH, FLAT_RING3_SS64, top);
	entered = enter_by(way);
	hypercall2(HC_STACK_SWITCH, FLAT_RING3_SS64, (uint64_t)vcpu_self() + VCPU_USER_STACK);
	return entered;
}

static bool stack_of_syscall(unsigned int i)
{
	return stack_for(i, WAY_SYSCALL);
}

static bool stack_of_breakpoint(unsigned int i)
{
	return stack_for(i, WAY_BREAKPOINT);
}

static bool stack_of_fault(unsigned int i)
{
	return stack_for(i, WAY_FAULT);
}

static bool stack_of_event(unsigned int i)
{
	return stack_for(i, WAY_EVENT);
}

static bool arguments_read(unsigned int i)
{
	struct mmu_update *u = (struct mmu_update *)data();

	u->ptr = paging_maddr(&data()[8]);
	u->val = i;
	return !hypercall4(HC_MMU_UPDATE, slot_va(i, 0), 1, 0, DOMID_SELF) && data()[8] == i;
}

static bool result_written(unsigned int i)
{
	struct vcpu_runstate_info *info = (struct vcpu_runstate_info *)data();

	memset(info, 0xff, sizeof(*info));
	return !hypercall3(HC_VCPU_OP, VCPUOP_get_runstate_info, vcpu_self()->id, slot_va(i, 0)) &&
	       info->state == RUNSTATE_running;
}

static bool multicall(unsigned int i)
{
	struct multicall_entry *list = (struct multicall_entry *)data();

	memset(list, 0, 2 * sizeof(*list));
	list[0].op = list[1].op = HC_XEN_VERSION;
	list[0].result = list[1].result = -1;
	return !hypercall2(HC_MULTICALL, slot_va(i, 0), 2) && list[0].result > 0 &&
	       list[1].result == list[0].result;
}

/* User mode has the right to the port by a bitmap that the hypervisor reads while it runs. */
static bool port_bitmap(unsigned int i)
{
	struct physdev_set_iobitmap op = {.bitmap = slot_va(i, 0), .nr_ports = PORTS};
	struct trap_frame r;

	memset(data(), 0, PORTS / 8 + 1);
	if (hypercall2(HC_PHYSDEV_OP, PHYSDEVOP_set_iobitmap, (uint64_t)&op))
		return false;
	user_regs_init(&r, (uint64_t)(code_in - code));
	r.rdx = PORT;
	return user_run(&r) == 6;
}

void two_roots_iret(uint64_t frame, uint64_t *rsp);

/* With the frame as it is at `frame` and the stack pointer there; user_leave() comes back. */
__asm__("two_roots_iret:\n"
	".irp r, rbp, rbx, r12, r13, r14, r15\n	push %\\r\n	.endr\n"
	"	mov %rsp, (%rsi)\n"
	"	mov %rdi, %rsp\n"
	"	mov $23, %eax\n"
	"	syscall\n"
	"	ud2\n");

/* The frame's first three words lie in slot `i`, the others in the next, which comes first. */
static bool return_frame(unsigned int i)
{
	struct vcpu *v = vcpu_self();
	const uint64_t words[9] = {i,
				   0,
				   0,
				   0,
				   USER_CODE + (uint64_t)(code_int3 - code),
				   FLAT_RING3_CS64,
				   RFLAGS,
				   USER_STACK - 8 * i,
				   FLAT_RING3_SS64};
	bool could;

	memcpy((char *)last + GUEST_PAGE - 24, words, 24);
	memcpy(data(), &words[3], 48);
	could = event_disable();
	two_roots_iret(slot_va(i + 1, 0) - 24, &v->user_rsp);
	event_restore(could);
	return v->user_frame.vector == 3 && v->user_frame.rax == i &&
	       v->user_frame.rsp == USER_STACK - 8 * i;
}

/* ---- the vCPU's clock, written when it is registered ---- */

static bool time_area(unsigned int i)
{
	const volatile struct vcpu_time_info *t = (void *)data();
	struct vcpu_register_time_memory_area area = {.addr.p = slot_va(i, 0)};

	memset(data(), 0, sizeof(*t));
	return !hypercall3(HC_VCPU_OP, VCPUOP_register_vcpu_time_memory_area, vcpu_self()->id,
			   (uint64_t)&area) &&
	       t->tsc_to_system_mul == vcpu_self()->info->time.tsc_to_system_mul;
}

/* ---- the state of the vCPU, written when it gets a CPU, which may be in user mode ---- */

static bool registers(uint64_t va)
{
	struct vcpu_register_runstate_memory_area area_at = {.addr.p = va};

	return !hypercall3(HC_VCPU_OP, VCPUOP_register_runstate_memory_area, vcpu_self()->id,
			   (uint64_t)&area_at);
}

static uint64_t since(void)
{
	struct vcpu_runstate_info info = {0};

	hypercall3(HC_VCPU_OP, VCPUOP_get_runstate_info, vcpu_self()->id, (uint64_t)&info);
	return info.state_entry_time;
}

/* The kernel has not used the slot since its user root is the present one. */
static bool state_area(unsigned int i)
{
	const volatile struct vcpu_runstate_info *info = (void *)data();
	struct trap_frame r;
	uint64_t before, found;
	bool right;

	right = !paging_use_user_root(NULL) && registers(slot_va(i, 0)) &&
		!paging_use_user_root(roots.user);
	right = right && enter_by_event_after(USER_TIME, &r) == 6;
	do {
		before = info->state_entry_time;
		found = since();
	} while (before != info->state_entry_time);
	return right && before == found && info->state == RUNSTATE_running;
}

/* ---- all slots in one way ---- */

static const struct kind {
	const char *name;
	bool (*touch)(unsigned int slot);
	unsigned int first, step; /* the slots before the first are read by the guest */
} kinds[] = {
	{"guest", guest_reads, FIRST, 1},        {"handler", handler_reads, FIRST, 1},
	{"syscall", stack_of_syscall, FIRST, 1}, {"breakpoint", stack_of_breakpoint, FIRST, 1},
	{"fault", stack_of_fault, FIRST, 1},     {"event", stack_of_event, FIRST, 1},
	{"arguments", arguments_read, FIRST, 1}, {"result", result_written, FIRST, 1},
	{"multicall", multicall, FIRST, 1},      {"ports", port_bitmap, FIRST, 1},
	{"time", time_area, FIRST, 1},           {"state", state_area, FIRST, 1},
	{"iret", return_frame, FIRST, 2},        {"iret-odd", return_frame, FIRST + 1, 2},
};

static const struct kind *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	test_give_up(name, -1);
}

/* The decoy is in the user root at the same addresses: neither mode may take it for the real. */
static void fill(bool decoys)
{
	int64_t rc = 0;
	unsigned int i;

	tree_begin(&real, 0);
	tree_begin(&decoy, 0);
	for (i = 0; i < GUEST_PAGE / sizeof(uint64_t); i++)
		decoy.page[i] = DECOY;
	for (i = 0; i < AREA_PAGES; i++) {
		tree_add(&real, AREA_PAGE + i, (char *)vcpu_self() + i * GUEST_PAGE);
		tree_add(&decoy, AREA_PAGE + i, decoy.page);
	}
	last = page_alloc();
	tree_add(&real, TREE_LAST, last);
	tree_add(&decoy, TREE_LAST, decoy.page);
	tree_end(&real);
	tree_end(&decoy);
	pair_make(&roots);
	for (i = FIRST; i < FIRST + SLOTS; i++) {
		rc |= root_set(roots.kernel, i, &real);
		if (decoys)
			rc |= root_set(roots.user, i, &decoy);
	}
	test_equal(test_name("%s: slots filled", vcpu_name()), 0, rc);
}

static void drop_areas(void)
{
	struct vcpu_register_time_memory_area none = {.addr.p = 0};

	registers((uint64_t)page_alloc());
	hypercall3(HC_VCPU_OP, VCPUOP_register_vcpu_time_memory_area, vcpu_self()->id,
		   (uint64_t)&none);
}

static unsigned int changed_decoys(void)
{
	unsigned int i, changed = 0;

	for (i = 0; i < GUEST_PAGE / sizeof(uint64_t); i++)
		changed += decoy.page[i] != DECOY;
	return changed;
}

static void look_at_all(const char *kind, bool decoys)
{
	unsigned int kernel = 0, user = 0, i;

	data()[0] = MARK;
	for (i = FIRST; i < FIRST + SLOTS; i++) {
		const uint64_t va = slot_va(i, 0);

		user += !(decoys ? user_sees(va, DECOY) : user_refused(va, 0));
		kernel += !kernel_sees(va, MARK);
	}
	test_equal(test_name("%s, %s: all are the kernel's", vcpu_name(), kind), 0, kernel);
	test_equal(test_name("%s, %s: none is user mode's", vcpu_name(), kind), 0, user);
	test_equal(test_name("%s, %s: decoys changed", vcpu_name(), kind), 0, changed_decoys());
}

void test_slots(const char *kind, bool decoys)
{
	const struct kind *k = find(kind);
	unsigned int wrong = 0, lost = 0, first_wrong = 0, i;

	fill(decoys);
	pair_use(&roots);
	for (i = FIRST; i < k->first; i++)
		wrong += !guest_reads(i);
	for (; i + k->step <= FIRST + SLOTS; i += k->step) {
		bool right;

		lost += !enter_by(i % WAYS);
		right = k->touch(i);
		if (!right && !wrong)
			first_wrong = i - FIRST + 1;
		wrong += !right;
	}
	test_equal(test_name("%s, %s: entries lost", vcpu_name(), kind), 0, lost);
	test_equal(test_name("%s, %s: slots wrong", vcpu_name(), kind), 0, wrong);
	test_equal(test_name("%s, %s: first wrong slot", vcpu_name(), kind), 0, first_wrong);
	drop_areas();
	look_at_all(kind, decoys);
	pair_leave();
}
