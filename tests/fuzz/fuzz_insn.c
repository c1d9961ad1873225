/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes through the decoder: it stays inside them, and says the same for a prefix of what it
 * read. */
#include <hypervisor/pv/insn.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* By members: what is between them is nobody's. */
static bool same(const struct insn *a, const struct insn *b)
{
#define SAME(m) (a->m == b->m)
	return SAME(len) && SAME(map) && SAME(opcode) && SAME(op_size) && SAME(addr_size) &&
	       SAME(rep) && SAME(rex) && SAME(lock) && SAME(seg) && SAME(has_modrm) &&
	       SAME(is_mem) && SAME(reg) && SAME(rm) && SAME(base) && SAME(index) && SAME(scale) &&
	       SAME(rip_relative) && SAME(disp) && SAME(imm);
}

static void check(const uint8_t *data, size_t size, bool long_mode)
{
	uint8_t *copy = malloc(size ? size : 1); /* exactly sized: an overrun is found */
	struct insn a, b;
	struct regs regs;

	memcpy(copy, data, size);
	memset(&regs, 0x5a, sizeof(regs));
	if (!insn_decode(&a, copy, size, long_mode)) {
		if (!a.len || a.len > size || a.len > INSN_MAX)
			abort();
		if (insn_decode(&b, copy, a.len, long_mode) || !same(&a, &b))
			abort();
		for (size_t n = 0; n < a.len; n++)
			if (!insn_decode(&b, copy, n, long_mode))
				abort();
		if (a.is_mem)
			(void)insn_address(&a, &regs, 0);
		insn_reg_write(&regs, &a, a.reg, a.op_size,
			       insn_reg_read(&regs, &a, a.rm, a.op_size));
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, true);
	check(data, size, false);
	return 0;
}
