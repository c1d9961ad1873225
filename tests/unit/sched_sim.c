/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched_sim.h"

#include <arch/smp.h>
#include <assert.h>
#include <hv/cpu.h>
#include <hv/pv.h>
#include <hv/softirq.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include "../../hypervisor/core/sched_credit.h"
#include "host.h"

struct sim_vcpu *sim_vcpus[SIM_MAX_VCPUS];
unsigned sim_nvcpus;

static int64_t clock_ns = 1000 * MS, hw_timer[HV_MAX_CPUS], mark_ns;
static uint64_t mark_runtime[SIM_MAX_VCPUS], mark_idle[HV_MAX_CPUS];
static unsigned ncpus;
static jmp_buf idle_exit;
static struct domain *domains[SIM_MAX_VCPUS];
static unsigned ndomains;

int64_t time_now(void)
{
	return clock_ns;
}

void arch_timer_arm(int64_t deadline)
{
	hw_timer[this_cpu()] = deadline;
}

/* Every CPU is looked at in each step, so nobody needs to be woken. */
void arch_kick_cpu(unsigned cpu)
{
	assert(cpu < ncpus);
}

void pv_time_update(struct vcpu *v)
{
	(void)v;
}

void pv_runstate_update(struct vcpu *v)
{
	(void)v;
}

bool evtchn_upcall_ready(const struct vcpu *v)
{
	return v->info->evtchn_upcall_pending && !v->info->evtchn_upcall_mask;
}

void domain_ref(struct domain *d)
{
	d->refcount++;
}

void domain_put(struct domain *d)
{
	d->refcount--;
}

static void leave_idle(void)
{
	longjmp(idle_exit, 1);
}

void sim_on(unsigned cpu)
{
	host_cpu = cpu;
}

void sim_init(unsigned cpus)
{
	ncpus = cpus;
	while (sim_nvcpus)
		free(sim_vcpus[--sim_nvcpus]);
	while (ndomains)
		free(domains[--ndomains]);
	if (!cpus)
		return;
	memset(host_cpus, 0, sizeof(host_cpus));
	memset(&cpus_online, 0, sizeof(cpus_online));
	memset(sched_pools, 0, sizeof(sched_pools));
	memset(&sched_idle_cpus, 0, sizeof(sched_idle_cpus));
	memset(&sched_waiting_cpus, 0, sizeof(sched_waiting_cpus));
	memset(runqs, 0, sizeof(runqs));
	host_idle_hook = leave_idle;
	sched_init();
	for (unsigned i = 0; i < cpus; i++) {
		hw_timer[i] = INT64_MAX;
		host_cpus[i].cpu = i;
		sim_on(i);
		timer_cpu_init(i);
		sched_cpu_init(i);
		softirq_raise(SOFTIRQ_SCHEDULE);
	}
	sim_settle();
}

struct domain *sim_domain(uint32_t weight, uint32_t cap)
{
	struct domain *d = calloc(1, sizeof(*d));

	assert(d && !sched_set_params(d, weight, cap));
	domains[ndomains++] = d;
	return d;
}

struct sim_vcpu *sim_add(struct domain *d, int64_t burst, int64_t sleep)
{
	struct sim_vcpu *s = calloc(1, sizeof(*s));

	assert(s && sim_nvcpus < SIM_MAX_VCPUS);
	s->v.domain = d;
	s->v.info = &s->info;
	s->v.id = d->max_vcpus;
	s->tag = sim_nvcpus + 1;
	s->v.regs.rbx = s->tag;
	s->v.runstate.state = RUNSTATE_offline;
	s->v.runstate.state_entry_time = (uint64_t)clock_ns;
	if (d->max_vcpus < DOMAIN_MAX_VCPUS)
		d->vcpu[d->max_vcpus++] = &s->v;
	s->burst = s->left = burst;
	s->sleep = sleep;
	assert(!sched_vcpu_add(&s->v));
	sim_vcpus[sim_nvcpus++] = s;
	vcpu_wake(&s->v);
	sim_settle();
	return s;
}

