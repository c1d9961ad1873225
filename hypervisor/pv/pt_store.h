/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a decoded instruction stores to its memory operand. Pure: the operand's old value in, the
 * new value and the effect on registers out.
 */
#ifndef PV_PT_STORE_H
#define PV_PT_STORE_H

#include "insn.h"

struct pt_store {
	bool writes;    /* false: the operand stays (compare failed) */
	uint64_t value; /* new value of the operand */
	uint64_t flags; /* rflags afterwards */
	uint8_t reg;    /* register that changes too, INSN_NO_REG = none */
	uint64_t reg_value;
};

/* Bytes from the decoded address to the operand: not 0 only for bit numbers in registers. */
int64_t pt_store_offset(const struct insn *in, struct regs *regs);

/* 0; -EINVAL: not a store that is emulated. @old: in->op_size bytes. @regs unchanged. */
int pt_store_eval(const struct insn *in, struct regs *regs, uint64_t old,
		  struct pt_store *out) MUST_CHECK;
/* The store is done: registers, flags, and on to the next instruction. */
void pt_store_commit(const struct insn *in, struct regs *regs, const struct pt_store *s);

#endif
