/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any sequence of sub-operations, made up by the ABI's own grammar: of event channels, grants,
 * vCPUs, and by the control domain of domctl and sysctl. Guest addresses go through page tables, so
 * that any number may be one. Each call gives what the grammar says that it may, and in the end all
 * memory is back.
 */
#include <abi/base.h>
#include <abi/domctl.h>
#include <abi/grammar.h>
#include <abi/mmu.h>
#include <abi/sysctl.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../unit/core_sim.h"
#include "host.h"

#define DOMAINS 3
#define WINDOW  0x40000000ull /* what each domain has mapped: its pages, no more */
#define PAGES   2u
#define END     (WINDOW + PAGES * PAGE_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static uint64_t roots[DOMAINS];
static uint8_t *memory[DOMAINS][PAGES];
static mfn_t frames[DOMAINS][PAGES];

static uint64_t take(struct input *in, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes && in->left; i++, in->left--)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

/* Pools and trace buffers are the machine's: they would be there in the next run. */
static hypercall_fn *handler(const struct abi_op *op)
{
	if (!strcmp(op->name, "XEN_SYSCTL_tbuf_op") || !strcmp(op->name, "XEN_SYSCTL_cpupool_op"))
		return NULL;
	switch (op->call) {
	case HC_EVENT_CHANNEL_OP:
		return hc_event_channel_op;
	case HC_GRANT_TABLE_OP:
		return hc_grant_table_op;
	case HC_VCPU_OP:
		return hc_vcpu_op;
	case HC_DOMCTL:
		return hc_domctl;
	case HC_SYSCTL:
		return hc_sysctl;
	default:
		return NULL;
	}
}

static void domain_new(domid_t id)
{
	struct domain *d = sim_domain(id, 2);
	uint64_t *table[4];
	mfn_t mfn[4];

	for (unsigned level = 0; level < 4; level++) {
		mfn[level] = sim_frame(d);
		table[level] = frame_virt(mfn[level]);
		memset(table[level], 0, PAGE_SIZE);
		if (level)
			table[level][WINDOW >> (12 + 9 * level) & 511] =
				mfn_to_paddr(mfn[level - 1]).a | PTE_PRESENT | PTE_RW;
	}
	for (unsigned i = 0; i < PAGES; i++) {
		frames[id][i] = sim_frame(d);
		memory[id][i] = frame_virt(frames[id][i]);
		table[0][i] = mfn_to_paddr(frames[id][i]).a | PTE_PRESENT | PTE_RW;
	}
	roots[id] = mfn_to_paddr(mfn[3]).a;
	for (unsigned v = 0; v < 2; v++)
		d->vcpu[v]->cr3_kernel = roots[id];
}

/* What makes sense in a slot of this kind, more often than not. */
static uint64_t sensible(const struct abi_op *op, domid_t id, unsigned kind, uint8_t b)
{
	switch (kind) {
	case ABI_KIND_version:
		return op->call == HC_DOMCTL ? XEN_DOMCTL_INTERFACE_VERSION
					     : XEN_SYSCTL_INTERFACE_VERSION;
	case ABI_KIND_domid:
		return b & 8 ? DOMID_SELF : b % (DOMAINS + 1);
	case ABI_KIND_ptr:
		return WINDOW + b * 64;
	case ABI_KIND_mfn:
		return frames[id][b % PAGES].n;
	case ABI_KIND_vaddr:
		return SIM_VA(b % 16);
	case ABI_KIND_maddr:
		return SIM_PTE(b % 16);
	default:
		return b % 16;
	}
}

static uint64_t slot(struct input *in, const struct abi_op *op, domid_t id, unsigned kind)
{
	uint8_t b;

	if (kind == ABI_KIND_op || kind == ABI_KIND_cmd)
		return (uint64_t)op->op;
	b = (uint8_t)take(in, 1);
	return b < 0xc0 ? sensible(op, id, kind, b & 0x3f) : take(in, b & 7);
}

/* The structure is the last that is mapped, so that nothing can be read behind it. */
static void fill(struct input *in, const struct abi_op *op, domid_t id)
{
	uint8_t *page = memory[id][PAGES - 1] + PAGE_SIZE - op->size;

	memset(page, 0, op->size);
	for (unsigned i = 0; i < op->nr_fields; i++) {
		const struct abi_field *f = &op->fields[i];
		uint64_t value;

		if (f->way == ABI_OUT)
			continue;
		value = slot(in, op, id,
			     f->offset && f->kind == ABI_KIND_cmd ? ABI_KIND_value : f->kind);
		memcpy(page + f->offset, &value, f->size);
	}
}

static void judge(const struct abi_op *op, int64_t rc)
{
	if (rc >= 0 || rc == -(int64_t)op->refused)
		return;
	if (op->control && rc == -EPERM)
		return;
	if (rc > -128 && op->errors[-rc / 64] >> (-rc % 64) & 1)
		return;
	fprintf(stderr, "%s gives %lld, which is not declared\n", op->name, (long long)rc);
	abort();
}

static void step(struct input *in)
{
	const struct abi_op *op = &abi_ops[take(in, 2) % ABI_NR_OPS];
	domid_t id = (domid_t)take(in, 1) % DOMAINS;
	hypercall_fn *call = handler(op);
	uint64_t a[6] = {0};
	struct domain *d;
	int64_t rc;

	/* The control domain's last one powers the machine off. */
	if (!strcmp(op->name, "VCPUOP_down") && id == 0)
		id = 1;
	/* What is for the control domain alone is refused before these handlers. */
	if (op->call == HC_DOMCTL || op->call == HC_SYSCTL)
		id = 0;
	d = domain_get(id);
	if (!call || op->size > PAGE_SIZE || !d || !d->vcpu[0] ||
	    d->vcpu[0]->cr3_kernel != roots[id])
		goto out;
	fill(in, op, id);
	for (unsigned i = 0; i < op->nr_registers; i++)
		a[i] = (int)i == op->arg_register ? END - op->size
						  : slot(in, op, id, op->registers[i]);
	if (take(in, 1) >= 0xf0 && op->arg_register >= 0)
		a[op->arg_register] += take(in, 1);
	sim_enter(d->vcpu[0]);
	host_preempt_after = (int)take(in, 1) - 1;
	rc = call(a[0], a[1], a[2], a[3], a[4]);
	host_preempt_after = -1;
	while (rc == HOST_RESTARTED)
		rc = call(host_restart.args[0], host_restart.args[1], host_restart.args[2],
			  host_restart.args[3], host_restart.args[4]);
	judge(op, rc);
out:
	if (d)
		domain_put(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	host_log_quiet = true;
	sim_start(2);
	for (domid_t i = 0; i < DOMAINS; i++)
		domain_new(i);
	host_copy_walk = true;
	while (in.left && size < 4000)
		step(&in);
	host_copy_walk = false;
	sim_enter(NULL);
	sim_stop();
	return 0;
}
