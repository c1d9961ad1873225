/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that contexts share with other files of pv/; pure. */
#ifndef PV_CONTEXT_H
#define PV_CONTEXT_H

#include <abi/vcpu_context.h>
#include <hv/types.h>

/* Everything that can be judged without the domain. -EINVAL. */
int pv_context_check(const struct vcpu_guest_context *c);
/* May a guest's LDT be there? */
bool pv_ldt_valid(uint64_t va, uint64_t entries);

#endif
