/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every sub-operation that the ABI's source knows, called wrongly in all ways that its description
 * allows to make up: pointers to nowhere, into the hypervisor, across the end of a page; each field
 * at its limits; random structures; wrong domains, huge counts, unknown numbers. The answer is the
 * documented error or an ordinary refusal, it comes in bounded time, and afterwards the guest has
 * what it had. A broken hypervisor dies here, or hands out something. Not privileged, so the
 * control domain's calls are all refused.
 */
#include <errno.h>
#include <string.h>

#include "abi/domctl.h"
#include "abi/evtchn.h"
#include "abi/grammar.h"
#include "abi/memory.h"
#include "abi/platform.h"
#include "abi/sysctl.h"
#include "guest-abi/guest/event.h"
#include "guest-abi/guest/grant.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/time.h"
#include "guest-abi/guest/trap.h"
#include "tests/guest/lib/test.h"

#define WHERE 0x10000000000ul
#define CALL_LIMIT                                                                                 \
	(2 * TIME_S) /* an emulator may be stopped for a while; hypercalls take microseconds */
#define RANDOM 24
#define PORTS  1024

static uint8_t *scratch; /* ends at WHERE + a page, behind which nothing is mapped */
static uint64_t *lists;  /* what pointers in structures point to */
static unsigned int calls;
static uint64_t slowest;
static const char *slowest_name = "";

/*
 * Calls that do what they are asked even so: end the guest, sleep, or take its entry points away.
 */
static const char *const by_design[] = {
	"iret",
	"set_trap_table",
	"set_callbacks",
	"stack_switch",
	"multicall",
	"SCHEDOP_block",
	"SCHEDOP_shutdown",
	"SCHEDOP_poll",
	"SCHEDOP_watchdog",
	"SCHEDOP_remote_shutdown",
	"SCHEDOP_shutdown_code",
	"VCPUOP_down",
	"VCPUOP_up",
	"EVTCHNOP_close",
	"EVTCHNOP_reset",
	"EVTCHNOP_bind_vcpu",
	"CALLBACKOP_register",
	"CALLBACKOP_unregister",
	"GNTTABOP_set_version",
	"GNTTABOP_setup_table",
	"XENMEM_populate_physmap",
	"XENMEM_increase_reservation",
	"EVTCHNOP_init_control",
};

static bool is_by_design(const struct abi_op *op)
{
	for (unsigned int i = 0; i < sizeof(by_design) / sizeof(by_design[0]); i++) {
		if (!strcmp(by_design[i], op->name))
			return true;
	}
	return false;
}

static int64_t timed(const struct abi_op *op, const uint64_t a[6])
{
	uint64_t start = time_now(), took;
	int64_t rc = hypercall5((uint64_t)op->call, a[0], a[1], a[2], a[3], a[4]);

	took = time_now() - start;
	calls++;
	if (took > slowest) {
		slowest = took;
		slowest_name = op->name;
	}
	return rc;
}

/* Registers as they should be, the structure at `arg`. */
static void registers(const struct abi_op *op, uint64_t arg, uint64_t a[6])
{
	memset(a, 0, 6 * sizeof(*a));
	for (unsigned int i = 0; i < op->nr_registers; i++) {
		switch (op->registers[i]) {
		case ABI_KIND_op:
			a[i] = (uint64_t)op->op;
			break;
		case ABI_KIND_count:
			a[i] = 1;
			break;
		case ABI_KIND_domid:
			a[i] = DOMID_SELF;
			break;
		default:
			break;
		}
	}
	if (op->arg_register >= 0)
		a[op->arg_register] = arg;
}

static void put(uint8_t *at, unsigned int size, uint64_t value)
{
	memcpy(at, &value, size < 8 ? size : 8);
}

static uint64_t version(const struct abi_op *op)
{
	return op->call == HC_DOMCTL   ? XEN_DOMCTL_INTERFACE_VERSION
	       : op->call == HC_SYSCTL ? XEN_SYSCTL_INTERFACE_VERSION
				       : XENPF_INTERFACE_VERSION;
}

