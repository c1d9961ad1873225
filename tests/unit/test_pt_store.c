// SPDX-License-Identifier: GPL-2.0-or-later
/* Emulated stores against the CPU itself: each instruction is run on both. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <hypervisor/pv/pt_store.h>
#include "suite.h"

#define ARITH 0x8d5ul /* CF PF AF ZF SF OF */

struct outcome {
	uint64_t mem, rax, rcx, flags;
};

/* rdi = memory, rax and rcx as given; flags from fresh. */
#define NATIVE(name, text)                                                                         \
	static struct outcome name(uint64_t m, uint64_t a, uint64_t c)                             \
	{                                                                                          \
		struct outcome o = {.mem = m};                                                     \
		uint64_t mem[3] = {0, m, 0};                                                       \
                                                                                                   \
		__asm__ volatile("xorl %%edx, %%edx\n\t" text "\n\tpushfq\n\tpopq %%rdx"           \
				 : "+a"(a), "+c"(c), "=&d"(o.flags)                                \
				 : "D"(&mem[1])                                                    \
				 : "memory", "cc");                                                \
		o.mem = mem[1];                                                                    \
		o.rax = a;                                                                         \
		o.rcx = c;                                                                         \
		return o;                                                                          \
	}

NATIVE(n_mov8, "movq %%rcx, (%%rdi)")
NATIVE(n_mov4, "movl %%ecx, (%%rdi)")
NATIVE(n_mov2, "movw %%cx, (%%rdi)")
NATIVE(n_mov1, "movb %%cl, (%%rdi)")
NATIVE(n_movi, "movq $-5, (%%rdi)")
NATIVE(n_xchg8, "xchgq %%rcx, (%%rdi)")
NATIVE(n_xchg4, "xchgl %%ecx, (%%rdi)")
NATIVE(n_xchg1, "xchgb %%ch, (%%rdi)")
NATIVE(n_add8, "addq %%rcx, (%%rdi)")
NATIVE(n_add1, "addb %%cl, (%%rdi)")
NATIVE(n_sub8, "subq %%rcx, (%%rdi)")
NATIVE(n_sub4, "subl %%ecx, (%%rdi)")
NATIVE(n_and8, "lock andq %%rcx, (%%rdi)")
NATIVE(n_or8, "lock orq %%rcx, (%%rdi)")
NATIVE(n_xor4, "xorl %%ecx, (%%rdi)")
NATIVE(n_andi, "lock andb $0xfd, (%%rdi)")
NATIVE(n_ori, "orl $0x42, (%%rdi)")
NATIVE(n_subi, "subq $-3, (%%rdi)")
NATIVE(n_cmpxchg8, "lock cmpxchgq %%rcx, (%%rdi)")
NATIVE(n_cmpxchg4, "lock cmpxchgl %%ecx, (%%rdi)")
NATIVE(n_bts, "lock btsq $5, (%%rdi)")
NATIVE(n_btr, "lock btrq $1, (%%rdi)")
NATIVE(n_btc, "btcl $31, (%%rdi)")
NATIVE(n_xadd, "lock xaddq %%rcx, (%%rdi)")
NATIVE(n_movnti, "movnti %%rcx, (%%rdi)")

static const struct {
	struct outcome (*native)(uint64_t, uint64_t, uint64_t);
	uint8_t code[INSN_MAX];
} insns[] = {
	{n_mov8, {0x48, 0x89, 0x0f}},
	{n_mov4, {0x89, 0x0f}},
	{n_mov2, {0x66, 0x89, 0x0f}},
	{n_mov1, {0x88, 0x0f}},
	{n_movi, {0x48, 0xc7, 0x07, 0xfb, 0xff, 0xff, 0xff}},
	{n_xchg8, {0x48, 0x87, 0x0f}},
	{n_xchg4, {0x87, 0x0f}},
	{n_xchg1, {0x86, 0x2f}},
	{n_add8, {0x48, 0x01, 0x0f}},
	{n_add1, {0x00, 0x0f}},
	{n_sub8, {0x48, 0x29, 0x0f}},
	{n_sub4, {0x29, 0x0f}},
	{n_and8, {0xf0, 0x48, 0x21, 0x0f}},
	{n_or8, {0xf0, 0x48, 0x09, 0x0f}},
	{n_xor4, {0x31, 0x0f}},
	{n_andi, {0xf0, 0x80, 0x27, 0xfd}},
	{n_ori, {0x83, 0x0f, 0x42}},
	{n_subi, {0x48, 0x83, 0x2f, 0xfd}},
	{n_cmpxchg8, {0xf0, 0x48, 0x0f, 0xb1, 0x0f}},
	{n_cmpxchg4, {0xf0, 0x0f, 0xb1, 0x0f}},
	{n_bts, {0xf0, 0x48, 0x0f, 0xba, 0x2f, 0x05}},
	{n_btr, {0xf0, 0x48, 0x0f, 0xba, 0x37, 0x01}},
	{n_btc, {0x0f, 0xba, 0x3f, 0x1f}},
	{n_xadd, {0xf0, 0x48, 0x0f, 0xc1, 0x0f}},
	{n_movnti, {0x48, 0x0f, 0xc3, 0x0f}},
};

