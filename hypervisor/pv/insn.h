/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoder of the few x86-64 instructions that a PV guest may have emulated: privileged ones, port
 * I/O, INT, and stores to memory (page tables, read-only MMIO). Pure: bytes in, record out.
 */
#ifndef PV_INSN_H
#define PV_INSN_H

#include <hv/regs.h>
#include <hv/types.h>

#define INSN_MAX 15 /* longest legal instruction */

enum insn_map {
	INSN_MAP_1, /* one-byte opcodes */
	INSN_MAP_0F,
};

struct insn {
	uint8_t len; /* all of it, prefixes included */
	uint8_t map; /* enum insn_map */
	uint8_t opcode;
	uint8_t op_size;   /* operand bytes: 1, 2, 4 or 8 */
	uint8_t addr_size; /* 4 or 8 */
	uint8_t rep;       /* 0, 0xf2 or 0xf3 */
	uint8_t rex;
	bool lock;
	uint8_t seg; /* override prefix byte, 0 = none */
	bool has_modrm;
	bool is_mem; /* mod != 3 */
	uint8_t reg; /* ModRM.reg with REX.R; for groups the low 3 bits choose */
	uint8_t rm;  /* ModRM.rm with REX.B; the register when !is_mem */
	/* memory operand: base + index * scale + disp; INSN_NO_REG for absent parts */
	uint8_t base, index, scale;
	bool rip_relative;
	int64_t disp;
	int64_t imm; /* sign-extended; for moffs forms disp has the address */
};

#define INSN_NO_REG 0xff

/*
 * Decode at most @n bytes at @p. @long_mode: 64-bit code segment, else 32-bit. 0; -EINVAL: not one
 * of ours, or malformed; -ENODATA: it goes on beyond @n.
 */
int insn_decode(struct insn *out, const uint8_t *p, size_t n, bool long_mode) MUST_CHECK;

/* Register @nr (0 rax .. 15 r15) of @regs. */
uint64_t *insn_reg(struct regs *regs, unsigned nr);

/*
 * Value of operand register @nr of @size bytes; with @size 1 and no REX, 4 to 7 are ah, ch, dh, bh.
 * insn_reg_write() zero-extends 4-byte values and keeps the rest for smaller ones, as the CPU does.
 */
uint64_t insn_reg_read(struct regs *regs, const struct insn *in, unsigned nr, unsigned size);
void insn_reg_write(struct regs *regs, const struct insn *in, unsigned nr, unsigned size,
		    uint64_t value);

/* Linear address of the memory operand, @seg_base added (0 but for fs and gs). */
uint64_t insn_address(const struct insn *in, const struct regs *regs, uint64_t seg_base);

#endif
