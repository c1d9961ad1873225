/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trap table, callbacks, and delivery of traps, events and system calls to the guest kernel. The
 * common cases never come here: entry.S pushes their frames itself.
 */
#include <arch/vcpu.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <abi/callback.h>
#include <hv/pv_trap.h>
#include "frame.h"

/* Vectors that push an error code: 8, 10 to 14, 17, 21. */
#define ERROR_CODE_VECTORS 0x00227d00u

/* Push a frame (frame.h) and start @handler. False: impossible, the domain crashes. */
static bool bounce(struct regs *regs, uint64_t handler, bool mask, const uint64_t *extra,
		   unsigned extras)
{
	struct vcpu *v = current_vcpu();
	const struct pv_origin o = {
		.kernel = v->in_kernel,
		.mask = v->info->evtchn_upcall_mask,
		.sp = v->in_kernel ? regs->rsp : v->kernel_sp,
	};
	struct pv_frame f;

	pv_frame_make(&f, regs, &o, extra, extras);
	if (!handler) {
		domain_crash(v->domain, "vcpu%u: no handler (rip %#lx)", v->id,
			     (unsigned long)regs->rip);
		return false;
	}
	if (!v->in_kernel)
		arch_toggle_mode(v);
	if (pv_frame_forbidden(&f) || copy_to_guest(f.sp, f.word, 8 * f.n)) {
		domain_crash(v->domain, "vcpu%u: kernel stack %#lx can't be written (rip %#lx)",
			     v->id, (unsigned long)f.sp, (unsigned long)regs->rip);
		return false;
	}
	if (mask)
		v->info->evtchn_upcall_mask = 1;
	pv_frame_enter(regs, &f, handler);
	return true;
}

/* @error: NULL for what has none. */
static void bounce_trap(struct regs *regs, unsigned vector, const uint64_t *error)
{
	struct vcpu *v = current_vcpu();
	const struct trap_info *t = &v->traps[vector];

	if (!t->address) {
		domain_crash(v->domain, "vcpu%u: trap %u (%#x) without handler at rip %#lx", v->id,
			     vector, error ? (uint32_t)*error : 0, (unsigned long)regs->rip);
		return;
	}
	bounce(regs, t->address, t->flags & TRAP_INFO_MASK_EVENTS, error, error ? 1 : 0);
}

void pv_inject_trap(struct regs *regs, unsigned vector, uint32_t error_code)
{
	bool has_error = vector < 32 && (ERROR_CODE_VECTORS >> vector) & 1;
	uint64_t error = error_code;

	bounce_trap(regs, vector, has_error ? &error : NULL);
}

void pv_inject_page_fault(struct regs *regs, uint64_t va, uint32_t error_code)
{
	struct vcpu *v = current_vcpu();

	/* The hardware saw ring 3 in both cases. */
	error_code = v->in_kernel ? error_code & ~4u : error_code | 4u;
	v->info->arch.cr2 = va;
	pv_inject_trap(regs, TRAP_PF, error_code);
}

void pv_soft_interrupt(struct regs *regs, unsigned n, unsigned len)
{
	struct vcpu *v = current_vcpu();
	const struct trap_info *t = &v->traps[n];
	bool hardware_gate = n == TRAP_BP || n == TRAP_OF;

	if (t->address &&
	    (hardware_gate || (t->flags & TRAP_INFO_DPL_MASK) >= (v->in_kernel ? 1 : 3))) {
		regs->rip += len;
		bounce_trap(regs, n, NULL);
		return;
	}
	pv_inject_trap(regs, TRAP_GP, n << 3 | 2);
}

void pv_syscall(struct regs *regs, bool compat)
{
	struct vcpu *v = current_vcpu();
	uint64_t handler = compat ? v->syscall32_eip : v->syscall_eip;

	if (!handler) {
		regs->rip -= 2;
		pv_inject_trap(regs, TRAP_UD, 0);
		return;
	}
	bounce(regs, handler, compat ? v->syscall32_masks : v->syscall_masks, NULL, 0);
}

void pv_sysenter(struct regs *regs)
{
	const struct vcpu *v = current_vcpu();

	if (!v->sysenter_eip || v->in_kernel) {
		pv_inject_trap(regs, TRAP_GP, 0);
		return;
	}
	bounce(regs, v->sysenter_eip, v->sysenter_masks, NULL, 0);
}

void pv_failsafe(struct regs *regs, const uint16_t sel[4])
{
	const struct vcpu *v = current_vcpu();
	const uint64_t selectors[] = {sel[0], sel[1], sel[2], sel[3]};

	bounce(regs, v->failsafe_eip, v->failsafe_masks, selectors, ARRAY_SIZE(selectors));
}

bool pv_deliver_pending(struct regs *regs)
{
	struct vcpu *v = current_vcpu();

	if (v->mce_pending && !v->mce_blocked && v->traps[TRAP_MC].address) {
		v->mce_pending = 0;
		v->mce_blocked = 1;
		bounce_trap(regs, TRAP_MC, NULL);
		return true;
	}
	if (v->nmi_pending && !v->nmi_blocked && !v->mce_blocked && v->traps[TRAP_NMI].address) {
		v->nmi_pending = 0;
		v->nmi_blocked = 1;
		bounce_trap(regs, TRAP_NMI, NULL);
		return true;
	}
	if (!v->info->evtchn_upcall_pending || v->info->evtchn_upcall_mask)
		return false;
	COUNT_FOR(v, upcalls, 1);
	return !bounce(regs, v->event_eip, true, NULL, 0);
}

int pv_trap_set(struct vcpu *v, const struct trap_info *t)
{
	if (!va_canonical(t->address))
		return -EINVAL;
	v->traps[t->vector] = *t;
	if (!t->address)
		v->traps[t->vector].flags = 0;
	return 0;
}

int pv_callback_set(struct vcpu *v, unsigned type, bool mask_events, uint64_t address)
{
	uint8_t mask = address && mask_events;

	if (!va_canonical(address))
		return -EINVAL;
	switch (type) {
	case CALLBACKTYPE_event:
		v->event_eip = address;
		return 0;
	case CALLBACKTYPE_failsafe:
		v->failsafe_eip = address;
		v->failsafe_masks = mask;
		return 0;
	case CALLBACKTYPE_syscall:
		v->syscall_eip = address;
		v->syscall_masks = mask;
		return 0;
	case CALLBACKTYPE_syscall32:
		v->syscall32_eip = address;
		v->syscall32_masks = mask;
		return 0;
	case CALLBACKTYPE_sysenter:
		v->sysenter_eip = address;
		v->sysenter_masks = mask;
		return 0;
	case CALLBACKTYPE_nmi:
		return pv_trap_set(v, &(struct trap_info){.vector = TRAP_NMI,
							  .flags = TRAP_INFO_MASK_EVENTS,
							  .cs = FLAT_RING3_CS64,
							  .address = address});
	default:
		return -ENOSYS;
	}
}
