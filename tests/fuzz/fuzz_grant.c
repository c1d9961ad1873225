/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any sequence of grant operations of three domains, of changes to their entries and page tables,
 * and of deaths: use counts equal the handles, frames' references equal what holds them, and
 * nothing is left at the end.
 */
#include <abi/base.h>
#include <abi/grant.h>
#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <stdlib.h>
#include "../unit/core_sim.h"
#include "../../hypervisor/core/grant.h"
#include "host.h"

#define DOMAINS 3
#define REFS    8u
#define FRAMES  4u
#define PLACES  8u
#define HANDLES 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct domain *doms[DOMAINS];
static mfn_t frames[DOMAINS][FRAMES];

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void make_domain(domid_t id)
{
	mfn_t mfn;

	doms[id] = sim_domain(id, 1);
	must(!grant_table_frame(doms[id], 0, &mfn));
	for (unsigned i = 0; i < FRAMES; i++)
		frames[id][i] = sim_frame(doms[id]);
}

/* Parts of handles of all domains that use @ref of @granter or, @mfn given, hold that frame. */
static unsigned parts(domid_t granter, uint32_t ref, const mfn_t *mfn, bool writers)
{
	unsigned n = 0;

	for (unsigned d = 0; d < DOMAINS; d++) {
		const struct grant_table *t = doms[d]->grants;

		for (unsigned h = 0; h < t->nr_track * MAPTRACK_PER_FRAME; h++) {
			const struct maptrack *m =
				&t->track[h / MAPTRACK_PER_FRAME][h % MAPTRACK_PER_FRAME];

			if (writers && m->flags & GNTMAP_readonly)
				continue;
			if (mfn)
				n += m->mfn == mfn->n && m->flags & GNTMAP_device_map;
			else if (m->domid == granter && m->ref == ref)
				n += !!(m->flags & GNTMAP_device_map) +
				     !!(m->flags & GNTMAP_host_map);
		}
	}
	return n;
}

static unsigned entries(mfn_t mfn, bool writers)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SIM_PTES; i++)
		if (sim_ptes[i].owner && mfn_eq(sim_ptes[i].mfn, mfn))
			n += !writers || sim_ptes[i].writable;
	return n;
}

static void check_all(void)
{
	for (domid_t d = 0; d < DOMAINS; d++) {
		const struct grant_table *t = doms[d]->grants;

		for (uint32_t ref = 0; ref < REFS; ref++) {
			must(t->uses[0][ref].users == parts(d, ref, NULL, false));
			must(t->uses[0][ref].writers == parts(d, ref, NULL, true));
		}
		for (unsigned i = 0; i < FRAMES; i++) {
			mfn_t mfn = frames[d][i];
			const struct page *pg = page_of(mfn);
			uint64_t type = pg->type & PGT_COUNT_MASK;

			must((pg->count & PGC_COUNT_MASK) ==
			     1 + entries(mfn, false) + parts(d, 0, &mfn, false));
			must(type == entries(mfn, true) + parts(d, 0, &mfn, true));
		}
	}
}

static int64_t call(unsigned cmd, void *arg)
{
	return hc_grant_table_op(cmd, (uint64_t)(uintptr_t)arg, 1, 0, 0);
}

static uint64_t place(uint8_t b, uint32_t flags)
{
	return flags & GNTMAP_contains_pte ? SIM_PTE(b % PLACES) : SIM_VA(b % PLACES);
}

static void step_map(struct domain *d, const uint8_t *b)
{
	struct gnttab_map_grant_ref m = {
		.flags = b[2] & 0x1f, .ref = b[3] % (REFS + 1), .dom = b[4] % (DOMAINS + 1)};
	/* Each domain has page tables of its own. */
	m.host_addr = place(b[5], m.flags) +
		      d->id * PLACES * (m.flags & GNTMAP_contains_pte ? 8 : PAGE_SIZE);
	call(GNTTABOP_map_grant_ref, &m);
}

static void step_unmap(struct domain *d, const uint8_t *b)
{
	uint32_t flags = b[2] & GNTMAP_contains_pte;
	uint64_t host =
		b[2] & 1 ? 0 : place(b[5], flags) + d->id * PLACES * (flags ? 8 : PAGE_SIZE);
	struct gnttab_unmap_grant_ref u = {
		.host_addr = host,
		.dev_bus_addr =
			b[2] & 2 ? frames[b[4] % DOMAINS][b[3] % FRAMES].n << PAGE_SHIFT : 0,
		.handle = b[3] % HANDLES,
	};
	struct gnttab_unmap_and_replace r = {.host_addr = host,
					     .handle = b[3] % HANDLES,
					     .new_addr = SIM_VA(d->id * PLACES + b[4] % PLACES)};

	if (b[2] & 0x40)
		call(GNTTABOP_unmap_and_replace, &r);
	else
		call(GNTTABOP_unmap_grant_ref, &u);
}

static void step_copy(const uint8_t *b)
{
	struct gnttab_copy c = {
		.source = {.domid = b[2] % (DOMAINS + 1), .offset = (uint16_t)(b[3] << 5)},
		.dest = {.domid = b[4] % (DOMAINS + 1), .offset = (uint16_t)(b[5] << 5)},
		.len = (uint16_t)(b[2] << 5),
		.flags = b[4] >> 4 & 3,
	};

	c.source.u.gmfn = c.flags & GNTCOPY_source_gref ? b[3] % REFS : frames[b[4] % DOMAINS][0].n;
	c.dest.u.gmfn = c.flags & GNTCOPY_dest_gref ? b[5] % REFS : frames[b[2] % DOMAINS][1].n;
	if (!(c.flags & GNTCOPY_source_gref) && b[5] & 1)
		c.source.domid = DOMID_SELF;
	if (!(c.flags & GNTCOPY_dest_gref) && b[3] & 1)
		c.dest.domid = DOMID_SELF;
	call(GNTTABOP_copy, &c);
}

/* A dead domain's frames live on in others' tables: its id is free only when all are dead. */
static void step_kill_all(void)
{
	sim_enter(NULL);
	for (domid_t i = 0; i < DOMAINS; i++)
		sim_kill(doms[i]);
	control_domain = NULL;
	for (domid_t i = 0; i < DOMAINS; i++)
		make_domain(i);
}

static void step(const uint8_t *b)
{
	struct domain *d = doms[b[1] % DOMAINS];
	struct grant_entry_v1 *e = d->grants->entries[0];

	sim_enter(d->vcpu[0]);
	switch (b[0] % 16) {
	case 0 ... 2:
		/* The guest grants, revokes, or writes what it likes. */
		e[b[2] % REFS] = (struct grant_entry_v1){
			b[3] & 0x80 ? GTF_permit_access : b[3],
			b[4] % DOMAINS,
			(uint32_t)frames[b[3] & 0x40 ? b[5] % DOMAINS : d->id][b[5] % FRAMES].n,
		};
		break;
	case 3 ... 7:
		step_map(d, b);
		break;
	case 8 ... 11:
		step_unmap(d, b);
		break;
	case 12 ... 13:
		step_copy(b);
		break;
	case 14:
		if (sim_ptes[b[2] % SIM_PTES].owner == d)
			sim_pte_clear(b[2] % SIM_PTES);
		break;
	default:
		if (b[2] == 0)
			step_kill_all();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sim_start(1);
	for (domid_t i = 0; i < DOMAINS; i++)
		make_domain(i);
	for (; size >= 6 && size < 1200; data += 6, size -= 6) {
		step(data);
		check_all();
	}
	sim_stop();
	return 0;
}
