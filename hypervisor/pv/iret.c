/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The iret hypercall where entry.S's fast way did not take it. */
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/guest_copy.h>
#include <hv/pv_trap.h>
#include "frame.h"

int64_t pv_iret(struct regs *regs)
{
	struct vcpu *v = current_vcpu();
	struct iret_context c;

	if (copy_from_guest(&c, regs->rsp, sizeof(c))) {
		domain_crash(v->domain, "vcpu%u: no iret frame at %#lx", v->id,
			     (unsigned long)regs->rsp);
		return 0;
	}
	if ((c.cs & 3) == 3) {
		if (!v->cr3_user) {
			domain_crash(v->domain, "vcpu%u: iret to user mode without a user root",
				     v->id);
			return 0;
		}
		arch_toggle_mode(v);
	}
	regs->vector = c.flags & VGCF_in_syscall ? REGS_SYSCALL : 0;
	if (!regs->vector) {
		regs->r11 = c.r11;
		regs->rcx = c.rcx;
	}
	regs->rip = c.rip;
	regs->cs = (c.cs & 0xffff) | 3;
	regs->ss = (c.ss & 0xffff) | 3;
	regs->rsp = c.rsp;
	regs->rflags = (c.rflags & ~(uint64_t)(FLAG_IOPL | FLAG_VM)) | FLAG_IF;
	regs->rax = c.rax;
	v->info->evtchn_upcall_mask = !(c.rflags & FLAG_IF);
	v->nmi_blocked = 0;
	v->mce_blocked = 0;
	return (int64_t)c.rax;
}
