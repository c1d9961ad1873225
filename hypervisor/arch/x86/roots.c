/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads of roots, and joint ones. */
#include <arch/mmu.h>
#include <arch/vcpu.h>
#include <asm/cpu_features.h>
#include <asm/msr.h>
#include <asm/narrow.h>
#include <asm/roots.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/heap.h>
#include <hv/pt.h>
#include <hv/softirq.h>
#include <hv/tlb.h>

/* ---- which one ---- */

static bool joint(const struct vcpu *v)
{
	return v->root_enter != root_enter_own;
}

/* Each mode on its own root; what CR3 has stays. */
static void use_own(struct vcpu *v)
{
	v->root_enter = root_enter_own;
	v->root_leave = root_leave_at[ROOT_STEPS];
	v->cr3_out = v->cr3_user;
}

/* The same for the loaded vCPU, whose CR3 may be the joint root. */
static void part(struct vcpu *v)
{
	if (joint(v)) {
		COUNT(cr3_loads, 1);
		write_cr3(v->in_kernel ? v->cr3_kernel : v->cr3_user);
	}
	use_own(v);
}

static const uint64_t *table_of(uint64_t cr3)
{
	return frame_virt(pte_frame(cr3));
}

/* A slot of the joint root that only the kernel has. */
static void add_step(struct vcpu *v, unsigned i)
{
	struct root_step *s = &v->root_steps[--v->root_step];

	s->slot = &v->joint_root[i];
	s->entry = table_of(v->cr3_kernel)[i];
}

static void use_joint(struct vcpu *v)
{
	v->root_enter = root_enter_at[v->root_step];
	v->root_leave = root_leave_at[v->root_step];
	v->cr3_out = mfn_to_paddr(virt_frame(v->joint_root)).a;
}

static int joint_make(struct vcpu *v)
{
	v->joint_root = heap_alloc_zeroed();
	if (!v->joint_root)
		return -ENOMEM;
	arch_fill_hv_slots(v->joint_root);
	v->joint_root[HV_SLOT_FIRST] = 0;
	v->root_step = ROOT_STEPS;
	add_step(v, HV_SLOT_FIRST);
	return 0;
}

/*
 * Fill the joint root for user mode; no CPU has loaded it. False: the modes' lower halves differ.
 */
static bool joint_fill(struct vcpu *v)
{
	const uint64_t *kernel = table_of(v->cr3_kernel), *user = table_of(v->cr3_user);

	for (unsigned word = 0; word < ARRAY_SIZE(v->domain->root_slots); word++) {
		uint64_t left = v->domain->root_slots[word];

		for (; left; left &= left - 1) {
			unsigned i = word * 64 + (unsigned)__builtin_ctzl(left);

			if ((kernel[i] ^ user[i]) & ~(uint64_t)PTE_ACCESSED)
				return false;
			v->joint_root[i] = user[i];
		}
	}
	for (struct root_step *s = &v->root_steps[v->root_step]; s < v->root_steps + ROOT_STEPS;
	     s++) {
		s->entry = kernel[s->slot - v->joint_root];
		/* The kernel may have gone to its own root without a way out. */
		*s->slot = 0;
	}
	return true;
}

static void choose(struct vcpu *v)
{
	bool may = v->cr3_user && !cpu_features.pcid && (v->joint_root || !joint_make(v)) &&
		   v->root_step;
	unsigned long flags = irq_save();

	part(v);
	v->roots_seen = __atomic_load_n(&v->domain->roots_changed, __ATOMIC_ACQUIRE);
	if (may && joint_fill(v)) {
		use_joint(v);
		if (!v->in_kernel)
			write_cr3(v->cr3_out);
	}
	irq_restore(flags);
}

