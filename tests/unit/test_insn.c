/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instruction decoder: forms that guests use, malformed ones, operands. */
#include <check.h>
#include <hypervisor/pv/insn.h>
#include <hv/errno.h>
#include <stdlib.h>
#include <string.h>
#include "suite.h"

struct expect {
	const char *bytes;
	uint8_t n;
	bool long_mode;
	uint8_t map, opcode, len, op_size;
};

static const struct expect good[] = {
	{"\x0f\x32", 2, true, INSN_MAP_0F, 0x32, 2, 4},                 /* rdmsr */
	{"\x0f\x20\xc0", 3, true, INSN_MAP_0F, 0x20, 3, 8},             /* mov %cr0,%rax */
	{"\x0f\x01\xd1", 3, true, INSN_MAP_0F, 0x01, 3, 4},             /* xsetbv */
	{"\xec", 1, true, INSN_MAP_1, 0xec, 1, 1},                      /* in (%dx),%al */
	{"\x66\xef", 2, true, INSN_MAP_1, 0xef, 2, 2},                  /* out %ax,(%dx) */
	{"\xe6\x80", 2, true, INSN_MAP_1, 0xe6, 2, 1},                  /* out %al,$0x80 */
	{"\xf3\x6d", 2, true, INSN_MAP_1, 0x6d, 2, 4},                  /* rep insl */
	{"\xcd\x80", 2, false, INSN_MAP_1, 0xcd, 2, 4},                 /* int $0x80 */
	{"\x48\x89\x07", 3, true, INSN_MAP_1, 0x89, 3, 8},              /* mov %rax,(%rdi) */
	{"\xf0\x48\x0f\xba\x37\x05", 6, true, INSN_MAP_0F, 0xba, 6, 8}, /* lock btrq $5,(%rdi) */
	{"\xf0\x48\x0f\xb1\x0f", 5, true, INSN_MAP_0F, 0xb1, 5, 8},     /* lock cmpxchg */
	{"\x48\x87\x07", 3, true, INSN_MAP_1, 0x87, 3, 8},              /* xchg */
	{"\x48\xc7\x00\x01\x00\x00\x00", 7, true, INSN_MAP_1, 0xc7, 7, 8},
	{"\x66\xc7\x00\x01\x00", 5, true, INSN_MAP_1, 0xc7, 5, 2},
	{"\xf6\x00\x7f", 3, true, INSN_MAP_1, 0xf6, 3, 1}, /* testb $0x7f,(%rax) */
	{"\xf6\x10", 2, true, INSN_MAP_1, 0xf6, 2, 1},     /* notb (%rax) */
	{"\x67\x8b\x00", 3, true, INSN_MAP_1, 0x8b, 3, 4},
	{"\x48\xa3\x01\x02\x03\x04\x05\x06\x07\x08", 10, true, INSN_MAP_1, 0xa3, 10, 8},
	{"\xa3\x01\x02\x03\x04", 5, false, INSN_MAP_1, 0xa3, 5, 4},
};

START_TEST(decodes)
{
	const struct expect *e = &good[_i];
	struct insn in;

	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)e->bytes, e->n, e->long_mode), 0);
	ck_assert_uint_eq(in.map, e->map);
	ck_assert_uint_eq(in.opcode, e->opcode);
	ck_assert_uint_eq(in.len, e->len);
	ck_assert_uint_eq(in.op_size, e->op_size);
	for (unsigned n = 0; n < e->n; n++)
		ck_assert_int_eq(insn_decode(&in, (const uint8_t *)e->bytes, n, e->long_mode),
				 -ENODATA);
}
END_TEST

START_TEST(refuses)
{
	static const uint8_t prefixes[] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
					   0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xf4};
	static const uint8_t far_jump[] = {0xea, 0, 0, 0, 0, 0, 0};
	static const uint8_t sixteen[] = {0x67, 0x89, 0x07};
	struct insn in;

	ck_assert_int_eq(insn_decode(&in, far_jump, sizeof(far_jump), true), -EINVAL);
	ck_assert_int_eq(insn_decode(&in, prefixes, sizeof(prefixes), true), -EINVAL);
	ck_assert_int_eq(insn_decode(&in, sixteen, sizeof(sixteen), false), -EINVAL);
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x0f\xff", 2, true), -EINVAL);
}
END_TEST

