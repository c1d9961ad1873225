/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's memory map, what of it is taken already, and allocation from the rest until the
 * heap has it.
 */
#include "e820.h"

#include <hv/console.h>
#include <hv/heap.h>
#include <hv/string.h>
#include <arch/mmu.h>

#define RESERVED_MAX 64u

static struct e820_entry map[E820_MAX];
static unsigned map_count;
/* Sorted, disjoint, not adjacent. */
static struct {
	uint64_t start, end;
} reserved[RESERVED_MAX];
static unsigned reserved_count;
static bool handed_over;

uint64_t boot_alloc_limit;

/* Order of types where ranges overlap. */
static unsigned badness(uint32_t type)
{
	static const uint8_t rank[] = {0, 1, 3, 2, 4, 5};

	return type < ARRAY_SIZE(rank) ? rank[type] : 3;
}

/* Least usable type at address @at, 0 = a hole; *next = where that may change. */
static uint32_t type_at(const struct e820_entry *in, unsigned n, uint64_t at, uint64_t *next)
{
	uint32_t type = 0;

	*next = UINT64_MAX;
	for (unsigned i = 0; i < n; i++) {
		uint64_t start = in[i].addr, end = start + in[i].size;

		if (end <= start)
			continue;
		if (start > at)
			*next = MIN(*next, start);
		else if (end > at) {
			uint32_t t =
				in[i].type >= 1 && in[i].type <= 5 ? in[i].type : E820_RESERVED;

			*next = MIN(*next, end);
			if (badness(t) > badness(type))
				type = t;
		}
	}
	return type;
}

unsigned e820_tidy(const struct e820_entry *in, unsigned n, struct e820_entry *out, unsigned max)
{
	unsigned count = 0;

	for (uint64_t at = 0, next; at != UINT64_MAX; at = next) {
		uint32_t type = type_at(in, n, at, &next);
		struct e820_entry *last = count ? &out[count - 1] : NULL;

		if (!type || next == UINT64_MAX)
			continue;
		if (last && last->type == type && last->addr + last->size == at)
			last->size += next - at;
		else if (count < max)
			out[count++] = (struct e820_entry){at, next - at, type};
		else
			break;
	}
	return count;
}

void e820_init(const struct e820_entry *given, unsigned n)
{
	map_count = e820_tidy(given, n, map, E820_MAX);
	reserved_count = 0;
	handed_over = false;
}

unsigned e820_count(void)
{
	return map_count;
}

const struct e820_entry *e820_get(unsigned i)
{
	return &map[i];
}

mfn_t e820_ram_end(void)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < map_count; i++)
		if (map[i].type == E820_RAM)
			end = map[i].addr + map[i].size;
	return (mfn_t){end >> PAGE_SHIFT};
}

void e820_reserve(uint64_t start, uint64_t end)
{
	unsigned at, stop;

	start &= PAGE_MASK;
	end = (end + PAGE_SIZE - 1) & PAGE_MASK;
	for (at = 0; at < reserved_count && reserved[at].end < start; at++)
		;
	for (stop = at; stop < reserved_count && reserved[stop].start <= end; stop++) {
		start = MIN(start, reserved[stop].start);
		end = MAX(end, reserved[stop].end);
	}
	if (at == stop && reserved_count == RESERVED_MAX)
		panic("too many reserved ranges of memory");
	memmove(&reserved[at + 1], &reserved[stop], (reserved_count - stop) * sizeof(*reserved));
	reserved_count += 1 - (stop - at);
	reserved[at].start = start;
	reserved[at].end = end;
}

/* Cut [*start, *end) down to its first part that is not reserved; false when nothing is left. */
static bool first_free(uint64_t *start, uint64_t *end)
{
	for (unsigned i = 0; i < reserved_count; i++) {
		if (reserved[i].end <= *start)
			continue;
		if (reserved[i].start > *start) {
			*end = MIN(*end, reserved[i].start);
			break;
		}
		*start = reserved[i].end;
	}
	return *start < *end;
}

bool e820_next_free(uint64_t from, uint64_t *start, uint64_t *end)
{
	for (unsigned i = 0; i < map_count; i++) {
		if (map[i].type != E820_RAM)
			continue;
		*start = MAX((map[i].addr + PAGE_SIZE - 1) & PAGE_MASK, from);
		*end = (map[i].addr + map[i].size) & PAGE_MASK;
		if (*start < *end && first_free(start, end))
			return true;
	}
	return false;
}

paddr_t boot_alloc(uint64_t size, uint64_t align)
{
	uint64_t limit = boot_alloc_limit ? boot_alloc_limit : UINT64_MAX;
	uint64_t best = 0, start, end;

	for (uint64_t from = 0; e820_next_free(from, &start, &end); from = end) {
		uint64_t top = MIN(end, limit);

		if (top < size || ((top - size) & ~(align - 1)) < start)
			continue;
		best = (top - size) & ~(align - 1);
	}
	if (!best || handed_over)
		panic("no memory for %lu KiB at start-up", size >> 10);
	e820_reserve(best, best + size);
	memset(frame_virt(mfn_make(best >> PAGE_SHIFT)), 0, size);
	return (paddr_t){best};
}

bool e820_allocating(void)
{
	return !handed_over;
}

void e820_to_heap(void)
{
	uint64_t start, end;

	for (uint64_t from = 0; e820_next_free(from, &start, &end); from = end)
		heap_add(mfn_make(start >> PAGE_SHIFT), mfn_make(end >> PAGE_SHIFT));
	handed_over = true;
}
