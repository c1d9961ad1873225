// SPDX-License-Identifier: GPL-2.0-or-later
#include "mm_sim.h"

#include <arch/pci.h>
#include <hv/boot.h>
#include <hv/grant.h>
#include <hv/pv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DOMAINS 4
#define MAX_CACHED  64

struct domain *control_domain;
static struct domain *domains[MAX_DOMAINS];

/* One walk that a CPU may still use: tables from L4 to L1, and the page at the end. */
struct cached {
	bool valid, write;
	uint64_t va;
	mfn_t table[4], frame;
	const struct domain *owner[5]; /* of the tables, then of the frame, when it was walked */
};
static struct cached tlb[SIM_CPUS][MAX_CACHED];

static void on_flush(unsigned cpu, uint64_t va)
{
	for (unsigned i = 0; cpu < SIM_CPUS && i < MAX_CACHED; i++)
		if (va == ~0ull || tlb[cpu][i].va == va)
			tlb[cpu][i].valid = false;
}

void sim_start(void)
{
	if (!host_ram) {
		host_ram_init(SIM_FRAMES);
		heap_add(mfn_make(1), mfn_make(host_boot_alloc_end()));
	}
	memset(tlb, 0, sizeof(tlb));
	for (unsigned i = 0; i < SIM_CPUS; i++) {
		memset(cpu_info_of(i), 0, sizeof(struct cpu_info));
		cpu_info_of(i)->cpu = i;
		cpumask_set(&cpus_online, i);
	}
	host_cpu = 0;
	host_preempt_after = -1;
	host_flush_hook = on_flush;
	host_flushes = (struct host_flushes){0};
	host_copy_walk = false;
	host_log_quiet = true;
}

static void end_domain(struct domain *d)
{
	d->state = DOMAIN_DYING;
	for (unsigned i = 0; i < SIM_CPUS; i++)
		pv_roots_drop(d->vcpu[i]);
	while (domain_relinquish_pages(d) == -ERESTART)
		;
}

void sim_stop(void)
{
	host_preempt_after = -1;
	for (host_cpu = 0; host_cpu < SIM_CPUS; host_cpu++) {
		cpu_info()->current = NULL;
		arch_tlb_flush_local();
	}
	host_cpu = 0;
	for (unsigned i = 0; i < MAX_DOMAINS; i++)
		if (domains[i])
			end_domain(domains[i]);
	sim_check();
	for (unsigned i = 0; i < MAX_DOMAINS; i++) {
		struct domain *d = domains[i];

		domains[i] = NULL;
		if (!d)
			continue;
		if (d->pages.tot || d->refcount != 1)
			abort();
		for (unsigned j = 0; j < SIM_CPUS; j++)
			mem_free(d->vcpu[j]);
		mem_free(d->memory_map);
		heap_free_virt(d);
	}
	memset(tlb, 0, sizeof(tlb));
}

struct domain *sim_domain(domid_t id)
{
	struct domain *d = heap_alloc_zeroed();

	d->id = id;
	d->privileged = !id;
	d->refcount = 1;
	d->max_vcpus = SIM_CPUS;
	d->pages.max = SIM_FRAMES;
	d->vm_assist = 1u << VMASST_TYPE_writable_pagetables;
	spin_lock_init(&d->lock, RANK_DOMAIN);
	spin_lock_init(&d->pages.lock, RANK_PAGES);
	for (unsigned i = 0; i < SIM_CPUS; i++) {
		d->vcpu[i] = mem_alloc(sizeof(struct vcpu));
		d->vcpu[i]->domain = d;
		d->vcpu[i]->id = i;
		d->vcpu[i]->sched.cpu = i;
	}
	domains[id] = d;
	if (!id)
		control_domain = d;
	return d;
}

void sim_run(struct vcpu *v)
{
	struct vcpu *old;

	host_cpu = v->id;
	old = cpu_info()->current;
	cpu_info()->current = v;
	if (old == v)
		return;
	/* As the switch code: bit before the load, flush, then the other's bit. */
	cpumask_set(&v->domain->dirty_cpus, host_cpu);
	arch_tlb_flush_local();
	if (old && old->domain != v->domain)
		cpumask_clear(&old->domain->dirty_cpus, host_cpu);
}

mfn_t sim_frame(struct domain *d)
{
	struct page *pg = domain_alloc_pages(d, 0, 0, 0);

	if (!pg)
		abort();
	return page_mfn(pg);
}

