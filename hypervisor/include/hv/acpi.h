/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we take from ACPI's static tables (boot/acpi.c); read once at start-up. */
#ifndef HV_ACPI_H
#define HV_ACPI_H

#include <hv/types.h>

#define ACPI_MAX_CPUS      256u
#define ACPI_MAX_IOAPICS   16u
#define ACPI_MAX_OVERRIDES 16u
#define ACPI_MAX_MCFG      16u

/* A register by "generic address": space 0 memory, 1 I/O ports; addr 0 = none. */
struct acpi_reg {
	uint8_t space;
	uint64_t addr;
};

struct acpi_cpu {
	uint32_t apic_id, acpi_id;
};

struct acpi_info {
	/* MADT */
	unsigned cpus, ioapics, overrides;
	struct acpi_cpu cpu[ACPI_MAX_CPUS]; /* usable ones */
	struct {
		uint32_t gsi_base;
		uint64_t addr;
	} ioapic[ACPI_MAX_IOAPICS];
	struct {
		uint8_t isa;
		uint32_t gsi;
		bool level, active_low;
	} override[ACPI_MAX_OVERRIDES];
	/* FADT */
	uint16_t sci;
	struct acpi_reg pm1a_cnt, pm1b_cnt, pm_timer, reset;
	uint8_t reset_value;
	/* MCFG */
	unsigned mcfgs;
	struct {
		uint64_t base;
		uint16_t segment;
		uint8_t bus0, bus1;
	} mcfg[ACPI_MAX_MCFG];
	/* HPET */
	uint64_t hpet;
	unsigned bad_tables; /* refused for length or checksum */
};

/* Zeroes where the machine has no such thing. */
extern struct acpi_info acpi;

#endif
