/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps inside trap handlers stack up and unwind: a fault while a fault is handled, events while
 * one is handled, entries that mask events and entries that do not, stacks that are not aligned. A
 * broken hypervisor would start at the same stack address again and overwrite the outer frame.
 */
#include "abi/evtchn.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define DEPTH 6

static unsigned int depth, deepest, events, masked_on_entry;
static uint64_t rsps[DEPTH + 1];

static bool fault_again(struct trap_frame *f)
{
	uint64_t v;

	rsps[depth] = f->rsp;
	if (++depth < DEPTH)
		trap_read((void *)(depth * 0x1000ul), &v);
	deepest = depth > deepest ? depth : deepest;
	return false;
}

static void faults(void)
{
	uint64_t v, taken;
	unsigned int i, falling = 0;

	trap_set(14, fault_again);
	taken = trap_read((void *)0x500, &v);
	trap_set(14, NULL);
	test_trap("outermost", 14, taken);
	test_equal("depth", DEPTH, deepest);
	for (i = 1; i < DEPTH; i++)
		falling += rsps[i] < rsps[i - 1];
	test_equal("each on a lower stack", DEPTH - 1, falling);
}

static void on_event(uint32_t port, void *arg)
{
	uint64_t v;

	(void)port;
	(void)arg;
	events++;
	masked_on_entry += vcpu_self()->info->evtchn_upcall_mask;
	/* A fault with events masked must come back with events masked. */
	trap_read((void *)0x3000, &v);
	masked_on_entry += vcpu_self()->info->evtchn_upcall_mask;
}

static bool send_and_return(struct trap_frame *f)
{
	(void)f;
	event_notify(depth);
	return true;
}

static void events_in_handlers(void)
{
	int64_t a = event_alloc(DOMID_SELF, NULL, NULL);
	int64_t b = event_connect(DOMID_SELF, (uint32_t)a, on_event, NULL);

	test_true("ports", a > 0 && b > 0);
	/* Binding sets the new port pending. */
	test_equal("event of the binding", 1, events);
	depth = (uint32_t)a;
	masked_on_entry = events = 0;
	trap_set(3, send_and_return);
	__asm__ volatile("int3" ::: "memory");
	test_equal("event inside a trap that leaves them on", 1, events);
	test_equal("masked during the event", 2, masked_on_entry);
	test_equal("unmasked after it", 0, vcpu_self()->info->evtchn_upcall_mask);
	trap_set(3, NULL);
}

static void masking_entry(void)
{
	struct trap_info rows[] = {{.vector = 3,
				    .flags = 3 | TRAP_INFO_MASK_EVENTS,
				    .cs = FLAT_RING3_CS64,
				    .address = trap_entry(3)},
				   {.address = 0}};

	hypercall2(HC_SET_TRAP_TABLE, (uint64_t)rows, 0);
	trap_set(3, send_and_return);
	events = 0;
	__asm__ volatile("int3" ::: "memory");
	test_equal("event after a trap that masks them", 1, events);
	test_equal("unmasked by its iret", 0, vcpu_self()->info->evtchn_upcall_mask);
	rows[0].flags = 3;
	hypercall2(HC_SET_TRAP_TABLE, (uint64_t)rows, 0);
	trap_set(3, NULL);
}

static bool look_at_stack(struct trap_frame *f)
{
	rsps[0] = f->rsp;
	rsps[1] = (uint64_t)&f->ss + 8;
	return true;
}

/* The frame starts at a multiple of 16, as hardware does in long mode. */
static void unaligned_stack(void)
{
	uint64_t before, after;
	unsigned int i;

	trap_set(3, look_at_stack);
	for (i = 0; i < 16; i++) {
		__asm__ volatile("mov %%rsp, %0; sub %2, %%rsp; int3; mov %%rsp, %1; mov %0, %%rsp"
				 : "=&r"(before), "=&r"(after)
				 : "r"((uint64_t)i)
				 : "memory");
		test_equal(test_name("rsp in the frame, %u off", i), (int64_t)(before - i),
			   (int64_t)rsps[0]);
		test_equal(test_name("rsp after iret, %u off", i), (int64_t)(before - i),
			   (int64_t)after);
		test_equal(test_name("top of frame, %u off", i), (int64_t)((before - i) & ~15ul),
			   (int64_t)rsps[1]);
	}
	trap_set(3, NULL);
}

void test_main(void)
{
	faults();
	events_in_handlers();
	masking_entry();
	unaligned_stack();
}
