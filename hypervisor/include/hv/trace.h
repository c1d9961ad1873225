/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace: each CPU writes records (abi/trace.h) into a buffer of its own, which the control
 * domain maps and reads. Off, it costs a test of trace_active at each place that has no other way
 * to be switched; hypercalls and traps are switched by arch_trace_entries() and cost nothing.
 *
 * A buffer is shared with its reader, so the writer keeps its own position, and takes from the
 * reader only how far that has come. Records that find no room are counted, and the count is
 * the next record that does.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include <abi/sysctl.h>
#include <abi/trace.h>
#include <hv/cpumask.h>
#include <hv/types.h>

struct regs;
struct vcpu;

/* The classes that are recorded; 0 while the trace is off. */
extern uint32_t trace_active;

#define trace_on() unlikely(trace_active)

/*
 * Record @event of one of the active classes with @n (up to TRACE_EXTRA_MAX) words. Any context but
 * NMI.
 */
void trace_write(uint32_t event, const uint32_t *words, unsigned n);

/* Records of the hypervisor's events, to be called while trace_on(). Any context but NMI. */
void trace_hypercall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
void trace_subcall(uint64_t nr, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
void trace_trap(const struct regs *regs, uint64_t fault_va);
void trace_runstate(const struct vcpu *v, int state);
/* @port of @v's domain, which that vCPU serves, became pending. */
void trace_event(const struct vcpu *v, uint32_t port);

/*
 * The control side (XEN_SYSCTL_tbuf_op), under the control lock. trace_set_size(): frames of each
 * buffer, once. -EINVAL: none, more than 65535, or not those of the first time; -ENOMEM.
 * trace_enable(): -EINVAL without buffers.
 */
int trace_set_size(uint32_t frames);
void trace_set_classes(uint32_t classes);
void trace_set_cpus(const struct cpumask *cpus);
int trace_enable(void);
void trace_disable(void);
/* Fills in evt_mask, buffer_mfn and size. */
void trace_describe(struct sysctl_tbuf_op *op);

/*
 * The seam: take the ways in that call trace_hypercall() and trace_trap(), or the short ones. At
 * any time, with guests running.
 */
void arch_trace_entries(bool traced);

#endif
