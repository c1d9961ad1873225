/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host build: there is no shorter way than copy_from_guest() and copy_to_guest(). */
#ifndef ASM_GUEST_WORDS_H
#define ASM_GUEST_WORDS_H

#include <hv/types.h>

static inline bool guest_words_get(void *dst, uint64_t gva, size_t n)
{
	(void)dst, (void)gva, (void)n;
	return false;
}

static inline bool guest_words_put(uint64_t gva, const void *src, size_t n)
{
	(void)gva, (void)src, (void)n;
	return false;
}

#endif
