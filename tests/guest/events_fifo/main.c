/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels in the FIFO form: the switch keeps what was bound, events come in order of
 * priority and, within one, in the order sent, none is lost when queues grow, and bad pages are
 * refused. A broken hypervisor corrupts a queue, which silences every port behind it.
 */
#include <errno.h>

#include "abi/evtchn.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/vcpu.h"
#include "tests/guest/lib/test.h"

#define PORTS 64

static uint32_t from[PORTS], to[PORTS], order[4 * PORTS];
static unsigned int count;

static void on_event(uint32_t port, void *arg)
{
	(void)port;
	if (count < 4 * PORTS)
		order[count++] = (uint32_t)(uint64_t)arg;
}

static int64_t control(uint64_t gfn, uint32_t offset, uint32_t vcpu)
{
	struct evtchn_init_control op = {.control_gfn = gfn, .offset = offset, .vcpu = vcpu};

	return hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_init_control, (uint64_t)&op);
}

static int64_t priority(uint32_t port, uint32_t p)
{
	struct evtchn_set_priority op = {.port = port, .priority = p};

	return hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_set_priority, (uint64_t)&op);
}

static void refused(void)
{
	uint64_t mfn = guest_mfn(page_alloc());
	struct evtchn_expand_array array = {.array_gfn = mfn};

	test_equal("array before control", -EOPNOTSUPP,
		   hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_expand_array, (uint64_t)&array));
	test_equal("control block across the page", -EINVAL, control(mfn, 4096 - 64, 0));
	test_equal("control block unaligned", -EINVAL, control(mfn, 4, 0));
	test_equal("control block of no vCPU", -ENOENT, control(mfn, 0, 500));
	test_true("control block that is not ours", control(0x100, 0, 0) < 0);
	test_true("control block in a page table", control(guest_mfn(paging_root()), 0, 0) < 0);
}

static void make_ports(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < PORTS; i++) {
		int64_t a = event_alloc(DOMID_SELF, NULL, NULL), b;

		b = event_connect(DOMID_SELF, (uint32_t)a, on_event, (void *)(uint64_t)i);
		bad += a <= 0 || b <= 0;
		from[i] = (uint32_t)a;
		to[i] = (uint32_t)b;
	}
	test_equal("ports", 0, bad);
}

static void in_order(void)
{
	unsigned int i, wrong = 0;

	event_disable();
	count = 0;
	for (i = 0; i < PORTS; i++)
		event_notify(from[(i * 7) % PORTS]);
	event_enable();
	test_equal("all came", PORTS, count);
	for (i = 0; i < PORTS; i++)
		wrong += order[i] != (i * 7) % PORTS;
	test_equal("out of order", 0, wrong);
}

static void by_priority(void)
{
	test_equal("priority 0", 0, priority(to[5], 0));
	test_equal("priority 15", 0, priority(to[2], 15));
	test_equal("priority 16", -EINVAL, priority(to[2], 16));
	event_disable();
	count = 0;
	event_notify(from[2]);
	event_notify(from[3]);
	event_notify(from[5]);
	event_enable();
	test_equal("three came", 3, count);
	test_equal("first", 5, order[0]);
	test_equal("second", 3, order[1]);
	test_equal("third", 2, order[2]);
}

static void masked(void)
{
	count = 0;
	event_mask(to[9]);
	event_notify(from[9]);
	event_notify(from[10]);
	test_equal("the unmasked one", 1, count);
	test_true("pending while masked", event_pending(to[9]));
	event_unmask(to[9]);
	test_equal("when unmasked", 2, count);
	event_notify(from[9]);
	event_notify(from[9]);
	test_equal("again and again", 4, count);
}

static void closed(void)
{
	event_disable();
	count = 0;
	event_notify(from[20]);
	event_notify(from[21]);
	event_notify(from[22]);
	event_close(to[21]);
	event_enable();
	test_true("neighbours of a closed port", count == 2 && order[0] == 20 && order[1] == 22);
}

void test_main(void)
{
	int64_t rc;

	refused();
	make_ports();
	event_disable();
	rc = event_use_fifo();
	if (rc)
		test_give_up("init_control", rc);
	event_enable();
	in_order();
	by_priority();
	priority(to[5], 7);
	priority(to[2], 7);
	masked();
	closed();
	test_true("timer still works", !time_wait(NULL, NULL, 20 * TIME_MS));
}
