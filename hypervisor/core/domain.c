/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a domain; README.md ("Life of a domain") has the order of its death. */
#include <hv/domain.h>

#include <abi/evtchn.h>
#include <abi/sched.h>
#include <arch/power.h>
#include <hv/change.h>
#include <hv/console.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/dirty.h>
#include <hv/errno.h>
#include <hv/grant.h>
#include <hv/heap.h>
#include <hv/hypercall.h>
#include <hv/irq.h>
#include <hv/pv.h>

#define HASH_SIZE         256u
#define GRANT_FRAMES_MAX  8192u
#define WATCHDOG_MAX_SECS 0x7fffffffu

struct domain *control_domain;

static struct spinlock list_lock = SPINLOCK_INIT(RANK_DOMLIST);
static struct domain *list;
static struct domain *hash[HASH_SIZE];
static domid_t last_id; /* ids are not reused at once, lest a tool mistakes one for another */

/* ---- list ---- */

static struct domain *list_find(domid_t id)
{
	struct domain *d = hash[id % HASH_SIZE];

	while (d && d->id != id)
		d = d->hash_next;
	return d;
}

static void list_remove(struct domain *d)
{
	struct domain **p;

	spin_lock(&list_lock);
	for (p = &list; *p != d; p = &(*p)->next)
		;
	*p = d->next;
	for (p = &hash[d->id % HASH_SIZE]; *p != d; p = &(*p)->hash_next)
		;
	*p = d->hash_next;
	spin_unlock(&list_lock);
}

/* Give @d the id asked for, or a free one, and make it findable. */
static int list_insert(struct domain *d, domid_t id)
{
	struct domain **p;
	int rc = -EEXIST;

	spin_lock(&list_lock);
	if (id == DOMID_INVALID) {
		unsigned tries = DOMID_FIRST_RESERVED;

		for (id = last_id; tries; tries--) {
			id = id + 1 < DOMID_FIRST_RESERVED ? id + 1 : 1;
			if (!list_find(id))
				break;
		}
		last_id = id;
	}
	if (list_find(id))
		goto unlock;
	d->id = id;
	for (p = &list; *p && (*p)->id < id; p = &(*p)->next)
		;
	d->next = *p;
	d->hash_next = hash[id % HASH_SIZE];
	hash[id % HASH_SIZE] = d;
	*p = d;
	rc = 0;
unlock:
	spin_unlock(&list_lock);
	return rc;
}

