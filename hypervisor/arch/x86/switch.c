/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU holds of a vCPU, and its change from one vCPU to the next. State stays loaded while
 * the CPU idles; per-CPU notes of what the hardware has spare the writes that change nothing.
 */
#include <arch/mmu.h>
#include <arch/vcpu.h>
#include <asm/cpu_features.h>
#include <asm/desc.h>
#include <asm/extable.h>
#include <asm/fpu.h>
#include <asm/guest_entry.h>
#include <asm/msr.h>
#include <asm/roots.h>
#include <asm/window.h>
#include <hv/counter.h>
#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/pv.h>
#include <hv/pv_trap.h>
#include <hv/sched.h>
#include <hv/tlb.h>

#define GDT_GUEST_FRAMES 14
#define LDT_FRAMES       16
#define DR7_DEFAULT      0x400ul
#define DR7_ENABLE       0xfful
#define SEL_LDT_BIT      4u

/* What this CPU's hardware has now. */
struct loaded_state {
	uint64_t gdt[GDT_GUEST_FRAMES];
	uint64_t tsc_aux;
	uint32_t gdt_frames;
	uint32_t ldt_entries;
	uint32_t ldt_mapped; /* one bit a page */
	bool dr_active;
};

static struct loaded_state loaded_states[HV_MAX_CPUS];

static struct loaded_state *here(void)
{
	return &loaded_states[this_cpu()];
}

/* ---- selectors and bases ---- */

uint64_t arch_base_read(enum arch_base which)
{
	uint64_t base;

	if (!cpu_features.fsgsbase)
		return rdmsr(MSR_FS_BASE + which);
	switch (which) {
	case ARCH_BASE_FS:
		__asm__ volatile("rdfsbase %0" : "=r"(base));
		return base;
	case ARCH_BASE_GS:
		__asm__ volatile("rdgsbase %0" : "=r"(base));
		return base;
	default:
		return rdmsr(MSR_KERNEL_GS_BASE);
	}
}

void arch_base_write(enum arch_base which, uint64_t base)
{
	if (!cpu_features.fsgsbase || which == ARCH_BASE_GS_INACTIVE) {
		COUNT(msr_writes, 1);
		wrmsr(MSR_FS_BASE + which, base);
	} else if (which == ARCH_BASE_FS) {
		__asm__ volatile("wrfsbase %0" ::"r"(base));
	} else {
		__asm__ volatile("wrgsbase %0" ::"r"(base));
	}
}

void arch_selectors_read(struct arch_selectors *s)
{
	__asm__ volatile("movw %%ds, %0" : "=r"(s->ds));
	__asm__ volatile("movw %%es, %0" : "=r"(s->es));
	__asm__ volatile("movw %%fs, %0" : "=r"(s->fs));
	__asm__ volatile("movw %%gs, %0" : "=r"(s->gs));
}

