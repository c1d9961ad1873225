/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every sub-operation that the ABI's source knows, called wrongly at least fifty times, in all ways
 * that its description allows to make up: the structure nowhere, in the hypervisor, across the end
 * of what is mapped; each register and field with what its kind cannot be, with values at the
 * limits, with random ones. The answer is an error that the source declares for the call, and just
 * the one that the kind of wrongness asks for; the same call in a multicall has the same answer; a
 * refused call writes to nothing but its outputs, and guest and machine have afterwards what they
 * had; no call takes long. As the control domain (limit=N on the command line: of one call, in
 * ticks of the time stamp counter) the calls act on a domain made for it. A broken hypervisor dies
 * here, or hands out something.
 */
#include <errno.h>
#include <string.h>

#include "abi/grammar.h"
#include "abi/names.h"
#include "guest-abi/guest/boot.h"
#include "guest-abi/guest/text.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/bad_calls/books.h"
#include "tests/guest/bad_calls/call.h"
#include "tests/guest/bad_calls/rules.h"
#include "tests/guest/bad_calls/wrong.h"
#include "tests/guest/lib/test.h"

#define WANTED 50  /* refused calls of each sub-operation */
#define TRIES  400 /* at random, for that many */

/* What the calls of one sub-operation came to. */
static struct {
	unsigned int rules, refused, taken;
	char complaint[128]; /* the first; empty if there is none */
} tally;

static struct {
	const char *name;
	uint64_t ticks;
} slowest = {.name = ""};

static unsigned int asked, least = ~0u;
static uint64_t refused_total;
static const char *least_name = "";

static void complain(const struct call *c, unsigned int slot, const char *what, int64_t found)
{
	const bool named = slot < call_slots(c->op);

	if (!tally.complaint[0])
		text_format(tally.complaint, sizeof(tally.complaint), "%s = %lx: %s %ld",
			    named ? call_slot_name(c->op, slot) : "random",
			    named ? call_slot_get(c, slot) : 0, what, (long)found);
}

/* The error that the kind of a wrong slot asks for; 0: any that is declared. */
static int64_t error_of(unsigned int kind)
{
	switch (kind) {
	case ABI_KIND_arg:
	case ABI_KIND_ptr:
		return EFAULT;
	case ABI_KIND_version:
		return EACCES;
	case ABI_KIND_op:
	case ABI_KIND_cmd:
		return ENOSYS;
	default:
		return 0;
	}
}

static bool names_call(unsigned int kind)
{
	return kind == ABI_KIND_op || kind == ABI_KIND_cmd || kind == ABI_KIND_version;
}

/* Whether a wrong value in a slot of this kind is enough for the call to do nothing. */
static bool stops_call(const struct abi_op *op, unsigned int slot)
{
	unsigned int kind;

	if (slot >= call_slots(op))
		return false;
	kind = call_slot_kind(op, slot);
	return names_call(kind) || kind == ABI_KIND_domid || kind == ABI_KIND_vcpu ||
	       ((int)slot == op->arg_register && op->size);
}

/* What is wrong about the number or the version may be told before the want of rights. */
static bool is_misnamed(const struct call *c, int64_t rc)
{
	for (unsigned int slot = 0; slot < call_slots(c->op); slot++) {
		unsigned int kind = call_slot_kind(c->op, slot);

		if (names_call(kind) && rc == -error_of(kind) &&
		    call_slot_get(c, slot) != call_right(c->op, kind))
			return true;
	}
	return false;
}

static bool may_return(const struct call *c, int64_t rc, int64_t wanted)
{
	const struct abi_op *op = c->op;

	if (op->refused && rc == -(int64_t)op->refused)
		return true;
	if (op->control && !boot_is_control_domain())
		return rc == -EPERM || (wanted == EFAULT && rc == -EFAULT) || is_misnamed(c, rc);
	if (wanted && !(tally.rules & RULE_OTHER))
		return rc == -wanted;
	return rc > -128 && op->errors[-rc / 64] >> (-rc % 64) & 1;
}

static void took(const struct abi_op *op, uint64_t ticks)
{
	if (ticks > slowest.ticks) {
		slowest.name = op->name;
		slowest.ticks = ticks;
	}
}

