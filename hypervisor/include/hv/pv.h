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
/* A dead domain's CPU policy. */
void pv_domain_free(struct domain *d);

/*
 * Contexts (domctl set/getvcpucontext, VCPUOP_initialise). The vCPU is paused and off its CPU.
 * -EINVAL: non-canonical address, wrong frame; -EOPNOTSUPP: roots changed on an initialised vCPU;
 * -ERESTART: preempted. Nothing is changed on error.
 */
int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c);
void pv_context_get(struct vcpu *v, struct vcpu_guest_context *c);
/* Drop GDT, LDT and root references of a vCPU (dying or reset). */
void pv_vcpu_reset(struct vcpu *v);
/*
 * set_gdt: takes segdesc references to the frames that hold @entries, then drops those to the old
 * ones. @v is current or off its CPU. -EINVAL: too many entries, or a frame is refused.
 */
int pv_gdt_set(struct vcpu *v, const uint64_t *mfns, unsigned entries) MUST_CHECK;
void pv_gdt_clear(struct vcpu *v);
/*
 * MMUEXT_SET_LDT of the current vCPU; frames are checked when first used. -EINVAL: not page
 * aligned, too long, or in the hypervisor's range.
 */
int pv_ldt_set(struct vcpu *v, uint64_t va, uint64_t entries) MUST_CHECK;
/* Forget the LDT frames mapped so far (before a flush that must make new contents visible). */
void pv_ldt_drop(struct vcpu *v);
/*
 * A fault at @va in this CPU's descriptor window: true when it is the LDT's and the guest's frame
 * is mapped now. From pv_mmu_fault() and from faulting segment loads. The kernel root is loaded.
 */
bool pv_ldt_fault(uint64_t va);

/* May these 512 descriptors be in a GDT or LDT? For page_get_type(PGT_SEGDESC). Raises DPLs. */
bool pv_desc_page_check(uint64_t *descs);
/* The same for one; what must be stored is in *@desc afterwards. */
bool pv_desc_check(uint64_t *desc);

/*
 * Deliver exception @vector to the current guest on its way out (bounce frame, abi-facts 3).
 * Error code used for vectors that have one. Crashes the domain when it has no handler or stack.
 */
void pv_inject_trap(struct regs *regs, unsigned vector, uint32_t error_code);
void pv_inject_page_fault(struct regs *regs, uint64_t va, uint32_t error_code);

/*
 * The way out delivers what waits: a machine check, an NMI or events. True when the caller
 * has to look again; after events, which are masked then, it has not. Interrupts off, the vCPU
 * current.
 */
bool pv_deliver_pending(struct regs *regs);
/* Register or, with @address 0, remove callback @type (ABI: callback_op) of the current vCPU.
 * -ENOSYS: no such type; -EINVAL: not canonical. */
int pv_callback_set(struct vcpu *v, unsigned type, bool mask_events, uint64_t address);
/* Put a row into a trap table. -EINVAL: not canonical. */
int pv_trap_set(struct vcpu *v, const struct trap_info *t);
/* The iret hypercall's slow way: returns rax of the frame; crashes the domain on a bad one. */
int64_t pv_iret(struct regs *regs);

/* Set_debugreg's rules. -ENODEV, -EINVAL, -EPERM as the ABI has them. */
int pv_debugreg_set(struct vcpu *v, unsigned reg, uint64_t value);
int pv_debugreg_get(const struct vcpu *v, unsigned reg, uint64_t *value);

/* May XCR0 have this value on this machine? */
bool pv_xcr0_valid(uint64_t x);

/* The ABI's hypercall stubs into one page (128 of 32 bytes; iret's is its own). */
void pv_hypercall_page_fill(void *page);

/*
 * Publish vcpu_time_info of @v (and, when it is current, the second copy that it registered); at
 * schedule-in and once a second.
 */
void pv_time_update(struct vcpu *v);
/* Wall clock into shared_info; @d NULL = all domains. */
void pv_wallclock_update(struct domain *d);
/* Set by platform_op settime: ns since 1970 at system time 0. */
void pv_wallclock_set(uint64_t wall_ns_at_boot);
/* Copy runstate to the guest's area if registered; the vCPU is current. */
void pv_runstate_update(struct vcpu *v);

#endif
