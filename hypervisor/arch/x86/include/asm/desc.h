/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors, descriptors, gates, TSS. Pure but for the functions of idt.c at the end. */
#ifndef ASM_DESC_H
#define ASM_DESC_H

/* Our part of the GDT: page 14. The ring 3 selectors are the ABI's (abi-facts "Selectors"). */
#define SEL_HV_CS      0xe008
#define SEL_HV_DS      0xe010
#define SEL_GUEST_CS32 0xe023
#define SEL_GUEST_DS   0xe02b
#define SEL_GUEST_CS64 0xe033
#define SEL_TSS        0xe040
#define SEL_LDT        0xe050
#define GDT_LIMIT      0xefff

/* IST numbers; 0 is the normal stack. */
#define IST_NONE 0
#define IST_NMI  1
#define IST_MC   2
#define IST_DB   3 /* and #DF */

#ifndef __ASSEMBLY__
#include <hv/types.h>

struct tss {
	uint32_t zero0;
	uint64_t rsp0, rsp1, rsp2, zero1;
	uint64_t ist[7]; /* IST n at ist[n - 1] */
	uint64_t zero2;
	uint16_t zero3, io_map;
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "TSS of long mode");

/* Table register operand. */
struct desc_ptr {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* Build and load IDT gates; once, on the boot CPU, and on each CPU. */
void idt_init(void);
void idt_load(void);
/* A gate of the shared IDT: interrupt gate to @handler, @dpl 0 or 3. Boot only. */
void idt_set_gate(unsigned vector, void (*handler)(void), unsigned ist, unsigned dpl);
/* Fill this CPU's GDT page and TSS in its window (already mapped) and load them. */
void gdt_cpu_init(unsigned cpu);
/* LDT of this CPU: @entries at the window's LDT, 0 = none. Loads LDTR. */
void gdt_set_ldt(unsigned entries);
#endif

#endif
