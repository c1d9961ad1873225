/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory by linear address of the current vCPU's kernel-mode root. The only way in: copy
 * once, then look at the copy. Addresses in the hypervisor's range and unmapped ones: -EFAULT
 * (part of the bytes may have been copied). Task context, a vCPU current, no lock that an
 * interrupt handler takes.
 */
#ifndef HV_GUEST_COPY_H
#define HV_GUEST_COPY_H

#include <asm/guest_words.h>
#include <hv/types.h>

int copy_from_guest(void *dst, uint64_t gva, size_t n) MUST_CHECK;
int copy_to_guest(uint64_t gva, const void *src, size_t n) MUST_CHECK;
int clear_guest(uint64_t gva, size_t n) MUST_CHECK;

/* Element @i of an array at @gva. */
#define copy_elem_from_guest(dst, gva, i)                                                          \
	copy_from_guest((dst), (gva) + (uint64_t)(i) * sizeof(*(dst)), sizeof(*(dst)))
#define copy_elem_to_guest(gva, i, src)                                                            \
	copy_to_guest((gva) + (uint64_t)(i) * sizeof(*(src)), (src), sizeof(*(src)))

/*
 * The same for an object of 4 bytes or a few times 8, with its type's size: the hot paths' form,
 * a move a word where nothing faults. The object itself has its address taken on the slow way only.
 */
#define guest_get(dst, gva)                                                                        \
	({                                                                                         \
		const uint64_t from_ = (gva);                                                      \
		__typeof__(*(dst)) fast_, slow_;                                                   \
		int rc_ = 0;                                                                       \
                                                                                                   \
		if (likely(guest_words_get(&fast_, from_, sizeof(fast_)))) {                       \
			*(dst) = fast_;                                                            \
		} else {                                                                           \
			rc_ = copy_from_guest(&slow_, from_, sizeof(slow_));                       \
			*(dst) = slow_;                                                            \
		}                                                                                  \
		rc_;                                                                               \
	})
#define guest_put(gva, src)                                                                        \
	({                                                                                         \
		const uint64_t to_ = (gva);                                                        \
		const __typeof__(*(src)) fast_ = *(src);                                           \
		int rc_ = 0;                                                                       \
                                                                                                   \
		if (unlikely(!guest_words_put(to_, &fast_, sizeof(fast_)))) {                      \
			const __typeof__(*(src)) slow_ = fast_;                                    \
                                                                                                   \
			rc_ = copy_to_guest(to_, &slow_, sizeof(slow_));                           \
		}                                                                                  \
		rc_;                                                                               \
	})

#endif
