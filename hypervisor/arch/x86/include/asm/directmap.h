/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_DIRECTMAP_H
#define ASM_DIRECTMAP_H

#include <hv/types.h>
#include <hv/vaspace.h>

#define FRAME_TABLE ((struct page *)FRAME_TABLE_VA)
#define M2P_TABLE   ((uint64_t *)M2P_RW_VA)

static inline void *frame_virt(mfn_t mfn)
{
	return (void *)(DIRECTMAP_VA + (mfn.n << PAGE_SHIFT));
}
static inline mfn_t virt_frame(const void *va)
{
	return (mfn_t){((uint64_t)va - DIRECTMAP_VA) >> PAGE_SHIFT};
}

#endif
