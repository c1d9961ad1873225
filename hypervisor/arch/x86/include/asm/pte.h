/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page-table entries of long mode. Pure. */
#ifndef ASM_PTE_H
#define ASM_PTE_H

#include <stdint.h>

#define PTE_P    (1ull << 0)
#define PTE_RW   (1ull << 1)
#define PTE_US   (1ull << 2)
#define PTE_PWT  (1ull << 3)
#define PTE_PCD  (1ull << 4)
#define PTE_A    (1ull << 5)
#define PTE_D    (1ull << 6)
#define PTE_PS   (1ull << 7) /* L2, L3: a large page */
#define PTE_PAT  (1ull << 7) /* L1 */
#define PTE_G    (1ull << 8)
#define PTE_NX   (1ull << 63)
#define PTE_ADDR 0x000ffffffffff000ull

/* Uncached by the ABI's PAT (entry 3). */
#define PTE_UC (PTE_PWT | PTE_PCD)

static inline unsigned pt_index(uint64_t va, unsigned level)
{
	return (unsigned)(va >> (12 + 9 * (level - 1))) & 511;
}

#endif
