// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * XENMEM_exchange: give frames back and get as many others, say contiguous ones below 4 GiB. Done
 * in chunks of the larger of the two block sizes; a chunk is exchanged as a whole or not at all.
 */
#include <hv/dirty.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/m2p.h>
#include <hv/string.h>
#include <abi/memory.h>
#include "memory.h"

struct exchange {
	struct memory_exchange x;
	struct domain *d;
	unsigned order;       /* of a chunk */
	unsigned bits;        /* address limit of what is given */
	uint32_t n_in, n_out; /* blocks of a chunk on either side */
	uint32_t stolen;
	uint32_t *in;  /* frames of the chunk, 2^order */
	uint32_t *out; /* first frames of the new blocks */
};

static uint64_t in_first(const struct exchange *e)
{
	return e->x.nr_exchanged;
}

static uint64_t out_first(const struct exchange *e)
{
	return e->x.nr_exchanged << e->x.in.extent_order >> e->x.out.extent_order;
}

static int decode(struct exchange *e, uint64_t arg)
{
	const struct memory_reservation *in = &e->x.in, *out = &e->x.out;
	unsigned max = memory_max_order(current_domain());

	if (copy_from_guest(&e->x, arg, sizeof(e->x)))
		return -EFAULT;
	e->d = current_domain();
	if (in->domid != out->domid || (in->domid != DOMID_SELF && in->domid != e->d->id))
		return -EPERM;
	if (in->extent_order > max || out->extent_order > max)
		return -EPERM;
	e->order = MAX(in->extent_order, out->extent_order);
	e->n_in = 1u << (e->order - in->extent_order);
	e->n_out = 1u << (e->order - out->extent_order);
	e->bits = out->mem_flags & XENMEMF_ADDRESS_BITS_MASK;
	if (in->nr_extents > UINT32_MAX || out->nr_extents > UINT32_MAX ||
	    in->nr_extents << in->extent_order != out->nr_extents << out->extent_order ||
	    in->nr_extents % e->n_in || e->x.nr_exchanged > in->nr_extents ||
	    e->x.nr_exchanged % e->n_in)
		return -EINVAL;
	return 0;
}

/* Take the chunk's frames out of use; e->stolen says how many that were. */
static int steal(struct exchange *e)
{
	const uint32_t block = 1u << e->x.in.extent_order;
	uint64_t first;
	int rc;

	e->stolen = 0;
	for (uint32_t i = 0; i < e->n_in; i++) {
		if (copy_elem_from_guest(&first, e->x.in.extent_start, in_first(e) + i))
			return -EFAULT;
		for (uint32_t j = 0; j < block; j++) {
			rc = domain_steal_page(e->d, mfn_make(first + j));
			if (rc)
				return rc;
			e->in[e->stolen++] = (uint32_t)(first + j);
		}
	}
	return 0;
}

static int allocate(struct exchange *e)
{
	for (uint32_t i = 0; i < e->n_out; i++) {
		struct page *pg = heap_alloc(e->x.out.extent_order, e->bits);

		if (!pg) {
			while (i--)
				heap_free(page_of(mfn_make(e->out[i])), e->x.out.extent_order);
			return -ENOMEM;
		}
		e->out[i] = (uint32_t)page_mfn(pg).n;
	}
	return 0;
}

/* Cannot fail but for the guest's own array. */
static int perform(struct exchange *e, const uint64_t *pfn)
{
	const unsigned order = e->x.out.extent_order;
	int rc = 0;

	for (uint32_t i = 0; i < e->stolen; i++)
		domain_drop_stolen(e->d, mfn_make(e->in[i]));
	for (uint32_t i = 0; i < e->n_out; i++) {
		uint64_t mfn = e->out[i];

		memset(frame_virt(mfn_make(mfn)), 0, PAGE_SIZE << order);
		for (uint64_t j = 0; j < 1ull << order; j++) {
			m2p_set(mfn_make(mfn + j), pfn[i] + j);
			domain_adopt_page(e->d, page_of(mfn_make(mfn + j)));
			dirty_mark(page_of(mfn_make(mfn + j)));
		}
		if (copy_elem_to_guest(e->x.out.extent_start, out_first(e) + i, &mfn))
			rc = -EFAULT;
	}
	return rc;
}

static int exchange_chunk(struct exchange *e, uint64_t *pfn)
{
	int rc;

	if (copy_from_guest(pfn, e->x.out.extent_start + out_first(e) * sizeof(*pfn),
			    e->n_out * sizeof(*pfn)))
		return -EFAULT;
	/* First what fails most often: a block below a narrow limit. */
	rc = allocate(e);
	if (rc)
		return rc;
	rc = steal(e);
	if (rc) {
		while (e->stolen--)
			domain_unsteal_page(mfn_make(e->in[e->stolen]));
		for (uint32_t i = 0; i < e->n_out; i++)
			heap_free(page_of(mfn_make(e->out[i])), e->x.out.extent_order);
		return rc;
	}
	rc = perform(e, pfn);
	e->x.nr_exchanged += e->n_in;
	return rc;
}

int memory_exchange(uint64_t arg)
{
	struct exchange e;
	uint64_t *pfn;
	int rc = decode(&e, arg);

	if (rc)
		return rc;
	e.in = mem_alloc(sizeof(*e.in) << e.order);
	e.out = mem_alloc(e.n_out * sizeof(*e.out));
	pfn = mem_alloc(e.n_out * sizeof(*pfn));
	rc = e.in && e.out && pfn ? 0 : -ENOMEM;
	while (!rc && e.x.nr_exchanged < e.x.in.nr_extents) {
		rc = exchange_chunk(&e, pfn);
		if (!rc && e.x.nr_exchanged < e.x.in.nr_extents && hypercall_preempt_check())
			rc = -ERESTART;
	}
	if (copy_to_guest(arg + offsetof(struct memory_exchange, nr_exchanged), &e.x.nr_exchanged,
			  sizeof(e.x.nr_exchanged)))
		rc = -EFAULT;
	mem_free(pfn);
	mem_free(e.out);
	mem_free(e.in);
	return rc;
}
