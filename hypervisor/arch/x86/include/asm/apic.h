/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC: set-up, EOI, messages to other CPUs, its timer. */
#ifndef ASM_APIC_H
#define ASM_APIC_H

#include <hv/types.h>

#define APIC_FIXED   0x4000u
#define APIC_NMI     0x4400u
#define APIC_INIT    0x4500u
#define APIC_STARTUP 0x4600u

/* Choose the mode and map the registers; boot CPU, ACPI known. */
void apic_init(void);
/* This CPU's APIC on, all local sources masked but NMI, timer stopped. */
void apic_cpu_init(void);
uint32_t apic_id(void);
bool apic_is_x2(void);
void apic_eoi(void);
/* A message to one CPU by APIC id: APIC_FIXED | vector, APIC_STARTUP | page, ... Any context. */
void apic_send(uint32_t id, uint32_t message);
/* The one-shot counter without interrupt, for calibration: start at the top, or what is left. */
void apic_timer_start_max(void);
uint32_t apic_timer_left(void);
/* Ticks (one-shot, divided by 16) a second, as measured. */
void apic_timer_set_rate(uint64_t hz);

#endif