static const uint64_t values[] = {
	0,
	1,
	2,
	5,
	0x7f,
	0x80,
	0xff,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x8000000000000025,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xffffffffffffffff,
	0x0010000012345067,
};
#define VALUES (sizeof(values) / sizeof(values[0]))

static void compare(unsigned i, uint64_t mem, uint64_t rax, uint64_t rcx)
{
	struct outcome o = insns[i].native(mem, rax, rcx);
	/* xor cleared flags but PF and ZF before the instruction ran. */
	struct regs regs = {.rax = rax, .rcx = rcx, .rip = 100, .rflags = 0x246};
	struct pt_store s;
	struct insn in;
	uint64_t mask;

	ck_assert_int_eq(insn_decode(&in, insns[i].code, INSN_MAX, true), 0);
	mask = in.op_size == 8 ? ~0ull : (1ull << (8 * in.op_size)) - 1;
	ck_assert_int_eq(pt_store_eval(&in, &regs, mem & mask, &s), 0);
	if (s.writes)
		mem = (mem & ~mask) | (s.value & mask);
	pt_store_commit(&in, &regs, &s);
	ck_assert_msg(mem == o.mem && regs.rcx == o.rcx && regs.rax == o.rax &&
			      (regs.rflags & ARITH) == (o.flags & ARITH),
		      "insn %u: mem %lx/%lx rax %lx/%lx rcx %lx/%lx flags %lx/%lx", i, mem, o.mem,
		      regs.rax, o.rax, regs.rcx, o.rcx, regs.rflags & ARITH, o.flags & ARITH);
	ck_assert_uint_eq(regs.rip, 100u + in.len);
}

START_TEST(as_the_cpu)
{
	for (unsigned v = 0; v < VALUES * VALUES; v++) {
		compare((unsigned)_i, values[v % VALUES], values[v / VALUES % VALUES],
			values[v / VALUES]);
		compare((unsigned)_i, values[v % VALUES], values[v % VALUES], values[v / VALUES]);
	}
}
END_TEST

START_TEST(others_are_refused)
{
	static const uint8_t codes[][INSN_MAX] = {
		{0x48, 0x89, 0xc8},       /* to a register */
		{0x48, 0x8b, 0x07},       /* a load */
		{0x48, 0x39, 0x0f},       /* cmp */
		{0x48, 0x83, 0x3f, 0x01}, /* cmp, immediate */
		{0x48, 0x11, 0x0f},       /* adc */
		{0x48, 0xc7, 0x4f, 0x00}, /* group 11 /1 */
		{0x0f, 0xba, 0x27, 0x01}, /* bt */
		{0xf3, 0x48, 0xab},       /* rep stos */
		{0xff, 0x07},             /* inc */
	};
	struct regs regs = {0};
	struct pt_store s;
	struct insn in;

	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!insn_decode(&in, codes[i], INSN_MAX, true))
			ck_assert_int_lt(pt_store_eval(&in, &regs, 0, &s), 0);
}
END_TEST

START_TEST(bit_numbers_in_registers_move_the_operand)
{
	static const uint8_t btr[INSN_MAX] = {0xf0, 0x48, 0x0f, 0xb3, 0x0f};
	struct regs regs = {.rcx = 64 * 3 + 1, .rflags = 2};
	struct pt_store s;
	struct insn in;

	ck_assert_int_eq(insn_decode(&in, btr, INSN_MAX, true), 0);
	ck_assert_int_eq(pt_store_offset(&in, &regs), 24);
	ck_assert_int_eq(pt_store_eval(&in, &regs, 7, &s), 0);
	ck_assert_uint_eq(s.value, 5);
	ck_assert_uint_eq(s.flags & 1, 1);
	regs.rcx = (uint64_t)-1;
	ck_assert_int_eq(pt_store_offset(&in, &regs), -8);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pt_store");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, as_the_cpu, 0, (int)(sizeof(insns) / sizeof(insns[0])));
	tcase_add_test(t, others_are_refused);
	tcase_add_test(t, bit_numbers_in_registers_move_the_operand);
	suite_add_tcase(s, t);
	return suite_run(s);
}
