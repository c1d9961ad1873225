/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions executed on a guest's behalf, and the set-up of the SYSCALL and SYSENTER entries. */
#include <arch/vcpu.h>
#include <asm/desc.h>
#include <asm/guest_entry.h>
#include <asm/msr.h>
#include <asm/window.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/vcpu.h>
#include <hv/pv_trap.h>

/* TF IF DF IOPL NT RF AC: what SYSCALL clears. */
#define SYSCALL_FLAGS 0x57700u
#define VECTOR_INT80  0x80

void entry_cpu_init(void)
{
	uint64_t base = WINDOW_BASE(this_cpu());

	wrmsr(MSR_STAR, (uint64_t)SEL_GUEST_CS32 << 48 | (uint64_t)SEL_HV_CS << 32);
	wrmsr(MSR_LSTAR, base + WINDOW_STUB);
	wrmsr(MSR_CSTAR,
	      base + WINDOW_STUB + (uint64_t)(entry_points->stub_compat - entry_points->stub_page));
	wrmsr(MSR_SFMASK, SYSCALL_FLAGS);
	wrmsr(MSR_SYSENTER_CS, SEL_HV_CS);
	wrmsr(MSR_SYSENTER_ESP, (uint64_t)(&cpu_info()->guest_regs + 1));
	wrmsr(MSR_SYSENTER_EIP, (uint64_t)entry_points->sysenter);
	if (this_cpu())
		return;
	/* Guests may raise these directly; the rest faults and is looked at by pv/. */
	idt_set_gate(TRAP_BP, entry_points->breakpoint, IST_NONE, 3);
	idt_set_gate(TRAP_OF, entry_points->stubs[TRAP_OF], IST_NONE, 3);
	idt_set_gate(VECTOR_INT80, entry_points->stubs[VECTOR_INT80], IST_NONE, 3);
	idt_set_gate(TRAP_PF, entry_points->page_fault, IST_NONE, 0);
}

void arch_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	*out = cpuid(leaf, subleaf);
}

int arch_msr_read(uint32_t msr, uint64_t *value)
{
	return rdmsr_safe(msr, value) ? 0 : -EIO;
}

int arch_msr_write(uint32_t msr, uint64_t value)
{
	COUNT(msr_writes, 1);
	return wrmsr_safe(msr, value) ? 0 : -EIO;
}

uint32_t arch_port_in(uint16_t port, unsigned size)
{
	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

void arch_port_out(uint16_t port, unsigned size, uint32_t value)
{
	if (size == 1)
		outb(port, (uint8_t)value);
	else if (size == 2)
		outw(port, (uint16_t)value);
	else
		outl(port, value);
}

uint64_t arch_cr0(void)
{
	return read_cr0();
}

uint64_t arch_cr4(void)
{
	return read_cr4();
}

void arch_cr4_apply(const struct vcpu *v)
{
	uint64_t now = read_cr4(), want = (now & ~CR4_TSD) | (v->cr4 & CR4_TSD);

	if (now != want)
		write_cr4(want);
}
