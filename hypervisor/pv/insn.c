/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder knows by two tables what follows an opcode; an opcode that is not in them is refused,
 * so nothing is emulated by accident. It never touches guest memory.
 */
#include <hv/errno.h>
#include <hv/string.h>
#include "insn.h"

/* What follows an opcode, and its operand size where that is not the usual one. */
#define F_OK     0x01
#define F_MODRM  0x02
#define F_IMM8   0x04 /* sign-extended byte */
#define F_IMMZ   0x08 /* 2 or 4 bytes by operand size */
#define F_BYTE   0x10 /* bit 0 of the opcode clear: byte operands */
#define F_MOFFS  0x20 /* absolute address of address size */
#define F_TEST   0x40 /* group 3: immediate only for /0 and /1 */
#define F_SIZE64 0x80 /* operand size is 8 in long mode (moves to control registers) */

#define RM       (F_OK | F_MODRM)
#define RM_BYTE  (RM | F_BYTE)

static const uint8_t map_1[256] = {
	/* the eight ALU operations: r/m,r and r,r/m forms */
	[0x00 ... 0x03] = RM_BYTE,
	[0x08 ... 0x0b] = RM_BYTE,
	[0x10 ... 0x13] = RM_BYTE,
	[0x18 ... 0x1b] = RM_BYTE,
	[0x20 ... 0x23] = RM_BYTE,
	[0x28 ... 0x2b] = RM_BYTE,
	[0x30 ... 0x33] = RM_BYTE,
	[0x38 ... 0x3b] = RM_BYTE,
	[0x6c ... 0x6f] = F_OK | F_BYTE, /* ins, outs */
	[0x80] = RM_BYTE | F_IMM8,
	[0x81] = RM | F_IMMZ, /* ALU r/m,imm */
	[0x83] = RM | F_IMM8,
	[0x84 ... 0x8b] = RM_BYTE,                 /* test, xchg, mov */
	[0xa0 ... 0xa3] = F_OK | F_BYTE | F_MOFFS, /* mov accumulator, moffs */
	[0xa4 ... 0xa5] = F_OK | F_BYTE,           /* movs */
	[0xaa ... 0xab] = F_OK | F_BYTE,           /* stos */
	[0xc6] = RM_BYTE | F_IMM8,
	[0xc7] = RM | F_IMMZ, /* mov r/m,imm */
	[0xcc] = F_OK,
	[0xcd] = F_OK | F_IMM8,                   /* int3, int n */
	[0xe4 ... 0xe7] = F_OK | F_BYTE | F_IMM8, /* in, out imm8 */
	[0xec ... 0xef] = F_OK | F_BYTE,          /* in, out dx */
	[0xf4] = F_OK,                            /* hlt */
	[0xf6] = RM_BYTE | F_TEST,
	[0xf7] = RM | F_TEST,   /* group 3: not, neg, ... */
	[0xfa ... 0xfb] = F_OK, /* cli, sti */
	[0xfe] = RM_BYTE,
	[0xff] = RM, /* inc, dec */
};

static const uint8_t map_0f[256] = {
	[0x00 ... 0x01] = RM,            /* sldt.., sgdt.., xsetbv, rdtscp */
	[0x06] = F_OK,                   /* clts */
	[0x08 ... 0x09] = F_OK,          /* invd, wbinvd */
	[0x0b] = F_OK,                   /* ud2 */
	[0x20 ... 0x23] = RM | F_SIZE64, /* mov to and from control and debug registers */
	[0x30 ... 0x33] = F_OK,          /* wrmsr, rdtsc, rdmsr, rdpmc */
	[0xa2] = F_OK,                   /* cpuid */
	[0xab] = RM,
	[0xb3] = RM,
	[0xbb] = RM,               /* bts, btr, btc */
	[0xb0 ... 0xb1] = RM_BYTE, /* cmpxchg */
	[0xba] = RM | F_IMM8,      /* bit operations by immediate */
	[0xc0 ... 0xc1] = RM_BYTE, /* xadd */
	[0xc3] = RM,               /* movnti */
};

struct cursor {
	const uint8_t *p;
	size_t n, at;
	bool ended; /* more was wanted than there is; it was taken as zeroes */
};

