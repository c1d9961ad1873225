/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What entry.S calls with the frame of a guest in guest_regs: traps, slow ways, the way out. */
#include <asm/desc.h>
#include <asm/guest_entry.h>
#include <asm/msr.h>
#include <asm/roots.h>
#include <arch/vcpu.h>
#include <hv/console.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/pv_mmu.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/pv_trap.h>
#include <hv/trace.h>

#define DR6_DEFAULT       0xffff0ff0ul
#define VECTOR_EXCEPTIONS 32
#define VECTOR_INT80      0x80
#define PF_USER           4u

static void page_fault(struct regs *regs, struct vcpu *v)
{
	uint64_t va = read_cr2();
	uint64_t offset = va - (PERCPU_VA + this_cpu() * PERCPU_WINDOW_SIZE);

	if (roots_fault(va))
		return;
	irq_enable();
	if (pv_mmu_fault(regs, va, regs->error_code, v->in_kernel)) {
		COUNT_FOR(v, faults_resolved, 1);
		return;
	}
	/* The guest named a descriptor where its table has no usable page. */
	if (!(regs->error_code & PF_USER) && offset < WINDOW_LDT + 0x10000)
		pv_inject_trap(regs, TRAP_GP, (offset & 0xfff8) | (offset >= WINDOW_LDT ? 4 : 0));
	else
		pv_inject_page_fault(regs, va, regs->error_code);
}

static void debug(struct regs *regs, struct vcpu *v)
{
	uint64_t dr6;

	__asm__ volatile("movq %%dr6, %0" : "=r"(dr6));
	__asm__ volatile("movq %0, %%dr6" ::"r"(DR6_DEFAULT));
	v->dr[6] = dr6;
	pv_inject_trap(regs, TRAP_DB, 0);
}

static void device_not_available(struct regs *regs, struct vcpu *v)
{
	/* TS is only ever set on the guest's wish, and its #NM takes it away. */
	if (!v->cr0_ts) {
		arch_ts_set(false);
		return;
	}
	v->cr0_ts = 0;
	arch_ts_set(false);
	pv_inject_trap(regs, TRAP_NM, 0);
}

void guest_trap(struct regs *regs)
{
	struct vcpu *v = current_vcpu();
	unsigned vector = regs->vector & 0xff;

	if (trace_on() && vector < VECTOR_EXCEPTIONS)
		trace_trap(regs, read_cr2());
	if (vector == VECTOR_INT80) {
		regs->rip -= 2;
		pv_soft_interrupt(regs, vector, 2);
		return;
	}
	if (vector >= VECTOR_EXCEPTIONS) {
		COUNT_FOR(v, interrupts, 1);
		irq_dispatch(regs);
		return;
	}
	v->counters[PAVISE_COUNTER_exceptions + vector]++;
	switch (vector) {
	case TRAP_DB:
		debug(regs, v);
		return;
	case TRAP_NMI:
		nmi_from_guest(regs);
		return;
	case TRAP_UD:
		irq_enable();
		pv_invalid_opcode(regs);
		return;
	case TRAP_NM:
		device_not_available(regs, v);
		return;
	case TRAP_GP:
		irq_enable();
		pv_general_protection(regs);
		return;
	case TRAP_PF:
		page_fault(regs, v);
		return;
	case TRAP_MC:
		mce_from_guest(regs);
		return;
	default:
		irq_enable();
		pv_inject_trap(regs, vector, regs->error_code);
	}
}

void guest_syscall(struct regs *regs)
{
	irq_enable();
	/* 32-bit code of the guest kernel has no hypercalls. */
	pv_syscall(regs, regs->cs == SEL_GUEST_CS32);
	irq_disable();
}

void guest_sysenter(struct regs *regs)
{
	irq_enable();
	pv_sysenter(regs);
	irq_disable();
}

void guest_iret_fault(struct regs *regs)
{
	struct arch_selectors s;
	uint64_t ldt = PERCPU_VA + this_cpu() * PERCPU_WINDOW_SIZE + WINDOW_LDT;

	irq_enable();
	/* Perhaps cs or ss lies in a page of the LDT that has not been looked at yet. */
	if (((regs->cs & 4) && pv_ldt_fault(ldt + (regs->cs & 0xfff8))) ||
	    ((regs->ss & 4) && pv_ldt_fault(ldt + (regs->ss & 0xfff8))))
		goto out;
	arch_selectors_read(&s);
	pv_failsafe(regs, (const uint16_t[4]){s.ds, s.es, s.fs, s.gs});
out:
	irq_disable();
}

void guest_exit_work(struct regs *regs)
{
	struct cpu_info *ci = cpu_info();

	while (!ci->current || __atomic_load_n(&ci->softirqs, __ATOMIC_RELAXED) ||
	       pv_deliver_pending(regs)) {
		irq_enable();
		if (softirq_run() || !ci->current)
			schedule();
		irq_disable();
	}
}
