/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_PAGING_H
#define ASM_PAGING_H

#include <asm/pte.h>
#include <hv/types.h>

/* Rights of leaf entries; global, which counts only where global pages are on. */
#define MAP_RW (PTE_P | PTE_RW | PTE_A | PTE_D | PTE_G | PTE_NX)
#define MAP_RO (PTE_P | PTE_A | PTE_D | PTE_G | PTE_NX)
#define MAP_RX (PTE_P | PTE_A | PTE_D | PTE_G)

/* Build the hypervisor's tables from the memory map and leave the boot tables. Boot CPU, once. */
void paging_init(void);
/* An empty table. Boot only: panics without memory. */
uint64_t *paging_new_table(void);
/* The entry for @va in the table of @level (1 is lowest) below @l4, tables above made as needed. */
uint64_t *paging_entry(uint64_t *l4, uint64_t va, unsigned level);
/* Map the image from @start to @end below @l4, at its own addresses. As paging_entry(). */
void paging_map_image(uint64_t *l4, const char *start, const char *end, uint64_t rights);
/* CR3 = the root without a guest. */
void paging_load_idle_root(void);

#endif
