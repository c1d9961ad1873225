/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole contexts of vCPUs, as domctl and VCPUOP_initialise carry them: everything is checked before
 * anything changes. An initialised vCPU keeps its tables; only registers may be set again.
 */
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include <hv/pv_policy.h>
#include <hv/pv_trap.h>
#include <hv/string.h>
#include "context.h"
#include "frame.h"

#define FXSAVE_BYTES 512
#define MXCSR_WORD   6 /* index of MXCSR as a 32-bit word */
#define MXCSR_VALID  0xffffu
#define CR0_TS       8u
#define CR0_BASE     0x80050033ull /* PG AM WP NE ET MP PE */
#define IOPL_SHIFT   12
#define DR7_ENABLE   0xffu

/* Header of the XSAVE area, behind the 512 bytes: a component is loaded when its bit is set. */
#define XSTATE_BV_AT  512
#define XSTATE_LEGACY 3ull

static uint64_t root_mfn(uint64_t cr3)
{
	return (cr3 & 0x000ffffffffff000ull) >> PAGE_SHIFT;
}

static bool addresses_ok(const struct vcpu_guest_context *c)
{
	const uint64_t a[] = {
		c->user_regs.rip,
		c->event_callback_eip,
		c->failsafe_callback_eip,
		c->syscall_callback_eip,
		c->fs_base,
		c->gs_base_kernel,
		c->gs_base_user,
	};

	for (unsigned i = 0; i < ARRAY_SIZE(a); i++)
		if (!va_canonical(a[i]))
			return false;
	for (unsigned i = 0; i < TRAP_COUNT; i++)
		if (!va_canonical(c->trap_ctxt[i].address))
			return false;
	return true;
}

int pv_context_check(const struct vcpu_guest_context *c)
{
	if (!addresses_ok(c))
		return -EINVAL;
	if (!pv_ldt_valid(c->ldt_base, c->ldt_ents))
		return -EINVAL;
	if (c->gdt_ents > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	if (!root_mfn(c->ctrlreg[3]))
		return -EINVAL;
	/* Upper bits of MXCSR would fault when it is loaded. */
	if ((c->flags & VGCF_i387_valid) &&
	    ((uint32_t)(c->fpu_ctxt.x[MXCSR_WORD / 2]) & ~MXCSR_VALID))
		return -EINVAL;
	return 0;
}

/* Tables of an initialised vCPU must be named as they are. */
static int tables_same(const struct vcpu *v, const struct vcpu_guest_context *c)
{
	unsigned frames = (unsigned)DIV_ROUND_UP(c->gdt_ents, 512);

	if (root_mfn(c->ctrlreg[3]) != root_mfn(v->cr3_kernel) ||
	    root_mfn(c->ctrlreg[1]) != root_mfn(v->cr3_user) || c->gdt_ents != v->gdt_entries ||
	    c->ldt_ents != v->ldt_entries || (c->ldt_ents && c->ldt_base != v->ldt_va))
		return -EOPNOTSUPP;
	for (unsigned i = 0; i < frames; i++)
		if (c->gdt_frames[i] != v->gdt_mfn[i])
			return -EOPNOTSUPP;
	return 0;
}

/* References to roots and GDT; all or none. */
static int tables_take(struct vcpu *v, const struct vcpu_guest_context *c)
{
	int rc = pv_gdt_set(v, c->gdt_frames, (unsigned)c->gdt_ents);

	if (rc)
		return rc;
	rc = pv_root_set_kernel(v, mfn_make(root_mfn(c->ctrlreg[3])));
	if (rc)
		goto drop_gdt;
	rc = pv_root_set_user(v, mfn_make(root_mfn(c->ctrlreg[1])));
	if (rc)
		goto drop_roots;
	v->ldt_va = c->ldt_base;
	v->ldt_entries = c->ldt_ents;
	return 0;
drop_roots:
	pv_roots_drop(v);
drop_gdt:
	pv_gdt_clear(v);
	return rc;
}

static uint16_t ring3(uint16_t sel)
{
	return sel & ~3u ? sel | 3 : 0;
}

static void set_registers(struct vcpu *v, const struct user_regs *u)
{
	memcpy(&v->regs, u, offsetof(struct regs, rip));
	v->regs.vector = 0; /* back by IRET, whatever way it came */
	v->regs.rip = u->rip;
	v->regs.cs = u->cs | 3;
	v->regs.ss = u->ss | 3;
	v->regs.rsp = u->rsp;
	v->regs.rflags = (u->rflags & ~(uint64_t)(FLAG_IOPL | FLAG_VM)) | FLAG_IF | 2;
	v->iopl = (u->rflags & FLAG_IOPL) >> IOPL_SHIFT;
	v->ds = ring3(u->ds);
	v->es = ring3(u->es);
	v->fs = ring3(u->fs);
	v->gs = ring3(u->gs);
}

static void set_fpu(struct vcpu *v, const struct vcpu_guest_context *c)
{
	arch_fpu_reset(v->fpu);
	if (!(c->flags & VGCF_i387_valid))
		return;
	memcpy(v->fpu, &c->fpu_ctxt, FXSAVE_BYTES);
	*(uint64_t *)((char *)v->fpu + XSTATE_BV_AT) = XSTATE_LEGACY;
}

static void set_debugregs(struct vcpu *v, const uint64_t *dr)
{
	for (unsigned i = 0; i < 8; i++)
		if (i != 4 && i != 5)
			(void)pv_debugreg_set(v, i, dr[i]); /* a refused one keeps its value */
}

int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
	int rc = pv_context_check(c);

	if (rc)
		return rc;
	rc = v->initialised ? tables_same(v, c) : tables_take(v, c);
	if (rc)
		return rc;
	set_registers(v, &c->user_regs);
	set_fpu(v, c);
	for (unsigned i = 0; i < TRAP_COUNT; i++) {
		struct trap_info t = c->trap_ctxt[i];

		t.vector = (uint8_t)i;
		(void)pv_trap_set(v, &t);
	}
	v->in_kernel = !!(c->flags & VGCF_in_kernel);
	v->roots_seen = 0;
	v->kernel_ss = c->kernel_ss | 3;
	v->kernel_sp = c->kernel_sp;
	v->event_eip = c->event_callback_eip;
	v->failsafe_eip = c->failsafe_callback_eip;
	v->failsafe_masks = !!(c->flags & VGCF_failsafe_disables_events);
	v->syscall_eip = c->syscall_callback_eip;
	v->syscall_masks = v->syscall_eip && (c->flags & VGCF_syscall_disables_events);
	v->fs_base = c->fs_base;
	v->gs_base_kernel = c->gs_base_kernel;
	v->gs_base_user = c->gs_base_user;
	v->cr0_ts = !!(c->ctrlreg[0] & CR0_TS);
	v->cr4 = c->ctrlreg[4] & PV_CR4_GUEST;
	set_debugregs(v, c->debugreg);
	if (v->id == 0 && !v->initialised)
		v->domain->vm_assist = c->vm_assist & PV_VM_ASSIST_VALID;
	v->initialised = true;
	return 0;
}

