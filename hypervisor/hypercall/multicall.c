/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multicall: a list of hypercalls, done in order, each with its own result. When one of them wants
 * to be restarted, the entry in the guest's list is rewritten and the multicall starts again at it.
 */
#include "multicall.h"

#include <abi/base.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/hypercall.h>
#include <hv/trace.h>

/* An entry but for the sixth argument, which nothing takes. */
struct request {
	uint64_t op;
	int64_t result;
	uint64_t args[5];
};

_Static_assert(offsetof(struct multicall_entry, result) == offsetof(struct request, result) &&
		       offsetof(struct multicall_entry, args) == offsetof(struct request, args),
	       "a request is the front of an entry");

static struct multicall_state {
	bool active;
	bool restart;
	struct request again; /* with restart: what to put into the list */
} states[HV_MAX_CPUS];

bool multicall_restart(unsigned nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	struct multicall_state *s = &states[this_cpu()];

	if (!s->active)
		return false;
	s->restart = true;
	s->again = (struct request){nr, 0, {a1, a2, a3, a4, a5}};
	return true;
}

/* iret replaces the whole register frame, and a list within a list would need two states. */
static inline bool multicall_permits(uint64_t op)
{
	return likely(op < HYPERCALL_COUNT) &&
	       !((1ull << HC_IRET | 1ull << HC_MULTICALL) >> op & 1);
}

/* The entry at @gva. -ERESTART: it is to be done again. */
static inline ALWAYS_INLINE int do_entry(struct multicall_state *s, uint64_t gva, bool traced)
{
	int64_t result = -ENOSYS;
	struct request r;

	if (unlikely(guest_get(&r, gva)))
		return -EFAULT;
	if (traced)
		trace_subcall(r.op, r.args[0], r.args[1], r.args[2], r.args[3], r.args[4]);
	if (likely(multicall_permits(r.op)))
		result = hypercall_table[r.op](r.args[0], r.args[1], r.args[2], r.args[3],
					       r.args[4]);
	if (unlikely(s->restart)) {
		s->restart = false;
		return guest_put(gva, &s->again) ? -EFAULT : -ERESTART;
	}
	if (unlikely(guest_put(gva + offsetof(struct request, result), &result)))
		return -EFAULT;
	return 0;
}

static inline ALWAYS_INLINE int64_t do_list(uint64_t gva, uint64_t count, bool traced)
{
	struct multicall_state *s = &states[this_cpu()];
	const uint64_t before = count;
	int rc = 0;

	s->active = true;
	while (count) {
		rc = do_entry(s, gva, traced);
		if (unlikely(rc))
			break;
		gva += sizeof(struct multicall_entry);
		if (--count && unlikely(hypercall_preempt_check())) {
			rc = -ERESTART;
			break;
		}
	}
	s->active = false;
	COUNT_FOR(current_vcpu(), multicall_entries, before - count);
	return likely(rc != -ERESTART) ? rc : hypercall_restart(HC_MULTICALL, gva, count, 0, 0, 0);
}

/* A loop of its own: a test in each round costs more than its two instructions. */
static NOINLINE int64_t do_list_traced(uint64_t gva, uint64_t count)
{
	return do_list(gva, count, true);
}

HYPERCALL_HANDLER(multicall)
{
	return trace_on() ? do_list_traced(a1, a2) : do_list(a1, a2, false);
}
