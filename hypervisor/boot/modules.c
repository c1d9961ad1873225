/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot modules: kept from the heap until domains are built of them. */
#include "modules.h"
#include "e820.h"

#include <arch/mmu.h>
#include <hv/console.h>
#include <hv/heap.h>

static const struct boot_module *modules;
static unsigned count;

void modules_init(const struct boot_info *info)
{
	modules = info->module;
	count = info->modules;
	for (unsigned i = 0; i < count; i++)
		e820_reserve(modules[i].start.a, modules[i].start.a + modules[i].size);
}

const struct boot_module *modules_get(unsigned i)
{
	return i < count ? &modules[i] : NULL;
}

const void *modules_data(const struct boot_module *m)
{
	return (const uint8_t *)frame_virt(paddr_to_mfn(m->start)) + m->start.a % PAGE_SIZE;
}

/* Whole frames; what a module shares with a neighbour at its edges is not worth the care. */
void modules_release(void)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t start = modules[i].start.a, end = start + modules[i].size;

		start = (MAX(start, LOW_MEMORY_END) + PAGE_SIZE - 1) >> PAGE_SHIFT;
		end >>= PAGE_SHIFT;
		if (start < end)
			heap_add(mfn_make(start), mfn_make(end));
	}
	count = 0;
}