/* With joint roots; interrupts off. */
static bool fault(struct vcpu *v, unsigned i)
{
	if (!v->joint_root[HV_SLOT_FIRST]) {
		if (v->in_kernel || !(table_of(v->cr3_user)[i] & PTE_PRESENT))
			return false;
		part(v);
		return true;
	}
	if (v->joint_root[i] || !(table_of(v->cr3_kernel)[i] & PTE_PRESENT))
		return false;
	add_step(v, i);
	if (v->root_step) {
		use_joint(v);
		v->joint_root[i] = v->root_steps[v->root_step].entry;
	} else {
		/* Perhaps but for the kernel, on the way in or out: in_kernel does not tell. */
		COUNT(cr3_loads, 1);
		use_own(v);
		write_cr3(v->cr3_kernel);
	}
	return true;
}

bool roots_fault(uint64_t va)
{
	struct vcpu *v = cpu_info()->loaded;
	unsigned long flags = irq_save();
	bool again = v && joint(v) && va >= HV_VA_END && fault(v, va >> 39 & 511);

	irq_restore(flags);
	return again;
}

static void stale_here(void *unused)
{
	struct vcpu *v = cpu_info()->loaded;

	(void)unused;
	if (v)
		part(v);
	softirq_raise(SOFTIRQ_ROOTS);
}

void arch_roots_stale(struct domain *d)
{
	unsigned long flags;

	if (cpu_features.pcid)
		return;
	__atomic_add_fetch(&d->roots_changed, 1, __ATOMIC_SEQ_CST);
	if (cpumask_test(&d->dirty_cpus, this_cpu())) {
		flags = irq_save();
		stale_here(NULL);
		irq_restore(flags);
	}
	arch_call_cpus(&d->dirty_cpus, stale_here, NULL);
}

void arch_roots_refresh(void)
{
	struct vcpu *v = cpu_info()->loaded;

	if (!v)
		return;
	if (cpu_features.xpti)
		narrow_refresh(v);
	else
		choose(v);
}

/* ---- loads ---- */

void arch_mode_root(const struct vcpu *v, bool kernel)
{
	if (!kernel || !joint(v))
		COUNT(cr3_loads, 1);
	__asm__ volatile("call *%0"
			 :
			 : "m"(*(kernel ? &v->root_enter : &v->root_leave)), "d"(v)
			 : "rax", "rcx", "memory");
}

void arch_toggle_mode(struct vcpu *v)
{
	unsigned long flags = irq_save();

	v->in_kernel ^= 1;
	__asm__ volatile("swapgs");
	arch_mode_root(v, v->in_kernel);
	irq_restore(flags);
}

static void load_and_flush(uint64_t root)
{
	uint64_t cr4;

	COUNT(cr3_loads, 1);
	tlb_note_flush();
	if (cpu_features.global_pages) {
		cr4 = read_cr4();
		write_cr4(cr4 & ~CR4_PGE);
		write_cr3(root);
		write_cr4(cr4);
	} else {
		write_cr3(root);
	}
	cpu_info()->root = root;
}

void roots_load(struct vcpu *v)
{
	if (!v) {
		load_and_flush(arch_idle_root().a);
		return;
	}
	if (cpu_features.xpti ||
	    v->roots_seen != __atomic_load_n(&v->domain->roots_changed, __ATOMIC_SEQ_CST)) {
		use_own(v);
		softirq_raise(SOFTIRQ_ROOTS);
	}
	load_and_flush(v->in_kernel ? v->cr3_kernel : v->cr3_out);
}

void arch_root_load(struct vcpu *v)
{
	use_own(v);
	load_and_flush(v->cr3_kernel);
	if (cpu_features.xpti)
		softirq_raise(SOFTIRQ_ROOTS);
}

void arch_user_root_changed(void)
{
	if (cpu_features.pcid)
		invpcid_context(PCID_USER);
	if (cpu_features.xpti) {
		use_own(current_vcpu());
		softirq_raise(SOFTIRQ_ROOTS);
	} else {
		choose(current_vcpu());
	}
}
