/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery by queues (ABI: abi-facts 5). A queue, one a vCPU and priority, is a list through the
 * LINK fields of its ports' words; the guest takes ports from its head. Which port is its tail is
 * known here alone: what a guest writes into words or control blocks may lose its own events, and
 * never leads us anywhere. One lock a domain covers its queues; all steps under it are bounded.
 */
#include "evtchn.h"

#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/string.h>
#include <hv/tlb.h>
#include <hv/trace.h>

#define WORDS_PER_PAGE (PAGE_SIZE / sizeof(uint32_t))
#define PAGES_MAX      (EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)
#define PENDING        (1u << EVTCHN_FIFO_PENDING)
#define MASKED         (1u << EVTCHN_FIFO_MASKED)
#define LINKED         (1u << EVTCHN_FIFO_LINKED)
#define BUSY           (1u << EVTCHN_FIFO_BUSY)

/* What a guest that keeps to the ABI may change in a linked word: four bits, each once. */
#define LINK_TRIES 5

struct fifo_vcpu {
	struct evtchn_fifo_control_block *control; /* in guest memory; NULL: not told yet */
	evtchn_port_t tail[EVTCHN_FIFO_MAX_QUEUES];
};

struct evtchn_fifo {
	struct spinlock lock; /* RANK_FIFO */
	uint32_t nr_pages;
	uint32_t *page[PAGES_MAX]; /* words, in guest memory */
	struct fifo_vcpu vcpu[];
};

/* The word of @port, or NULL when its page is not there. */
static uint32_t *word_of(const struct evtchn_fifo *f, evtchn_port_t port)
{
	uint32_t *page = __atomic_load_n(&f->page[port / WORDS_PER_PAGE], __ATOMIC_ACQUIRE);

	return page ? &page[port % WORDS_PER_PAGE] : NULL;
}

/*
 * Let @tail be followed by @port. False: the guest has taken @tail from its queue. BUSY keeps a
 * guest from unmasking meanwhile; one that goes on changing the word loses the event.
 */
static bool tail_link(uint32_t *tail, evtchn_port_t port)
{
	uint32_t w = __atomic_load_n(tail, __ATOMIC_SEQ_CST);

	for (unsigned i = 0; i < LINK_TRIES && w & LINKED; i++) {
		uint32_t to = (w & ~(BUSY | (uint32_t)EVTCHN_FIFO_LINK_MASK)) | port;

		if (__atomic_compare_exchange_n(tail, &w, to, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
		if (!i)
			w = __atomic_or_fetch(tail, BUSY, __ATOMIC_SEQ_CST);
	}
	__atomic_fetch_and(tail, ~BUSY, __ATOMIC_SEQ_CST);
	return w & LINKED;
}

/* Make @port pending; unless it is masked or in a queue, put it into one. Under the lock. */
static void port_raise(struct domain *d, struct evtchn *c, evtchn_port_t port, uint32_t *word)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	uint16_t vcpu = __atomic_load_n(&c->vcpu, __ATOMIC_RELAXED);
	uint8_t priority = __atomic_load_n(&c->priority, __ATOMIC_RELAXED);
	struct fifo_vcpu *to = &f->vcpu[vcpu];
	evtchn_port_t *tail = &to->tail[priority];
	evtchn_port_t *old =
		&f->vcpu[c->queue / EVTCHN_FIFO_MAX_QUEUES].tail[c->queue % EVTCHN_FIFO_MAX_QUEUES];
	bool linked;

	/* Without a control block the guest may not have unmasked it; it looks when it does. */
	if (__atomic_fetch_or(word, PENDING, __ATOMIC_SEQ_CST) & MASKED || !to->control ||
	    __atomic_fetch_or(word, LINKED, __ATOMIC_SEQ_CST) & LINKED)
		return;
	/* The guest has taken it from its last queue; linked anew, it would look like its tail. */
	if (*old == port)
		*old = 0;
	c->queue = (uint16_t)(vcpu * EVTCHN_FIFO_MAX_QUEUES + priority) & 0x7fff;
	linked = *tail && tail_link(word_of(f, *tail), port);
	*tail = port;
	if (linked)
		return;
	__atomic_store_n(&to->control->head[priority], port, __ATOMIC_SEQ_CST);
	if (!(__atomic_fetch_or(&to->control->ready, 1u << priority, __ATOMIC_SEQ_CST) >> priority &
	      1))
		evtchn_upcall(d->vcpu[vcpu]);
}

void evtchn_fifo_set(struct domain *d, struct evtchn *c, evtchn_port_t port)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	uint32_t *word = word_of(f, port);
	uint32_t w = word ? __atomic_load_n(word, __ATOMIC_RELAXED) : 0;
	unsigned long flags;

	/* Somebody has told, or is about to; masked, the guest looks when it unmasks. */
	if (w & PENDING && w & (MASKED | LINKED))
		return;
	if (trace_on() && d->vcpu[c->vcpu])
		trace_event(d->vcpu[c->vcpu], port);
	flags = spin_lock_irqsave(&f->lock);
	word = word_of(f, port);
	if (likely(word))
		port_raise(d, c, port, word);
	else
		c->early = true;
	spin_unlock_irqrestore(&f->lock, flags);
	if (unlikely(d->evtchn.pollers[0] | d->evtchn.pollers[1]))
		evtchn_pollers_wake(d, port);
}

