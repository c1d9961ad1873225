/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Local APIC by memory (xAPIC) or MSRs (x2APIC). */
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/smp.h>
#include <arch/time.h>
#include <asm/apic.h>
#include <asm/cpu_features.h>
#include <asm/irq_vectors.h>
#include <asm/msr.h>
#include <hv/acpi.h>
#include <hv/cpu.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/timer.h>

enum {
	APIC_ID = 0x20,
	APIC_TPR = 0x80,
	APIC_EOI = 0xb0,
	APIC_SPURIOUS = 0xf0,
	APIC_ESR = 0x280,
	APIC_ICR = 0x300,
	APIC_ICR_HIGH = 0x310,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_LINT0 = 0x350,
	APIC_LVT_LINT1 = 0x360,
	APIC_LVT_ERROR = 0x370,
	APIC_INITIAL = 0x380,
	APIC_CURRENT = 0x390,
	APIC_DIVIDE = 0x3e0,
};

#define BASE_ENABLE  (1u << 11)
#define BASE_X2      (1u << 10)
#define LVT_MASKED   (1u << 16)
#define LVT_NMI      (4u << 8)
#define TIMER_TSC    (2u << 17)
#define DIVIDE_BY_16 3u
#define ICR_BUSY     (1u << 12)
#define TIMER_SHIFT  24

static volatile uint32_t *regs; /* NULL in x2APIC mode */
static bool use_deadline;
/* Timer ticks a nanosecond, shifted left by TIMER_SHIFT. */
static uint64_t ticks_per_ns;

static uint32_t read(unsigned reg)
{
	return regs ? regs[reg / 4] : (uint32_t)rdmsr(MSR_X2APIC + reg / 16);
}

static void write(unsigned reg, uint32_t v)
{
	if (regs)
		regs[reg / 4] = v;
	else
		wrmsr(MSR_X2APIC + reg / 16, v);
}

paddr_t arch_lapic_base(void)
{
	return (paddr_t){rdmsr(MSR_APIC_BASE) & 0xffffff000ull};
}

void apic_init(void)
{
	bool on = rdmsr(MSR_APIC_BASE) & BASE_X2;

	/* Firmware that chose x2APIC may have ids that the other mode cannot name: stay there. */
	if (!on && !(cpu_features.x2apic && hv_options.x2apic)) {
		regs = arch_ioremap(arch_lapic_base(), PAGE_SIZE, false);
		if (!regs)
			panic("cannot map the local APIC");
	}
	use_deadline = cpu_features.tsc_deadline;
	log_info("local APIC: %s mode, %s timer", regs ? "xAPIC" : "x2APIC",
		 use_deadline ? "TSC deadline" : "one-shot");
}

void apic_cpu_init(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE) | BASE_ENABLE;

	wrmsr(MSR_APIC_BASE, base);
	if (!regs)
		wrmsr(MSR_APIC_BASE, base | BASE_X2);
	write(APIC_TPR, 0);
	/* First of all on: while it is off, mask bits cannot be cleared (SDM 11.4.7.2). */
	write(APIC_SPURIOUS, 0x100 | VECTOR_SPURIOUS);
	write(APIC_LVT_LINT0, LVT_MASKED);
	write(APIC_LVT_LINT1, LVT_NMI);
	write(APIC_LVT_ERROR, VECTOR_APIC_ERROR);
	write(APIC_LVT_TIMER, VECTOR_TIMER | (use_deadline ? TIMER_TSC : 0));
	write(APIC_DIVIDE, DIVIDE_BY_16);
	if (!use_deadline)
		write(APIC_INITIAL, 0);
	/* The mode bits must be in place before the deadline MSR is written (SDM 11.5.4.1). */
	__asm__ volatile("mfence" ::: "memory");
	write(APIC_ESR, 0);
	apic_eoi();
}

uint32_t apic_id(void)
{
	return regs ? read(APIC_ID) >> 24 : read(APIC_ID);
}

bool apic_is_x2(void)
{
	return !regs;
}

void apic_eoi(void)
{
	write(APIC_EOI, 0);
}

/* The two halves of the xAPIC's command must not be torn apart by an interrupt. */
void apic_send(uint32_t id, uint32_t message)
{
	unsigned long flags;

	if (!regs) {
		/* The MSR write does not wait for earlier stores that the receiver will look for.
		 */
		__asm__ volatile("mfence; lfence" ::: "memory");
		wrmsr(MSR_X2APIC + APIC_ICR / 16, (uint64_t)id << 32 | message);
		return;
	}
	flags = irq_save();
	while (read(APIC_ICR) & ICR_BUSY)
		cpu_relax();
	write(APIC_ICR_HIGH, id << 24);
	write(APIC_ICR, message);
	irq_restore(flags);
}

void apic_timer_start_max(void)
{
	write(APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	write(APIC_DIVIDE, DIVIDE_BY_16);
	write(APIC_INITIAL, UINT32_MAX);
}

uint32_t apic_timer_left(void)
{
	return read(APIC_CURRENT);
}

void apic_timer_set_rate(uint64_t hz)
{
	ticks_per_ns = (hz << TIMER_SHIFT) / 1000000000u;
	if (!ticks_per_ns && !use_deadline)
		panic("the local APIC's timer does not run");
}

/* Early is fine: the timer code looks at the clock and arms again. Late is not: round up. */
void arch_timer_arm(int64_t deadline)
{
	int64_t ns = deadline - time_now();
	uint64_t ticks;

	if (deadline == TIME_FOREVER) {
		if (use_deadline)
			wrmsr(MSR_TSC_DEADLINE, 0);
		else
			write(APIC_INITIAL, 0);
		return;
	}
	ns = MIN(MAX(ns, 0), 1000000000ll);
	if (use_deadline) {
		/* A deadline in the past fires at once. */
		wrmsr(MSR_TSC_DEADLINE, rdtsc() + (uint64_t)ns * arch_tsc_khz() / 1000000 + 1);
		return;
	}
	ticks = ((uint64_t)ns * ticks_per_ns >> TIMER_SHIFT) + 1;
	write(APIC_INITIAL, (uint32_t)MIN(ticks, UINT32_MAX));
}

void arch_msi_message(struct irq_vector v, uint64_t *address, uint32_t *data)
{
	*address = 0xfee00000ull | (uint64_t)(arch_cpu_apic_id(v.cpu) & 0xff) << 12;
	*data = v.vector;
}
