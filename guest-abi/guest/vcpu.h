/* SPDX-License-Identifier: MIT */
/* Virtual CPUs: the one that runs, and bringing up others. */
#ifndef GUEST_VCPU_H
#define GUEST_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/shared_info.h"
#include "guest-abi/guest/trap.h"
#include "guest-abi/guest/vcpu_area.h"

struct vcpu {
	uint32_t id;
	struct vcpu_info *info; /* in the shared info page, or where it was registered */
	uint64_t user_rsp;      /* where user_run() is to come back to */
	struct trap_frame user_frame;
};

/* Whose stack this is. Any context. */
static inline struct vcpu *vcpu_self(void)
{
	uint64_t rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return (struct vcpu *)(rsp & ~(VCPU_AREA_SIZE - 1ul));
}

struct vcpu *vcpu_get(uint32_t id);

/* Makes vCPU 0 known to the library; from boot_init(). */
void vcpu_init_first(void);

/*
 * Start vCPU `id` in fn(arg), events masked, with the traps and callbacks of this library and the
 * kernel's root. When fn returns the vCPU goes down. It can be started again. 0, or -errno of the
 * hypervisor (-ENOENT: the domain has no such vCPU).
 */
int64_t vcpu_start(uint32_t id, void (*fn)(void *), void *arg);

/* Take the calling vCPU down. Comes back if another one brings it up by VCPUOP_up alone. */
void vcpu_stop(void);

/* 1 up, 0 down, -ENOENT: no such vCPU. */
int64_t vcpu_is_up(uint32_t id);

/* Wait until it is down; false: still up after `ns`. */
bool vcpu_wait_down(uint32_t id, uint64_t ns);

#endif
