/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers. Pairing heaps, because links live in the timers: arming never allocates, costs a few
 * comparisons, and any timer can be taken out. The hardware is armed for the earliest deadline
 * when that moves forward; an early interrupt for a timer since stopped does no harm.
 */
#include <hv/timer.h>

#include <arch/smp.h>
#include <hv/cpu.h>
#include <hv/lock.h>
#include <hv/softirq.h>

struct timer_heap {
	struct spinlock lock; /* RANK_TIMER */
	struct timer *root;
	int64_t hardware; /* what the hardware is armed for, at the latest */
} __attribute__((aligned(64)));

static struct timer_heap heaps[HV_MAX_CPUS];

static struct timer *heap_meld(struct timer *a, struct timer *b)
{
	if (!a || !b)
		return a ? a : b;
	if (b->deadline < a->deadline) {
		struct timer *t = a;

		a = b;
		b = t;
	}
	b->sibling = a->child;
	if (b->sibling)
		b->sibling->back = b;
	b->back = a;
	a->child = b;
	return a;
}

/* Meld a list of siblings: in pairs from the left, then the pairs from the right. */
static struct timer *heap_meld_list(struct timer *t)
{
	struct timer *pairs = NULL, *all = NULL;

	while (t) {
		struct timer *a = t, *b = t->sibling;

		t = b ? b->sibling : NULL;
		a->sibling = NULL;
		if (b)
			b->sibling = NULL;
		a = heap_meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->sibling;

		pairs->sibling = NULL;
		all = heap_meld(all, pairs);
		pairs = next;
	}
	return all;
}

static void heap_insert(struct timer_heap *h, struct timer *t)
{
	t->child = t->sibling = t->back = NULL;
	t->armed = true;
	h->root = heap_meld(h->root, t);
	h->root->back = NULL;
}

static void heap_remove(struct timer_heap *h, struct timer *t)
{
	struct timer *rest = heap_meld_list(t->child);

	t->armed = false;
	if (t == h->root) {
		h->root = rest;
	} else {
		if (t->back->child == t)
			t->back->child = t->sibling;
		else
			t->back->sibling = t->sibling;
		if (t->sibling)
			t->sibling->back = t->back;
		h->root = heap_meld(h->root, rest);
	}
	if (h->root)
		h->root->back = NULL;
}

/* Lock the heap of the timer's CPU, which may change until we have it. */
static struct timer_heap *heap_lock(struct timer *t, unsigned long *flags)
{
	for (;;) {
		unsigned cpu = __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);

		*flags = spin_lock_irqsave(&heaps[cpu].lock);
		if (cpu == t->cpu)
			return &heaps[cpu];
		spin_unlock_irqrestore(&heaps[cpu].lock, *flags);
	}
}

/* The head may have moved forward: see to it that the hardware fires for it. Under the lock. */
static void heap_program(struct timer_heap *h, unsigned cpu)
{
	if (!h->root || h->root->deadline >= h->hardware)
		return;
	h->hardware = h->root->deadline;
	if (cpu == this_cpu())
		arch_timer_arm(h->hardware);
	else
		softirq_raise_on(cpu, SOFTIRQ_TIMER);
}

void timer_cpu_init(unsigned cpu)
{
	spin_lock_init(&heaps[cpu].lock, RANK_TIMER);
	heaps[cpu].root = NULL;
	heaps[cpu].hardware = TIME_FOREVER;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg, unsigned cpu)
{
	*t = (struct timer){.fn = fn, .arg = arg, .cpu = cpu};
}

void timer_set(struct timer *t, int64_t deadline)
{
	unsigned long flags;
	struct timer_heap *h = heap_lock(t, &flags);

	if (t->armed)
		heap_remove(h, t);
	t->deadline = deadline;
	heap_insert(h, t);
	heap_program(h, t->cpu);
	spin_unlock_irqrestore(&h->lock, flags);
}

void timer_stop(struct timer *t)
{
	unsigned long flags;
	struct timer_heap *h;

	for (;;) {
		h = heap_lock(t, &flags);
		if (t->armed)
			heap_remove(h, t);
		if (!t->running || t->cpu == this_cpu())
			break;
		spin_unlock_irqrestore(&h->lock, flags);
		cpu_relax();
	}
	spin_unlock_irqrestore(&h->lock, flags);
}

void timer_migrate(struct timer *t, unsigned cpu)
{
	unsigned long flags;
	struct timer_heap *h = heap_lock(t, &flags);
	bool armed = t->armed;

	/* A running one stays: timer_stop() must know where to wait for it. */
	if (t->cpu == cpu || t->running) {
		spin_unlock_irqrestore(&h->lock, flags);
		return;
	}
	if (armed)
		heap_remove(h, t);
	__atomic_store_n(&t->cpu, cpu, __ATOMIC_RELAXED);
	spin_unlock_irqrestore(&h->lock, flags);
	if (armed)
		timer_set(t, t->deadline);
}

void timer_softirq(void)
{
	struct timer_heap *h = &heaps[this_cpu()];
	unsigned long flags = spin_lock_irqsave(&h->lock);
	struct timer *t;

	while ((t = h->root) && t->deadline <= time_now()) {
		heap_remove(h, t);
		t->running = true;
		spin_unlock_irqrestore(&h->lock, flags);
		t->fn(t->arg);
		flags = spin_lock_irqsave(&h->lock);
		t->running = false;
	}
	h->hardware = t ? t->deadline : TIME_FOREVER;
	if (t)
		arch_timer_arm(t->deadline);
	spin_unlock_irqrestore(&h->lock, flags);
}
