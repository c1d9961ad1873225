/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU, and stand-ins for the rest of the hypervisor, for tests of the PV CPU. */
#include "pv_sim.h"
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/guest_copy.h>
#include <hv/heap.h>
#include <hv/pv_mmu.h>
#include <stdlib.h>
#include <string.h>
#include "vcpu.h"

struct domain sim_domain;
struct vcpu sim_vcpu;
struct regs *sim_regs;
unsigned sim_crashes;
uint64_t sim_stack[64] __attribute__((aligned(16)));
int sim_type_error, sim_refs, sim_root_error;
unsigned sim_type_error_after;
uint64_t sim_pte;

/* Two frames of RAM; their records are never looked into, for the stubs only count. */
static char ram[2 * PAGE_SIZE];
static struct page records[2];
char *host_ram = ram;
struct page *host_frame_table = records;

static struct trap_info traps[256];
static struct shared_info shared;
static uint8_t fpu[PAGE_SIZE] __attribute__((aligned(64)));

void sim_init(void)
{
	struct vcpu *v = &sim_vcpu;

	memset(&sim_domain, 0, sizeof(sim_domain));
	memset(v, 0, sizeof(*v));
	memset(&shared, 0, sizeof(shared));
	memset(&host_hw, 0, sizeof(host_hw));
	memset(sim_stack, 0, sizeof(sim_stack));
	sim_crashes = 0;
	sim_type_error = sim_refs = sim_root_error = 0;
	host_hw.long_mode = true;
	v->domain = &sim_domain;
	sim_domain.vcpu[0] = v;
	sim_domain.max_vcpus = 1;
	v->info = &shared.vcpu_info[0];
	v->info->evtchn_upcall_mask = 1;
	v->traps = traps;
	v->fpu = fpu;
	for (unsigned i = 0; i < 256; i++)
		traps[i] = (struct trap_info){.vector = (uint8_t)i,
					      .flags = TRAP_INFO_MASK_EVENTS,
					      .address = SIM_HANDLER(i)};
	v->event_eip = v->failsafe_eip = v->syscall_eip = SIM_CALLBACK;
	v->syscall_masks = 1;
	v->in_kernel = 1;
	v->cr3_kernel = 0x1000;
	v->cr3_user = 0x2000;
	v->kernel_sp = (uint64_t)(sim_stack + 64);
	v->dr[7] = 0x400;
	memset(cpu_info(), 0, sizeof(struct cpu_info));
	cpu_info()->current = v;
	sim_regs = &cpu_info()->guest_regs;
	*sim_regs = (struct regs){.rip = 0x401000,
				  .cs = 0xe033,
				  .rflags = 0x202,
				  .rsp = v->kernel_sp,
				  .ss = 0xe02b,
				  .rcx = 0xc0,
				  .r11 = 0x11};
}

/* Page 0 and the hypervisor's range fault. */
static bool faults(uint64_t gva)
{
	return gva < PAGE_SIZE || (gva >= HV_VA_START && gva < HV_VA_END);
}

int copy_from_guest(void *dst, uint64_t gva, size_t n)
{
	if (faults(gva))
		return -EFAULT;
	memcpy(dst, (const void *)gva, n);
	return 0;
}

int copy_to_guest(uint64_t gva, const void *src, size_t n)
{
	if (faults(gva))
		return -EFAULT;
	memcpy((void *)gva, src, n);
	return 0;
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
	(void)d, (void)fmt;
	sim_crashes++;
}

int pv_root_set_kernel(struct vcpu *v, mfn_t l4)
{
	if (sim_root_error)
		return sim_root_error;
	v->cr3_kernel = l4.n << PAGE_SHIFT;
	return 0;
}

int pv_root_set_user(struct vcpu *v, mfn_t l4)
{
	v->cr3_user = l4.n << PAGE_SHIFT;
	return 0;
}

void pv_roots_drop(struct vcpu *v)
{
	v->cr3_kernel = v->cr3_user = 0;
}

int pv_walk(uint64_t va, uint64_t *pte)
{
	(void)va;
	*pte = sim_pte;
	return sim_pte & 1 ? 0 : -EFAULT;
}

int page_get_and_type(mfn_t mfn, struct domain *d, uint64_t type)
{
	(void)mfn, (void)d, (void)type;
	if (sim_type_error && !sim_type_error_after--)
		return sim_type_error;
	sim_refs++;
	return 0;
}

void page_put_and_type(struct page *pg)
{
	(void)pg;
	sim_refs--;
}

void *mem_alloc(size_t size)
{
	return calloc(1, size);
}

void mem_free(void *p)
{
	free(p);
}

void *heap_alloc_zeroed(void)
{
	return aligned_alloc(PAGE_SIZE, PAGE_SIZE);
}

void heap_free_virt(void *page_va)
{
	free(page_va);
}
