/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_DIRECTMAP_H
#define ASM_DIRECTMAP_H

extern char *host_ram; /* arch/host/ram.c: the byte array that stands for RAM */

static inline void *frame_virt(mfn_t mfn)
{
	return host_ram + (mfn.n << PAGE_SHIFT);
}
static inline mfn_t virt_frame(const void *va)
{
	return (mfn_t){ (uint64_t)((const char *)va - host_ram) >> PAGE_SHIFT };
}

#endif
