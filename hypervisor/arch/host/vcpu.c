/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a loaded vCPU, as plain variables. */
#include <arch/pci.h>
#include <arch/time.h>
#include <hv/vcpu.h>
#include <string.h>
#include "vcpu.h"

struct host_vcpu_hw host_hw;

void arch_toggle_mode(struct vcpu *v)
{
	uint64_t active = host_hw.base[ARCH_BASE_GS];

	v->in_kernel ^= 1;
	host_hw.base[ARCH_BASE_GS] = host_hw.base[ARCH_BASE_GS_INACTIVE];
	host_hw.base[ARCH_BASE_GS_INACTIVE] = active;
	host_hw.toggles++;
}

void arch_mode_root(const struct vcpu *v, bool kernel)
{
	(void)v, (void)kernel;
}

uint64_t arch_base_read(enum arch_base which)
{
	return host_hw.base[which];
}

void arch_base_write(enum arch_base which, uint64_t base)
{
	host_hw.base[which] = base;
}

void arch_selectors_read(struct arch_selectors *s)
{
	*s = host_hw.sel;
}

bool arch_selectors_load(const struct arch_selectors *s)
{
	host_hw.sel = *s;
	return true;
}

void arch_gs_inactive_load(uint16_t sel)
{
	host_hw.gs_inactive = sel;
}

bool arch_selector_is_long(uint16_t sel)
{
	(void)sel;
	return host_hw.long_mode;
}

void arch_gdt_load(const struct vcpu *v)
{
	(void)v;
	host_hw.gdt_loads++;
}

void arch_ldt_load(const struct vcpu *v)
{
	(void)v;
	host_hw.ldt_loads++;
}

void arch_ldt_map(unsigned page, mfn_t frame)
{
	(void)page, (void)frame;
	host_hw.ldt_maps++;
}

void arch_ldt_unmap(void)
{
	host_hw.ldt_maps = 0;
}

int arch_ldt_page(uint64_t va)
{
	uint64_t offset = va - host_hw.ldt_window;

	return offset < 16 * PAGE_SIZE ? (int)(offset >> PAGE_SHIFT) : -1;
}

void arch_dr_write(unsigned n, uint64_t value)
{
	host_hw.dr[n] = value;
}

void arch_ts_set(bool on)
{
	host_hw.ts = on;
}

void arch_cr4_apply(const struct vcpu *v)
{
	host_hw.cr4 = (host_hw.cr4 & ~4ull) | (v->cr4 & 4);
}

void arch_tsc_aux_write(uint64_t aux)
{
	host_hw.tsc_aux = aux;
}

size_t arch_fpu_size(void)
{
	return 2688;
}

uint64_t arch_fpu_mask(void)
{
	return host_hw.xcr0_mask;
}

void arch_fpu_reset(void *area)
{
	memset(area, 0, PAGE_SIZE);
}

void arch_fpu_legacy(const void *area, void *out)
{
	memcpy(out, area, 512);
}

void arch_fpu_save(const struct vcpu *v)
{
	(void)v;
}

void arch_fpu_load(const struct vcpu *v)
{
	(void)v;
	host_hw.fpu_loads++;
}

void arch_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *out)
{
	memset(out, 0, sizeof(*out));
	if (host_hw.cpuid)
		host_hw.cpuid(leaf, subleaf, out);
}

int arch_msr_read(uint32_t msr, uint64_t *value)
{
	if (msr != host_hw.msr)
		return -1;
	*value = host_hw.msr_value;
	return 0;
}

int arch_msr_write(uint32_t msr, uint64_t value)
{
	if (msr != host_hw.msr)
		return -1;
	host_hw.msr_value = value;
	return 0;
}

uint32_t arch_port_in(uint16_t port, unsigned size)
{
	host_hw.port = port;
	host_hw.port_size = size;
	return host_hw.port_in;
}

void arch_port_out(uint16_t port, unsigned size, uint32_t value)
{
	host_hw.port = port;
	host_hw.port_size = size;
	host_hw.port_out = value;
}

/* PCI and CMOS show up as accesses to port numbers of their own. */
uint32_t arch_pci_read(struct pci_addr dev, unsigned reg, unsigned size)
{
	(void)size;
	return (uint32_t)dev.bus << 16 | (uint32_t)dev.devfn << 8 | (reg & 0xff);
}

void arch_pci_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value)
{
	(void)dev;
	host_hw.port = (uint16_t)reg;
	host_hw.port_size = size;
	host_hw.port_out = value;
}

uint8_t arch_cmos_read(unsigned index)
{
	return (uint8_t)(0x80 | index);
}

void arch_cmos_write(unsigned index, uint8_t value)
{
	host_hw.port = (uint16_t)index;
	host_hw.port_out = value;
}

void arch_cache_flush_all(void)
{
	host_hw.cache_flushes++;
}

uint64_t arch_cr0(void)
{
	return host_hw.cr0;
}

uint64_t arch_cr4(void)
{
	return host_hw.cr4;
}

struct tsc_scale arch_tsc_scale(void)
{
	return (struct tsc_scale){.mul = 0x80000000u, .shift = 0};
}

uint64_t arch_tsc_read(void)
{
	return 0x123456789abull;
}

uint64_t arch_tsc_origin(void)
{
	return 1000;
}

uint32_t arch_tsc_khz(void)
{
	return 2000000;
}

uint64_t arch_rtc_read(void)
{
	return 1700000000;
}
