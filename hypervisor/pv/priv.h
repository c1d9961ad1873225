/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that emulate privileged instructions. */
#ifndef PV_PRIV_H
#define PV_PRIV_H

#include <hv/regs.h>
#include <hv/types.h>
#include "insn.h"

/* What became of an instruction. */
enum emulated {
	EMUL_DONE,   /* go on behind it */
	EMUL_AGAIN,  /* part of it is done: execute it again */
	EMUL_REFUSE, /* not allowed, or not ours: the guest gets its fault */
	EMUL_TRAP,   /* another trap has been delivered instead */
};

struct vcpu;

/* May code at the present mode use @size ports from @port: virtual IOPL or the bitmap. */
bool pv_port_permitted(const struct vcpu *v, uint16_t port, unsigned size);
/* One access as the domain may make it; what it may not reads as ones, and is not written. */
uint32_t pv_port_in(struct vcpu *v, uint16_t port, unsigned size);
void pv_port_out(struct vcpu *v, uint16_t port, unsigned size, uint32_t value);
/* IN, OUT, INS, OUTS. */
enum emulated pv_emulate_io(struct regs *regs, const struct insn *in, bool long_mode);

#endif
