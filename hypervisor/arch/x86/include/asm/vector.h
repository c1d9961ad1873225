/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ASM_VECTOR_H
#define ASM_VECTOR_H

#include <hv/types.h>

/* Table of handlers for @cpu; panics without memory. The heap is up. */
void vector_cpu_init(unsigned cpu);
/* A vector of ours on all CPUs; boot CPU, before interrupts. */
void vector_set_system(uint8_t vector, void (*fn)(void));

#endif
