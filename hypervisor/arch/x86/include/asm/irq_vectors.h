/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own interrupt vectors; devices have 0x20 to 0xef without 0x80 and 0x82. */
#ifndef ASM_IRQ_VECTORS_H
#define ASM_IRQ_VECTORS_H

#define VECTOR_DEVICE_FIRST 0x20
#define VECTOR_DEVICE_LAST  0xef
#define VECTOR_CALL         0xfb /* arch_call_cpus */
#define VECTOR_KICK         0xfc /* arch_kick_cpu */
#define VECTOR_TIMER        0xfd
#define VECTOR_APIC_ERROR   0xfe
#define VECTOR_SPURIOUS     0xff

#endif
