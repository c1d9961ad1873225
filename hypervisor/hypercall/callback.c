/* SPDX-License-Identifier: GPL-2.0-or-later */
/* callback_op: entry points of the guest kernel, one vCPU's at a time. */
#include <abi/callback.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/pv.h>

HYPERCALL_HANDLER(callback_op)
{
	struct callback_register reg;
	struct callback_unregister unreg;

	switch (a1) {
	case CALLBACKOP_register:
		if (copy_from_guest(&reg, a2, sizeof(reg)))
			return -EFAULT;
		return pv_callback_set(current_vcpu(), reg.type, reg.flags & CALLBACKF_mask_events,
				       reg.address);
	case CALLBACKOP_unregister:
		if (copy_from_guest(&unreg, a2, sizeof(unreg)))
			return -EFAULT;
		/* No guest can go on without the first two; the third is only replaced. */
		if (unreg.type == CALLBACKTYPE_event || unreg.type == CALLBACKTYPE_failsafe ||
		    unreg.type == CALLBACKTYPE_syscall)
			return -EINVAL;
		return pv_callback_set(current_vcpu(), unreg.type, false, 0);
	default:
		return -ENOSYS;
	}
}
