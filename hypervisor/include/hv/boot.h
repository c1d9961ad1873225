/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loader and firmware told us (boot/): memory map, modules, ACPI summary. */
#ifndef HV_BOOT_H
#define HV_BOOT_H

#include <hv/types.h>
#include <abi/memory.h>

/*
 * Memory map as firmware gave it, sorted, overlaps resolved. Types are the ABI's, which are ACPI's;
 * others that firmware uses count as reserved.
 */
#define E820_MAX 128u

/* Number of entries; entry @i. They lie in one array, as XENMEM_machine_memory_map wants them. */
unsigned e820_count(void);
const struct e820_entry *e820_get(unsigned i);
/* First frame past the last RAM. */
mfn_t e820_ram_end(void);

/*
 * Memory before the heap: @size bytes of RAM aligned at @align (powers of two, at least a page),
 * zeroed, kept for good; from the top of memory down, below boot_alloc_limit if that is not 0.
 * Panics when there is none, or after the rest went to the heap.
 */
paddr_t boot_alloc(uint64_t size, uint64_t align);
extern uint64_t boot_alloc_limit;

/*
 * Boot modules: the control domain's kernel, then its initrd; perhaps a device tree of further
 * domains, and theirs (boot/README.md).
 */
struct boot_module {
	paddr_t start;
	uint64_t size;
	char text[1024]; /* its command line without the file's name */
};

/* Module @i, or NULL. Its frames are reserved until modules_release(). */
const struct boot_module *modules_get(unsigned i);
/* Its first byte, in the direct map. */
const void *modules_data(const struct boot_module *m);
/* Give the frames of all modules to the heap, once; modules_get() gives NULL from then on. */
void modules_release(void);

/* Machine address of the RSDP, for the control domain; 0 when it can find it by itself (BIOS). */
paddr_t boot_rsdp(void);
/* Is there a VGA text screen (else a frame buffer or nothing)? */
bool boot_has_vga(void);

#endif
