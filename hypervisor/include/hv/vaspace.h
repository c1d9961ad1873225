/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's part of every address space: L4 slots 256 to 271 (ABI: abi-facts "VA ranges").
 * All sixteen are the same in every root, but slot 256, which roots of guest-user mode leave empty.
 */
#ifndef HV_VASPACE_H
#define HV_VASPACE_H

#define HV_SLOT_FIRST 256
#define HV_SLOT_LAST  271
#define HV_VA_START   0xffff800000000000ull
#define HV_VA_END     0xffff880000000000ull

/* Slot 256: machine-to-physical table, 8 bytes a frame, read-only for guest kernels. */
#define M2P_VA     0xffff800000000000ull
#define M2P_VA_END 0xffff804000000000ull
/* Slot 257: struct page of every frame; above it the M2P again, writable, for us alone. */
#define FRAME_TABLE_VA 0xffff808000000000ull
#define M2P_RW_VA      0xffff80c000000000ull
/* Slots 258 to 269 (6 TiB): all RAM, writable, not executable. */
#define DIRECTMAP_VA     0xffff810000000000ull
#define DIRECTMAP_VA_END 0xffff870000000000ull
/* Slot 270: device mappings (arch_ioremap) in its upper half. */
#define IOREMAP_VA     0xffff874000000000ull
#define IOREMAP_VA_END 0xffff878000000000ull
/*
 * Slot 271: the image, linked here and loaded low, the first 16 MiB; then per-CPU windows, which
 * share its upper tables: each way in and out touches both, with an empty TLB after a load of CR3.
 */
#define IMAGE_VA           0xffff878000000000ull
#define PERCPU_VA          0xffff878001000000ull
#define PERCPU_WINDOW_SIZE 0x200000ull /* one table of entries */

/*
 * A CPU's window, at PERCPU_VA + cpu * PERCPU_WINDOW_SIZE: what must have an address of its own
 * in each CPU. Pages absent from the list are never mapped, so they serve as guards.
 */
#define WINDOW_GDT   0x00000 /* 14 guest GDT frames, then ours (selectors 0xe000 up) */
#define WINDOW_TSS   0x0f000 /* beyond the GDT's limit */
#define WINDOW_LDT   0x10000 /* 16 guest LDT frames */
#define WINDOW_STACK 0x40000 /* 32 KiB aligned at its size, see STACK_* */
#define WINDOW_STUB  0x50000 /* one executable page: SYSCALL entry stubs of this CPU */
/* With narrow roots: the frames of the loaded vCPU's record, vcpu_info and traps. */
#define WINDOW_VCPU  0x60000
#define WINDOW_INFO  0x61000
#define WINDOW_TRAPS 0x62000

#define STACK_SIZE   0x8000ull /* cpu_info ends at its top; the lowest pages are IST stacks */

#define HV_MAX_CPUS  256

#endif
