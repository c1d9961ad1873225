/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core_sim.h"

#include <arch/power.h>
#include <arch/smp.h>
#include <arch/vcpu.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/irq.h>
#include <hv/pv.h>
#include <hv/pt.h>
#include <hv/pv_mmu.h>
#include <hv/softirq.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host.h"

struct sim_pte sim_ptes[SIM_PTES];

static uint64_t free_at_start;
static jmp_buf idle_exit;

char sim_printed[4096];
const char *sim_typed = "";

/* ---- what the core asks of other parts ---- */

void console_pass(const char *s, size_t n)
{
	size_t have = strlen(sim_printed);

	if (have + n >= sizeof(sim_printed))
		abort();
	memcpy(sim_printed + have, s, n);
	sim_printed[have + n] = 0;
}

size_t console_read(char *buf, size_t n)
{
	size_t have = strnlen(sim_typed, n);

	memcpy(buf, sim_typed, have);
	sim_typed += have;
	return have;
}

int pv_vcpu_init(struct vcpu *v)
{
	v->initialised = true;
	return 0;
}

void pv_vcpu_free(struct vcpu *v)
{
	(void)v;
}

void pv_domain_free(struct domain *d)
{
	(void)d;
}

int pv_context_set(struct vcpu *v, const struct vcpu_guest_context *c)
{
	v->initialised = c->flags != 0;
	return c->flags ? 0 : -EINVAL;
}

/* Page tables go with the roots. */
void pv_vcpu_reset(struct vcpu *v)
{
	for (unsigned i = 0; i < SIM_PTES; i++)
		if (sim_ptes[i].owner == v->domain)
			sim_pte_clear(i);
}

void pv_roots_drop(struct vcpu *v)
{
	(void)v;
}

void pv_time_update(struct vcpu *v)
{
	(void)v;
}

void pv_runstate_update(struct vcpu *v)
{
	(void)v;
}

void pv_wallclock_update(struct domain *d)
{
	d->shared_info->wc_version += 2;
}

__attribute__((weak)) void irq_domain_destroy(struct domain *d)
{
	(void)d;
}

__attribute__((weak)) int pirq_bind(struct domain *d, uint32_t pirq, evtchn_port_t port)
{
	(void)d;
	(void)port;
	return pirq < 16 ? 0 : -EINVAL;
}

__attribute__((weak)) void pirq_unbind(struct domain *d, uint32_t pirq, evtchn_port_t port)
{
	(void)d;
	(void)pirq;
	(void)port;
}

void arch_reboot(void)
{
	exit(70);
}

void arch_power_off(void)
{
	exit(71);
}

uint32_t arch_cpu_apic_id(unsigned cpu)
{
	return cpu + 10;
}

uint32_t arch_cpu_acpi_id(unsigned cpu)
{
	return cpu + 20;
}

/* No frame of these tests is a table. */
int pt_validate(struct page *pg, unsigned level, unsigned *progress)
{
	(void)pg;
	(void)level;
	(void)progress;
	abort();
}

int pt_devalidate(struct page *pg, unsigned level, unsigned *progress, bool preempt)
{
	(void)pg;
	(void)level;
	(void)progress;
	(void)preempt;
	abort();
}

void pt_pending_set(struct vcpu *v, struct page *pg)
{
	(void)v;
	(void)pg;
	abort();
}

bool pv_desc_page_check(uint64_t *descs)
{
	(void)descs;
	abort();
}

/* ---- page-table entries ---- */

static struct sim_pte *pte_at(uint64_t where, bool is_pte)
{
	uint64_t i = is_pte ? (where - SIM_PTE(0)) / 8 : (where - SIM_VA(0)) / PAGE_SIZE;

	return i < SIM_PTES && where == (is_pte ? SIM_PTE(i) : SIM_VA(i)) ? &sim_ptes[i] : NULL;
}

static void pte_drop(struct sim_pte *p)
{
	if (p->owner && p->writable)
		page_put_and_type(page_of(p->mfn));
	else if (p->owner)
		page_put(page_of(p->mfn));
	p->owner = NULL;
}

void sim_pte_clear(unsigned i)
{
	pte_drop(&sim_ptes[i]);
}

int pt_grant_map(uint64_t where, bool is_pte, mfn_t frame, bool writable, bool user, unsigned avail)
{
	struct sim_pte *p = pte_at(where, is_pte);

	(void)user;
	(void)avail;
	if (!p || (p->owner && p->owner != current_domain()))
		return -EINVAL;
	pte_drop(p);
	*p = (struct sim_pte){current_domain(), frame, writable};
	return 0;
}

int pt_grant_unmap(uint64_t where, bool is_pte, mfn_t frame, bool writable, uint64_t new_va)
{
	struct sim_pte *p = pte_at(where, is_pte), *from = new_va ? pte_at(new_va, false) : NULL;

	if (!p || p->owner != current_domain() || !mfn_eq(p->mfn, frame) || p->writable != writable)
		return -EINVAL;
	if (new_va && (!from || from == p || from->owner != current_domain()))
		return -EINVAL;
	p->owner = NULL;
	if (from) {
		*p = *from;
		from->owner = NULL;
	}
	return 0;
}

