/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What domctl and sysctl ask of parts that core_sim.h lacks: a CPU policy of two leaves and one
 * MSR, contexts that hold a program counter, a console ring, debug keys.
 */
#ifndef TESTS_CONTROL_SIM_H
#define TESTS_CONTROL_SIM_H

#include <abi/domctl.h>
#include <abi/sysctl.h>
#include "core_sim.h"

#define SIM_XCR0     7ull  /* what the machine has of XSAVE */
#define SIM_BAD_LEAF 0x99u /* pv_domain_policy_set() refuses it */
#define SIM_RIP      0x401000ull

extern const char *sim_console; /* what readconsole finds */
extern char sim_keys[8];        /* the first that came */

/* Hypercalls by the domain on CPU 0, the interface's version and restarts taken care of. */
int64_t sim_domctl(struct xen_domctl *op);
int64_t sim_domctl_again(void); /* the one that was restarted last, to its end */
int64_t sim_sysctl(struct xen_sysctl *op);

#endif
