/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_ACPI_H
#define BOOT_ACPI_H

#include "phys.h"
#include <hv/acpi.h>

/* Look for the RSDP where BIOSes put it: its address, or 0. */
uint64_t acpi_find_rsdp(const struct phys_view *v);

/*
 * Read the tables behind the RSDP at @rsdp (36 bytes, or the 20 of version 1) into @out. -EBADMSG:
 * RSDP or root table is damaged. Damaged tables further on are counted and left out.
 */
int acpi_parse(const struct phys_view *v, const uint8_t *rsdp, size_t len, struct acpi_info *out);

#endif