/* A listed domain whose last reference is gone is as good as gone itself. */
static bool domain_ref_alive(struct domain *d)
{
	uint32_t n = __atomic_load_n(&d->refcount, __ATOMIC_RELAXED);

	while (n)
		if (__atomic_compare_exchange_n(&d->refcount, &n, n + 1, true, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

struct domain *domain_get(domid_t id)
{
	struct vcpu *v = current_vcpu();
	struct domain *d;

	if (v && (id == DOMID_SELF || id == v->domain->id)) {
		domain_ref(v->domain);
		return v->domain;
	}
	spin_lock(&list_lock);
	d = list_find(id);
	if (d && !domain_ref_alive(d))
		d = NULL;
	spin_unlock(&list_lock);
	return d;
}

struct domain *domain_get_from(domid_t from)
{
	struct domain *d;

	spin_lock(&list_lock);
	/* Whoever goes through all of them has just had the one before. */
	d = from ? list_find(from - 1) : NULL;
	for (d = d ? d->next : list; d; d = d->next)
		if (d->id >= from && domain_ref_alive(d))
			break;
	spin_unlock(&list_lock);
	return d;
}

void domain_ref(struct domain *d)
{
	__atomic_fetch_add(&d->refcount, 1, __ATOMIC_RELAXED);
}

void domain_put(struct domain *d)
{
	if (__atomic_sub_fetch(&d->refcount, 1, __ATOMIC_ACQ_REL) == 0)
		tasklet_schedule(&d->reaper);
}

/* ---- birth and end ---- */

static void domain_free_parts(struct domain *d)
{
	for (unsigned i = 0; i < ARRAY_SIZE(d->watchdog); i++) {
		if (d->watchdog[i])
			timer_stop(d->watchdog[i]);
		mem_free(d->watchdog[i]);
	}
	for (uint32_t i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i])
			vcpu_destroy(d->vcpu[i]);
	if (d->grants)
		grant_table_destroy(d);
	evtchn_domain_free(d);
	pv_domain_free(d);
	rangeset_free(&d->io_ports);
	rangeset_free(&d->io_mem);
	rangeset_free(&d->irq_caps);
	mem_free(d->memory_map);
}

/* Give up what is shared with the domain; whoever maps a frame of it keeps the domain listed. */
static void domain_unshare(struct domain *d)
{
	struct shared_info *s;

	if (d->grants)
		grant_table_unshare(d);
	spin_lock(&d->lock);
	s = d->shared_info;
	d->shared_info = NULL;
	spin_unlock(&d->lock);
	if (s)
		page_unshare_and_free(page_of(virt_frame(s)));
}

static void domain_reap(void *arg)
{
	struct domain *d = arg;
	domid_t id = d->id;

	list_remove(d);
	domain_free_parts(d);
	heap_free_virt(d);
	change_note(id);
}

static int domain_check_config(const struct domain_config *cfg)
{
	if (!cfg->max_vcpus || cfg->max_vcpus > DOMAIN_MAX_VCPUS)
		return -EINVAL;
	if (cfg->max_grant_frames > GRANT_FRAMES_MAX || cfg->max_maptrack_frames > GRANT_FRAMES_MAX)
		return -EINVAL;
	return 0;
}

static int domain_make_parts(struct domain *d)
{
	int rc;

	d->shared_info = heap_alloc_zeroed();
	if (!d->shared_info)
		return -ENOMEM;
	page_share(page_of(virt_frame(d->shared_info)), d, true);
	for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
	rc = evtchn_domain_init(d, d->config.max_evtchn_port);
	if (rc)
		return rc;
	return grant_table_create(d, d->config.max_grant_frames, d->config.max_maptrack_frames);
}

_Static_assert(sizeof(struct domain) <= PAGE_SIZE, "struct domain exceeds its page");

int domain_create(domid_t id, const struct domain_config *cfg, struct domain **out)
{
	struct domain *d;
	int rc = domain_check_config(cfg);

	if (rc)
		return rc;
	if (id >= DOMID_FIRST_RESERVED && id != DOMID_INVALID)
		return -EINVAL;
	/* A page of its own: the owner of a frame is named by the frame of its struct domain. */
	d = heap_alloc_zeroed();
	if (!d)
		return -ENOMEM;
	d->refcount = 1;
	d->config = *cfg;
	d->roots_changed = 1;
	d->privileged = cfg->privileged;
	d->max_vcpus = cfg->max_vcpus;
	d->state = DOMAIN_ALIVE;
	d->shutdown_code = DOMAIN_CODE_NONE;
	d->pause_count = d->controller_pause = 1;
	d->weight = SCHED_WEIGHT_DEFAULT;
	d->sched.pool = cfg->cpupool;
	d->reaper = (struct tasklet)TASKLET_INIT(domain_reap, d);
	spin_lock_init(&d->lock, RANK_DOMAIN);
	spin_lock_init(&d->pages.lock, RANK_PAGES);
	rc = domain_make_parts(d);
	if (rc)
		goto free;
	rc = list_insert(d, id);
	if (rc)
		goto free;
	if (d->id == 0)
		control_domain = d;
	pv_wallclock_update(d);
	*out = d;
	return 0;
free:
	domain_unshare(d);
	domain_free_parts(d);
	heap_free_virt(d);
	return rc;
}

/* ---- pausing ---- */

void domain_pause_nosync(struct domain *d)
{
	__atomic_fetch_add(&d->pause_count, 1, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i])
			vcpu_sleep_nosync(d->vcpu[i]);
}

void domain_pause(struct domain *d)
{
	domain_pause_nosync(d);
	for (uint32_t i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i])
			vcpu_sleep_sync(d->vcpu[i]);
}

void domain_unpause(struct domain *d)
{
	if (__atomic_sub_fetch(&d->pause_count, 1, __ATOMIC_SEQ_CST))
		return;
	for (uint32_t i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i])
			vcpu_wake(d->vcpu[i]);
}

/* ---- shutting down ---- */

/* A domain that has the machine: when it stops, so does everything. */
static NORETURN void machine_shutdown(const struct domain *d, uint8_t reason)
{
	log_info("domain %u stopped, and the machine with it, reason %u", d->id, reason);
	switch (reason) {
	case SHUTDOWN_reboot:
	case SHUTDOWN_watchdog:
		arch_reboot();
	case SHUTDOWN_poweroff:
		arch_power_off();
	default:
		panic("domain %u crashed", d->id);
	}
}

