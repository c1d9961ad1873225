/* SPDX-License-Identifier: MIT */
#include "guest-abi/guest/trap.h"

#include "abi/callback.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/user.h"
#include "guest-abi/guest/vcpu.h"

#define ENTRY_SIZE 32
#define CPU_TRAPS  32

struct recovery {
	uint64_t start, resume; /* [start, resume) */
};

extern const struct recovery extable_start[], extable_end[];
extern const char trap_entries[], trap_entry_0x80[], trap_entry_event[], trap_entry_syscall[],
	trap_entry_failsafe[], trap_entry_sysenter[];

void trap_dispatch(struct trap_frame *f);

static trap_fn *handlers[TRAP_COUNT];

void trap_set(unsigned int vector, trap_fn *fn)
{
	handlers[vector] = fn;
}

uint64_t trap_entry(unsigned int vector)
{
	switch (vector) {
	case 0x80:
		return (uint64_t)trap_entry_0x80;
	case TRAP_EVENT:
		return (uint64_t)trap_entry_event;
	case TRAP_SYSCALL:
		return (uint64_t)trap_entry_syscall;
	case TRAP_FAILSAFE:
		return (uint64_t)trap_entry_failsafe;
	case TRAP_SYSENTER:
		return (uint64_t)trap_entry_sysenter;
	default:
		return (uint64_t)trap_entries + vector * ENTRY_SIZE;
	}
}

void trap_fill(struct trap_info *rows, size_t count)
{
	size_t i;

	for (i = 0; i < CPU_TRAPS && i < count; i++)
		rows[i] = (struct trap_info){.vector = (uint8_t)i,
					     .flags = i == 3 || i == 4 ? 3 : 0,
					     .cs = FLAT_RING3_CS64,
					     .address = trap_entry((unsigned int)i)};
	if (count > CPU_TRAPS)
		rows[CPU_TRAPS] = (struct trap_info){.vector = 0x80,
						     .flags = 3,
						     .cs = FLAT_RING3_CS64,
						     .address = trap_entry(0x80)};
}

static void callback(unsigned int type, unsigned int vector, unsigned int flags)
{
	struct callback_register cb = {
		.type = (uint16_t)type, .flags = (uint16_t)flags, .address = trap_entry(vector)};
	int64_t rc = hypercall2(HC_CALLBACK_OP, CALLBACKOP_register, (uint64_t)&cb);

	if (rc)
		guest_panic("callback %u: error %ld", type, (long)rc);
}

void trap_init(void)
{
	struct trap_info rows[CPU_TRAPS + 2] = {{.address = 0}};
	int64_t rc;

	trap_fill(rows, CPU_TRAPS + 1);
	rc = hypercall2(HC_SET_TRAP_TABLE, (uint64_t)rows, 0);
	if (rc)
		guest_panic("trap table: error %ld", (long)rc);
	callback(CALLBACKTYPE_event, TRAP_EVENT, 0);
	callback(CALLBACKTYPE_failsafe, TRAP_FAILSAFE, CALLBACKF_mask_events);
	callback(CALLBACKTYPE_syscall, TRAP_SYSCALL, 0);
}

uint64_t trap_cr2(void)
{
	return vcpu_self()->info->arch.cr2;
}

/* A trap's rip is that of the next instruction, a fault's that of its own. */
static const struct recovery *recovery_for(const struct trap_frame *f)
{
	bool behind = f->vector == 1 || f->vector == 3 || f->vector == 4;
	const struct recovery *r;

	for (r = extable_start; r < extable_end; r++) {
		if (behind && f->rip > r->start && f->rip <= r->resume)
			return r;
		if (!behind && f->rip >= r->start && f->rip < r->resume)
			return r;
	}
	return NULL;
}

void trap_dispatch(struct trap_frame *f)
{
	const struct recovery *r;

	if (f->vector == TRAP_EVENT) {
		event_dispatch();
		return;
	}
	if ((f->cs & 3) == 3)
		user_trapped(f);
	if (handlers[f->vector] && handlers[f->vector](f))
		return;
	r = recovery_for(f);
	if (!r)
		guest_panic("trap %u error %x rip %lx rsp %lx cr2 %lx", f->vector, f->error, f->rip,
			    f->rsp, trap_cr2());
	f->r15 = TRAP_TAKEN | (uint64_t)f->vector << 32 | f->error;
	f->rip = r->resume;
}

uint64_t trap_read(const volatile void *at, uint64_t *value)
{
	uint64_t v = 0;
	uint64_t taken = TRAP_TRY_GET("mov (%2), %1", "=&r"(v), "r"(at));

	*value = v;
	return taken;
}

uint64_t trap_write(volatile void *at, uint64_t value)
{
	return TRAP_TRY("mov %2, (%1)", "r"(at), "r"(value));
}