/* A prefix without meaning leads the decoder round its short way for plain stores. */
START_TEST(short_way)
{
	static const uint8_t opcodes[] = {0x87, 0x88, 0x89, 0x8b};
	uint8_t code[INSN_MAX + 1] = {0x3e, 0, 0, 0, 0x85, 0x96, 0xa7, 0xb8, 0xc9};
	struct insn in, round;

	for (unsigned i = 0; i < 8 * sizeof(opcodes) * 256; i++) {
		code[1] = (uint8_t)(0x48 | (i & 7));
		code[2] = opcodes[i / 8 % sizeof(opcodes)];
		code[3] = (uint8_t)(i / 8 / sizeof(opcodes));
		ck_assert_int_eq(insn_decode(&in, code + 1, INSN_MAX, true), 0);
		ck_assert_int_eq(insn_decode(&round, code, INSN_MAX, true), 0);
		ck_assert_uint_eq(in.len + 1, round.len);
		ck_assert_uint_eq(in.seg, 0);
#define SAME(m) (in.m == round.m)
		ck_assert(SAME(map) && SAME(opcode) && SAME(op_size) && SAME(addr_size));
		ck_assert(SAME(rep) && SAME(rex) && SAME(lock) && SAME(has_modrm) && SAME(is_mem));
		ck_assert(SAME(reg) && SAME(rm) && SAME(base) && SAME(index) && SAME(scale));
		ck_assert(SAME(rip_relative) && SAME(disp) && SAME(imm));
	}
}
END_TEST

START_TEST(addresses)
{
	struct regs r = {.rbx = 0x1000, .r9 = 0x20, .rip = 0x400000, .rdi = 0x100000004ull};
	struct insn in;

	/* mov %rax,0x10(%rbx,%r9,8) */
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x4a\x89\x44\xcb\x10", 5, true), 0);
	ck_assert_uint_eq(insn_address(&in, &r, 0), 0x1000 + 0x20 * 8 + 0x10);
	ck_assert_uint_eq(insn_address(&in, &r, 0x7000), 0x8110);
	/* mov %eax,-4(%rip) */
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x89\x05\xfc\xff\xff\xff", 6, true), 0);
	ck_assert_uint_eq(insn_address(&in, &r, 0), 0x400002);
	/* the same bytes in 32-bit code are an absolute address */
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x89\x05\x00\x10\x00\x00", 6, false),
			 0);
	ck_assert_uint_eq(insn_address(&in, &r, 0), 0x1000);
	/* addr32 mov %eax,(%edi) */
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x67\x89\x07", 3, true), 0);
	ck_assert_uint_eq(insn_address(&in, &r, 0), 4);
	/* no base, no index: mov %eax,0x10 by SIB */
	ck_assert_int_eq(insn_decode(&in, (const uint8_t *)"\x89\x04\x25\x10\x00\x00\x00", 7, true),
			 0);
	ck_assert_uint_eq(insn_address(&in, &r, 0), 0x10);
}
END_TEST

START_TEST(registers)
{
	struct regs r = {.rax = 0x1122334455667788ull, .r8 = 5};
	struct insn in = {0};

	ck_assert_uint_eq(insn_reg_read(&r, &in, 0, 1), 0x88);
	ck_assert_uint_eq(insn_reg_read(&r, &in, 4, 1), 0x77); /* ah */
	insn_reg_write(&r, &in, 4, 1, 0xaa);
	ck_assert_uint_eq(r.rax, 0x112233445566aa88ull);
	insn_reg_write(&r, &in, 0, 2, 0xbeef);
	ck_assert_uint_eq(r.rax, 0x112233445566beefull);
	insn_reg_write(&r, &in, 0, 4, 0xffffffff00000001ull);
	ck_assert_uint_eq(r.rax, 1);
	in.rex = 0x40;
	insn_reg_write(&r, &in, 4, 1, 0x12); /* spl now */
	ck_assert_uint_eq(r.rsp, 0x12);
	ck_assert_uint_eq(insn_reg_read(&r, &in, 8, 8), 5);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn");
	TCase *t = tcase_create("decode");

	tcase_add_loop_test(t, decodes, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_test(t, refuses);
	tcase_add_test(t, short_way);
	tcase_add_test(t, addresses);
	tcase_add_test(t, registers);
	suite_add_tcase(s, t);
	return suite_run(s);
}
