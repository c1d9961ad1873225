/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains of plain memory behind stream/vm.h, for unit tests and the fuzzer. */
#ifndef TESTS_VM_SIM_H
#define TESTS_VM_SIM_H

#include "stream/vm.h"

enum { SIM_VCPUS = 2, SIM_XSAVE = 640, SIM_PINS = 64 };

struct sim_vcpu {
	bool online;
	struct vcpu_guest_context context;
	struct domctl_ext_vcpucontext extended;
	uint8_t xsave[SIM_XSAVE];
	size_t xsave_size;
	struct domctl_vcpu_msr msrs[2];
	size_t nr_msrs;
};

struct vm {
	int memory; /* a file that holds all frames */
	uint8_t *all;
	uint64_t first, frames; /* their numbers */
	uint64_t given;         /* how many vm_populate gave; the shared page is frame 0 */
	uint64_t most;          /* it gives no more */
	uint64_t *pfn;          /* by frame */
	uint8_t *kind;          /* by frame */
	struct sim_vcpu vcpu[SIM_VCPUS];
	struct domctl_tsc_info tsc;
	struct domctl_cpuid_leaf leaf;
	bool refuse_policy;
	struct vm_pin pins[SIM_PINS];
	size_t nr_pins;
	bool logging;
	uint64_t *dirty;     /* by pfn */
	uint64_t unmappable; /* frame that vm_map refuses; 0: none */
};

/* A domain with room for that many frames, numbered from first on. */
struct vm *sim_new(uint64_t first, uint64_t frames);
void sim_free(struct vm *vm);

/* The memory of a frame. */
void *sim_at(struct vm *vm, uint64_t frame);

#endif
