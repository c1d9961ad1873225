/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffers of the trace: made once, written by their CPU with interrupts off. */
#include <hv/trace.h>

#include <arch/time.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/evtchn.h>
#include <hv/heap.h>
#include <hv/softirq.h>
#include <hv/string.h>
#include <hv/vcpu.h>

#define RECORD_MAX ((3u + TRACE_EXTRA_MAX) * 4)

struct buffer {
	struct trace_buffer *shared;
	uint32_t prod;
	uint32_t lost; /* records since the last that found room */
	uint64_t lost_tsc;
	bool told; /* the reader knows that it has something to do */
};

uint32_t trace_active;

static uint32_t classes = TRC_ALL;
static struct cpumask cpus;
static bool enabled;
static struct buffer buffers[HV_MAX_CPUS];
static struct trace_info *info;
static uint32_t info_bytes;
static uint32_t capacity; /* bytes of records in a buffer */

static void tell_reader(UNUSED void *arg)
{
	evtchn_raise_global_virq(VIRQ_TBUF);
}

static struct tasklet tellers[HV_MAX_CPUS];

/* Bytes not yet read; all of them if the reader's position makes no sense. */
static uint32_t buffer_used(const struct buffer *b)
{
	uint32_t cons = __atomic_load_n(&b->shared->cons, __ATOMIC_ACQUIRE);
	uint32_t used = b->prod >= cons ? b->prod - cons : b->prod + 2 * capacity - cons;

	return cons < 2 * capacity && used <= capacity ? used : capacity;
}

static uint32_t *buffer_at(const struct buffer *b)
{
	uint32_t at = b->prod >= capacity ? b->prod - capacity : b->prod;

	return (uint32_t *)((char *)(b->shared + 1) + at);
}

static uint32_t buffer_tail(const struct buffer *b)
{
	return b->prod >= capacity ? 2 * capacity - b->prod : capacity - b->prod;
}

static void put(struct buffer *b, uint32_t event, uint64_t tsc, const uint32_t *words, unsigned n)
{
	uint32_t *to = buffer_at(b);

	*to++ = event | n << TRACE_EXTRA_SHIFT | (tsc ? TRACE_TSC : 0);
	if (tsc) {
		*to++ = (uint32_t)tsc;
		*to++ = (uint32_t)(tsc >> 32);
	}
	for (unsigned i = 0; i < n; i++)
		*to++ = words[i];
	b->prod += (1 + (tsc ? 2 : 0) + n) * 4;
	if (b->prod >= 2 * capacity)
		b->prod -= 2 * capacity;
}

/* See that @bytes, RECORD_MAX at most, fit in one piece. */
static bool make_room(struct buffer *b, uint32_t bytes)
{
	static const uint32_t nothing[TRACE_EXTRA_MAX];
	uint32_t tail = buffer_tail(b), words = tail / 4 - 1;

	if (capacity - buffer_used(b) < bytes + (tail < bytes ? tail : 0))
		return false;
	if (tail < bytes) {
		bool long_one = words > TRACE_EXTRA_MAX;

		put(b, TRC_TRACE_WRAP_BUFFER, long_one, nothing, words - (long_one ? 2 : 0));
	}
	return true;
}

static bool put_lost(struct buffer *b)
{
	const struct vcpu *v = current_vcpu();
	uint32_t words[4] = {b->lost,
			     v ? (uint32_t)v->domain->id << 16 | v->id : (uint32_t)DOMID_IDLE << 16,
			     (uint32_t)b->lost_tsc, (uint32_t)(b->lost_tsc >> 32)};

	if (!make_room(b, (3 + ARRAY_SIZE(words)) * 4))
		return false;
	put(b, TRC_LOST_RECORDS, arch_tsc_read(), words, ARRAY_SIZE(words));
	b->lost = 0;
	return true;
}

/* Bits 16 and up name classes, bits 12 to 15 parts of them. */
static bool wanted(uint32_t event)
{
	uint32_t both = event & trace_active;

	return both >> TRC_CLS_SHIFT && both >> TRC_SUBCLS_SHIFT & 0xf;
}

