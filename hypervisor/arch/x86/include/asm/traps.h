/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers that the stubs and the guest's entry code call. Interrupts are off. */
#ifndef ASM_TRAPS_H
#define ASM_TRAPS_H

#include <hv/regs.h>
#include <hv/types.h>

/* An exception in the hypervisor: fixed up, or the end. */
void trap_from_hv(struct regs *regs);
/* Vector >= 0x20, from wherever: run its handler, then EOI. */
void irq_dispatch(struct regs *regs);
/* NMI and machine check that interrupted a guest; return to go on. */
void nmi_from_guest(struct regs *regs);
void mce_from_guest(struct regs *regs);
/* From now on an NMI halts the CPU that gets it. */
void nmi_stops_cpus(void);
/* A fault nobody expected. */
NORETURN void fatal_trap(const struct regs *regs);

#endif
