/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/guest/bad_calls/call.h"

#include <string.h>

#include "abi/domctl.h"
#include "abi/platform.h"
#include "abi/sysctl.h"
#include "guest-abi/guest/guest.h"
#include "guest-abi/guest/page.h"
#include "guest-abi/guest/paging.h"
#include "guest-abi/guest/trap.h"

#define WORDS  (2 * GUEST_PAGE / 8)
#define SPARED 16 /* pages left to the allocator */
#define FILLER 0xa5a5a5a5a5a5a5a5ul

uint16_t call_target = DOMID_SELF;

static uint64_t *const pages = (uint64_t *)CALL_PAGES;
static uint64_t *lists; /* what pointers in structures point to */
static uint8_t *spare;
static uint64_t spare_pte;
static uint8_t before[2 * GUEST_PAGE]; /* the structure, as it was given */
static uint64_t *unused; /* a list of pages; each begins with the next one's address */

int64_t call_init(void)
{
	int64_t rc = 0;

	lists = page_alloc();
	spare = page_alloc();
	for (unsigned int i = 0; i < 2 && !rc; i++)
		rc = paging_map(CALL_PAGES + i * GUEST_PAGE, guest_mfn(page_alloc()), PAGING_RW);
	if (!rc)
		rc = paging_map(CALL_SPARE, guest_mfn(spare), PAGING_RW);
	if (rc)
		return rc;
	spare_pte = *paging_entry(CALL_SPARE);
	while (page_free_count() > SPARED) {
		uint64_t *page = page_alloc();

		for (size_t i = 1; i < GUEST_PAGE / 8; i++)
			page[i] = FILLER;
		page[0] = (uint64_t)unused;
		unused = page;
	}
	return 0;
}

bool call_unused_is_whole(void)
{
	for (const uint64_t *page = unused; page; page = (const uint64_t *)page[0])
		for (size_t i = 1; i < GUEST_PAGE / 8; i++)
			if (page[i] != FILLER)
				return false;
	return true;
}

void call_restore(void)
{
	paging_set(CALL_SPARE, spare_pte);
	paging_update(paging_maddr(spare) | MMU_MACHPHYS_UPDATE, page_pfn(spare));
}

uint64_t call_right(const struct abi_op *op, unsigned int kind)
{
	switch (kind) {
	case ABI_KIND_op:
	case ABI_KIND_cmd:
		return (uint64_t)op->op;
	case ABI_KIND_version:
		return op->call == HC_DOMCTL   ? XEN_DOMCTL_INTERFACE_VERSION
		       : op->call == HC_SYSCTL ? XEN_SYSCTL_INTERFACE_VERSION
					       : XENPF_INTERFACE_VERSION;
	case ABI_KIND_domid:
		return op->control ? call_target : DOMID_SELF;
	case ABI_KIND_size:
	case ABI_KIND_count:
		return 1;
	case ABI_KIND_ptr:
		return (uint64_t)lists;
	case ABI_KIND_mfn:
		return guest_mfn(spare);
	case ABI_KIND_vaddr:
		return CALL_SPARE;
	case ABI_KIND_maddr:
		return paging_maddr(op->call == HC_MMU_UPDATE && op->op != MMU_MACHPHYS_UPDATE
					    ? (uint8_t *)paging_entry(CALL_SPARE)
					    : spare);
	case ABI_KIND_pte:
		return spare_pte;
	default:
		return 0;
	}
}

void call_prepare(struct call *c, const struct abi_op *op)
{
	c->op = op;
	c->at = CALL_END - op->size;
	memset(lists, 0, GUEST_PAGE);
	for (size_t i = 0; i < WORDS; i++)
		pages[i] = FILLER;
	memset((void *)c->at, 0, op->size);
	for (unsigned int i = 0; i < call_slots(op); i++)
		call_slot_set(c, i, call_right(op, call_slot_kind(op, i)));
	if (op->arg_register >= 0)
		c->a[op->arg_register] = c->at;
	/* A hypervisor that takes some of these leaves the guest alive. */
	if (op->call == HC_SET_CALLBACKS) {
		c->a[0] = trap_entry(TRAP_EVENT);
		c->a[1] = trap_entry(TRAP_FAILSAFE);
		c->a[2] = trap_entry(TRAP_SYSCALL);
	}
	memcpy((uint8_t *)c->at + op->preset.offset, &op->preset.value, op->preset.size);
}

