/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl's operations that live outside sysctl.c (counter.c, cpu_policy.c, cpupool.c, tbuf.c). */
#ifndef HYPERCALL_SYSCTL_H
#define HYPERCALL_SYSCTL_H

#include <abi/sysctl.h>

int sysctl_get_cpu_featureset(struct xen_sysctl *op);
int sysctl_get_cpu_policy(struct xen_sysctl *op);
int sysctl_perfc_op(struct xen_sysctl *op);
int sysctl_tbuf_op(struct xen_sysctl *op);
int sysctl_cpupool_op(struct xen_sysctl *op);
/* May domains be in pool @id? -ESRCH: there is none; -ENODEV: it has no CPU. Under control_lock. */
int cpupool_usable(uint32_t id);
/* The first eight feature words of the machine, for physinfo. */
void cpu_policy_hw_caps(uint32_t caps[8]);

#endif
