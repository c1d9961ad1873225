/* SPDX-License-Identifier: MIT */
/*
 * Traps. All reach trap_dispatch() in one form, whatever the hypervisor pushed: exceptions by
 * vector, event upcalls, system calls of user mode, the failsafe callback. From kernel mode the
 * order is: handler of the vector, recovery label, panic. From user mode everything but events ends
 * user_run().
 */
#ifndef GUEST_TRAP_H
#define GUEST_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Vectors above the CPU's. */
#define TRAP_EVENT    256
#define TRAP_SYSCALL  257
#define TRAP_FAILSAFE 258
#define TRAP_SYSENTER 259
#define TRAP_COUNT    260

/* Changes take effect on return. Starts like the ABI's user_regs. */
struct trap_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	uint32_t error;
	uint32_t vector;
	uint64_t rip;
	uint16_t cs; /* RPL 0: kernel mode was interrupted, 3: user mode */
	uint16_t pad0;
	uint8_t saved_mask; /* of events */
	uint8_t pad1[3];
	uint64_t rflags; /* IF: events were not masked, and will not be */
	uint64_t rsp;
	uint64_t ss;
};

/* Selectors that the failsafe frame carried: ds, es, fs, gs. */
extern uint64_t trap_failsafe_selectors[4];

/* True: dealt with, go on as the frame says now. Runs on the interrupted stack. */
typedef bool trap_fn(struct trap_frame *f);

/* Table for vectors 0 to 31 and 0x80 and all callbacks. Of the calling vCPU for callbacks. */
void trap_init(void);

/* Handler of a vector in kernel mode; NULL: none. All vCPUs. */
void trap_set(unsigned int vector, trap_fn *fn);

/* Address of the entry for a vector, to put into tables of one's own. */
uint64_t trap_entry(unsigned int vector);

/* Fill the trap table of a vCPU that is to be brought up; rows as set_trap_table takes them. */
struct trap_info;
void trap_fill(struct trap_info *rows, size_t count);

/* Fault address of the last page fault on this vCPU. */
uint64_t trap_cr2(void);

/*
 * Run instructions that may trap. Gives 0, or TRAP_TAKEN with vector and error code. r15 is %0;
 * with outputs (one, or several in TRAP_OUTS()) they are %1 and up, then come the inputs:
 *   t = TRAP_TRY("mov %1, (%2)", "r"(v), "r"(p));
 *   t = TRAP_TRY_GET("rdmsr", TRAP_OUTS("=a"(low), "=d"(high)), "c"(msr));
 */
#define TRAP_TAKEN     (1ul << 63)
#define TRAP_VECTOR(t) ((unsigned int)((t) >> 32 & 0xffff))
#define TRAP_ERROR(t)  ((uint32_t)(t))
#define TRAP_IS(t, v)  (((t)&TRAP_TAKEN) && TRAP_VECTOR(t) == (v))
#define TRAP_OUTS(...) __VA_ARGS__
#define TRAP_ASM(code)                                                                             \
	"771: " code "\n772:\n\t"                                                                  \
	".pushsection .extable, \"a\"\n\t.quad 771b, 772b\n\t.popsection"
#define TRAP_TRY(code, ...)                                                                        \
	({                                                                                         \
		register uint64_t trap_taken __asm__("r15") = 0;                                   \
		__asm__ volatile(TRAP_ASM(code) : "+r"(trap_taken) : __VA_ARGS__ : "memory");      \
		trap_taken;                                                                        \
	})
#define TRAP_TRY_GET(code, outs, ...)                                                              \
	({                                                                                         \
		register uint64_t trap_taken __asm__("r15") = 0;                                   \
		__asm__ volatile(TRAP_ASM(code)                                                    \
				 : TRAP_OUTS("+r"(trap_taken), outs)                               \
				 : __VA_ARGS__                                                     \
				 : "memory");                                                      \
		trap_taken;                                                                        \
	})

/* Read or write 8 bytes; 0 or TRAP_TAKEN... */
uint64_t trap_read(const volatile void *at, uint64_t *value);
uint64_t trap_write(volatile void *at, uint64_t value);

#endif
