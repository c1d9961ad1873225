/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrong values for each kind of slot. */
#ifndef BAD_CALLS_WRONG_H
#define BAD_CALLS_WRONG_H

#include <stddef.h>
#include <stdint.h>

struct wrong_list {
	const uint64_t *values;
	size_t count;
};

/* Linear addresses that are not mapped, not the guest's, or none. The first one is 0. */
struct wrong_list wrong_addresses(void);

/* Values that no call can take in a slot of this kind; empty where there are none such. */
struct wrong_list wrong_for_sure(unsigned int kind);

/* Values at the limits of types and tables, which may be wrong or not. */
struct wrong_list wrong_limits(void);

/* Tells the lists what depends on the domain: frames that are not to be had. After call_init(). */
void wrong_init(void);

uint64_t wrong_random(void);
static inline uint64_t wrong_one_of(struct wrong_list list)
{
	return list.values[wrong_random() % list.count];
}

#endif
