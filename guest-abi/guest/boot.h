/* SPDX-License-Identifier: MIT */
/* Start of day: what a guest was given, and bringing up all of the library. */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/shared_info.h"
#include "abi/start_info.h"

/* Registers as they were at the first instruction. */
struct boot_first {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	uint64_t rsp, rflags, cs, ss, ds, es, fs, gs;
};

extern const struct boot_first boot_first;
extern const struct start_info *boot_info;
extern struct shared_info *boot_shared; /* mapped by boot_init() */

/*
 * Brings up, in this order: p2m, shared info page, pages, traps, events, console, time, grants.
 * What is left out is the store (store_init()) and further vCPUs. vCPU 0, once, events masked;
 * afterwards they are unmasked. Failure is a panic: without any of these nothing can be said or
 * done.
 */
void boot_init(const struct start_info *si);

/*
 * Whether the command line has KEY or KEY=VALUE as a word; the value, cut to size, goes to `value`.
 */
bool boot_option(const char *key, char *value, size_t size);

/* The same as a number, or `otherwise`. */
uint64_t boot_option_number(const char *key, uint64_t otherwise);

static inline bool boot_is_control_domain(void)
{
	return boot_info->flags & SIF_INITDOMAIN;
}

#endif
