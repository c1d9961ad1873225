/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PV CPU (pv/, arch/x86): contexts, traps and time of a PV vCPU.
 */
#ifndef HV_PV_H
#define HV_PV_H

#include <hv/types.h>
#include <abi/vcpu_context.h>

struct domain;
struct vcpu;
struct regs;

/* PV part of a new/dead vCPU: trap table, FPU area, defaults. -ENOMEM. */
int pv_vcpu_init(struct vcpu *v);
void pv_vcpu_free(struct vcpu *v);

/*
 * Contexts (domctl set/getvcpucontext, VCPUOP_initialise). The vCPU is paused and off its CPU.
 * -EINVAL: non-canonical address, wrong frame; -EOPNOTSUPP: roots changed on an initialised vCPU;
 * -ERESTART: preempted. Nothing is changed on error.
 */
int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c);
void pv_context_get(struct vcpu *v, struct vcpu_guest_context *c);
/* Drop GDT, LDT and root references of a vCPU (dying or reset). */
void pv_vcpu_reset(struct vcpu *v);
/* set_gdt with frames already checked as numbers: takes segdesc references. */
int pv_gdt_set(struct vcpu *v, const uint64_t *mfns, unsigned entries);
void pv_gdt_clear(struct vcpu *v);

/*
 * Deliver exception @vector to the current guest on its way out (bounce frame, abi-facts 3).
 * Error code used for vectors that have one. Crashes the domain when it has no handler or stack.
 */
void pv_inject_trap(struct regs *regs, unsigned vector, uint32_t error_code);
void pv_inject_page_fault(struct regs *regs, uint64_t va, uint32_t error_code);

/* The ABI's hypercall stubs into one page (128 of 32 bytes; iret's is its own). */
void pv_hypercall_page_fill(void *page);

/* Publish vcpu_time_info (and the second copy) of @v; at schedule-in and once a second. */
void pv_time_update(struct vcpu *v);
/* Wall clock into shared_info; @d NULL = all domains. */
void pv_wallclock_update(struct domain *d);
/* Set by platform_op settime: ns since 1970 at system time 0. */
void pv_wallclock_set(uint64_t wall_ns_at_boot);
/* Copy runstate to the guest's area if registered; the vCPU is current. */
void pv_runstate_update(struct vcpu *v);

#endif
