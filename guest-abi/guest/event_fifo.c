/* SPDX-License-Identifier: MIT */
/*
 * The FIFO form: a word per port in pages that the guest gives, linked into a queue per priority
 * and vCPU. Heads are in the vCPU's control block; a word's link names the next port of its queue.
 */
#include <errno.h>
#include <stddef.h>

#include "abi/evtchn.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/vcpu.h"

#define PER_PAGE (GUEST_PAGE / sizeof(uint32_t))
#define PAGES    (EVENT_PORTS / PER_PAGE)
#define FLAG(n)  (1u << (n))

static uint32_t *pages[PAGES];
static struct {
	struct evtchn_fifo_control_block *block;
	uint32_t head[EVTCHN_FIFO_MAX_QUEUES]; /* next to be taken; 0: ask the block */
} queues[VCPU_MAX];

static uint32_t *word(uint32_t port)
{
	return &pages[port / PER_PAGE][port % PER_PAGE];
}

static bool bit(uint32_t port, unsigned int n)
{
	return __atomic_load_n(word(port), __ATOMIC_SEQ_CST) & FLAG(n);
}

static void mask(uint32_t port)
{
	__atomic_or_fetch(word(port), FLAG(EVTCHN_FIFO_MASKED), __ATOMIC_SEQ_CST);
}

static bool unmask(uint32_t port)
{
	uint32_t old = __atomic_load_n(word(port), __ATOMIC_SEQ_CST);

	/* BUSY: the hypervisor is at this word, and gone in a moment. */
	do
		old &= ~FLAG(EVTCHN_FIFO_BUSY);
	while (!__atomic_compare_exchange_n(word(port), &old, old & ~FLAG(EVTCHN_FIFO_MASKED),
					    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	return bit(port, EVTCHN_FIFO_PENDING);
}

static bool pending(uint32_t port)
{
	return bit(port, EVTCHN_FIFO_PENDING);
}

static void clear(uint32_t port)
{
	__atomic_and_fetch(word(port), ~FLAG(EVTCHN_FIFO_PENDING), __ATOMIC_SEQ_CST);
}

/* Take a port off its queue: LINKED and the link go, the next port comes back. */
static uint32_t unlink_port(uint32_t port)
{
	uint32_t old = __atomic_load_n(word(port), __ATOMIC_SEQ_CST), new;

	do
		new = old & ~(FLAG(EVTCHN_FIFO_LINKED) | EVTCHN_FIFO_LINK_MASK);
	while (!__atomic_compare_exchange_n(word(port), &old, new, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST));
	return old & EVTCHN_FIFO_LINK_MASK;
}

/* One port of the queue; false when it was the last one. */
static bool take(uint32_t vcpu, unsigned int q, void (*run)(uint32_t port))
{
	uint32_t port = queues[vcpu].head[q];

	if (!port)
		port = __atomic_load_n(&queues[vcpu].block->head[q], __ATOMIC_SEQ_CST);
	if (!port || port >= EVENT_PORTS)
		return false;
	queues[vcpu].head[q] = unlink_port(port);
	if (pending(port) && !bit(port, EVTCHN_FIFO_MASKED)) {
		clear(port);
		run(port);
	}
	return queues[vcpu].head[q];
}

static void scan(void (*run)(uint32_t port))
{
	uint32_t vcpu = vcpu_self()->id, ready = 0;

	if (!queues[vcpu].block)
		return;
	for (;;) {
		unsigned int q;

		/*
		 * Ready bits come again with each new head, so this one is remembered until empty.
		 */
		ready |= __atomic_exchange_n(&queues[vcpu].block->ready, 0, __ATOMIC_SEQ_CST);
		if (!ready)
			return;
		q = (unsigned int)__builtin_ctz(ready);
		if (q >= EVTCHN_FIFO_MAX_QUEUES)
			return;
		if (!take(vcpu, q, run))
			ready &= ~(1u << q);
	}
}

static int64_t new_port(uint32_t port)
{
	struct evtchn_expand_array op;
	uint32_t *page, i;
	int64_t rc;

	if (pages[port / PER_PAGE])
		return 0;
	page = page_alloc();
	if (!page)
		return -ENOMEM;
	for (i = 0; i < PER_PAGE; i++)
		page[i] = FLAG(EVTCHN_FIFO_MASKED);
	op = (struct evtchn_expand_array){.array_gfn = guest_mfn(page)};
	rc = hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_expand_array, (uint64_t)&op);
	if (!rc)
		pages[port / PER_PAGE] = page;
	return rc;
}

static int64_t new_vcpu(uint32_t id)
{
	struct evtchn_init_control op = {.vcpu = id};
	int64_t rc;

	if (queues[id].block)
		return 0;
	queues[id].block = page_alloc();
	if (!queues[id].block)
		return -ENOMEM;
	op.control_gfn = guest_mfn(queues[id].block);
	rc = hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_init_control, (uint64_t)&op);
	if (rc)
		queues[id].block = NULL;
	return rc;
}

const struct event_form event_fifo = {.mask = mask,
				      .unmask = unmask,
				      .pending = pending,
				      .clear = clear,
				      .scan = scan,
				      .new_port = new_port,
				      .new_vcpu = new_vcpu};
