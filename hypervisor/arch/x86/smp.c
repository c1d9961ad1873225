/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other CPUs: numbers, start, messages, stop. */
#include <arch/mmu.h>
#include <arch/power.h>
#include <arch/smp.h>
#include <arch/vcpu.h>
#include <asm/apic.h>
#include <asm/cpu_features.h>
#include <asm/desc.h>
#include <asm/guest_entry.h>
#include <asm/irq_vectors.h>
#include <asm/paging.h>
#include <asm/smp.h>
#include <asm/time.h>
#include <asm/traps.h>
#include <asm/vector.h>
#include <asm/window.h>
#include <hv/acpi.h>
#include <hv/boot.h>
#include <hv/cmdline.h>
#include <hv/console.h>
#include <hv/cpu.h>
#include <hv/lock.h>
#include <hv/sched.h>
#include <hv/softirq.h>
#include <hv/string.h>
#include <hv/timer.h>

#define START_TRIES   2
#define START_WAIT_MS 500u

extern const char trampoline_start[], trampoline_end[];
/* With what the CPU that is being started gets to C (boot.S); at first the boot CPU's. */
extern uint64_t boot_root;
extern void *boot_stack_top;
extern void (*boot_function)(void);
uint64_t smp_trampoline;

static struct acpi_cpu cpus[HV_MAX_CPUS];
static unsigned cpu_count; /* numbered, up */
static uint32_t started;   /* the CPU being started has come this far */

static struct {
	struct spinlock lock;
	void (*fn)(void *arg);
	void *arg;
	uint32_t pending;
} call = {.lock = SPINLOCK_INIT(RANK_TIMER)};
static struct cpumask call_mask;

uint32_t arch_cpu_apic_id(unsigned cpu)
{
	return cpus[cpu].apic_id;
}

uint32_t arch_cpu_acpi_id(unsigned cpu)
{
	return cpus[cpu].acpi_id;
}

static void timer_fired(void)
{
	softirq_raise(SOFTIRQ_TIMER);
}

static void called(void)
{
	if (!cpumask_test(&call_mask, this_cpu()))
		return;
	cpumask_clear_atomic(&call_mask, this_cpu());
	call.fn(call.arg);
	__atomic_fetch_sub(&call.pending, 1, __ATOMIC_RELEASE);
}

static void apic_error(void)
{
	log_warn("local APIC error on CPU %u", this_cpu());
}

void arch_kick_cpu(unsigned cpu)
{
	apic_send(cpus[cpu].apic_id, APIC_FIXED | VECTOR_KICK);
}

static bool irqs_enabled(void)
{
	unsigned long flags;

	__asm__ volatile("pushfq; popq %0" : "=r"(flags));
	return flags & 0x200;
}

/*
 * One call at a time. Whoever waits for the lock has interrupts on and so serves the call of the
 * holder; the lock is no leaf of the lock order, for nothing is taken under it.
 */
void arch_call_cpus(const struct cpumask *mask, void (*fn)(void *), void *arg)
{
	struct cpumask to = cpumask_and(mask, &cpus_online);
	unsigned cpu, n = 0;

	cpumask_clear(&to, this_cpu());
	if (cpumask_empty(&to))
		return;
	if (!irqs_enabled())
		panic("call to other CPUs with interrupts off");
	spin_lock(&call.lock);
	cpumask_for_each(cpu, &to)
		n++;
	call.fn = fn;
	call.arg = arg;
	__atomic_store_n(&call.pending, n, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < ARRAY_SIZE(to.bits); i++)
		__atomic_store_n(&call_mask.bits[i], to.bits[i], __ATOMIC_SEQ_CST);
	cpumask_for_each(cpu, &to)
		apic_send(cpus[cpu].apic_id, APIC_FIXED | VECTOR_CALL);
	while (__atomic_load_n(&call.pending, __ATOMIC_ACQUIRE))
		cpu_relax();
	spin_unlock(&call.lock);
}

void arch_stop_others(void)
{
	nmi_stops_cpus();
	for (unsigned cpu = 0; cpu < cpu_count; cpu++)
		if (cpu != this_cpu())
			apic_send(cpus[cpu].apic_id, APIC_NMI);
}

void smp_init(void)
{
	cpus[0].apic_id = apic_id();
	for (unsigned i = 0; i < acpi.cpus; i++)
		if (acpi.cpu[i].apic_id == cpus[0].apic_id)
			cpus[0] = acpi.cpu[i];
	cpu_count = 1;
	/* VECTOR_KICK needs none: softirqs are looked at on the way out of any interrupt. */
	vector_set_system(VECTOR_CALL, called);
	vector_set_system(VECTOR_TIMER, timer_fired);
	vector_set_system(VECTOR_APIC_ERROR, apic_error);
}

void smp_cpu_init(unsigned cpu)
{
	entry_cpu_init();
	fpu_cpu_init();
	timer_cpu_init(cpu);
	sched_cpu_init(cpu);
	cpumask_set_atomic(&cpus_online, cpu);
}

static void ap_main(void)
{
	unsigned cpu = this_cpu();

	cpu_init_this();
	paging_load_idle_root();
	gdt_cpu_init(cpu);
	idt_load();
	apic_cpu_init();
	smp_cpu_init(cpu);
	__atomic_store_n(&started, 1, __ATOMIC_RELEASE);
	irq_enable();
	arch_enter_guests();
}

static bool wait_started(uint32_t ms)
{
	for (uint32_t i = 0; i < ms * 10; i++) {
		if (__atomic_load_n(&started, __ATOMIC_ACQUIRE))
			return true;
		delay_us(100);
	}
	return false;
}

static void start_cpu(const struct acpi_cpu *named)
{
	unsigned cpu = cpu_count;

	percpu_window_init(cpu);
	vector_cpu_init(cpu);
	cpus[cpu] = *named;
	boot_root = arch_idle_root().a;
	boot_stack_top = window_cpu_info(cpu);
	__atomic_store_n(&started, 0, __ATOMIC_SEQ_CST);
	apic_send(named->apic_id, APIC_INIT);
	delay_us(10000);
	for (unsigned i = 0; i < START_TRIES; i++) {
		apic_send(named->apic_id, APIC_STARTUP | (uint32_t)(smp_trampoline >> PAGE_SHIFT));
		if (wait_started(START_WAIT_MS)) {
			cpu_count++;
			return;
		}
	}
	/* Late is worse than never: its stack must not be given to the next one. */
	apic_send(named->apic_id, APIC_INIT);
	log_warn("CPU with APIC id %u does not start", named->apic_id);
}

void arch_smp_start(void)
{
	unsigned max = MIN(hv_options.maxcpus ? hv_options.maxcpus : HV_MAX_CPUS, HV_MAX_CPUS);

	if (!smp_trampoline) {
		log_warn("no free page below 640 KiB: one CPU only");
		return;
	}
	boot_function = ap_main;
	memcpy(frame_virt(mfn_make(smp_trampoline >> PAGE_SHIFT)), trampoline_start,
	       (size_t)(trampoline_end - trampoline_start));
	for (unsigned i = 0; i < acpi.cpus; i++) {
		uint32_t id = acpi.cpu[i].apic_id;

		if (id == cpus[0].apic_id || cpu_count >= max)
			continue;
		if (id > 254 && !apic_is_x2())
			log_warn("CPU with APIC id %u left out: it needs x2APIC mode", id);
		else
			start_cpu(&acpi.cpu[i]);
	}
	log_info("%u of %u CPUs up", cpu_count, MAX(acpi.cpus, 1u));
}
