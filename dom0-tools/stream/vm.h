/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain as saving and restoring see it: the seam to the hypervisor. vm.c is the real one; unit
 * tests and the fuzzer link another, over plain memory. 0 or -errno unless said otherwise.
 */
#ifndef TOOLS_STREAM_VM_H
#define TOOLS_STREAM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/domctl.h"
#include "abi/vcpu_context.h"
#include "lib/frame.h"

struct vm;

/* Most frames in one call of vm_kinds, vm_populate and vm_pin. */
enum { VM_BATCH = 1024 };

/* vCPUs are numbered below this. */
unsigned vm_vcpus(struct vm *vm);
mfn_t vm_shared_info(struct vm *vm);
void vm_version(struct vm *vm, uint32_t *major, uint32_t *minor);
/* What the hypervisor says of itself (XENVER_*); zeros if it does not. */
void vm_describe(struct vm *vm, unsigned what, void *out, size_t size);

/* What the machine-to-physical table says of a frame: pfn, or ~0. Not to be trusted alone. */
uint64_t vm_pfn(struct vm *vm, mfn_t frame);

/* Frames of the domain as one range. NULL with errno if any cannot be mapped. */
void *vm_map(struct vm *vm, bool writable, const mfn_t *frames, size_t n);
void vm_unmap(void *p, size_t n);

/* Replace each frame number by its kind (KIND_* of format.h). */
int vm_kinds(struct vm *vm, uint64_t *frames, size_t n);

/* Give frames for the n pfns, each of which is replaced by its frame. -ENOMEM if not all. */
int vm_populate(struct vm *vm, uint64_t *pfns, size_t n);

struct vm_pin {
	unsigned level;
	mfn_t table;
};
/* Have tables checked and pinned. */
int vm_pin(struct vm *vm, const struct vm_pin *list, size_t n);

/* State of vCPUs. online: 1 or 0. Blobs are the caller's to free; NULL, size 0: there is none. */
int vm_online(struct vm *vm, unsigned vcpu);
int vm_get_context(struct vm *vm, unsigned vcpu, struct vcpu_guest_context *c);
int vm_set_context(struct vm *vm, unsigned vcpu, const struct vcpu_guest_context *c);
int vm_get_extended(struct vm *vm, unsigned vcpu, struct domctl_ext_vcpucontext *e);
int vm_set_extended(struct vm *vm, const struct domctl_ext_vcpucontext *e);
int vm_get_xsave(struct vm *vm, unsigned vcpu, void **blob, size_t *size);
int vm_set_xsave(struct vm *vm, unsigned vcpu, const void *blob, size_t size);
int vm_get_msrs(struct vm *vm, unsigned vcpu, struct domctl_vcpu_msr **list, size_t *n);
int vm_set_msrs(struct vm *vm, unsigned vcpu, const struct domctl_vcpu_msr *list, size_t n);

int vm_get_tsc(struct vm *vm, struct domctl_tsc_info *t);
int vm_set_tsc(struct vm *vm, const struct domctl_tsc_info *t);

/* What the guest sees of the processor. */
struct vm_policy {
	struct domctl_cpuid_leaf *leaves; /* the caller's to free */
	struct domctl_msr_entry *msrs;
	size_t nr_leaves, nr_msrs;
	char refused[64]; /* set: what was refused */
};
int vm_get_policy(struct vm *vm, struct vm_policy *p);
int vm_set_policy(struct vm *vm, struct vm_policy *p);

/* The log of dirty pages: begin, end; read into a bitmap of n pages, and forget. */
int vm_dirty_begin(struct vm *vm);
int vm_dirty_end(struct vm *vm);
int vm_dirty_read(struct vm *vm, uint64_t *bitmap, uint64_t n);

#endif
