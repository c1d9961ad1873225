/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug registers of a vCPU: what may be set, and when the CPU must have them. */
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/pv.h>
#include <hv/vaspace.h>

#define DR6_ONES   0xffff0ff0ull
#define DR6_ZEROES ~0xffffefffull
#define DR7_ONE    0x400ull
#define DR7_ZEROES (~0xffffffffull | 0xd800) /* 11, 12, 14, 15 */
#define DR7_GD     0x2000ull
#define DR7_ENABLE 0xffull
#define CR4_DE     8u
#define RW_IO      2

/* Conditions of breakpoints are at bits 16, 20, 24, 28: 2 is I/O and needs CR4.DE. */
static bool has_io_breakpoint(uint64_t dr7)
{
	for (unsigned i = 0; i < 4; i++)
		if (((dr7 >> (16 + 4 * i)) & 3) == RW_IO)
			return true;
	return false;
}

static void write_dr7(struct vcpu *v, uint64_t value)
{
	bool loaded = v->dr[7] & DR7_ENABLE;

	v->dr[7] = value;
	if (v != current_vcpu() || !(loaded || (value & DR7_ENABLE)))
		return;
	for (unsigned i = 0; i < 4; i++)
		arch_dr_write(i, v->dr[i]);
	arch_dr_write(7, value & DR7_ENABLE ? value : DR7_ONE);
}

int pv_debugreg_set(struct vcpu *v, unsigned reg, uint64_t value)
{
	if ((reg == 4 || reg == 5) && !(v->cr4 & CR4_DE))
		reg += 2;
	switch (reg) {
	case 0 ... 3:
		if (!va_canonical(value) || (value >= HV_VA_START && value < HV_VA_END))
			return -EPERM;
		v->dr[reg] = value;
		if (v == current_vcpu() && (v->dr[7] & DR7_ENABLE))
			arch_dr_write(reg, value);
		return 0;
	case 6:
		if (value >> 32)
			return -EINVAL;
		v->dr[6] = (value | DR6_ONES) & ~DR6_ZEROES;
		return 0;
	case 7:
		if (value >> 32)
			return -EINVAL;
		if (value & DR7_GD)
			return -EPERM;
		if (has_io_breakpoint(value) && !(v->cr4 & CR4_DE))
			return -EPERM;
		write_dr7(v, (value | DR7_ONE) & ~DR7_ZEROES);
		return 0;
	default:
		return -ENODEV;
	}
}

int pv_debugreg_get(const struct vcpu *v, unsigned reg, uint64_t *value)
{
	if ((reg == 4 || reg == 5) && !(v->cr4 & CR4_DE))
		reg += 2;
	if (reg > 7 || reg == 4 || reg == 5)
		return -ENODEV;
	*value = v->dr[reg];
	return 0;
}
