/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each of a vCPU's modes sees at an address, and the ways from one mode to the other. */
#ifndef TWO_ROOTS_MODES_H
#define TWO_ROOTS_MODES_H

#include <stdbool.h>
#include <stdint.h>

#include "guest-abi/guest/trap.h"

/* User mode's code: what it does with its registers before `ud2`. */
extern const char code[], code_end[];
extern const char code_read[];    /* rax = *rsi */
extern const char code_write[];   /* *rsi = rax */
extern const char code_syscall[]; /* and then code_read */
extern const char code_int3[];    /* the same */
extern const char code_wait[];    /* word.count (rdi) until word.stop, then code_read */
extern const char code_watch[];   /* word.seen = *rsi and word.count, until word.stop */
extern const char code_in[];      /* al = port dx */
extern const char code_outs[];    /* byte at rsi to port dx */
extern const char code_ins[];     /* the reverse, rdi */

/* Words that both modes see, one for each vCPU. */
struct word {
	uint32_t stop, pad;
	uint64_t seen, count;
	uint64_t spare[5];
};
volatile struct word *word_of(unsigned int vcpu);

/* Run user mode at `from` with rsi `at` until it traps; the vector, and what the trap found. */
unsigned int user_does(const char *from, uint64_t at, struct trap_frame *r);

bool user_sees(uint64_t va, uint64_t value);

/* A page fault there, with the error code of `user | bits`; the bit `present` too if told so. */
#define REFUSED_WRITE       2u
#define REFUSED_ANY_PRESENT 0x100u
bool user_refused(uint64_t va, unsigned int bits);

bool kernel_sees(uint64_t va, uint64_t value);
bool kernel_refused(uint64_t va);

/* From user mode to kernel mode and through touch(arg) there. True: entered the way it should. */
enum way { WAY_SYSCALL, WAY_BREAKPOINT, WAY_FAULT, WAY_EVENT, WAYS };
extern const char *const way_names[WAYS];
bool enter_by(enum way way);

/*
 * By an event, in whose handler touch(arg) runs; user mode then reads *at. The vector of its end, 0
 * if the event did not come.
 */
unsigned int enter_by_event(void (*touch)(void *), void *arg, uint64_t at, struct trap_frame *r);

/* The same after `ns`, with nothing touched. */
unsigned int enter_by_event_after(uint64_t ns, struct trap_frame *r);

/* fn() on vCPU 0, then on vCPU 1; vcpu_name is for the names of checks. */
void on_both(void (*fn)(void));
const char *vcpu_name(void);

/* fn on vCPU 1, with events; and wait for its end. */
void begin_on_second(void (*fn)(void));
void end_on_second(void);

#endif
