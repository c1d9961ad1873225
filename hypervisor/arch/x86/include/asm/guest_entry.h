/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between entry.S, guest_trap.c and the machine side's handlers. All with interrupts off. */
#ifndef ASM_GUEST_ENTRY_H
#define ASM_GUEST_ENTRY_H

#include <asm/traps.h>

/* From stubs.S by entry_from_guest: any vector that interrupted ring 3. */
void guest_trap(struct regs *regs);
/* SYSCALL that entry.S did not bounce itself; SYSENTER. */
void guest_syscall(struct regs *regs);
void guest_sysenter(struct regs *regs);
/* The last IRET faulted on the frame in @regs. */
void guest_iret_fault(struct regs *regs);
/* Softirqs, scheduling, pending events; returns when the guest may run. */
void guest_exit_work(struct regs *regs);

/* Labels of entry.S and stubs.S, which are there twice (asm/entry_variant.h). */
#define ENTRY_LABELS(suffix)                                                                       \
	NORETURN void entry_first##suffix(void);                                                   \
	void entry_page_fault##suffix(void);                                                       \
	void entry_breakpoint##suffix(void);                                                       \
	void entry_sysenter##suffix(void);                                                         \
	extern const char entry_stub_page##suffix[], entry_stub_compat##suffix[];                  \
	extern void (*const stub_table##suffix[256])(void);

ENTRY_LABELS()
ENTRY_LABELS(_narrow)

/* The ones in use; narrow_init() chooses. */
struct entry_points {
	const char *stub_page, *stub_compat;
	void (*first)(void) NORETURN;
	void (*sysenter)(void), (*page_fault)(void), (*breakpoint)(void);
	void (*const *stubs)(void); /* 256 */
};

extern const struct entry_points *entry_points;

/* STAR, LSTAR, SYSENTER MSRs and the stub page of this CPU; its window is mapped. */
void entry_cpu_init(void);
/* CR0, CR4 and XCR0 for FPU use; the boot CPU also sizes the areas. */
void fpu_cpu_init(void);

#endif