unsigned int call_slots(const struct abi_op *op)
{
	return op->nr_registers + op->nr_fields;
}

static const struct abi_field *field_of(const struct abi_op *op, unsigned int slot)
{
	return slot < op->nr_registers ? NULL : &op->fields[slot - op->nr_registers];
}

unsigned int call_slot_kind(const struct abi_op *op, unsigned int slot)
{
	const struct abi_field *f = field_of(op, slot);

	if (!f)
		return op->registers[slot];
	/* Those that are not in front are commands of the sub-operation's own. */
	return f->kind == ABI_KIND_cmd && f->offset ? ABI_KIND_value : f->kind;
}

const char *call_slot_name(const struct abi_op *op, unsigned int slot)
{
	static const char *const registers[] = {"rdi", "rsi", "rdx", "r10", "r8", "r9"};

	return slot < op->nr_registers ? registers[slot] : field_of(op, slot)->name;
}

bool call_slot_is_input(const struct abi_op *op, unsigned int slot)
{
	const struct abi_field *f = field_of(op, slot);

	if (f)
		return f->way != ABI_OUT;
	return (int)slot != op->arg_register;
}

uint64_t call_slot_get(const struct call *c, unsigned int slot)
{
	const struct abi_field *f = field_of(c->op, slot);
	uint64_t value = 0;

	if (!f)
		return c->a[slot];
	memcpy(&value, (uint8_t *)c->at + f->offset, f->size);
	return value;
}

void call_slot_set(struct call *c, unsigned int slot, uint64_t value)
{
	const struct abi_field *f = field_of(c->op, slot);

	if (!f) {
		c->a[slot] = value;
		return;
	}
	/* Here the sub-operation is in the lowest bits of the address. */
	if (c->op->call == HC_MMU_UPDATE && f->kind == ABI_KIND_maddr)
		value = (value & ~3ul) | (uint64_t)c->op->op;
	memcpy((uint8_t *)c->at + f->offset, &value, f->size);
}

static bool is_output(const struct abi_op *op, size_t offset)
{
	for (unsigned int i = 0; i < op->nr_fields; i++) {
		const struct abi_field *f = &op->fields[i];

		if (f->way != ABI_IN && offset >= f->offset &&
		    offset < f->offset + (size_t)f->size * f->count)
			return true;
	}
	return false;
}

static enum call_harm look_for_harm(const struct call *c)
{
	const uint8_t *now = (const uint8_t *)c->at;
	size_t i;

	for (i = 0; i < (c->at - CALL_PAGES) / 8; i++) {
		if (pages[i] != FILLER)
			return CALL_WROTE_OUTSIDE;
	}
	for (i = 0; i < c->op->size; i++) {
		if (now[i] != before[i] && !is_output(c->op, i))
			return CALL_WROTE_INPUT;
	}
	for (i = 0; i < GUEST_PAGE / 8; i++) {
		if (lists[i])
			return CALL_WROTE_LISTS;
	}
	return CALL_NO_HARM;
}

static int status_of(const struct call *c)
{
	for (unsigned int i = 0; i < c->op->nr_fields; i++) {
		const struct abi_field *f = &c->op->fields[i];
		int16_t status;

		if (c->op->call == HC_GRANT_TABLE_OP && !strcmp(f->name, "status")) {
			memcpy(&status, (uint8_t *)c->at + f->offset, sizeof(status));
			return status;
		}
	}
	return 0;
}

void call_make(const struct call *c, struct call_answer *answer)
{
	uint64_t start;

	memcpy(before, (void *)c->at, c->op->size);
	start = guest_tsc();
	answer->rc = hypercall5((uint64_t)c->op->call, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4]);
	answer->ticks = guest_tsc() - start;
	answer->status = answer->rc ? 0 : status_of(c);
	answer->harm = answer->rc < 0 ? look_for_harm(c) : CALL_NO_HARM;
}

int64_t call_make_listed(const struct call *c, uint64_t *ticks)
{
	static struct multicall_entry e;
	uint64_t start;
	int64_t rc;

	memcpy((void *)c->at, before, c->op->size);
	memset(lists, 0, GUEST_PAGE);
	e = (struct multicall_entry){.op = (uint64_t)c->op->call};
	memcpy(e.args, c->a, sizeof(e.args));
	start = guest_tsc();
	rc = hypercall2(HC_MULTICALL, (uint64_t)&e, 1);
	*ticks = guest_tsc() - start;
	return rc ? INT64_MIN : e.result;
}
