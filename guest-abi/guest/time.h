/* SPDX-License-Identifier: MIT */
/* Clocks and timers. All times are nanoseconds. */
#ifndef GUEST_TIME_H
#define GUEST_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/shared_info.h"

#define TIME_US 1000ul
#define TIME_MS 1000000ul
#define TIME_S  1000000000ul

/* Binds the timer interrupt of the calling vCPU; time_init() is vCPU 0's. */
void time_init(void);
void time_init_vcpu(void);

/* System time: since the hypervisor's start, the same on all vCPUs. */
uint64_t time_now(void);

/* By another clock page than the vCPU's own. */
uint64_t time_from(const volatile struct vcpu_time_info *t);

/* Wall clock: since 1970. */
uint64_t time_wall(void);

/*
 * Have fn(arg) called once at a system time, on the calling vCPU, events masked. One at a time
 * each.
 */
void time_alarm(uint64_t at, void (*fn)(void *), void *arg);
void time_alarm_cancel(void);

/*
 * Sleep until done(arg) or for `ns`; done is asked again after each event. Returns what it said
 * last. The caller has events enabled, and no alarm set. done NULL: just sleep.
 */
bool time_wait(bool (*done)(void *), void *arg, uint64_t ns);

#endif