/* One call, in which `slot` is wrong (none: several are), for which `wanted` is asked if not 0. */
static void judge(const struct call *c, unsigned int slot, int64_t wanted, bool for_sure)
{
	static const char *const harms[] = {"", "wrote outside of its structure, and gave",
					    "changed its input, and gave",
					    "wrote where a pointer leads, and gave"};
	struct call_answer got;
	uint64_t ticks;
	int64_t listed;

	call_make(c, &got);
	if (got.rc >= 0 && !got.status && !((tally.rules & RULE_EXTENTS) && !got.rc)) {
		tally.taken++;
		if (for_sure && !(tally.rules & (RULE_ALWAYS | RULE_TAKES)))
			complain(c, slot, "was taken, and gave", got.rc);
		return;
	}
	tally.refused++;
	if (got.rc < 0 && !may_return(c, got.rc, wanted))
		complain(c, slot, "gives the wrong error", got.rc);
	if (got.status && !(c->op->statuses >> -got.status & 1))
		complain(c, slot, "gives a status that is not declared", got.status);
	if (got.harm && (got.harm != CALL_WROTE_LISTS || stops_call(c->op, slot)))
		complain(c, slot, harms[got.harm], got.rc);
	if (c->op->call == HC_MULTICALL) {
		took(c->op, got.ticks);
		return;
	}
	listed = call_make_listed(c, &ticks);
	/* The guest may have been stopped for a while in one of them. */
	took(c->op, ticks < got.ticks ? ticks : got.ticks);
	if (listed != got.rc)
		complain(c, slot, "in a multicall", listed);
}

static void addresses(const struct abi_op *op)
{
	struct wrong_list list = wrong_addresses();
	const unsigned int slot = (unsigned int)op->arg_register;
	struct call c;
	unsigned int i;

	if (op->arg_register < 0 || !(op->size || op->refused))
		return;
	for (i = tally.rules & RULE_NULL ? 1 : 0; i < list.count; i++) {
		call_prepare(&c, op);
		c.a[slot] = list.values[i];
		judge(&c, slot, EFAULT, true);
	}
	for (i = 1; i < op->size; i = i < 16 ? i + 1 : i * 2) {
		call_prepare(&c, op);
		c.a[slot] = CALL_END - i;
		judge(&c, slot, EFAULT, true);
	}
}

/* Of the sub-operation's own number, with bits that do not belong there. */
static uint64_t wrong_value(const struct abi_op *op, unsigned int kind, uint64_t value)
{
	return kind == ABI_KIND_op || kind == ABI_KIND_cmd ? value | (uint64_t)op->op : value;
}

static void slots(const struct abi_op *op)
{
	struct call c;

	for (unsigned int slot = 0; slot < call_slots(op); slot++) {
		unsigned int kind = call_slot_kind(op, slot);
		struct wrong_list list = wrong_for_sure(kind);

		if (!call_slot_is_input(op, slot))
			continue;
		if (op->call == HC_MEMORY_OP && kind == ABI_KIND_op)
			continue;
		for (unsigned int i = 0; i < list.count; i++) {
			call_prepare(&c, op);
			call_slot_set(&c, slot, wrong_value(op, kind, list.values[i]));
			judge(&c, slot, error_of(kind), true);
		}
	}
}

/* What the control domain may do to itself, it may. */
static bool is_oneself(const struct abi_op *op, unsigned int slot, uint64_t value)
{
	return op->control && call_slot_kind(op, slot) == ABI_KIND_domid && !(uint16_t)value;
}

static void limits(const struct abi_op *op)
{
	struct wrong_list list = wrong_limits();
	struct call c;

	for (unsigned int slot = 0; slot < call_slots(op); slot++) {
		if (!call_slot_is_input(op, slot) || names_call(call_slot_kind(op, slot)))
			continue;
		for (unsigned int i = 0; i < list.count; i++) {
			if (is_oneself(op, slot, list.values[i]))
				continue;
			call_prepare(&c, op);
			call_slot_set(&c, slot, list.values[i]);
			judge(&c, slot, 0, false);
		}
	}
}

/* Each slot of those kinds wrong in half of the calls. */
static void at_random_for_sure(const struct abi_op *op)
{
	bool stopped;
	struct call c;

	for (unsigned int tries = 0; tally.refused < WANTED && tries < TRIES; tries++) {
		call_prepare(&c, op);
		stopped = false;
		for (unsigned int slot = 0; slot < call_slots(op); slot++) {
			unsigned int kind = call_slot_kind(op, slot);

			if (!stops_call(op, slot) || wrong_random() & 1)
				continue;
			call_slot_set(&c, slot,
				      wrong_value(op, kind,
						  wrong_one_of(wrong_for_sure(kind)) |
							  wrong_one_of(wrong_for_sure(kind))));
			stopped = true;
		}
		if (stopped)
			judge(&c, call_slots(op), 0, true);
	}
}

