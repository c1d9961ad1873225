/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as a whole. Each function is one sysctl; 0 or -errno unless said otherwise. */
#ifndef TOOLS_LIB_SYSCTL_H
#define TOOLS_LIB_SYSCTL_H

#include <stddef.h>
#include <stdint.h>

#include "abi/sysctl.h"
#include "lib/hcall.h"

int sysctl_physinfo(struct hv *hv, struct sysctl_physinfo *out);

/* Scheduler in use (XEN_SCHEDULER_*) or -errno. */
int sysctl_sched_id(struct hv *hv);

/*
 * All domains in rising order of id, in one allocation for the caller to free.
 * Number of domains or -errno.
 */
int sysctl_domains(struct hv *hv, struct domctl_getdomaininfo **out);

/*
 * Domains that have shut down, died or gone since the last call, each once. Number of them, -ENOSYS
 * where the hypervisor has no notes of them (Xen), or -errno. One process may do this.
 */
int sysctl_changed(struct hv *hv, struct sysctl_pavise_change *out, unsigned room);

/*
 * Read the hypervisor's console ring from *index on (0 at first) into buf; *index moves on.
 * clear: empty the ring afterwards. Bytes read or -errno.
 */
int sysctl_read_console(struct hv *hv, char *buf, size_t size, uint32_t *index, int clear);

/* The trace and its buffers (XEN_SYSCTL_TBUFOP_*); answers come back in *op. */
int sysctl_trace(struct hv *hv, struct sysctl_tbuf_op *op);

int sysctl_debug_keys(struct hv *hv, const char *keys);

/*
 * An operation on pools of CPUs (XEN_SYSCTL_CPUPOOL_OP_*); answers come back in *op. cpus: where
 * the CPUs of the answer go, a bitmap of CPUMAP_BYTES, or NULL.
 */
int sysctl_cpupool(struct hv *hv, struct sysctl_cpupool_op *op, uint8_t *cpus);

/* Idle time of each CPU in ns; number of CPUs (at most max) or -errno. */
int sysctl_cpu_idle(struct hv *hv, uint64_t *idle, unsigned max);

/* Hypercall xen_version with a result of size bytes; 0 or positive, or -errno. */
long version_get(struct hv *hv, unsigned what, void *out, size_t size);

#endif
