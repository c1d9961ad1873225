/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains: their record and their life. Each module owns the members it named; the others go
 * through its functions.
 *
 * Life: created paused -> running -> (shut down) -> dying -> dead -> freed with the last
 * reference. domain_kill() moves on in preemptible stages.
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <hv/cpumask.h>
#include <hv/evtchn.h>
#include <hv/lock.h>
#include <hv/page.h>
#include <hv/rangeset.h>
#include <hv/softirq.h>
#include <hv/vcpu.h>
#include <abi/shared_info.h>

#define DOMAIN_MAX_VCPUS 128 /* 32 without registered vcpu_info; the ABI's limit is higher */

#define DOMAIN_CODE_NONE 255

enum domain_state {
	DOMAIN_ALIVE,
	DOMAIN_DYING, /* domain_kill has begun; nothing new may be given to it */
	DOMAIN_DEAD,  /* everything relinquished but frames that others still map */
};

struct domain_config {
	uint8_t handle[16];
	uint32_t flags; /* XEN_DOMCTL_CDF_* */
	uint32_t max_vcpus;
	uint32_t max_evtchn_port;
	uint32_t cpupool;
	uint32_t max_grant_frames, max_maptrack_frames;
	/* Never from a hypercall: */
	bool privileged;   /* the control domain */
	bool console_io;   /* the machine's console is its, too */
	bool ends_machine; /* the machine's life is as long as its own */
};

/* Memory of a domain; mm/ owns it. All counts in frames. */
struct domain_pages {
	struct spinlock lock; /* RANK_PAGES */
	uint32_t head;        /* list of owned frames by page.next; 0 = empty */
	uint32_t cursor;      /* where a walk over it goes on */
	bool relinquishing;   /* the walk is domain_relinquish_pages()'s */
	uint64_t tot, max;
	uint64_t shared;            /* hypervisor memory that it may map (page_share) */
	uint64_t outstanding_claim; /* promised by the heap, not taken */
};

struct grant_table;
struct xencons_interface;
struct irq_domain;
struct cpu_policy;
struct dirty_log;

/* A boot-time domain's console ring that we serve; core/guest_console.c owns it. */
struct guest_console {
	struct xencons_interface *ring; /* in its memory, with a type reference; NULL: not served */
	evtchn_port_t port;             /* 0: never was */
	bool machine;                   /* byte for byte, with input; else by lines */
};

struct domain {
	domid_t id;
	bool privileged;
	bool shutting_down, is_shut_down;
	uint8_t state;         /* enum domain_state */
	uint8_t shutdown_code; /* SHUTDOWN_*, DOMAIN_CODE_NONE while it runs */
	uint32_t refcount;
	int32_t pause_count;      /* all reasons */
	int32_t controller_pause; /* domctl pause, counted */
	struct spinlock lock;     /* RANK_DOMAIN */
	uint32_t max_vcpus;
	struct vcpu *vcpu[DOMAIN_MAX_VCPUS];
	struct shared_info *shared_info; /* hypervisor's address of it */
	struct domain_pages pages;
	struct evtchn_domain evtchn;
	struct grant_table *grants;
	struct irq_domain *irqs;                    /* pirqs; NULL when the domain has none */
	struct rangeset io_ports, io_mem, irq_caps; /* what it may use: ports, mfns, GSIs */
	struct dirty_log *dirty;                    /* hv/dirty.h; NULL: off */
	struct cpumask dirty_cpus; /* CPUs whose TLB may hold this domain's entries */
	uint64_t root_slots[4];    /* bits: lower slots that its L4 tables have, or had */
	uint64_t roots_changed;    /* counts changes of L4 entries, from 1 */
	uint64_t vm_assist;
	int64_t time_offset_s;
	struct timer *watchdog[2];
	uint64_t memory_map_len; /* entries of the e820 set by the builder */
	void *memory_map;
	struct domain_config config;
	struct cpu_policy *cpu_policy; /* pv/cpuid.c; NULL = the default one */
	evtchn_port_t suspend_port;    /* domctl subscribe */
	struct guest_console console;  /* ring under lock; the rest is constant */
	uint32_t weight, cap;          /* scheduler parameters */
	struct sched_domain sched;
	uint8_t kill_stage;       /* how far domain_kill has come */
	struct tasklet reaper;    /* frees it after the last reference */
	struct domain *hash_next; /* same hash of id, RANK_DOMLIST */
	struct domain *next;      /* list by ascending id, RANK_DOMLIST */
};

extern struct domain *control_domain; /* id 0 */

/* By id, with a reference; NULL when there is none. @id may be DOMID_SELF. Any context but irq. */
struct domain *domain_get(domid_t id);
void domain_ref(struct domain *d);
/*
 * Drop a reference; any context but irq. The last one frees the domain, later on. References are
 * held by the list (until domain_kill is through), by mm/ while the domain owns any frame, and by
 * whoever looked it up.
 */
void domain_put(struct domain *d);
/* First domain with id >= @from, with a reference, or NULL. */
struct domain *domain_get_from(domid_t from);

/*
 * New domain, paused, without memory; @id DOMID_INVALID picks one. -EEXIST, -EINVAL (config),
 * -ENOMEM; nothing is left behind on error. It has one controller pause, and no vCPU yet.
 */
int domain_create(domid_t id, const struct domain_config *cfg, struct domain **out);

void domain_pause(struct domain *d);        /* and wait until no vCPU of it runs */
void domain_pause_nosync(struct domain *d); /* for callers that may be d itself */
void domain_unpause(struct domain *d);
/* Stop with @reason (SHUTDOWN_*); raises VIRQ_DOM_EXC once all vCPUs stopped. */
void domain_shutdown(struct domain *d, uint8_t reason);
/* The guest broke the ABI beyond repair: log why, shut down as crashed. Returns. */
void domain_crash(struct domain *d, const char *fmt, ...) PRINTF(2, 3);
/*
 * -ERESTART: call again. 0: dead or on its way without further calls. Callers serialise
 * (control_lock) and hold a reference; not for the current domain.
 */
int domain_kill(struct domain *d);
/* Undo shutdown (resume after a cancelled suspend). */
void domain_resume(struct domain *d);
/*
 * SCHEDOP_watchdog: @id 0 starts a new one and returns its id (1, 2); others are set anew or, with
 * @seconds 0, stopped. A watchdog that expires shuts the domain down. -EINVAL, -ENOSPC, -ENOMEM.
 */
int domain_watchdog(struct domain *d, uint32_t id, uint32_t seconds);

/* mm/: drop everything @d maps and owns; -ERESTART when preempted. Called while dying. */
int domain_relinquish_pages(struct domain *d);

/* vCPU @id of @d or NULL. */
static inline struct vcpu *domain_vcpu(const struct domain *d, uint32_t id)
{
	return id < d->max_vcpus && id < DOMAIN_MAX_VCPUS ? d->vcpu[id] : NULL;
}

#endif
