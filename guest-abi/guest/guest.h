/* SPDX-License-Identifier: MIT */
/* What every guest on the library needs: its entry, words on the console, the way out. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stddef.h>
#include <stdint.h>

#include "abi/start_info.h"
#include "guest-abi/guest/hypercall.h"

#define GUEST_PAGE      4096ul
#define GUEST_VIRT_BASE 0xffffffff80000000ul

/*
 * The program. Called once on vCPU 0's stack, events masked. Returning from it switches the guest
 * off.
 */
void guest_main(const struct start_info *si);

/* Remembers where the p2m is. First call of a program that wants nothing else (see boot_init()). */
void guest_init(const struct start_info *si);

/*
 * To the console; understands %s %c %d %u %x %lu %lx %ld. A line of up to 256 characters. Any
 * context.
 */
void guest_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Machine frame of a page of the linear map, the image included. */
uint64_t guest_mfn(const void *va);

/* SHUTDOWN_*; does not return. */
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

/* Says what is wrong and shuts down as crashed. */
void guest_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static inline uint64_t guest_tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (uint64_t)hi << 32 | lo;
}

#endif