/* A structure that could be right, for the domain itself; pointers lead to `lists`. */
static void fill(const struct abi_op *op, uint8_t *to)
{
	memset(to, 0, op->size);
	for (unsigned int i = 0; i < op->nr_fields; i++) {
		const struct abi_field *f = &op->fields[i];

		if (f->kind == ABI_KIND_cmd)
			put(to + f->offset, f->size, (uint64_t)op->op);
		else if (f->kind == ABI_KIND_version)
			put(to + f->offset, f->size, version(op));
		else if (f->kind == ABI_KIND_domid)
			put(to + f->offset, f->size, DOMID_SELF);
		else if (f->kind == ABI_KIND_ptr)
			put(to + f->offset, f->size, (uint64_t)lists);
	}
	if (op->preset.size)
		put(to + op->preset.offset, op->preset.size, op->preset.value);
}

static bool has_structure(const struct abi_op *op)
{
	return op->arg_register >= 0 && op->size && op->size < GUEST_PAGE;
}

/* Those that answer before they look at their structure, or by the number of extents they did. */
static const struct {
	const char *name;
	int64_t rc;
} otherwise[] = {
	{"XENMEM_increase_reservation", 0},
	{"XENMEM_decrease_reservation", 0},
	{"XENMEM_populate_physmap", 0},
	{"VCPUOP_get_physid", -EINVAL}, /* this vCPU is not bound to one CPU */
};

/* What a call with a structure that cannot be read must give. */
static bool unreadable(const struct abi_op *op, int64_t rc)
{
	for (unsigned int i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++) {
		if (!strcmp(op->name, otherwise[i].name) && rc == otherwise[i].rc)
			return true;
	}
	return rc == -EFAULT || (op->control && rc == -EPERM) ||
	       (op->refused && rc == -(int64_t)op->refused);
}

static void pointers(const struct abi_op *op)
{
	static const uint64_t nowhere[] = {
		0,
		1,
		0x1000,
		0x7fffffffefff,
		0x0000800000000000,
		0x8000000000000000,
		0xffff7fffffffffff,
		0xffff800000000000,
		0xffff800000000008,
		0xffff830000000000,
		0xffff840012345678,
		0xffff87fffffffff8,
		0xfffffffffffffff8,
		0xffffffffffffffff,
		0xffff880000000000,
		WHERE + GUEST_PAGE,
		WHERE + GUEST_PAGE + 8,
		0xdeadbeefdeadbeef,
	};
	uint64_t a[6];
	unsigned int i;
	int64_t rc = 0, bad = 0;

	for (i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]) && !bad; i++) {
		registers(op, nowhere[i], a);
		rc = timed(op, a);
		bad = unreadable(op, rc) ? 0 : rc ? rc : 1;
	}
	/* One byte of it, two, four... in a page, the rest in none. */
	for (i = 1; i < op->size && !bad; i = i < 16 ? i + 1 : i * 2) {
		memset(scratch + GUEST_PAGE - i, 0, i);
		registers(op, WHERE + GUEST_PAGE - i, a);
		rc = timed(op, a);
		bad = unreadable(op, rc) ? 0 : rc ? rc : 1;
	}
	test_equal(test_name("pointers: %s", op->name), 0, bad);
}

/* Any answer but a success of a control call; -ERESTART and the like must not show. */
static bool plausible(const struct abi_op *op, int64_t rc)
{
	/* A wrong version may be told before, or instead of, the want of rights. */
	if (op->control)
		return rc == -EPERM || rc == -EACCES ||
		       (op->refused && rc == -(int64_t)op->refused);
	if (op->refused)
		return rc == -(int64_t)op->refused;
	return rc >= -133 && rc != -85;
}

static void close_new_ports(const uint8_t *known)
{
	for (uint32_t port = 1; port < PORTS; port++) {
		struct evtchn_status s = {.dom = DOMID_SELF, .port = port};

		if (!known[port] &&
		    !hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_status, (uint64_t)&s) && s.status)
			event_close(port);
	}
}