void evtchn_fifo_unmask(struct domain *d, struct evtchn *c, evtchn_port_t port)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	unsigned long flags = spin_lock_irqsave(&f->lock);
	uint32_t *word = word_of(f, port);

	if (word && __atomic_fetch_and(word, ~MASKED, __ATOMIC_SEQ_CST) & PENDING)
		port_raise(d, c, port, word);
	spin_unlock_irqrestore(&f->lock, flags);
}

/* It stays in its queue: the guest drops ports from there that are not pending. */
void evtchn_fifo_clear(struct domain *d, struct evtchn *c, evtchn_port_t port)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	unsigned long flags = spin_lock_irqsave(&f->lock);
	uint32_t *word = word_of(f, port);

	c->early = false;
	if (word)
		__atomic_fetch_and(word, ~PENDING, __ATOMIC_SEQ_CST);
	spin_unlock_irqrestore(&f->lock, flags);
}

uint32_t evtchn_fifo_word(struct domain *d, evtchn_port_t port)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	unsigned long flags = spin_lock_irqsave(&f->lock);
	uint32_t *word = word_of(f, port), w = word ? __atomic_load_n(word, __ATOMIC_SEQ_CST) : 0;

	spin_unlock_irqrestore(&f->lock, flags);
	return w;
}

int evtchn_fifo_alloc(struct domain *d)
{
	d->evtchn.fifo =
		mem_alloc(sizeof(*d->evtchn.fifo) + d->max_vcpus * sizeof(struct fifo_vcpu));
	if (!d->evtchn.fifo)
		return -ENOMEM;
	spin_lock_init(&d->evtchn.fifo->lock, RANK_FIFO);
	return 0;
}

int evtchn_fifo_control_add(struct domain *d, uint32_t vcpu, mfn_t frame, uint32_t offset)
{
	struct fifo_vcpu *to = &d->evtchn.fifo->vcpu[vcpu];

	if (to->control || page_get_and_type(frame, d, PGT_WRITABLE))
		return -EINVAL;
	__atomic_store_n(&to->control, (void *)((char *)frame_virt(frame) + offset),
			 __ATOMIC_RELEASE);
	return 0;
}

void evtchn_fifo_start(struct domain *d)
{
	__atomic_store_n(&d->evtchn.fifo_on, true, __ATOMIC_SEQ_CST);
	/* Senders have interrupts off: after this, none still sets bits of the other form. */
	tlb_flush_cpus(&cpus_online);
	for (evtchn_port_t p = 1; p < MIN(d->evtchn.limit, EVTCHN_2L_PORTS); p++) {
		struct evtchn *c = evtchn_find(d, p);

		if (c && c->state != EVTCHNSTAT_closed && evtchn_2l_clear(d, p))
			evtchn_fifo_set(d, c, p);
	}
}

int evtchn_fifo_page_add(struct domain *d, mfn_t frame)
{
	struct evtchn_fifo *f = d->evtchn.fifo;
	evtchn_port_t first = f->nr_pages * WORDS_PER_PAGE;
	unsigned long flags;

	if (f->nr_pages == PAGES_MAX)
		return -ENOSPC;
	if (page_get_and_type(frame, d, PGT_WRITABLE))
		return -EINVAL;
	flags = spin_lock_irqsave(&f->lock);
	__atomic_store_n(&f->page[f->nr_pages++], frame_virt(frame), __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&f->lock, flags);
	for (evtchn_port_t p = first; p < first + WORDS_PER_PAGE; p++) {
		struct evtchn *c = evtchn_find(d, p);

		if (!c)
			continue;
		flags = spin_lock_irqsave(&f->lock);
		if (c->early)
			port_raise(d, c, p, word_of(f, p));
		c->early = false;
		spin_unlock_irqrestore(&f->lock, flags);
	}
	return 0;
}

/* Nobody reaches what *@slot points to any more; give the frame back to the guest alone. */
static void slot_drop(struct evtchn_fifo *f, void **slot)
{
	unsigned long flags = spin_lock_irqsave(&f->lock);
	void *va = *slot;

	*slot = NULL;
	spin_unlock_irqrestore(&f->lock, flags);
	if (va)
		page_put_and_type(page_of(virt_frame(va)));
}

void evtchn_fifo_drop(struct domain *d)
{
	struct evtchn_fifo *f = d->evtchn.fifo;

	d->evtchn.fifo_on = false;
	/* Control blocks first: without them nobody looks at tails, even if the guest unmasks. */
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		slot_drop(f, (void **)&f->vcpu[i].control);
		memset(f->vcpu[i].tail, 0, sizeof(f->vcpu[i].tail));
	}
	for (uint32_t i = 0; i < f->nr_pages; i++)
		slot_drop(f, (void **)&f->page[i]);
	f->nr_pages = 0;
}
