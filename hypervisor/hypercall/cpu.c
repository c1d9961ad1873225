/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpu_taskswitch, vm_assist, debug registers: small switches of a vCPU or domain. */
#include <abi/base.h>
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/pv.h>
#include <hv/pv_policy.h>

HYPERCALL_HANDLER(fpu_taskswitch)
{
	struct vcpu *v = current_vcpu();

	v->cr0_ts = !!a1;
	arch_ts_set(!!a1);
	return 0;
}

HYPERCALL_HANDLER(vm_assist)
{
	struct domain *d = current_domain();

	if (a2 >= 64 || !((PV_VM_ASSIST_VALID >> a2) & 1))
		return -EINVAL;
	switch (a1) {
	case VMASST_CMD_enable:
		__atomic_fetch_or(&d->vm_assist, 1ull << a2, __ATOMIC_RELAXED);
		return 0;
	case VMASST_CMD_disable:
		__atomic_fetch_and(&d->vm_assist, ~(1ull << a2), __ATOMIC_RELAXED);
		return 0;
	default:
		return -ENOSYS;
	}
}

HYPERCALL_HANDLER(set_debugreg)
{
	return pv_debugreg_set(current_vcpu(), a1 > 7 ? 8 : (unsigned)a1, a2);
}

HYPERCALL_HANDLER(get_debugreg)
{
	uint64_t value;
	int rc = pv_debugreg_get(current_vcpu(), a1 > 7 ? 8 : (unsigned)a1, &value);

	return rc ? rc : (int64_t)value;
}