void domain_shutdown(struct domain *d, uint8_t reason)
{
	if (d == control_domain || d->config.ends_machine)
		machine_shutdown(d, reason);
	spin_lock(&d->lock);
	if (d->shutting_down) {
		spin_unlock(&d->lock);
		return;
	}
	d->shutting_down = true;
	/* One that the guest has noted beforehand (SCHEDOP_shutdown_code) goes before. */
	if (d->shutdown_code == DOMAIN_CODE_NONE)
		d->shutdown_code = reason;
	reason = d->shutdown_code;
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		if (!d->vcpu[i])
			continue;
		d->vcpu[i]->paused_for_shutdown = true;
		vcpu_pause_nosync(d->vcpu[i]);
	}
	d->is_shut_down = true;
	spin_unlock(&d->lock);
	if (reason != SHUTDOWN_suspend || !d->suspend_port || evtchn_send(d, d->suspend_port))
		change_note(d->id);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	hv_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_guest(d, LOG_ERROR, "crashed: %s", text);
	domain_shutdown(d, SHUTDOWN_crash);
}

void domain_resume(struct domain *d)
{
	domain_pause(d);
	spin_lock(&d->lock);
	d->shutting_down = d->is_shut_down = false;
	d->shutdown_code = DOMAIN_CODE_NONE;
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];

		if (v && v->paused_for_shutdown) {
			v->paused_for_shutdown = false;
			vcpu_unpause(v);
		}
	}
	spin_unlock(&d->lock);
	domain_unpause(d);
}

static void watchdog_fired(void *arg)
{
	struct domain *d = arg;

	log_guest(d, LOG_WARN, "watchdog expired");
	domain_shutdown(d, SHUTDOWN_watchdog);
}

int domain_watchdog(struct domain *d, uint32_t id, uint32_t seconds)
{
	struct timer *t = NULL;
	int rc = -EINVAL;

	if (id > ARRAY_SIZE(d->watchdog) || seconds > WATCHDOG_MAX_SECS)
		return -EINVAL;
	spin_lock(&d->lock);
	if (id) {
		t = d->watchdog[id - 1];
		if (!t)
			goto unlock;
		rc = 0;
	} else {
		if (!seconds)
			goto unlock;
		rc = -ENOSPC;
		while (id < ARRAY_SIZE(d->watchdog) && d->watchdog[id] && d->watchdog[id]->armed)
			id++;
		if (id == ARRAY_SIZE(d->watchdog))
			goto unlock;
		rc = -ENOMEM;
		if (!d->watchdog[id])
			d->watchdog[id] = mem_alloc(sizeof(*t));
		t = d->watchdog[id];
		if (!t)
			goto unlock;
		timer_init(t, watchdog_fired, d, this_cpu());
		rc = (int)id + 1;
	}
	if (seconds)
		timer_set(t, time_now() + (int64_t)seconds * 1000000000);
unlock:
	spin_unlock(&d->lock);
	/* Without the lock, which the timer's function takes. */
	if (rc >= 0 && !seconds)
		timer_stop(t);
	return rc;
}

/* ---- death ---- */

static int kill_begin(struct domain *d)
{
	domain_pause(d);
	spin_lock(&d->lock);
	d->state = DOMAIN_DYING;
	spin_unlock(&d->lock);
	return 0;
}

static int kill_log(struct domain *d)
{
	return dirty_free(d, true);
}

static int kill_vcpus(struct domain *d)
{
	irq_domain_destroy(d);
	for (unsigned i = 0; i < ARRAY_SIZE(d->watchdog); i++)
		if (d->watchdog[i])
			timer_stop(d->watchdog[i]);
	for (uint32_t i = 0; i < d->max_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];

		if (!v)
			continue;
		vcpu_timers_stop(v);
		vcpu_info_drop(v);
		pv_vcpu_reset(v);
	}
	guest_console_drop(d);
	counter_retire(d);
	return 0;
}

static int kill_end(struct domain *d)
{
	domain_unshare(d);
	d->state = DOMAIN_DEAD;
	change_note(d->id);
	domain_put(d);
	return 0;
}

/* In this order; each may return -ERESTART and is called again then. */
static int (*const kill_stages[])(struct domain *d) = {
	kill_begin,
	kill_log,
	grant_release_mappings,
	evtchn_domain_close_all,
	kill_vcpus,
	domain_relinquish_pages,
	kill_end,
};

int domain_kill(struct domain *d)
{
	while (d->kill_stage < ARRAY_SIZE(kill_stages)) {
		int rc = kill_stages[d->kill_stage](d);

		if (rc)
			return rc;
		d->kill_stage++;
	}
	return 0;
}