/* About half of the slots wrong: for sure, at a limit, or by any number. */
static void at_random(const struct abi_op *op)
{
	struct call c;

	for (unsigned int tries = 0; tally.refused < WANTED && tries < TRIES; tries++) {
		call_prepare(&c, op);
		for (unsigned int slot = 0; slot < call_slots(op); slot++) {
			unsigned int kind = call_slot_kind(op, slot);
			struct wrong_list list = wrong_for_sure(kind);

			if (!call_slot_is_input(op, slot) || wrong_random() & 1)
				continue;
			if (list.count && (wrong_random() & 1 || names_call(kind)))
				call_slot_set(&c, slot, wrong_value(op, kind, wrong_one_of(list)));
			else if (kind == ABI_KIND_domid || wrong_random() & 1)
				call_slot_set(&c, slot, wrong_one_of(wrong_limits()) | op->control);
			else
				call_slot_set(&c, slot, wrong_random());
		}
		judge(&c, call_slots(op), 0, false);
	}
}

/* What of the books they changed, or NULL. */
static const char *all_of(const struct abi_op *op)
{
	struct books before, after;

	tally.refused = 0;
	books_take(&before);
	addresses(op);
	slots(op);
	if (tally.rules & RULE_SURE) {
		at_random_for_sure(op);
	} else {
		limits(op);
		at_random(op);
	}
	books_restore();
	books_take(&after);
	return books_difference(&before, &after);
}

static void sub_operation(const struct abi_op *op)
{
	const char *difference;

	memset(&tally, 0, sizeof(tally));
	tally.rules = rules_of(op->name);
	if (tally.rules & RULE_NEVER)
		return;
	difference = all_of(op);
	/* Memory that the hypervisor takes once and keeps is not lost. */
	if (difference && boot_is_control_domain())
		difference = all_of(op);
	asked++;
	refused_total += tally.refused;
	if (tally.refused < least && !(tally.rules & RULE_ALWAYS)) {
		least = tally.refused;
		least_name = op->name;
	}
	if (tally.complaint[0])
		guest_print("%s: %s\n", op->name, tally.complaint);
	test_true(test_name("answers: %s", op->name), !tally.complaint[0]);
	if (!(tally.rules & RULE_ALWAYS))
		test_true(test_name("fifty: %s (%u)", op->name, tally.refused),
			  tally.refused >= WANTED);
	test_true(test_name("books: %s %s", op->name, difference ? difference : ""), !difference);
}

static void unknown_numbers(void)
{
	static const uint64_t numbers[] = {
		11,  43,   47,         49,         55,
		56,  63,   64,         65,         127,
		128, 1000, 0x80000000, 0xffffffff, 1ul << 32 | HC_XEN_VERSION,
		~0ul};
	static const struct {
		const char *name;
		unsigned int call;
		int64_t wanted;
	} families[] = {
		{"memory_op", HC_MEMORY_OP, -ENOSYS},
		{"xen_version", HC_XEN_VERSION, -ENOSYS},
		{"vcpu_op", HC_VCPU_OP, -ENOSYS},
		{"sched_op", HC_SCHED_OP, -ENOSYS},
		{"callback_op", HC_CALLBACK_OP, -ENOSYS},
		{"nmi_op", HC_NMI_OP, -ENOSYS},
		{"event_channel_op", HC_EVENT_CHANNEL_OP, -ENOSYS},
		{"physdev_op", HC_PHYSDEV_OP, -ENOSYS},
		{"vm_assist", HC_VM_ASSIST, -ENOSYS},
		{"grant_table_op", HC_GRANT_TABLE_OP, -ENOSYS},
		{"set_segment_base", HC_SET_SEGMENT_BASE, -EINVAL},
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		test_equal(test_name("hypercall %lx", numbers[i]), -ENOSYS,
			   hypercall3(numbers[i], 0, 0, 0));
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		test_equal(test_name("unknown sub-op of %s", families[i].name), families[i].wanted,
			   hypercall3(families[i].call, 63, 0, 0));
}

void test_main(void)
{
	const uint64_t limit = boot_option_number("limit", 600 * TIME_S);
	uint64_t v;

	if (call_init())
		test_give_up("pages", -1);
	wrong_init();
	books_init();
	unknown_numbers();
	for (unsigned int i = 0; i < ABI_NR_OPS; i++)
		sub_operation(&abi_ops[i]);
	test_trap_error("traps still come", 14, 0, trap_read((void *)0x1000, &v));
	test_true("so does the timer", !time_wait(NULL, NULL, 20 * TIME_MS));
	test_true("unused memory is whole", call_unused_is_whole());
	test_true("no call took long", slowest.ticks < limit);
	guest_print("bad_calls: %u sub-operations, %lu calls refused; least %u of %s; "
		    "slowest %s: %lu ticks\n",
		    asked, refused_total, least, least_name, slowest.name, slowest.ticks);
}
