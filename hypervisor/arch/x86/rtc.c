/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The battery clock and its memory. Index and data port are one access: under a lock. */
#include <arch/time.h>
#include <asm/msr.h>
#include <hv/lock.h>
#include <hv/timer.h>

enum {
	RTC_SECONDS = 0,
	RTC_MINUTES = 2,
	RTC_HOURS = 4,
	RTC_DAY = 7,
	RTC_MONTH = 8,
	RTC_YEAR = 9,
	RTC_A = 10,
	RTC_B = 11,
};

#define A_UPDATING 0x80
#define B_24_HOURS 0x02
#define B_BINARY   0x04

static struct spinlock lock = SPINLOCK_INIT(RANK_IRQ_CHIP);

uint8_t arch_cmos_read(unsigned index)
{
	unsigned long flags = spin_lock_irqsave(&lock);
	uint8_t v;

	outb(0x70, (uint8_t)(index & 0x7f));
	v = inb(0x71);
	spin_unlock_irqrestore(&lock, flags);
	return v;
}

void arch_cmos_write(unsigned index, uint8_t value)
{
	unsigned long flags = spin_lock_irqsave(&lock);

	outb(0x70, (uint8_t)(index & 0x7f));
	outb(0x71, value);
	spin_unlock_irqrestore(&lock, flags);
}

static unsigned field(unsigned index, bool bcd)
{
	unsigned v = arch_cmos_read(index);

	return bcd ? (v >> 4) * 10 + (v & 15) : v;
}

/* Days since 1970 of a Gregorian date, counting years from March. */
static uint64_t days(unsigned year, unsigned month, unsigned day)
{
	unsigned m = (month + 9) % 12, y = year - (month < 3);

	return 365ull * y + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static uint64_t read_once(void)
{
	uint8_t b = arch_cmos_read(RTC_B);
	bool bcd = !(b & B_BINARY);
	unsigned hours = arch_cmos_read(RTC_HOURS), pm = hours & 0x80;
	unsigned day = field(RTC_DAY, bcd), month = field(RTC_MONTH, bcd);

	hours &= 0x7f;
	if (bcd)
		hours = (hours >> 4) * 10 + (hours & 15);
	if (!(b & B_24_HOURS))
		hours = hours % 12 + (pm ? 12 : 0);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	return days(2000 + field(RTC_YEAR, bcd), month, day) * 86400 + hours * 3600 +
	       field(RTC_MINUTES, bcd) * 60 + field(RTC_SECONDS, bcd);
}

/* Two equal readings outside of an update: no field belongs to another second. */
uint64_t arch_rtc_read(void)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < 1000; i++) {
		uint64_t now;

		if (arch_cmos_read(RTC_A) & A_UPDATING)
			continue;
		now = read_once();
		if (now && now == last)
			return now;
		last = now;
	}
	return 0;
}
