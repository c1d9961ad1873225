/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_PAGING_H
#define ASM_PAGING_H

/* Build the hypervisor's tables from the memory map and leave the boot tables. Boot CPU, once. */
void paging_init(void);
/* CR3 = the root without a guest. */
void paging_load_idle_root(void);

#endif
