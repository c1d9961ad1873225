/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to the machine's power: reboot, off, stop. */
#ifndef ARCH_POWER_H
#define ARCH_POWER_H

#include <hv/types.h>

/* Restart the machine by whatever works: ACPI, chipset, keyboard controller, triple fault. */
NORETURN void arch_reboot(void);
/*
 * ACPI sleep: write the control domain's values to PM1a and PM1b control (@val_b unused when there
 * is no PM1b). Does not return if the machine went off. -ENODEV: firmware names no register.
 */
int arch_acpi_sleep(uint16_t val_a, uint16_t val_b);
/* Power off as far as we know how, else halt. */
NORETURN void arch_power_off(void);
/* Interrupts off, never to come back. */
NORETURN void arch_halt(void);

#endif
