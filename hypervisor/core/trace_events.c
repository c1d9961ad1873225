/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the trace tells of each kind of event. */
#include <hv/trace.h>

#include <abi/base.h>
#include <hv/hypercall.h>
#include <hv/pv_trap.h>
#include <hv/regs.h>
#include <hv/domain.h>

/* Exceptions with an error code, but for the page fault: 8, 10 to 13, 17, 21. */
#define ERROR_CODE_VECTORS 0x00223d00u

struct record {
	uint32_t word[TRACE_EXTRA_MAX];
	unsigned n;
};

static void add(struct record *r, uint32_t word)
{
	r->word[r->n++] = word;
}

static void add_long(struct record *r, uint64_t value)
{
	add(r, (uint32_t)value);
	add(r, (uint32_t)(value >> 32));
}

static uint32_t vcpu_word(const struct vcpu *v)
{
	return (uint32_t)v->domain->id << 16 | v->id;
}

#define NARGS(nr, name, nargs, privilege) [nr] = (nargs),
static const uint8_t hypercall_nargs[HYPERCALL_COUNT] = {ABI_HYPERCALLS(NARGS)};

/* As many arguments as the call has and the record holds; a small one takes one word. */
static void write_call(uint32_t event, uint64_t nr, const uint64_t args[5])
{
	unsigned nargs = nr < HYPERCALL_COUNT ? hypercall_nargs[nr] : 0;
	struct record r = {.n = 1};

	r.word[0] = (uint32_t)nr & 0xfffff;
	for (unsigned i = 0; i < nargs; i++) {
		bool small = args[i] <= UINT32_MAX;

		if (r.n + (small ? 1u : 2u) > TRACE_EXTRA_MAX)
			break;
		r.word[0] |= (small ? 1u : 2u) << (20 + 2 * i);
		if (small)
			add(&r, (uint32_t)args[i]);
		else
			add_long(&r, args[i]);
	}
	trace_write(event, r.word, r.n);
}

void trace_hypercall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	write_call(TRC_PV_HYPERCALL_V2, nr, (const uint64_t[5]){a1, a2, a3, a4, a5});
}

void trace_subcall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
	write_call(TRC_PV_HYPERCALL_SUBCALL, nr, (const uint64_t[5]){a1, a2, a3, a4, a5});
}

void trace_trap(const struct regs *regs, uint64_t fault_va)
{
	struct record r = {.n = 0};

	add_long(&r, regs->rip);
	if (regs->vector == TRAP_PF) {
		add_long(&r, fault_va);
		add(&r, regs->error_code);
		trace_write(TRC_PV_PAGE_FAULT | TRC_64_FLAG, r.word, r.n);
	} else {
		bool coded = regs->vector < 32 && ERROR_CODE_VECTORS >> regs->vector & 1;

		add(&r, (regs->vector & 0x7fff) |
				(coded ? 0x8000 | (uint32_t)regs->error_code << 16 : 0));
		trace_write(TRC_PV_TRAP | TRC_64_FLAG, r.word, r.n);
	}
}

void trace_runstate(const struct vcpu *v, int state)
{
	uint32_t word = vcpu_word(v);

	trace_write(TRC_SCHED_RUNSTATE_CHANGE | (uint32_t)(v->runstate.state & 3) << 8 |
			    (uint32_t)(state & 3) << 4,
		    &word, 1);
}

void trace_event(const struct vcpu *v, uint32_t port)
{
	trace_write(TRC_PV_EVENT, (const uint32_t[]){vcpu_word(v), port}, 2);
}
