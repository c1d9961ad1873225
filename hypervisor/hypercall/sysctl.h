/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl's operations that live outside sysctl.c (cpu_policy.c). */
#ifndef HYPERCALL_SYSCTL_H
#define HYPERCALL_SYSCTL_H

#include <abi/sysctl.h>

int sysctl_get_cpu_featureset(struct xen_sysctl *op);
int sysctl_get_cpu_policy(struct xen_sysctl *op);
/* The first eight feature words of the machine, for physinfo. */
void cpu_policy_hw_caps(uint32_t caps[8]);

#endif