void trace_write(uint32_t event, const uint32_t *words, unsigned n)
{
	struct buffer *b = &buffers[this_cpu()];
	unsigned long flags;
	uint64_t tsc;

	if (!wanted(event) || !b->shared || !cpumask_test(&cpus, this_cpu()))
		return;
	flags = irq_save();
	tsc = arch_tsc_read();
	if ((b->lost && !put_lost(b)) || !make_room(b, (3 + n) * 4)) {
		if (!b->lost++)
			b->lost_tsc = tsc;
	} else {
		put(b, event, tsc, words, n);
	}
	/* The reader must see the records before the position. */
	__atomic_store_n(&b->shared->prod, b->prod, __ATOMIC_RELEASE);
	if (buffer_used(b) < capacity / 2) {
		b->told = false;
	} else if (!b->told) {
		b->told = true;
		tasklet_schedule(&tellers[this_cpu()]);
	}
	irq_restore(flags);
}

static uint32_t list_at(unsigned cpu, unsigned ncpus, uint32_t frames)
{
	return DIV_ROUND_UP(sizeof(*info) + ncpus * sizeof(uint16_t), sizeof(uint32_t)) +
	       cpu * frames;
}

static void list_buffer(unsigned cpu, unsigned ncpus, uint32_t frames, struct page *pg)
{
	uint32_t at = list_at(cpu, ncpus, frames);

	((uint16_t *)(info + 1))[cpu] = (uint16_t)at;
	for (uint32_t i = 0; i < frames; i++) {
		((uint32_t *)info)[at + i] = (uint32_t)page_mfn(pg + i).n;
		page_share(pg + i, domain_xen, true);
	}
	memset(page_virt(pg), 0, frames * PAGE_SIZE);
	tellers[cpu] = (struct tasklet)TASKLET_INIT(tell_reader, NULL);
	buffers[cpu].shared = page_virt(pg);
}

int trace_set_size(uint32_t frames)
{
	unsigned ncpus = cpumask_count(&cpus_online), got = 0;
	unsigned order = heap_order((uint64_t)frames * PAGE_SIZE), info_order;
	struct page *pg[HV_MAX_CPUS], *ipg;
	uint32_t words = list_at(ncpus, ncpus, frames);

	if (!frames || frames > UINT16_MAX || words > UINT16_MAX)
		return -EINVAL;
	if (info)
		return info->tbuf_size == frames ? 0 : -EINVAL;
	info_order = heap_order(words * sizeof(uint32_t));
	ipg = heap_alloc(info_order, 0);
	while (ipg && got < ncpus && (pg[got] = heap_alloc(order, 0)))
		got++;
	if (!ipg || got < ncpus)
		goto no_memory;
	info = page_virt(ipg);
	memset(info, 0, PAGE_SIZE << info_order);
	info->tbuf_size = (uint16_t)frames;
	info_bytes = (uint32_t)PAGE_SIZE << info_order;
	for (unsigned i = 0; i < 1u << info_order; i++)
		page_share(ipg + i, domain_xen, false);
	capacity = frames * (uint32_t)PAGE_SIZE - (uint32_t)sizeof(struct trace_buffer);
	for (unsigned i = 0; i < ncpus; i++)
		list_buffer(i, ncpus, frames, pg[i]);
	cpus = cpus_online;
	return 0;

no_memory:
	while (got--)
		heap_free(pg[got], order);
	if (ipg)
		heap_free(ipg, info_order);
	return -ENOMEM;
}

static void apply(void)
{
	uint32_t now = enabled ? classes : 0;

	trace_active = now;
	arch_trace_entries(now != 0);
}

void trace_set_classes(uint32_t to)
{
	classes = to;
	apply();
}

void trace_set_cpus(const struct cpumask *to)
{
	cpus = *to;
}

int trace_enable(void)
{
	if (!info)
		return -EINVAL;
	enabled = true;
	apply();
	return 0;
}

void trace_disable(void)
{
	enabled = false;
	apply();
}

void trace_describe(struct sysctl_tbuf_op *op)
{
	op->evt_mask = classes;
	op->buffer_mfn = info ? virt_frame(info).n : 0;
	op->size = info_bytes;
}