static void get_registers(const struct vcpu *v, struct user_regs *u)
{
	memcpy(u, &v->regs, offsetof(struct regs, rip));
	u->rip = v->regs.rip;
	u->cs = (uint16_t)v->regs.cs;
	u->ss = (uint16_t)v->regs.ss;
	u->rsp = v->regs.rsp;
	u->rflags = v->regs.rflags | (uint64_t)v->iopl << IOPL_SHIFT;
	u->saved_upcall_mask = v->info->evtchn_upcall_mask;
	u->ds = v->ds;
	u->es = v->es;
	u->fs = v->fs;
	u->gs = v->gs;
}

void pv_context_get(struct vcpu *v, struct vcpu_guest_context *c)
{
	memset(c, 0, sizeof(*c));
	arch_fpu_legacy(v->fpu, &c->fpu_ctxt);
	get_registers(v, &c->user_regs);
	memcpy(c->trap_ctxt, v->traps, sizeof(c->trap_ctxt));
	c->flags = VGCF_i387_valid;
	c->flags |= v->in_kernel ? VGCF_in_kernel : 0;
	c->flags |= v->down ? 0 : VGCF_online;
	c->flags |= v->failsafe_masks ? VGCF_failsafe_disables_events : 0;
	c->flags |= v->syscall_masks ? VGCF_syscall_disables_events : 0;
	c->ldt_base = v->ldt_va;
	c->ldt_ents = v->ldt_entries;
	memcpy(c->gdt_frames, v->gdt_mfn, sizeof(c->gdt_frames));
	c->gdt_ents = v->gdt_entries;
	c->kernel_ss = v->kernel_ss;
	c->kernel_sp = v->kernel_sp;
	c->ctrlreg[0] = CR0_BASE | (v->cr0_ts ? CR0_TS : 0);
	c->ctrlreg[1] = root_mfn(v->cr3_user) << PAGE_SHIFT;
	c->ctrlreg[3] = root_mfn(v->cr3_kernel) << PAGE_SHIFT;
	c->ctrlreg[4] = v->cr4;
	memcpy(c->debugreg, v->dr, sizeof(c->debugreg));
	c->event_callback_eip = v->event_eip;
	c->failsafe_callback_eip = v->failsafe_eip;
	c->syscall_callback_eip = v->syscall_eip;
	c->vm_assist = v->domain->vm_assist;
	c->fs_base = v->fs_base;
	c->gs_base_kernel = v->gs_base_kernel;
	c->gs_base_user = v->gs_base_user;
}
