/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROFILE_EVENT_H
#define PROFILE_EVENT_H

#include <stdint.h>

/* Kinds of instructions that are counted by name. */
enum event {
	EVENT_MOV_CR3,
	EVENT_MOV_CR,
	EVENT_WRMSR,
	EVENT_RDMSR,
	EVENT_INVLPG,
	EVENT_INVPCID,
	EVENT_IRET,
	EVENT_SYSRET,
	EVENT_SYSCALL,
	EVENT_INT,
	EVENT_HLT,
	EVENT_RDTSC,
	EVENT_IO,
	EVENT_CPUID,
	EVENT_COUNT,
	EVENT_NONE = EVENT_COUNT,
};

extern const char *const event_name[EVENT_COUNT];

/* @bytes: one 64-bit instruction and zeros up to 15. mov_cr* are moves to the register. */
enum event event_of(const uint8_t *bytes);

#endif
