/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory by linear address of the current vCPU's kernel-mode root. The only way in: copy
 * once, then look at the copy. Addresses in the hypervisor's range and unmapped ones: -EFAULT
 * (part of the bytes may have been copied). Task context, a vCPU current, no lock that an
 * interrupt handler takes.
 */
#ifndef HV_GUEST_COPY_H
#define HV_GUEST_COPY_H

#include <hv/types.h>

int copy_from_guest(void *dst, uint64_t gva, size_t n) MUST_CHECK;
int copy_to_guest(uint64_t gva, const void *src, size_t n) MUST_CHECK;
int clear_guest(uint64_t gva, size_t n) MUST_CHECK;

/* Element @i of an array at @gva. */
#define copy_elem_from_guest(dst, gva, i)                                                          \
	copy_from_guest((dst), (gva) + (uint64_t)(i) * sizeof(*(dst)), sizeof(*(dst)))
#define copy_elem_to_guest(gva, i, src)                                                            \
	copy_to_guest((gva) + (uint64_t)(i) * sizeof(*(src)), (src), sizeof(*(src)))

#endif
