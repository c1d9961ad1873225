/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few words of guest memory in straight code. False: not copied (all), and it is for
 * copy_from_guest() and copy_to_guest() to find out what the matter is.
 */
#ifndef ASM_GUEST_WORDS_H
#define ASM_GUEST_WORDS_H

#include <asm/extable.h>
#include <asm/smap.h>
#include <hv/types.h>
#include <hv/vaspace.h>

#define HV_VA_BITS 43
_Static_assert(HV_VA_END - HV_VA_START == 1ull << HV_VA_BITS && !(HV_VA_START << 21),
	       "the range must be told by the upper bits");

/* What begins below the range begins where no address is canonical: the first access faults. */
static inline bool guest_words_outside(uint64_t gva)
{
	return likely((int64_t)gva >> HV_VA_BITS != (int64_t)HV_VA_START >> HV_VA_BITS);
}

/* @n is a constant: 4, or a multiple of 8 up to 64. */
static inline __attribute__((always_inline)) bool guest_words_get(void *dst, uint64_t gva, size_t n)
{
	if (!guest_words_outside(gva))
		return false;
	SMAP_STAC();
	if (n == 4) {
		uint32_t half;

		__asm__ goto("1:\tmovl %1, %0\n\t" EXTABLE("1b", "%l[fault]")
			     : "=r"(half)
			     : "m"(*(const uint32_t *)gva)
			     : "memory"
			     : fault);
		*(uint32_t *)dst = half;
	}
#pragma GCC unroll 8
	for (size_t i = 0; i < n / 8; i++) {
		uint64_t word;

		__asm__ goto("1:\tmovq %1, %0\n\t" EXTABLE("1b", "%l[fault]")
			     : "=r"(word)
			     : "m"(((const uint64_t *)gva)[i])
			     : "memory"
			     : fault);
		((uint64_t *)dst)[i] = word;
	}
	SMAP_CLAC();
	return true;
fault:
	SMAP_CLAC();
	return false;
}

static inline __attribute__((always_inline)) bool guest_words_put(uint64_t gva, const void *src,
								  size_t n)
{
	if (!guest_words_outside(gva))
		return false;
	SMAP_STAC();
	if (n == 4)
		__asm__ goto("1:\tmovl %1, %0\n\t" EXTABLE("1b", "%l[fault]")
			     :
			     : "m"(*(uint32_t *)gva), "r"(*(const uint32_t *)src)
			     : "memory"
			     : fault);
#pragma GCC unroll 8
	for (size_t i = 0; i < n / 8; i++)
		__asm__ goto("1:\tmovq %1, %0\n\t" EXTABLE("1b", "%l[fault]")
			     :
			     : "m"(((uint64_t *)gva)[i]), "r"(((const uint64_t *)src)[i])
			     : "memory"
			     : fault);
	SMAP_CLAC();
	return true;
fault:
	SMAP_CLAC();
	return false;
}

#endif
