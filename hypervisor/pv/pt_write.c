// SPDX-License-Identifier: GPL-2.0-or-later
/* Find tables. The other straight paths of the MMU are inline in hv/pt_write.h. */
#include <hv/pt_write.h>

uint64_t *pt_find(uint64_t root, uint64_t va, mfn_t *l1)
{
	uint64_t at = root & PTE_ADDR_MASK;
	char *map = frame_virt(mfn_make(0));

	if (unlikely(pt_hv_slot(pt_slot(va, 4))))
		return NULL;
#pragma GCC unroll 3
	for (unsigned level = 4; level > 1; level--) {
		const uint64_t *table = (uint64_t *)(map + at);
		uint64_t e = __atomic_load_n(&table[pt_slot(va, level)], __ATOMIC_RELAXED);

		at = e & PTE_ADDR_MASK;
		/* Another CPU may have freed the table under our eyes: only look at RAM. */
		if (unlikely(!(e & PTE_PRESENT) || !page_valid(pte_frame(at))))
			return NULL;
	}
	*l1 = pte_frame(at);
	return (uint64_t *)(map + at) + pt_slot(va, 1);
}
