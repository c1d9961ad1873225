/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test's parts. The first ones want a user root that can be had by pair_make(). */
#ifndef TWO_ROOTS_PARTS_H
#define TWO_ROOTS_PARTS_H

#include <stdbool.h>

/* What only the kernel root maps, whatever brought the kernel in. On the calling vCPU. */
void test_secrets(void);

/* Slots that are not the same in both roots. On the calling vCPU. */
void test_apart(void);

/* Other roots. On the calling vCPU. */
void test_turns(void);

/* Other entries in roots that are in use, here and on the second vCPU. */
void test_changes(void);

/* Memory operands of user mode's instructions that the hypervisor executes. */
void test_emulated(void);

/* One kind of first access to forty upper slots, by its name. On the calling vCPU. */
void test_slots(const char *kind, bool decoys);

#endif
