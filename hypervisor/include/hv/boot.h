/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loader and firmware told us (boot/): memory map, modules, ACPI summary. */
#ifndef HV_BOOT_H
#define HV_BOOT_H

#include <hv/types.h>

/* Memory map as firmware gave it, sorted, overlaps resolved; types are ACPI's (1 RAM, 2 reserved,
 * 3 ACPI reclaimable, 4 NVS, 5 unusable). */
#define E820_RAM      1u
#define E820_RESERVED 2u
#define E820_ACPI     3u
#define E820_NVS      4u
#define E820_UNUSABLE 5u
#define E820_MAX      128

struct e820_entry {
	uint64_t start, size;
	uint32_t type;
};

/* Number of entries; entry @i. For XENMEM_machine_memory_map. */
unsigned e820_count(void);
const struct e820_entry *e820_get(unsigned i);
/* First frame past the last RAM. */
mfn_t e820_ram_end(void);
/* Is all of [start, end) RAM? */
bool e820_is_ram(paddr_t start, paddr_t end);

/* Boot modules: the control domain's kernel, then its initrd. */
struct boot_module {
	paddr_t start;
	uint64_t size;
	char text[512]; /* its command line without the file's name */
};

/* Module @i, or NULL. Its frames are reserved until modules_release(). */
const struct boot_module *modules_get(unsigned i);
/* Give all frames of all modules to the heap, once; none may be looked at afterwards. */
void modules_release(void);

/* Places from ACPI for those who emulate or hide them; 0 = the machine has none. */
struct acpi_info;
const struct acpi_info *acpi_get(void);

/* Text mode screen's cursor and so on for start_info's console: is there a VGA text screen? */
bool boot_has_vga(void);

#endif
