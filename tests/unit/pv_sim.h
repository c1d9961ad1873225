/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One running vCPU around the PV CPU's sources: guest addresses are host pointers. */
#ifndef PV_SIM_H
#define PV_SIM_H

#include <hv/domain.h>
#include <hv/vcpu.h>

extern struct domain sim_domain;
extern struct vcpu sim_vcpu;
extern struct regs *sim_regs;
extern unsigned sim_crashes;   /* domain_crash() calls */
extern uint64_t sim_stack[64]; /* the guest kernel's; kernel_sp is its end */
/* What the stubs of the memory manager do. */
extern int sim_type_error; /* of the next page_get_and_type() calls, counted down from */
extern unsigned sim_type_error_after;
extern int sim_refs; /* type references held */
extern int sim_root_error;
extern uint64_t sim_pte;

/* A fresh vCPU in kernel mode, events masked, every vector and callback with a handler. */
void sim_init(void);
#define SIM_HANDLER(vector) (0xffffffff81000000ull + 16 * (vector))
#define SIM_CALLBACK        0xffffffff82000000ull

#endif
