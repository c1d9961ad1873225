// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/base.h"
#include "abi/mmu.h"
#include "stream/p2m.h"

enum { LEVELS = 4, LEVEL_BITS = 9, TREE_LEVELS = 2 };

/* More would not fit into the address range that guests have for it. */
#define PFNS_MAX (1ULL << 32)

static int out_of_memory(struct diag *d)
{
	return diag_set(d, -ENOMEM, "out of memory");
}

/*
 * The frames that entries first to last of a row of n tables name; the row is replaced by them. A
 * mask picks the frame number out of an entry.
 */
static int descend(struct vm *vm, mfn_t **row, size_t n, uint64_t first, size_t count, bool pte,
		   struct diag *d)
{
	const uint64_t *map = vm_map(vm, false, *row, n);
	mfn_t *next = calloc(count, sizeof(*next));
	size_t i;
	int rc = 0;

	if (!map || !next) {
		rc = map ? out_of_memory(d)
			 : diag_set(d, -errno, "the guest's list of its frames cannot be read: %s",
				    strerror(errno));
	} else {
		for (i = 0; i < count; i++)
			next[i].n = pte ? (map[first + i] & PTE_ADDR_MASK) >> FRAME_SHIFT
					: map[first + i];
		free(*row);
		*row = next;
		next = NULL;
	}
	vm_unmap((void *)map, n);
	free(next);
	return rc;
}

/*
 * Kernels reserve room for memory that may be added, and let all of it show the same empty frames:
 * how many of the n members the last one's equals end, 0 if it is alone.
 */
static size_t same_at_end(const mfn_t *row, size_t n)
{
	size_t same = 1;

	while (same < n && row[n - 1 - same].n == row[n - 1].n)
		same++;
	return same > 1 ? same : 0;
}

static int empty_list(struct diag *d)
{
	return diag_set(d, -ERANGE, "the guest's list of its frames is empty");
}

static void shorten(struct p2m *p, uint64_t leaves)
{
	p->nr_leaves = leaves;
	p->nr = leaves * P2M_PER_FRAME;
}

/* By the page tables that map the list: what current kernels offer. */
static int find_linear(struct p2m *p, mfn_t **row, struct diag *d)
{
	uint64_t va = p->shared->arch.p2m_vaddr, mask = (1ULL << 48) - 1;
	uint64_t end = va + p->nr_leaves * FRAME_SIZE - 1;
	size_t n = 1;
	int level, rc = 0;

	if (end < va || (va >> 47 && ~va >> 47) || (va ^ end) >> 47 || va & (FRAME_SIZE - 1))
		return diag_set(d, -ERANGE,
				"the guest says that the list of its frames is at %#llx",
				(unsigned long long)va);
	(*row)[0].n = p->shared->arch.p2m_cr3 >> FRAME_SHIFT;
	for (level = LEVELS; level > 0 && !rc; level--) {
		unsigned shift = FRAME_SHIFT + LEVEL_BITS * (unsigned)(level - 1);
		/* Tables of this row begin at the one that maps va. */
		uint64_t from = (va & mask) >> (shift + LEVEL_BITS) << LEVEL_BITS;
		uint64_t first = ((va & mask) >> shift) - from;
		uint64_t last = ((end & mask) >> shift) - from;

		rc = descend(p->vm, row, n, first, last - first + 1, true, d);
		n = last - first + 1;
		if (!rc && level == 2 && same_at_end(*row, n)) {
			n -= same_at_end(*row, n);
			if (!n)
				return empty_list(d);
			shorten(p, (((from + first + n) << shift) - (va & mask)) >> FRAME_SHIFT);
			end = va + p->nr_leaves * FRAME_SIZE - 1;
		}
	}
	return rc;
}

/* By a tree of frame lists: what older kernels offer. */
static int find_tree(struct p2m *p, mfn_t **row, struct diag *d)
{
	size_t middle = (p->nr_leaves - 1) / P2M_PER_FRAME + 1;
	int rc;

	if (middle > P2M_PER_FRAME)
		return diag_set(d, -ERANGE, "the guest says that it has %llu pages",
				(unsigned long long)p->nr);
	(*row)[0].n = p->shared->arch.pfn_to_mfn_frame_list_list;
	rc = descend(p->vm, row, 1, 0, middle, false, d);
	if (rc)
		return rc;
	if (same_at_end(*row, middle)) {
		middle -= same_at_end(*row, middle);
		if (!middle)
			return empty_list(d);
		shorten(p, middle * P2M_PER_FRAME);
	}
	return descend(p->vm, row, middle, 0, p->nr_leaves, false, d);
}

static int map_shared(struct p2m *p, struct diag *d)
{
	mfn_t frame = vm_shared_info(p->vm);

	p->shared = vm_map(p->vm, false, &frame, 1);
	return p->shared ? 0
			 : diag_set(d, -errno, "cannot map the guest's shared page: %s",
				    strerror(errno));
}

static int map_list(struct p2m *p, struct diag *d)
{
	int rc;

	p->nr = p->shared->arch.max_pfn;
	p->generation = p->shared->arch.p2m_generation;
	if (!p->nr || p->nr > PFNS_MAX) {
		diag_set(d, -ERANGE, "the guest has not said where its list of frames is");
		return diag_hint(d, -ERANGE, "its kernel is at its very start, or cannot be saved");
	}
	p->leaves = calloc(1, sizeof(*p->leaves));
	if (!p->leaves)
		return out_of_memory(d);
	p->nr_leaves = (p->nr - 1) / P2M_PER_FRAME + 1;
	rc = p->shared->arch.p2m_cr3 ? find_linear(p, &p->leaves, d) : find_tree(p, &p->leaves, d);
	if (rc)
		return rc;
	p->frame = vm_map(p->vm, false, p->leaves, p->nr_leaves);
	return p->frame ? 0
			: diag_set(d, -errno, "the guest's list of its frames cannot be read: %s",
				   strerror(errno));
}

int p2m_open(struct p2m *p, struct vm *vm, struct diag *d)
{
	int rc;

	*p = (struct p2m){.vm = vm};
	rc = map_shared(p, d);
	if (!rc)
		rc = map_list(p, d);
	if (rc)
		p2m_close(p);
	return rc;
}

void p2m_close(struct p2m *p)
{
	if (p->frame)
		vm_unmap((void *)p->frame, p->nr_leaves);
	if (p->shared)
		vm_unmap((void *)p->shared, 1);
	free(p->leaves);
	*p = (struct p2m){.vm = NULL};
}

uint64_t p2m_pfn(const struct p2m *p, uint64_t frame)
{
	uint64_t pfn = vm_pfn(p->vm, (mfn_t){frame});

	return pfn < p->nr && p->frame[pfn] == frame ? pfn : ~0ULL;
}

bool p2m_moved(const struct p2m *p)
{
	return p->shared->arch.p2m_generation != p->generation;
}
