/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables: the shared IDT, each CPU's GDT page and TSS in its window. */
#include <asm/desc.h>
#include <asm/guest_entry.h>
#include <asm/msr.h>
#include <asm/window.h>
#include <hv/string.h>

struct gate {
	uint64_t low;  /* offset 0..15, selector, stack, type, offset 16..31 */
	uint64_t high; /* offset 32..63 */
};

/* The CPU reads it on whatever root it runs. */
static struct gate idt[256] __attribute__((section(".data.entry"), aligned(16)));

void idt_set_gate(unsigned vector, void (*handler)(void), unsigned ist, unsigned dpl)
{
	uint64_t at = (uint64_t)handler;

	uint64_t low = (at & 0xffff) | (uint64_t)SEL_HV_CS << 16 | (uint64_t)ist << 32 |
		       (0x8eull | dpl << 5) << 40 | (at >> 16 & 0xffff) << 48;

	/* Other CPUs may be using it; all handlers lie within 4 GiB, so the low half decides. */
	__atomic_store_n(&idt[vector].high, at >> 32, __ATOMIC_RELAXED);
	__atomic_store_n(&idt[vector].low, low, __ATOMIC_RELEASE);
}

void idt_init(void)
{
	static const uint8_t ist[32] = {[1] = IST_DB, [2] = IST_NMI, [8] = IST_DB, [18] = IST_MC};

	for (unsigned v = 0; v < 256; v++)
		idt_set_gate(v, entry_points->stubs[v], v < 32 ? ist[v] : IST_NONE, 0);
}

void idt_load(void)
{
	struct desc_ptr p = {sizeof(idt) - 1, (uint64_t)idt};

	__asm__ volatile("lidt %0" ::"m"(p));
}

/* A 16-byte system descriptor; @type 9 available TSS, 2 LDT. */
static void set_system(uint64_t *d, uint64_t base, uint32_t limit, uint8_t type)
{
	d[0] = (limit & 0xffff) | (base & 0xffffff) << 16 | (uint64_t)(0x80 | type) << 40 |
	       (uint64_t)(limit >> 16 & 0xf) << 48 | (base >> 24 & 0xff) << 56;
	d[1] = base >> 32;
}

static uint64_t *gdt_entry(unsigned cpu, unsigned selector)
{
	return (uint64_t *)(WINDOW_BASE(cpu) + WINDOW_GDT + (selector & ~7u));
}

void gdt_cpu_init(unsigned cpu)
{
	struct tss *tss = (struct tss *)(WINDOW_BASE(cpu) + WINDOW_TSS);
	uint64_t stack = WINDOW_BASE(cpu) + WINDOW_STACK;
	struct desc_ptr p = {GDT_LIMIT, WINDOW_BASE(cpu) + WINDOW_GDT};

	*gdt_entry(cpu, SEL_HV_CS) = 0x00af9b000000ffffull;
	*gdt_entry(cpu, SEL_HV_DS) = 0x00cf93000000ffffull;
	*gdt_entry(cpu, SEL_GUEST_CS32) = 0x00cffb000000ffffull;
	*gdt_entry(cpu, SEL_GUEST_DS) = 0x00cff3000000ffffull;
	*gdt_entry(cpu, SEL_GUEST_CS64) = 0x00affb000000ffffull;
	set_system(gdt_entry(cpu, SEL_TSS), (uint64_t)tss, sizeof(*tss) - 1, 9);

	memset(tss, 0, sizeof(*tss));
	tss->rsp0 = (uint64_t)(&window_cpu_info(cpu)->guest_regs + 1);
	tss->ist[IST_NMI - 1] = stack + (STACK_PAGE_NMI + 1) * PAGE_SIZE;
	tss->ist[IST_MC - 1] = stack + (STACK_PAGE_MC + 1) * PAGE_SIZE;
	tss->ist[IST_DB - 1] = stack + (STACK_PAGE_DB + 1) * PAGE_SIZE;
	tss->io_map = sizeof(*tss);

	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\tmovl %2, %%ss\n\t"
			 "movl %3, %%ds\n\t"
			 "movl %3, %%es\n\t"
			 "movl %3, %%fs\n\t"
			 "movl %3, %%gs\n\t"
			 "ltr %w4\n\t"
			 "lldt %w3" ::"m"(p),
			 "i"(SEL_HV_CS), "r"(SEL_HV_DS), "r"(0), "r"(SEL_TSS)
			 : "rax", "memory");
}

void gdt_set_ldt(unsigned entries)
{
	unsigned cpu = this_cpu(), selector = entries ? SEL_LDT : 0;

	if (entries)
		set_system(gdt_entry(cpu, SEL_LDT), WINDOW_BASE(cpu) + WINDOW_LDT, entries * 8 - 1,
			   2);
	__asm__ volatile("lldt %w0" ::"r"(selector) : "memory");
}