/* Try to load @sel into @reg; a refused one becomes null. */
#define LOAD_SELECTOR(reg, sel)                                                                    \
	({                                                                                         \
		uint32_t ok_ = 0;                                                                  \
		__asm__ volatile("1:\tmovl %1, %%" #reg "\n\t"                                     \
				 "movl $1, %0\n"                                                   \
				 "2:\n\t" EXTABLE("1b", "2b")                                      \
				 : "+r"(ok_)                                                       \
				 : "r"((uint32_t)(sel))                                            \
				 : "memory");                                                      \
		if (!ok_)                                                                          \
			__asm__ volatile("movl %0, %%" #reg ::"r"(0) : "memory");                  \
		ok_ != 0;                                                                          \
	})

/* The page of the LDT that a selector needs may not be mapped yet. */
static void touch_ldt(uint16_t sel)
{
	if (sel & SEL_LDT_BIT)
		(void)pv_ldt_fault(WINDOW_BASE(this_cpu()) + WINDOW_LDT + (sel & 0xfff8u));
}

bool arch_selectors_load(const struct arch_selectors *s)
{
	bool ok;

	if ((s->ds | s->es | s->fs | s->gs) & SEL_LDT_BIT) {
		touch_ldt(s->ds);
		touch_ldt(s->es);
		touch_ldt(s->fs);
		touch_ldt(s->gs);
	}
	ok = LOAD_SELECTOR(ds, s->ds);
	ok &= LOAD_SELECTOR(es, s->es);
	ok &= LOAD_SELECTOR(fs, s->fs);
	ok &= LOAD_SELECTOR(gs, s->gs);
	return ok;
}

void arch_gs_inactive_load(uint16_t sel)
{
	unsigned long flags = irq_save();

	touch_ldt(sel);
	__asm__ volatile("swapgs" ::: "memory");
	(void)LOAD_SELECTOR(gs, sel);
	__asm__ volatile("swapgs" ::: "memory");
	irq_restore(flags);
}

bool arch_selector_is_long(uint16_t sel)
{
	uint32_t rights = 0;

	if (sel == SEL_GUEST_CS64)
		return true;
	__asm__("larl %1, %0" : "+r"(rights) : "r"((uint32_t)sel) : "cc");
	return rights & (1u << 21);
}

/* ---- descriptor tables ---- */

void arch_gdt_load(const struct vcpu *v)
{
	struct loaded_state *s = here();
	uint32_t frames = v ? (uint32_t)DIV_ROUND_UP(v->gdt_entries, 512) : 0;

	for (uint32_t i = 0; i < MAX(frames, s->gdt_frames); i++) {
		uint64_t want = i < frames ? v->gdt_mfn[i] : 0;

		if (s->gdt[i] == want)
			continue;
		s->gdt[i] = want;
		/* Writable: the CPU sets accessed bits. */
		if (want)
			window_map(WINDOW_GDT + i * PAGE_SIZE, mfn_make(want), true);
		else
			window_unmap(WINDOW_GDT + i * PAGE_SIZE);
	}
	s->gdt_frames = frames;
}

void arch_ldt_load(const struct vcpu *v)
{
	struct loaded_state *s = here();
	uint32_t entries = v ? (uint32_t)v->ldt_entries : 0;

	if (s->ldt_entries == entries)
		return;
	s->ldt_entries = entries;
	gdt_set_ldt(entries);
}

void arch_ldt_map(unsigned page, mfn_t frame)
{
	here()->ldt_mapped |= 1u << page;
	window_map(WINDOW_LDT + page * PAGE_SIZE, frame, true);
}

void arch_ldt_unmap(void)
{
	struct loaded_state *s = here();

	for (unsigned i = 0; s->ldt_mapped; i++, s->ldt_mapped >>= 1)
		if (s->ldt_mapped & 1)
			window_unmap(WINDOW_LDT + i * PAGE_SIZE);
}

int arch_ldt_page(uint64_t va)
{
	uint64_t offset = va - WINDOW_BASE(this_cpu()) - WINDOW_LDT;

	return offset < LDT_FRAMES * PAGE_SIZE ? (int)(offset >> PAGE_SHIFT) : -1;
}

/* ---- debug registers, TSC_AUX ---- */

static void load_debugregs(const struct vcpu *v)
{
	struct loaded_state *s = here();
	bool active = v->dr[7] & DR7_ENABLE;

	if (active)
		for (unsigned i = 0; i < 4; i++)
			arch_dr_write(i, v->dr[i]);
	if (active || s->dr_active)
		arch_dr_write(7, active ? v->dr[7] : DR7_DEFAULT);
}

void arch_dr_write(unsigned n, uint64_t value)
{
	switch (n) {
	case 0:
		__asm__ volatile("movq %0, %%dr0" ::"r"(value));
		break;
	case 1:
		__asm__ volatile("movq %0, %%dr1" ::"r"(value));
		break;
	case 2:
		__asm__ volatile("movq %0, %%dr2" ::"r"(value));
		break;
	case 3:
		__asm__ volatile("movq %0, %%dr3" ::"r"(value));
		break;
	case 6:
		__asm__ volatile("movq %0, %%dr6" ::"r"(value));
		break;
	default:
		here()->dr_active = value & DR7_ENABLE;
		__asm__ volatile("movq %0, %%dr7" ::"r"(value));
	}
}

void arch_tsc_aux_write(uint64_t aux)
{
	struct loaded_state *s = here();

	if (s->tsc_aux == aux)
		return;
	s->tsc_aux = aux;
	COUNT(msr_writes, 1);
	wrmsr(MSR_TSC_AUX, aux);
}

/* ---- the switch itself; interrupts off ---- */

static void save_state(struct vcpu *v)
{
	struct arch_selectors s;
	uint64_t gs = arch_base_read(ARCH_BASE_GS), other = arch_base_read(ARCH_BASE_GS_INACTIVE);

	arch_selectors_read(&s);
	v->ds = s.ds;
	v->es = s.es;
	v->fs = s.fs;
	v->gs = s.gs;
	v->fs_base = arch_base_read(ARCH_BASE_FS);
	v->gs_base_kernel = v->in_kernel ? gs : other;
	v->gs_base_user = v->in_kernel ? other : gs;
	arch_fpu_save(v);
	if (here()->ldt_mapped)
		pv_ldt_drop(v);
}

/* True when all selectors loaded. */
static bool load_state(struct vcpu *v)
{
	struct arch_selectors s = {v->ds, v->es, v->fs, v->gs};
	struct arch_selectors now;
	bool ok = true;

	arch_gdt_load(v);
	arch_ldt_load(v);
	arch_selectors_read(&now);
	/* Null ones are no different in another table. */
	if ((s.ds | s.es | s.fs | s.gs | now.ds | now.es | now.fs | now.gs) & ~3)
		ok = arch_selectors_load(&s);
	arch_base_write(ARCH_BASE_FS, v->fs_base);
	arch_base_write(ARCH_BASE_GS, v->in_kernel ? v->gs_base_kernel : v->gs_base_user);
	arch_base_write(ARCH_BASE_GS_INACTIVE, v->in_kernel ? v->gs_base_user : v->gs_base_kernel);
	arch_fpu_load(v);
	arch_cr4_apply(v);
	load_debugregs(v);
	if (fpu_features.rdtscp)
		arch_tsc_aux_write(v->tsc_aux);
	return ok;
}

static void left_domain(struct domain *d, unsigned cpu)
{
	cpumask_clear_atomic(&d->dirty_cpus, cpu);
}

void arch_switch_to(struct vcpu *next)
{
	struct cpu_info *ci = cpu_info();
	struct vcpu *prev = ci->current, *loaded = ci->loaded;
	bool ok = true;

	if (prev)
		prev->regs = ci->guest_regs;
	ci->current = next;
	if (loaded != next) {
		if (loaded)
			save_state(loaded);
		cpumask_set_atomic(&next->domain->dirty_cpus, ci->cpu);
		roots_load(next);
		if (loaded && loaded->domain != next->domain)
			left_domain(loaded->domain, ci->cpu);
		ci->loaded = next;
		ok = load_state(next);
	}
	ci->guest_regs = next->regs;
	if (!ok)
		pv_failsafe(&ci->guest_regs,
			    (const uint16_t[4]){next->ds, next->es, next->fs, next->gs});
}

void arch_switch_away(void)
{
	struct cpu_info *ci = cpu_info();

	ci->current->regs = ci->guest_regs;
	ci->current = NULL;
}

void arch_unload(void)
{
	struct cpu_info *ci = cpu_info();
	unsigned long flags = irq_save();

	if (ci->loaded) {
		save_state(ci->loaded);
		roots_load(NULL);
		left_domain(ci->loaded->domain, ci->cpu);
		arch_gdt_load(NULL);
		arch_ldt_load(NULL);
		ci->loaded = NULL;
	}
	irq_restore(flags);
}

void arch_idle(void)
{
	irq_disable();
	if (__atomic_load_n(&cpu_info()->softirqs, __ATOMIC_RELAXED))
		irq_enable();
	else
		__asm__ volatile("sti; hlt" ::: "memory");
}
