/* SPDX-License-Identifier: MIT */
/* A freestanding guest: start, console, machine addresses. One vCPU, no interrupts. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stddef.h>
#include <stdint.h>

#include "abi/start_info.h"
#include "guest-abi/guest/hypercall.h"

#define GUEST_PAGE      4096ul
#define GUEST_VIRT_BASE 0xffffffff80000000ul

/* The program. Called once, on the library's stack. */
void guest_main(const struct start_info *si);

/* Must be called first: remembers where the p2m is. */
void guest_init(const struct start_info *si);

/* To the hypervisor's console; understands %s %d %u %x %lu %lx %ld. */
void guest_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Machine frame behind an address of the image. */
uint64_t guest_mfn(const void *va);

/* SHUTDOWN_*; does not return. */
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

static inline uint64_t guest_tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (uint64_t)hi << 32 | lo;
}

#endif
