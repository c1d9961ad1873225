/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <stdint.h>

/* Measure TSC and APIC timer against HPET, ACPI timer or PIT; system time begins. Boot CPU. */
void time_init(void);
/* Spin; needs time_init(). */
void delay_us(uint32_t us);

#endif