void sim_tree(struct domain *d, mfn_t t[4])
{
	for (int i = 0; i < 4; i++)
		t[i] = sim_frame(d);
	for (int i = 3; i > 0; i--)
		sim_table(t[i])[0] = sim_pte(t[i - 1], P_URW);
}

void sim_touch(uint64_t va, bool write)
{
	struct vcpu *v = current_vcpu();
	struct cached c = {.valid = true, .write = write, .va = va & PAGE_MASK};
	static unsigned next;
	uint64_t e = v->cr3_kernel;

	if (!e)
		return;
	for (unsigned level = 4; level >= 1; level--) {
		c.table[level - 1] = pte_frame(e);
		c.owner[level - 1] = page_owner(page_of(pte_frame(e)));
		e = sim_table(pte_frame(e))[pt_slot(va, level)];
		if (!(e & PTE_PRESENT) || (write && !(e & PTE_RW)))
			return;
	}
	c.frame = pte_frame(e);
	if (!page_valid(c.frame))
		return;
	c.owner[4] = page_owner(page_of(c.frame));
	tlb[host_cpu][next++ % MAX_CACHED] = c;
}

static void fail(const char *what, mfn_t mfn, uint64_t want)
{
	fprintf(stderr, "frame %lx: %s, expected %lx: count %lx type %lx\n", mfn.n, what, want,
		page_of(mfn)->count, page_of(mfn)->type);
	abort();
}

static uint32_t want_count[SIM_FRAMES], want_type[SIM_FRAMES];

static void expect(mfn_t mfn, uint64_t type)
{
	want_count[mfn.n]++;
	if (type == PGT_NONE)
		return;
	want_type[mfn.n]++;
	if (sim_type(mfn) != type)
		fail("is used under another type", mfn, type);
}

bool (*sim_may_map)(const struct domain *d, mfn_t mfn, bool write);

static void check_right(mfn_t table, mfn_t frame, bool write)
{
	const struct domain *d = page_owner(page_of(table));

	if (page_owner(page_of(frame)) != d && !d->privileged && sim_may_map &&
	    !sim_may_map(d, frame, write))
		fail("is mapped without a right", frame, table.n);
}

static void recount_table(mfn_t mfn)
{
	uint64_t type = page_of(mfn)->type;
	unsigned level = PT_LEVEL(type), n = PT_ENTRIES;

	if (type & PGT_PARTIAL) {
		n = (unsigned)((type & PGT_PROGRESS_MASK) >> PGT_PROGRESS_SHIFT);
		want_count[mfn.n]++;
		want_type[mfn.n]++;
	} else if (!(type & PGT_VALIDATED)) {
		fail("is left busy", mfn, 0);
	}
	if (type & PGT_LOCKED)
		fail("is left locked", mfn, 0);
	for (unsigned i = 0; i < n; i++) {
		uint64_t e = sim_table(mfn)[i];

		if (!(e & PTE_PRESENT) || (level == 4 && pt_hv_slot(i)) ||
		    !page_valid(pte_frame(e)))
			continue;
		if (level > 1)
			expect(pte_frame(e), PT_TYPE(level - 1));
		else
			expect(pte_frame(e), e & PTE_RW ? PGT_WRITABLE : PGT_NONE);
		if (level == 1)
			check_right(mfn, pte_frame(e), e & PTE_RW);
	}
}

static void recount_roots(void)
{
	for (unsigned i = 0; i < MAX_DOMAINS; i++)
		for (unsigned j = 0; domains[i] && j < SIM_CPUS; j++) {
			const struct vcpu *v = domains[i]->vcpu[j];

			if (v->cr3_kernel)
				expect(pte_frame(v->cr3_kernel), PGT_L4);
			if (v->cr3_user)
				expect(pte_frame(v->cr3_user), PGT_L4);
		}
}

/* A free frame may still be known; one that somebody else has may not. */
static void check_owner(mfn_t mfn, const struct domain *then)
{
	const struct domain *now = page_owner(page_of(mfn));

	if (now && now != then)
		fail("was given away with a stale entry", mfn, 0);
}

static void check_cached(const struct cached *c)
{
	if (c->write && page_owner(page_of(c->frame)) && sim_type_count(c->frame) &&
	    sim_type(c->frame) != PGT_WRITABLE)
		fail("can still be written by a stale entry", c->frame, PGT_WRITABLE);
	check_owner(c->frame, c->owner[4]);
	for (unsigned i = 0; i < 4; i++) {
		check_owner(c->table[i], c->owner[i]);
		if (page_owner(page_of(c->table[i])) && sim_type(c->table[i]) == PGT_WRITABLE &&
		    sim_type_count(c->table[i]))
			fail("is writable and still walked", c->table[i], PT_TYPE(i + 1));
	}
}

