/* SPDX-License-Identifier: MIT */
/*
 * What C and assembly both know: each vCPU has an area, aligned to its size: struct vcpu at the
 * bottom, in the middle the top of the stack for traps from user mode, at the end its main stack's.
 * A stack pointer therefore tells whose it is, and no segment base is used up for that.
 */
#ifndef GUEST_VCPU_AREA_H
#define GUEST_VCPU_AREA_H

#define VCPU_MAX        4
#define VCPU_AREA_SIZE  0x8000
#define VCPU_USER_STACK 0x4000

/* Of struct boot_first. */
#define BOOT_FIRST_SIZE 184

#endif
