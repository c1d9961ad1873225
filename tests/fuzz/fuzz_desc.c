/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any descriptor through the check: what it lets pass is harmless in ring 3, and passes again
 * unchanged.
 */
#include <hv/pv.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(uint64_t d)
{
	uint64_t once = d, twice;
	unsigned dpl, type;

	if (!pv_desc_check(&once))
		return;
	twice = once;
	if (!pv_desc_check(&twice))
		abort();
	if (!(once >> 47 & 1)) {
		if (once != d)
			abort(); /* not present: as it was */
		return;
	}
	dpl = once >> 45 & 3;
	type = once >> 40 & 15;
	if (once >> 44 & 1) {
		if (dpl != 3)
			abort(); /* segments of the guest's kernel are ring 3's */
	} else if (type == 0xc) {
		if (dpl != 0)
			abort(); /* a gate must fault */
	} else if (type != 0) {
		abort(); /* no TSS, LDT or interrupt gate */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t d;

	for (; size >= sizeof(d); data += sizeof(d), size -= sizeof(d)) {
		memcpy(&d, data, sizeof(d));
		check(d);
	}
	return 0;
}