void sim_check(void)
{
	memset(want_count, 0, sizeof(want_count));
	memset(want_type, 0, sizeof(want_type));
	for (uint64_t n = 1; n < SIM_FRAMES; n++) {
		const struct page *pg = page_of(mfn_make(n));
		unsigned level = PT_LEVEL(pg->type);

		if (!page_owner(pg))
			continue;
		if (pg->count & PGC_ALLOCATED)
			want_count[n]++;
		if (pg->count & PGC_XEN_HEAP)
			want_type[n]++;
		if (pg->type & PGT_PINNED)
			expect(mfn_make(n), pg->type & PGT_TYPE_MASK);
		if (level >= 1 && level <= 4 && pg->type & PGT_COUNT_MASK)
			recount_table(mfn_make(n));
	}
	recount_roots();
	for (uint64_t n = 1; n < SIM_FRAMES; n++) {
		mfn_t mfn = mfn_make(n);

		if (!page_owner(page_of(mfn)))
			continue;
		if (sim_count(mfn) != want_count[n])
			fail("existence count is wrong", mfn, want_count[n]);
		if (sim_type_count(mfn) != want_type[n])
			fail("type count is wrong", mfn, want_type[n]);
	}
	for (unsigned i = 0; i < SIM_CPUS; i++)
		for (unsigned j = 0; j < MAX_CACHED; j++)
			if (tlb[i][j].valid)
				check_cached(&tlb[i][j]);
}

int64_t sim_mmu_update(const struct mmu_update *reqs, uint32_t n, uint32_t foreigndom)
{
	uint32_t done = 0;
	int64_t rc = hc_mmu_update((uint64_t)reqs, n, (uint64_t)&done, foreigndom, 0);

	while (rc == HOST_RESTARTED)
		rc = hc_mmu_update(host_restart.args[0], host_restart.args[1], host_restart.args[2],
				   host_restart.args[3], 0);
	return rc;
}

int64_t sim_mmuext(uint32_t cmd, uint64_t arg1, uint64_t arg2, uint32_t foreigndom)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = arg1, .arg2.src_mfn = arg2};
	int64_t rc = hc_mmuext_op((uint64_t)&op, 1, 0, foreigndom, 0);

	while (rc == HOST_RESTARTED)
		rc = hc_mmuext_op(host_restart.args[0], host_restart.args[1], host_restart.args[2],
				  host_restart.args[3], 0);
	return rc;
}

/* What other modules provide. */

struct domain *domain_get(domid_t id)
{
	if (id == DOMID_SELF)
		id = current_domain()->id;
	if (id >= MAX_DOMAINS || !domains[id])
		return NULL;
	domain_ref(domains[id]);
	return domains[id];
}

void domain_ref(struct domain *d)
{
	d->refcount++;
}

void domain_put(struct domain *d)
{
	d->refcount--;
}

bool pv_desc_page_check(uint64_t *descs)
{
	return descs[0] == 0;
}

int pv_ldt_set(struct vcpu *v, uint64_t va, uint64_t entries)
{
	v->ldt_va = va;
	v->ldt_entries = entries;
	return 0;
}

bool pv_ldt_fault(uint64_t va)
{
	(void)va;
	return false;
}

int grant_table_frame(struct domain *d, uint32_t idx, mfn_t *out)
{
	*out = mfn_make(100 + idx);
	return idx < d->config.max_grant_frames ? 0 : -EINVAL;
}

unsigned e820_count(void)
{
	return 1;
}

const struct e820_entry *e820_get(unsigned i)
{
	static const struct e820_entry ram = {0, SIM_FRAMES * PAGE_SIZE, 1};

	return i ? NULL : &ram;
}

struct sim_pci_write sim_pci_write;

void arch_pci_write(struct pci_addr dev, unsigned reg, unsigned size, uint32_t value)
{
	(void)dev;
	sim_pci_write = (struct sim_pci_write){reg, size, value};
}

bool arch_pci_ecam(unsigned i, paddr_t *base, uint16_t *segment, uint8_t *bus0, uint8_t *bus1)
{
	*base = (paddr_t){0xe0000000};
	*segment = 0;
	*bus0 = 0;
	*bus1 = 255;
	return !i;
}
