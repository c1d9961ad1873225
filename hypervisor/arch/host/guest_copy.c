// SPDX-License-Identifier: GPL-2.0-or-later
/* Guest memory: flat, or through the current vCPU's own page tables as the CPU would walk them. */
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <abi/mmu.h>
#include <string.h>
#include "host.h"

bool host_copy_walk;

/* Host address of @gva, or NULL for a fault. */
static char *translate(uint64_t gva, bool write)
{
	uint64_t e = current_vcpu()->cr3_kernel;

	for (int level = 3; level >= 0; level--) {
		uint64_t *table = frame_virt(mfn_make((e & PTE_ADDR_MASK) >> PAGE_SHIFT));

		e = table[(gva >> (12 + 9 * level)) & 511];
		if (!(e & PTE_PRESENT) || (write && !(e & PTE_RW)))
			return NULL;
	}
	if ((e & PTE_ADDR_MASK) >> PAGE_SHIFT >= frame_table_end)
		return NULL;
	return host_ram + (e & PTE_ADDR_MASK) + (gva & ~PAGE_MASK);
}

static int copy(uint64_t gva, char *to, const char *from, size_t n)
{
	if (gva < PAGE_SIZE || (gva >= HV_VA_START && gva < HV_VA_END))
		return n ? -EFAULT : 0;
	while (n) {
		size_t part = MIN(n, PAGE_SIZE - (gva & ~PAGE_MASK));
		char *p = host_copy_walk ? translate(gva, !to) : (char *)gva;

		if (!p)
			return -EFAULT;
		if (to) {
			memcpy(to, p, part);
			to += part;
		} else if (from) {
			memcpy(p, from, part);
			from += part;
		} else {
			memset(p, 0, part);
		}
		gva += part;
		n -= part;
	}
	return 0;
}

int copy_from_guest(void *dst, uint64_t gva, size_t n)
{
	return copy(gva, dst, NULL, n);
}

int copy_to_guest(uint64_t gva, const void *src, size_t n)
{
	return copy(gva, NULL, src, n);
}

int clear_guest(uint64_t gva, size_t n)
{
	return copy(gva, NULL, NULL, n);
}