/* Little-endian, sign-extended. */
static int64_t take(struct cursor *c, unsigned bytes)
{
	uint64_t raw = 0;

	if (c->n - c->at < bytes) {
		c->ended = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		raw |= (uint64_t)c->p[c->at++] << (8 * i);
	if (bytes < 8)
		raw = (uint64_t)((int64_t)(raw << (64 - 8 * bytes)) >> (64 - 8 * bytes));
	return (int64_t)raw;
}

static bool take_prefix(struct insn *in, uint8_t b, bool *op16, bool *addr_toggle)
{
	switch (b) {
	case 0x66:
		*op16 = true;
		return true;
	case 0x67:
		*addr_toggle = true;
		return true;
	case 0xf0:
		in->lock = true;
		return true;
	case 0xf2:
	case 0xf3:
		in->rep = b;
		return true;
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
		in->seg = b;
		return true;
	default:
		return false;
	}
}

static void take_sib(struct insn *in, struct cursor *c, unsigned mod)
{
	int64_t b = take(c, 1);

	in->scale = (uint8_t)(1u << ((b >> 6) & 3));
	in->index = (uint8_t)(((b >> 3) & 7) | (in->rex & 2 ? 8 : 0));
	if (in->index == 4)
		in->index = INSN_NO_REG;
	in->base = (uint8_t)((b & 7) | (in->rex & 1 ? 8 : 0));
	if ((b & 7) == 5 && mod == 0) {
		in->base = INSN_NO_REG;
		in->disp = take(c, 4);
	}
}

static void take_modrm(struct insn *in, struct cursor *c, bool long_mode)
{
	int64_t b = take(c, 1);
	unsigned mod = (b >> 6) & 3;

	in->has_modrm = true;
	in->reg = (uint8_t)(((b >> 3) & 7) | (in->rex & 4 ? 8 : 0));
	in->rm = (uint8_t)((b & 7) | (in->rex & 1 ? 8 : 0));
	in->is_mem = mod != 3;
	if (!in->is_mem)
		return;
	in->base = in->rm;
	if ((b & 7) == 4) {
		take_sib(in, c, mod);
	} else if ((b & 7) == 5 && mod == 0) {
		in->base = INSN_NO_REG;
		in->rip_relative = long_mode;
		in->disp = take(c, 4);
	}
	if (mod)
		in->disp = take(c, mod == 1 ? 1 : 4);
}

/* Prefixes, REX and opcode; returns the opcode's flags, 0: not one of ours. */
static uint8_t take_opcode(struct insn *in, struct cursor *c, bool long_mode)
{
	bool op16 = false, addr_toggle = false;
	uint8_t b, flags;

	do
		b = (uint8_t)take(c, 1);
	while (take_prefix(in, b, &op16, &addr_toggle));
	if (long_mode && (b & 0xf0) == 0x40) {
		in->rex = b;
		b = (uint8_t)take(c, 1);
	}
	if (b == 0x0f) {
		in->map = INSN_MAP_0F;
		b = (uint8_t)take(c, 1);
	}
	in->opcode = b;
	flags = in->map ? map_0f[b] : map_1[b];
	in->addr_size = long_mode && !addr_toggle ? 8 : 4;
	if (!long_mode && addr_toggle)
		return 0; /* 16-bit addressing */
	in->op_size = in->rex & 8 ? 8 : op16 ? 2 : 4;
	if ((flags & F_BYTE) && !(in->opcode & 1))
		in->op_size = 1;
	if (flags & F_SIZE64)
		in->op_size = long_mode ? 8 : 4;
	return flags;
}

/*
 * The two by which kernels write page tables most, XCHG and MOV of 64 bits to a plain address: what
 * decode_any() makes of them, in straight code. At least 7 bytes at @p.
 */
static bool decode_plain_store(struct insn *out, const uint8_t *p)
{
	const uint8_t rex = p[0], modrm = p[2], mod = modrm >> 6, rm = modrm & 7;
	int32_t disp = 0;

	if ((rex & 0xf8) != 0x48 || (p[1] != 0x87 && p[1] != 0x89) || mod == 3 || rm == 4 ||
	    (mod == 0 && rm == 5))
		return false;
	if (mod == 1)
		disp = (int8_t)p[3];
	else if (mod == 2)
		memcpy(&disp, p + 3, sizeof(disp));
	*out = (struct insn){
		.len = (uint8_t)(3 + (mod == 1) + 4 * (mod == 2)),
		.opcode = p[1],
		.op_size = 8,
		.addr_size = 8,
		.rex = rex,
		.has_modrm = true,
		.is_mem = true,
		.reg = (uint8_t)((modrm >> 3 & 7) | (rex & 4) << 1),
		.rm = (uint8_t)(rm | (rex & 1) << 3),
		.base = (uint8_t)(rm | (rex & 1) << 3),
		.index = INSN_NO_REG,
		.scale = 1,
		.disp = disp,
	};
	return true;
}

static int decode_any(struct insn *in, const uint8_t *p, size_t n, bool long_mode)
{
	struct cursor c = {.p = p, .n = MIN(n, (size_t)INSN_MAX)};
	uint8_t flags;

	*in = (struct insn){.base = INSN_NO_REG, .index = INSN_NO_REG, .scale = 1};
	flags = take_opcode(in, &c, long_mode);
	if (flags & F_MODRM)
		take_modrm(in, &c, long_mode);
	if ((flags & F_TEST) && (in->reg & 7) < 2)
		flags |= in->op_size == 1 ? F_IMM8 : F_IMMZ;
	if (flags & F_MOFFS)
		in->disp = take(&c, in->addr_size);
	if (flags & F_IMM8)
		in->imm = take(&c, 1);
	if (flags & F_IMMZ)
		in->imm = take(&c, in->op_size == 2 ? 2 : 4);
	if (c.ended)
		return n >= INSN_MAX ? -EINVAL : -ENODATA;
	if (!flags)
		return -EINVAL;
	in->len = (uint8_t)c.at;
	return 0;
}

int insn_decode(struct insn *out, const uint8_t *p, size_t n, bool long_mode)
{
	if (long_mode && n >= 7 && decode_plain_store(out, p))
		return 0;
	return decode_any(out, p, n, long_mode);
}

/* Where register @nr is in struct regs: order of encoding against order of the frame. */
static const uint8_t reg_at[16] = {
	offsetof(struct regs, rax), offsetof(struct regs, rcx), offsetof(struct regs, rdx),
	offsetof(struct regs, rbx), offsetof(struct regs, rsp), offsetof(struct regs, rbp),
	offsetof(struct regs, rsi), offsetof(struct regs, rdi), offsetof(struct regs, r8),
	offsetof(struct regs, r9),  offsetof(struct regs, r10), offsetof(struct regs, r11),
	offsetof(struct regs, r12), offsetof(struct regs, r13), offsetof(struct regs, r14),
	offsetof(struct regs, r15),
};

uint64_t *insn_reg(struct regs *regs, unsigned nr)
{
	return (uint64_t *)((char *)regs + reg_at[nr & 15]);
}

static bool is_high_byte(const struct insn *in, unsigned nr, unsigned size)
{
	return size == 1 && !in->rex && nr >= 4 && nr < 8;
}

uint64_t insn_reg_read(struct regs *regs, const struct insn *in, unsigned nr, unsigned size)
{
	if (is_high_byte(in, nr, size))
		return (*insn_reg(regs, nr - 4) >> 8) & 0xff;
	if (size == 8)
		return *insn_reg(regs, nr);
	return *insn_reg(regs, nr) & ((1ull << (8 * size)) - 1);
}

void insn_reg_write(struct regs *regs, const struct insn *in, unsigned nr, unsigned size,
		    uint64_t value)
{
	uint64_t *r = insn_reg(regs, is_high_byte(in, nr, size) ? nr - 4 : nr);
	uint64_t mask = size >= 4 ? ~0ull : (1ull << (8 * size)) - 1;
	unsigned shift = is_high_byte(in, nr, size) ? 8 : 0;

	if (size == 4)
		value = (uint32_t)value;
	*r = (*r & ~(mask << shift)) | ((value & mask) << shift);
}

uint64_t insn_address(const struct insn *in, const struct regs *regs, uint64_t seg_base)
{
	const char *frame = (const char *)regs;
	uint64_t a = (uint64_t)in->disp;

	if (in->rip_relative)
		a += regs->rip + in->len;
	if (in->base != INSN_NO_REG)
		a += *(const uint64_t *)(frame + reg_at[in->base & 15]);
	if (in->index != INSN_NO_REG)
		a += *(const uint64_t *)(frame + reg_at[in->index & 15]) * in->scale;
	if (in->addr_size == 4)
		a = (uint32_t)a;
	return a + seg_base;
}
