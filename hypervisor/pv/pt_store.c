// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernels change live page tables by plain and by locked read-modify-write instructions; these are
 * the ones. Locks need no care here: the caller exchanges the entry by compare-and-swap.
 */
#include <hv/errno.h>
#include "pt_store.h"

#define CF          0x001ul
#define PF          0x004ul
#define AF          0x010ul
#define ZF          0x040ul
#define SF          0x080ul
#define RF          0x10000ul
#define OF          0x800ul
#define ARITH_FLAGS (CF | PF | AF | ZF | SF | OF)

enum alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };

static uint64_t width_mask(unsigned size)
{
	return size == 8 ? ~0ull : (1ull << (8 * size)) - 1;
}

static uint64_t sign_bit(unsigned size)
{
	return 1ull << (8 * size - 1);
}

/* Result, and its flags into *@flags. */
static int alu(enum alu op, uint64_t a, uint64_t b, unsigned size, uint64_t *result,
	       uint64_t *flags)
{
	const uint64_t mask = width_mask(size), sign = sign_bit(size);
	uint64_t r, f = 0;

	switch (op) {
	case ALU_ADD:
		r = (a + b) & mask;
		f = (r < a ? CF : 0) | (~(a ^ b) & (a ^ r) & sign ? OF : 0) | ((a ^ b ^ r) & AF);
		break;
	case ALU_SUB:
	case ALU_CMP:
		r = (a - b) & mask;
		f = (a < b ? CF : 0) | ((a ^ b) & (a ^ r) & sign ? OF : 0) | ((a ^ b ^ r) & AF);
		break;
	case ALU_OR:
		r = a | b;
		break;
	case ALU_AND:
		r = a & b;
		break;
	case ALU_XOR:
		r = a ^ b;
		break;
	default:
		return -EINVAL;
	}
	f |= (r ? 0 : ZF) | (r & sign ? SF : 0) | (__builtin_parity((unsigned)r & 0xff) ? 0 : PF);
	*result = r;
	*flags = (*flags & ~ARITH_FLAGS) | f;
	return 0;
}

/* The bit operations set, reset, complement; CF becomes the bit's old value. */
static int bit_op(unsigned op, uint64_t old, uint64_t nr, unsigned size, struct pt_store *out)
{
	uint64_t bit = 1ull << (nr & (8 * size - 1));

	out->flags = (out->flags & ~CF) | (old & bit ? CF : 0);
	switch (op) {
	case 5:
		out->value = old | bit;
		return 0;
	case 6:
		out->value = old & ~bit;
		return 0;
	case 7:
		out->value = old ^ bit;
		return 0;
	default:
		return -EINVAL;
	}
}

static int eval_map_1(const struct insn *in, struct regs *regs, uint64_t old, struct pt_store *out)
{
	const unsigned size = in->op_size;
	const uint64_t reg = insn_reg_read(regs, in, in->reg, size);
	const uint64_t imm = (uint64_t)in->imm & width_mask(size);

	switch (in->opcode) {
	case 0x88:
	case 0x89:
		out->value = reg;
		return 0;
	case 0xc6:
	case 0xc7:
		out->value = imm;
		return in->reg & 7 ? -EINVAL : 0;
	case 0x86:
	case 0x87:
		out->value = reg;
		out->reg = in->reg;
		out->reg_value = old;
		return 0;
	case 0x80:
	case 0x81:
	case 0x83:
		if ((in->reg & 7) == ALU_CMP)
			return -EINVAL;
		return alu(in->reg & 7, old, imm, size, &out->value, &out->flags);
	default:
		/* ALU r/m,r: opcode is the operation times 8, bit 1 clear. */
		if (in->opcode >= 0x38 || (in->opcode & 7) > 1)
			return -EINVAL;
		return alu(in->opcode >> 3, old, reg, size, &out->value, &out->flags);
	}
}

static int cmpxchg(const struct insn *in, struct regs *regs, uint64_t old, struct pt_store *out)
{
	const unsigned size = in->op_size;
	uint64_t rax = insn_reg_read(regs, in, 0, size), difference;
	int rc = alu(ALU_CMP, rax, old, size, &difference, &out->flags);

	if (difference) {
		out->writes = false;
		out->reg = 0;
		out->reg_value = old;
	} else {
		out->value = insn_reg_read(regs, in, in->reg, size);
	}
	return rc;
}

static int eval_map_0f(const struct insn *in, struct regs *regs, uint64_t old, struct pt_store *out)
{
	const unsigned size = in->op_size;
	const uint64_t reg = insn_reg_read(regs, in, in->reg, size);

	switch (in->opcode) {
	case 0xb0:
	case 0xb1:
		return cmpxchg(in, regs, old, out);
	case 0xab:
	case 0xb3:
	case 0xbb:
		/* bts ab, btr b3, btc bb */
		return bit_op((in->opcode >> 3) & 7, old, reg, size, out);
	case 0xba:
		return bit_op(in->reg & 7, old, (uint64_t)in->imm, size, out);
	case 0xc0:
	case 0xc1:
		out->reg = in->reg;
		out->reg_value = old;
		return alu(ALU_ADD, old, reg, size, &out->value, &out->flags);
	case 0xc3:
		out->value = reg;
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t pt_store_offset(const struct insn *in, struct regs *regs)
{
	const unsigned bits = in->op_size * 8u;
	int64_t nr;

	if (in->map != INSN_MAP_0F ||
	    (in->opcode != 0xab && in->opcode != 0xb3 && in->opcode != 0xbb))
		return 0;
	nr = (int64_t)(insn_reg_read(regs, in, in->reg, in->op_size) << (64 - bits)) >> (64 - bits);
	return (nr >> __builtin_ctz(bits)) * in->op_size;
}

int pt_store_eval(const struct insn *in, struct regs *regs, uint64_t old, struct pt_store *out)
{
	*out = (struct pt_store){.writes = true, .flags = regs->rflags, .reg = INSN_NO_REG};
	if (!in->has_modrm || !in->is_mem || in->rep)
		return -EINVAL;
	return in->map == INSN_MAP_0F ? eval_map_0f(in, regs, old, out)
				      : eval_map_1(in, regs, old, out);
}

void pt_store_commit(const struct insn *in, struct regs *regs, const struct pt_store *s)
{
	if (s->reg != INSN_NO_REG)
		insn_reg_write(regs, in, s->reg, in->op_size, s->reg_value);
	regs->rflags = s->flags & ~RF;
	regs->rip += in->len;
}
