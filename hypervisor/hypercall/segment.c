/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_segment_base, stack_switch: what a guest kernel sets at each context switch. */
#include <abi/base.h>
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/vcpu.h>

HYPERCALL_HANDLER(set_segment_base)
{
	static const enum arch_base base[] = {
		[SEGBASE_FS] = ARCH_BASE_FS,
		[SEGBASE_GS_USER] = ARCH_BASE_GS_INACTIVE,
		[SEGBASE_GS_KERNEL] = ARCH_BASE_GS,
	};

	if (a1 == SEGBASE_GS_USER_SEL) {
		arch_gs_inactive_load((uint16_t)(a2 & ~3ull ? a2 | 3 : 0));
		return 0;
	}
	if (a1 >= ARRAY_SIZE(base) || !va_canonical(a2))
		return -EINVAL;
	arch_base_write(base[a1], a2);
	return 0;
}

HYPERCALL_HANDLER(stack_switch)
{
	struct vcpu *v = current_vcpu();

	v->kernel_ss = (a1 & 0xffff) | 3;
	v->kernel_sp = a2;
	return 0;
}
