/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV part of a vCPU: its memory and its state after power-on. */
#include <arch/vcpu.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/heap.h>
#include <hv/pv.h>
#include <hv/pv_mmu.h>
#include <hv/string.h>

#define DR6_DEFAULT 0xffff0ff0ull
#define DR7_DEFAULT 0x400ull
#define XCR0_X87    1ull
#define HC_IRET     23

int pv_vcpu_init(struct vcpu *v)
{
	_Static_assert(256 * sizeof(struct trap_info) == PAGE_SIZE, "trap table is a page");

	v->traps = heap_alloc_zeroed();
	if (!v->traps)
		return -ENOMEM;
	v->fpu = heap_alloc_zeroed(); /* a page: aligned, and arch_fpu_size() is below it */
	if (!v->fpu) {
		heap_free_virt(v->traps);
		v->traps = NULL;
		return -ENOMEM;
	}
	arch_fpu_reset(v->fpu);
	v->xcr0 = XCR0_X87;
	v->dr[6] = DR6_DEFAULT;
	v->dr[7] = DR7_DEFAULT;
	return 0;
}

void pv_vcpu_free(struct vcpu *v)
{
	if (v->traps)
		heap_free_virt(v->traps);
	if (v->fpu)
		heap_free_virt(v->fpu);
	if (v->joint_root)
		heap_free_virt(v->joint_root);
	v->traps = NULL;
	v->fpu = NULL;
}

void pv_vcpu_reset(struct vcpu *v)
{
	pv_gdt_clear(v);
	pv_roots_drop(v);
	v->ldt_va = v->ldt_entries = 0;
	v->event_eip = v->failsafe_eip = 0;
	v->syscall_eip = v->syscall32_eip = v->sysenter_eip = 0;
	v->syscall_masks = v->syscall32_masks = v->sysenter_masks = v->failsafe_masks = 0;
	v->nmi_pending = v->mce_pending = v->nmi_blocked = v->mce_blocked = 0;
	v->initialised = false;
	if (v->traps)
		memset(v->traps, 0, PAGE_SIZE);
}

void pv_hypercall_page_fill(void *page)
{
	static const uint8_t stub[] = {0x51, 0x41, 0x53,             /* push rcx, r11 */
				       0xb8, 0,    0,    0,    0,    /* mov eax, n */
				       0x0f, 0x05, 0x41, 0x5b, 0x59, /* syscall; pop r11, rcx */
				       0xc3};
	static const uint8_t iret[] = {0x51, 0x41,    0x53, 0x50, /* push rcx, r11, rax */
				       0xb8, HC_IRET, 0,    0,    0, 0x0f, 0x05};
	uint8_t *p = page;

	memset(p, 0xcc, PAGE_SIZE);
	for (unsigned n = 0; n < PAGE_SIZE / 32; n++, p += 32) {
		memcpy(p, stub, sizeof(stub));
		p[4] = (uint8_t)n;
		if (n == HC_IRET)
			memcpy(p, iret, sizeof(iret));
	}
}
