/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_trap_table, set_callbacks, iret, nmi_op: entry points of the guest kernel. */
#include <abi/base.h>
#include <abi/callback.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/pv.h>
#include <hv/pv_trap.h>
#include <hv/string.h>
#include <hv/vcpu.h>

HYPERCALL_HANDLER(set_trap_table)
{
	struct vcpu *v = current_vcpu();
	struct trap_info t;

	if (!a1) {
		memset(v->traps, 0, TRAP_COUNT * sizeof(t));
		return 0;
	}
	for (unsigned i = 0; i < TRAP_COUNT; i++) {
		if (copy_elem_from_guest(&t, a1, i))
			return -EFAULT;
		if (!t.address)
			return 0;
		if (pv_trap_set(v, &t))
			return -EINVAL;
	}
	return 0;
}

HYPERCALL_HANDLER(set_callbacks)
{
	struct vcpu *v = current_vcpu();

	if (!va_canonical(a1) || !va_canonical(a2) || !va_canonical(a3))
		return -EINVAL;
	(void)pv_callback_set(v, CALLBACKTYPE_event, true, a1);
	(void)pv_callback_set(v, CALLBACKTYPE_failsafe, false, a2);
	(void)pv_callback_set(v, CALLBACKTYPE_syscall, false, a3);
	return 0;
}

HYPERCALL_HANDLER(iret)
{
	return pv_iret(&cpu_info()->guest_regs);
}

/* nmi_op: the older way to register what callback_op's type nmi does; cmd 0 register, 1 remove. */
HYPERCALL_HANDLER(nmi_op)
{
	struct vcpu *v = current_vcpu();
	uint64_t callback[2] = {0}; /* address, padding */

	if (a1 > 1)
		return -ENOSYS;
	if (v->id != 0)
		return -EINVAL;
	if (a1 == 0 && copy_from_guest(callback, a2, sizeof(callback)))
		return -EFAULT;
	return pv_callback_set(v, CALLBACKTYPE_nmi, true, callback[0]);
}
