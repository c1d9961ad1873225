/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests may set in the fake CPU of vcpu.c, and read from it. */
#ifndef ARCH_HOST_VCPU_H
#define ARCH_HOST_VCPU_H

#include <arch/vcpu.h>

struct host_vcpu_hw {
	uint64_t base[3]; /* by enum arch_base */
	uint64_t dr[8];
	uint64_t cr0, cr4, tsc_aux, xcr0_mask;
	struct arch_selectors sel;
	uint16_t gs_inactive;
	bool ts, long_mode;
	unsigned gdt_loads, ldt_loads, ldt_maps, fpu_loads, cache_flushes, toggles;
	/* MSRs that exist: one number and its value, the others fault. */
	uint32_t msr;
	uint64_t msr_value;
	/* ports: last access, and what is read */
	uint16_t port;
	unsigned port_size;
	uint32_t port_out, port_in;
	/* CPUID: NULL answers with zeros */
	void (*cpuid)(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out);
	uint64_t ldt_window; /* what arch_ldt_page() takes for the window */
};

extern struct host_vcpu_hw host_hw;

#endif
