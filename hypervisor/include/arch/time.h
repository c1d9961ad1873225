/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam to the clock. time_now() (hv/timer.h) is
 *   ((tsc - arch_tsc_origin()) << shift, or >> -shift) * mul >> 32.
 */
#ifndef ARCH_TIME_H
#define ARCH_TIME_H

#include <hv/types.h>

struct tsc_scale {
	uint32_t mul;
	int8_t shift;
};

/* TSC to nanoseconds, in the form of the ABI's vcpu_time_info. */
struct tsc_scale arch_tsc_scale(void);
uint64_t arch_tsc_read(void);
/* TSC value at system time 0. */
uint64_t arch_tsc_origin(void);
uint32_t arch_tsc_khz(void);

/*
 * Battery clock: seconds since 1970 (UTC as set by firmware), read once a call; 0 when it gives
 * no sense. Takes RANK_IRQ_CHIP.
 */
uint64_t arch_rtc_read(void);
/* Ports 0x70/0x71 on a guest's behalf: one register of the CMOS memory, index 0..127. */
uint8_t arch_cmos_read(unsigned index);
void arch_cmos_write(unsigned index, uint8_t value);

#endif
