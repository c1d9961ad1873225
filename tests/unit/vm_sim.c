// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/format.h"
#include "vm_sim.h"

struct vm *sim_new(uint64_t first, uint64_t frames)
{
	struct vm *vm = calloc(1, sizeof(*vm));

	vm->first = first;
	vm->frames = frames;
	vm->most = frames;
	vm->given = 1;
	vm->pfn = malloc(frames * sizeof(*vm->pfn));
	memset(vm->pfn, 0xff, frames * sizeof(*vm->pfn));
	vm->kind = calloc(frames, 1);
	vm->dirty = calloc(frames / 64 + 1, sizeof(*vm->dirty));
	vm->memory = memfd_create("frames", 0);
	if (ftruncate(vm->memory, (off_t)(frames << FRAME_SHIFT)))
		abort();
	vm->all = mmap(NULL, frames << FRAME_SHIFT, PROT_READ | PROT_WRITE, MAP_SHARED, vm->memory,
		       0);
	if (vm->all == MAP_FAILED)
		abort();
	return vm;
}

void sim_free(struct vm *vm)
{
	munmap(vm->all, vm->frames << FRAME_SHIFT);
	close(vm->memory);
	free(vm->pfn);
	free(vm->kind);
	free(vm->dirty);
	free(vm);
}

static bool has(const struct vm *vm, uint64_t frame)
{
	return frame >= vm->first && frame - vm->first < vm->frames;
}

void *sim_at(struct vm *vm, uint64_t frame)
{
	return has(vm, frame) ? vm->all + ((frame - vm->first) << FRAME_SHIFT) : NULL;
}

unsigned vm_vcpus(struct vm *vm)
{
	(void)vm;
	return SIM_VCPUS;
}

mfn_t vm_shared_info(struct vm *vm)
{
	return (mfn_t){vm->first};
}

void vm_version(struct vm *vm, uint32_t *major, uint32_t *minor)
{
	(void)vm;
	*major = 4;
	*minor = 17;
}

void vm_describe(struct vm *vm, unsigned what, void *out, size_t size)
{
	(void)vm;
	memset(out, 'a' + (int)what, size);
}

uint64_t vm_pfn(struct vm *vm, mfn_t frame)
{
	return has(vm, frame.n) ? vm->pfn[frame.n - vm->first] : ~0ULL;
}

void *vm_map(struct vm *vm, bool writable, const mfn_t *frames, size_t n)
{
	uint8_t *p = mmap(NULL, n << FRAME_SHIFT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!has(vm, frames[i].n) || (vm->unmappable && frames[i].n == vm->unmappable)) {
			munmap(p, n << FRAME_SHIFT);
			errno = EINVAL;
			return NULL;
		}
		if (mmap(p + (i << FRAME_SHIFT), FRAME_SIZE, prot, MAP_SHARED | MAP_FIXED,
			 vm->memory,
			 (off_t)((frames[i].n - vm->first) << FRAME_SHIFT)) == MAP_FAILED)
			abort();
	}
	return p;
}

void vm_unmap(void *p, size_t n)
{
	if (p)
		munmap(p, n << FRAME_SHIFT);
}

int vm_kinds(struct vm *vm, uint64_t *frames, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		frames[i] = has(vm, frames[i]) ? vm->kind[frames[i] - vm->first] : KIND_NONE;
	return 0;
}

/* From the top down, so that no frame has the number it had where it came from. */
int vm_populate(struct vm *vm, uint64_t *pfns, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t at;

		if (vm->given >= vm->most)
			return -ENOMEM;
		at = vm->frames - vm->given++;
		vm->pfn[at] = pfns[i];
		pfns[i] = vm->first + at;
	}
	return 0;
}

int vm_pin(struct vm *vm, const struct vm_pin *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && vm->nr_pins < SIM_PINS; i++)
		vm->pins[vm->nr_pins++] = list[i];
	return 0;
}

int vm_online(struct vm *vm, unsigned vcpu)
{
	return vm->vcpu[vcpu].online;
}

int vm_get_context(struct vm *vm, unsigned vcpu, struct vcpu_guest_context *c)
{
	*c = vm->vcpu[vcpu].context;
	return 0;
}

int vm_set_context(struct vm *vm, unsigned vcpu, const struct vcpu_guest_context *c)
{
	vm->vcpu[vcpu].context = *c;
	vm->vcpu[vcpu].online = c->flags & VGCF_online;
	return 0;
}

int vm_get_extended(struct vm *vm, unsigned vcpu, struct domctl_ext_vcpucontext *e)
{
	*e = vm->vcpu[vcpu].extended;
	return 0;
}

int vm_set_extended(struct vm *vm, const struct domctl_ext_vcpucontext *e)
{
	vm->vcpu[e->vcpu].extended = *e;
	return 0;
}

int vm_get_xsave(struct vm *vm, unsigned vcpu, void **blob, size_t *size)
{
	*size = vm->vcpu[vcpu].xsave_size;
	*blob = *size ? malloc(*size) : NULL;
	if (*blob)
		memcpy(*blob, vm->vcpu[vcpu].xsave, *size);
	return 0;
}

int vm_set_xsave(struct vm *vm, unsigned vcpu, const void *blob, size_t size)
{
	if (size > SIM_XSAVE)
		return -EINVAL;
	memcpy(vm->vcpu[vcpu].xsave, blob, size);
	vm->vcpu[vcpu].xsave_size = size;
	return 0;
}

int vm_get_msrs(struct vm *vm, unsigned vcpu, struct domctl_vcpu_msr **list, size_t *n)
{
	*n = vm->vcpu[vcpu].nr_msrs;
	*list = calloc(*n + 1, sizeof(**list));
	memcpy(*list, vm->vcpu[vcpu].msrs, *n * sizeof(**list));
	return 0;
}

int vm_set_msrs(struct vm *vm, unsigned vcpu, const struct domctl_vcpu_msr *list, size_t n)
{
	if (n > 2)
		return -EINVAL;
	memcpy(vm->vcpu[vcpu].msrs, list, n * sizeof(*list));
	vm->vcpu[vcpu].nr_msrs = n;
	return 0;
}

int vm_get_tsc(struct vm *vm, struct domctl_tsc_info *t)
{
	*t = vm->tsc;
	return 0;
}

int vm_set_tsc(struct vm *vm, const struct domctl_tsc_info *t)
{
	vm->tsc = *t;
	return 0;
}

int vm_get_policy(struct vm *vm, struct vm_policy *p)
{
	*p = (struct vm_policy){.nr_leaves = 1};
	p->leaves = malloc(sizeof(*p->leaves));
	*p->leaves = vm->leaf;
	return 0;
}

int vm_set_policy(struct vm *vm, struct vm_policy *p)
{
	if (vm->refuse_policy) {
		snprintf(p->refused, sizeof(p->refused), "CPUID leaf 0x7, 0");
		return -EINVAL;
	}
	if (p->nr_leaves)
		vm->leaf = p->leaves[0];
	return 0;
}

int vm_dirty_begin(struct vm *vm)
{
	vm->logging = true;
	return 0;
}

int vm_dirty_end(struct vm *vm)
{
	vm->logging = false;
	return 0;
}

int vm_dirty_read(struct vm *vm, uint64_t *bitmap, uint64_t n)
{
	memcpy(bitmap, vm->dirty, (n + 63) / 64 * sizeof(*bitmap));
	memset(vm->dirty, 0, (vm->frames / 64 + 1) * sizeof(*vm->dirty));
	return 0;
}
