/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making, changing and watching domains. Each function is one domctl; 0 or -errno unless said
 * otherwise (-ESRCH: no such domain).
 */
#ifndef TOOLS_LIB_DOMCTL_H
#define TOOLS_LIB_DOMCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/counter.h"
#include "abi/domctl.h"
#include "abi/sched.h"
#include "abi/vcpu_context.h"
#include "lib/hcall.h"

enum { DOMID_ANY = 0, CPUMAP_BYTES = 512 };

struct domctl_new {
	uint8_t uuid[16];
	unsigned max_vcpus;
	unsigned pool;          /* whose CPUs it uses */
	unsigned grant_version; /* highest the domain may use; 0: no grant table */
};

/* One operation as the hypervisor takes it; what came back is in *op. */
int domctl_call(struct hv *hv, struct xen_domctl *op);

/* Create a paused domain without memory; its id goes to *domid. */
int domctl_create(struct hv *hv, const struct domctl_new *n, uint16_t *domid);

/* Destroy: 0 when the domain is dying or gone. */
int domctl_destroy(struct hv *hv, uint16_t domid);

int domctl_pause(struct hv *hv, uint16_t domid);
int domctl_unpause(struct hv *hv, uint16_t domid);
int domctl_max_vcpus(struct hv *hv, uint16_t domid, unsigned n);
int domctl_max_mem(struct hv *hv, uint16_t domid, uint64_t kib);
int domctl_set_handle(struct hv *hv, uint16_t domid, const uint8_t uuid[16]);
/* Have the hypervisor write its call stubs into a frame of the domain. */
int domctl_hypercall_page(struct hv *hv, uint16_t domid, uint64_t mfn);

int domctl_set_tsc(struct hv *hv, uint16_t domid, unsigned mode);
int domctl_set_context(struct hv *hv, uint16_t domid, unsigned vcpu,
		       const struct vcpu_guest_context *c);
int domctl_get_context(struct hv *hv, uint16_t domid, unsigned vcpu, struct vcpu_guest_context *c);
/* Let a domain go on that has suspended itself. */
int domctl_resume(struct hv *hv, uint16_t domid);
/*
 * Give or take a right to memory of devices (frames), to ports, to an interrupt line. -EPERM: the
 * control domain has it not itself.
 */
int domctl_iomem_permission(struct hv *hv, uint16_t domid, uint64_t first, uint64_t nr, bool allow);
int domctl_ioport_permission(struct hv *hv, uint16_t domid, unsigned first, unsigned nr,
			     bool allow);
int domctl_irq_permission(struct hv *hv, uint16_t domid, unsigned line, bool allow);
int domctl_trigger(struct hv *hv, uint16_t domid, unsigned trigger, unsigned vcpu);

/* Has it suspended itself? It may go on. */
static inline bool domctl_suspended(const struct domctl_getdomaininfo *i)
{
	return i->flags & XEN_DOMINF_shutdown &&
	       (i->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask) == SHUTDOWN_suspend;
}

/* Exactly this domain; -ESRCH also when only a higher id exists. */
int domctl_info(struct hv *hv, uint16_t domid, struct domctl_getdomaininfo *out);

int domctl_vcpu_info(struct hv *hv, uint16_t domid, unsigned vcpu, struct domctl_getvcpuinfo *out);

/* Hard affinity as a bitmap of CPUMAP_BYTES. */
int domctl_set_affinity(struct hv *hv, uint16_t domid, unsigned vcpu, const uint8_t *map);
int domctl_get_affinity(struct hv *hv, uint16_t domid, unsigned vcpu, uint8_t *map);

/*
 * What has been done for the domain, by PAVISE_COUNTER_*; 0 for what the hypervisor does not know.
 * -ENOSYS: it is not Pavise.
 */
int domctl_counters(struct hv *hv, uint16_t domid, uint64_t values[PAVISE_COUNTERS]);

/* Weight and cap under credit or credit2 (sched: XEN_SCHEDULER_*). -EOPNOTSUPP for others. */
int domctl_get_sched(struct hv *hv, uint16_t domid, unsigned sched, unsigned *weight,
		     unsigned *cap);
int domctl_set_sched(struct hv *hv, uint16_t domid, unsigned sched, unsigned weight, unsigned cap);

#endif