static uint64_t random_number(void)
{
	static uint64_t x = 88172645463325252ul;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void values(const struct abi_op *op)
{
	static const uint64_t limits[] = {
		0,
		1,
		7,
		0x7fe0,
		0x7ff1,
		0x7ff2,
		0x7fff,
		0xffff,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0xfffffffff,
		0xffff830000000000,
		0x7fffffffffffffff,
		0xfffffffffffffffe,
		0xffffffffffffffff,
	};
	uint8_t *at = scratch + GUEST_PAGE - op->size;
	uint64_t a[6];
	unsigned int f, i;
	int64_t rc, bad = 0;

	registers(op, WHERE + GUEST_PAGE - op->size, a);
	for (f = 0; f < op->nr_fields && !bad; f++) {
		for (i = 0; i < sizeof(limits) / sizeof(limits[0]) && !bad; i++) {
			fill(op, at);
			if (op->fields[f].kind != ABI_KIND_cmd)
				put(at + op->fields[f].offset, op->fields[f].size, limits[i]);
			rc = timed(op, a);
			bad = plausible(op, rc) ? 0 : rc ? rc : 1;
		}
	}
	for (i = 0; i < RANDOM && !bad; i++) {
		fill(op, at);
		for (f = 0; f < op->nr_fields; f++) {
			if (op->fields[f].kind != ABI_KIND_cmd && random_number() & 1)
				put(at + op->fields[f].offset, op->fields[f].size, random_number());
		}
		rc = timed(op, a);
		bad = plausible(op, rc) ? 0 : rc ? rc : 1;
	}
	test_equal(test_name("values: %s", op->name), 0, bad);
}

/* Counts that no list has, domains that are not the caller's. */
static void counts_and_domains(const struct abi_op *op)
{
	static const uint64_t counts[] = {2, 0x1000, 0x7fffffff, 0xffffffff, 1ul << 40, ~0ul};
	static const uint64_t domids[] = {0, 1, 0x7fe0, DOMID_XEN, DOMID_IO, 0x7fff, 0xffff};
	uint64_t a[6];
	unsigned int i, r;

	for (r = 0; r < op->nr_registers; r++) {
		for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			fill(op, scratch + GUEST_PAGE - op->size);
			registers(op, WHERE + GUEST_PAGE - op->size, a);
			if (op->registers[r] == ABI_KIND_count)
				a[r] = counts[i];
			else if (op->registers[r] == ABI_KIND_domid)
				a[r] = domids[i];
			else
				break;
			timed(op, a);
		}
	}
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

/* What the guest has, in a number. */
static uint64_t books(const uint8_t *known)
{
	uint16_t domid = DOMID_SELF;
	uint64_t sum =
		(uint64_t)hypercall2(HC_MEMORY_OP, XENMEM_current_reservation, (uint64_t)&domid);
	unsigned int i;

	for (i = 0; i < 512; i++) {
		sum = sum * 31 + paging_root()[i];
		sum = sum * 31 +
		      *paging_entry_of(paging_root(), GUEST_VIRT_BASE + i * GUEST_PAGE, 1);
	}
	for (i = 0; i < GRANT_COUNT; i++)
		sum = sum * 31 + grant_table[i].flags;
	for (i = 1; i < PORTS; i++) {
		struct evtchn_status s = {.dom = DOMID_SELF, .port = i};
		int64_t rc = hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_status, (uint64_t)&s);

		sum = sum * 31 + (rc ? 0 : s.status) + known[i];
	}
	return sum;
}

static void remember_ports(uint8_t *known)
{
	for (uint32_t port = 1; port < PORTS; port++) {
		struct evtchn_status s = {.dom = DOMID_SELF, .port = port};

		known[port] =
			!hypercall2(HC_EVENT_CHANNEL_OP, EVTCHNOP_status, (uint64_t)&s) && s.status;
	}
}

void test_main(void)
{
	static uint8_t known[PORTS];
	unsigned int i, asked = 0;
	uint64_t before, v;

	scratch = page_alloc();
	lists = page_alloc();
	if (!scratch || !lists || paging_map(WHERE, guest_mfn(scratch), PAGING_RW))
		test_give_up("scratch page", -1);
	remember_ports(known);
	before = books(known);
	unknown_numbers();
	for (i = 0; i < ABI_NR_OPS; i++) {
		const struct abi_op *op = &abi_ops[i];

		if (!has_structure(op) || !strcmp(op->name, "set_trap_table"))
			continue;
		asked++;
		pointers(op);
		if (is_by_design(op))
			continue;
		values(op);
		counts_and_domains(op);
		if (op->call == HC_EVENT_CHANNEL_OP)
			close_new_ports(known);
	}
	hypercall3(HC_VCPU_OP, 7 /* stop_periodic_timer */, 0, 0);
	close_new_ports(known);
	test_true("the books are as before", books(known) == before);
	test_trap_error("traps still come", 14, 0, trap_read((void *)0x1000, &v));
	test_true("so does the timer", !time_wait(NULL, NULL, 20 * TIME_MS));
	test_true("no call took long", slowest < CALL_LIMIT);
	guest_print("bad_calls: %u calls of %u sub-operations, slowest %s: %lu ns\n", calls, asked,
		    slowest_name, slowest);
}
