/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time from the TSC, whose rate is measured once against a clock of known rate. */
#include <arch/mmu.h>
#include <arch/time.h>
#include <asm/apic.h>
#include <asm/cpu_features.h>
#include <asm/msr.h>
#include <asm/time.h>
#include <hv/acpi.h>
#include <hv/cpu.h>
#include <hv/console.h>
#include <hv/timer.h>

#define FS_PER_S      1000000000000000ull
#define PIT_HZ        1193182u
#define PM_HZ         3579545u
#define MEASURE_MS    10u     /* at least: reading takes a microsecond or two, and varies */
#define MEASURE_TICKS 150000u /* at least: the end of a tick is not seen */

/* A clock to measure against: counts up, wraps at mask + 1. */
struct reference {
	const char *name;
	uint64_t hz;
	uint32_t mask;
	uint32_t (*read)(void);
};

static volatile uint32_t *hpet;
static uint32_t khz;
static uint64_t origin;
static struct tsc_scale scale;

static uint32_t hpet_read(void)
{
	return hpet[0xf0 / 4];
}

static uint32_t pm_read(void)
{
	return inl((uint16_t)acpi.pm_timer.addr);
}

/* Channel 2 counts down from 65535. */
static uint32_t pit_read(void)
{
	uint32_t lo;

	outb(0x43, 0x80);
	lo = inb(0x42);
	return 0xffff - (lo | (uint32_t)inb(0x42) << 8);
}

static void pit_start(void)
{
	outb(0x61, (inb(0x61) & 0xfc) | 1);
	outb(0x43, 0xb4); /* channel 2, both bytes, rate generator: runs on and on */
	outb(0x42, 0xff);
	outb(0x42, 0xff);
}

static struct reference choose(void)
{
	if (acpi.hpet)
		hpet = arch_ioremap((paddr_t){acpi.hpet}, 0x400, false);
	if (hpet && hpet[1] && hpet[1] <= 100000000) {
		hpet[0x10 / 4] |= 1;
		return (struct reference){"HPET", FS_PER_S / hpet[1], UINT32_MAX, hpet_read};
	}
	if (acpi.pm_timer.space == 1 && acpi.pm_timer.addr)
		return (struct reference){"ACPI timer", PM_HZ, 0xffffff, pm_read};
	pit_start();
	return (struct reference){"PIT", PIT_HZ, 0xffff, pit_read};
}

/*
 * Reading of the reference with the TSC around it as close as a few tries allow: whatever stops the
 * CPU between the two (SMM, an emulator's threads) would else be in the result.
 */
static uint32_t read_both(const struct reference *ref, uint64_t *tsc)
{
	uint64_t best = UINT64_MAX;
	uint32_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint64_t before = rdtsc();
		uint32_t v = ref->read();
		uint64_t after = rdtsc();

		if (after - before < best) {
			best = after - before;
			*tsc = before + best / 2;
			value = v;
		}
	}
	return value;
}

/* Shift until a tick is half a nanosecond to one; the fraction then fills its 32 bits. */
static void set_scale(uint64_t hz)
{
	uint64_t ns = 1000000000ull;
	int shift = 0;

	while (hz > 2 * ns) {
		hz >>= 1;
		shift--;
	}
	while (hz <= ns) {
		hz <<= 1;
		shift++;
	}
	scale.shift = (int8_t)shift;
	scale.mul = (uint32_t)MIN((ns << 32) / hz, UINT32_MAX);
}

static void measure(const struct reference *ref)
{
	uint64_t tsc0, tsc1, hz, timer;
	uint32_t v0, v1 = 0, passed = 0, before;
	uint32_t want = (uint32_t)MAX(ref->hz * MEASURE_MS / 1000, MEASURE_TICKS);

	/* The PIT wraps every 55 ms: stay below. */
	want = MIN(want, ref->mask / 4 * 3);
	apic_timer_start_max();
	v0 = read_both(ref, &tsc0);
	before = apic_timer_left();
	while (passed < want) {
		v1 = ref->read();
		passed = (v1 - v0) & ref->mask;
	}
	timer = before - apic_timer_left();
	v1 = read_both(ref, &tsc1);
	passed = (v1 - v0) & ref->mask;
	if (!passed || tsc1 <= tsc0)
		panic("cannot measure the TSC against the %s", ref->name);
	/* At most some 10^10 ticks times 10^9: fits. */
	hz = (tsc1 - tsc0) * ref->hz / passed;
	khz = (uint32_t)(hz / 1000);
	set_scale(hz);
	apic_timer_set_rate(timer * ref->hz / passed);
	log_info("TSC: %u.%03u MHz by %s, %s", khz / 1000, khz % 1000, ref->name,
		 cpu_features.tsc_invariant ? "invariant" : "taken as invariant");
}

void time_init(void)
{
	struct reference ref = choose();
	unsigned long flags = irq_save();

	origin = rdtsc();
	apic_cpu_init();
	measure(&ref);
	apic_cpu_init(); /* the timer as it shall be */
	irq_restore(flags);
}

struct tsc_scale arch_tsc_scale(void)
{
	return scale;
}

uint64_t arch_tsc_read(void)
{
	return rdtsc();
}

uint64_t arch_tsc_origin(void)
{
	return origin;
}

uint32_t arch_tsc_khz(void)
{
	return khz;
}

int64_t time_now(void)
{
	uint64_t delta = rdtsc() - origin;

	delta = scale.shift >= 0 ? delta << scale.shift : delta >> -scale.shift;
	return (int64_t)((unsigned __int128)delta * scale.mul >> 32);
}

void delay_us(uint32_t us)
{
	uint64_t start = rdtsc(), ticks = (uint64_t)us * khz / 1000;

	while (rdtsc() - start < ticks)
		cpu_relax();
}
