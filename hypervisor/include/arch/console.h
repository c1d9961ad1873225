/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to console hardware; called under the console's lock, or by panic without. */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <hv/types.h>

/* The serial port by `com1=`; does nothing when there is none. Polled: waits for room. */
void serial_init(const char *options);
void serial_write(const char *s, size_t n);
/* Bytes that came are given to console_input() from now on. Once interrupts work. */
void serial_irq_init(void);
/* The port's I/O range, to be kept from guests: false when there is none. */
bool serial_ports(uint16_t *first, uint16_t *last);

/* Text screen, until the control domain gets it. */
void vga_init(bool present);
void vga_write(const char *s, size_t n);
void vga_release(void);

#endif