static struct sim_vcpu *sim_of(struct vcpu *v)
{
	return container_of(v, struct sim_vcpu, v);
}

/* One CPU's way out to its guest. */
static void cpu_exit(unsigned cpu)
{
	struct vcpu *v;

	sim_on(cpu);
	while (host_cpus[cpu].softirqs || !host_cpus[cpu].current) {
		if (setjmp(idle_exit))
			return;
		if (softirq_run() || !host_cpus[cpu].current)
			schedule();
	}
	v = host_cpus[cpu].current;
	assert(v->sched.running && v->sched.cpu == cpu && v->sched.loaded == (int32_t)cpu);
	assert(host_cpus[cpu].guest_regs.rbx == sim_of(v)->tag);
	if (sim_of(v)->woken_at) {
		int64_t late = clock_ns - sim_of(v)->woken_at;

		sim_of(v)->woken_at = 0;
		sim_of(v)->latency_sum += late;
		sim_of(v)->latency_max = MAX(sim_of(v)->latency_max, late);
	}
}

void sim_settle(void)
{
	bool again = true;

	while (again) {
		again = false;
		for (unsigned i = 0; i < ncpus; i++) {
			if (!host_cpus[i].softirqs)
				continue;
			again = true;
			cpu_exit(i);
		}
	}
}

static int64_t next_event(int64_t end)
{
	int64_t t = end;

	for (unsigned i = 0; i < ncpus; i++) {
		struct vcpu *v = host_cpus[i].current;

		t = MIN(t, hw_timer[i]);
		if (v && sim_of(v)->sleep)
			t = MIN(t, clock_ns + sim_of(v)->left);
	}
	for (unsigned i = 0; i < sim_nvcpus; i++)
		if (sim_vcpus[i]->wake_at)
			t = MIN(t, sim_vcpus[i]->wake_at);
	return MAX(t, clock_ns);
}

static void advance(int64_t to)
{
	int64_t ran = to - clock_ns;

	clock_ns = to;
	for (unsigned i = 0; i < ncpus; i++) {
		struct vcpu *v = host_cpus[i].current;

		sim_on(i);
		if (hw_timer[i] <= clock_ns) {
			hw_timer[i] = INT64_MAX;
			softirq_raise(SOFTIRQ_TIMER);
		}
		if (!v || !sim_of(v)->sleep)
			continue;
		sim_of(v)->left -= ran;
		if (sim_of(v)->left <= 0) {
			sim_of(v)->left = sim_of(v)->burst;
			sim_of(v)->wake_at = clock_ns + sim_of(v)->sleep;
			sched_block();
		}
	}
	for (unsigned i = 0; i < sim_nvcpus; i++) {
		struct sim_vcpu *s = sim_vcpus[i];

		if (!s->wake_at || s->wake_at > clock_ns)
			continue;
		s->wake_at = 0;
		s->woken_at = clock_ns;
		s->wakes++;
		sim_on(i % ncpus);
		sched_event(&s->v);
	}
}

void sim_run(int64_t ns)
{
	int64_t end = clock_ns + ns;

	while (clock_ns < end) {
		advance(next_event(end));
		sim_settle();
	}
}

void sim_mark(void)
{
	mark_ns = clock_ns;
	for (unsigned i = 0; i < ncpus; i++)
		mark_idle[i] = sched_idle_ns(i);
	for (unsigned i = 0; i < sim_nvcpus; i++)
		mark_runtime[i] = vcpu_cpu_time(&sim_vcpus[i]->v);
}

double sim_share(const struct sim_vcpu *s)
{
	return (double)(vcpu_cpu_time(&s->v) - mark_runtime[s->tag - 1]) /
	       (double)(clock_ns - mark_ns);
}

int64_t sim_idle(unsigned cpu)
{
	return (int64_t)(sched_idle_ns(cpu) - mark_idle[cpu]);
}
