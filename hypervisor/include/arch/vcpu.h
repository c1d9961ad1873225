/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam to what a CPU holds of the vCPU loaded on it: root, segment state, FPU, debug registers,
 * and to the instructions that are executed on a guest's behalf. Those that name a vCPU want it
 * loaded on this CPU. Interrupts any, unless said.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <hv/types.h>

struct vcpu;

/* End of a CPU's start-up: run what the scheduler chooses, for ever. */
NORETURN void arch_enter_guests(void);

/* Between guest user and guest kernel: flips in_kernel, swaps the root and the gs bases. */
void arch_toggle_mode(struct vcpu *v);
/* Load the kernel or user root, nothing else: to reach kernel memory while the user runs. */
void arch_mode_root(const struct vcpu *v, bool kernel);

enum arch_base {
	ARCH_BASE_FS,
	ARCH_BASE_GS,          /* active */
	ARCH_BASE_GS_INACTIVE, /* the other mode's */
};
uint64_t arch_base_read(enum arch_base which);
void arch_base_write(enum arch_base which, uint64_t base);

struct arch_selectors {
	uint16_t ds, es, fs, gs;
};
void arch_selectors_read(struct arch_selectors *s);
/* Null those of @s that do not load; true when all did. Bases of fs and gs are lost. */
bool arch_selectors_load(const struct arch_selectors *s);
/* Selector of the inactive gs: a bad one becomes null. Its base becomes the descriptor's. */
void arch_gs_inactive_load(uint16_t sel);
/* Is @sel a 64-bit code segment of the loaded GDT or LDT? */
bool arch_selector_is_long(uint16_t sel);

/* The vCPU's gdt_mfn/gdt_entries or ldt_entries changed: put them into this CPU's window. */
void arch_gdt_load(const struct vcpu *v);
void arch_ldt_load(const struct vcpu *v);
/* Map one frame of the LDT; all of them away. */
void arch_ldt_map(unsigned page, mfn_t frame);
void arch_ldt_unmap(void);
/* LDT page of address @va in this CPU's window, or -1. */
int arch_ldt_page(uint64_t va);

void arch_dr_write(unsigned n, uint64_t value); /* 0..3, 6, 7 */
void arch_ts_set(bool on);
void arch_cr4_apply(const struct vcpu *v); /* guest's TSD, DE */
void arch_tsc_aux_write(uint64_t aux);

/*
 * FPU areas: arch_fpu_size() bytes in XSAVE's standard form; arch_fpu_reset() makes one the state
 * after power-on. Save and load move the CPU's state.
 */
size_t arch_fpu_size(void);
/* Components that XCR0 may have on this machine; 0 without XSAVE. */
uint64_t arch_fpu_mask(void);
void arch_fpu_reset(void *area);
/* The 512 bytes of FXSAVE in @area, components that the CPU left out filled in. */
void arch_fpu_legacy(const void *area, void *out);
void arch_fpu_save(const struct vcpu *v);
void arch_fpu_load(const struct vcpu *v);

struct cpuid_regs {
	uint32_t a, b, c, d;
};
void arch_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out);
/* -EIO when it faults. */
int arch_msr_read(uint32_t msr, uint64_t *value) MUST_CHECK;
int arch_msr_write(uint32_t msr, uint64_t value) MUST_CHECK;
/* Port I/O of 1, 2 or 4 bytes. */
uint32_t arch_port_in(uint16_t port, unsigned size);
void arch_port_out(uint16_t port, unsigned size, uint32_t value);
/* CR0 and CR4 as the hardware has them. */
uint64_t arch_cr0(void);
uint64_t arch_cr4(void);

#endif
