/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot loader information and memory map from any bytes; machine memory is the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hypervisor/boot/e820.h>
#include <hypervisor/boot/multiboot.h>
#include <hv/console.h>
#include <hv/heap.h>
#include <arch/mmu.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

char *host_ram;

struct blob {
	const uint8_t *p;
	size_t size;
};

void heap_add(mfn_t start, mfn_t end)
{
	if (start.n >= end.n)
		abort();
}

void panic(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

static const void *at(void *ctx, uint64_t pa, size_t len)
{
	const struct blob *b = ctx;

	return pa > b->size || len > b->size - pa ? NULL : b->p + pa;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct boot_info info;
	struct blob b = {.p = data, .size = size};
	struct phys_view view = {.at = at, .ctx = &b};
	uint64_t end = 0;

	for (unsigned v = 0; v < 2; v++) {
		if (multiboot_parse(&view, v ? MULTIBOOT2_MAGIC : MULTIBOOT1_MAGIC, 0, &info))
			continue;
		if (strnlen(info.cmdline, sizeof(info.cmdline)) == sizeof(info.cmdline) ||
		    info.modules > BOOT_MODULES_MAX)
			abort();
		e820_init(info.e820, info.e820_count);
		for (unsigned i = 0; i < e820_count(); i++) {
			const struct e820_entry *e = e820_get(i);

			if (e->addr < end || !e->size || e->addr + e->size < e->addr)
				abort();
			end = e->addr + e->size;
		}
		end = 0;
		e820_reserve(0, 1 << 20);
		e820_to_heap();
	}
	return 0;
}
