/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests may set in the fake machine and read from it; see README.md. */
#ifndef ARCH_HOST_H
#define ARCH_HOST_H

#include <arch/irq.h>
#include <arch/pci.h>
#include <hv/cpumask.h>
#include <hv/page.h>

/* Fresh RAM of @frames frames (frame 0 up), frame table and M2P made, nothing in the heap. */
void host_ram_init(uint64_t frames);
/* Unmap all of it. */
void host_ram_free(void);
/* boot_alloc() takes frames from the top; below this they are free for heap_add(), but frame 0. */
uint64_t host_boot_alloc_end(void);

/* Counts since the test zeroed them. The hook sees each flush; va ~0 is a full one. */
struct host_flushes {
	unsigned full, va, root_loads, calls, cache;
};
extern struct host_flushes host_flushes;
extern void (*host_flush_hook)(unsigned cpu, uint64_t va);

/* Guest addresses: host pointers, or (true) translated by the current vCPU's kernel root. */
extern bool host_copy_walk;

extern int64_t host_clock, host_timer;
extern struct cpumask host_kicks;
extern bool host_log_quiet;

/* switch.c: what arch_switch_to() and arch_unload() did; called instead of waiting when idle. */
struct host_switches {
	unsigned to, loads, unloads;
};
extern struct host_switches host_switches;
extern void (*host_idle_hook)(void);

/* irq.c: pins of the IO-APIC (masked at first) and vectors. */
#define HOST_GSIS 24
struct host_pin {
	struct irq_vector to;
	bool level, active_low, masked;
};
extern struct host_pin host_pin[HOST_GSIS];
extern unsigned host_vectors_left;
void host_irq_init(unsigned vectors);
/* Run the handler; false: there is none, or the pin is masked. */
bool host_vector_fire(struct irq_vector v);
bool host_gsi_raise(unsigned gsi);

/* pci.c: the one device there is, and the memory that one of its BARs stands for. */
struct host_pci {
	struct pci_addr dev;
	uint8_t config[256];
	uint64_t memory_base;
	uint32_t memory[1024];
};
extern struct host_pci host_pci;

/* trace.c: what arch_trace_entries() was told last. */
extern bool host_trace_entries;

/* hypercall_preempt_check() says yes after this many more questions; negative: never. */
extern int host_preempt_after;
struct host_restart {
	unsigned count, nr;
	uint64_t args[5];
};
extern struct host_restart host_restart;
/* What hypercall_restart() returns to the caller, unlike any result. */
#define HOST_RESTARTED (-9999)

#endif
