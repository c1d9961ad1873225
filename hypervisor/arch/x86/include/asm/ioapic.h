/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_IOAPIC_H
#define ASM_IOAPIC_H

/* Map all IO-APICs, mask every pin; silence the two legacy PICs. ACPI known. */
void ioapic_init(void);

#endif
