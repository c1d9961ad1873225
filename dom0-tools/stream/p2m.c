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
static int find_linear(struct p2m *p, const struct shared_info *s, mfn_t **row, struct diag *d)
{
	uint64_t va = s->arch.p2m_vaddr, mask = (1ULL << 48) - 1;
	uint64_t end = va + p->nr_leaves * FRAME_SIZE - 1;
	size_t n = 1;
	int level, rc = 0;

	if (end < va || (va >> 47 && ~va >> 47) || (va ^ end) >> 47 || va & (FRAME_SIZE - 1))
		return diag_set(d, -ERANGE,
				"the guest says that the list of its frames is at %#llx",
				(unsigned long long)va);
	(*row)[0].n = s->arch.p2m_cr3 >> FRAME_SHIFT;
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
static int find_tree(struct p2m *p, const struct shared_info *s, mfn_t **row, struct diag *d)
{
	size_t middle = (p->nr_leaves - 1) / P2M_PER_FRAME + 1;
	int rc;

	if (middle > P2M_PER_FRAME)
		return diag_set(d, -ERANGE, "the guest says that it has %llu pages",
				(unsigned long long)p->nr);
	(*row)[0].n = s->arch.pfn_to_mfn_frame_list_list;
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

int p2m_open(struct p2m *p, struct vm *vm, const struct shared_info *s, struct diag *d)
{
	mfn_t *row = calloc(1, sizeof(*row));
	int rc;

	*p = (struct p2m){.vm = vm, .nr = s->arch.max_pfn};
	p->generation = s->arch.p2m_generation;
	if (!row)
		return out_of_memory(d);
	if (!p->nr || p->nr > PFNS_MAX) {
		free(row);
		diag_set(d, -ERANGE, "the guest has not said where its list of frames is");
		return diag_hint(d, -ERANGE, "its kernel is at its very start, or cannot be saved");
	}
	p->nr_leaves = (p->nr - 1) / P2M_PER_FRAME + 1;
	rc = s->arch.p2m_cr3 ? find_linear(p, s, &row, d) : find_tree(p, s, &row, d);
	if (!rc) {
		p->frame = vm_map(vm, false, row, p->nr_leaves);
		if (!p->frame)
			rc = diag_set(d, -errno,
				      "the guest's list of its frames cannot be read: %s",
				      strerror(errno));
	}
	p->leaves = row;
	if (rc)
		p2m_close(p);
	return rc;
}

void p2m_close(struct p2m *p)
{
	if (p->frame)
		vm_unmap((void *)p->frame, p->nr_leaves);
	free(p->leaves);
	*p = (struct p2m){.vm = NULL};
}

uint64_t p2m_pfn(const struct p2m *p, uint64_t frame)
{
	uint64_t pfn = vm_pfn(p->vm, (mfn_t){frame});

	return pfn < p->nr && p->frame[pfn] == frame ? pfn : ~0ULL;
}

bool p2m_moved(const struct p2m *p, const struct shared_info *s)
{
	return s->arch.p2m_generation != p->generation;
}
