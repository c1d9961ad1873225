/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_MARK_H
#define TESTS_BENCH_MARK_H
/*
 * Marks for the profiler (tests/bench/profile): what runs from mark_begin(n) to mark_end(n), both
 * left out, is counted as region n, 0 to 255, of the whole machine. One region is open at a time.
 *
 * A mark is `nopl DISP32(%rax)` whose displacement says what it is; without the profiler it does
 * nothing. With a constant number it is one instruction in place, else one that is called: that
 * adds a `ret` behind the first mark and the call before the second to the region.
 */

#define MARK_MAGIC 0x50560000
#define MARK_BEGIN (MARK_MAGIC | 1 << 8)
#define MARK_END   (MARK_MAGIC | 2 << 8)
#define MARK_COUNT 256
#define MARK_STEP  8 /* bytes of a mark and the `ret` behind it */

/* All begins, then all ends; never called by this name. */
static __attribute__((naked, noinline, unused)) void mark_table(void)
{
	__asm__(".irp kind, %c0, %c1\n\t"
		".set mark_n, 0\n\t"
		".rept %c2\n\t"
		".byte 0x0f, 0x1f, 0x80\n\t"
		".long \\kind + mark_n\n\t"
		"ret\n\t"
		".set mark_n, mark_n + 1\n\t"
		".endr\n\t"
		".endr"
		:
		: "i"(MARK_BEGIN), "i"(MARK_END), "i"(MARK_COUNT));
}

/* The barrier keeps memory accesses of the region in it, and others out. */
static inline __attribute__((always_inline)) void mark_put(unsigned int kind, unsigned char n)
{
	unsigned int row = n + (kind == MARK_END ? MARK_COUNT : 0);

	if (__builtin_constant_p(n))
		__asm__ volatile("nopl %c0(%%rax)" : : "i"(kind | n) : "memory");
	else
		((void (*)(void))((const char *)mark_table + row * MARK_STEP))();
}

static inline __attribute__((always_inline)) void mark_begin(unsigned char n)
{
	mark_put(MARK_BEGIN, n);
}

static inline __attribute__((always_inline)) void mark_end(unsigned char n)
{
	mark_put(MARK_END, n);
}

#endif
