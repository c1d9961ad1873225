/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_PAGING_H
#define ASM_PAGING_H

#include <hv/types.h>

/* Build the hypervisor's tables from the memory map and leave the boot tables. Boot CPU, once. */
void paging_init(void);
/* An empty table. Boot only: panics without memory. */
uint64_t *paging_new_table(void);
/* The entry for @va in the table of @level (1 is lowest) below @l4, tables above made as needed. */
uint64_t *paging_entry(uint64_t *l4, uint64_t va, unsigned level);
/* CR3 = the root without a guest. */
void paging_load_idle_root(void);

#endif
