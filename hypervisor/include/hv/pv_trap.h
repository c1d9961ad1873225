/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside pv/ and arch/x86: traps of the running vCPU on their way to its kernel. */
#ifndef HV_PV_TRAP_H
#define HV_PV_TRAP_H

#include <hv/pv.h>
#include <hv/regs.h>

#define TRAP_DB    1
#define TRAP_NMI   2
#define TRAP_BP    3
#define TRAP_OF    4
#define TRAP_UD    6
#define TRAP_NM    7
#define TRAP_GP    13
#define TRAP_PF    14
#define TRAP_MC    18
#define TRAP_COUNT 256

/* Deliver INT @n that stands at rip with @len bytes: to its handler when it may, else as #GP. */
void pv_soft_interrupt(struct regs *regs, unsigned n, unsigned len);
/* SYSCALL of guest-user mode; @compat: from 32-bit code. rip is that behind the instruction. */
void pv_syscall(struct regs *regs, bool compat);
/* SYSENTER; rip and rsp are lost. */
void pv_sysenter(struct regs *regs);
/* The frame in @regs can't be returned to, or selectors @sel (ds, es, fs, gs) did not load. */
void pv_failsafe(struct regs *regs, const uint16_t sel[4]);
/* #GP and #UD of a guest: emulate what is allowed, else deliver. */
void pv_general_protection(struct regs *regs);
void pv_invalid_opcode(struct regs *regs);

#endif
