/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_DIRECTMAP_H
#define ASM_DIRECTMAP_H

/* Where arch_map_hv() put what x86 has at FRAME_TABLE_VA and M2P_RW_VA (arch/host/ram.c). */
extern struct page *host_frame_table;
extern uint64_t *host_m2p;
#define FRAME_TABLE host_frame_table
#define M2P_TABLE   host_m2p

extern char *host_ram; /* arch/host/ram.c: the byte array that stands for RAM */

static inline void *frame_virt(mfn_t mfn)
{
	return host_ram + (mfn.n << PAGE_SHIFT);
}
static inline mfn_t virt_frame(const void *va)
{
	return (mfn_t){(uint64_t)((const char *)va - host_ram) >> PAGE_SHIFT};
}

#endif