/* ---- the machine ---- */

static void leave_idle(void)
{
	longjmp(idle_exit, 1);
}

void sim_start(unsigned cpus)
{
	if (!host_ram) {
		host_ram_init(SIM_FRAMES);
		heap_add(mfn_make(1), mfn_make(host_boot_alloc_end()));
		sched_init();
		/* Slabs keep an empty page of each size; let them have it before we count. */
		for (size_t size = 16; size <= PAGE_SIZE; size *= 2)
			mem_free(mem_alloc(size));
	}
	memset(host_cpus, 0, sizeof(host_cpus));
	memset(sim_ptes, 0, sizeof(sim_ptes));
	memset(&cpus_online, 0, sizeof(cpus_online));
	memset(sched_pools, 0, sizeof(sched_pools));
	for (unsigned i = 0; i < cpus; i++) {
		host_cpus[i].cpu = i;
		timer_cpu_init(i);
		sched_cpu_init(i);
	}
	host_cpu = 0;
	host_clock = 1000000000;
	host_preempt_after = -1;
	host_log_quiet = true;
	host_idle_hook = leave_idle;
	free_at_start = heap_free_pages();
}

/* Everything that is deferred. */
static void settle_cpu(unsigned cpu)
{
	host_cpu = cpu;
	if (!setjmp(idle_exit) && host_cpus[cpu].softirqs && softirq_run())
		schedule();
}

static void settle(void)
{
	for (unsigned i = 0; i < HV_MAX_CPUS; i++)
		settle_cpu(i);
	host_cpu = 0;
}

void sim_enter(struct vcpu *v)
{
	struct cpu_info *ci = cpu_info();

	if (ci->current)
		ci->current->sched.running = false;
	if (ci->loaded)
		ci->loaded->sched.loaded = SCHED_NOT_LOADED;
	ci->current = ci->loaded = v;
	if (!v)
		return;
	if (v->sched.queued) {
		__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_RELAXED);
		vcpu_sleep_nosync(v);
		__atomic_fetch_sub(&v->pause_count, 1, __ATOMIC_RELAXED);
	}
	v->sched.cpu = this_cpu();
	v->sched.running = true;
	v->sched.loaded = (int32_t)this_cpu();
	v->runstate.state = RUNSTATE_running;
}

struct domain *sim_domain(domid_t id, unsigned vcpus)
{
	const struct domain_config cfg = {
		.max_vcpus = vcpus,
		.max_evtchn_port = 1023,
		.max_grant_frames = 8,
		.max_maptrack_frames = 4,
		.privileged = !id,
	};
	struct domain *d;

	if (domain_create(id, &cfg, &d))
		return NULL;
	d->pages.max = SIM_FRAMES;
	for (unsigned i = 0; i < vcpus; i++)
		if (vcpu_create(d, i) || vcpu_up(d->vcpu[i]))
			abort();
	d->controller_pause = 0;
	domain_unpause(d);
	return d;
}

/* One thread plays all CPUs, so nobody would answer vcpu_sleep_sync(): unload beforehand. */
void sim_quiesce(struct domain *d)
{
	if (cpu_info()->current && current_domain() == d)
		sim_enter(NULL);
	domain_pause_nosync(d);
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];

		if (!v || v->sched.loaded == SCHED_NOT_LOADED)
			continue;
		v->sched.unload = true;
		softirq_raise_on((unsigned)v->sched.loaded, SOFTIRQ_SCHEDULE);
	}
	settle();
}

void sim_kill(struct domain *d)
{
	sim_quiesce(d);
	while (domain_kill(d) == -ERESTART)
		;
	settle();
}

void sim_stop(void)
{
	struct domain *d;
	domid_t next = 1;

	host_preempt_after = -1;
	sim_enter(NULL);
	/* Those whose frames others map stay until the others are dead, too. */
	while ((d = domain_get_from(next))) {
		next = (domid_t)(d->id + 1);
		domain_put(d);
		sim_kill(d);
	}
	d = control_domain;
	control_domain = NULL;
	if (d)
		sim_kill(d);
	settle();
	if (heap_free_pages() != free_at_start) {
		fprintf(stderr, "frames: %lu free at the start, %lu at the end\n", free_at_start,
			heap_free_pages());
		abort();
	}
}

mfn_t sim_frame(struct domain *d)
{
	struct page *pg = domain_alloc_pages(d, 0, 0, 0);

	if (!pg)
		abort();
	return page_mfn(pg);
}

bool sim_pending(const struct domain *d, evtchn_port_t port)
{
	return d->shared_info->evtchn_pending[port / 64] >> (port % 64) & 1;
}

void sim_ack(struct vcpu *v)
{
	struct shared_info *s = v->domain->shared_info;

	v->info->evtchn_upcall_pending = 0;
	v->info->evtchn_pending_sel = 0;
	memset(s->evtchn_pending, 0, sizeof(s->evtchn_pending));
}
