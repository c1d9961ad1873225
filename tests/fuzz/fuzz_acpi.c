/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables from any bytes: machine memory is the input, the RSDP its begin. Sums are repaired on
 * request of the first byte, else no input would get past them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hypervisor/boot/acpi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct blob {
	uint8_t *p;
	size_t size;
	bool repair;
};

static void repair(uint8_t *p, size_t n, size_t at)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + p[i]);
	p[at] = (uint8_t)(p[at] - sum);
}

static const void *at(void *ctx, uint64_t pa, size_t len)
{
	struct blob *b = ctx;

	if (pa > b->size || len > b->size - pa)
		return NULL;
	if (b->repair && len > 36)
		repair(b->p + pa, len, 9);
	return b->p + pa;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct acpi_info out;
	struct phys_view view = {.at = at};
	struct blob b;

	if (size < 37)
		return 0;
	b.repair = data[0] & 1;
	b.size = size - 1;
	b.p = malloc(b.size);
	if (!b.p)
		return 0;
	memcpy(b.p, data + 1, b.size);
	view.ctx = &b;
	if (b.repair) {
		memcpy(b.p, "RSD PTR ", 8);
		repair(b.p, 20, 8);
		repair(b.p, 36, 32);
	}
	acpi_parse(&view, b.p, 36, &out);
	if (out.cpus > ACPI_MAX_CPUS || out.ioapics > ACPI_MAX_IOAPICS ||
	    out.overrides > ACPI_MAX_OVERRIDES || out.mcfgs > ACPI_MAX_MCFG)
		abort();
	/* Slow, and seldom new: it looks at thousands of places. */
	if (data[0] & 2)
		acpi_find_rsdp(&view);
	free(b.p);
	return 0;
}
