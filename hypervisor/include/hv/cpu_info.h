/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Record of one physical CPU; on hardware it is the topmost part of the CPU's stack. */
#ifndef HV_CPU_INFO_H
#define HV_CPU_INFO_H

#include <hv/regs.h>
#include <hv/types.h>

struct vcpu;

struct cpu_info {
	/* Guest state of the interrupted guest; the stack grows down from its start. */
	struct regs guest_regs;
	struct vcpu *current; /* whose guest_regs these are; NULL while nothing runs (idle) */
	struct vcpu
		*loaded; /* whose CR3, FPU, segments are in the CPU (lazy switch); may be NULL */
	uint32_t cpu;
	uint32_t softirqs;   /* pending bits, softirq.h */
	uint32_t in_irq;     /* nesting depth of interrupt handlers */
	uint32_t preempt_hc; /* the running hypercall asked to be restarted */
	/* Where guests run on narrow roots (asm/narrow.h); CR3 values. */
	struct vcpu *window_vcpu; /* the loaded vCPU, as mapped in the CPU's window */
	uint64_t narrow_kernel, narrow_user;
	uint64_t wide_idle; /* the root with the hypervisor and nothing else */
	uint64_t root;      /* physical address in CR3 */
	uint64_t pad;       /* see below */
};

/* The CPU pushes trap frames so that they end where guest_regs does, and aligns that to 16. */
_Static_assert((sizeof(struct cpu_info) - sizeof(struct regs)) % 16 == 0, "misaligned trap frame");

#endif
