/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ask the hypervisor about every hypercall and sub-operation that the ABI's source knows: what it
 * says is refused must be refused with just that error, everything else must be served. Arguments
 * are such that nothing happens: an address that is not mapped, or zeros. As a domain without
 * privilege: what is for the control domain alone must be refused with EPERM, whatever is asked.
 * On the command line, "list" prints every answer too; with "peer" the hypervisor is Xen 4.17 and
 * has to serve what the source says that it serves.
 */
#include "abi/base.h"
#include "abi/domctl.h"
#include "abi/errno.h"
#include "abi/grammar.h"
#include "abi/platform.h"
#include "abi/start_info.h"
#include "abi/stubs.h"
#include "abi/sysctl.h"
#include "guest-abi/guest/guest.h"

#define NOWHERE   0x1000ul /* an address that is not mapped */
#define NO_DOMAIN 0x7fe0u

static _Alignas(4096) uint8_t buffer[4096];

static void put(unsigned int at, unsigned int size, uint64_t value)
{
	for (unsigned int i = 0; i < size; i++)
		buffer[at + i] = (uint8_t)(value >> 8 * i);
}

static uint64_t version(int32_t call)
{
	return call == HC_DOMCTL   ? XEN_DOMCTL_INTERFACE_VERSION
	       : call == HC_SYSCTL ? XEN_SYSCTL_INTERFACE_VERSION
				   : XENPF_INTERFACE_VERSION;
}

/* A structure that all sub-operations of a call share: it has to say which one this is. */
static void fill(const struct abi_op *op)
{
	int named = 0;

	for (unsigned int i = 0; i < op->nr_fields; i++) {
		const struct abi_field *f = &op->fields[i];

		if (f->kind == ABI_KIND_cmd && !f->offset) {
			put(0, f->size, (uint64_t)op->op);
			named = 1;
		} else if (f->kind == ABI_KIND_version) {
			put(f->offset, f->size, version(op->call));
		} else if (f->kind == ABI_KIND_domid && f->offset == 8) {
			put(f->offset, f->size, NO_DOMAIN);
		}
	}
	if (!named && op->op >= 0)
		put(0, 8, (uint64_t)op->op);
	put(op->preset.offset, op->preset.size, op->preset.value);
}

static int64_t ask(const struct abi_op *op, int privileged)
{
	uint64_t a[6] = {0};

	for (unsigned int i = 0; i < sizeof(buffer); i++)
		buffer[i] = 0;
	for (int i = 0; i < op->nr_registers; i++)
		switch (op->registers[i]) {
		case ABI_KIND_op:
			a[i] = op->op < 0 ? 0 : (uint64_t)op->op;
			break;
		case ABI_KIND_ptr:
			a[i] = i == 0 ? NOWHERE : 0;
			break;
		case ABI_KIND_count:
			a[i] = 1;
			break;
		case ABI_KIND_domid:
			a[i] = DOMID_SELF;
			break;
		}
	/* Rights may be looked at after the argument was read: for EPERM it must be readable. */
	if (op->size && op->arg_register >= 0)
		a[op->arg_register] = op->control && !privileged ? (uint64_t)buffer : NOWHERE;
	if (op->op_register < 0 && op->size && op->arg_register == 0) {
		fill(op);
		a[0] = (uint64_t)buffer;
	}
	return ABI_HYPERCALL((uint64_t)op->call, a[0], a[1], a[2], a[3], a[4]);
}

static int as_in_peer(const struct abi_op *op, int64_t got)
{
	return op->peer == (got != -ABI_ENOSYS && got != -ABI_EOPNOTSUPP);
}

static int as_described(const struct abi_op *op, int64_t got, int privileged)
{
	if (op->control && !privileged)
		return got == -ABI_EPERM || (op->refused && got == -(int64_t)op->refused);
	if (op->refused)
		return got == -(int64_t)op->refused;
	return got != -ABI_ENOSYS && got != -ABI_EOPNOTSUPP;
}

static int has_word(const char *s, const char *word)
{
	for (; *s; s++) {
		unsigned int i = 0;

		while (word[i] && s[i] == word[i])
			i++;
		if (!word[i])
			return 1;
	}
	return 0;
}

void guest_main(const struct start_info *si)
{
	const int privileged = !!(si->flags & SIF_INITDOMAIN);
	const int list = has_word(si->cmd_line, "list"), peer = has_word(si->cmd_line, "peer");
	unsigned int passed = 0, failed = 0, skipped = 0;

	guest_init(si);
	for (unsigned int i = 0; i < ABI_NR_OPS; i++) {
		const struct abi_op *op = &abi_ops[i];
		int64_t got;

		if (!op->probe) {
			skipped++;
			continue;
		}
		got = ask(op, privileged);
		if (list)
			guest_print("%s = %ld\n", op->name, (long)got);
		if (peer ? as_in_peer(op, got) : as_described(op, got, privileged)) {
			passed++;
			continue;
		}
		failed++;
		guest_print("FAIL %s: described as %s%d, answers %ld\n", op->name,
			    op->refused ? "refused with -" : "served, ", op->refused, (long)got);
	}
	guest_print("abi status: %u passed, %u failed, %u not asked\n", passed, failed, skipped);
	guest_shutdown(SHUTDOWN_poweroff);
}
