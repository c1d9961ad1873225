/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multicall: a list of hypercalls, done in order, each with its own result. When one of them wants
 * to be restarted, the entry in the guest's list is rewritten and the multicall starts again at it.
 */
#include "multicall.h"

#include <abi/base.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>

static struct multicall_state {
	bool active;
	bool restart;
	struct multicall_entry entry; /* the one being done */
} states[HV_MAX_CPUS];

bool multicall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	struct multicall_state *s = &states[this_cpu()];

	if (!s->active)
		return false;
	s->restart = true;
	s->entry.op = nr;
	s->entry.args[0] = a1;
	s->entry.args[1] = a2;
	s->entry.args[2] = a3;
	s->entry.args[3] = a4;
	s->entry.args[4] = a5;
	return true;
}

/* iret replaces the whole register frame, and a list within a list would need two states. */
static bool multicall_permits(uint64_t op)
{
	return op < HYPERCALL_COUNT && op != HC_IRET && op != HC_MULTICALL;
}

HYPERCALL_HANDLER(multicall)
{
	struct multicall_state *s = &states[this_cpu()];
	struct multicall_entry *e = &s->entry;
	bool begun = false;

	(void)a3, (void)a4, (void)a5;
	for (; a2; a1 += sizeof(*e), a2--) {
		if (begun && hypercall_preempt_check())
			return hypercall_restart(HC_MULTICALL, a1, a2, 0, 0, 0);
		begun = true;
		if (copy_from_guest(e, a1, sizeof(*e)))
			return -EFAULT;
		if (multicall_permits(e->op)) {
			s->active = true;
			e->result = hypercall_table[e->op](e->args[0], e->args[1], e->args[2],
							   e->args[3], e->args[4]);
			s->active = false;
		} else {
			e->result = -ENOSYS;
		}
		if (s->restart) {
			s->restart = false;
			if (copy_to_guest(a1, e, sizeof(*e)))
				return -EFAULT;
			return hypercall_restart(HC_MULTICALL, a1, a2, 0, 0, 0);
		}
		if (copy_to_guest(a1 + offsetof(struct multicall_entry, result), &e->result,
				  sizeof(e->result)))
			return -EFAULT;
	}
	return 0;
}
