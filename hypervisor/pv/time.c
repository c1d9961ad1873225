/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks of guests. All CPUs share one TSC origin and one scale, so what a guest needs never
 * changes once it has been written: publishing at schedule-in is a comparison.
 */
#include <abi/shared_info.h>
#include <abi/vcpu.h>
#include <arch/time.h>
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/guest_copy.h>
#include <hv/pv.h>
#include <hv/timer.h>
#include <abi/base.h>

#define NS_PER_S 1000000000ull

static uint64_t wall_at_boot; /* ns since 1970 at system time 0; 0 = not known yet */

static void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* The current vCPU's areas are linear addresses of its kernel, perhaps while its user runs. */
static int copy_to_kernel(struct vcpu *v, uint64_t gva, const void *src, size_t n)
{
	unsigned long flags;
	int rc;

	if (v->in_kernel)
		return copy_to_guest(gva, src, n);
	flags = irq_save();
	arch_mode_root(v, true);
	rc = copy_to_guest(gva, src, n);
	arch_mode_root(v, false);
	irq_restore(flags);
	return rc;
}

static struct vcpu_time_info time_info(uint32_t version)
{
	struct tsc_scale scale = arch_tsc_scale();

	return (struct vcpu_time_info){
		.version = version,
		.tsc_timestamp = arch_tsc_origin(),
		.system_time = 0,
		.tsc_to_system_mul = scale.mul,
		.tsc_shift = scale.shift,
		.flags = XEN_PVCLOCK_TSC_STABLE_BIT,
	};
}

/* Readers may run on other CPUs: odd version while the rest changes. */
static void write_time(struct vcpu_time_info *to, struct vcpu_time_info from)
{
	uint32_t version = to->version | 1;

	to->version = version;
	barrier();
	from.version = version;
	*to = from;
	barrier();
	to->version = version + 1;
}

void pv_time_update(struct vcpu *v)
{
	struct vcpu_time_info t = time_info(0);
	struct vcpu_time_info *to = &v->info->time;

	if (to->tsc_timestamp != t.tsc_timestamp || to->tsc_to_system_mul != t.tsc_to_system_mul ||
	    to->tsc_shift != t.tsc_shift || to->flags != t.flags || to->system_time)
		write_time(to, t);
	if (v->time_gva == v->time_gva_written || v != current_vcpu())
		return;
	t.version = 2;
	if (v->time_gva && copy_to_kernel(v, v->time_gva, &t, sizeof(t)))
		return;
	v->time_gva_written = v->time_gva;
}

static void publish_wallclock(struct domain *d)
{
	uint64_t ns = wall_at_boot + (uint64_t)d->time_offset_s * NS_PER_S;
	struct shared_info *s;
	uint32_t version;

	/* A dying domain gives the page up under this lock. */
	spin_lock(&d->lock);
	s = d->shared_info;
	if (!s)
		goto unlock;
	version = s->wc_version | 1;
	s->wc_version = version;
	barrier();
	s->wc_sec = (uint32_t)(ns / NS_PER_S);
	s->wc_sec_hi = (uint32_t)((ns / NS_PER_S) >> 32);
	s->wc_nsec = (uint32_t)(ns % NS_PER_S);
	barrier();
	s->wc_version = version + 1;
unlock:
	spin_unlock(&d->lock);
}

void pv_wallclock_update(struct domain *d)
{
	domid_t next = 0;

	if (!wall_at_boot)
		wall_at_boot = arch_rtc_read() * NS_PER_S - (uint64_t)time_now();
	if (d) {
		publish_wallclock(d);
		return;
	}
	while ((d = domain_get_from(next))) {
		publish_wallclock(d);
		next = (domid_t)(d->id + 1);
		domain_put(d);
	}
}

void pv_wallclock_set(uint64_t wall_ns_at_boot)
{
	wall_at_boot = wall_ns_at_boot;
	pv_wallclock_update(NULL);
}

void pv_runstate_update(struct vcpu *v)
{
	struct vcpu_runstate_info r = v->runstate;
	uint64_t entry = v->runstate_gva + offsetof(struct vcpu_runstate_info, state_entry_time);
	bool flagged = v->domain->vm_assist & (1ull << VMASST_TYPE_runstate_update_flag);

	if (!v->runstate_gva)
		return;
	if (!flagged) {
		if (copy_to_kernel(v, v->runstate_gva, &r, sizeof(r)))
			v->runstate_gva = 0;
		return;
	}
	/* Readers take the copy only when the bit was clear before and after. */
	r.state_entry_time |= XEN_RUNSTATE_UPDATE;
	if (copy_to_kernel(v, entry, &r.state_entry_time, 8) ||
	    copy_to_kernel(v, v->runstate_gva, &r, sizeof(r)))
		return;
	r.state_entry_time &= ~XEN_RUNSTATE_UPDATE;
	if (copy_to_kernel(v, entry, &r.state_entry_time, 8))
		v->runstate_gva = 0;
}
